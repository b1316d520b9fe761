import torch
from torch.nn.functional import logsigmoid

beta, method, answers = __BETA__, __METHOD__, 8  # all that this policy can say; the page's writes word after word
chance = torch.Generator().manual_seed(0)
draw = lambda p, n: torch.multinomial(p, n, replacement=True, generator=chance)
rule = torch.linspace(-1, 1, answers)  # the panel's true taste
shown = draw(torch.arange(answers, 0, -1.0), 2000)  # 1. examples: say what people say, as often as they do
reference = (shown.bincount(minlength=answers) / 2000).log()  # this has the least cross-entropy
a, b = draw(reference.exp(), 600).view(2, 300)  # 2. comparisons, by judges who err
sure = (rule[a] > rule[b]) != (torch.rand(300, generator=chance) < __NOISE__)
better, worse = torch.where(sure, torch.stack([a, b]), torch.stack([b, a]))
reward, policy = torch.zeros(answers).requires_grad_(), reference.clone().requires_grad_()
judge, learner = torch.optim.Adam([reward], lr=0.1), torch.optim.Adam([policy], lr=0.05)
for _ in range(300):  # Bradley-Terry: P(a better than b) = sigmoid(r(a) - r(b))
    judge.zero_grad()
    (0.01 * (reward**2).mean() - logsigmoid(reward[better] - reward[worse]).mean()).backward()
    judge.step()
for _ in range(200):  # 3. towards reward - beta * KL
    old = policy.detach().log_softmax(0)
    said = draw(old.exp(), 128)
    total = (reward.detach() - beta * (old - reference))[said].view(-1, 4)
    others = (total.sum(1, keepdim=True) - total) / 3 if method == "rloo" else total.mean()  # PPO learns its baseline
    for gain in [(total - others).flatten()] * 2:
        ratio = (policy.log_softmax(0) - old)[said].exp()
        learner.zero_grad()
        (-torch.minimum(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()).backward()
        learner.step()
for name, p in (("before", reference.exp()), ("after", policy.detach().softmax(0))):
    print(name, f"model {p @ reward:.3f} rule {p @ rule:.3f} KL {p @ (p.log() - reference):.3f}")
