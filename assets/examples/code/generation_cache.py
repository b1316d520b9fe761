import time

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

ids, cache = torch.tensor([__IDS__]), None
for step in range(__N__):
    with torch.no_grad():
        start = time.perf_counter()
        fast = model(ids if cache is None else ids[:, -1:], past_key_values=cache, use_cache=True)
        middle = time.perf_counter()
        slow = model(ids, use_cache=False)
        end = time.perf_counter()
    cache = fast.past_key_values
    difference = (fast.logits[0, -1] - slow.logits[0, -1]).abs().max().item()
    held = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    token = fast.logits[0, -1].argmax()
    print(token.item(), held, f"{1000 * (middle - start):.1f} {1000 * (end - middle):.1f} ms, differ by {difference:.1e}")
    ids = torch.cat([ids, token[None, None]], dim=1)
