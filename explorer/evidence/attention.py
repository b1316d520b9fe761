"""Evidence of chapter 4, 注意力: heads that matter and heads that do not, and the price of seeing less.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from explorer.engine import get_engine
from explorer.evidence.texts import OWN, Row, own, row
from explorer.lab.types.attention import INFLUENCE, WINDOW, InfluenceResult, OffInputs, WindowInputs
from explorer.models.catalog import catalog

WIDTHS = (4, 8, 16, 0)


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows, each as soon as it is measured; all on the project's own sentences."""
    model_id = catalog.default("masked").id
    zh, en = own("attention", "zh"), own("attention", "en")
    origin = f"{zh.origin}, {en.origin}"
    yield from _heads(model_id, zh.lines + en.lines, origin)
    yield _window(model_id, zh.lines + en.lines, origin)


_row = partial(row, "attention")


def _heads(model_id: str, lines: tuple[str, ...], origin: str) -> Iterator[Row]:
    """Every head off alone at the middle token of every text. Which head matters most is told from every other text
    (by mean KL), and what happens without it is counted on the rest."""
    results = [_influence(model_id, line) for line in lines]
    told, counted = results[::2], results[1::2]
    kl = np.mean([result.kl for result in told], axis=0)
    most = np.unravel_index(int(kl.argmax()), kl.shape)
    least = np.unravel_index(int(kl.argmin()), kl.shape)
    share = {
        name: float(np.mean([result.top[head] != result.untouched for result in counted]))
        for name, head in (("most", most), ("least", least))
    }
    yield _row(
        model_id,
        id="attention.ablation_changes",
        claim_zh="关掉最要紧的一个头，比关掉最不要紧的一个头，更常改变填空的第一名",
        claim_en="The first guess changes more often without the most influential head than without the least",
        published="",
        source=OWN,
        measured=share["most"],
        unit="share of texts whose first guess changes without the most influential head; target: the least",
        unit_zh="关掉最要紧的头以后第一名变了的句子所占的比例；对照是最不要紧的头",
        op=">",
        target=share["least"],
        n=len(counted),
        data=origin,
    )
    yield _row(
        model_id,
        id="attention.heads_spare",
        claim_zh="大多数头单独关掉，填空的第一名不变",
        claim_en="Most heads, off alone, leave the first guess as it was",
        published="A large share of heads can be removed at test time without significantly impacting performance",
        published_zh="测试时去掉很大一部分头，成绩没有明显变化",
        source="Michel, Levy & Neubig 2019 (NeurIPS)",
        measured=float(np.mean([(result.top == result.untouched).mean() for result in results])),
        unit="mean share of heads that leave the first guess unchanged",
        unit_zh="单独关掉后第一名不变的头，平均占多少",
        op=">=",
        target=0.5,
        n=len(results),
        data=origin,
    )


def _influence(model_id: str, line: str) -> InfluenceResult:
    tokens = get_engine().tokens(model_id, line)
    ordinary = [n for n, special in enumerate(tokens.special) if not special]
    found = get_engine().run(INFLUENCE, model_id, OffInputs(line, ordinary[len(ordinary) // 2])).result
    return found


def _window(model_id: str, lines: tuple[str, ...], origin: str) -> Row:
    """Masked loss at growing windows: every step down counts; the row holds if all are down."""
    result = get_engine().run(WINDOW, model_id, WindowInputs(lines, WIDTHS, every=7)).result
    losses = result.loss.mean(axis=1)
    written = ", ".join(f"{width or 'all'}: {loss:.2f}" for width, loss in zip(WIDTHS, losses, strict=True))
    return _row(
        model_id,
        id="attention.window_price",
        claim_zh="每个位置能看的越多，填空的损失越低",
        claim_en="The more each position may see, the lower the masked loss",
        published="",
        source=f"{OWN}; the model was trained with full attention",
        measured=float(bool((np.diff(losses) < 0).all())),
        unit=f"1 if the loss falls at every step ({written})",
        unit_zh=f"每一步损失都降就是 1（{written}）",
        op=">=",
        target=1,
        n=result.loss.shape[1],
        data=origin,
    )
