"""Evidence of chapter 2, 填空: what masking does, measured on whole sets of sentences.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.engine import get_engine
from explorer.evidence.texts import OWN, Row, Texts, own, row, sampled
from explorer.lab.types.masking import (
    AVERAGE,
    FILL,
    AverageInputs,
    Edit,
    FillInputs,
)
from explorer.models.catalog import catalog

PER_TEXT = 6
EVERY = 7
HELD_OUT = {"name": "ud-pud", "n": 200, "seed": 0}
DEVLIN = "Devlin, Chang, Lee & Toutanova 2019, BERT (NAACL)"
LAN = "Lan et al. 2020, ALBERT (ICLR)"


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows, each as soon as it is measured. With `data`, accuracy is measured on text lying there."""
    model_id = catalog.default("masked").id
    zh, en = own("masking", "zh"), own("masking", "en")
    yield from _treatments(model_id, zh, en)
    for texts in (sampled(data, "zh", **HELD_OUT), sampled(data, "en", **HELD_OUT)) if data else (zh, en):
        yield from _accuracy(model_id, texts, held_out=data is not None)
    yield _language_kept(model_id, zh)


_row = partial(row, "masking")


def _treatments(model_id: str, zh: Texts, en: Texts) -> Iterator[Row]:
    """The same positions visible, covered, and replaced by a random token; `PER_TEXT` positions of every sentence."""
    lines = zh.lines + en.lines
    result = get_engine().run(AVERAGE, model_id, AverageInputs(lines, PER_TEXT, seed=0)).result
    visible, masked, random = (float(p.mean()) for p in (result.visible, result.masked, result.random))
    n, data = len(result.masked), f"{zh.origin}, {en.origin}"
    yield _row(
        model_id,
        id="masking.see_itself",
        claim_zh="不盖住的字等于看着答案填空：它的概率远高于盖住以后",
        claim_en="A word left visible sees itself: its probability is far above that of the same word covered",
        published="A word that could indirectly see itself would be predicted trivially (no figure is given)",
        published_zh="一个词若能间接看见自己，预测就太容易了（原文没有给数字）",
        source=f"{DEVLIN}, §3.1",
        measured=visible - masked,
        unit=f"mean P(original), visible minus covered ({visible:.3f} − {masked:.3f})",
        unit_zh=f"原词的平均概率：看得见减去盖住（{visible:.3f} − {masked:.3f}）",
        op=">=",
        target=0.3,
        n=n,
        data=data,
    )
    frequency = _unigram_expectation(model_id, lines)
    yield _row(
        model_id,
        id="masking.repair",
        claim_zh="换成一个随机的字，模型仍会想起原来的字：概率高于这个字本身的常见程度",
        claim_en="Where a random token stands, the model still recalls the original: above its mere frequency",
        published="A tenth of the chosen tokens is replaced by a random token, and the original is to be predicted",
        published_zh="选中的词元里有一成换成随机的词元，仍要预测原来的",
        source=f"{DEVLIN}, §3.1 and appendix A.1",
        measured=random,
        unit="mean P(original | random token); target: mean unigram frequency in the same sentences",
        unit_zh="换成随机词元后，原词的平均概率；对照是它在这些句子里的平均频率",
        op=">",
        target=frequency,
        n=n,
        data=data,
    )
    yield _row(
        model_id,
        id="masking.repair_below_mask",
        claim_zh="但是错字会误导：原来的字的概率低于盖住时",
        claim_en="A wrong token misleads, though: the original is less likely than under [MASK]",
        published="",
        source=OWN,
        measured=random,
        unit="mean P(original | random token); target: mean P(original | [MASK])",
        unit_zh="换成随机词元后，原词的平均概率；对照是盖成 [MASK] 时的",
        op="<",
        target=masked,
        n=n,
        data=data,
    )


