import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertModel

folder, reads, layers = __FOLDER__, __READS__, __LAYERS__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertModel.from_pretrained(folder, dtype=torch.float32).eval()
head = {name: weights.float() for name, weights in load_file(__HEAD__).items()}
for n in range(layers):  # the head's own copies take the place of the body's layers
    start = f"layers.{n}."
    own = {name.removeprefix(start): weights for name, weights in head.items() if name.startswith(start)}
    model.encoder.layer[reads + n].load_state_dict(own)

inputs = tokenizer(__FIRST__, __SECOND__, return_tensors="pt")
with torch.no_grad():
    states = model(**inputs, output_hidden_states=True).hidden_states[reads + layers][0]
    second = inputs.token_type_ids[0] == 1
    vector = states[second].mean(0) - states[~second].mean(0)
    pooled = torch.tanh(head["dense.weight"] @ vector + head["dense.bias"])
    scores = head["decide.weight"] @ pooled + head["decide.bias"]
print("B - A:", [round(x, 4) for x in vector[:4].tolist()])
print("scores:", [round(x, 3) for x in scores.tolist()])
print(f"P(in order) = {scores.softmax(-1)[0]:.4f}")
