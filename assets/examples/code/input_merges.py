from transformers import AutoTokenizer

vocabulary = AutoTokenizer.from_pretrained(__FOLDER__).get_vocab()
word, pieces = __WORD__, []
start = 0
while start < len(word):  # always the longest piece that the vocabulary has
    for end in range(len(word), start, -1):
        piece = ("##" if start else "") + word[start:end]
        if piece in vocabulary:
            break
    else:
        pieces = ["[UNK]"]
        break
    pieces.append(piece)
    print(pieces, word[end:])
    start = end
print("pieces:", pieces)
