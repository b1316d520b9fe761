"""输入: the sum of three vectors, one-hot lookup, position cosines, windows; against transformers and plain NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from explorer.content.sentences import neighbours, sentences
from explorer.errors import Told
from explorer.lab import inputs
from explorer.lab.types.core import Progress
from explorer.lab.types.inputs import LongInputs, LongResult, LookupInputs, PositionInputs, SumInputs
from explorer.models.catalog.catalog import ModelInfo, default, entry
from explorer.models.network.model import Model
from explorer.models.network.tokenizer import for_model as tokenizer_for
from explorer.models.network.tokenizer_trace import bpe, for_model, wordpiece

STORY = "村口有一条小河。夏天孩子们都来游泳，冬天河面结冰。" * 40
TEMPLATE = "总的来说，这很[MASK]。"


def test_the_strips_add_up_to_what_the_model_gets(mini_mbert: Model) -> None:
    import torch
    from transformers import AutoTokenizer, BertModel

    folder = default("masked").folder
    net = BertModel.from_pretrained(folder, dtype=torch.float32).eval()
    given = AutoTokenizer.from_pretrained(folder)("小河结冰了", "孩子们很高兴", return_tensors="pt")
    with torch.no_grad():
        own = net(**given, output_hidden_states=True).hidden_states[0][0].numpy()
    found = inputs.add_up(mini_mbert, SumInputs("小河结冰了", "孩子们很高兴"))
    assert found.tokens.type_ids == tuple(given.token_type_ids[0].tolist())
    np.testing.assert_allclose(found.token + found.segment + found.position, found.total, atol=0)
    np.testing.assert_allclose(found.normed, own, atol=1e-6)
    assert found.difference <= 1e-6


def test_layer_norm_is_the_librarys() -> None:
    import torch

    rng = np.random.default_rng(0)
    x, gain, bias = rng.normal(size=(5, 16)), rng.normal(size=16), rng.normal(size=16)
    wide = [torch.tensor(one) for one in (x, gain, bias)]
    expected = torch.nn.functional.layer_norm(wide[0], (16,), wide[1], wide[2], 1e-12).numpy()
    ours = inputs.layer_norm(*(one.astype(np.float32) for one in (x, gain, bias)))
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_one_hot_times_the_table_is_the_row(mini_mbert: Model) -> None:
    found = inputs.lookup(mini_mbert, LookupInputs(29))
    assert found.difference == 0
    assert found.shape == (mini_mbert.vocab_size, mini_mbert.d_model)
    np.testing.assert_array_equal(found.rows[found.around.index(29)], found.product)
    for edge in (0, mini_mbert.vocab_size - 1):
        assert edge in inputs.lookup(mini_mbert, LookupInputs(edge)).around
    with pytest.raises(Told, match="token_outside"):
        inputs.lookup(mini_mbert, LookupInputs(mini_mbert.vocab_size))


def test_neighbouring_positions_are_alike(mini_mbert: Model) -> None:
    cosine = inputs.positions(mini_mbert, PositionInputs()).cosine.astype(int)
    assert cosine.shape == (512, 512)
    assert (np.diag(cosine) == 100).all()
    assert (cosine == cosine.T).all()
    near = np.mean([cosine[i, i + 1] for i in range(1, 511)])
    far = np.mean([cosine[i, i + 100] for i in range(1, 400)])
    assert near > far + 20


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (SumInputs("  "), "text_empty"),
        (SumInputs("有字", " \n"), "second_empty"),
        (SumInputs("字" * 600), "too_long"),
    ],
)
def test_what_can_not_be_added_up_is_refused(mini_mbert: Model, given: SumInputs, key: str) -> None:
    with pytest.raises(Told, match=key):
        inputs.add_up(mini_mbert, given)


def long(**changes: Any) -> LongInputs:
    return LongInputs(**{"text": STORY, "question": "结冰", "template": TEMPLATE, "good": "好", "bad": "差", **changes})


def read(model: Model, given: LongInputs) -> tuple[list[Progress], LongResult]:
    *steps, result = inputs.read_long(model, given)
    assert isinstance(result, LongResult)
    return [step for step in steps if isinstance(step, Progress)], result


def test_windows_cover_everything_and_share_what_was_asked(mini_mbert: Model) -> None:
    steps, found = read(mini_mbert, long(size=256, overlap=64))
    assert (found.slide[0].first, found.slide[-1].last) == (0, found.n_tokens)
    for before, after in zip(found.slide, found.slide[1:], strict=False):
        assert after.first == before.last - 64
        assert before.last - before.first == found.room
    assert (steps[-1].done, steps[-1].total) == (len(found.slide) + 1,) * 2
    assert found.cut == found.slide[0]
    assert (found.head_tail.first, found.head_tail.last) == (0, found.n_tokens)
    best = max(found.slide, key=lambda window: window.score)
    assert "结冰" in STORY[best.start : best.end]


def test_a_short_text_is_one_window_and_all_ways_agree(mini_mbert: Model) -> None:
    _, found = read(mini_mbert, long(text="河面结冰了。孩子们在上面滑冰。"))
    assert len(found.slide) == 1
    assert found.cut.p_good == pytest.approx(found.head_tail.p_good, abs=1e-6)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"text": " "}, "text_empty"),
        ({"text": "字" * 20_001}, "text_too_long"),
        ({"question": " "}, "question_empty"),
        ({"template": "没有空"}, "template_bad"),
        ({"good": "非常好"}, "template_bad"),
        ({"overlap": 511}, "overlap_bad"),
    ],
)
def test_what_can_not_be_read_is_refused(mini_mbert: Model, changes: dict[str, Any], key: str) -> None:
    with pytest.raises(Told, match=key):
        next(inputs.read_long(mini_mbert, long(**changes)))


@pytest.mark.parametrize("word", ["playing", "untranslatable", "Kindergarten", "人工智能", "囧", "🙂", "說"])
@pytest.mark.parametrize("model", ["mini-mbert", "gemma-3-270m-lite"])
def test_step_by_step_ends_where_the_tokenizer_ends(model: str, word: str) -> None:
    info = entry(model)
    pieces = tuple(piece for cut in for_model(info).cuttings(word) for piece in cut.pieces)
    assert pieces == tokenizer_for(info).pieces_of(word)[0]


def test_word_pieces_are_greedy_and_all_or_nothing() -> None:
    vocab = {"un": 0, "##a": 1, "##able": 2, "[UNK]": 3}
    found = wordpiece(vocab, "unable", "##", "[UNK]")
    assert found.pieces == ("un", "##able")
    assert found.steps[0].tried == ("unable", "unabl", "unab", "una")
    assert wordpiece(vocab, "unabz", "##", "[UNK]").pieces == ("[UNK]",)


def test_merges_follow_the_learnt_order_and_strangers_become_bytes() -> None:
    ranks = {("b", "c"): 0, ("a", "b"): 1, ("a", "bc"): 2}
    found = bpe({"a": 0, "b": 1, "c": 2}, ranks, "abc")
    assert [step.after for step in found.steps] == [("a", "bc"), ("abc",)]
    assert [step.rank for step in found.steps] == [0, 2]
    assert bpe({}, {}, "é").pieces == ("<0xC3>", "<0xA9>")


@pytest.mark.parametrize("family", ["gpt2", "llama", "qwen2"])
@pytest.mark.parametrize("word", ["kettle", "风筝", "zzz🙂"])
def test_byte_level_merges_end_where_the_tokenizer_ends(
    family: str, word: str, tiny_of: Callable[[str], ModelInfo]
) -> None:
    info = tiny_of(family)
    (cut,) = for_model(info).cuttings(word)
    assert cut.kind == "bpe"
    assert cut.pieces == tokenizer_for(info).pieces_of(word)[0]
    assert len(cut.steps) == len(cut.steps[0].before) - len(cut.pieces) if cut.steps else len(cut.pieces) > 1


def test_no_steps_are_told_of_a_tokenizer_of_another_kind(tiny_of: Callable[[str], ModelInfo]) -> None:
    assert for_model(tiny_of("t5")).cuttings("kettle") == ()


def test_a_tokenizer_without_cls_and_sep_says_so(tiny_model_of: Callable[[str], Model]) -> None:
    with pytest.raises(Told, match="no_separators"):
        next(inputs.read_long(tiny_model_of("gpt2"), long()))


def test_a_model_without_three_tables_says_so() -> None:
    from explorer.errors import ModelUnavailable
    from explorer.models.network import embeddings as tables

    with pytest.raises(ModelUnavailable, match="inputs_elsewhere"):
        tables.table(entry("gemma-3-270m-lite"), "position")


def test_sentences_end_where_they_end() -> None:
    assert sentences("他说：“走吧。”我们就走了。好吗？好！") == ["他说：“走吧。”", "我们就走了。", "好吗？", "好！"]
    assert sentences('Dr. Lee came at noon. He left. "Why?" Nobody knew.') == [
        "Dr. Lee came at noon.", "He left.", '"Why?"', "Nobody knew.",
    ]  # fmt: skip
    assert neighbours("一一一一。二二二二。三。四四四四。", 3, 9) == [("一一一一。", "二二二二。")]
