import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

torch.manual_seed(0)
options = dict(temperature=__TEMPERATURE__, top_k=__TOP_K__, top_p=__TOP_P__, min_p=__MIN_P__) if __TEMPERATURE__ else {}
ids = torch.tensor([__IDS__])
with torch.no_grad():
    out = model.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=bool(options), repetition_penalty=__PENALTY__,
        max_new_tokens=__N__, pad_token_id=tokenizer.pad_token_id or 0, **options,
    )
print(tokenizer.decode(out[0], skip_special_tokens=True))
