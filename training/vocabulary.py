"""A WordPiece vocabulary out of a SentencePiece one: which tokens some languages need, and whose row each gets.

Knows characters and pieces; no weights. In the vocabulary that is cut, "▁the" begins a word and "ing" continues one;
in BERT's, "the" begins and "##ing" continues. Every 汉字 is a token of its own, which is how BERT reads Chinese.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

SPECIAL = {"[PAD]": "<pad>", "[UNK]": "<unk>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}
START, GOES_ON = "▁", "##"
HAN = (("\u4e00", "\u9fff"), ("\u3400", "\u4dbf"), ("\uf900", "\ufaff"))
KANA = ("\u3040", "\u30ff")


def source_of(token: str, index: Mapping[str, int]) -> int | None:
    """The row of the SentencePiece vocabulary `index` that `token` starts from; None where it has none.

    A piece that continues a word, a 汉字, kana and a mark of punctuation are written without "▁" there; full-width
    forms and the like under their NFKC form.
    """
    if token in SPECIAL:
        return index.get(SPECIAL[token])
    body = token.removeprefix(GOES_ON) if len(token) > len(GOES_ON) else token
    plain = unicodedata.normalize("NFKC", body)
    bare, opening = [body, plain], [START + body, START + plain]
    apart = is_han(body) or is_kana(body) or is_punctuation(body)
    order = [*bare, *opening] if token != body or apart else [opening[0], body, opening[1], plain]
    return next((index[name] for name in order if name in index), None)


def chosen(
    pieces: Mapping[str, Counter[str]],
    characters: Counter[str],
    index: Mapping[str, int],
    *,
    budget: Mapping[str, int],
    han_least: int = 8,
    others_least: int = 20,
) -> list[str]:
    """The tokens of the new vocabulary, in its order.

    pieces       how often each SentencePiece token stands in the text of a language
    characters   how often each character stands in all of it
    budget       the most tokens that a language may add; commoner ones first
    *_least      how often a 汉字, or any other single character, must stand there
    """
    names = dict.fromkeys(SPECIAL)
    common = characters.most_common()
    names |= dict.fromkeys(c for c, n in common if is_han(c) and n >= han_least and c in index)
    for language, most in budget.items():
        names |= dict.fromkeys(_words(pieces.get(language, Counter()), index, most, set(names)))
    for character, n in common:
        if n < others_least or is_han(character) or unicodedata.category(character)[0] in "ZC":
            continue
        if source_of(character, index) is not None:
            names[character] = None
            if not is_punctuation(character):
                names[GOES_ON + character] = None
    return list(names)


def _words(counts: Counter[str], index: Mapping[str, int], most: int, known: set[str]) -> Iterable[str]:
    """At most `most` new tokens of a language. Kana continue a word as often as they follow a 汉字: both forms."""
    added = 0
    for piece, _ in counts.most_common():
        body = piece.removeprefix(START)
        if added == most:
            return
        if piece not in index or not body or any(is_han(c) or is_punctuation(c) or _blank(c) for c in body):
            continue
        names = [body] if piece.startswith(START) else [GOES_ON + body] + [body] * is_kana(body[0])
        for name in names:
            if name not in known:
                known.add(name)
                yield name
                added += 1


def is_han(text: str) -> bool:
    return len(text) == 1 and any(low <= text <= high for low, high in HAN)


def is_kana(text: str) -> bool:
    return all(KANA[0] <= c <= KANA[1] for c in text)


def is_punctuation(text: str) -> bool:
    """As BERT's tokenizer sees it: every ASCII sign counts, beside Unicode's punctuation."""
    return len(text) == 1 and (unicodedata.category(text).startswith("P") or (text.isascii() and _sign(text)))


def _sign(character: str) -> bool:
    return character.isprintable() and not character.isalnum() and not character.isspace()


def _blank(character: str) -> bool:
    return unicodedata.category(character)[0] in "ZC"
