from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(__FOLDER__)
tokens = tokenizer.convert_ids_to_tokens(tokenizer(__TEXT__).input_ids)[1:-1]  # without [CLS] and [SEP]
for end in range(1, len(tokens)):  # every prefix is an exercise, the next token its answer
    print(" ".join(tokens[:end]), "->", tokens[end])
