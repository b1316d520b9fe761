"""Judged together: what a class has given is put on the page that works on it, and read there as if it was typed."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.components.events import MalformedEventError
from explorer.components.room import Taken, parse_taken
from explorer.content import classroom as content
from explorer.content import comparisons
from explorer.views import gathered
from explorer.views.family import common as family
from explorer.views.finetuning import common as finetuning
from explorer.views.in_context import common as in_context
from explorer.views.in_context.rows import parsed
from tests.pages.app import body, open_page

LINES = (("好评", "雨停了，风也软了"), ("差评", "鞋穿三天就开胶"), ("好评", "<b>香</b>，还烫嘴"))


def test_labelled_sentences_come_after_the_teacher_s_own_and_none_twice() -> None:
    state = finetuning.State(own="好评：很好看")
    taken = Taken("labelled", LINES)
    state = gathered.labels(gathered.labels(state, taken), taken)
    found = finetuning.own(state)
    assert found.labels == ("好评", "差评")
    assert {text for text, _ in (*found.train, *found.held_out)} == {"很好看", *(text for _, text in LINES)}
    assert (found.left_out, found.doubled) == (0, 0)


def test_examples_become_rows_of_the_prompt() -> None:
    state = gathered.examples(in_context.State(), Taken("example", (("高", "矮"), ("胖", "瘦"))))
    assert parsed(state.rows) == (("高", "矮"), ("胖", "瘦"))
    assert state.k == 2


def test_the_majority_s_choices_are_ours() -> None:
    sides = (1, 2) * 10
    state = gathered.pairs(family.State(tool="line"), Taken("pairs", sides=sides))
    assert (state.tool, state.panel, family.choices_of(state)) == ("rlhf", "ours", sides)
    (asked,) = (one for one in content.questions("family").values() if one.kind == "pairs")
    assert asked.count == 2 * comparisons.PAIRS == 2 * len(comparisons.pairs("zh"))


def test_the_page_reads_what_the_class_gave_as_text() -> None:
    at = open_page("finetuning", "zh")
    at.session_state["state:finetuning"] = gathered.labels(finetuning.State(), Taken("labelled", LINES))
    at.query_params.clear()
    at.run()
    assert not at.exception
    assert "好评" in body(at)
    assert at.text_area[0].value.splitlines()[0] == "好评\t雨停了，风也软了"


@pytest.mark.parametrize("page", ["masking", "family", "nowhere"])
def test_a_page_that_works_on_something_else_stays_as_it_is(page: str) -> None:
    gathered.take(page, Taken("labelled", LINES))  # outside of a run any change would fail


@pytest.mark.parametrize(
    "value",
    [
        {}, {"kind": "choice", "lines": []}, {"kind": "labelled"}, {"kind": "labelled", "lines": [["a"]]},
        {"kind": "labelled", "lines": [["a", 1]]}, {"kind": "example", "lines": [["a", "x" * 1000]]},
        {"kind": "example", "lines": "ab"}, {"kind": "pairs", "sides": [3]}, {"kind": "pairs", "sides": [0] * 1000},
        {"kind": "example", "lines": [["\ud800", "a"]]},
    ],
)  # fmt: skip
def test_what_no_class_could_give_is_dropped(value: dict[str, Any]) -> None:
    with pytest.raises(MalformedEventError):
        parse_taken(value)
