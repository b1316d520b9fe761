import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

prompt, answers = __PROMPT__, __ANSWERS__
start = len(tokenizer(prompt)["input_ids"])  # the answer begins here
for answer in answers:
    ids = torch.tensor([tokenizer(prompt + " " + answer)["input_ids"]])
    with torch.no_grad():
        log_p = model(ids).logits[0, :-1].double().log_softmax(-1)
    found = log_p.gather(1, ids[0, 1:, None])[start - 1 :, 0]  # ln p of each token of the answer
    print(answer, found.exp().tolist(), f"{found.sum().exp().item():.6f}")
