import math

from transformers import BertForPreTraining

model = BertForPreTraining.from_pretrained(__FOLDER__)  # with the head for sentence pairs, which is in the file too

head = model.cls.predictions
hidden, classes = model.config.hidden_size, model.config.vocab_size
print(f"hidden x classes = {hidden} x {classes} = {hidden * classes:,}")
print(f"share of the model: {hidden * classes / sum(p.numel() for p in model.parameters()):.4f}")
print("tied with the input embeddings:", head.decoder.weight is model.bert.embeddings.word_embeddings.weight)
print(f"guessing line: ln {classes} = {math.log(classes):.4f}")
