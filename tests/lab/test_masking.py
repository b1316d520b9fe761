"""fill, treat, average and lens against the library called directly, on a tiny model with random weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import masking
from explorer.lab.types.core import Progress
from explorer.lab.types.masking import AverageInputs, Edit, FillInputs, LensInputs, TreatInputs
from tests.lab.conftest import Reference, last

if TYPE_CHECKING:
    from explorer.models.network.model import Model

MASK = 4
TEXT = "妹妹把风筝借给了孩子。"
OTHER = "The kitten is listening"


def covered(model: Model, text: str, *positions: int) -> list[int]:
    ids = list(model.tokenizer.encode(text).ids)
    for position in positions:
        ids[position] = MASK
    return ids


def log_softmax(logits: np.ndarray) -> np.ndarray:
    wide = logits.astype(np.float64)
    return (
        wide - np.log(np.exp(wide - wide.max(-1, keepdims=True)).sum(-1, keepdims=True)) - wide.max(-1, keepdims=True)
    )


def test_fill_of_several_readers_together_is_the_library_on_each_alone(
    tiny_model: Model, log_p: Reference, library: Any
) -> None:
    import torch

    requests = [
        FillInputs(TEXT, (Edit(2, MASK), Edit(5, MASK)), (2, 5)),
        FillInputs(OTHER, (Edit(1, MASK),), (1,)),
        FillInputs(TEXT, (Edit(3, 50),), (3, 1, 4)),
        FillInputs(OTHER, (), ()),
    ]
    results = masking.fill(tiny_model, requests)
    for inputs, result in zip(requests, results, strict=True):
        ids = list(tiny_model.tokenizer.encode(inputs.text).ids)
        assert result.original.tolist() == [ids[at] for at in inputs.read]
        for edit in inputs.edits:
            ids[edit.position] = edit.token_id
        read = list(inputs.read)
        assert result.logits.shape == (len(read), tiny_model.vocab_size)
        assert result.logits.dtype == result.hidden.dtype == result.transformed.dtype == np.float32
        np.testing.assert_allclose(np.exp(log_softmax(result.logits)), np.exp(log_p(ids)[read]), atol=1e-5)
        with torch.no_grad():
            hidden = library.bert(torch.tensor([ids])).last_hidden_state[0, read]
            np.testing.assert_allclose(result.hidden, hidden, atol=1e-5)
            np.testing.assert_allclose(result.transformed, library.cls.predictions.transform(hidden), atol=1e-5)
        assert result.precision == "fp32"


def test_fill_takes_more_readers_than_one_forward_pass_holds(tiny_model: Model) -> None:
    requests = [FillInputs(TEXT[: 3 + n % 5], (Edit(1, MASK),), (1,)) for n in range(masking.FILL_ROWS + 5)]
    before = tiny_model.forward_passes
    together = masking.fill(tiny_model, requests)
    assert tiny_model.forward_passes == before + 2
    for inputs, result in zip(requests, together, strict=True):
        np.testing.assert_allclose(result.logits, masking.fill(tiny_model, [inputs])[0].logits, atol=1e-4)


def test_treat_is_three_ways_to_leave_one_position(tiny_model: Model, log_p: Reference) -> None:
    result = masking.treat(tiny_model, TreatInputs(TEXT, 3, n_random=5, seed=1))
    ids = list(tiny_model.tokenizer.encode(TEXT).ids)
    assert result.original == ids[3]
    assert len(set(result.random_ids.tolist())) == 5
    assert result.original not in result.random_ids
    assert not set(result.random_ids.tolist()) & tiny_model.tokenizer.special_ids
    for row, token in zip(result.logits, [ids[3], MASK, *result.random_ids.tolist()], strict=True):
        expected = log_p([*ids[:3], token, *ids[4:]])[3]
        np.testing.assert_allclose(np.exp(log_softmax(row)), np.exp(expected), atol=1e-5)
    again = masking.treat(tiny_model, TreatInputs(TEXT, 3, n_random=5, seed=1))
    assert again.random_ids.tolist() == result.random_ids.tolist()
    other = masking.treat(tiny_model, TreatInputs(TEXT, 3, n_random=5, seed=2))
    assert other.random_ids.tolist() != result.random_ids.tolist()


def test_average_agrees_with_the_library_on_every_drawn_position(tiny_model: Model, log_p: Reference) -> None:
    text = "树下"  # both positions are drawn, so the draw can be predicted
    *progress, result = masking.average(tiny_model, AverageInputs((text, text), per_text=2, seed=3))
    assert progress == [Progress(1, 2), Progress(2, 2)]
    assert result.n_texts == 2
    ids = tiny_model.tokenizer.encode(text).ids
    expected = {
        at: (np.exp(log_p(ids)[at, ids[at]]), np.exp(log_p(covered(tiny_model, text, at))[at, ids[at]]))
        for at in (1, 2)
    }
    got = sorted(zip(result.visible.tolist(), result.masked.tolist(), strict=True))
    np.testing.assert_allclose(got, sorted([*expected.values()] * 2), atol=1e-5)
    assert result.random.shape == result.random_top1_is_original.shape == (4,)
    assert set(result.random_top1_is_original.tolist()) <= {0.0, 1.0}


def test_lens_reads_the_head_at_every_layer(tiny_model: Model, library: Any, log_p: Reference) -> None:
    import torch

    result = masking.lens(tiny_model, LensInputs(TEXT, (Edit(4, MASK),), 4))
    ids = covered(tiny_model, TEXT, 4)
    with torch.no_grad():
        states = library.bert(torch.tensor([ids]), output_hidden_states=True).hidden_states
        expected = torch.stack([library.cls(state)[0, 4] for state in states])
    np.testing.assert_allclose(result.logits, expected, atol=1e-4)
    np.testing.assert_allclose(np.exp(log_softmax(result.logits[-1])), np.exp(log_p(ids)[4]), atol=1e-5)
    fill = masking.fill(tiny_model, [FillInputs(TEXT, (Edit(4, MASK),), (4,))])[0]
    np.testing.assert_allclose(result.logits[-1], fill.logits[0], atol=1e-4)
    assert result.original == tiny_model.tokenizer.encode(TEXT).ids[4]


@pytest.mark.parametrize(
    ("inputs", "key"),
    [
        (FillInputs("", (), (1,)), "text_empty"),
        (FillInputs(" \n\u3000", (), (1,)), "text_empty"),
        (FillInputs("树" * 127, (), (1,)), "too_long"),
        (FillInputs(TEXT, (), (0,)), "position_outside"),
        (FillInputs(TEXT, (), (-1,)), "position_outside"),
        (FillInputs(TEXT, (), (99,)), "position_outside"),
        (FillInputs(TEXT, (Edit(0, MASK),), (1,)), "position_outside"),
        (FillInputs(TEXT, (Edit(1, 10**6),), (1,)), "token_outside"),
        (FillInputs(TEXT, (Edit(1, -1),), (1,)), "token_outside"),
    ],
)
def test_what_can_not_be_run_is_refused_with_a_reason(tiny_model: Model, inputs: FillInputs, key: str) -> None:
    with pytest.raises(Told) as caught:
        masking.fill(tiny_model, [inputs])
    assert caught.value.key == key


def test_the_longest_text_allowed_runs(tiny_model: Model) -> None:
    assert len(masking.fill(tiny_model, [FillInputs("树" * 126, (), (126,))])[0].tokens) == 128


def test_the_embedded_model_fills_in_the_fruit_and_repairs_a_typo(mini_mbert: Model) -> None:
    vocabulary = mini_mbert.tokenizer.vocabulary()
    text = "这个苹果又甜又脆"
    result = masking.fill(mini_mbert, [FillInputs(text, (Edit(4, MASK),), (4,))])[0]
    assert vocabulary[int(result.logits[0].argmax())] == "果"
    treated = masking.treat(mini_mbert, TreatInputs(text, 4))
    p = np.exp(log_softmax(treated.logits))[:, treated.original]
    assert p[0] > p[1] > 0.5  # it sees itself; covered it still guesses right
    typed = masking.fill(mini_mbert, [FillInputs("这个苹[MASK]又甜又脆", (), (4,))])[0]
    np.testing.assert_allclose(typed.logits, result.logits, atol=1e-4)


def test_an_average_over_no_text_is_refused(tiny_model: Model) -> None:
    with pytest.raises(Told):
        last(masking.average(tiny_model, AverageInputs(())))
