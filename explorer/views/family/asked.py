"""听懂吩咐: a question put to a model that has only ever continued texts, and to one that was taught to answer, where
such a one lies here; what step 1 changes, on the toy.

It knows the reader's question and what is written after it; the toy's two policies are in told.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from explorer import chapters
from explorer.engine import get_engine, uses
from explorer.lab.types.generation import Settings, WriteInputs
from explorer.ui import navigation, page_parts, permission
from explorer.ui.i18n import language, t
from explorer.ui.markup import verbatim
from explorer.views._shared import beginnings
from explorer.views._shared.page import Snippet
from explorer.views.family import common, told, writing
from explorer.views.family.common import State
from explorer.views.generation import pieces

N, TRIES = 24, 3
ANSWER = 60  # tokens that an answer may take
DRAWN = Settings(temperature=0.8, top_k=40)
SIGNS = "?？"


def draw(state: State) -> Snippet | None:
    page_parts.section("family.asked")
    question = common.example("question", beginnings.of(state.question))
    beginnings.line(
        "family-question", t("family.asked.box"), question, lambda new: common.store().set(question=new or " "),
        t("family.asked.box"),
    )  # fmt: skip
    code = _continued(question.strip())
    if question.strip():
        page_parts.guarded(partial(_answered, question.strip()[: common.LONGEST]))
    told.draw()
    page_parts.steps([(t(f"family.asked.step{n}"), "") for n in (1, 2, 3)])
    page_parts.honesty("family.asked.honesty")
    return code


def _continued(question: str) -> Snippet | None:
    """What the base model makes of the question, drawn a few times; how many of them ask on."""
    if not question:
        page_parts.notice("family.asked.empty", "warn")
        return None
    if len(question) > common.LONGEST:
        page_parts.quiet(t("family.tasks.cut", n=common.LONGEST))
    question = question[: common.LONGEST]
    asked = [writing.prompt(question, N, DRAWN, seed) for seed in range(TRIES)]
    found = writing.texts("asked", asked, t("family.asked.write"))
    if found is not None:
        texts = [writing.said(one) for one in found]
        _table(t("family.asked.goes_on", model=writing.model().name), question, texts)
        page_parts.quiet(t("family.asked.count", asks=sum(asks_on(text) for text in texts), n=len(texts)))
    return Snippet(
        "generation_write", writing.model(), ids=list(asked[0].ids), n=N, temperature=0.8, top_k=40, top_p=1.0,
        min_p=0.0, penalty=1.0,
    )  # fmt: skip


def _answered(question: str) -> None:
    """The same question to a model that was taught to follow instructions; how to get one where none lies here."""
    page_parts.subtitle(t("family.asked.told_title"))
    model = instructed()
    if model is None:
        page_parts.quiet(t("family.asked.told_nobody"))
        navigation.link(chapters.MODELS, t("family.asked.to_models"))
        return
    ids = get_engine().asked(model.id, question)
    words = get_engine().vocabulary(model.id)
    page_parts.quiet(t("family.asked.told_sub"))
    if language() not in model.languages and model.languages:
        page_parts.quiet(t("family.asked.told_only", model=model.name))
    page_parts.quiet(t("family.asked.told_read", text=verbatim(pieces.text_of([words[token] for token in ids]))))
    asked = [WriteInputs(ids, ANSWER, DRAWN, seed) for seed in range(TRIES)]
    found = writing.texts("answered", asked, t("family.asked.told_write"), model.id)
    if found is not None:
        texts = [writing.said(one, model.id) for one in found]
        _table(t("family.asked.told_answers", model=model.name), question, texts)
        page_parts.quiet(t("family.asked.count", asks=sum(asks_on(text) for text in texts), n=len(texts)))


def instructed() -> uses.ModelInfo | None:
    """The first model that this reader may see and that was taught to follow instructions."""
    there = uses.offered("generation", permission.policy())
    return next((one for one in there if get_engine().asked(one.id, "?")), None)


def _table(head: str, question: str, texts: Sequence[str]) -> None:
    """A text a row, the question before it."""
    page_parts.table(
        (t("family.asked.nth"), head),
        [(str(n), f"{verbatim(question)} **{verbatim(' '.join(text.split()))}**") for n, text in enumerate(texts, 1)],
    )


def asks_on(text: str) -> bool:
    """Whether there is a question in it."""
    return any(sign in text for sign in SIGNS)
