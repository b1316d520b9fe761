import torch
from transformers import AutoTokenizer, BertForMaskedLM

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
d = model.config.hidden_size // model.config.num_attention_heads


def silence(heads):
    def hook(module, args):  # what goes into a layer's output matrix is the heads side by side
        mixed = args[0].clone()
        for head in heads:
            mixed[..., head * d : (head + 1) * d] = 0
        return (mixed, *args[1:])

    return hook


ids = tokenizer(__TEXT__, return_tensors="pt").input_ids
ids[0, __POSITION__] = tokenizer.mask_token_id
with torch.no_grad():
    whole = model(ids).logits[0, __POSITION__].softmax(-1)
    for layer, head in __OFF__:
        model.bert.encoder.layer[layer].attention.output.dense.register_forward_pre_hook(silence([head]))
    less = model(ids).logits[0, __POSITION__].softmax(-1)
for name, p in (("all heads", whole), ("some off", less)):
    print(name, [(tokenizer.decode(i), f"{p[i]:.4f}") for i in p.topk(3).indices])
print(f"KL = {(whole * (whole / less).log()).sum():.6f}")
