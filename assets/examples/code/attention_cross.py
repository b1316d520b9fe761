import torch
from transformers import AutoModel, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()

layer, head, query, attentions = __LAYER__, __HEAD__, __QUERY__, __ATTENTIONS__
inputs = tokenizer(*__TEXTS__, return_tensors="pt")
written = tokenizer(__TARGET__ or " ", add_special_tokens=False).input_ids
written = [model.config.decoder_start_token_id, *written]  # what the decoder has written, behind its start token
with torch.no_grad():
    out = model(**inputs, decoder_input_ids=torch.tensor([written]), output_attentions=True)
row = out[attentions][layer][0, head, query]
seen = tokenizer.convert_ids_to_tokens(written if attentions.startswith("decoder") else inputs.input_ids[0].tolist())
print(f"{attentions}, layer {layer + 1} of {len(out[attentions])}, head {head + 1}: token {query} looks at")
for weight, at in zip(*row.topk(min(5, len(row)))):
    print(f"{at} {seen[at]!r} {weight:.6f}")
