"""语境学习 on tiny networks of every causal class, held against the transformers library, each text read alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from explorer.content import examples, measured, tasks
from explorer.engine.handles import Handles, Shelf
from explorer.errors import Told
from explorer.lab import in_context, induction, shots
from explorer.lab.types.in_context import (
    FREE,
    AnswersInputs,
    CurveStep,
    KeptInputs,
    OpenInputs,
    OrdersInputs,
    Prompt,
    TableInputs,
    relabelled,
)
from explorer.lab.types.induction import InductionInputs
from explorer.models.network.token_tree import ancestors
from tests.lab.conftest import last

FAMILIES = ("gpt2", "llama", "qwen2", "gemma3_text")
ROWS = (("树", "井"), ("孩子", "口"), ("the kitten", "a gardener"))
PROMPT = Prompt("有 一", ROWS, "树下")
ANSWERS = ("井", "孩子", "the kitten")


def library(info: Any) -> Callable[[tuple[int, ...]], np.ndarray]:
    """ln p[token, V] of one text's ids, by the library itself."""
    import torch
    from transformers import AutoModelForCausalLM

    net = AutoModelForCausalLM.from_pretrained(info.folder, dtype=torch.float32).eval()

    def read(ids: tuple[int, ...]) -> np.ndarray:
        with torch.no_grad():
            found: np.ndarray = net(torch.tensor([ids]), use_cache=False).logits[0].double().log_softmax(-1).numpy()
        return found

    return read


def expected(read: Callable[[tuple[int, ...]], np.ndarray], text: shots.Text) -> list[float]:
    whole = text.prompt + text.answer
    log_p = read(whole[:-1])
    return [float(log_p[len(text.prompt) - 1 + n, token]) for n, token in enumerate(text.answer)]


@pytest.mark.parametrize("family", FAMILIES)
def test_candidates_and_the_curve_are_those_of_every_text_read_alone(
    family: str, tiny_of: Any, tiny_model_of: Any
) -> None:
    model, read = tiny_model_of(family), library(tiny_of(family))
    shelf = Shelf(Handles(), "reader", "model")
    if family == "gemma3_text":  # where some layers see no farther than a window
        assert len(shots.ids_of(model, PROMPT.text())) > 2 * model._net.config.sliding_window
    found = in_context.answers(model, AnswersInputs(PROMPT, ANSWERS), shelf)
    for n, answer in enumerate(ANSWERS):
        for got, query in ((found.log_p, PROMPT.query), (found.free, FREE)):
            text = shots.text(model, Prompt(PROMPT.line, ROWS, query), answer)
            np.testing.assert_allclose(got[n], expected(read, text), atol=2e-5)
    *steps, result = in_context.curve(model, AnswersInputs(PROMPT, ANSWERS), shelf)
    assert all(isinstance(step, CurveStep) for step in steps)
    assert result.log_p.shape == (4, 3)
    for k in range(4):
        for n, answer in enumerate(ANSWERS):
            text = shots.text(model, PROMPT.shots(k), answer)
            assert result.log_p[k, n] == pytest.approx(sum(expected(read, text)), abs=5e-5)
    assert result.read < result.alone
    np.testing.assert_allclose(result.log_p[3], [one.sum() for one in found.log_p], atol=5e-5)


def test_after_an_edited_row_only_what_follows_it_is_read(tiny_model_of: Any) -> None:
    model, shelf = tiny_model_of("llama"), Shelf(Handles(), "reader", "model")
    in_context.answers(model, AnswersInputs(PROMPT, ANSWERS), shelf)
    before = shelf.get(shots.NAME)
    edited = Prompt(PROMPT.line, (*ROWS[:2], ("gardener", "the kitten")), PROMPT.query)
    found = in_context.answers(model, AnswersInputs(edited, ANSWERS), shelf)
    after = shelf.get(shots.NAME)
    assert before.ids != after.ids
    alone = in_context.answers(model, AnswersInputs(edited, ANSWERS))
    for one, other in zip(found.log_p, alone.log_p, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5)


def test_what_each_node_of_a_tree_sees() -> None:
    sees = ancestors([-3, 0, -2, 2], known=2)
    assert sees.astype(int).tolist() == [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 1, 1]]
    with pytest.raises(ValueError, match="parent"):
        ancestors([0], known=0)


