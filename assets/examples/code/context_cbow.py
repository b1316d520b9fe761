import re
from collections import Counter

import torch
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(__FOLDER__)
lines = [re.sub(" ##", "", " ".join(tokenizer.tokenize(line))).lower().split() for line in __TEXT__.splitlines()]
lines = [[word for word in line if any(c.isalnum() for c in word)] for line in lines]
counts = Counter(word for line in lines for word in line)
words = [word for word, _ in counts.most_common(3000)]
number = {word: n for n, word in enumerate(words)}
x, y = [], []
for ids in ([number[word] for word in line if word in number] for line in lines):
    for at, target in enumerate(ids):
        if around := ids[max(0, at - 3) : at] + ids[at + 1 : at + 4]:
            x.append(around + [len(words)] * (6 - len(around)))
            y.append(target)
x, y, draw = torch.tensor(x), torch.tensor(y), torch.Generator().manual_seed(0)
into = (torch.randn(len(words) + 1, 100, generator=draw) * 0.1).requires_grad_()
out = (torch.randn(len(words), 100, generator=draw) * 0.1).requires_grad_()
optimiser = torch.optim.Adam([into, out], lr=0.01)
for epoch in range(__EPOCHS__):
    for rows in torch.randperm(len(y), generator=draw).split(256):
        there = (x[rows] < len(words)).float().unsqueeze(-1)
        context = (into[x[rows]] * there).sum(1) / there.sum(1)
        loss = torch.nn.functional.cross_entropy(context @ out.T, y[rows])
        optimiser.zero_grad(), loss.backward(), optimiser.step()
    print(f"epoch {epoch + 1}: {loss.item():.4f}")
