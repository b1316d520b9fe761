from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(__FOLDER__)
ids = tokenizer(__TEXT__, add_special_tokens=False).input_ids
room, overlap = 510, __OVERLAP__  # [CLS] and [SEP] take two of 512

cut = ids[:room]
head_tail = ids if len(ids) <= room else ids[:128] + ids[-(room - 128) :]
windows, start = [ids[:room]], 0
while start + room < len(ids):
    start += room - overlap
    windows.append(ids[start : start + room])
print("tokens:", len(ids), "cut:", len(cut), "head + tail:", len(head_tail), "windows:", len(windows))
