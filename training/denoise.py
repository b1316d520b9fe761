"""Train a decoder that restores broken texts: the encoder is a masked model as it is, frozen and shared.

    python -m training.denoise --text DIR --work DIR --out DIR [--model DIR] [--steps N]

`--text` holds <lang>.txt.xz, a paragraph a line; `--work` keeps tokens and checkpoints, so that an interrupted run goes
on where it stood. The decoder starts from layers of the body (its attention to the encoder from their attention to
themselves: Rothe, Narayan & Severyn 2020) and learns to say the sentence as it was, in whichever of BART's five ways it
was broken. The head's matrix is the body's and stays as it is. Scores are compared over common words and those of the
batch, and in the last part of the run over the whole vocabulary. It knows nothing of the test sentences.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer import paths
from explorer.errors import Told
from explorer.lab.breaking import break_up
from explorer.lab.types.breaking import Breakage
from explorer.models.network.denoiser import Decoder, OwnRestorer
from explorer.models.network.model import Model
from training import corpus, finish
from training.corpus import Corpus
from training.loop import Plan, train, watched

SHARES = {"zh": 0.55, "en": 0.45}
WAYS = {"mask": 0.14, "delete": 0.18, "permute": 0.28, "rotate": 0.18, "infill": 0.2, "": 0.02}  # "": as it was
RATES, SPANS, PIECES = (0.1, 0.3), (1.0, 4.0), (3, 3, 3, 2, 4, 5)  # drawn from; three pieces most often
FEWEST, MOST = 5, 40  # tokens of a sentence
BATCHES = 16  # of one drawing of sentences, which is sorted by length and cut into so many
TYPICAL = 22  # tokens of a sentence, to know how many to draw
COMMON = 6_000  # words that are compared in every batch
WHOLE = 0.15  # of the steps, the last ones: compared over the whole vocabulary
PAD, CLS, SEP, NONE = 0, 2, 3, -100
LAYERS = (0, 5, 11)  # of the body, from 0: what the decoder's layers start from


def main() -> None:
    from transformers import AutoTokenizer

    options = _options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    cutter = AutoTokenizer.from_pretrained(options.model)
    model = finish.body(options.model)
    corpora = corpus.prepare(options.text, cutter, options.work, SHARES)
    steps = options.steps
    batches = Batches(
        corpora, begins(cutter), cutter.mask_token_id, options.batch, round(steps * (1 - WHOLE)), options.seed
    )
    decoder = Decoder(_layer_settings(model), len(LAYERS), tuple(options.reads))
    decoder.begin_from(model, LAYERS)
    objective = Objective(model, decoder, common(corpora))
    plan = Plan(steps=steps, rates=(options.rate,), average=options.average, save_every=options.save_every)
    accelerator = Accelerator(mixed_precision=options.precision)
    last = watched(train(objective, (list(decoder.parameters()),), batches, plan, options.work, accelerator), plan)
    texts = [options.text / f"{lang}{corpus.SUFFIX}" for lang in corpora]
    facts = finish.facts("training.denoise", options, texts, plan, last)
    save(model, decoder, options.out, facts)
    print(f"{options.out}: done", flush=True)


def begins(cutter: Any) -> NDArray[np.bool_]:
    """[V]: whether a token begins a word (not: goes on with one)."""
    found = np.ones(len(cutter), dtype=bool)
    for piece, number in cutter.get_vocab().items():
        found[number] = not piece.startswith("##")
    return found


def common(corpora: Mapping[str, Corpus]) -> Tensor:
    """The ids of the tokens that occur most, ascending."""
    counts = sum(np.bincount(one.tokens, minlength=1 << 16) for one in corpora.values())
    most = np.argsort(-counts)[:COMMON]
    return torch.from_numpy(np.sort(most[counts[most] > 0]))


@dataclass
class Batches:
    """`batches(n)`: the n-th batch, of about `size` tokens to be said, always the same for the same seed; from batch
    `whole` on it asks for the whole vocabulary."""

    corpora: Mapping[str, Corpus]
    begins: NDArray[np.bool_]
    mask_id: int
    size: int
    whole: int
    seed: int = 0
    _drawn: tuple[int, list[list[NDArray[np.uint16]]]] = field(default=(-1, []), repr=False)

    def __call__(self, number: int) -> dict[str, Tensor]:
        """ids and mask [B, S] of broken texts, said and labels [B, T], whole [1]."""
        drawing, at = divmod(number, BATCHES)
        if self._drawn[0] != drawing:
            self._drawn = drawing, self._draw(drawing)
        rng = np.random.default_rng((self.seed, 1, number))
        rows = [self._break(sentence.tolist(), rng) for sentence in self._drawn[1][at]]
        ids = corpus.padded([[CLS, *shown, SEP] for shown, _ in rows], PAD)
        mask = corpus.padded([[1] * (len(shown) + 2) for shown, _ in rows], 0)
        said = corpus.padded([[CLS, *target] for _, target in rows], PAD)
        labels = corpus.padded([[*target, SEP] for _, target in rows], NONE)
        return {"ids": ids, "mask": mask, "said": said, "labels": labels, "whole": torch.tensor([number >= self.whole])}

    def _draw(self, drawing: int) -> list[list[NDArray[np.uint16]]]:
        rng = np.random.default_rng((self.seed, 0, drawing))
        wanted = max(BATCHES, BATCHES * self.size // TYPICAL)
        sentences = sorted((self._sentence(rng) for _ in range(wanted)), key=len)
        reached = np.cumsum([len(one) for one in sentences])
        cuts = np.searchsorted(reached, reached[-1] * np.arange(1, BATCHES) / BATCHES)
        groups = [sentences[low:high] or sentences[:1] for low, high in pairwise([0, *cuts, wanted])]
        return [groups[n] for n in rng.permutation(BATCHES)]

    def _sentence(self, rng: np.random.Generator) -> NDArray[np.uint16]:
        source = corpus.language_of(rng, self.corpora, SHARES)
        while True:
            first = int(rng.integers(len(source.ends) - 1))
            found = source.of(first, first + 1)
            if FEWEST <= len(found) <= MOST:
                return found

    def _break(self, ids: list[int], rng: np.random.Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
        kind = str(rng.choice(list(WAYS), p=list(WAYS.values())))
        how = Breakage(
            kind,
            rate=float(rng.uniform(*RATES)),
            span=float(rng.uniform(*SPANS)),
            pieces=int(rng.choice(PIECES)),
            seed=int(rng.integers(1 << 31)),
        )
        if kind:
            try:
                broken = break_up(ids, self.begins[ids].tolist(), how, self.mask_id)
                return broken.shown, broken.target
            except Told:  # too few words for it
                pass
        return tuple(ids), tuple(ids)


class Frozen:
    """What the objective reads and never changes; a copy of the objective (the average of its weights) shares it."""

    def __init__(self, model: Model, decoder: Decoder, common: Tensor) -> None:
        self.reader = OwnRestorer(model, decoder, CLS, SEP)
        with torch.inference_mode(False):
            self.matrix, self.bias = model.output_matrix(), model._matrix.bias.detach().float().clone()
        self.common = common

    def __deepcopy__(self, memo: object) -> Frozen:
        return self


class Objective(nn.Module):
    """The loss of a batch: cross-entropy of every token that is to be said."""

    def __init__(self, model: Model, decoder: Decoder, common: Tensor) -> None:
        super().__init__()
        self.decoder = decoder
        self._frozen = Frozen(model, decoder, common)

    def forward(self, **batch: Tensor) -> dict[str, Tensor]:
        frozen, reader = self._frozen, self._frozen.reader
        seen = batch["mask"].bool()
        memory, said = reader.read(batch["ids"], seen), reader.model.embed(batch["said"])
        labels = batch["labels"]
        states = self.decoder(said.clone(), memory.clone(), seen)[0][labels != NONE]
        answers = labels[labels != NONE]
        if bool(batch["whole"][0]):
            scores, wanted = nn.functional.linear(states, frozen.matrix, frozen.bias), answers
        else:
            chosen = torch.unique(torch.cat([frozen.common, answers]))
            scores = nn.functional.linear(states, frozen.matrix[chosen], frozen.bias[chosen])
            wanted = torch.searchsorted(chosen, answers)
        loss = nn.functional.cross_entropy(scores, wanted)
        return {"loss": loss, "right": (scores.argmax(-1) == wanted).float().mean()}


def save(model: Model, decoder: Decoder, out: Path, facts: dict[str, Any]) -> None:
    """The decoder in fp16, and what it was made for and how."""
    settings = {
        "reads": decoder.reads,
        "layers": len(LAYERS),
        "layer": _layer_settings(model),
        "begin": CLS,
        "end": SEP,
    }
    finish.save_companion(decoder.state_dict(), model, out, settings, facts)


def _layer_settings(model: Model) -> dict[str, Any]:
    return finish.layer_settings(model) | {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.denoise", description=__doc__)
    finish.arguments(parser)
    parser.set_defaults(batch=1024, average=0.998, save_every=200)
    parser.add_argument("--model", type=Path, default=paths.MODELS / "mini-mbert", metavar="DIR")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=8e-4, help="learning rate at its height")
    parser.add_argument(
        "--reads", type=int, nargs="+", default=[6, 12], help="the encoder's layers whose mean is looked at"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
