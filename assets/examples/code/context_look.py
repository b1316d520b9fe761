import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
vectors = []
for text, start, end in __LINES__:
    read = tokenizer(text, return_tensors="pt", return_offsets_mapping=True)
    offsets = read.pop("offset_mapping")[0].tolist()
    pieces = [i for i, (a, b) in enumerate(offsets) if a < end and b > start]  # several pieces are averaged
    with torch.no_grad():
        states = model(**read, output_hidden_states=True).hidden_states
    vectors.append(states[__LAYER__][0, pieces].mean(0).numpy())
centred = np.array(vectors) - np.mean(vectors, axis=0)
unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
cosines = unit @ unit.T
print(cosines.round(2))
