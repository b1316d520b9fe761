import torch
from transformers import AutoModel, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()

layer, head, query = __LAYER__, __HEAD__, __QUERY__
inputs = tokenizer(*__TEXTS__, return_tensors="pt")
with torch.no_grad():
    attentions = model(**inputs, output_attentions=True).attentions
tokens = tokenizer.convert_ids_to_tokens(inputs.input_ids[0])
row = attentions[layer][0, head, query]
print(f"layer {layer + 1} of {len(attentions)}, head {head + 1}: {tokens[query]!r} looks at")
for weight, at in zip(*row.topk(min(5, len(row)))):
    print(f"{at} {tokens[at]!r} {weight:.6f}")
