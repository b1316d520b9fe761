"""DNA 配单词: splice junctions, each letter a word; three starts, beside what counts letters and what was published.

It knows sequences, the mapping and a training's result.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.content import dna
from explorer.errors import Told
from explorer.lab.types.finetuning import checked
from explorer.lab.types.kmers import KMERS, K, KmersInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import percent
from explorer.views.beyond import common, grid, mapping, starts
from explorer.views.beyond.common import AMOUNTS, LAYERS, POOLINGS, SOURCES, WIDTHS, Lesson, State

SHOWN = 12  # letters of the example
# Kao & Lee 2021 (Findings of EMNLP, arXiv 2103.07162): accuracy or correlation, in hundredths, as printed on the slide.
TASKS = ("localization", "stability", "fluorescence", "H3", "H4", "H3K9ac", "splice", "composer")
KAO = {
    "specific": (69.0, 76.0, 63.0, 87.3, 87.3, 79.1, 94.1, None),
    "pre-trained": (64.8, 74.5, 63.7, 83.0, 86.2, 78.3, 97.5, 55.2),
    "re-embedded": (63.3, 75.4, 37.3, 78.5, 83.7, 76.3, 95.6, 55.2),
    "random": (58.6, 65.8, 27.5, 75.6, 66.5, 72.8, 95.0, 36.0),
}


def draw(state: State) -> None:
    page_parts.section("beyond.dna")
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _what(state)
        mapping.draw(state)
        try:
            lesson = common.lesson(state, language())
            mapping.checked(common.words(state, language()))
            checked(lesson.inputs)
        except Told as problem:
            _say(problem)
        else:
            _train(lesson)
        grid.draw()
    with right:
        page_parts.steps([(t(f"beyond.dna.step{n}"), "") for n in (1, 2, 3, 4)])
        page_parts.honesty("beyond.dna.honesty")
    _published()


def _what(state: State) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        widgets.choice(
            "beyond-source", t("beyond.dna.source"), SOURCES, state.source, lambda name: t(f"beyond.dna.from_{name}"),
            common.setter("source"),
        )  # fmt: skip
        if state.source == "splice":
            widgets.choice(
                "beyond-amount", t("beyond.dna.amount"), AMOUNTS, state.amount,
                lambda n: t("beyond.dna.examples", n=n), common.setter("amount"),
            )  # fmt: skip
            widgets.choice(
                "beyond-width", t("beyond.dna.width"), WIDTHS, state.width,
                lambda n: t("beyond.dna.letters", n=n), common.setter("width"),
            )  # fmt: skip
        widgets.choice(
            "beyond-layers", t("beyond.dna.layers"), LAYERS, state.layers, lambda n: t("beyond.dna.top", n=n),
            common.setter("layers"),
        )  # fmt: skip
        widgets.choice(
            "beyond-pooling", t("beyond.dna.pooling"), POOLINGS, state.pooling,
            lambda name: t(f"beyond.dna.pool_{name}"), common.setter("pooling"),
        )  # fmt: skip
        widgets.slider(
            "beyond-epochs", t("beyond.dna.epochs"), 1, 20, state.epochs, lambda n: common.store().set(epochs=n)
        )  # fmt: skip
    if state.source == "own":
        widgets.text_area("beyond-own", t("beyond.dna.own"), state.own, common.setter("own"), 160)


def _say(problem: Told) -> None:
    if problem.key == "text_empty":
        page_parts.notice("beyond.dna.nothing")
    else:
        page_parts.error(problem)


def _train(lesson: Lesson) -> None:
    (letters, label), (sentence, _) = lesson.train[0], lesson.inputs.train[0]
    assert isinstance(sentence, str)
    page_parts.quiet(
        t("beyond.dna.example", letters=letters[:SHOWN], sentence=" ".join(sentence.split()[:SHOWN]),
          label=lesson.labels[label], train=len(lesson.train), test=len(lesson.held_out))
    )  # fmt: skip
    found = starts.trained("dna", lesson.inputs)
    kept = np.arange(len(lesson.held_out)) if found is None else found.kept
    tested = tuple(lesson.held_out[n] for n in kept.tolist())
    own = [] if found is None else starts.cards(found, lesson.inputs)
    page_parts.figures([*own, *_counted(lesson, tested)])
    if found is not None:
        page_parts.notice("beyond.told", verdict=starts.verdict(found, lesson.inputs))
    if found is not None and len(kept) < len(lesson.held_out):
        page_parts.notice("beyond.both", n=len(lesson.held_out) - len(kept))


def _counted(lesson: Lesson, tested: dna.Sequences) -> list[starts.Card]:
    """What needs no network: pieces counted, letters in their places, the commonest label."""
    truth = np.array([label for _, label in tested])
    said = widgets.run(KMERS, None, KmersInputs(lesson.train, tested)).result
    return [
        (percent(float((said.counted == truth).mean())), t("beyond.dna.kmers", k=K), t("beyond.dna.kmers_note", k=K)),
        (percent(float((said.placed == truth).mean())), t("beyond.dna.placed"), t("beyond.dna.placed_note")),
        starts.majority(truth),
    ]


def _published() -> None:
    page_parts.subtitle(t("beyond.dna.kao"))
    page_parts.table(
        (t("beyond.dna.kao_start"), *(t(f"beyond.task.{task}") for task in TASKS)),
        [
            (t(f"beyond.kao.{start}"), *("–" if value is None else f"{value:.1f}" for value in values))
            for start, values in KAO.items()
        ],
        numeric=range(1, len(TASKS) + 1),
    )
    page_parts.quiet(t("beyond.dna.kao_note"))
