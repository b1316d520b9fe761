import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

model.set_attn_implementation("eager")  # the plain attention, which hands out its weights
ids = torch.tensor([__IDS__])
with torch.no_grad():
    raw = []  # what goes into the final normalisation is the last layer's own output
    hook = getattr(model.base_model, "norm", None) or model.base_model.ln_f
    hook.register_forward_pre_hook(lambda _, args: raw.append(args[0]))
    out = model(ids, output_hidden_states=True, output_attentions=True)
    for n, h in enumerate([*out.hidden_states[:-1], raw[0]]):
        scores = model.lm_head(hook(h[0, -1]))
        print(n, [repr(tokenizer.decode(i)) for i in scores.topk(3).indices])
weights = out.attentions[__LAYER__][0, __HEAD__, -1]
print([round(w, 4) for w in weights.tolist()])
