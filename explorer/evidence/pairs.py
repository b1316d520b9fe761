"""Evidence of chapter 3, 句对: how often the two heads are right, beside a baseline of shared words.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page.
"""

from __future__ import annotations

import hashlib
import lzma
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.content import examples
from explorer.content.sentences import neighbours
from explorer.engine import get_engine
from explorer.evidence import texts
from explorer.evidence.texts import OWN, Row
from explorer.lab.types.pairs import MEASURE, MeasureInputs, Pair, interval
from explorer.models.catalog import catalog

LAN = "Lan et al. 2020, ALBERT (ICLR)"
LANGUAGES = ("zh", "en", "de", "es")
PER_LANGUAGE, SEED = 150, 0  # two questions a pair: n = 1,200
LENGTHS = {"zh": (8, 90)}  # characters of a sentence
LATIN = (25, 260)


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows, on our own pairs, or with `data` on neighbouring sentences of the XQuAD passages there.

    Our own pairs are short and follow one another clearly: little topic to go by, and an order that shows. On them
    NSP is hardly the easier question, so that claim, and how well the head should do, is left to the passages.
    """
    model_id = catalog.default("masked").id
    groups, origin = _passages(data) if data else _own()
    found = get_engine().run(MEASURE, model_id, MeasureInputs(groups, SEED)).result
    next_right, order_right = found.next_right(), found.order_right()
    next_span, order_span = interval(next_right), interval(order_right)
    nsp, sop = float(next_right.mean()), float(order_right.mean())

    def row(**fields: Any) -> Row:
        own = {"n": len(next_right), "data": origin, **fields}
        return texts.row("pairs", model_id, held_out=bool(data), **own)

    yield row(
        id="pairs.nsp_accuracy",
        claim_zh="NSP 头多半看得出第二句是不是从别处来的",
        claim_en="The next-sentence head mostly tells a real next sentence from one taken from elsewhere",
        published="ALBERT-base trained with NSP: 90.5 % on NSP, 52.0 % on SOP (table 5)",
        published_zh="用 NSP 训练的 ALBERT-base：答 NSP 对 90.5 %，答 SOP 对 52.0 %（表 5）",
        source=LAN,
        measured=nsp,
        unit=f"accuracy, half kept, half random; 95 % interval {next_span[0]:.3f}–{next_span[1]:.3f}",
        unit_zh=f"正确率，一半原样，一半换成别处的；95 % 区间 {next_span[0]:.3f}–{next_span[1]:.3f}",
        op=">=" if data else ">",
        target=0.75 if data else 0.5,
    )
    yield row(
        id="pairs.nsp_overlap",
        claim_zh="只数共有的词也能答对一半以上，但不如 NSP 头",
        claim_en="Counting shared words beats chance on NSP, but not the head",
        published="",
        source=OWN,
        measured=float(found.overlap_next_right().mean()),
        unit="accuracy of “more shared words (Jaccard) than the median”; target: the head's accuracy",
        unit_zh="用“共有的词（Jaccard）多于中位数”来猜的正确率；对照是 NSP 头的",
        op="<",
        target=nsp,
    )
    yield row(
        id="pairs.sop_accuracy",
        claim_zh="SOP 头看得出一点顺序，但是更难",
        claim_en="The sentence-order head sees the order somewhat; it is the harder task",
        published="ALBERT-base trained with SOP: 86.5 % on SOP (table 5)",
        published_zh="用 SOP 训练的 ALBERT-base：答 SOP 对 86.5 %（表 5）",
        source=LAN,
        measured=sop,
        unit=f"accuracy, half kept, half swapped; 95 % interval {order_span[0]:.3f}–{order_span[1]:.3f}",
        unit_zh=f"正确率，一半原样，一半对调；95 % 区间 {order_span[0]:.3f}–{order_span[1]:.3f}",
        op=">=",
        target=0.55,
    )
    overlap = float(found.overlap_order_right().mean())
    yield row(
        id="pairs.sop_overlap",
        claim_zh="共有的词不分先后：答 SOP 正好一半",
        claim_en="Shared words know no order: exactly one half on SOP",
        published="",
        source="by construction: the overlap of A with B is that of B with A",
        measured=overlap,
        unit="accuracy of the same word count on SOP; it is 0.5 exactly",
        unit_zh="同样数共有的词来答 SOP 的正确率；正好 0.5",
        op="<=",
        target=0.5,
    )
    if data:
        yield row(
            id="pairs.nsp_easier",
            claim_zh="NSP 比 SOP 容易，置信区间不相交",
            claim_en="NSP is easier than SOP, with intervals apart",
            published="The authors suspect: a random sentence has another topic; two swapped ones share it",
            published_zh="作者推测：随便抽来的句子话题不同，看话题就分得开；对调的两句，话题是同一个",
            source=LAN,
            measured=float(next_span[0] > order_span[1]),
            unit="1 if the lower end for NSP lies above the upper end for SOP",
            unit_zh="NSP 区间的下端高于 SOP 区间的上端就是 1",
            op=">=",
            target=1,
        )
    swapped, other = (float((found.next[:, k] > 0.5).mean()) for k in (1, 2))
    fooled: dict[str, Any] = {
        "claim_zh": "对调骗得过 NSP 头：话题没变，它多半还说“是”",
        "claim_en": "Swapping fools the next-sentence head: the topic stays, so it mostly says yes",
        "published": (
            "NSP “ends up modeling only topic shift”: trained with NSP, ALBERT-base gets 52.0 % on SOP (table 5)"
        ),
        "published_zh": "NSP 学到的只是话题变没变：用 NSP 训练的 ALBERT-base，答 SOP 只对 52.0 %（表 5）",
        "source": LAN,
        "n": len(found.next),
    }
    yield row(
        id="pairs.swap_fools_nsp",
        measured=float(swapped > other),
        unit=f"1 if it says “next” more often of swapped ({swapped:.3f}) than of random pairs ({other:.3f})",
        unit_zh=f"对调的（{swapped:.3f}）比换掉的（{other:.3f}）更常被说成“是下一句”就是 1",
        op=">=",
        target=1,
        **fooled,
    )
    says = "share of {} pairs of which it says “next”; target: that of {} pairs"
    says_zh = "{}的句对里被说成“是下一句”的比例；对照是{}的"
    yield row(
        id="pairs.swapped_called_next", measured=swapped, unit=says.format("swapped", "random"),
        unit_zh=says_zh.format("对调", "换掉"), op=">", target=other,
        **fooled,
    )  # fmt: skip
    yield row(
        id="pairs.random_called_next", measured=other, unit=says.format("random", "swapped"),
        unit_zh=says_zh.format("换掉", "对调"), op="<", target=swapped,
        **fooled,
    )  # fmt: skip


def _own() -> tuple[tuple[tuple[Pair, ...], ...], str]:
    groups = tuple(examples.own_pairs(lang) for lang in examples.LANGUAGES)
    return groups, ", ".join(f"eval/pairs.{lang}.txt" for lang in examples.LANGUAGES)


def _passages(data: Path) -> tuple[tuple[tuple[Pair, ...], ...], str]:
    """PER_LANGUAGE pairs a language of neighbouring sentences in the passages (the lines that are no questions)."""
    groups, digest = [], hashlib.sha256()
    for lang in LANGUAGES:
        packed = (data / "parallel" / f"xquad.en-{'zh' if lang == 'en' else lang}.tsv.xz").read_bytes()
        digest.update(packed)
        rows = [line.split("\t") for line in lzma.decompress(packed).decode("utf-8").splitlines() if "\t" in line]
        lines = dict.fromkeys(row[0 if lang == "en" else 1] for row in rows)
        low, high = LENGTHS.get(lang, LATIN)
        pairs = [pair for text in lines for pair in neighbours(text, low, high)]
        chosen = sorted(random.Random(SEED).sample(range(len(pairs)), min(PER_LANGUAGE, len(pairs))))
        groups.append(tuple(pairs[i] for i in chosen))
    n = sum(map(len, groups))
    return tuple(groups), f"xquad.en-{{zh,de,es}} sha256:{digest.hexdigest()[:12]} pairs={n} seed={SEED}"
