from transformers import AutoTokenizer

text = __TEXT__
for folder in (__FOLDER__, __FOLDER_B__):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    found = tokenizer(text, return_offsets_mapping=True, add_special_tokens=False)
    tokens = tokenizer.convert_ids_to_tokens(found.input_ids)
    for token, number, (start, end) in zip(tokens, found.input_ids, found.offset_mapping):
        print(token, number, text[start:end])
    characters = sum(not char.isspace() for char in text)
    print("tokens:", len(tokens), f"per character: {len(tokens) / characters:.2f}")
