"""Figures of chapter 10, 还原: how much comes back of broken sentences, how long a step takes, whether it is exact.

A measurement imports what it needs when it runs.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from benchmarks.rows import Row, load_now

if TYPE_CHECKING:
    from explorer.lab.types.restoring import RestoreResult
    from explorer.models.network.model import Model

RESULT = ".st-key-stage-denoising"  # on the page: what it is opened for
COMMAND = "python -m benchmarks denoising {}"
STEPS = 30
SEED = 77  # of the contest: none of those that were run beforehand
KINDS = ("permute", "rotate", "mask", "delete", "infill")


def _row(id: str, figure: str, unit: str, value: float, load: float, op: str = "", target: float | None = None) -> Row:
    return Row(f"denoising.{id}", figure, unit, (value,), load, COMMAND.format(f"denoising.{id}"), op, target)


def _first_paint() -> Iterator[Row]:
    from benchmarks import browser

    return browser.first_paint("denoising", "/denoising", first=RESULT, most=1.7)


def _restored() -> Iterator[Row]:
    """The rows of evidence, each with what copying the broken text scores."""
    from explorer.evidence import denoising

    load = load_now()
    for kind in (*denoising.MOVED, *denoising.TAKEN):
        found = denoising.regained(kind)
        asked = int(found.asked.sum())
        back, copied = int(found.back.sum()) / asked, int(found.copied.sum()) / asked
        told = f"{len(found.asked)} sentences, {asked} tokens asked for, {found.skipped} sentences too short; "
        target = 0.75 if kind in denoising.MOVED else 0.2
        yield _row(f"restore_{kind}", f"{told}copying gives {copied:.3f}", "", back, load, ">=", target)
    low, _ = denoising.beats(found)
    shares = denoising.shares(found)
    told = ", ".join(f"{name} {share:.3f}" for name, share in shares.items())
    figure = f"decoder − one filled token a hole, share a sentence: lower end of the 95 % interval ({told})"
    yield _row("beats_mlm", figure, "", low, load, ">", 0)


def _step() -> Iterator[Row]:
    """One token more, with its distribution and its attention, of a text of 30 tokens."""
    import torch

    from explorer.models.network.denoiser import restorer

    load, model = load_now(), _model()
    reader = restorer(model)
    ids = torch.randint(1000, 20_000, (1, STEPS), generator=torch.Generator().manual_seed(0))
    seen = torch.ones_like(ids, dtype=torch.bool)
    memory = reader.read(ids, seen)
    took = []
    for length in range(1, STEPS + 1):
        said = ids[:, :length]
        begun = time.perf_counter()
        scores, cross = reader.looks(said, memory, seen)
        scores[-1].softmax(-1).numpy(), cross.numpy()
        took.append((time.perf_counter() - begun) * 1000)
    figure = f"a token restored with distribution and cross-attention, median of {STEPS} steps"
    yield _row("step_p50_ms", figure, "ms", statistics.median(took), load, "<=", 200)


def library(model: Model) -> tuple[Any, dict[str, Any]]:
    """The same decoder as the library builds it, with the body's word vectors and matrix; its settings."""
    from safetensors.torch import load_file
    from transformers import BertConfig, BertLMHeadModel

    from explorer.models.network import denoiser

    folder = denoiser.folder(model.info)
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    shape = model._net.config.to_dict() | {"num_hidden_layers": settings["layers"], "is_decoder": True}
    net = BertLMHeadModel(BertConfig(**(shape | {"add_cross_attention": True, "dtype": "float32"}))).eval()
    weights = dict(model._net.state_dict())
    for name, value in load_file(folder / "model.safetensors").items():
        start, rest = name.split(".", 1)
        weights[{"layers": "bert.encoder.", "head": "cls.predictions.transform."}[start] + rest] = value.float()
    net.set_attn_implementation("eager")  # the one that tells its weights
    net.load_state_dict({name: weights[name] for name in net.state_dict()})
    return net, settings


def told_by_library(model: Model, found: RestoreResult) -> Any:
    """What the library's decoder gives at every step of `found`: logits[1, T, V], and attention to the encoder."""
    import torch

    net, settings = library(model)
    with torch.no_grad():
        states = model._net.bert(torch.tensor([found.read]), output_hidden_states=True).hidden_states
        memory = torch.stack([states[layer] for layer in settings["reads"]]).mean(0)
        said = torch.tensor([[settings["begin"], *found.said][: len(found.said)]])
        return net(said, encoder_hidden_states=memory, use_cache=False, output_attentions=True)


def _exact() -> Iterator[Row]:
    """Probabilities and attention against the library's own encoder and decoder, called directly."""
    from explorer.evidence import denoising
    from explorer.lab.restoring import restore
    from explorer.lab.types.breaking import Breakage
    from explorer.lab.types.restoring import RestoreInputs

    load, model, worst = load_now(), _model(), 0.0
    for text in denoising.sentences()[:: denoising.SENTENCES // 4]:
        *_, last = restore(model, RestoreInputs(text, Breakage("permute")))
        found = cast("RestoreResult", last)
        told = told_by_library(model, found)
        p = told.logits[0].double().softmax(-1).numpy()
        ours = np.exp(found.logits - found.whole[:, None])
        worst = max(worst, float(np.abs(ours - np.take_along_axis(p, found.ids.astype(np.int64), axis=1)).max()))
        cross = np.stack([one[0].numpy() for one in told.cross_attentions])
        worst = max(worst, float(np.abs(found.cross - cross).max()))
    yield _row("exact", "largest difference of a probability or a weight, against transformers", "", worst, load,
               "<=", 1e-5)  # fmt: skip


def _model() -> Model:
    from explorer.engine.threads import configure_torch
    from explorer.models.catalog import catalog
    from explorer.models.network import loader

    configure_torch()
    return loader.load(catalog.default("masked"))


def _contest() -> Iterator[Row]:
    """The default contest through an engine that has nothing computed; and how long a stop takes in mid-run."""
    from explorer.engine.base import CancelToken
    from explorer.engine.local import LocalEngine
    from explorer.errors import Cancelled
    from explorer.lab.types.contest import CONTEST, ContestInputs

    load = load_now()
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:
        begun = last = time.perf_counter()
        quietest = 0.0
        for _ in engine.stream(CONTEST, None, ContestInputs(seed=SEED)):
            now = time.perf_counter()
            quietest, last = max(quietest, now - last), now
        took = last - begun
        yield _row(
            "contest_s", "five ways, one seed, tests and all, from the press to the end", "s", took, load, "<=", 180
        )
        yield _row("contest_silence_s", "the longest without a word of how far it is", "s", quietest, load, "<=", 5)
        cancel = CancelToken()
        with contextlib.suppress(Cancelled):
            for step in engine.stream(CONTEST, None, ContestInputs(seed=SEED + 1), cancel=cancel):
                if getattr(step, "update", 0) == 10:
                    begun = time.perf_counter()
                    cancel.cancel()
        yield _row(
            "contest_stop_s",
            "from the stop until the reader is let go",
            "s",
            time.perf_counter() - begun,
            load,
            "<=",
            1,
        )


GROUPS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("denoising.first_paint_s", "denoising.first_paint_ratio", "denoising.first_paint_torch"): _first_paint,
    (*(f"denoising.restore_{kind}" for kind in KINDS), "denoising.beats_mlm"): _restored,
    ("denoising.step_p50_ms",): _step,
    ("denoising.exact",): _exact,
    ("denoising.contest_s", "denoising.contest_silence_s", "denoising.contest_stop_s"): _contest,
}
