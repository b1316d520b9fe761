import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

ids, first = __IDS__, __FIRST__  # `first` tokens stand before every text (<bos>)
start, body = ids[:first], ids[first:]
for k in (1, 2, 4, 8, 16, 32, len(body) - 1):
    if k > len(body) - 1:
        continue
    losses = []
    for at in range(1, len(body)):
        seen = torch.tensor([start + body[max(0, at - k) : at]])
        with torch.no_grad():
            log_p = model(seen).logits[0, -1].double().log_softmax(-1)
        losses.append(-log_p[body[at]].item())
    print(k, f"{sum(losses) / len(losses):.3f}")
