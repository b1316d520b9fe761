"""Several blanks and whole words, against the chain rule written out with the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import filling
from explorer.lab.types.masking import Edit, JointInputs, WordInputs
from tests.lab.conftest import Reference

if TYPE_CHECKING:
    from explorer.models.network.model import Model

MASK = 4
TEXT = "妹妹把风筝借给了孩子。"
MASKS = (2, 5, 6)


@pytest.fixture
def blanks(tiny_model: Model) -> list[int]:
    ids = list(tiny_model.tokenizer.encode(TEXT).ids)
    for at in MASKS:
        ids[at] = MASK
    return ids


def _chain(log_p: Reference, blanks: list[int], chosen: dict[int, int]) -> float:
    row, total = list(blanks), 0.0
    for at in MASKS:
        total += log_p(row)[at, chosen[at]]
        row[at] = chosen[at]
    return total


def test_three_orders_against_the_library(tiny_model: Model, log_p: Reference, blanks: list[int]) -> None:
    result = filling.joint(tiny_model, JointInputs(TEXT, (6, 2, 5)))
    assert result.masks == MASKS
    independent, left_to_right, best_first = result.orders

    def of_text(row: list[int]) -> np.ndarray:
        """What is filled in is text: [PAD] … [MASK] (0 … 4) are no answers."""
        found = log_p(row).copy()
        found[:, :5] = -np.inf
        return found

    at_once = of_text(blanks)
    assert independent.positions == MASKS
    assert independent.ids == tuple(at_once[at].argmax() for at in MASKS)
    assert independent.log_p == pytest.approx(sum(at_once[at].max() for at in MASKS), abs=1e-4)

    row, steps = list(blanks), []
    for at in MASKS:
        token = int(of_text(row)[at].argmax())
        steps.append((at, token, log_p(row)[at, token]))
        row[at] = token
    assert left_to_right.positions == MASKS
    assert left_to_right.ids == tuple(token for _, token, _ in steps)
    np.testing.assert_allclose(left_to_right.p, np.exp([step[2] for step in steps]), atol=1e-5)

    row, left, steps = list(blanks), list(MASKS), []
    while left:
        now = of_text(row)
        at = max(left, key=lambda position: now[position].max())
        token = int(now[at].argmax())
        steps.append((at, token, now[at, token]))
        row[at] = token
        left.remove(at)
    assert best_first.positions == tuple(at for at, _, _ in steps)
    assert best_first.ids == tuple(token for _, token, _ in steps)
    assert best_first.log_p == pytest.approx(sum(step[2] for step in steps), abs=1e-4)

    for order in result.orders:
        chosen = dict(zip(order.positions, order.ids, strict=True))
        assert order.log_p_chain == pytest.approx(_chain(log_p, blanks, chosen), abs=1e-4)
    assert left_to_right.log_p == pytest.approx(left_to_right.log_p_chain, abs=1e-4)


def test_no_blank_is_an_empty_answer(tiny_model: Model) -> None:
    orders = filling.joint(tiny_model, JointInputs(TEXT, ())).orders
    assert [(order.ids, order.log_p, order.log_p_chain) for order in orders] == [((), 0, 0)] * 3


def test_too_many_blanks_and_blanks_outside(tiny_model: Model) -> None:
    for masks, key in ((tuple(range(1, 18)), "too_many_blanks"), ((0,), "position_outside")):
        with pytest.raises(Told) as caught:
            filling.joint(tiny_model, JointInputs("树" * 20, masks))
        assert caught.value.key == key


def test_a_word_of_one_piece(tiny_model: Model, log_p: Reference) -> None:
    result = filling.word(tiny_model, WordInputs(TEXT, (Edit(2, MASK),), 5, "井"))
    ids = list(tiny_model.tokenizer.encode(TEXT).ids)
    ids[2] = ids[5] = MASK
    expected = log_p(ids)[5]
    (token,) = result.ids
    assert result.pieces == ("井",)
    assert result.log_p == pytest.approx(expected[token], abs=1e-4)
    assert result.p[0] == pytest.approx(np.exp(expected[token]), abs=1e-5)
    assert result.rank == 1 + (expected > expected[token]).sum()
    assert not result.unknown


def test_a_word_of_several_pieces_by_the_chain_rule(tiny_model: Model, log_p: Reference) -> None:
    result = filling.word(tiny_model, WordInputs(TEXT, (), 5, "kettles"))
    assert len(result.ids) > 1
    before = list(tiny_model.tokenizer.encode(TEXT).ids)
    row = [*before[:5], *[MASK] * len(result.ids), *before[6:]]
    for step, token in enumerate(result.ids):
        assert result.p[step] == pytest.approx(np.exp(log_p(row)[5 + step, token]), abs=1e-5)
        row[5 + step] = token
    assert result.log_p == pytest.approx(np.log(result.p).sum(), abs=1e-3)
    assert result.rank == 0


def test_a_word_the_vocabulary_lacks(tiny_model: Model) -> None:
    assert filling.word(tiny_model, WordInputs(TEXT, (), 5, "龘")).unknown


@pytest.mark.parametrize(
    ("inputs", "key"),
    [
        (WordInputs(TEXT, (), 5, "  "), "word_empty"),
        (WordInputs(TEXT, (), 5, "树" * 17), "word_too_long"),
        (WordInputs(TEXT, (), 0, "树"), "position_outside"),
        (WordInputs("", (), 1, "树"), "text_empty"),
    ],
)
def test_words_that_can_not_be_scored(tiny_model: Model, inputs: WordInputs, key: str) -> None:
    with pytest.raises(Told) as caught:
        filling.word(tiny_model, inputs)
    assert caught.value.key == key
