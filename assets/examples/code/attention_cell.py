import torch
from transformers import AutoTokenizer, BertModel

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False, dtype=torch.float32).eval()

layer, head, query, seen = __LAYER__, __HEAD__, __QUERY__, __SEEN__
inputs = tokenizer(*__TEXTS__, return_tensors="pt")
with torch.no_grad():
    out = model(**inputs, output_hidden_states=True, output_attentions=True)
    look = model.encoder.layer[layer].attention.self
    d = look.query.out_features // model.config.num_attention_heads
    here = slice(head * d, (head + 1) * d)
    h = out.hidden_states[layer][0]
    q, k, v = (part(h)[:, here] for part in (look.query, look.key, look.value))
    scores = q[query] @ k.T / d**0.5
    weights = scores.softmax(-1)
    mixed = weights @ v
print(f"q·k = {q[query] @ k[seen]:.4f}, scaled {scores[seen]:.4f}, weight {weights[seen]:.6f}")
print(f"the library says {out.attentions[layer][0, head, query, seen]:.6f}")
print("output:", mixed[:5])
