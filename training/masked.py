"""Train the masked model on: words covered and guessed, and whether a second piece of text follows the first.

    python -m training.masked --text DIR --work DIR --out DIR [--model DIR] [--tokens N] [--parallel FILE …]

`--text` holds <lang>.txt.xz, a paragraph a line; `--work` keeps the tokens and the checkpoints, so that a run that was
interrupted goes on where it stood, with the same losses; `--out` gets the model. Starts from `--model`: training.base's
result, or the embedded weights. Runs on what accelerate finds: a processor, a GPU, several (accelerate launch -m
training.masked …). Of the tokens 20 % are asked for; of these 80 % are covered, 10 % replaced, 10 % kept (Devlin et
al. 2019, who ask for 15 %). `--parallel` adds sentences that say the same in two languages, whose means in a middle
layer are drawn together (InfoNCE, van den Oord et al. 2018), lightly. It knows nothing of the test sets.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer import paths
from training import corpus, finish
from training.corpus import Corpus
from training.loop import train, watched

SHARES = {"zh": 0.52, "en": 0.20, "fr": 0.07, "de": 0.07, "es": 0.07, "ja": 0.07}
COVERED, MASKED, REPLACED = 0.20, 0.8, 0.1
MOST = 141  # tokens of a text beside [CLS] and two [SEP]
SWAPPED = 0.5  # of the pairs: the second half of another paragraph
BATCHES = 16  # of one drawing of examples, which is sorted by length and cut into so many
TYPICAL = 80  # tokens of an example, to know how many to draw
NONE = -100  # no label here
PAD, CLS, SEP = 0, 2, 3
LAYER, TEMPERATURE = 5, 0.05  # where sentences of several languages meet, and how sharply they are told apart
Example = tuple[NDArray[np.uint16], NDArray[np.uint16], int]  # first text, second text, swapped


def main() -> None:
    from accelerate import Accelerator
    from transformers import AutoTokenizer, BertForPreTraining

    options = _options()
    torch.set_num_threads(options.threads)
    cutter = AutoTokenizer.from_pretrained(options.model)
    net = BertForPreTraining.from_pretrained(options.model, dtype=torch.float32, attn_implementation=options.attention)
    corpora = corpus.prepare(options.text, cutter, options.work, SHARES)
    pairs = parallel(options.parallel, cutter)
    batches = Batches(corpora, len(cutter), cutter.mask_token_id, options.batch, options.seed, pairs)
    accelerator = Accelerator(mixed_precision=options.precision)
    plan = finish.plan(options, options.batch * accelerator.num_processes, (options.rate, options.head_rate))
    objective = Objective(net, options.next, options.contrast)
    steps = train(objective, objective.groups(), batches, plan, options.work, accelerator)
    last = watched(steps, plan, silent=not accelerator.is_main_process)
    if accelerator.is_main_process:
        texts = [*sorted(options.text.glob(f"*{corpus.SUFFIX}")), *options.parallel]
        finish.save(net, cutter, options.out, finish.facts("training.masked", options, texts, plan, last))
        print(f"{options.out}: done", flush=True)


@dataclass
class Batches:
    """`batches(n)`: the n-th batch, of about `size` tokens padding included, always the same for the same seed."""

    corpora: Mapping[str, Corpus]
    vocabulary: int
    mask_id: int
    size: int
    seed: int = 0
    parallel: Sequence[tuple[list[int], list[int]]] = ()
    _drawn: tuple[int, list[list[Example]]] = field(default=(-1, []), repr=False)

    def __call__(self, number: int) -> dict[str, Tensor]:
        """ids, types, mask and labels [B, L], swapped [B] (NONE: one text), and of parallel sentences a_ids, a_mask,
        b_ids, b_mask."""
        drawing, at = divmod(number, BATCHES)
        if self._drawn[0] != drawing:
            self._drawn = drawing, self._draw(drawing)
        return self._cover(self._drawn[1][at], np.random.default_rng((self.seed, 1, number)))

    def _draw(self, drawing: int) -> list[list[Example]]:
        """BATCHES groups of examples (first text, second text, swapped) of like length and about `size` tokens each."""
        rng = np.random.default_rng((self.seed, 0, drawing))
        wanted = max(1, BATCHES * self.size // TYPICAL)
        examples = sorted((self._example(rng) for _ in range(wanted)), key=lambda one: len(one[0]) + len(one[1]))
        reached = np.cumsum([len(a) + len(b) + 3 for a, b, _ in examples])
        cuts = np.searchsorted(reached, reached[-1] * np.arange(1, BATCHES) / BATCHES)
        groups = [examples[low:high] or examples[:1] for low, high in pairwise([0, *cuts, wanted])]
        return [groups[n] for n in rng.permutation(BATCHES)]

    def _example(self, rng: np.random.Generator) -> Example:
        source = corpus.language_of(rng, self.corpora, SHARES)
        first, last = source.window(rng, MOST)
        if last - first == 1:
            return source.of(first, last)[:MOST], source.of(0, 0), NONE
        middle = int(rng.integers(first + 1, last))
        a, b = source.of(first, middle), source.of(middle, last)
        swapped = bool(rng.random() < SWAPPED)
        if swapped:
            b = source.of(*source.window(rng, MOST - len(a)))
        return a, b[: MOST - len(a)], int(swapped)

    def _cover(self, group: list[Example], rng: np.random.Generator) -> dict[str, Tensor]:
        rows = [[CLS, *a, SEP, *b, *([SEP] if len(b) else [])] for a, b, _ in group]
        length = max(map(len, rows))
        original = np.array([row + [PAD] * (length - len(row)) for row in rows], dtype=np.int64)
        mask = np.arange(length)[None] < np.array([len(row) for row in rows])[:, None]
        types = (np.arange(length)[None] >= np.array([len(a) + 2 for a, _, _ in group])[:, None]) & mask
        asked = (rng.random(original.shape) < COVERED) & (original > self.mask_id)
        draw = rng.random(original.shape)
        ids = np.where(asked & (draw < MASKED), self.mask_id, original)
        other = rng.integers(self.mask_id + 1, self.vocabulary, original.shape)
        ids = np.where(asked & (draw >= MASKED) & (draw < MASKED + REPLACED), other, ids)
        found = {
            "ids": torch.from_numpy(ids),
            "types": torch.from_numpy(types.astype(np.int64)),
            "mask": torch.from_numpy(mask.astype(np.int64)),
            "labels": torch.from_numpy(np.where(asked, original, NONE)),
            "swapped": torch.tensor([swapped for _, _, swapped in group]),
        }
        if self.parallel:
            chosen = rng.choice(len(self.parallel), min(len(group), len(self.parallel)), replace=False)
            for side, name in enumerate("ab"):
                found |= _padded([self.parallel[n][side] for n in chosen], name)
        return found


class Objective(nn.Module):
    """The losses of a batch: words, second texts (weighted by `next`), parallel sentences (by `contrast`)."""

    def __init__(self, net: Any, next: float = 0.3, contrast: float = 0.1) -> None:
        super().__init__()
        self.net, self.next, self.contrast = net, next, contrast

    def forward(self, **batch: Tensor) -> dict[str, Tensor]:
        read = self.net.bert(batch["ids"], attention_mask=batch["mask"], token_type_ids=batch["types"])
        asked = batch["labels"] != NONE
        scores = self.net.cls.predictions(read.last_hidden_state[asked]).float()
        answers = batch["labels"][asked]
        words = nn.functional.cross_entropy(scores, answers)
        follows = self.net.cls.seq_relationship(read.pooler_output).float()
        judged = batch["swapped"] != NONE
        second = nn.functional.cross_entropy(follows[judged], batch["swapped"][judged]) if judged.any() else words * 0
        found = {"loss": words + self.next * second, "words": words, "next": second}
        if "a_ids" in batch:
            found["parallel"] = self._apart(batch)
            found["loss"] = found["loss"] + self.contrast * found["parallel"]
        return found | {"right": (scores.argmax(-1) == answers).float().mean()}

    def _apart(self, batch: Mapping[str, Tensor]) -> Tensor:
        """InfoNCE both ways over the batch's pairs: the other sentences are the wrong answers."""
        a, b = (self._mean(batch[f"{side}_ids"], batch[f"{side}_mask"]) for side in "ab")
        alike = a @ b.T / TEMPERATURE
        own = torch.arange(len(a), device=a.device)
        return (nn.functional.cross_entropy(alike, own) + nn.functional.cross_entropy(alike.T, own)) / 2

    def _mean(self, ids: Tensor, mask: Tensor) -> Tensor:
        states = self.net.bert(ids, attention_mask=mask, output_hidden_states=True).hidden_states[LAYER].float()
        seen = mask[:, :, None]
        return nn.functional.normalize((states * seen).sum(1) / seen.sum(1), dim=-1)

    def groups(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """The body, and the heads that are new on a fresh base. The output vectors are the body's word vectors."""
        heads = dict(self.net.cls.named_parameters()) | dict(self.net.bert.pooler.named_parameters())
        new = {id(one) for one in heads.values()} - {id(self.net.get_input_embeddings().weight)}
        every = list(self.net.parameters())
        return [one for one in every if id(one) not in new], [one for one in every if id(one) in new]


def parallel(files: Sequence[Path], cutter: Any) -> list[tuple[list[int], list[int]]]:
    """The pairs of `files` (a sentence, a tab, its translation; .xz) as token ids with their special tokens."""
    lines = [line.split("\t")[:2] for path in files for line in corpus.lines(path) if line.count("\t")]
    if not lines:
        return []
    left, right = (cutter([line[n] for line in lines], truncation=True, max_length=MOST)["input_ids"] for n in (0, 1))
    return list(zip(left, right, strict=True))


def _padded(rows: list[list[int]], name: str) -> dict[str, Tensor]:
    length = max(map(len, rows))
    ids = torch.tensor([row + [PAD] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
    return {f"{name}_ids": ids, f"{name}_mask": mask}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.masked", description=__doc__)
    finish.arguments(parser)
    parser.add_argument("--model", type=Path, default=paths.MODELS / "mini-mbert", metavar="DIR")
    parser.add_argument("--rate", type=float, default=3e-4, help="learning rate of the body at its height")
    parser.add_argument("--head-rate", type=float, default=1e-3, help="of the heads")
    parser.add_argument("--next", type=float, default=0.3, help="weight of the second-text loss")
    parser.add_argument("--parallel", type=Path, nargs="*", default=[], metavar="FILE", help="pairs, .tsv.xz")
    parser.add_argument("--contrast", type=float, default=0.1, help="weight of the loss over parallel sentences")
    return parser.parse_args()


if __name__ == "__main__":
    main()
