import torch
from transformers import AutoTokenizer, BertForNextSentencePrediction

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForNextSentencePrediction.from_pretrained(folder, dtype=torch.float32).eval()

with torch.no_grad():
    cls = model.bert(**tokenizer(__FIRST__, __SECOND__, return_tensors="pt")).last_hidden_state[0, 0]
    pooled = torch.tanh(model.bert.pooler.dense(cls))
    scores = model.cls.seq_relationship.weight @ pooled + model.cls.seq_relationship.bias
print("[CLS]:", [round(x, 4) for x in cls[:4].tolist()])
print("scores:", [round(x, 3) for x in scores.tolist()])
print(f"P(next) = {scores.softmax(-1)[0]:.4f}")
