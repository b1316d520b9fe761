import numpy as np
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(__FOLDER__)
ids = np.array(tokenizer(__TEXT__).input_ids)
words = __WORDS__  # positions that are drawn together
rng = np.random.default_rng(__SEED__)

budget = max(1, round(0.15 * sum(map(len, words))))
drawn = []
for n in rng.permutation(len(words)):
    if len(drawn) + len(words[n]) <= budget:
        drawn += words[n]
drawn = np.sort(drawn or min(words, key=len))
fate = rng.choice(["[MASK]", "random", "keep"], size=len(drawn), p=[0.8, 0.1, 0.1])
ids[drawn[fate == "[MASK]"]] = tokenizer.mask_token_id
names = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
ordinary = [i for i, name in enumerate(names) if i not in tokenizer.all_special_ids and not name.startswith("[unused")]
ids[drawn[fate == "random"]] = rng.choice(ordinary, size=(fate == "random").sum())
print("budget:", budget)
print(" ".join(tokenizer.convert_ids_to_tokens(ids)))
