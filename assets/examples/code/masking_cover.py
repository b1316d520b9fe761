import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()

ids = tokenizer(__TEXT__, return_tensors="pt").input_ids
original = ids[0, __LOOK__].item()
for position, token in zip(__POSITIONS__, __REPLACEMENTS__):
    ids[0, position] = token  # [MASK], or whatever stands there instead

with torch.no_grad():
    logits = model(ids).logits[0, __LOOK__]
p = logits.softmax(-1)
words = p.clone()
words[tokenizer.all_special_ids] = 0  # [UNK], [CLS] and their like fill no blank
for token in words.topk(5).indices:
    print(tokenizer.decode(token), f"{p[token]:.4f}")
print("original:", tokenizer.decode(original), f"P = {p[original]:.4f}", "rank", int((p > p[original]).sum()) + 1)
print(f"cross-entropy = {-p[original].log():.4f}")
