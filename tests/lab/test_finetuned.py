"""The taught head on a text: what the shelf kept and what is learnt anew say the same; a covered token is a mask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import bag_of_words, finetuned, finetuning
from explorer.lab.types.core import Progress
from explorer.lab.types.finetuning import (
    BagInputs,
    TagsInputs,
    TagsResult,
    TuneResult,
    TuneStep,
    UseInputs,
    UseResult,
)
from tests.lab.test_finetuning import PAIRS, SMALL, TAGGED

if TYPE_CHECKING:
    from explorer.models.network.model import Model

TEXT = "孩子把风筝借给了妹妹"


class Kept(dict[str, Any]):
    """A shelf that loses nothing."""

    def put(self, name: str, obj: Any, nbytes: int) -> None:
        assert nbytes == sum(one.numel() * one.element_size() for one in obj.values())
        self[name] = obj


def asked(model: Model, inputs: UseInputs, shelf: Any = None) -> tuple[list[Any], UseResult]:
    *before, result = finetuned.use(model, inputs, shelf)
    assert isinstance(result, UseResult)
    return before, result


def test_what_a_training_leaves_answers_as_what_is_learnt_anew(tiny_model: Model) -> None:
    shelf = Kept()
    *_, run = finetuning.tune(tiny_model, SMALL, shelf)
    assert isinstance(run, TuneResult)
    before, kept = asked(tiny_model, UseInputs(SMALL, TEXT), shelf)
    assert all(isinstance(one, Progress) for one in before)
    before, anew = asked(tiny_model, UseInputs(SMALL, TEXT))
    assert sum(isinstance(one, TuneStep) for one in before) == 4
    np.testing.assert_allclose(kept.p, anew.p, atol=1e-6)
    # Neither what is held out nor the other start has a part in it.
    alone = replace(SMALL, starts=("pre-trained",), held_out=())
    before, same = asked(tiny_model, UseInputs(alone, TEXT), shelf)
    assert not any(isinstance(one, TuneStep) for one in before)
    np.testing.assert_array_equal(same.p, kept.p)


def test_a_covered_token_is_the_mask_in_its_place(tiny_model: Model) -> None:
    shelf = Kept()
    list(finetuning.tune(tiny_model, SMALL, shelf))
    _, found = asked(tiny_model, UseInputs(SMALL, TEXT), shelf)
    tokens = tiny_model.tokenizer.encode(TEXT)
    learner = finetuning.beginning(tiny_model, SMALL, "pre-trained")
    learner.load_state_dict(next(iter(shelf.values())), strict=False)
    assert len(found.p_without) == len(tokens) - 2 == len(found.start)
    assert [found.text[a:b] for a, b in zip(found.start, found.end, strict=True)] == [
        tokens.surface(at) for at in range(1, len(tokens) - 1)
    ]
    for at in (1, len(tokens) - 2):
        ids = list(tokens.ids)
        ids[at] = tiny_model.tokenizer.mask_id
        scores = learner(*tiny_model.tensor_inputs([ids])).detach()[0].softmax(-1).numpy()
        np.testing.assert_allclose(found.p_without[at - 1], scores, atol=1e-5)


def test_an_empty_text_is_told_and_a_long_one_is_cut(tiny_model: Model) -> None:
    with pytest.raises(Told, match="text_empty"):
        asked(tiny_model, UseInputs(SMALL, "  "))
    _, found = asked(tiny_model, UseInputs(SMALL, TEXT * 40))
    assert len(found.start) == min(finetuning.MAX_TOKENS["class"], tiny_model.max_positions) - 2


@pytest.mark.parametrize(
    "train, asked_for, said",
    [
        ((("好吃极了", 1), ("难吃极了", 0), ("好看", 1), ("难看", 0)), ("好听", "难听"), [1, 0]),
        ((("good food", 1), ("bad food", 0), ("good book", 1), ("bad book", 0)), ("a good film", "a bad film"), [1, 0]),
        ((("! !", 1), ("? ?", 0)), ("! !", "? ?"), [1, 0]),
    ],
)
def test_a_bag_of_words_goes_by_what_occurs(train: Any, asked_for: tuple[str, ...], said: list[int]) -> None:
    found = bag_of_words.bag(None, BagInputs(train, tuple((text, 0) for text in asked_for)))
    assert found.said.tolist() == said


def test_units_get_the_label_they_mostly_had_and_new_ones_the_commonest() -> None:
    train = (*TAGGED, ("妹妹", ((0, 2, 1),)))
    found = bag_of_words.bag(
        None, BagInputs(train, (("妹妹借给了孩子猫", ((0, 2, 0), (2, 5, 0), (5, 7, 0), (7, 8, 0))),))
    )
    assert found.said.tolist() == [0, 1, 0, 0]


def test_either_of_two_sentences_may_carry_the_answer(tiny_model: Model) -> None:
    tune = replace(SMALL, train=PAIRS, held_out=PAIRS[:1], shape="pair", layers=0)
    _, found = asked(tiny_model, UseInputs(tune, "孩子借给\n妹妹"))
    assert [found.text[a:b] for a, b in zip(found.start, found.end, strict=True)] == list("孩子借给妹妹")
    assert len(found.p_without) == 6
    for text in ("孩子\n ", "\n妹妹"):
        with pytest.raises(Told, match="text_empty"):
            asked(tiny_model, UseInputs(tune, text))


@pytest.mark.parametrize(("by", "units"), [("char", ["孩", "子", "把", "风", "筝"]), ("word", ["孩子", "把", "风筝"])])
def test_every_unit_of_a_text_gets_a_label(tiny_model: Model, by: str, units: list[str]) -> None:
    tune = replace(SMALL, train=TAGGED, held_out=TAGGED[:1], shape="tokens", layers=0)
    *_, found = finetuned.tags(tiny_model, TagsInputs(tune, "孩子把 风筝", by))
    assert isinstance(found, TagsResult)
    assert [found.text[a:b] for a, b in zip(found.start, found.end, strict=True)] == units
    np.testing.assert_allclose(found.p.sum(axis=1), 1, atol=1e-6)
    *_, long = finetuned.tags(tiny_model, TagsInputs(tune, "孩子把风筝" * 60, by))
    assert isinstance(long, TagsResult) and 0 < len(long.p) < 60 * len(units)
