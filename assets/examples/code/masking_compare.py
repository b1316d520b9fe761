import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()


def log_p(text, position):
    ids = tokenizer(text, return_tensors="pt").input_ids
    ids[0, position] = tokenizer.mask_token_id
    with torch.no_grad():
        found = model(ids).logits[0, position].log_softmax(-1)
    found[tokenizer.all_special_ids] = -1e9  # [UNK], [CLS] and their like fill no blank
    return found


a = log_p(__TEXT_A__, __LOOK_A__)
b = log_p(__TEXT_B__, __LOOK_B__)
print("more in the first: ", tokenizer.convert_ids_to_tokens((a - b).topk(8).indices))
print("more in the second:", tokenizer.convert_ids_to_tokens((b - a).topk(8).indices))
