import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()

ids = tokenizer(__TEXT__, return_tensors="pt").input_ids[0]
position, original = __LOOK__, ids[__LOOK__].item()
ids[position] = wrong = __WRONG__  # in plain sight: no [MASK] anywhere
with torch.no_grad():
    p = model(ids[None]).logits[0, position].softmax(-1)

words = p.clone()
words[tokenizer.all_special_ids] = 0  # [UNK], [CLS] and their like fill no blank
for token in words.topk(6).indices.tolist():
    print(f"{tokenizer.convert_ids_to_tokens(token)} {p[token]:.4f}")
print(f"original {p[original]:.4f}")
print(f"wrong {p[wrong]:.4f}")
