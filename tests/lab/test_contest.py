"""The contest of five ways to break: labels that are so, nets side by side that share nothing, equal budgets, stops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import contest, contest_tasks
from explorer.lab.types import toy_language as toy
from explorer.lab.types.contest import (
    ENTRANTS,
    EVERY,
    KINDS,
    MOST,
    PAIRS,
    TASKS,
    ContestInputs,
    ContestResult,
    ContestStep,
    ahead,
    averaged,
    written,
)

SEED = 5
SMALL = ContestInputs(updates=20, seed=1)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything there is, with little of each."""
    monkeypatch.setattr(contest, "SENTENCES", 96)
    monkeypatch.setattr(contest, "TUNES", 6)
    monkeypatch.setattr(contest_tasks, "TESTED", 40)
    monkeypatch.setattr(contest_tasks, "TAUGHT", {"fit": 40, "order": 40, "sum": 16})


def run(inputs: ContestInputs) -> tuple[list[ContestStep], ContestResult]:
    *steps, found = contest.contest(None, inputs)
    assert isinstance(found, ContestResult)
    return [step for step in steps if isinstance(step, ContestStep)], found


@pytest.mark.parametrize("name", TASKS)
def test_labels_are_balanced_and_as_the_grammar_says_and_nothing_tested_is_read_before(name: str) -> None:
    task = contest_tasks.task(name, SEED)
    assert task == contest_tasks.task(name, SEED) != contest_tasks.task(name, SEED + 1)
    assert (len(task.taught), len(task.tested)) == (contest_tasks.TAUGHT[name], contest_tasks.TESTED)
    assert not {row for row, _ in task.tested} & {row for row, _ in task.taught}
    tested = contest_tasks.tested(SEED)
    assert not tested & set(contest_tasks.text(500, 3, tested))
    for pairs in (task.taught, task.tested):
        if name == "sum":
            kinds = [[toy.WORDS[word].kind for word in answer] for _, answer in pairs]
            assert all(set(one) == {"subject", "adjective"} and one[0] == "subject" for one in kinds)
            continue
        assert sum(label for _, (label,) in pairs) == len(pairs) / 2
        for row, (label,) in pairs:
            assert (toy.faults(row[0], (*row[1:], toy.END)) == 0) == bool(label)
        langs = [toy.WORDS[row[0]].lang for row, (label,) in pairs if label]
        assert abs(langs.count("zh") / len(langs) - 0.5) < 0.1, "the language gives no label away"


def test_nets_side_by_side_share_nothing_and_padding_is_not_read() -> None:
    import torch

    from explorer.learning import seq2seq

    rows = contest_tasks.text(12, SEED, frozenset())
    lesson = [[contest.broken(row, kind, n) for n, row in enumerate(rows)] for kind in ("mask", "rotate")]
    one = seq2seq.fresh(contest.shape(), 1, torch.Generator().manual_seed(0))
    two = seq2seq.fresh(contest.shape(), 1, torch.Generator().manual_seed(1))
    both = torch.cat([one, two]).requires_grad_()
    found = contest.losses(both, lesson)
    for n, weights in enumerate((one, two)):
        torch.testing.assert_close(found[n], contest.losses(weights, lesson[n : n + 1])[0], rtol=1e-5, atol=1e-5)
    found[0].backward()
    assert both.grad is not None and float(both.grad[1].abs().max()) == 0 < float(both.grad[0].abs().max())
    short, long = lesson[0][0], max(lesson[0], key=lambda pair: len(pair[0]))
    counted = [len(pair[1]) + 1 for pair in (short, long)]
    alone = [float(contest.losses(one, [[pair]])[0]) for pair in (short, long)]
    together = float(contest.losses(one, [[short, long]])[0])
    assert together == pytest.approx(np.average(alone, weights=counted), abs=1e-5)


def test_what_is_said_later_is_not_seen_and_writing_is_choosing_the_likeliest() -> None:
    import torch

    from explorer.learning import seq2seq

    generator = torch.Generator().manual_seed(2)
    weights = seq2seq.fresh(contest.shape(), 2, generator)
    net, size = seq2seq.parted(weights, contest.shape()), contest.shape()
    rows, seen = contest.padded([[(5, 6, 7), (8, 9)]] * 2)
    memory = seq2seq.encoded(net, size, rows, seen)
    said = torch.randint(0, toy.SIZE, (2, 2, 6), generator=generator)
    first = seq2seq.scores(net, size, memory, seen, said)
    said[..., 4:] = 1
    torch.testing.assert_close(first[:, :, :4], seq2seq.scores(net, size, memory, seen, said)[:, :, :4])
    wrote = seq2seq.written(net, size, rows, seen, contest.START, toy.END, 5)
    begun = torch.cat([torch.full((2, 2, 1), contest.START), wrote[..., :-1]], -1)
    best = seq2seq.scores(net, size, memory, seen, begun).argmax(-1)
    before = (wrote == toy.END).long().cumsum(-1) - (wrote == toy.END).long() == 0
    assert torch.equal(best[before], wrote[before])


