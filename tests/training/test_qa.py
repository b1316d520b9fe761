"""The question head's training: windows hold what they say they hold, the loss falls, the body stays as it is, what is
saved answers the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.content import squad
from explorer.errors import ModelUnavailable
from explorer.lab import answering, reading
from explorer.models.network import answerer
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
def questions(tmp_path_factory: pytest.TempPathFactory) -> list[squad.Question]:
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
    return squad.read(path)


def test_an_answer_that_stands_elsewhere_is_looked_for_and_no_question_is_none(tmp_path: Path) -> None:
    asked = [
        {"id": text, "question": "谁？", "answers": [{"text": text, "answer_start": 3}]} for text in ("船长", "水手")
    ]
    asked.append({"id": "", "question": " ", "answers": [{"text": "船长", "answer_start": 0}]})
    set_ = {"data": [{"paragraphs": [{"context": "船长睡了。", "qas": asked}]}]}
    (tmp_path / "set.json").write_text(json.dumps(set_), encoding="utf-8")
    assert [question.start for question in squad.read(tmp_path / "set.json")] == [0, -1]


def test_every_window_knows_whether_it_holds_the_answer(mini_mbert: Model) -> None:
    question = squad.Question("他们在哪里靠岸？" * 9, LONG, LONG.index("白沙湾"), ("白沙湾",))
    tokens, first = answering.pair(mini_mbert, question.text, question.passage)
    windows = answering.windows(tokens, first)
    labels = [qa.labelled(window, tokens, question) for window in windows]
    assert len(labels) > 2 and labels[0] == (qa.CLS, qa.CLS) and labels[-1] != (qa.CLS, qa.CLS)
    start, end = (windows[-1].first + place - windows[-1].offset + first for place in labels[-1])
    assert tokens.text[tokens.offsets[start][0] : tokens.offsets[end][1]] == "白沙湾"


def test_training_lowers_the_loss_and_the_page_s_head_says_the_same(
    questions: list[squad.Question], tiny_model: Model, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    net = qa.with_additions(tiny_model)
    before = {name: one.clone() for name, one in net.named_parameters() if not one.requires_grad}
    batches = qa.Batches(questions, tiny_model, size=4)
    assert all(torch.equal(one, batches(5)[name]) for name, one in batches(5).items())
    tuned = [one for one in net.parameters() if one.requires_grad]
    steps = list(train(qa.Objective(net), (tuned,), batches, PLAN, tmp_path / "work"))
    assert np.mean([step.told["loss"] for step in steps[-4:]]) < np.mean([step.told["loss"] for step in steps[:4]]) / 2
    frozen = dict(net.named_parameters())
    assert all(torch.equal(one, frozen[name]) for name, one in before.items())
    qa.save(net, tiny_model, tmp_path / "head", {"program": "training.qa"})
    head = answerer.opened(tiny_model, tmp_path / "head", "qa-en")
    cuts = [cut for one in questions for cut in answering.windows(*answering.pair(tiny_model, one.text, one.passage))]
    batch = dict(zip(("ids", "mask", "type_ids"), reading.pair_tensors(tiny_model, cuts), strict=True))
    with torch.no_grad():
        scores = net.eval()(**batch)[batch["mask"]]
    _, again = head.read(batch["ids"], batch["mask"], batch["type_ids"])
    assert torch.allclose(scores, again[batch["mask"]], atol=0.02 * float(scores.abs().max())), "but for 16 bits"
    found = qa.measured(head, questions)
    assert found["f1_mixed"] > 0.4 > found["chance_mixed"] and 0 <= found["exact"] <= 1
    plain = tiny_model.hidden_states(batch["ids"], batch["mask"], batch["type_ids"])
    head.read(batch["ids"], batch["mask"], batch["type_ids"])
    again = tiny_model.hidden_states(batch["ids"], batch["mask"], batch["type_ids"])
    assert torch.equal(plain, again), "the model that others read is what it was"


def test_a_head_made_for_other_weights_is_refused(tiny_model: Model, tmp_path: Path) -> None:
    qa.save(qa.with_additions(tiny_model), tiny_model, tmp_path, {})
    settings = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(settings | {"body": "another"}), encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="model_damaged"):
        answerer.opened(tiny_model, tmp_path, "qa-en")
    with pytest.raises(ModelUnavailable, match="answerer_missing"):
        answerer.opened(tiny_model, tmp_path / "nothing", "qa-en")


def test_the_embedded_model_s_additions_are_small(mini_mbert: Model) -> None:
    tuned = [one for one in qa.with_additions(mini_mbert).parameters() if one.requires_grad]
    assert sum(one.numel() for one in tuned) * 2 < 8_000_000, "bytes in fp16"
