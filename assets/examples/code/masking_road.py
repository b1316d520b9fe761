import torch
from transformers import AutoTokenizer, BertForMaskedLM

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()

ids = tokenizer(__TEXT__, return_tensors="pt").input_ids
original = ids[0, __LOOK__].item()
for position, token in zip(__POSITIONS__, __REPLACEMENTS__):
    ids[0, position] = token

with torch.no_grad():
    h = model.bert(ids).last_hidden_state[0, __LOOK__]  # the output vector
    head = model.cls.predictions
    z = head.transform(h)  # linear, activation, LayerNorm
    scores = model.bert.embeddings.word_embeddings.weight @ z + head.bias  # z · every embedding, plus a bias
p = torch.exp(scores - scores.max())
p = p / p.sum()
words = p.clone()
words[tokenizer.all_special_ids] = 0  # [UNK], [CLS] and their like fill no blank
for token in words.topk(5).indices:
    print(tokenizer.decode(token), f"score {scores[token]:.4f}", f"P = {p[token]:.4f}")
print(f"cross-entropy = {-p[original].log():.4f}")
