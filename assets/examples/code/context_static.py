import torch
from transformers import AutoModel, AutoTokenizer

folder = __FOLDER__
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
static, contextual = [], []
for text in __TEXTS__:
    read = tokenizer(text, return_tensors="pt")
    ids = read.input_ids[0, 1:-1]
    with torch.no_grad():
        parts = model.embeddings
        rows = parts.LayerNorm(parts.word_embeddings(ids) + parts.token_type_embeddings.weight[0])  # no position
        states = model(**read, output_hidden_states=True).hidden_states
    static.append(rows.mean(0))
    contextual.append(states[__LAYER__][0, 1:-1].mean(0))
for name, (a, b) in {"static": static, "contextual": contextual}.items():
    print(f"{name}: cosine {torch.cosine_similarity(a, b, dim=0):.4f}, distance {torch.dist(a, b):.3f}")
