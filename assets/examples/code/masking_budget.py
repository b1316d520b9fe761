import math

import torch
from transformers import AutoTokenizer, BertForMaskedLM

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()

head = model.cls.predictions
hidden, classes = model.config.hidden_size, model.config.vocab_size
print(f"hidden x classes = {hidden} x {classes} = {hidden * classes:,}")
print(f"share of the model: {hidden * classes / sum(p.numel() for p in model.parameters()):.4f}")
print("tied with the input embeddings:", head.decoder.weight is model.bert.embeddings.word_embeddings.weight)
print(f"guessing line: ln {classes} = {math.log(classes):.4f}")
