import torch
from transformers import AutoTokenizer, BertForMaskedLM

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()

x = tokenizer(__TEXT__, return_tensors="pt").input_ids  # the text, no label anywhere
hidden = __HIDDEN__
seen = x.clone()  # x', what the model sees
seen[0, hidden] = tokenizer.mask_token_id
with torch.no_grad():
    p = model(seen).logits[0].softmax(-1)
for position in hidden:  # x'', what it must guess: the text itself knows the answer
    answer = x[0, position].item()
    guess = p[position].argmax().item()
    words = tokenizer.convert_ids_to_tokens([answer, guess])
    print(f"{words[0]}: guess {words[1]} {p[position, guess]:.4f}, original {p[position, answer]:.4f}")
