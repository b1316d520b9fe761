"""听懂吩咐: a question put to a model that has only ever continued texts; what step 1 changes, on the toy.

It knows the reader's question and what is written after it; the toy's two policies are in told.py.
"""

from __future__ import annotations

from explorer.lab.types.generation import Settings
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views._shared import beginnings
from explorer.views._shared.page import Snippet
from explorer.views.family import common, told, writing
from explorer.views.family.common import State

N, TRIES = 24, 3
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
        page_parts.table(
            (t("family.asked.nth"), t("family.asked.goes_on", model=writing.model().name)),
            [
                (str(n), f"{verbatim(question)} **{verbatim(' '.join(text.split()))}**")
                for n, text in enumerate(texts, 1)
            ],
        )
        page_parts.quiet(t("family.asked.count", asks=sum(asks_on(text) for text in texts), n=len(texts)))
    return Snippet(
        "generation_write", writing.model(), ids=list(asked[0].ids), n=N, temperature=0.8, top_k=40, top_p=1.0,
        min_p=0.0, penalty=1.0,
    )  # fmt: skip


def asks_on(text: str) -> bool:
    """Whether there is a question in it."""
    return any(sign in text for sign in SIGNS)
