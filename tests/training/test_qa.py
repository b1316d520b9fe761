"""The question head's training: windows hold what they say they hold, the loss falls, the body stays as it is, what is
saved answers the same."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer import paths
from explorer.errors import Told
from explorer.models.network.model import Model
from training import qa
from training.loop import Plan, train

PLAN = Plan(steps=150, rates=(1e-2,), warm_up=10, average=0.5, save_every=100)
PASSAGES = {
    "老木匠住在河边的小屋里。他每天早上六点起床，先喂两只鸭子，再去镇上卖凳子。": {
        "老木匠住在哪里？": "河边的小屋",
        "他养了几只鸭子？": "两只",
        "他去镇上卖什么？": "凳子",
    },
    "The ferry to Holm leaves at noon. Its captain, Ingrid Dahl, keeps a parrot that whistles whenever it rains.": {
        "When does the ferry leave?": "noon",
        "Who is the captain?": "Ingrid Dahl",
        "What does the parrot do when it rains?": "whistles",
    },
}
LONG = "".join(f"第{n}天，船队经过第{n}座灯塔。" for n in range(60)) + "最后他们在白沙湾靠岸。"


@pytest.fixture(scope="module")
def cutter() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(paths.MODELS / "mini-mbert")


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> list[qa.Question]:
    paragraphs = [
        {
            "context": passage,
            "qas": [
                {"id": text, "question": text, "answers": [{"text": answer, "answer_start": passage.index(answer)}]}
                for text, answer in asked.items()
            ],
        }
        for passage, asked in PASSAGES.items()
    ]
    path = tmp_path_factory.mktemp("sets") / "own.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return qa.read(path)


def test_an_answer_that_stands_elsewhere_is_refused(tmp_path: Path) -> None:
    one = {"id": "1", "question": "谁？", "answers": [{"text": "船长", "answer_start": 3}]}
    paragraph = {"context": "船长睡了。", "qas": [one]}
    (tmp_path / "set.json").write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}), encoding="utf-8")
    with pytest.raises(ValueError, match="elsewhere"):
        qa.read(tmp_path / "set.json")


def test_windows_overlap_and_each_knows_whether_it_holds_the_answer(cutter: Any) -> None:
    question = qa.Question("他们在哪里靠岸？" * 30, LONG, LONG.index("白沙湾"), ("白沙湾",))
    windows = qa.cut(cutter, question)
    assert len(windows) > 2 and all(len(window.ids) <= qa.WINDOW for window in windows)
    seen = [{place for place in window.places if place[0] >= 0} for window in windows]
    assert set.union(*seen) == set(
        cutter(LONG, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    )
    assert all(len(one & other) >= qa.LONGEST for one, other in pairwise(seen)), "no answer is cut"
    labels = [qa.labelled(window, question) for window in windows]
    assert labels[0] == (qa.CLS, qa.CLS) and labels[-1] != (qa.CLS, qa.CLS)
    low, high = (windows[-1].places[n] for n in labels[-1])
    assert LONG[low[0] : high[1]] == "白沙湾"


def test_a_span_is_of_the_passage_in_order_and_not_too_long() -> None:
    window = qa.Window([0] * 40, [0] * 40, [(-1, -1)] * 3 + [(n, n + 1) for n in range(37)])

    def best(start: int, end: int) -> tuple[int, int]:
        """The span, where one start and one end stand out, and before all tokens 10 to 12."""
        scores = torch.zeros(40, 2)
        scores[10, 0] = scores[12, 1] = 3.0
        scores[start, 0] = scores[end, 1] = 5.0
        return qa.best_span(scores, window)[1:]

    assert best(20, 22) == (17, 20)
    assert best(1, 2) == (7, 10), "in the question"
    assert best(36, 3) == (7, 10), "the wrong way round"
    assert best(4, 39) == (1, 10), "too far apart: that start, with the next best end"
    assert qa.best_span(torch.zeros(40, 2), window)[0] == 0.0


def test_training_lowers_the_loss_and_what_is_saved_answers_the_same(
    questions: list[qa.Question], tiny_model: Model, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    cutter = AutoTokenizer.from_pretrained(tiny_model.info.folder)
    torch.manual_seed(0)
    net = qa.with_additions(tiny_model)
    before = {name: one.clone() for name, one in net.named_parameters() if not one.requires_grad}
    batches = qa.Batches(questions, cutter, size=4)
    assert all(torch.equal(one, batches(5)[name]) for name, one in batches(5).items())
    tuned = [one for one in net.parameters() if one.requires_grad]
    steps = list(train(qa.Objective(net), (tuned,), batches, PLAN, tmp_path / "work"))
    assert np.mean([step.told["loss"] for step in steps[-4:]]) < np.mean([step.told["loss"] for step in steps[:4]]) / 2
    frozen = dict(net.named_parameters())
    assert all(torch.equal(one, frozen[name]) for name, one in before.items())
    said = list(qa.answers(net, cutter, questions))
    assert sum(one == question.answers[0] for one, question in zip(said, questions, strict=True)) >= 3
    assert qa.measured(net, cutter, questions)["f1_characters"] > 0.4
    qa.save(net, tiny_model, tmp_path / "head", {"program": "training.qa"})
    opened = qa.with_additions(tiny_model, seed=7)
    qa.put_in(opened, tmp_path / "head", tiny_model.info.revision)
    batch = qa.batched([window for question in questions for window in qa.cut(cutter, question)])
    with torch.no_grad():
        scores, again = (one(**batch)[batch["mask"]] for one in (net, opened))
    assert torch.allclose(scores, again, atol=0.02 * float(scores.abs().max())), "but for the rounding to 16 bits"
    with pytest.raises(Told, match="head_other_model"):
        qa.put_in(opened, tmp_path / "head", "another body")


def test_the_embedded_model_s_additions_are_small(mini_mbert: Model) -> None:
    tuned = [one for one in qa.with_additions(mini_mbert).parameters() if one.requires_grad]
    assert sum(one.numel() for one in tuned) * 2 < 8_000_000, "bytes in fp16"


def test_answers_are_scored_as_squad_s_script_does() -> None:
    assert qa.words("The Grey, grey-blue sea!") == ["grey", "greyblue", "sea"]
    assert qa.f1(qa.words("the grey sea"), qa.words("a grey ship")) == pytest.approx(0.5)
    assert qa.f1(qa.characters("白沙湾"), qa.characters("在白沙湾。")) == pytest.approx(2 * 3 / 7)
    assert qa.f1([], []) == 1 and qa.f1([], ["a"]) == 0
