"""The long training loop: many steps on any device, a checkpoint now and then, and the same curve after a restart.

Knows an objective (a module whose call gives losses), numbered batches and a plan. Devices, precision and several
processes are accelerate's. `explorer.learning.loop.fit` is the short one, for runs before a reader's eyes: it keeps
nothing on disk.
"""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, IterableDataset

from explorer.errors import Told

LOG, STATE = "log.jsonl", "state"
Batch = Mapping[str, Tensor]


@dataclass(frozen=True)
class Plan:
    """How long and how fast.

    steps        of the optimiser; each takes one batch on every process
    rates        learning rate of each group of parameters at its height
    warm_up      steps of rising; then down a half cosine to `floor` times the height
    decay        AdamW's, on matrices
    average      of the weights that are kept, the share of what they were before each step (exponential average)
    save_every   steps between checkpoints
    workers      processes that make batches ahead; 0: none
    """

    steps: int
    rates: tuple[float, ...]
    warm_up: int = 100
    floor: float = 0.02
    decay: float = 0.01
    clip: float = 1.0
    average: float = 0.999
    save_every: int = 500
    workers: int = 0

    def scale(self, step: int) -> float:
        """The share of the full rate at `step` (from 1)."""
        rising = min(1.0, step / max(1, self.warm_up))
        return rising * (self.floor + (1 - self.floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / self.steps))))


@dataclass(frozen=True)
class Step:
    """A step that was taken: what the objective told of its batch, tokens read since the beginning, seconds it took."""

    step: int
    told: dict[str, float]
    tokens: int
    seconds: float


class _Numbered(IterableDataset[Batch]):
    """The batches of one process from its `begun`-th on."""

    def __init__(self, batch: Callable[[int], Batch], begun: int, steps: int, rank: int, world: int) -> None:
        self.batch, self.begun, self.steps, self.rank, self.world = batch, begun, steps, rank, world

    def __iter__(self) -> Iterator[Batch]:
        worker = torch.utils.data.get_worker_info()
        first, stride = (0, 1) if worker is None else (worker.id, worker.num_workers)
        for step in range(self.begun + first, self.steps, stride):
            yield self.batch(step * self.world + self.rank)


def train(
    objective: nn.Module,
    groups: tuple[list[nn.Parameter], ...],
    batch: Callable[[int], Batch],
    plan: Plan,
    work: Path,
    accelerator: Accelerator | None = None,
) -> Iterator[Step]:
    """Take the plan's steps; after the last one `objective` holds the averaged weights.

    `objective(**batch)` gives losses and shares of a batch, "loss" among them, which is made smaller. What lies in
    `work` from an interrupted run with the same plan is taken up. `batch(n)` must give the same for the same number
    always, tensors with a first dimension each, "mask" among them (1 = a token that counts).

    Raises ValueError for a checkpoint of another plan, Told("training_diverged", step) where the loss is no number.
    """
    accelerator = accelerator or Accelerator()
    optimiser: Any = torch.optim.AdamW(_groups(groups, plan), betas=(0.9, 0.98))
    net, optimiser = accelerator.prepare(objective, optimiser)
    averaged = AveragedModel(accelerator.unwrap_model(net), multi_avg_fn=get_ema_multi_avg_fn(plan.average))  # type: ignore[no-untyped-call]
    accelerator.register_for_checkpointing(averaged)
    begun, tokens = _resume(accelerator, plan, work)
    net.train()
    numbered = _Numbered(batch, begun, plan.steps, accelerator.process_index, accelerator.num_processes)
    for step, rows in enumerate(DataLoader(numbered, batch_size=None, num_workers=plan.workers), begun + 1):
        start = time.perf_counter()
        for group in optimiser.param_groups:
            group["lr"] = group["full_rate"] * plan.scale(step)
        rows = {name: tensor.to(accelerator.device, non_blocking=True) for name, tensor in rows.items()}
        with accelerator.autocast():
            found = net(**rows)
        told = {name: float(value.detach()) for name, value in found.items()}
        if not math.isfinite(told["loss"]):
            raise Told("training_diverged", step=step)
        accelerator.backward(found["loss"])
        accelerator.clip_grad_norm_(net.parameters(), plan.clip)
        optimiser.step()
        optimiser.zero_grad()
        averaged.update_parameters(accelerator.unwrap_model(net))
        tokens += int(rows["mask"].sum()) * accelerator.num_processes
        taken = Step(step, told, tokens, time.perf_counter() - start)
        if accelerator.is_main_process:
            _log(work, taken)
        yield taken
        if step % plan.save_every == 0:
            _save(accelerator, plan, work, step, tokens)
    objective.load_state_dict(averaged.module.state_dict())


def _groups(groups: tuple[list[nn.Parameter], ...], plan: Plan) -> list[dict[str, Any]]:
    """Matrices decay, biases and normalisations do not."""
    found = []
    for parameters, rate in zip(groups, plan.rates, strict=True):
        for some, decay in (
            ([one for one in parameters if one.dim() > 1], plan.decay),
            ([one for one in parameters if one.dim() <= 1], 0.0),
        ):
            if some:
                found.append({"params": some, "lr": rate, "full_rate": rate, "weight_decay": decay})
    return found


def _save(accelerator: Accelerator, plan: Plan, work: Path, step: int, tokens: int) -> None:
    """A checkpoint that is whole or not there."""
    growing, kept = work / f"{STATE}.part", work / STATE
    accelerator.save_state(str(growing))
    if accelerator.is_main_process:
        note = {"step": step, "tokens": tokens, "plan": dataclasses.asdict(plan)}
        (growing / "step.json").write_text(json.dumps(note), encoding="utf-8")
        shutil.rmtree(kept, ignore_errors=True)
        growing.replace(kept)
    accelerator.wait_for_everyone()


def _resume(accelerator: Accelerator, plan: Plan, work: Path) -> tuple[int, int]:
    """Steps done and tokens read of the checkpoint in `work`, whose state is taken over; (0, 0) where there is none."""
    work.mkdir(parents=True, exist_ok=True)
    step = tokens = 0
    note = work / STATE / "step.json"
    if note.exists():
        kept = json.loads(note.read_text(encoding="utf-8"))
        same = json.loads(json.dumps(dataclasses.asdict(plan)))
        if kept["plan"] != same:
            raise ValueError(f"{work} holds a run with another plan: {kept['plan']}")
        accelerator.load_state(str(work / STATE))
        step, tokens = kept["step"], kept["tokens"]
    log = work / LOG
    if accelerator.is_main_process and log.exists():
        lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
        log.write_text("".join(lines[:step]), encoding="utf-8")
    return step, tokens


def _log(work: Path, taken: Step) -> None:
    with (work / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(dataclasses.asdict(taken)) + "\n")


def told(taken: Step, plan: Plan, a_step: float) -> str:
    """A line for whoever watches: how far, what it costs, how long it will take at `a_step` seconds a step."""
    figures = " ".join(f"{name} {value:.3f}" for name, value in taken.told.items())
    left = a_step * (plan.steps - taken.step) / 60
    return f"step {taken.step}/{plan.steps} · {taken.tokens / 1e6:.2f} M tokens · {figures} · about {left:.0f} min left"


def watched(steps: Iterator[Step], plan: Plan, *, every: int = 50, silent: bool = False) -> Step | None:
    """Take all steps, telling every so often how far it is; the last one."""
    began, last = time.perf_counter(), None
    for taken, last in enumerate(steps, 1):
        if taken % every == 0 and not silent:
            print(told(last, plan, (time.perf_counter() - began) / taken), flush=True)
    return last
