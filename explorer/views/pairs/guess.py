"""先猜后看 on 句对: what the reader says to each arrangement before the heads do, and how often each was right so far.

The score lives in the session: it is the reader's own and in no link.
"""

from __future__ import annotations

from functools import partial
from typing import get_args

import streamlit as st

from explorer.lab.types.pairs import JudgeResult, Pair
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import verbatim
from explorer.views.pairs import common
from explorer.views.pairs.common import Say, State

SCORE = "pairs:score"  # in the session: (pairs, who) → right answers, of how many


def choose(state: State) -> None:
    widgets.toggle(
        "pairs-hide", t("pairs.guess.toggle"), state.hide, lambda on: common.store().set(hide=on, said=()),
        t("pairs.guess.help"),
    )  # fmt: skip


def all_said(state: State) -> bool:
    return len(state.said) == len(common.ARRANGEMENTS) and "open" not in state.said


def ask(state: State, pairs: tuple[Pair, ...]) -> None:
    """Each arrangement as a question; the bars come when all three are answered."""
    page_parts.subtitle(t("pairs.guess.question"))
    for n, (name, (first, second)) in enumerate(zip(common.ARRANGEMENTS, pairs, strict=True)):
        page_parts.quiet(f"{t(f'pairs.arrangement.{name}')} · {verbatim(first)} ▸ {verbatim(second)}")
        said = state.said[n] if n < len(state.said) else "open"
        widgets.choice(
            f"pairs-say-{name}", t("pairs.guess.which", name=t(f"pairs.arrangement.{name}")), get_args(Say),
            said, lambda say: t(f"pairs.guess.{say}"), partial(_say, n),
        )  # fmt: skip


def _say(n: int, say: Say) -> None:
    said = [*common.store().now().said, "open", "open", "open"][: len(common.ARRANGEMENTS)]
    said[n] = say
    common.store().set(said=tuple(said))


def compare(state: State, pairs: tuple[Pair, ...], found: JudgeResult) -> None:
    """The reader's answers beside the heads', and the score over all pairs judged in this session."""
    truth = common.truth("next", pairs)
    said = [say == "yes" for say in state.said]
    words = "\u3000".join(
        t("pairs.guess.one", name=t(f"pairs.arrangement.{name}"), said=t(f"pairs.guess.{say}"),
          mark="" if right is None else t("pairs.guess.right" if yes == right else "pairs.guess.wrong"))
        for name, say, yes, right in zip(common.ARRANGEMENTS, state.said, said, truth, strict=True)
    )  # fmt: skip
    page_parts.quiet(t("pairs.guess.yours", words=words))
    rows = {"you": _count(said, truth)}
    for head, result in common.heads(found):
        rows[head] = _count([p > 0.5 for p in common.p_yes(result.scores)], common.truth(head, pairs))
    score = st.session_state.setdefault(SCORE, {})
    score[pairs] = rows
    total = {
        who: tuple(map(sum, zip(*(one[who] for one in score.values() if who in one), strict=True))) for who in rows
    }
    page_parts.figures(
        [
            ("{} / {}".format(*total[who]), t(f"pairs.guess.score_{who}"), t("pairs.guess.score_sub", n=len(score)))
            for who in ("you", "next", "order")
            if who in total
        ]
    )


def _count(said: list[bool], truth: tuple[bool | None, ...]) -> tuple[int, int]:
    """Right answers, of how many that have one."""
    known = [(yes, right) for yes, right in zip(said, truth, strict=True) if right is not None]
    return sum(yes == right for yes, right in known), len(known)