def test_orders_are_all_up_to_four_examples_and_drawn_beyond(tiny_model_of: Any) -> None:
    model = tiny_model_of("llama")
    result = last(in_context.orders(model, OrdersInputs(PROMPT, ANSWERS)))
    assert result.every
    assert len(set(result.orders)) == 6
    for n, order in enumerate(result.orders):
        mixed = Prompt(PROMPT.line, tuple(ROWS[place] for place in order), PROMPT.query)
        alone = in_context.answers(model, AnswersInputs(mixed, ANSWERS))
        np.testing.assert_allclose(result.log_p[n], [one.sum() for one in alone.log_p], atol=5e-5)
    many, every = in_context.drawn_orders(8, 24, 0)
    assert (len(set(many)), every) == (24, False)
    assert many[0] == tuple(range(8))


def test_an_open_answer_is_the_greedy_one(tiny_of: Any, tiny_model_of: Any) -> None:
    model, read = tiny_model_of("qwen2"), library(tiny_of("qwen2"))
    found = in_context.open_answer(model, OpenInputs(PROMPT, 5))
    ids = shots.ids_of(model, PROMPT.text())
    for n, token in enumerate(found.ids):
        assert token == int(read((*ids, *found.ids[:n]))[-1].argmax())
    assert len(found.p) == len(found.ids)
    assert "\n" not in found.text


def test_no_weight_changes_and_the_checksum_would_see_it(tiny_model_of: Any) -> None:
    model = tiny_model_of("llama")
    found = last(in_context.kept(model, KeptInputs(PROMPT, "井")))
    assert found.before == found.after
    weights = next(model._net.parameters())
    value = weights.data.view(-1)[0].item()
    weights.data.view(-1)[0] = value + 1
    changed = in_context.checksum(model)[0]
    weights.data.view(-1)[0] = value
    assert changed != found.before
    assert in_context.checksum(model)[0] == found.before


def test_a_task_is_measured_item_by_item(tiny_of: Any, tiny_model_of: Any) -> None:
    model, read = tiny_model_of("llama"), library(tiny_of("llama"))
    items = tuple((f"{n} + {n}", str(2 * n)) for n in range(9))
    *_, result = in_context.table(model, TableInputs("", items, (0, 2), block=3))
    assert result.log_p.shape == result.right.shape == (2, 9)
    text = shots.text(model, Prompt("", (), items[4][0]), items[4][1], end="\n")
    assert result.log_p[0, 4] == pytest.approx(sum(expected(read, text)[:-1]), abs=5e-5)
    whole, log_p = text.prompt + text.answer, read((text.prompt + text.answer)[:-1])
    greedy = all(int(log_p[at].argmax()) == whole[at + 1] for at in range(len(text.prompt) - 1, len(whole) - 1))
    assert result.right[0, 4] == float(greedy)
    with pytest.raises(Told, match="rows_few"):
        list(in_context.table(model, TableInputs("", items[:4], (0, 2), block=3)))


def test_labels_are_drawn_turned_round_or_renamed() -> None:
    rows = (("a", "good"), ("b", "bad"), ("c", "good"))
    assert relabelled(rows, ("good", "bad"), "gold") == rows
    assert [answer for _, answer in relabelled(rows, ("good", "bad"), "flipped")] == ["bad", "good", "bad"]
    assert [answer for _, answer in relabelled(rows, ("good", "bad"), "foo")] == ["foo", "bar", "foo"]
    drawn = relabelled(rows * 30, ("good", "bad"), "random", 3)
    assert {answer for _, answer in drawn} == {"good", "bad"}
    assert drawn == relabelled(rows * 30, ("good", "bad"), "random", 3)


def test_what_can_not_be_asked_is_told(tiny_model_of: Any) -> None:
    model = tiny_model_of("llama")
    many = tuple("abcdefghijklmnopqrs")
    for answers, key in (((" ",), "answer_empty"), ((), "answer_empty"), (many, "answers_many")):
        with pytest.raises(Told, match=key):
            in_context.answers(model, AnswersInputs(PROMPT, answers))
    with pytest.raises(Told, match="too_long"):
        in_context.answers(model, AnswersInputs(Prompt("", (), "树下 " * 3000), ("井",)))


