"""Train a head that answers questions: where in a passage an answer starts and where it ends.

    python -m training.qa --sets FILE [FILE …] --work DIR --out DIR [--model DIR] [--questions N]
    python -m training.qa --measure FILE [FILE …] --out DIR

Sets are in SQuAD's form (.json or .json.xz). The body's weights stay as they are; every layer's matrices get a low-rank
addition (LoRA: Hu et al. 2021), which is what is kept, with the two vectors S and E (Devlin et al. 2019, §4.2) and the
checksum of the body. A passage that is too long is read in windows that overlap; a window without the answer has both
its ends at [CLS]. `--measure` answers the questions of other sets and prints F1 and exact match.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.nn.utils import parametrize

from explorer import paths
from explorer.errors import Told
from explorer.learning.heads import SpanHead
from explorer.learning.trainable import Trainable, trainable
from explorer.models.network.model import Model
from training import corpus, finish
from training.loop import Plan, train, watched

RANK, SCALE = 16, 2.0  # of the addition: at most so many dimensions; how strongly it counts
WINDOW, OVERLAP = 256, 128  # tokens of a window, question included; of two neighbouring ones that are the same
ELSEWHERE = 0.1  # of the batches' windows are some that do not hold the answer, where a passage has such
QUESTION, LONGEST = 64, 30  # tokens of a question, and of an answer
AT_ONCE = 16  # windows read together in measuring
CLS = 0  # the place of [CLS] in a window


@dataclass(frozen=True)
class Question:
    """A question about a passage; `start` is where its first answer stands, in characters."""

    text: str
    passage: str
    start: int
    answers: tuple[str, ...]


class LowRank(nn.Module):
    """W + SCALE · B A, with A[rank, in] drawn and B[out, rank] zero: in the beginning nothing is added."""

    def __init__(self, matrix: Tensor, rank: int = RANK) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.randn(rank, matrix.shape[1]) / math.sqrt(matrix.shape[1]))
        self.b = nn.Parameter(torch.zeros(matrix.shape[0], rank))

    def forward(self, matrix: Tensor) -> Tensor:
        return matrix + SCALE * (self.b @ self.a)


class Objective(nn.Module):
    """The loss of a batch of windows, and how often both ends are right."""

    def __init__(self, net: Trainable) -> None:
        super().__init__()
        self.net = net

    def forward(self, **batch: Tensor) -> dict[str, Tensor]:
        scores = self.net(batch["ids"], batch["mask"], batch["type_ids"])
        right = (scores.argmax(1) == batch["labels"]).all(-1).float().mean()
        return {"loss": self.net.head.loss(scores, batch["labels"]), "right": right}


@dataclass
class Batches:
    """`batches(n)`: the n-th batch of windows, always the same for the same seed."""

    questions: Sequence[Question]
    cutter: Any
    size: int
    seed: int = 0

    def __call__(self, number: int) -> dict[str, Tensor]:
        """ids, mask, type_ids [B, L] and labels [B, 2]."""
        rng = np.random.default_rng((self.seed, number))
        drawn = rng.choice(len(self.questions), min(self.size, len(self.questions)), replace=False)
        windows = [self._window(self.questions[n], rng) for n in drawn]
        return batched([window for window, _ in windows]) | {"labels": torch.tensor([label for _, label in windows])}

    def _window(self, question: Question, rng: np.random.Generator) -> tuple[Window, tuple[int, int]]:
        windows = cut(self.cutter, question)
        labels = [labelled(window, question) for window in windows]
        inside = [n for n, label in enumerate(labels) if label != (CLS, CLS)]
        outside = [n for n, label in enumerate(labels) if label == (CLS, CLS)]
        chosen = outside if outside and (not inside or rng.random() < ELSEWHERE) else inside
        n = int(rng.choice(chosen))
        return windows[n], labels[n]


@dataclass(frozen=True)
class Window:
    """[CLS] question [SEP] a part of the passage [SEP]; places[n]: the (start, end) of a token in the passage, in
    characters, (−1, −1) for one that is none of it."""

    ids: list[int]
    type_ids: list[int]
    places: list[tuple[int, int]]


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    from transformers import AutoTokenizer

    cutter = AutoTokenizer.from_pretrained(options.model)
    model = finish.body(options.model)
    net = with_additions(model, options.seed)
    if options.sets:
        questions = [one for path in options.sets for one in read(path)]
        steps = max(1, options.questions // options.batch)
        plan = Plan(steps=steps, rates=(options.rate,), average=options.average, save_every=options.save_every)
        weights = [one for one in net.parameters() if one.requires_grad]
        batches = Batches(questions, cutter, options.batch, options.seed)
        accelerator = Accelerator(mixed_precision=options.precision)
        last = watched(train(Objective(net), (weights,), batches, plan, options.work, accelerator), plan)
        save(net, model, options.out, finish.facts("training.qa", options, options.sets, plan, last))
    else:
        put_in(net, options.out, model.info.revision)
    for path in options.measure:
        told = {name: f"{value:.4f}" for name, value in measured(net, cutter, read(path)).items()}
        print(path.name, told, flush=True)


def read(path: Path) -> list[Question]:
    """The questions of a set, in its order. Raises ValueError where an answer does not stand where it is said to."""
    text = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    found = []
    for article in json.loads(text)["data"]:
        for paragraph in article["paragraphs"]:
            passage = paragraph["context"]
            for one in paragraph["qas"]:
                answers = [(answer["text"], int(answer["answer_start"])) for answer in one["answers"]]
                first, start = answers[0]
                if not passage.startswith(first, start):
                    raise ValueError(f"{path.name}: {one['id']}: the answer stands elsewhere")
                found.append(Question(one["question"], passage, start, tuple(text for text, _ in answers)))
    return found


def with_additions(model: Model, seed: int = 0) -> Trainable:
    """A frozen copy of the body whose matrices have low-rank additions, and the head; these two learn."""
    net = trainable(model, lambda: SpanHead(model.d_model), tune="head", seed=seed)
    for module in list(net.body.modules()):
        if isinstance(module, nn.Linear):
            parametrize.register_parametrization(module, "weight", LowRank(module.weight))
    return net


def cut(cutter: Any, question: Question) -> list[Window]:
    """The windows of a question (its first QUESTION tokens) and its passage."""
    asked = cutter(
        question.text, truncation=True, max_length=QUESTION, add_special_tokens=False, return_offsets_mapping=True
    )
    text = question.text[: asked["offset_mapping"][-1][1]] if asked["offset_mapping"] else ""
    found = cutter(
        text, question.passage, truncation="only_second", max_length=WINDOW, stride=OVERLAP,
        return_overflowing_tokens=True, return_offsets_mapping=True, return_token_type_ids=True,
    )  # fmt: skip
    windows = []
    for n, ids in enumerate(found["input_ids"]):
        whose = found.sequence_ids(n)
        places = [place if of == 1 else (-1, -1) for place, of in zip(found["offset_mapping"][n], whose, strict=True)]
        windows.append(Window(ids, found["token_type_ids"][n], places))
    return windows


def labelled(window: Window, question: Question) -> tuple[int, int]:
    """First and last token of the answer; (CLS, CLS) where the window does not hold all of it."""
    start, end = question.start, question.start + len(question.answers[0])
    inside = [n for n, (low, high) in enumerate(window.places) if low >= 0 and low < end and high > start]
    if not inside or window.places[inside[0]][0] > start or window.places[inside[-1]][1] < end:
        return CLS, CLS
    return inside[0], inside[-1]


def batched(windows: Sequence[Window]) -> dict[str, Tensor]:
    """ids, mask, type_ids [B, L]."""
    return {
        "ids": corpus.padded([window.ids for window in windows], 0),
        "mask": corpus.padded([[1] * len(window.ids) for window in windows], 0).bool(),
        "type_ids": corpus.padded([window.type_ids for window in windows], 0),
    }


def answers(net: Trainable, cutter: Any, questions: Iterable[Question]) -> Iterator[str]:
    """What the head says to each question: of all windows the span whose two raw scores have the largest sum."""
    net.eval()
    for question in questions:
        windows, best, said = cut(cutter, question), -math.inf, ""
        for first in range(0, len(windows), AT_ONCE):
            some = windows[first : first + AT_ONCE]
            with torch.no_grad():
                scores = net(**batched(some))
            for window, of_window in zip(some, scores, strict=True):
                score, low, high = best_span(of_window, window)
                if score > best:
                    best, said = score, question.passage[low:high]
        yield said


def best_span(scores: Tensor, window: Window) -> tuple[float, int, int]:
    """The largest sum of a start's and an end's score, and the span in characters; only tokens of the passage, in
    order, at most LONGEST of them."""
    passage = torch.tensor([low >= 0 for low, _ in window.places])
    scores = scores[: len(passage)].masked_fill(~passage[:, None], -math.inf)
    sums = scores[:, 0, None] + scores[None, :, 1]
    allowed = torch.ones_like(sums, dtype=torch.bool).triu().tril(LONGEST - 1)
    at = int(sums.masked_fill(~allowed, -math.inf).argmax())
    start, end = divmod(at, len(passage))
    return float(sums[start, end]), window.places[start][0], window.places[end][1]


def measured(net: Trainable, cutter: Any, questions: Sequence[Question]) -> dict[str, float]:
    """F1 over words (as SQuAD's own script counts), over characters, and exact match; each the best of the answers."""
    said = list(answers(net, cutter, questions))
    rows = {"f1_words": words, "f1_characters": characters}
    found = {
        name: float(np.mean([max(f1(cut_up(one), cut_up(right)) for right in question.answers)
                             for one, question in zip(said, questions, strict=True)]))
        for name, cut_up in rows.items()
    }  # fmt: skip
    exact = [any(words(one) == words(right) for right in question.answers)
             for one, question in zip(said, questions, strict=True)]  # fmt: skip
    return found | {"exact": float(np.mean(exact))}


def words(text: str) -> list[str]:
    """Lower case, without punctuation and English articles (SQuAD's evaluate-v1.1)."""
    bare = "".join(sign for sign in text.lower() if sign not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def characters(text: str) -> list[str]:
    """Its letters and digits, one by one."""
    return [sign for sign in text.lower() if sign.isalnum()]


def f1(said: Sequence[str], right: Sequence[str]) -> float:
    """The harmonic mean of precision and recall over what both have in common; two empty ones agree."""
    if not said or not right:
        return float(list(said) == list(right))
    common = sum((Counter(said) & Counter(right)).values())
    return 2 * common / (len(said) + len(right))


def save(net: Trainable, model: Model, out: Path, facts: dict[str, Any]) -> None:
    """Additions and head in fp16, and what they were made for and how."""
    tuned = {name: one for name, one in net.named_parameters() if one.requires_grad}
    finish.save_companion(tuned, model, out, {"rank": RANK, "scale": SCALE}, facts)


def put_in(net: Trainable, folder: Path, body: str) -> None:
    """What `save` wrote, into a net of the same body. Raises Told("head_other_model")."""
    from safetensors.torch import load_file

    if json.loads((folder / "config.json").read_text(encoding="utf-8"))["body"] != body:
        raise Told("head_other_model")
    tuned = load_file(folder / "model.safetensors")
    with torch.no_grad():
        for name, one in net.named_parameters():
            if one.requires_grad:
                one.copy_(tuned[name])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.qa", description=__doc__)
    parser.add_argument("--sets", type=Path, nargs="+", default=[], metavar="FILE", help="questions to learn from")
    parser.add_argument("--measure", type=Path, nargs="+", default=[], metavar="FILE", help="questions to be asked")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the head's folder")
    parser.add_argument("--work", type=Path, metavar="DIR", help="checkpoints are kept there (with --sets)")
    parser.add_argument("--model", type=Path, default=paths.MODELS / "mini-mbert", metavar="DIR")
    parser.add_argument("--questions", type=int, default=21_600, help="to read, with those drawn again")
    parser.add_argument("--batch", type=int, default=12, help="questions of a batch")
    parser.add_argument("--rate", type=float, default=6e-4, help="learning rate at its height")
    parser.add_argument("--average", type=float, default=0.99, help="of the weights that are kept, the older part")
    parser.add_argument("--save-every", type=int, default=200, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="of the processor")
    parser.add_argument("--seed", type=int, default=0)
    on_gpu = torch.cuda.is_available()
    parser.add_argument("--precision", choices=("no", "bf16"), default="bf16" if on_gpu else "no")
    options = parser.parse_args()
    if options.sets and options.work is None:
        parser.error("--sets needs --work")
    return options


if __name__ == "__main__":
    main()
