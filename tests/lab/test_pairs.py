"""句对: both heads against the transformers library and plain NumPy; what is refused; what is counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from explorer.errors import ModelUnavailable, Told
from explorer.lab import pairs
from explorer.lab.types.pairs import JudgeInputs, LessonInputs, MeasureInputs, MeasureResult, interval
from explorer.models.catalog.catalog import default
from explorer.models.network import pair_heads as heads
from explorer.models.network.model import Model
from explorer.numerics import softmax

PAIRS = (
    ("奶奶在院子里种了一棵枣树。", "到了秋天，树上结满了红枣。"),
    ("The kettle began to whistle.", "She took it off the stove and made tea."),
    ("修路的工人下午就走了。", "路边只留下几个空水瓶。"),
)


@lru_cache(maxsize=1)
def library() -> tuple[Any, Any]:
    import torch
    from transformers import AutoTokenizer, BertForPreTraining

    folder = default("masked").folder
    net = BertForPreTraining.from_pretrained(folder, dtype=torch.float32).eval()
    return AutoTokenizer.from_pretrained(folder), net


def test_next_scores_are_the_librarys_and_index_0_means_next(mini_mbert: Model) -> None:
    import torch

    found = pairs.judge(mini_mbert, JudgeInputs(PAIRS))
    tokenizer, net = library()
    for n, pair in enumerate(PAIRS):
        with torch.no_grad():
            expected = net(**tokenizer(*pair, return_tensors="pt")).seq_relationship_logits[0].numpy()
        np.testing.assert_allclose(found.next.scores[n], expected, atol=2e-4)
    strange = ("奶奶在院子里种了一棵枣树。", "The bank lowered its interest rate.")
    both = pairs.judge(mini_mbert, JudgeInputs((PAIRS[0], strange))).next.scores
    assert softmax(both)[0, 0] > softmax(both)[1, 0]


def test_eight_rows_at_once_score_as_each_alone_whatever_the_padding(mini_mbert: Model) -> None:
    endings = ("好。", "到了秋天，树上结满了红枣，孩子们每天放学都来看。", "She took it off the stove.", "三")
    rows = tuple((first, ending) for first, _ in PAIRS[:2] for ending in endings)
    together = pairs.judge(mini_mbert, JudgeInputs(rows)).next.scores
    assert together.shape == (8, 2)
    alone = [pairs.judge(mini_mbert, JudgeInputs((row,))).next.scores[0] for row in rows]
    np.testing.assert_allclose(together, alone, atol=2e-4)


def test_the_road_recomputes_in_numpy(mini_mbert: Model) -> None:
    found = pairs.judge(mini_mbert, JudgeInputs(PAIRS))
    assert found.order is not None
    for head in (found.next, found.order):
        np.testing.assert_allclose(head.pooled @ head.weight.T + head.bias, head.scores, atol=1e-4)
        assert np.abs(head.pooled).max() <= 1


def test_the_order_head_is_a_bert_with_layers_of_its_own(mini_mbert: Model) -> None:
    """The head's layers put in the place of the body's, in the library's own model, give the vector that is read."""
    import torch
    from transformers import BertModel

    head = heads.order_head(mini_mbert)
    assert 0 < head.reads < head.reads + len(head.layers) <= mini_mbert.n_layers
    tokenizer, _ = library()
    net = BertModel.from_pretrained(default("masked").folder, dtype=torch.float32).eval()
    for n, layer in enumerate(head.layers):
        net.encoder.layer[head.reads + n].load_state_dict(layer.state_dict())
    found = pairs.judge(mini_mbert, JudgeInputs(PAIRS)).order
    assert found is not None
    assert (found.reads, found.layers) == (head.reads, len(head.layers))
    for n, pair in enumerate(PAIRS):
        inputs = tokenizer(*pair, return_tensors="pt")
        with torch.no_grad():
            states = net(**inputs, output_hidden_states=True).hidden_states[head.reads + len(head.layers)][0].numpy()
        second = inputs.token_type_ids[0].numpy() == 1
        expected = states[second].mean(axis=0) - states[~second].mean(axis=0)
        np.testing.assert_allclose(found.vector[n], expected, atol=5e-4)


