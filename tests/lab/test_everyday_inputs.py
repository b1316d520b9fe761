"""What people try first, with the numbers that should come of it: dials at their edges, blanks at the end of a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from explorer.components.generator.known import known
from explorer.lab import generation, pairs
from explorer.lab.context import embed
from explorer.lab.masking import fill
from explorer.lab.sampling import offer, penalised
from explorer.lab.types.context import EmbedInputs, Occurrence
from explorer.lab.types.generation import Settings, WaysInputs
from explorer.lab.types.masking import FillInputs
from explorer.lab.types.pairs import JudgeInputs
from tests.javascript.test_candidates import said
from tests.lab.conftest import last

if TYPE_CHECKING:
    from explorer.models.network.model import Model

PLAIN = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "repetition": 1.0}
FOUR = np.log(np.array([0.5, 0.3, 0.1, 0.1], dtype=np.float32))


EDGES = [
    ((0.5, 0.3, 0.1, 0.1), 0.8, 2), ((0.5, 0.3, 0.1, 0.1), 0.5, 1), ((0.5, 0.3, 0.1, 0.1), 0.9, 3),
    ((0.4, 0.3, 0.2, 0.1), 0.7, 2), ((0.4, 0.3, 0.2, 0.1), 0.9, 3), ((0.6, 0.2, 0.1, 0.1), 0.6, 1),
    ((0.25, 0.25, 0.25, 0.25), 0.5, 2), ((0.25, 0.25, 0.25, 0.25), 0.75, 3),
]  # fmt: skip


@pytest.mark.parametrize(("top_p", "kept"), [(0.8, 2), (0.79, 2), (0.81, 3), (0.5, 1), (0.0, 1), (1.0, 4)])
def test_the_fewest_tokens_that_hold_the_share(top_p: float, kept: int) -> None:
    found = offer(FOUR, (), Settings(top_p=top_p))
    assert len(found.ids) == kept
    assert found.p.sum() == pytest.approx(1)


@pytest.mark.parametrize("shift", [0, 3.7, -11, 20])
def test_a_share_that_is_reached_but_for_the_rounding_is_reached(shift: float, tmp_path: Path) -> None:
    """Adding a number to all scores changes no probability, only how float32 rounds: .5 and .3 are .8 all the same.

    In the transformers library the rounding decides (TopPLogitsWarper keeps two tokens at .5 where 20 is added).
    """
    cases = [{"settings": PLAIN | {"top_p": top_p}, "chance": 0.0} for _, top_p, _ in EDGES]
    in_browser = []
    for (shares, top_p, kept), case in zip(EDGES, cases, strict=True):
        scores = (np.log(shares) + shift).astype(np.float32)
        assert len(offer(scores, (), Settings(top_p=top_p)).ids) == kept, (shares, top_p)
        header, arrays = known(scores, [], 1.0)
        part = {name: array.tolist() for name, array in arrays.items()}
        data = {"logits": scores.tolist(), "header": header, "seen": [], "cases": [case], **part}
        ((whole, _),) = said(tmp_path, data)
        in_browser.append(whole["kept"])
    assert in_browser == [kept for _, _, kept in EDGES]


def test_temperature_comes_before_the_cut() -> None:
    scores = np.array([3, 2, 1], dtype=np.float32)
    assert offer(scores, (), Settings(temperature=0.5, top_p=0.8, min_p=0.3)).ids.tolist() == [0]


def test_a_token_is_penalised_once_however_often_it_stands_in_the_text() -> None:
    scores = np.array([3, -2, 1], dtype=np.float32)
    np.testing.assert_array_equal(penalised(scores, [0, 0, 0, 1, 1], 1.5), penalised(scores, [0, 1], 1.5))


def test_a_penalty_never_makes_a_repetition_likelier() -> None:
    scores, seen = np.array([3, -2, 1, -4], dtype=np.float32), (0, 1, 3)
    before = np.ones(len(scores))
    for penalty in np.arange(1, 2.05, 0.1):
        found = offer(scores, seen, Settings(repetition=float(penalty)))
        p = np.zeros(len(scores))
        p[found.ids] = found.p
        assert (p[list(seen)].sum() <= before[list(seen)].sum() + 1e-9).all()
        before = p


def test_a_full_stop_behind_the_blank_leaves_it_to_words(mini_mbert: Model) -> None:
    """A blank at the very end is mostly filled with a full stop: more than half of that goes once one stands there."""
    words = mini_mbert.tokenizer.vocabulary()
    marks = [n for n, word in enumerate(words) if word and word in "。，！？；、.,!?;…"]
    shares = []
    for text in ("我最喜欢的水果是[MASK]", "我最喜欢的水果是[MASK]。"):
        tokens = mini_mbert.tokenizer.encode(text)
        place = tokens.ids.index(mini_mbert.tokenizer.mask_id or -1)
        (found,) = fill(mini_mbert, [FillInputs(text, (), (place,))])
        logits = found.logits[0].astype(np.float64)
        p = np.exp(logits - logits.max())
        shares.append(float(p[marks].sum() / p.sum()))
    assert shares[1] < shares[0] / 2


@pytest.mark.parametrize("penalty", [0.0, 1.0, 2.0])
def test_a_long_text_before_it_is_no_part_of_a_way_s_length(
    penalty: float, tiny_model_of: Callable[[str], Model]
) -> None:
    """Beams are ranked by ln P over the number of new tokens to the power of the penalty."""
    model = tiny_model_of("gpt2")
    ids = tuple(np.random.default_rng(4).integers(10, 200, 48).tolist())
    *_, beam = last(generation.ways(model, WaysInputs(ids, 8, 3, penalty, Settings(), (1,)))).ways
    assert beam.score == pytest.approx(beam.log_p / len(beam.ids) ** penalty)


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        (("He sat on the bank of the river.", "The bank raised its rates."), "bank"),
        (("他的意思是明天再来。", "这点小意思请你收下。"), "意思"),
    ],
)
def test_a_word_is_one_vector_before_the_first_layer_and_two_after_it(
    lines: tuple[str, str], word: str, mini_mbert: Model
) -> None:
    items = tuple(Occurrence(line, line.index(word), line.index(word) + len(word)) for line in lines)
    vectors = last(embed(mini_mbert, EmbedInputs(items))).vectors.astype(np.float64)
    first, second = vectors[:, 0], vectors[:, 1]
    cosines = (first * second).sum(-1) / np.linalg.norm(first, axis=-1) / np.linalg.norm(second, axis=-1)
    assert cosines[0] == pytest.approx(1, abs=1e-6)
    assert (cosines[1:] < 0.99).all()
    assert len(set(np.round(cosines, 3))) > 6, "other in every layer"


def test_an_answer_follows_and_a_penguin_does_not(mini_mbert: Model) -> None:
    asked = "今晚吃什么？"
    answers = ("要不要一起去吃面？", "企鹅住在南极。")
    found = pairs.judge(mini_mbert, JudgeInputs(tuple((asked, answer) for answer in answers)))
    scores = found.next.scores.astype(np.float64)
    p = np.exp(scores[:, 0]) / np.exp(scores).sum(axis=1)
    assert p[0] > p[1] + 0.3
    for answer in answers:
        cut = mini_mbert.tokenizer.encode(asked, answer)
        assert cut.type_ids == (0,) * (len(asked) + 2) + (1,) * (len(answer) + 1)
