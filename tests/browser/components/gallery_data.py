"""Fixed inputs of the gallery: an invented vocabulary, scores drawn once, sentences of our own. Knows no model.

The tests recompute from these what the browser draws.
"""

from __future__ import annotations

import json
import math
import tomllib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.components.layers_map import MapData, Point
from explorer.components.token_strip import Chip

SIZE = 33_627
_FRONT = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *"好快多大高冷热差美早晚棒妙怪久远近亮暗静忙闲难易真新旧长短强",
    *(
        "mild",
        "##ing",
        "=SUM(A1)",
        '"quoted", and',
        "<script>alert(1)</script>",
        "**bold**",
        "$x^2$",
        "ไทย",
        "かな",
        " ",
    ),
    *"今天气很，我们去公园玩。看书吃饭走路听歌写字",
)


def vocabulary() -> list[str]:
    """All tokens by id; the first are words, the rest are numbered names."""
    front = list(dict.fromkeys(_FRONT))
    return front + [f"w{number:05d}" for number in range(len(front), SIZE)]


WORDS = vocabulary()
ID = {word: number for number, word in enumerate(WORDS)}


def labels(lang: str) -> dict[str, dict[str, str]]:
    path = Path(__file__).parents[3] / "assets" / "text" / lang / "components.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def scores(seed: int = 0, first: str = "好快多大高冷") -> NDArray[np.float32]:
    """logits[SIZE]: noise, with the characters of `first` far in front in that order."""
    noise = np.random.default_rng(seed).normal(0.0, 1.6, SIZE)
    for place, word in enumerate(first):
        noise[ID[word]] = 14.2 - 0.85 * place
    return noise.astype(np.float32)


def pair() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two rows of scores that agree about most words and differ about a few."""
    a = scores(7, "好快多大高美早") * np.float32(1.0)
    rng = np.random.default_rng(8)
    b = (a + rng.normal(0.0, 0.7, SIZE)).astype(np.float32)
    for word in "冷热静":
        b[ID[word]] = 12.5
    for word in "好快":
        b[ID[word]] -= np.float32(4.0)
    return a, b


def vector(seed: int, size: int = 384) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0.0, 0.9, size).astype(np.float32)


def looking(lang: str) -> tuple[list[tuple[str, bool, int]], NDArray[np.float32]]:
    """The tokens of a pair (text, special, sentence) and weights[2 layers, 4 heads, L, L] whose rows add up to 1."""
    words = "妹 妹 在 看 书" if lang == "zh" else "My sister ##s read un ##interesting books"
    first = [("[CLS]", True, 0), *((word, False, 0) for word in words.split()), ("[SEP]", True, 0)]
    tokens = [*first, *((word, False, 1) for word in words.split()), ("[SEP]", True, 1)]
    raw = np.random.default_rng(4).gamma(0.3, size=(2, 4, len(tokens), len(tokens)))
    return tokens, (raw / raw.sum(-1, keepdims=True)).astype(np.float32)


def sentences() -> list[Point]:
    """Sentences with one word each, three of either sense; one holds markup, one looks like a formula."""
    rows = [
        ("去河边走走", "河"),
        ("河水涨了", "河"),
        ("<b>河</b> 很长", "河"),
        ("借钱给他", "钱"),
        ("钱不够用", "钱"),
        ("=钱(1)", "钱"),
    ]
    return [Point(text, text.index(word), text.index(word) + 1, "河钱".index(word)) for text, word in rows]


def layers(n: int = 6, count: int = 4) -> MapData:
    """Maps and cosines of two clumps that walk apart from layer to layer; at layer 0 all points are one."""
    rng = np.random.default_rng(4)
    push = np.where(np.arange(n) < n // 2, -1.0, 1.0)[None, :, None] * np.linspace(0, 2, count)[:, None, None]
    x = (rng.normal(0, 0.4, (count, n, 3)) + push) * (np.arange(count) > 0)[:, None, None]
    with np.errstate(invalid="ignore"):
        unit = x / np.linalg.norm(x, axis=-1, keepdims=True)
    ball = x / np.maximum(np.abs(x).max(), 1e-9)
    ones = np.full(count, 0.75)
    curves = {f"centred:{name}": np.linspace(-0.2, 0.9, count) for name in ("within", "between", "auc", "silhouette")}
    return MapData(
        cos={"centred": unit @ unit.transpose(0, 2, 1)},
        maps={"pca:flat": ball[:, :, :2], "pca:deep": ball},
        trust={"pca:flat": ones, "pca:deep": ones},
        curves=curves | {"anisotropy": ones},
        kept=ones,
        orders=np.tile(np.arange(n)[::-1], (count, 1)),
    )


def softmax(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float64]:
    scaled = logits.astype(np.float64) / temperature
    weights = np.exp(scaled - scaled.max())
    return weights / weights.sum()


def chips_zh(covered: tuple[int, ...] = (6,)) -> list[Chip]:
    text = "今天天气很好，我们去公园玩。"
    inner = [
        Chip(
            text=character,
            id=ID.get(character, 1),
            start=place,
            end=place + 1,
            original=character,
            word=place,
            covered="mask" if place + 1 in covered else None,
            surprisal=0.3 + (place * 37 % 90) / 10,
            p=math.exp(-(0.3 + (place * 37 % 90) / 10)),
            rank=1 + place * 3,
        )
        for place, character in enumerate(text)
    ]
    return [_special("[CLS]"), *inner, _special("[SEP]")]


def chips_mixed() -> list[Chip]:
    """Latin words in pieces, an unknown character, a random and a kept token, markup as text."""
    rows = [
        ("We", 0, 2, 0, "token", None),
        ("were", 3, 7, 1, "token", "keep"),
        ("play", 8, 12, 2, "token", None),
        ("##ing", 12, 15, 2, "token", "mask"),
        ("hide", 16, 20, 3, "token", "random"),
        ("-", 20, 21, 4, "token", None),
        ("and", 21, 24, 5, "token", None),
        ("-", 24, 25, 6, "token", None),
        ("seek", 25, 29, 7, "token", None),
        ("[UNK]", 30, 31, 8, "unknown", None),
        ("<script>alert(1)</script>", 32, 57, 9, "token", None),
        ("**bold**", 58, 66, 10, "token", None),
        ("$x^2$", 67, 72, 11, "token", None),
        ("かな", 73, 75, 12, "token", None),
        ("un", 76, 78, 13, "token", None),
        ("##believ", 78, 84, 13, "token", None),
        ("##able", 84, 88, 13, "token", None),
    ]
    chips = [
        Chip(
            text=piece,
            id=100 + number,
            original="𰻝" if kind == "unknown" else piece.removeprefix("##"),
            start=start,
            end=end,
            kind=kind,  # type: ignore[arg-type]
            word=word,
            covered=covered,  # type: ignore[arg-type]
            shown="stone" if covered == "random" else None,
        )
        for number, (piece, start, end, word, kind, covered) in enumerate(rows)
    ]
    return [_special("[CLS]"), *chips, _special("[SEP]")]


def vocabulary_json() -> bytes:
    return json.dumps(WORDS, ensure_ascii=False).encode("utf-8")


def _special(name: str) -> Chip:
    return Chip(text=name, id=ID[name], start=0, end=0, original="", kind="special")
