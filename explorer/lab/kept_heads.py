"""A taught head is written down, opened again, and asked: the same answers as before, but for the rounding to 16 bits.

Takes the files of `learning/keeping`; no sentence that was taught is in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from explorer.errors import Told
from explorer.lab.decoding import Shelf
from explorer.lab.experiment import implements
from explorer.lab.finetuned import covered, encoded, labelled, learnt
from explorer.lab.finetuning import beginning, kept_as, tuned
from explorer.lab.types.core import Progress
from explorer.lab.types.finetuning import (
    KEEP,
    TAGS_KEPT,
    USE_KEPT,
    KeepInputs,
    KeptInputs,
    KeptResult,
    TagsResult,
    TuneInputs,
    TuneStep,
    UseResult,
    checked,
)
from explorer.learning import keeping

if TYPE_CHECKING:
    from explorer.learning.trainable import Trainable
    from explorer.models.network.model import Model


@implements(KEEP)
def keep(model: Model, inputs: KeepInputs, shelf: Shelf | None = None) -> Iterator[TuneStep | Progress | KeptResult]:
    """The head's file, for some hours. Raises what `tune` raises, head_other_labels, handle_too_large."""
    tune = inputs.tune
    if len(inputs.labels) != checked(tune):
        raise Told("head_other_labels")
    learner = yield from learnt(model, tune, shelf)
    state = None if shelf is None else shelf.get(kept_as(model, tune))
    if state is None:
        begun = dict(beginning(model, tune, tune.starts[0]).named_parameters())
        state = {name: one for name, one in learner.named_parameters() if begun[name].requires_grad}
    about = keeping.About(
        model=model.revision, labels=inputs.labels, shape=tune.shape, pooling=tune.pooling, start=tune.starts[0],
        layers=tune.layers, kept_layers=tune.kept_layers, seed=tune.seed,
    )  # fmt: skip
    data = keeping.written(state, about)
    keeping.kept.put(inputs.name, data)
    yield KeptResult(len(data))


@implements(USE_KEPT)
def use_kept(model: Model, inputs: KeptInputs) -> Iterator[Progress | UseResult]:
    """As `finetuned.use`. Raises Told: head_lost, head_no_file, head_other_model, text_empty."""
    about, learner = opened(model, keeping.kept.get(inputs.name))
    encoded(model, inputs.text, about.shape)
    yield from covered(model, learner, about.shape, inputs.text)


@implements(TAGS_KEPT)
def tags_kept(model: Model, inputs: KeptInputs) -> Iterator[Progress | TagsResult]:
    """As `finetuned.tags`. Raises Told: head_lost, head_no_file, head_other_model, text_empty."""
    _, learner = opened(model, keeping.kept.get(inputs.name))
    encoded(model, inputs.text, "tokens")
    yield labelled(model, learner, inputs.text, inputs.by)


def opened(model: Model, data: bytes) -> tuple[keeping.About, Trainable]:
    """The head of a file on a body made anew."""
    about = keeping.about(data)
    if about.model != model.revision:
        raise Told("head_other_model")
    tune = TuneInputs(
        (), (), about.shape, pooling=about.pooling, layers=about.layers, kept_layers=about.kept_layers, seed=about.seed
    )
    learner = beginning(model, tune, about.start, len(about.labels))
    expected, given = tuned(learner), keeping.tensors(data)
    if {name: one.shape for name, one in expected.items()} != {name: one.shape for name, one in given.items()}:
        raise Told("head_other_model")
    learner.load_state_dict(given, strict=False)
    return about, learner.requires_grad_(False)
