import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
means, everything = [], []
for lines in (__FIRST__, __SECOND__, __A__, __B__):  # each: (sentence, start, end of the word), ...
    vectors = []
    for text, start, end in lines:
        read = tokenizer(text, return_tensors="pt", return_offsets_mapping=True)
        offsets = read.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            states = torch.stack(model(**read, output_hidden_states=True).hidden_states)[:, 0].numpy()
        vectors.append(states[:, [i for i, (x, y) in enumerate(offsets) if x < end and y > start]].mean(1))
        everything.append(states[:, [i for i, (x, y) in enumerate(offsets) if y > x]])
    means.append(np.mean(vectors, axis=0))
means = np.array(means) - np.concatenate(everything, axis=1).mean(axis=1)
unit = means / np.linalg.norm(means, axis=-1, keepdims=True)
first, second, a, b = unit
for layer in range(1, len(a)):
    lean = [float(word[layer] @ a[layer] - word[layer] @ b[layer]) for word in (first, second)]
    print(f"layer {layer}: {lean[0]:+.4f} - {lean[1]:+.4f} = {lean[0] - lean[1]:+.4f}")
