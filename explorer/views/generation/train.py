"""训练时: every prefix predicts its next token at once, the product of all is P(S), and order matters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from explorer.components.triangle import Prediction, triangle
from explorer.engine import catalog, get_engine
from explorer.lab.types.generation import SCAN, ScanInputs, ScannedRow
from explorer.lab.types.masking import SCAN as COVER
from explorer.lab.types.masking import ScanInputs as CoverInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views.generation import common, marks, stage
from explorer.views.generation.common import State
from explorer.views.vocabulary import spaced

MOST_ROWS = 24


def draw(state: State) -> None:
    page_parts.section("generation.train")
    own, written = common.prompt(state).ids, common.path_of(state)
    ids = own + written if state.along else own
    if written:
        widgets.toggle(
            "generation-along", t("generation.train.along", n=len(written)), state.along,
            lambda on: common.store().set(along=on), t("generation.train.along_help"),
        )  # fmt: skip
    if len(ids) < 2:
        page_parts.notice("errors.text_empty")
        return
    words = common.vocabulary(state.model)
    first = marks.first_of(state.model, ids)
    mixed = scrambled(ids, first, state.mix)
    result = widgets.run(SCAN, state.model, ScanInputs((ids, mixed))).result
    natural, other = result.rows
    _strip(state, ids, natural)
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        _who_sees(ids, words, natural)
        _product(state.model, ids, mixed, natural, other)
        page_parts.subsection("generation.train.bert")
        _bert(state)
    with right:
        page_parts.steps([(t(f"generation.train.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("generation.train.honesty")
        common.show_code("generation_train", state.model, ids=list(ids))


def scrambled(ids: tuple[int, ...], first: int, seed: int) -> tuple[int, ...]:
    """The same tokens in another order; the `first`, which stand before every text, stay in front."""
    order = np.random.default_rng(seed).permutation(len(ids) - first) + first
    return ids[:first] + tuple(ids[place] for place in order)


def _strip(state: State, ids: tuple[int, ...], row: ScannedRow) -> None:
    shift = len(ids) - len(row.target)
    known = {n + shift: (float(row.nats[n]), float(row.p[n]), int(row.rank[n])) for n in range(len(row.target))}
    line = math.log(get_engine().facts(state.model).vocab_size)
    stage.strip(
        stage.chips(state.model, ids, len(common.prompt(state).ids), known),
        focus=None,
        tint=line,
        pick=None,
    )


def _who_sees(ids: tuple[int, ...], words: Sequence[str], row: ScannedRow) -> None:
    shift = len(ids) - len(row.target)
    count = min(len(row.target), MOST_ROWS)
    triangle(
        [words[token] for token in ids[: count + shift]],
        [
            Prediction(
                n + shift,
                float(row.p[n]),
                int(row.rank[n]),
                float(row.nats[n]),
                tuple((words[i], float(p)) for i, p in zip(row.top_ids[n], row.top_p[n], strict=True)),
            )
            for n in range(count)
        ],
        key="generation-triangle",
        sees="left",
        caption=t("generation.train.triangle"),
        title=t("generation.train.title"),
    )
    if count < len(row.target):
        page_parts.quiet(t("generation.train.first_rows", n=count))


def _product(model: str, ids: tuple[int, ...], mixed: tuple[int, ...], natural: ScannedRow, other: ScannedRow) -> None:
    from explorer.figures import running

    text, words = marks.said(model, ids), common.vocabulary(model)
    totals = [float(row.nats.sum(dtype=np.float64)) for row in (natural, other)]
    characters = max(1, len(text.strip()))
    page_parts.subsection("generation.train.product")
    page_parts.figures(
        [
            (power(totals[0]), t("generation.train.natural"), t("generation.train.log_p", s=f"−{totals[0]:.2f}")),
            (power(totals[1]), t("generation.train.scrambled"), t("generation.train.log_p", s=f"−{totals[1]:.2f}")),
            (
                f"{math.exp(totals[0] / len(natural.nats)):,.1f}",
                t("generation.train.per_token"),
                t("generation.train.per_token_note", n=len(natural.nats)),
            ),
            (
                f"{math.exp(totals[0] / characters):,.1f}",
                t("generation.train.per_char"),
                t("generation.train.per_char_note", n=characters),
            ),
        ]
    )  # fmt: skip
    page_parts.quiet(t("generation.train.mixed", text=verbatim(marks.said(model, mixed)[:200])))
    st.button(t("generation.train.again"), key="generation-mix", on_click=_again)
    ticks = [spaced(words[token]) for token in natural.target]
    names = (t("generation.train.natural"), t("generation.train.scrambled"))
    lines = {name: np.cumsum(-row.nats.astype(np.float64)) for name, row in zip(names, (natural, other), strict=True)}
    page_parts.plot(
        running.along({name: list(line) for name, line in lines.items()}, ticks, t("generation.train.axis")),
        "generation-product",
        t("generation.train.figure"),
        t("generation.train.alt", natural=f"{-totals[0]:.1f}", scrambled=f"{-totals[1]:.1f}"),
    )


def power(nats: float) -> str:
    """e^−nats as 3.2 × 10⁻¹⁷."""
    exponent, digits = divmod(-nats / math.log(10), 1)
    raised = f"{int(exponent)}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{10**digits:.1f} × 10{raised}"


def _again() -> None:
    common.store().change(lambda kept: replace(kept, mix=(kept.mix * 31 + 7) % 10_000))


def _bert(state: State) -> None:
    """The same text as BERT sees it: each place from both sides, and the answer is the place itself."""
    bert = catalog.default("masked").id
    text = get_engine().simplify(bert, common.whole_text(state))[0]
    tokens = get_engine().tokens(bert, text)
    if len(tokens) > MOST_ROWS + 2:
        text = text[: tokens.offsets[MOST_ROWS][1]]
        tokens = get_engine().tokens(bert, text)
    if len(tokens) <= 2:
        return
    result = widgets.run(COVER, bert, CoverInputs(text)).result
    words = get_engine().vocabulary(bert)
    triangle(
        list(tokens.pieces),
        [
            Prediction(
                int(place),
                float(result.p_original[n]),
                int(result.rank[n]),
                float(result.surprisal[n]),
                tuple((words[i], float(p)) for i, p in zip(result.top_ids[n], result.top_p[n], strict=True)),
            )
            for n, place in enumerate(result.positions)
        ],
        key="generation-triangle-bert",
        sees="around",
        caption=t("generation.train.bert_caption"),
        title=t("generation.train.bert.title"),
    )
