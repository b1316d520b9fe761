import math

import torch
from torch.nn.functional import batch_norm, normalize, relu

chance, arc = torch.Generator().manual_seed(__SEED__), math.radians(300)
angles = torch.linspace(0, arc, 200)  # points of a ring with a gap
ring = lambda at: torch.stack([at.cos(), at.sin()], -1)
randn = lambda *size: torch.randn(*size, generator=chance)
turned = lambda: arc - (arc - (angles + 0.4 * randn(200)).abs()).abs()  # thrown back at either end
view = lambda: ring(turned()) + 0.1 * randn(200, 2)
net = lambda: [randn(2, 32) / 2**0.5, randn(32, 2) / 32**0.5, torch.ones(32), torch.zeros(32), torch.zeros(2)]
encoder, head = net(), net()
encode = lambda x, a, b, scale, shift, last: relu(batch_norm(x @ a, None, None, scale, shift, True)) @ b + last
predict = lambda z, a, b, _, shift, last: relu(normalize(z, dim=-1) @ a + shift) @ b + last
encoder[4] -= encode(ring(angles), *encoder).mean(0)  # it begins around the origin
groups = [{"params": [one.requires_grad_() for one in some]} for some in (encoder, head)]
optimiser = torch.optim.AdamW(groups, lr=0.05, weight_decay=0)
for step in range(__STEPS__):
    optimiser.param_groups[0]["lr"] = 0.01 * min(1, (step + 1) / 50)
    loss, views = 0, [encode(view(), *encoder) for _ in "ab"]
    for own, aim in (views, views[::-1]):
        aim = aim.detach() if __STOP_GRADIENT__ else aim
        own = predict(own, *head) if __PREDICTOR__ else own
        loss -= (normalize(own, dim=-1) * normalize(aim, dim=-1)).sum(-1).mean() / 2
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
points = normalize(encode(ring(angles), *encoder), dim=-1).detach().numpy()
print(f"standard deviation {points.std(0).mean():.3f}")
