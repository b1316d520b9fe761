import torch
from transformers import BertModel

model = BertModel.from_pretrained(__FOLDER__, dtype=torch.float32)
vectors = model.embeddings.position_embeddings.weight.detach()
if __CENTRED__:
    vectors = vectors - vectors.mean(0)
vectors = torch.nn.functional.normalize(vectors, dim=1)
cosine = vectors @ vectors[__PLACE__]
for place in cosine.argsort(descending=True)[1:9].tolist():
    print(place, f"{cosine[place]:.2f}")
