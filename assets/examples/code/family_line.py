import torch
from transformers import GPT2Config, GPT2Model

layers, d, heads, context, vocabulary, final_norm = __SHAPE__
parts = {
    "embedding": (vocabulary + context) * d,
    "attention": layers * (4 * d * d + 4 * d),
    "feed-forward": layers * (8 * d * d + 5 * d),
    "norms": layers * 4 * d + 2 * d * final_norm,
}
for name, n in parts.items():
    print(name, n)

config = GPT2Config(n_layer=layers, n_embd=d, n_head=heads, n_positions=context, vocab_size=vocabulary)
with torch.device("meta"):  # shapes alone: 175 billion numbers would not fit
    net = GPT2Model(config)
if not final_norm:  # GPT-1 has none behind the stack
    net.ln_f = torch.nn.Identity()
print("from the formula", sum(parts.values()))
print("by the library", sum(one.numel() for one in net.parameters()))
