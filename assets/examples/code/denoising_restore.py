import json

import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, BertLMHeadModel

folder, own = __FOLDER__, __DECODER__
tokenizer = AutoTokenizer.from_pretrained(folder)
encoder = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
with open(own + "/config.json", encoding="utf-8") as file:
    settings = json.load(file)
shape = {**encoder.config.to_dict(), "num_hidden_layers": settings["layers"]}
decoder = BertLMHeadModel(BertConfig(**{**shape, "is_decoder": True, "add_cross_attention": True})).eval()
weights = encoder.state_dict()  # word vectors and the head's matrix are the encoder's
for name, value in load_file(own + "/model.safetensors").items():
    start, rest = name.split(".", 1)
    weights[{"layers": "bert.encoder.", "head": "cls.predictions.transform."}[start] + rest] = value.float()
decoder.load_state_dict({name: weights[name] for name in decoder.state_dict()})

broken = torch.tensor([__BROKEN__])  # what the encoder reads
said = [settings["begin"]]
with torch.no_grad():
    states = encoder.bert(broken, output_hidden_states=True).hidden_states
    memory = torch.stack([states[layer] for layer in settings["reads"]]).mean(0)
    for _ in range(broken.shape[1] + 12):
        scores = decoder(torch.tensor([said]), encoder_hidden_states=memory, use_cache=False).logits[0, -1]
        said.append(int(scores.argmax()))
        if said[-1] == settings["end"]:
            break
print("read:", tokenizer.convert_ids_to_tokens(broken[0].tolist()))
print("said:", tokenizer.convert_ids_to_tokens(said[1:]))
