import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()

ids = tokenizer(__TEXT__, return_tensors="pt").input_ids[0]
position, original = __LOOK__, ids[__LOOK__].item()


def p_original(token):
    changed = ids.clone()
    changed[position] = token
    with torch.no_grad():
        return model(changed[None]).logits[0, position].softmax(-1)[original].item()


print(f"sees itself  {p_original(original):.4f}")
print(f"sees [MASK]  {p_original(tokenizer.mask_token_id):.4f}")
random_tokens = __RANDOM_IDS__
print(f"sees random  {sum(map(p_original, random_tokens)) / len(random_tokens):.4f}")
