import torch
from transformers import AutoTokenizer, BertModel

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertModel.from_pretrained(folder, dtype=torch.float32).eval()

inputs = tokenizer(__TEXT__, __PAIR__, return_tensors="pt")
parts = model.embeddings
with torch.no_grad():
    token = parts.word_embeddings(inputs.input_ids[0])
    segment = parts.token_type_embeddings(inputs.token_type_ids[0])
    position = parts.position_embeddings.weight[: len(token)]
    normed = parts.LayerNorm(token + segment + position)
    own = model(**inputs, output_hidden_states=True).hidden_states[0][0]
for name, rows in (("token", token), ("segment", segment), ("position", position), ("normed", normed)):
    print(name, [round(x, 4) for x in rows[__LOOK__, :5].tolist()])
print("largest difference:", (normed - own).abs().max().item())
