import torch
from transformers import AutoTokenizer, BertForNextSentencePrediction

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForNextSentencePrediction.from_pretrained(folder, dtype=torch.float32).eval()

first, second, other = __FIRST__, __SECOND__, __OTHER__
for name, pair in (("kept", (first, second)), ("swapped", (second, first)), ("random", (first, other))):
    with torch.no_grad():
        scores = model(**tokenizer(*pair, return_tensors="pt")).logits[0]
    print(name, f"P(next) = {scores.softmax(-1)[0]:.4f}")  # index 0 means "is the next sentence"
