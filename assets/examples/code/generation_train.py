import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

ids = torch.tensor(__IDS__)
with torch.no_grad():
    log_p = model(ids[None]).logits[0].double().log_softmax(-1)  # all prefixes at once, under the causal mask
loss = -log_p[:-1].gather(1, ids[1:, None])[:, 0]  # place n predicts token n + 1
for token, nats in zip(ids[1:], loss):
    print(repr(tokenizer.decode(token)), f"p {torch.exp(-nats).item():.4f} loss {nats.item():.3f}")
print(f"ln P(S) = {-loss.sum().item():.3f}, perplexity {loss.mean().exp().item():.2f} per token")
