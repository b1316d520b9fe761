"""Three starts taught the same on this page: their curves as they grow, and how good each came to be.

It knows a training's inputs and result; not what is taught.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.content.three_starts import STARTS
from explorer.figures import finetuning as figures
from explorer.lab.types.finetuning import TUNE, TuneEpoch, TuneInputs, TuneResult, TuneStep, rights
from explorer.lab.types.pairs import difference, interval
from explorer.ui import page_parts
from explorer.ui.i18n import t
from explorer.ui.numbers import percent, signed
from explorer.views.beyond import common, running

Card = tuple[str, str, str]
Said = TuneStep | TuneEpoch
HEIGHT = 380  # of the curves: six names stand above them


def trained(name: str, inputs: TuneInputs) -> TuneResult | None:
    """The finished training, with its curves; None as long as there is none."""
    found = running.result(
        name, TUNE, common.model().id, inputs, TuneResult, (TuneStep, TuneEpoch), _told,
        lambda seen, key: _growing(seen, inputs, f"{name}-{key}"),
    )  # fmt: skip
    if found is not None:
        _chart(found.losses.tolist(), found.held_out_losses.tolist(), inputs, f"{name}-done")
    return found


def cards(found: TuneResult, inputs: TuneInputs) -> list[Card]:
    """The accuracy of each start at the end, on what was never taught."""
    out = []
    for start, right in zip(STARTS, rights(found, inputs.held_out), strict=True):
        low, high = interval(right)
        note = t("beyond.accuracy_note", n=len(right), low=percent(low), high=percent(high))
        out.append((percent(float(right.mean())), t(f"beyond.start.{start}"), note))
    return out


def verdict(found: TuneResult, inputs: TuneInputs) -> str:
    """What the difference between the pre-trained start and the random one says, paired item by item."""
    right = rights(found, inputs.held_out)
    mean, half = difference(right[STARTS.index("pre-trained")], right[STARTS.index("random")])
    how = "better" if mean > half else "worse" if mean < -half else "open"
    points = {"gap": mean, "low": mean - half, "high": mean + half}
    return t(f"beyond.verdict.{how}", **{name: signed(100 * value, 1) for name, value in points.items()})


def majority(truth: np.ndarray) -> Card:
    return percent(float(np.bincount(truth).max() / len(truth))), t("beyond.majority"), t("beyond.majority_note")


def _told(seen: Sequence[Said]) -> tuple[float, str]:
    steps = [one for one in seen if isinstance(one, TuneStep)]
    if not steps:
        return 0.0, t("beyond.beginning")
    last = steps[-1]
    spent = sum(one.seconds for one in steps)
    left = spent / last.step * (last.steps - last.step)
    return last.step / last.steps, t("beyond.going", done=last.step, total=last.steps, left=f"{left:.0f}")


def _growing(seen: Sequence[Said], inputs: TuneInputs, key: str) -> None:
    losses: list[list[float]] = [[] for _ in inputs.starts]
    held_out: list[list[float]] = [[] for _ in inputs.starts]
    for one in seen:
        (losses if isinstance(one, TuneStep) else held_out)[one.start].append(one.loss)
    _chart(losses, held_out, inputs, key)


def _chart(
    losses: Sequence[Sequence[float]], held_out: Sequence[Sequence[float]], inputs: TuneInputs, key: str
) -> None:
    names = [t(f"beyond.start.{start}") for start in STARTS]
    steps = -(-len(inputs.train) // inputs.batch) * inputs.epochs
    ends = ", ".join(f"{name} {one[-1]:.2f}" for name, one in zip(names, losses, strict=True) if one)
    fig = figures.growing(
        losses, held_out, steps, inputs.epochs, names, t("beyond.training_loss"), t("beyond.held_out"), t("beyond.x"),
        t("beyond.y"),
    )  # fmt: skip
    fig.update_layout(height=HEIGHT)
    page_parts.plot(
        fig, f"beyond-curve-{key}", t("beyond.caption"), t("beyond.alt", ends=ends),
    )  # fmt: skip
