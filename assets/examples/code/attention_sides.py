import torch
from transformers import AutoTokenizer, BertModel

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False, dtype=torch.float32).eval()

inputs = tokenizer(__TEXT__, return_tensors="pt")
with torch.no_grad():
    weights = torch.stack(model(**inputs, output_attentions=True).attentions)
print("cells that are not zero:", int((weights.amax((0, 1, 2)) > 0).sum()), "of", weights.shape[-1] ** 2)

pad = torch.full((1, 6), tokenizer.pad_token_id)
ids = torch.cat([inputs.input_ids, pad], 1)
mask = torch.cat([inputs.attention_mask, torch.zeros_like(pad)], 1)
with torch.no_grad():
    for name, attention_mask in (("with the padding mask", mask), ("without", torch.ones_like(mask))):
        padded = torch.stack(model(ids, attention_mask=attention_mask, output_attentions=True).attentions)
        print(name, f"{padded[0, 0, :, : weights.shape[-1], -6:].sum(-1).mean():.4f} of the weight goes to [PAD]")
