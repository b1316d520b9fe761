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
        source=OWN,
        measured=share["most"],
        op=">",
        target=share["least"],
        n=len(counted),
        data=origin,
    )
    yield _row(
        model_id,
        id="attention.heads_spare",
        source="Michel, Levy & Neubig 2019 (NeurIPS)",
        measured=float(np.mean([(result.top == result.untouched).mean() for result in results])),
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
        words={"written": written},
        source=f"{OWN}; the model was trained with full attention",
        measured=float(bool((np.diff(losses) < 0).all())),
        op=">=",
        target=1,
        n=result.loss.shape[1],
        data=origin,
    )
