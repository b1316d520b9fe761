import torch
from transformers import AutoTokenizer, BertModel

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertModel.from_pretrained(folder, dtype=torch.float32).eval()

number = tokenizer(__TEXT__, __PAIR__).input_ids[__LOOK__]
table = model.embeddings.word_embeddings.weight.detach()
onehot = torch.zeros(len(table))
onehot[number] = 1
product = onehot @ table
print(tokenizer.convert_ids_to_tokens(number), number, tuple(table.shape))
print("product:", [round(x, 4) for x in product[:6].tolist()])
print("largest difference to the row:", (product - table[number]).abs().max().item())