def _unigram_expectation(model_id: str, lines: tuple[str, ...]) -> float:
    """The mean frequency of a token drawn as the positions are: a sentence first, then any of its tokens.

    Frequencies are counted on the sentences themselves (special tokens left out), which flatters this baseline.
    """
    sentences = [
        [i for i, special in zip(tokens.ids, tokens.special, strict=True) if not special]
        for tokens in (get_engine().tokens(model_id, line) for line in lines)
    ]
    counts = Counter(i for ids in sentences for i in ids)
    return float(np.mean([np.mean([counts[i] for i in ids]) for ids in sentences]) / counts.total())


def _accuracy(model_id: str, texts: Texts, *, held_out: bool) -> Iterator[Row]:
    """Every `EVERY`-th token of the running text covered, one at a time: right at first guess, among five."""
    ranks = [int((logits > logits[original]).sum()) + 1 for original, logits in _covered(model_id, texts)]
    zh = texts.lang == "zh"
    for suffix, top, target in (("", 1, 0.25 if zh else 0.2), ("_top5", 5, 0.4 if zh else 0.35)):
        yield _row(
            model_id,
            held_out=held_out,
            id=f"masking.accuracy_{texts.lang}{suffix}",
            claim_zh=f"盖住一个{'中文' if zh else '英文'}词元，模型{'第一次' if top == 1 else '前五个里'}猜中的比例",
            claim_en=f"Share of covered {'Chinese' if zh else 'English'} tokens "
            + ("guessed at once" if top == 1 else "among the first five guesses"),
            published=""
            if zh or top > 1
            else "ALBERT-base (English, 30 k pieces): 54.0–54.9 % of masked tokens at once (table 5)",
            published_zh="" if zh or top > 1 else "ALBERT-base（英文，3 万词元）：一次猜中 54.0–54.9 %（表 5）",
            source=f"{OWN}; the BERT paper reports no accuracy of its masked-word predictions"
            if zh or top > 1
            else LAN,
            measured=float(np.mean([rank <= top for rank in ranks])),
            unit=f"share of tokens, every {EVERY}th covered one at a time",
            unit_zh=f"词元所占的比例；每 {EVERY} 个盖住一个，一次一个",
            op=">=",
            target=target,
            n=len(ranks),
            data=texts.origin,
        )


def _language_kept(model_id: str, texts: Texts) -> Row:
    """How many of the 100 likeliest tokens are 汉字, at every `EVERY`-th 汉字, covered one at a time."""
    han = np.array([_is_han(piece) for piece in get_engine().vocabulary(model_id)])
    shares = [float(han[np.argpartition(-logits, 100)[:100]].mean()) for _, logits in _covered(model_id, texts, han)]
    return _row(
        model_id,
        id="masking.language_kept",
        claim_zh="中文句子里的空，多语言模型也用汉字来填",
        claim_en="In a Chinese sentence even a multilingual model fills a blank with 汉字",
        published="",
        source=OWN,
        measured=float(np.mean(shares)),
        unit=f"share of 汉字 among the 100 likeliest tokens, at every {EVERY}th 汉字",
        unit_zh=f"最可能的 100 个词元里汉字的比例；每 {EVERY} 个汉字盖住一个",
        op=">=",
        target=0.8,
        n=len(shares),
        data=texts.origin,
    )


def _covered(
    model_id: str, texts: Texts, wanted: NDArray[np.bool_] | None = None
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """(original id, logits[vocab] in fp32) at every `EVERY`-th token of the running text, covered one at a time.

    Only tokens that `wanted[id]` names are counted and covered; by default all but special ones.
    """
    engine = get_engine()
    mask_id = engine.tokens(model_id, "[MASK]").ids[1]
    running = 0
    for line in texts.lines:
        tokens = engine.tokens(model_id, line)
        for position, original in enumerate(tokens.ids):
            if tokens.special[position] or (wanted is not None and not wanted[original]):
                continue
            running += 1
            if running % EVERY == 0:
                inputs = FillInputs(line, (Edit(position, mask_id),), (position,))
                result = engine.run(FILL, model_id, inputs).result
                yield original, result.logits[0]


def _is_han(piece: str) -> bool:
    return len(piece) == 1 and "\u4e00" <= piece <= "\u9fff"
