import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, AutoTokenizer

sentences, labels, weight = __SENTENCES__, torch.tensor([1, 0]), __WEIGHT__  # the words go together; they do not
folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
gpt = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
head = torch.randn(gpt.config.hidden_size, 2, generator=torch.Generator().manual_seed(0)) / gpt.config.hidden_size**0.5

task, language = [], []
for sentence, label in zip(sentences, labels):
    ids = tokenizer(sentence, return_tensors="pt").input_ids
    with torch.no_grad():  # to train, leave this out and call total.backward()
        out = gpt(ids, output_hidden_states=True)
    task.append(cross_entropy(out.hidden_states[-1][0, -1:] @ head, label[None]))
    language.append(cross_entropy(out.logits[0, :-1], ids[0, 1:]))
    print(sentence, f"L2 {task[-1]:.4f} L1 {language[-1]:.4f}")
total = sum(task) / 2 + weight * sum(language) / 2
print(f"L3 {total:.4f}")
