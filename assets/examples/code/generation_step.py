import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LogitsProcessorList, generation as g

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

temperature, top_k, top_p, min_p, penalty = __TEMPERATURE__, __TOP_K__, __TOP_P__, __MIN_P__, __PENALTY__
ids, cache = torch.tensor([__IDS__]), None
for _ in range(5):
    with torch.no_grad():
        out = model(ids if cache is None else ids[:, -1:], past_key_values=cache, use_cache=True)
    cache = out.past_key_values  # keys and values of everything read so far
    scores = out.logits[:, -1]
    steps = [g.RepetitionPenaltyLogitsProcessor(penalty)] if penalty != 1 else []
    steps += [g.TemperatureLogitsWarper(temperature)] if temperature not in (0, 1) else []
    steps += [g.TopKLogitsWarper(top_k if temperature else 1)] if top_k or not temperature else []
    steps += [g.TopPLogitsWarper(top_p)] if top_p < 1 else []
    steps += [g.MinPLogitsWarper(min_p)] if min_p else []
    p, order = LogitsProcessorList(steps)(ids, scores).double().softmax(-1)[0].sort(descending=True, stable=True)
    chance = np.random.default_rng((__SEED__, ids.shape[1])).random()  # one number for each place
    token = order[int((p.cumsum(0) <= chance).sum())].item()
    print(token, repr(tokenizer.decode(token)), f"{p[order == token].item():.4f}")
    ids = torch.cat([ids, torch.tensor([[token]])], dim=1)
print(tokenizer.decode(ids[0]))
