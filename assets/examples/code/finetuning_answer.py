import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertModel

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
body = BertModel.from_pretrained(folder, dtype=torch.float32).eval()
learnt = {name: value.float() for name, value in load_file(__HEAD__).items()}
for name, module in body.named_modules():
    if f"body.{name}.a" in learnt:  # a low-rank addition (LoRA): W x becomes W x + 2 · B A x
        a, b = learnt[f"body.{name}.a"], learnt[f"body.{name}.b"]
        module.register_forward_hook(lambda _, given, out, a=a, b=b: out + 2.0 * (given[0] @ a.T @ b.T))

question, passage = __QUESTION__, __PASSAGE__
windows = tokenizer(
    question, passage, truncation="only_second", max_length=__WINDOW__, stride=__OVERLAP__, padding=True,
    return_overflowing_tokens=True, return_offsets_mapping=True, return_tensors="pt",
)  # fmt: skip
inside = torch.tensor([[side == 1 for side in windows.sequence_ids(n)] for n in range(len(windows["input_ids"]))])
with torch.no_grad():
    names = ("input_ids", "token_type_ids", "attention_mask")
    states = body(**{name: windows[name] for name in names}).last_hidden_state
start, end = (states @ learnt["head.edges.weight"].T + learnt["head.edges.bias"]).unbind(-1)  # S · h and E · h
sums = start[:, :, None] + end[:, None, :]  # every span of every window
short = torch.ones_like(sums[0]).bool().triu().tril(__LONGEST__ - 1)  # the end is not before the start
allowed = inside[:, :, None] & inside[:, None, :] & short
score, at = sums.masked_fill(~allowed, -torch.inf).flatten().max(0)  # windows are compared by raw scores
n, first, last = torch.unravel_index(at, sums.shape)
print(repr(passage[windows["offset_mapping"][n, first, 0] : windows["offset_mapping"][n, last, 1]]), f"{score:.3f}")
