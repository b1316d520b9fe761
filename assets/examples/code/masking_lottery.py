import numpy as np
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(__FOLDER__)
ids = np.array(tokenizer(__TEXT__).input_ids)
rng = np.random.default_rng(__SEED__)

ordinary = np.arange(1, len(ids) - 1)  # neither [CLS] nor [SEP]
budget = max(1, round(0.15 * len(ordinary)))
drawn = np.sort(rng.permutation(ordinary)[:budget])
fate = rng.choice(["[MASK]", "random", "keep"], size=budget, p=[0.8, 0.1, 0.1])
ids[drawn[fate == "[MASK]"]] = tokenizer.mask_token_id
ids[drawn[fate == "random"]] = rng.integers(5, len(tokenizer), size=(fate == "random").sum())
print("budget:", budget)
print(" ".join(tokenizer.convert_ids_to_tokens(ids)))
