import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertModel

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
body = BertModel.from_pretrained(folder, dtype=torch.float32).eval()
learnt = {name: value.float() for name, value in load_file(__HEAD__).items()}


def add(a, b):  # a low-rank addition (LoRA): W x becomes W x + 2 · B A x
    return lambda module, given, out: out + 2.0 * (given[0] @ a.T @ b.T)


for name, module in body.named_modules():
    if f"body.{name}.a" in learnt:
        module.register_forward_hook(add(learnt[f"body.{name}.a"], learnt[f"body.{name}.b"]))

question, passage = __QUESTION__, __PASSAGE__
windows = tokenizer(
    question, passage, truncation="only_second", max_length=__WINDOW__, stride=__OVERLAP__,
    return_overflowing_tokens=True, return_offsets_mapping=True,
)  # fmt: skip
best, said = -float("inf"), ""
for n, (ids, places) in enumerate(zip(windows["input_ids"], windows["offset_mapping"])):
    parts = torch.tensor([[int(side == 1 or i == len(ids) - 1) for i, side in enumerate(windows.sequence_ids(n))]])
    with torch.no_grad():
        states = body(torch.tensor([ids]), token_type_ids=parts).last_hidden_state[0]
    start, end = (states @ learnt["head.edges.weight"].T + learnt["head.edges.bias"]).T  # S · h and E · h
    of_passage = torch.tensor([side == 1 for side in windows.sequence_ids(n)])
    sums = start[:, None] + end[None, :]
    allowed = of_passage[:, None] & of_passage[None, :] & torch.ones_like(sums).bool().triu().tril(__LONGEST__ - 1)
    score, at = sums.masked_fill(~allowed, -float("inf")).flatten().max(0)
    if score > best:  # windows are compared by raw scores
        first, last = divmod(int(at), len(ids))
        best, said = float(score), passage[places[first][0] : places[last][1]]
print(f"{said!r} {best:.3f}")
