import numpy as np
import torch
from transformers import AutoTokenizer, BertForNextSentencePrediction

folder, lines = __FOLDER__, __LINES__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForNextSentencePrediction.from_pretrained(folder, dtype=torch.float32).eval()


def says_next(first, second):
    with torch.no_grad():
        scores = model(**tokenizer(first, second, return_tensors="pt")).logits[0]
    return bool(scores[0] > scores[1])


rng, answers = np.random.default_rng(0), []
for lang in ("zh", "en"):
    with open(f"{lines}/pairs.{lang}.txt", encoding="utf-8") as file:
        pairs = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    away = rng.integers(1, len(pairs), size=len(pairs))  # a random pair's second sentence, never one's own
    for n, (first, second) in enumerate(pairs):
        other = pairs[(n + away[n]) % len(pairs)][1]
        answers += [says_next(first, second), not says_next(first, other)]
print(f"right: {sum(answers) / len(answers):.4f} of {len(answers)}")
