"""怎么选: greedy, sampling and beam search on one beginning; the beam as a tree; the likeliest roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.components.tree import Leaf, tree
from explorer.content import examples
from explorer.lab.types.generation import (
    SCAN,
    TREE,
    WAYS,
    Node,
    ScanInputs,
    TreeInputs,
    Way,
    WaysInputs,
    WaysResult,
)
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.generation import common, pieces
from explorer.views.generation.common import State
from explorer.views.vocabulary import laid_out


def draw(state: State) -> None:
    page_parts.section("generation.ways")
    ids = common.whole(state)
    page_parts.quiet(t("generation.ways.after", text=verbatim(common.whole_text(state)[-80:] or "<bos>")))
    with st.container(horizontal=True, key="generation-ways-dials"):
        widgets.slider("generation-n", t("generation.ways.n"), 2, 24, state.n, lambda n: common.store().set(n=n))
        widgets.slider(
            "generation-beams", t("generation.ways.beams"), 1, 6, state.beams, lambda n: common.store().set(beams=n)
        )
        widgets.slider(
            "generation-lp", t("generation.ways.lp"), 0.0, 3.0, state.lp, lambda x: common.store().set(lp=x), step=0.1
        )
    inputs = WaysInputs(
        ids, state.n, state.beams, state.lp, common.settings_of(state), tuple(state.seed + n for n in range(3))
    )
    result = widgets.result(WAYS, state.model, inputs, t("generation.ways.running"))
    words = common.vocabulary(state.model)
    left, right = st.columns([1, 0.36], gap="large")
    with left:
        _table(result.ways, words)
        page_parts.subsection("generation.ways.beam_tree")
        _tree("generation-beam", words, result.tree, _best(result), t("generation.ways.beam_caption"))
        page_parts.subsection("generation.ways.likeliest")
        with st.container(horizontal=True, key="generation-tree-dials"):
            store = common.store()
            widgets.slider("generation-wide", t("generation.ways.wide"), 1, 5, state.wide, lambda n: store.set(wide=n))
            widgets.slider("generation-deep", t("generation.ways.deep"), 1, 4, state.deep, lambda n: store.set(deep=n))
        found = widgets.run(TREE, state.model, TreeInputs(ids, state.wide, state.deep)).result
        _tree("generation-tree", words, found.tree, set(), t("generation.ways.tree_caption"))
    with right:
        page_parts.steps([(t(f"generation.ways.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("generation.ways.honesty")
    _chain(state, ids, words)
    common.show_code("generation_ways", state.model, ids=list(ids), n=state.n, beams=state.beams, penalty=state.lp)


def _words(ids: Sequence[int], words: Sequence[str]) -> str:
    return pieces.text_of([words[token] for token in ids])


def _table(ways: Sequence[Way], words: Sequence[str]) -> None:
    names = {"greedy": t("generation.ways.greedy"), "beam": t("generation.ways.beam")}
    rows = [
        (
            names.get(way.name) or t("generation.ways.sampled", seed=way.seed),
            verbatim(_words(way.ids, words)),
            f"−{-way.log_p:.2f}",
            f"−{-way.log_p / max(1, len(way.ids)):.2f}",
        )
        for way in ways
    ]
    head = [t(f"generation.ways.{name}") for name in ("way", "text", "log_p", "per_token")]
    page_parts.table(head, rows, numeric=(2, 3), answer=2)


def _best(result: WaysResult) -> set[int]:
    """The nodes on the beam's winning path."""
    beam = next(way for way in result.ways if way.name == "beam")
    best: set[int] = set()
    parent = -1
    for depth, token in enumerate(beam.ids):
        parent = next(
            n for n, node in enumerate(result.tree)
            if node.depth == depth and node.parent == parent and node.token_id == token and node.kept
        )  # fmt: skip
        best.add(parent)
    return best


def _tree(key: str, words: Sequence[str], nodes: tuple[Node, ...], best: set[int], caption: str) -> None:
    tree(
        [
            Leaf(node.parent, node.depth, words[node.token_id], node.p, node.log_p, node.score, node.kept, n in best)
            for n, node in enumerate(nodes)
        ],
        key=key, root="", caption=caption,
        title=t("generation.ways.title"), on_pick=lambda n: _take(nodes, n),
    )  # fmt: skip


def _take(nodes: tuple[Node, ...], picked: int) -> None:
    """The text goes on along the path to this node."""
    ids: list[int] = []
    at = picked
    while at >= 0:
        ids.insert(0, nodes[at].token_id)
        at = nodes[at].parent

    def longer(kept: State) -> State:
        return replace(kept, path=pieces.pack(common.path_of(common.in_use(kept)) + tuple(ids)), back=0)

    common.store().change(longer)


def _chain(state: State, ids: tuple[int, ...], words: Sequence[str]) -> None:
    """At each step the likeliest token and the one taken: a published chain, and the reader's own text."""
    page_parts.subsection("generation.ways.chain")
    head = [t(f"generation.ways.chain_{name}") for name in ("likeliest", "p", "taken", "p")]
    published = [
        (step["text"], step["likeliest"], f"{100 * step['p']:g} %", step["taken"], f"{100 * step['p_taken']:g} %")
        for step in examples.load("generation")["chain"]
    ]
    page_parts.table([t("generation.ways.chain_text"), *head], published, numeric=(2, 4), answer=4)
    page_parts.quiet(t("generation.ways.chain_source"))
    count = len(common.path_of(state))
    if not count:
        page_parts.quiet(t("generation.ways.chain_none"))
        return
    scanned = widgets.run(SCAN, state.model, ScanInputs((ids,))).result
    row = scanned.rows[0]
    page_parts.quiet(t("generation.ways.chain_own"))
    first = max(0, len(row.target) - min(count, 24))
    own = [
        (verbatim(laid_out(words[row.top_ids[n][0]])), percent(float(row.top_p[n][0])),
         verbatim(laid_out(words[row.target[n]])), percent(float(row.p[n])))
        for n in range(first, len(row.target))
    ]  # fmt: skip
    page_parts.table(head, own, numeric=(1, 3), answer=3)
