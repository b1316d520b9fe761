import torch
from torch.nn.functional import gelu, layer_norm, scaled_dot_product_attention

rows = torch.tensor(__ROWS__)  # sentences of the small language as numbers of words; the page draws its own batch
depth, words, d, heads, end = __LAYERS__, __WORDS__, 64, 4, __END__
chance = torch.Generator().manual_seed(0)
matrix = lambda a, b, scale: (torch.randn(a, b, generator=chance) * scale).requires_grad_()
embed, place = matrix(words, d, 0.1), matrix(rows.shape[1], d, 0.1)
layers = [[matrix(a, b, a**-0.5) for a, b in ((d, 3 * d), (d, d), (d, 4 * d), (4 * d, d))] for _ in range(depth)]
norm = lambda x: layer_norm(x, (d,))
split = lambda x: x.view(*x.shape[:2], 3, heads, -1).permute(2, 0, 3, 1, 4)
joined = lambda x: x.transpose(1, 2).flatten(2)
attend = lambda x, qkv, out: joined(scaled_dot_product_attention(*split(x @ qkv), is_causal=True)) @ out
ended = (rows[:, 1:] == end).long()
counts = ended.cumsum(1) == ended  # up to the first end, that one included
for kind in ("pre", "post"):
    x = embed[rows[:, :-1]] + place[: rows.shape[1] - 1]
    for qkv, out, up, down in layers:
        if kind == "pre":
            x = x + attend(norm(x), qkv, out)
            x = x + gelu(norm(x) @ up) @ down
        else:
            x = norm(x + attend(x, qkv, out))
            x = norm(x + gelu(x @ up) @ down)
    log_p = ((norm(x) if kind == "pre" else x) @ embed.T).log_softmax(-1)
    loss = -log_p.gather(-1, rows[:, 1:, None])[..., 0][counts].mean()
    gradients = torch.autograd.grad(loss, [one for layer in layers for one in layer])
    each = [sum((one**2).sum() for one in gradients[4 * n : 4 * n + 4]).sqrt().item() for n in range(depth)]
    print(kind, " ".join(f"{one:.4f}" for one in each))
