import random

import torch
from transformers import AutoTokenizer, BertForNextSentencePrediction

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForNextSentencePrediction.from_pretrained(folder, dtype=torch.float32).eval()

pairs = []
for lang in ("zh", "en"):
    for line in open(f"assets/examples/eval/pairs.{lang}.txt", encoding="utf-8"):
        if not line.startswith("#"):
            pairs.append(line.rstrip("\n").split("\t"))


def says_next(first, second):
    with torch.no_grad():
        scores = model(**tokenizer(first, second, return_tensors="pt")).logits[0]
    return scores[0] > scores[1]


right = 0
for first, second in pairs:
    other = random.choice([pair for pair in pairs if pair[0] != first])[1]
    right += int(says_next(first, second)) + int(not says_next(first, other))
print(f"right: {right / (2 * len(pairs)):.3f} of {2 * len(pairs)}")
