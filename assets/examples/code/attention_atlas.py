import torch
from transformers import AutoTokenizer, BertModel

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False, dtype=torch.float32).eval()

with torch.no_grad():
    attentions = model(**tokenizer(*__TEXTS__, return_tensors="pt"), output_attentions=True).attentions
weights = torch.stack(attentions)[:, 0].double()  # [layers, heads, looks, looked at]
entropy = -(weights * weights.clamp_min(1e-30).log2()).sum(-1).mean(-1)
previous = weights.diagonal(-1, dim1=-2, dim2=-1).sum(-1) / weights.shape[-1]
best = previous.argmax()
print(f"entropy of the first head: {entropy[0, 0]:.4f} bits")
print(f"looks back most: layer {best // previous.shape[1] + 1}, head {best % previous.shape[1] + 1}, {previous.max():.4f}")

flow = torch.eye(weights.shape[-1]).double()
for layer in weights.mean(1):
    flow = (layer / 2 + torch.eye(len(layer)) / 2) @ flow
print("rollout of the first token:", flow[0])
