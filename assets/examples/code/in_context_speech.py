import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
begin = __BEGIN__  # what stands before every text where the tokenizer puts nothing there

for text in __TEXTS__:
    ids = torch.tensor([[*begin, *tokenizer(text)["input_ids"]]])
    with torch.no_grad():
        log_p = model(ids).logits[0, :-1].double().log_softmax(-1)
    found = log_p.gather(1, ids[0, 1:, None])[:, 0]  # ln p of each token after those before it
    print(f"{text} ln p = {found.sum().item():.3f}", [round(one, 2) for one in found.tolist()])
