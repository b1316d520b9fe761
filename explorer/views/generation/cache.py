"""留着什么: what the KV cache keeps and what each step reads anew, with the time it saves, both ways really run."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.lab.types.generation import CACHED, CacheInputs, CacheResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import inline
from explorer.ui.numbers import thousands
from explorer.views.generation import common
from explorer.views.generation.common import State
from explorer.views.vocabulary import spaced

STEPS = 10
CELLS = 40


def draw(state: State) -> None:
    page_parts.section("generation.cache")
    ids = common.whole(state)
    inputs = CacheInputs(ids, STEPS)
    found = widgets.peek(CACHED, state.model, inputs)
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        if st.button(t("common.run"), key="generation-cache-go", type="primary") and found is None:
            found = widgets.result(CACHED, state.model, inputs, t("generation.cache.running"))
        if found is None:
            page_parts.quiet(t("generation.cache.not_yet"))
        else:
            _figures(found)
            words = common.vocabulary(state.model)
            _cells(found, words)
            _table(found, words)
    with right:
        page_parts.steps([(t(f"generation.cache.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("generation.cache.honesty")
    common.show_code("generation_cache", state.model, ids=list(ids), n=STEPS)


def _figures(result: CacheResult) -> None:
    later = slice(1, None)  # the first step reads the whole beginning either way
    fast, slow = float(result.ms_with[later].mean()), float(result.ms_without[later].mean())
    per_token = result.n_bytes[-1] / (result.kept[-1] + 1)
    page_parts.figures(
        [
            (f"{fast:.0f} ms", t("generation.cache.with"), t("generation.cache.mean")),
            (f"{slow:.0f} ms", t("generation.cache.without"), t("generation.cache.times", x=f"{slow / fast:.1f}")),
            (
                f"{result.n_bytes[-1] / 1e6:.2f} MB",
                t("generation.cache.bytes"),
                t("generation.cache.per_token", kb=f"{per_token / 1000:.1f}"),
            ),
            (f"{result.difference.max():.1e}", t("generation.cache.difference"), t("generation.cache.difference_note")),
        ]
    )


def _cells(result: CacheResult, words: Sequence[str]) -> None:
    """One row a step: grey what was kept, blue what was read; the last `CELLS` tokens are drawn."""
    rows = []
    for step, (kept, token) in enumerate(zip(result.kept, result.token_ids, strict=True)):
        new = int(result.kept[step + 1] if step + 1 < len(result.kept) else kept + 1) - int(kept)
        cells = "".join(
            f'<i class="{"kept" if place < kept else "new"}"></i>'
            for place in range(max(0, kept + new - CELLS), kept + new)
        )
        said = inline(spaced(words[token]))
        rows.append(f'<div class="kv"><span>{cells}</span><b>→ {said}</b></div>')
    page_parts.block("".join(rows))
    page_parts.quiet(t("generation.cache.cells"))


def _table(result: CacheResult, words: Sequence[str]) -> None:
    rows = []
    for n, token in enumerate(result.token_ids):
        new = int(result.kept[n + 1] if n + 1 < len(result.kept) else result.kept[n] + 1) - int(result.kept[n])
        rows.append(
            (
                spaced(words[token]), str(int(result.kept[n])), str(new),
                thousands(int(result.n_bytes[n])), f"{result.ms_with[n]:.1f}", f"{result.ms_without[n]:.1f}",
                f"{result.difference[n]:.0e}",
            )
        )  # fmt: skip
    names = ("token", "kept", "new", "held", "with_ms", "without_ms", "difference_short")
    page_parts.table([t(f"generation.cache.{name}") for name in names], rows, numeric=range(1, 7))
