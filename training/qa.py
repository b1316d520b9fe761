"""Train a head that answers questions: where in a passage an answer starts and where it ends.

    python -m training.qa --sets FILE [FILE …] --work DIR --out DIR [--model DIR] [--questions N]
    python -m training.qa --measure FILE [FILE …] --out DIR

Sets are in SQuAD's form (.json or .json.xz). The body's weights stay as they are; every layer's matrices get a low-rank
addition (LoRA: Hu et al. 2021), which is what is kept, with the two vectors S and E (Devlin et al. 2019, §4.2) and the
checksum of the body. A passage that is too long is read in windows that overlap, as the page reads it; a window without
the answer has both its ends at [CLS]. `--measure` answers the questions of other sets and prints F1 and exact match.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from explorer import paths
from explorer.content import squad
from explorer.content.squad import Question
from explorer.lab import answering
from explorer.lab.answering import Cut
from explorer.lab.reading import pair_tensors
from explorer.lab.types import answer_scores
from explorer.lab.types.answering import AskedPassage, ExamResult
from explorer.lab.types.core import Tokens
from explorer.learning.additions import add
from explorer.learning.heads import SpanHead
from explorer.learning.trainable import Trainable, trainable
from explorer.models.network import answerer
from explorer.models.network.answerer import Answerer
from explorer.models.network.model import Model
from training import finish
from training.loop import Plan, train, watched

RANK, SCALE = 16, 2.0  # of the addition: at most so many dimensions; how strongly it counts
ALIKE = 8  # batches that are drawn together and sorted by length
ELSEWHERE = 0.1  # of the batches' windows are some that do not hold the answer, where a passage has such
CLS = 0  # the place of [CLS] in a window


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
    model: Model
    size: int
    seed: int = 0
    _last: tuple[int, list[list[tuple[Cut, tuple[int, int]]]]] | None = field(default=None, init=False)

    def __call__(self, number: int) -> dict[str, Tensor]:
        """ids, mask, type_ids [B, L] and labels [B, 2]; windows of about one length, so that little is padding."""
        together, which = divmod(number, ALIKE)
        windows = self._drawn(together)[which]
        ids, mask, types = pair_tensors(self.model, [window for window, _ in windows])
        return {"ids": ids, "mask": mask, "type_ids": types} | {"labels": torch.tensor([label for _, label in windows])}

    def _drawn(self, together: int) -> list[list[tuple[Cut, tuple[int, int]]]]:
        """ALIKE batches that were drawn together, in any order."""
        if self._last is None or self._last[0] != together:
            rng = np.random.default_rng((self.seed, together))
            count = ALIKE * self.size
            drawn = rng.choice(len(self.questions), count, replace=len(self.questions) < count)
            windows = [self._window(self.questions[n], rng) for n in drawn]
            windows.sort(key=lambda one: len(one[0].ids))
            batches = [windows[n : n + self.size] for n in range(0, count, self.size)]
            self._last = together, [batches[n] for n in rng.permutation(ALIKE)]
        return self._last[1]

    def _window(self, question: Question, rng: np.random.Generator) -> tuple[Cut, tuple[int, int]]:
        tokens, first = answering.pair(self.model, question.text, question.passage)
        windows = answering.windows(tokens, first)
        labels = [labelled(window, tokens, question) for window in windows]
        inside = [n for n, label in enumerate(labels) if label != (CLS, CLS)]
        outside = [n for n, label in enumerate(labels) if label == (CLS, CLS)]
        chosen = outside if outside and (not inside or rng.random() < ELSEWHERE) else inside
        n = int(rng.choice(chosen))
        return windows[n], labels[n]


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    model = finish.body(options.model)
    if options.sets:
        net = with_additions(model, options.seed)
        questions = [one for path in options.sets for one in squad.read(path) if one.start >= 0]
        steps = max(1, options.questions // options.batch)
        plan = Plan(steps=steps, rates=(options.rate,), average=options.average, save_every=options.save_every)
        weights = [one for one in net.parameters() if one.requires_grad]
        batches = Batches(questions, model, options.batch, options.seed)
        accelerator = Accelerator(mixed_precision=options.precision)
        last = watched(train(Objective(net), (weights,), batches, plan, options.work, accelerator), plan)
        save(net, model, options.out, finish.facts("training.qa", options, options.sets, plan, last))
    for path in options.measure:
        head = answerer.opened(model, options.out, options.out.name)
        told = {name: f"{value:.4f}" for name, value in measured(head, squad.read(path)).items()}
        print(path.name, told, flush=True)


def with_additions(model: Model, seed: int = 0) -> Trainable:
    """A frozen copy of the body whose matrices have low-rank additions, and the head; these two learn."""
    net = trainable(model, lambda: SpanHead(model.d_model), tune="head", seed=seed)
    add(net.body, RANK, SCALE)
    return net


def labelled(window: Cut, tokens: Tokens, question: Question) -> tuple[int, int]:
    """First and last token of the answer in the window; (CLS, CLS) where it does not hold all of it."""
    shift = len(question.text) + 1
    start, end = question.start + shift, question.start + len(question.answers[0]) + shift
    places = tokens.offsets[window.offset + window.first : window.offset + window.first + window.count]
    inside = [n for n, (low, high) in enumerate(places) if low < end and high > start]
    if not inside or places[inside[0]][0] > start or places[inside[-1]][1] < end:
        return CLS, CLS
    return window.offset + inside[0], window.offset + inside[-1]


def measured(head: Answerer, questions: Sequence[Question]) -> dict[str, float]:
    """F1 over words (SQuAD's own script), with 汉字 and kana one by one, exact match; each the best of the answers."""
    asked = [AskedPassage(one.passage, ((one.text, one.answers),)) for one in questions]
    *_, found = answering.examined(head, asked)
    assert isinstance(found, ExamResult)
    marks = {"f1_words": found.f1_words, "f1_mixed": found.f1_mixed, "exact": found.exact}
    return {name: float(one.mean()) for name, one in marks.items()} | {
        f"chance_{unit}": p for unit, p in zip(answer_scores.UNITS, found.by_chance, strict=True)
    }


def save(net: Trainable, model: Model, out: Path, facts: dict[str, Any]) -> None:
    """Additions and head in fp16, and what they were made for and how."""
    tuned = {name: one for name, one in net.named_parameters() if one.requires_grad}
    finish.save_companion(tuned, model, out, {"rank": RANK, "scale": SCALE}, facts)


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
