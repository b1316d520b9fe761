import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, BertLMHeadModel

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
encoder = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
shape = encoder.config.to_dict() | {"num_hidden_layers": 3, "is_decoder": True, "add_cross_attention": True}
decoder = BertLMHeadModel(BertConfig(**shape)).eval()
weights = encoder.state_dict()  # word vectors and the head's matrix are the encoder's
for name, value in load_file(__DECODER__).items():
    name = name.replace("layers.", "bert.encoder.", 1).replace("head.", "cls.predictions.transform.", 1)
    weights[name] = value.float()
decoder.load_state_dict({name: weights[name] for name in decoder.state_dict()})

broken = torch.tensor([__BROKEN__])  # what the encoder reads
said = [tokenizer.cls_token_id]
with torch.no_grad():
    states = encoder.bert(broken, output_hidden_states=True).hidden_states
    memory = torch.stack([states[layer] for layer in (6, 12)]).mean(0)  # what the decoder looks at
    while len(said) < broken.shape[1] + 12 and said[-1] != tokenizer.sep_token_id:
        scores = decoder(torch.tensor([said]), encoder_hidden_states=memory, use_cache=False).logits[0, -1]
        said.append(int(scores.argmax()))
print("read:", tokenizer.convert_ids_to_tokens(broken[0].tolist()))
print("said:", tokenizer.convert_ids_to_tokens(said[1:]))
