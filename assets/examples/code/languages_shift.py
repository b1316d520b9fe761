import torch
from transformers import AutoTokenizer, BertForMaskedLM

tokenizer = AutoTokenizer.from_pretrained(__FOLDER__)
model = BertForMaskedLM.from_pretrained(__FOLDER__, dtype=torch.float32).eval()
layer, alpha = __LAYER__, __ALPHA__


def states(text):  # [layers + 1, tokens, width]
    with torch.no_grad():
        out = model.bert(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
    return torch.cat(out.hidden_states)


def language(texts):  # mean of all tokens but [CLS] and [SEP]
    return torch.cat([states(text)[layer, 1:-1] for text in texts]).mean(dim=0)


# Sixteen sentences a language; the page takes all it has.
arrow = language(__THEIRS__) - language(__OURS__)
hidden = states(__TEXT__)[layer][None] + alpha * arrow
with torch.no_grad():
    for block in model.bert.encoder.layer[layer:]:
        hidden = block(hidden)
    best = model.cls(hidden)[0, 1:-1].argmax(dim=-1)
print(" ".join(tokenizer.convert_ids_to_tokens(best)))
