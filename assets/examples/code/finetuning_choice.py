import torch
from transformers import AutoTokenizer, BertForNextSentencePrediction

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertForNextSentencePrediction.from_pretrained(folder, dtype=torch.float32).eval()

questions = __QUESTIONS__  # (beginning, endings) each
rows = [(beginning, ending) for beginning, endings in questions for ending in endings]  # made flat: [2, 4] to [8]
batch = tokenizer([row[0] for row in rows], [row[1] for row in rows], padding=True, return_tensors="pt")
with torch.no_grad():
    both = model(**batch).logits  # [8, 2]: index 0 means "is the next sentence"
scores = (both[:, 0] - both[:, 1]).view(len(questions), -1)  # one score a row, folded back: [2, 4]
for (beginning, endings), p in zip(questions, scores.softmax(-1)):
    print(beginning)
    for ending, share in zip(endings, p.tolist()):
        print(f"  {share:.4f} {ending}")
