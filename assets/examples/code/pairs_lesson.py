import torch
from transformers import AutoTokenizer, BertForPreTraining

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForPreTraining.from_pretrained(folder, dtype=torch.float32).eval()

inputs = tokenizer(__FIRST__, __SECOND__, return_tensors="pt")
labels = torch.full_like(inputs.input_ids, -100)  # -100: no loss here
for position in __POSITIONS__:
    labels[0, position] = inputs.input_ids[0, position]
inputs["input_ids"] = torch.tensor([__SHOWN__])
with torch.no_grad():
    out = model(**inputs)
words = torch.nn.functional.cross_entropy(out.prediction_logits[0], labels[0])
pair = torch.nn.functional.cross_entropy(out.seq_relationship_logits, torch.tensor([__LABEL__]))
print(f"words {words:.4f} + pair {pair:.4f} = {words + pair:.4f}")
