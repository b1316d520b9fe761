import torch
from transformers import AutoTokenizer, BertForMaskedLM

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()

ids = tokenizer(__TEXT__, return_tensors="pt").input_ids
original = ids[0, __LOOK__].item()
for position, token in zip(__POSITIONS__, __REPLACEMENTS__):
    ids[0, position] = token

with torch.no_grad():
    layers = model.bert(ids, output_hidden_states=True).hidden_states
    for n, h in enumerate(layers):
        scores = model.cls.predictions(h[0, __LOOK__])  # the same head at every layer
        words = scores.clone()
        words[tokenizer.all_special_ids] = -torch.inf  # [UNK], [CLS] and their like fill no blank
        best = words.topk(5).indices
        print(n, tokenizer.convert_ids_to_tokens(best), "rank of the original:", int((scores > scores[original]).sum()) + 1)
