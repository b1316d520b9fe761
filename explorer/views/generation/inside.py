"""一步之内: what every layer would say next, what a head takes from the text, and its arithmetic with real numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer import numerics
from explorer.engine import get_engine
from explorer.lab.types.generation import INSIDE, InsideInputs, InsideResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent, signed, thousands
from explorer.views.generation import common
from explorer.views.generation.common import State
from explorer.views.vocabulary import laid_out

MOST_ROWS = 24


def draw(state: State) -> None:
    page_parts.section("generation.inside")
    ids = common.whole(state)
    facts = get_engine().facts(state.model)
    layer, head = min(state.layer, facts.n_layers - 1), min(state.head, facts.n_heads - 1)
    inputs = InsideInputs(ids, layer, head)
    result = widgets.run(INSIDE, state.model, inputs).result
    words = common.vocabulary(state.model)
    names = _names(ids, result, words)
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        _lens(result, words)
        page_parts.subsection("generation.inside.attention")
        with st.container(horizontal=True, key="generation-inside-dials"):
            store = common.store()
            widgets.slider(
                "generation-layer",
                t("generation.inside.layer"),
                1,
                facts.n_layers,
                layer + 1,
                lambda n: store.set(layer=n - 1),
            )
            widgets.slider(
                "generation-head",
                t("generation.inside.head"),
                1,
                facts.n_heads,
                head + 1,
                lambda n: store.set(head=n - 1),
            )
        _attention(names, result, layer, head)
        _arithmetic(names, result, layer, head)
    with right:
        page_parts.steps([(t(f"generation.inside.step{n}"), "") for n in (1, 2, 3)])
        grouped = result.n_kv_heads < facts.n_heads
        page_parts.quiet(
            t(
                "generation.inside.grouped" if grouped else "generation.inside.not_grouped",
                q=facts.n_heads,
                kv=result.n_kv_heads,
            )
        )
        page_parts.head_card(facts.d_model, facts.vocab_size)
        page_parts.quiet(t("generation.inside.tied" if facts.tied_head else "generation.inside.untied"))
        page_parts.honesty("generation.inside.honesty")
    common.show_code("generation_inside", state.model, ids=list(ids), layer=layer, head=head)


def _names(ids: tuple[int, ...], result: InsideResult, words: Sequence[str]) -> list[str]:
    """The tokens that the model saw."""
    seen = ids if not result.dropped else ids[:1] + ids[1 + result.dropped :]
    return [laid_out(words[token]) for token in seen][-result.weights.shape[-1] :]


def _lens(result: InsideResult, words: Sequence[str]) -> None:
    """A table: the likeliest words at every layer, and where the final answer stood there."""
    final = int(result.lens[-1].argmax())
    rows = []
    for layer, logits in enumerate(result.lens):
        p = numerics.softmax(logits)
        best = np.argsort(-logits, kind="stable")[:3]
        said = "　".join(f"{verbatim(laid_out(words[i]))} {percent(float(p[i]))}" for i in best)
        place = thousands(numerics.rank(logits, final))
        rows.append((str(layer) if layer else t("generation.inside.embedding"), said, place))
    head = [
        t("generation.inside.layer"),
        t("generation.inside.says"),
        t("generation.inside.rank", word=verbatim(laid_out(words[final]))),
    ]
    page_parts.table(head, rows, numeric=(2,), answer=2)


def _attention(names: Sequence[str], result: InsideResult, layer: int, head: int) -> None:
    from explorer.figures import attention

    weights = result.weights[layer]
    page_parts.plot(
        attention.last_token(weights, names, head, t("generation.inside.head")),
        "generation-attention",
        t("generation.inside.figure", token=verbatim(names[-1])),
        t("generation.inside.alt", token=names[int(weights[head].argmax())], p=percent(float(weights[head].max()))),
    )


def _arithmetic(names: Sequence[str], result: InsideResult, layer: int, head: int) -> None:
    product = result.keys.astype(np.float64) @ result.query.astype(np.float64)
    scaled = product * result.scale
    masked = scaled + result.bias
    powers = np.exp(masked - masked.max())
    weights = powers / powers.sum()
    chosen = sorted(np.argsort(-weights, kind="stable")[:MOST_ROWS].tolist())
    rows = [
        (
            f"{n} {verbatim(names[n])}", signed(product[n], 3), signed(scaled[n], 3),
            signed(float(result.bias[n]), 3) if result.bias[n] > -1e9 else "−∞", f"{powers[n]:.4f}",
            percent(float(weights[n])),
        )
        for n in chosen
    ]  # fmt: skip
    page_parts.quiet(t("generation.inside.sum", token=verbatim(names[-1]), layer=layer + 1, head=head + 1,
                   d=len(result.query),
                   scale=f"{result.scale:.4f}", total=f"{powers.sum():.4f}"))  # fmt: skip
    columns = ("token", "product", "scaled", "masked", "power", "weight")
    page_parts.table([t(f"generation.inside.{name}") for name in columns], rows, numeric=range(1, 6), answer=5)
