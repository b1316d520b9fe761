import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

ids, n = torch.tensor([__IDS__]), __N__
options = dict(max_new_tokens=n, do_sample=False, pad_token_id=tokenizer.pad_token_id or 0)
with torch.no_grad():
    greedy = model.generate(ids, **options)
    beam = model.generate(ids, num_beams=__BEAMS__, length_penalty=__PENALTY__, **options) if __BEAMS__ > 1 else greedy
    for name, row in (("greedy", greedy[0]), ("beam", beam[0])):
        log_p = model(row[None]).logits[0, :-1].double().log_softmax(-1)
        own = log_p.gather(1, row[1:, None])[ids.shape[1] - 1 :, 0]
        print(f"{name}: {tokenizer.decode(row[ids.shape[1] :])!r} ln P = {own.sum().item():.3f}")
