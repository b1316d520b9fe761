import csv

import torch
from transformers import AutoTokenizer, BertForMaskedLM

tokenizer = AutoTokenizer.from_pretrained(__FOLDER__)
model = BertForMaskedLM.from_pretrained(__FOLDER__, dtype=torch.float32).eval()
layer, alpha = __LAYER__, __ALPHA__
with open(__SENTENCES__ + "/sentences.tsv", encoding="utf-8") as file:  # a line is one sentence in six languages
    lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def states(text):  # [layers + 1, tokens, width]
    with torch.no_grad():
        out = model.bert(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
    return torch.cat(out.hidden_states)


def language(name):  # mean of all tokens but [CLS] and [SEP]
    return torch.cat([states(line[name])[layer, 1:-1] for line in lines]).mean(dim=0)


hidden = states(__TEXT__)[layer][None] + alpha * (language(__TARGET__) - language(__SOURCE__))
with torch.no_grad():
    for block in model.bert.encoder.layer[layer:]:
        hidden = block(hidden)
    best = model.cls(hidden)[0, 1:-1].argmax(dim=-1)
print(" ".join(tokenizer.convert_ids_to_tokens(best)))
