import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder, output = __FOLDER__, __OUTPUT__  # output: the matrix that a layer's heads, side by side, go into
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def silence(head):
    def hook(module, args):
        mixed = args[0].clone()
        d = mixed.shape[-1] // model.config.num_attention_heads
        mixed[..., head * d : (head + 1) * d] = 0
        return (mixed, *args[1:])

    return hook


ids = tokenizer(__TEXT__, return_tensors="pt").input_ids
with torch.no_grad():
    whole = model(ids).logits[0, -1].softmax(-1)
    for layer, head in __OFF__:
        model.get_submodule(output.format(layer)).register_forward_pre_hook(silence(head))
    less = model(ids).logits[0, -1].softmax(-1)
for name, p in (("all heads", whole), ("some off", less)):
    print(name, [(tokenizer.decode(i), f"{p[i]:.4f}") for i in p.topk(3).indices])
print(f"KL = {(whole * (whole / less).log()).sum():.6f}")