def test_an_answer_that_the_vocabulary_can_not_spell_is_told(tmp_path: Any) -> None:
    from explorer.models.network.loader import load
    from tests import tiny

    model = load(tiny.make("gpt2", tmp_path, tiny.CHINESE_GPT))
    with pytest.raises(Told, match="answer_unknown") as problem:
        in_context.answers(model, AnswersInputs(Prompt("", (), "树"), ("树", "龘")))
    assert problem.value.values == {"answer": "龘"}
    strange = Prompt("", (("龘", "井"),), "树", sign="➜")  # a question may hold what the model can't spell
    found = in_context.answers(model, AnswersInputs(strange, ("树",)))
    assert np.isfinite(found.log_p[0]).all()


def test_a_measurement_left_in_the_middle_leaves_no_trace(tiny_model_of: Any) -> None:
    model, inputs = tiny_model_of("llama"), AnswersInputs(PROMPT, ANSWERS)
    before = in_context.answers(model, inputs)
    untouched = in_context.checksum(model)[0]
    items = tuple((f"{n} + {n}", str(2 * n)) for n in range(9))
    for run in (
        in_context.curve(model, inputs),
        in_context.orders(model, OrdersInputs(PROMPT, ANSWERS)),
        in_context.kept(model, KeptInputs(PROMPT, "井")),
        in_context.table(model, TableInputs("", items, (0, 2), block=3)),
        induction.induction(model, InductionInputs(6, 2, best=1, draws=2)),
    ):
        next(run)
        run.close()  # type: ignore[attr-defined]
        after = in_context.answers(model, inputs)
        for one, other in zip(before.log_p, after.log_p, strict=True):
            np.testing.assert_array_equal(one, other)
    assert in_context.checksum(model)[0] == untouched


def test_the_oldest_examples_leave_where_a_prompt_is_too_long(tiny_model_of: Any) -> None:
    model = tiny_model_of("llama")
    rows = tuple((f"{n} the kitten is listening to the gardener", "a") for n in range(200))
    found = in_context.answers(model, AnswersInputs(Prompt("", rows, "树"), ("井",)))
    assert 0 < found.dropped < 200
    alone = in_context.answers(model, AnswersInputs(Prompt("", rows[found.dropped :], "树"), ("井",)))
    np.testing.assert_allclose(found.log_p[0], alone.log_p[0], atol=1e-5)


def test_a_model_without_a_first_token_reads_a_prompt_and_not_nothing(tiny_model_of: Any, monkeypatch: Any) -> None:
    """GPT-2 has no <bos>: the token that ends texts stands before them; a model that lacks that too reads on alone."""
    model = tiny_model_of("gpt2")
    assert model.tokenizer.cls_id is None
    assert shots.ids_of(model, "") == shots.begins(model) != ()
    monkeypatch.setattr(shots, "begins", lambda model: ())
    found = in_context.answers(model, AnswersInputs(PROMPT, ANSWERS))
    assert np.isfinite(np.concatenate(found.log_p)).all()
    bare = Prompt("", (), "", sign="")
    with pytest.raises(Told, match="text_empty"):
        in_context.open_answer(model, OpenInputs(bare))


def test_every_task_has_its_items_in_both_languages_and_as_many_as_are_measured() -> None:
    listed = examples.load("in_context")["measured"]["few_over"]
    for name in measured.names():
        task = tasks.named(name)
        found = tasks.items(task)
        assert len({question for question, _ in found}) == len(found) >= (100 if name in listed else 30)
        assert task.name == name
        assert tasks.line(task)
        assert all(question.strip() and answer.strip() and "\n" not in question + answer for question, answer in found)
        inputs = measured.measured(name)
        assert len(inputs.items) >= (100 if name in listed else 30)
    assert len(listed) >= 9
    for id in tasks.TASKS:
        assert f"{id}." in " ".join(measured.names())
    for question, answer in tasks.items(tasks.named("arithmetic.3")):
        assert eval(question) == int(answer)


def test_sums_of_twenty_digits_are_made_and_right() -> None:
    for question, answer in tasks.items(tasks.Task("arithmetic", "en", digits=18))[:5]:
        first, second = (int(part) for part in question.split(" + "))
        assert int(answer) == first + second
