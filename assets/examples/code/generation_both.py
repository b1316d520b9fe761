import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BertForMaskedLM

text, start = __TEXT__, __START__
folder = __BERT__
bert_tokens = AutoTokenizer.from_pretrained(folder)
bert = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
gpt = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

ids = bert_tokens(text, return_tensors="pt").input_ids
ids[0, __LOOK__] = bert_tokens.mask_token_id
with torch.no_grad():
    around = bert(ids).logits[0, __LOOK__].double().softmax(-1).topk(5)
    left = gpt(tokenizer(text[:start].rstrip(" "), return_tensors="pt").input_ids).logits[0, -1].double().softmax(-1).topk(5)
for p, i in zip(*around):
    print("BERT", bert_tokens.convert_ids_to_tokens(i.item()), f"{p.item():.4f}")
for p, i in zip(*left):
    print("GPT", repr(tokenizer.decode(i)), f"{p.item():.4f}")
