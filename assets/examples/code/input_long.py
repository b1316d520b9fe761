from transformers import AutoTokenizer

text = __TEXT__
tokenizer = AutoTokenizer.from_pretrained(__FOLDER__)
ids = tokenizer(text, add_special_tokens=False).input_ids
room, overlap = __ROOM__, __OVERLAP__  # [CLS], [SEP] and the phrase behind each window take the rest of 512
head = round(0.25 * room)

cut = ids[:room]
head_tail = ids if len(ids) <= room else ids[:head] + ids[head - room :]
windows, start = [ids[:room]], 0
while start + room < len(ids):
    start += room - overlap
    windows.append(ids[start : start + room])
print("tokens:", len(ids), "cut:", len(cut), "head + tail:", len(head_tail), "windows:", len(windows))
