"""Every training program for a few steps on a tiny text: the loss falls, and a restart gives the same curve."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.errors import Told
from explorer.models.catalog.store import sha256_of
from tests.training.conftest import ZH
from training import corpus, finish, masked, zi
from training.loop import LOG, Plan, train
from training.ngram import Ngram

PLAN = Plan(steps=40, rates=(3e-3, 3e-3), warm_up=3, average=0.9, save_every=7)


@pytest.fixture
def batches(text: Path, cutter: Any, tmp_path: Path) -> masked.Batches:
    corpora = corpus.prepare(text, cutter, tmp_path, masked.SHARES)
    return masked.Batches(corpora, len(cutter), cutter.mask_token_id, size=600)


def test_a_corpus_holds_the_text_once(text: Path, cutter: Any, tmp_path: Path) -> None:
    found = corpus.prepare(text, cutter, tmp_path, ["zh", "en", "fr"])["zh"]
    assert "".join(cutter.convert_ids_to_tokens(found.tokens.tolist())) == "".join(ZH) * 3
    assert len(found.firsts) == 1 + 3 * len(ZH)
    assert cutter.decode(found.of(0, 1).tolist()).replace(" ", "") == "清晨的雾还没有散。"
    again = corpus.prepare(text, cutter, tmp_path, ["zh"])["zh"]
    np.testing.assert_array_equal(again.tokens, found.tokens)
    edged = corpus.prepare(text, cutter, tmp_path, ["zh"], edges=(2, 3))["zh"]
    starts, ends = edged.ends[edged.firsts[:-1]], edged.ends[edged.firsts[1:]]
    assert set(edged.tokens[starts]) == {2} and set(edged.tokens[ends - 1]) == {3}
    assert len(edged.tokens) == len(found.tokens) + 2 * (len(found.firsts) - 1)
    with pytest.raises(ValueError, match=r"\*\.txt\.xz"):
        corpus.prepare(text, cutter, tmp_path, ["fr"])


def test_a_window_stays_in_its_paragraph(text: Path, cutter: Any, tmp_path: Path) -> None:
    found = corpus.prepare(text, cutter, tmp_path, ["zh"])["zh"]
    rng = np.random.default_rng(0)
    for _ in range(200):
        first, last = found.window(rng, 25)
        assert last > first and (last - first == 1 or found.ends[last] - found.ends[first] <= 25)
        assert not any(first < start < last for start in found.firsts)


def test_a_batch_is_a_function_of_its_number(batches: masked.Batches) -> None:
    once = [batches(number) for number in (0, 17, 3)]
    again = masked.Batches(batches.corpora, batches.vocabulary, batches.mask_id, batches.size)
    for number, before in zip((0, 17, 3), once, strict=True):
        after = again(number)
        assert before.keys() == after.keys()
        assert all(torch.equal(before[name], after[name]) for name in before)
    assert not torch.equal(once[0]["ids"][:1, :5], batches(1)["ids"][:1, :5])


def test_a_fifth_is_asked_for_and_treated_as_bert_does(batches: masked.Batches) -> None:
    treated: Counter[str] = Counter()
    follows: Counter[int] = Counter()
    for number in range(64):
        batch = batches(number)
        ids, labels, mask = batch["ids"], batch["labels"], batch["mask"]
        original = torch.where(labels == masked.NONE, ids, labels)
        asked, ordinary = labels != masked.NONE, (original > batches.mask_id) & (mask == 1)
        assert not (asked & ~ordinary).any()
        treated["asked"] += int(asked.sum())
        treated["ordinary"] += int(ordinary.sum())
        treated["masked"] += int((asked & (ids == batches.mask_id)).sum())
        treated["kept"] += int((asked & (ids == labels)).sum())
        assert ((original == masked.SEP).sum(1) == 1 + (batch["swapped"] != masked.NONE)).all()
        assert (batch["types"].any(1) == (batch["swapped"] != masked.NONE)).all()
        follows.update(batch["swapped"].tolist())
    assert treated["asked"] / treated["ordinary"] == pytest.approx(0.2, abs=0.02)
    assert treated["masked"] / treated["asked"] == pytest.approx(0.8, abs=0.04)
    assert treated["kept"] / treated["asked"] == pytest.approx(0.1, abs=0.03)
    assert follows[1] / (follows[0] + follows[1]) == pytest.approx(0.5, abs=0.1)


def test_masked_training_lowers_the_loss_and_keeps_an_average(
    batches: masked.Batches, net: Any, tmp_path: Path
) -> None:
    objective = masked.Objective(net)
    body, heads = objective.groups()
    assert {id(one) for one in (*body, *heads)} == {id(one) for one in net.parameters()}
    assert any(one is net.bert.embeddings.word_embeddings.weight for one in body)
    steps = list(train(objective, (body, heads), batches, PLAN, tmp_path / "run"))
    losses = [step.told["words"] for step in steps]
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 0.3
    assert steps[-1].tokens == sum(int(batches(n)["mask"].sum()) for n in range(PLAN.steps))
    assert len((tmp_path / "run" / LOG).read_text(encoding="utf-8").splitlines()) == PLAN.steps


def test_a_run_that_was_stopped_goes_on_with_the_same_losses(
    batches: masked.Batches, cutter: Any, net: Any, tmp_path: Path
) -> None:
    import copy

    def run(stop: int | None = None, folder: str = "whole") -> tuple[list[float], Any]:
        objective = masked.Objective(copy.deepcopy(net))
        found = []
        for step in train(objective, objective.groups(), batches, PLAN, tmp_path / folder):
            found.append(step.told["loss"])
            if step.step == stop:
                break  # as if it were killed: nothing after this line runs
        return found, objective

    whole, one = run()
    before, _ = run(stop=17, folder="cut")
    after, other = run(folder="cut")
    assert before == whole[:17]
    assert after == whole[14:], "from the last checkpoint on, to the last digit"
    for ours, theirs in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    logged = [json.loads(line)["step"] for line in (tmp_path / "cut" / LOG).read_text(encoding="utf-8").splitlines()]
    assert logged == list(range(1, PLAN.steps + 1))
    with pytest.raises(ValueError, match="another plan"):
        objective = masked.Objective(net)
        next(train(objective, objective.groups(), batches, Plan(9, (1e-3, 1e-3)), tmp_path / "cut"))


def test_a_loss_that_is_no_number_ends_the_run(batches: masked.Batches, net: Any, tmp_path: Path) -> None:
    objective = masked.Objective(net)
    with torch.no_grad():
        net.bert.embeddings.LayerNorm.weight.fill_(float("nan"))
    with pytest.raises(Told, match="training_diverged"):
        next(train(objective, objective.groups(), batches, PLAN, tmp_path))


def test_parallel_sentences_are_drawn_together(batches: masked.Batches, cutter: Any, net: Any, tmp_path: Path) -> None:
    import lzma

    pairs = [
        ("The baker opens.", "清晨的雾。"),
        ("My sister found a coin.", "弟弟数了又数。"),
        ("Nobody else.", "火车晚点了。"),
    ]
    with lzma.open(tmp_path / "pairs.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(f"{a}\t{b}\n" for a, b in pairs)
    batches.parallel = masked.parallel([tmp_path / "pairs.tsv.xz"], cutter)
    assert len(batches.parallel) == len(pairs)
    objective = masked.Objective(net, contrast=1.0)
    steps = list(train(objective, objective.groups(), batches, PLAN, tmp_path / "run"))
    apart = [step.told["parallel"] for step in steps]
    assert np.mean(apart[-5:]) < 0.5 * np.mean(apart[:5])


def test_what_is_written_can_be_read_and_says_how_it_was_made(net: Any, cutter: Any, tmp_path: Path) -> None:
    from transformers import AutoTokenizer, BertForPreTraining

    finish.save(net, cutter, tmp_path / "out", {"program": "training.masked", "seed": 0})
    made = json.loads((tmp_path / "out" / finish.FACTS).read_text(encoding="utf-8"))
    assert made["sha256"] == sha256_of(tmp_path / "out" / "model.safetensors") and made["seed"] == 0
    again, told = BertForPreTraining.from_pretrained(tmp_path / "out", output_loading_info=True)
    assert not told["missing_keys"] and again.config.hidden_size == net.config.hidden_size
    assert AutoTokenizer.from_pretrained(tmp_path / "out").tokenize("弟弟") == ["弟", "弟"]
    assert finish.described(tmp_path / "out")["made"]["program"] == "training.masked"


def test_zi_is_causal_has_single_characters_and_learns(text: Path, net: Any, cutter: Any, tmp_path: Path) -> None:
    small, single = zi.start(net, cutter, layers=2)
    assert all(zi.single(name) for name in single.get_vocab()) and "[MASK]" not in single.get_vocab()
    assert single.tokenize("弟弟 the") == ["弟", "弟", "t", "##h", "##e"]
    rows = small.bert.embeddings.word_embeddings.weight
    was = net.bert.embeddings.word_embeddings.weight[cutter.convert_tokens_to_ids("弟")]
    assert torch.equal(rows[single.convert_tokens_to_ids("弟")], was)
    ids = torch.tensor([single("弟弟在院子里")["input_ids"]])
    small.eval()
    with torch.inference_mode():
        whole, part = small(input_ids=ids).logits, small(input_ids=ids[:, :4]).logits
    np.testing.assert_allclose(whole[:, :4].numpy(), part.numpy(), atol=1e-5)
    source = corpus.prepare(text, single, tmp_path, ["zh"], edges=(2, 3))["zh"]
    found = zi.Batches(source, rows=4, length=16)
    assert (found(0)["ids"][:, 0] == 2).all() and torch.equal(found(5)["ids"], found(5)["ids"])
    plan = Plan(steps=40, rates=(3e-3,), warm_up=3, average=0.9)
    losses = [
        step.told["loss"] for step in train(zi.NextToken(small), (list(small.parameters()),), found, plan, tmp_path)
    ]
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 0.3
    (tmp_path / "test.txt").write_text("弟弟在看鸽子。\n", encoding="utf-8")
    nats = zi.measured(small, single, source, tmp_path / "test.txt")
    assert nats["characters"] == 7 and nats["model"] > 0 and 0 < nats["five_gram"] < np.log(len(single))


def test_an_n_gram_s_numbers_are_those_of_a_plain_count() -> None:
    rng = np.random.default_rng(0)
    tokens = rng.integers(0, 5, 400)
    counted = Ngram(tokens, vocabulary=6, order=3)

    def p(history: tuple[int, ...], word: int) -> float:
        size = len(history)
        runs = [tuple(tokens[n : n + size + 1]) for n in range(len(tokens) - size)]
        followers = [run[-1] for run in runs if run[:-1] == history]
        shorter = p(history[1:], word) if history else 1 / 6
        if not followers:
            return shorter
        kinds = len(set(followers))
        return (followers.count(word) + kinds * shorter) / (len(followers) + kinds)

    text = np.array([3, 1, 4, 5, 2, 0])
    expected = [-np.log(p(tuple(text[max(0, n - 2) : n]), text[n])) for n in range(1, len(text))]
    np.testing.assert_allclose(counted.nats(text), expected, rtol=1e-9)


def test_an_n_gram_does_not_reach_over_an_edge() -> None:
    """What follows the end of one text by chance is no follower of its last token."""
    counted = Ngram(np.array([9, 1, 2, 9, 1, 3]), vocabulary=10, order=2, edge=9)
    alone = (2 + 4 * 0.1) / (6 + 4)  # 9 stands twice among six tokens of four kinds
    assert counted.nats(np.array([2, 9]))[0] == pytest.approx(-np.log(alone))
    assert counted.nats(np.array([1, 2]))[0] < -np.log(0.3)