def test_a_lesson_has_the_librarys_losses(mini_mbert: Model) -> None:
    import torch

    given = LessonInputs(*PAIRS[0], other=PAIRS[2][1])
    for seed in range(4):
        found = pairs.lesson(mini_mbert, dataclasses.replace(given, seed=seed))
        tokenizer, net = library()
        second = given.other if found.random else given.second
        inputs = tokenizer(given.first, second, return_tensors="pt")
        ids = inputs.input_ids[0].tolist()
        assert found.tokens.ids == tuple(ids)
        inputs["input_ids"] = torch.tensor([found.shown])
        with torch.no_grad():
            out = net(**inputs)
        log_p = out.prediction_logits[0].log_softmax(-1).numpy()
        expected = [-log_p[at, ids[at]] for at in found.positions]
        np.testing.assert_allclose(found.word_losses, expected, atol=1e-3)
        label = torch.tensor([int(found.random)])
        loss = torch.nn.functional.cross_entropy(out.seq_relationship_logits, label)
        assert found.next_loss == pytest.approx(float(loss), abs=1e-3)
    assert {pairs.lesson(mini_mbert, dataclasses.replace(given, seed=s)).random for s in range(8)} == {True, False}


def test_measuring_asks_about_each_pair_three_times(mini_mbert: Model) -> None:
    *_, found = pairs.measure(mini_mbert, MeasureInputs((PAIRS,)))
    assert isinstance(found, MeasureResult)
    assert found.next.shape == found.order.shape == found.overlap.shape == (3, 3)
    judged = pairs.judge(mini_mbert, JudgeInputs((PAIRS[1], PAIRS[1][::-1])))
    np.testing.assert_allclose(found.next[1, :2], softmax(judged.next.scores)[:, 0], atol=1e-3)
    np.testing.assert_array_equal(found.overlap[:, 0], found.overlap[:, 1])
    assert float(found.overlap_order_right().mean()) == 0.5


def test_a_random_sentence_is_of_the_same_group(mini_mbert: Model) -> None:
    with pytest.raises(Told, match="too_few_pairs"):
        list(pairs.measure(mini_mbert, MeasureInputs((PAIRS[:2], PAIRS[2:]))))


@pytest.mark.parametrize(
    ("pair", "key"), [((" ", "有"), "text_empty"), (("有", "\n"), "second_empty"), (("长" * 300,) * 2, "too_long")]
)
def test_what_is_no_pair_is_refused(mini_mbert: Model, pair: tuple[str, str], key: str) -> None:
    with pytest.raises(Told, match=key):
        pairs.judge(mini_mbert, JudgeInputs((pair,)))


def test_the_same_sentence_twice_is_answered(mini_mbert: Model) -> None:
    found = pairs.judge(mini_mbert, JudgeInputs((("雨停了。", "雨停了。"),)))
    assert np.isfinite(found.next.scores).all()


def test_a_tokenizer_without_cls_and_sep_says_so(tiny_model_of: Callable[[str], Model]) -> None:
    with pytest.raises(Told, match="no_separators"):
        pairs.judge(tiny_model_of("gpt2"), JudgeInputs(PAIRS))


def test_a_model_without_a_pair_head_says_what_it_lacks(tiny_model: Model) -> None:
    with pytest.raises(ModelUnavailable, match="pair_head_missing"):
        pairs.judge(tiny_model, JudgeInputs(PAIRS))


@pytest.mark.parametrize(("a", "b", "share"), [("猫睡了", "猫醒了", 0.5), ("A cat", "a CAT", 1.0), ("", "", 0.0)])
def test_overlap_counts_words_without_order(a: str, b: str, share: float) -> None:
    assert pairs.overlap(a, b) == pairs.overlap(b, a) == pytest.approx(share)


def test_the_interval_is_wilsons() -> None:
    low, high = interval(np.array([True] * 8 + [False] * 2))
    assert (low, high) == (pytest.approx(0.4902, abs=1e-3), pytest.approx(0.9433, abs=1e-3))
