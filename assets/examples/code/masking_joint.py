import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()

ids = tokenizer(__TEXT__, return_tensors="pt").input_ids
blanks = __POSITIONS__
ids[0, blanks] = tokenizer.mask_token_id


def probabilities(ids):
    with torch.no_grad():
        p = model(ids).logits[0].softmax(-1)
    p[:, tokenizer.all_special_ids] = 0  # [UNK], [CLS] and their like fill no blank
    return p


print("each on its own:", tokenizer.decode(probabilities(ids)[blanks].argmax(-1)))
for name in ("left to right", "surest first"):
    filled, left = ids.clone(), list(blanks)
    while left:
        p = probabilities(filled)
        here = left[0] if name == "left to right" else max(left, key=lambda b: p[b].max())
        filled[0, here] = p[here].argmax()
        left.remove(here)
    print(f"{name}:", tokenizer.decode(filled[0, blanks]))
