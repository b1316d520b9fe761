import torch
from transformers import AutoTokenizer, BertForMaskedLM

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForMaskedLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()

ids = tokenizer(__TEXT__, return_tensors="pt").input_ids[0]
n = len(ids)
rows = ids.repeat(n - 2, 1)
rows[range(n - 2), range(1, n - 1)] = tokenizer.mask_token_id  # one row a token, that token covered
apart = (torch.arange(n)[:, None] - torch.arange(n)).abs()
for width in (4, 8, 16, 2 * n):
    seen = (apart <= width // 2)[None, None].expand(n - 2, 1, n, n)
    bias = torch.zeros(seen.shape).masked_fill(~seen, torch.finfo(torch.float32).min)
    with torch.no_grad():
        log_p = model(rows, attention_mask=bias).logits.log_softmax(-1)
    losses = -log_p[range(n - 2), range(1, n - 1), ids[1:-1]]
    print(f"window {width}: loss {losses.mean():.4f}")
