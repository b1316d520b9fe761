"""选择题: two questions with four endings each on their way through the shapes: eight rows, a score a row, softmax.

It knows the page's two questions and what the next-sentence head says of every row; it teaches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from explorer import numerics
from explorer.content import choice as questions
from explorer.content.choice import ENDINGS, LETTERS, QUESTIONS, Question
from explorer.engine import get_engine
from explorer.errors import Told
from explorer.figures import bars as figures
from explorer.lab.types.core import Tokens
from explorer.lab.types.pairs import JUDGE, JudgeInputs
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent, signed, thousands
from explorer.views._shared import typed
from explorer.views._shared.page import Snippet
from explorer.views.finetuning import common, rows
from explorer.views.finetuning.bench import Bench
from explorer.views.finetuning.common import State

LONGEST = 128  # tokens of a row
CHANCE = float(np.log(ENDINGS))  # loss of an even guess


def draw(bench: Bench) -> Snippet | None:
    page_parts.section("finetuning.choice")
    page_parts.quiet(t("finetuning.choice.how", n=ENDINGS))
    asked = _boxes(bench.state)
    if len(asked) < len(QUESTIONS):
        return None
    model = common.model()
    flat = questions.rows(asked)
    cut = [get_engine().tokens(model.id, *pair) for pair in flat]
    if (most := max(map(len, cut))) > LONGEST:
        raise Told("too_long", limit=LONGEST, used=most)
    _shapes(cut, most)
    answer = widgets.run(JUDGE, model.id, JudgeInputs(flat))
    both = answer.result.next.scores
    scores = (both[:, 0] - both[:, 1]).reshape(len(QUESTIONS), ENDINGS)  # one a row, folded back
    rights = tuple(getattr(bench.state, f"right_{which}") for which in QUESTIONS)
    for column, which, one, row, right in zip(
        st.columns(2, gap="large"), QUESTIONS, asked, scores, rights, strict=True
    ):
        with column:
            _answer(which, one, row, right)
    _loss(scores, rights)
    page_parts.computed(answer.seconds, fetched=answer.fetched, model=model)
    _forms(asked[0])
    page_parts.honesty("finetuning.choice.honesty")
    return Snippet("finetuning_choice", model, questions=[(one.beginning, one.endings) for one in asked])


def _boxes(state: State) -> list[Question]:
    """Both questions as they are read; what is wrong with one is said below it, and it is left out."""
    found, written = [], [_question(state, which) for which in QUESTIONS]
    for column, which, text in zip(st.columns(2, gap="large"), QUESTIONS, written, strict=True):
        with column:
            widgets.text_area(
                f"finetuning-question-{which}", t(f"finetuning.choice.box_{which}"), text, _writes(which), 190
            )
            try:
                found.append(questions.read(get_engine().simplify(common.model().id, text)[0]))
            except Told as problem:
                page_parts.error(problem)
            page_parts.quiet(t("finetuning.choice.right"))
            widgets.choice(
                f"finetuning-right-{which}", t(f"finetuning.choice.right_{which}"), tuple(LETTERS),
                LETTERS[getattr(state, f"right_{which}")], str, _marks(which),
            )  # fmt: skip
    if any(get_engine().simplify(common.model().id, text)[1] for text in written):
        page_parts.notice("common.simplified")
    if found:
        typed.remarks(common.model().id, "\n".join(written))
    return found


def _question(state: State, which: str) -> str:
    """As it stands in its box: the reader's, or the page's own."""
    written: str = getattr(state, f"question_{which}")
    return written or t(f"finetuning.choice.example.{which}")


def _writes(which: str) -> Callable[[str], None]:
    return lambda text: common.store().set(**{f"question_{which}": text or " "})


def _marks(which: str) -> Callable[[str], None]:
    return lambda letter: common.store().set(**{f"right_{which}": LETTERS.index(letter)})


def _shapes(cut: Sequence[Tokens], most: int) -> None:
    """The rows with their padding, and what becomes of the shape at every step."""
    page_parts.subtitle(t("finetuning.choice.rows"))
    names = [t("finetuning.choice.row", n=n // ENDINGS + 1, letter=LETTERS[n % ENDINGS]) for n in range(len(cut))]
    rows.draw(cut, names, most)
    cells = len(cut) * most
    padding = cells - sum(map(len, cut))
    page_parts.quiet(
        t("finetuning.choice.padding", n=most, cells=thousands(cells), padding=padding, share=percent(padding / cells))
    )
    two, all_rows = len(QUESTIONS), len(cut)
    shapes = {
        "asked": f"[{two}, {ENDINGS}, {most}]", "flat": f"[{all_rows}, {most}]", "scores": f"[{all_rows}]",
        "folded": f"[{two}, {ENDINGS}]", "softmax": f"[{two}, {ENDINGS}]",
    }  # fmt: skip
    page_parts.steps([(t(f"finetuning.choice.step.{step}"), shape) for step, shape in shapes.items()])


def _answer(which: str, one: Question, scores: np.ndarray, right: int) -> None:
    """Four probabilities that share one softmax; the right ending is marked by a tick."""
    p = numerics.softmax(scores)
    names = [f"{letter} ✓" if n == right else letter for n, letter in enumerate(LETTERS)]
    page_parts.plot(
        figures.treatments(names, p.tolist(), [percent(float(one)) for one in p]),
        f"finetuning-choice-{which}",
        t("finetuning.choice.caption", beginning=verbatim(one.beginning)),
        listed(f"{name} {percent(float(of))}" for name, of in zip(names, p, strict=True)),
    )
    page_parts.table(
        ("", *(t(f"finetuning.choice.{part}") for part in ("ending", "score", "p"))),
        [
            (name, verbatim(ending), signed(float(score)), percent(float(of)))
            for name, ending, score, of in zip(names, one.endings, scores, p, strict=True)
        ],
        numeric=(2, 3),
        shares=[(None, None, None, float(of)) for of in p],
    )


def _loss(scores: np.ndarray, rights: Sequence[int]) -> None:
    losses = [numerics.cross_entropy(row, right) for row, right in zip(scores, rights, strict=True)]
    hits = sum(int(row.argmax()) == right for row, right in zip(scores, rights, strict=True))
    cards = [
        (f"{loss:.2f}", t("finetuning.choice.loss", n=n), t("finetuning.choice.loss_note", p=percent(np.exp(-loss))))
        for n, loss in enumerate(losses, 1)
    ]
    mean = t("finetuning.choice.mean_note", chance=f"{CHANCE:.2f}")
    cards.append((f"{np.mean(losses):.2f}", t("finetuning.choice.mean"), mean))
    cards.append((f"{hits} / {len(losses)}", t("finetuning.choice.hits"), t("finetuning.choice.hits_note")))
    page_parts.figures(cards)


def _forms(one: Question) -> None:
    """How BERT writes the rows of a question, and how GPT-1 does."""
    page_parts.subtitle(t("finetuning.choice.forms"))
    delimiter = t("finetuning.choice.delimiter")
    page_parts.table(
        ("", "BERT", "GPT-1"),
        [
            (
                letter,
                f"`[CLS]` {verbatim(one.beginning)} `[SEP]` {verbatim(ending)} `[SEP]`",
                f"{verbatim(one.beginning)} `{delimiter}` {verbatim(ending)}",
            )
            for letter, ending in zip(LETTERS, one.endings, strict=True)
        ],
    )
    page_parts.quiet(t("finetuning.choice.forms_note"))