def test_the_encoder_is_that_of_plain_numpy() -> None:
    import torch

    from explorer.learning import policy, seq2seq

    size = policy.Shape(words=9, longest=6, layers=1, width=8, heads=2)
    weights = seq2seq.fresh(size, 1, torch.Generator().manual_seed(3))
    net = {name: one[0].double().numpy() for name, one in seq2seq.parted(weights, size).items()}
    rows = torch.tensor([[[4, 2, 7, 1]]])
    found = seq2seq.encoded(seq2seq.parted(weights, size), size, rows, torch.ones(1, 1, 4, dtype=torch.bool))

    def normed(x: Any, scale: Any) -> Any:
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * scale[0] + scale[1]

    x = net["embed"][[4, 2, 7, 1]] + net["in.place"][:4]
    q, k, v = np.split(normed(x, net["in.0.self.norm"]) @ net["in.0.self.qkv"], 3, axis=-1)
    mixed = np.zeros_like(x)
    for head in range(2):
        at = slice(4 * head, 4 * head + 4)
        power = np.exp(q[:, at] @ k[:, at].T / 2)
        mixed[:, at] = power / power.sum(-1, keepdims=True) @ v[:, at]
    x = x + mixed @ net["in.0.self.out"]
    inner = torch.from_numpy(normed(x, net["in.0.norm"]) @ net["in.0.up"])
    x = x + torch.nn.functional.gelu(inner).numpy() @ net["in.0.down"]
    np.testing.assert_allclose(found[0, 0].numpy(), normed(x, net["in.norm"]), atol=1e-5)


@pytest.mark.usefixtures("small")
def test_all_five_have_one_budget_and_the_same_seed_gives_the_same() -> None:
    steps, found = run(SMALL)
    assert [step.done for step in steps] == list(range(steps[0].total + 1)), "told after every piece of work"
    taught = [step for step in steps if step.losses]
    assert [step.update for step in taught] == list(range(1, SMALL.updates + 1))
    assert np.ptp(taught[0].losses) < 0.3, "the same weights to begin with"
    np.testing.assert_allclose(found.losses, averaged([step.losses for step in taught]), rtol=1e-5)
    assert (found.losses[:, -1] < found.losses[:, 0]).all()
    assert len(set(found.said.tolist())) == 1, "the same sentences for all"
    read = dict(zip(KINDS, found.read.tolist(), strict=True))
    assert read["delete"] < read["infill"] < read["mask"] == read["permute"] == read["rotate"] == found.said[0]
    assert found.right.shape == (len(TASKS), len(ENTRANTS), 40)
    assert found.majority[:2].tolist() == [0.5, 0.5] and found.majority[2] < 0.5
    assert (found.seconds > 0).all()
    assert [sorted(row) == sorted(found.example) for row in found.shown] == [
        kind in ("permute", "rotate") for kind in KINDS
    ]
    again = run(SMALL)[1]
    np.testing.assert_array_equal(again.losses, found.losses)
    np.testing.assert_array_equal(again.right, found.right)
    assert (run(ContestInputs(20, seed=2))[1].losses != found.losses).any()


@pytest.mark.usefixtures("small")
def test_it_can_be_left_at_any_step_and_leaves_torch_s_threads_alone() -> None:
    import torch

    threads = torch.get_num_threads()
    for pieces in (1, 3, SMALL.updates + 2):
        begun = contest.contest(None, SMALL)
        for _ in range(pieces):
            assert isinstance(next(begun), ContestStep)
        assert torch.get_num_threads() == threads
        begun.close()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("small")
def test_a_loss_that_is_no_number_any_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "RATE", 1e30)
    with pytest.raises(Told, match="training_diverged"):
        run(SMALL)


@pytest.mark.parametrize("updates", [0, EVERY - 1, MOST + 1])
def test_budgets_out_of_bounds_are_told(updates: int) -> None:
    with pytest.raises(Told, match="contest_outside"):
        contest.contest(None, ContestInputs(updates))


def test_pairs_are_counted_and_sentences_written_in_the_reader_s_language() -> None:
    shares = np.zeros((len(TASKS), len(ENTRANTS)))
    assert ahead(shares) == 0
    shares[0, [ENTRANTS.index(kind) for kind in ("mask", "delete")]] = 0.3
    assert (ahead(shares), len(PAIRS)) == (4, 6)
    assert averaged([(1.0, 2.0, 3.0, 4.0, 5.0)] * (EVERY + 3)) == [[1.0], [2.0], [3.0], [4.0], [5.0]]
    assert averaged([]) == [[]] * 5
    row = toy.read("en", "The_kitten? the_kitten_is very soft")
    assert written((row[0], contest.MASK, *row[2:]), "zh") == "小猫？[MASK]很软"
    assert written((row[0], contest.MASK, *row[2:]), "en") == "The kitten? [MASK] very soft"
