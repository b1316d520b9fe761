import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
names, means, everything = [], [], []
for name, lines in __WORDS__.items():  # each word: (sentence, start, end), ...
    vectors = []
    for text, start, end in lines:
        read = tokenizer(text, return_tensors="pt", return_offsets_mapping=True)
        offsets = read.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            states = model(**read, output_hidden_states=True).hidden_states[__LAYER__][0].numpy()
        vectors.append(states[[i for i, (a, b) in enumerate(offsets) if a < end and b > start]].mean(0))
        everything.append(states[[i for i, (a, b) in enumerate(offsets) if b > a]])
    names.append(name)
    means.append(np.mean(vectors, axis=0))
centred = np.array(means) - np.concatenate(everything).mean(axis=0)
unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
for name, row in zip(names, unit @ unit.T):
    print(name, *[f"{names[i]} {row[i]:+.2f}" for i in np.argsort(-row)[1:4]])
