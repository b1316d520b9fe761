"""Evidence of chapter 9, 微调: the default training from two starts, judged on sentences that were never taught.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page. One seed
a language: what five seeds say is a figure of benchmarks/finetuning.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.content import teaching
from explorer.engine import get_engine
from explorer.evidence import texts
from explorer.evidence.texts import OWN, Row
from explorer.lab.types.finetuning import BAG, TUNE, BagInputs, TuneInputs
from explorer.models.catalog import catalog
from explorer.texts import LANGUAGES

HAO = "Hao, Dong, Wei & Xu 2019 (EMNLP, arXiv 1908.05620)"


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows; nothing of it is measured on other people's sentences."""
    if data:
        return
    model_id = catalog.default("masked").id
    below: list[bool] = []
    for lang in LANGUAGES:
        train, held_out = teaching.sentences("judgement", lang, "train"), teaching.sentences("judgement", lang, "test")
        found = get_engine().run(TUNE, model_id, TuneInputs(train, held_out)).result
        bag = get_engine().run(BAG, None, BagInputs(train, held_out)).result
        truth = np.array([held_out[n][1] for n in found.kept])
        counted = float((bag.said[found.kept] == truth).mean())
        tuned, random = (found.said[:, -1] == truth).mean(axis=-1).tolist()
        epochs = found.held_out_losses.shape[1] - 1
        means = found.losses.reshape(2, epochs, -1).mean(axis=-1)
        below += (means[0] < means[1]).tolist()
        origin = f"teaching/judgement.{lang}.tsv"
        yield texts.row(
            "finetuning",
            model_id,
            id=f"finetuning.gap_{lang}",
            words={"taught": len(train), "tuned": tuned, "random": random},
            source=HAO,
            measured=tuned - random,
            op=">=",
            target=0.1,
            n=len(truth),
            data=origin,
        )
        yield texts.row(
            "finetuning",
            model_id,
            id=f"finetuning.bag_{lang}",
            words={"tuned": tuned, "bag": counted},
            source=OWN,
            measured=tuned - counted,
            op=">",
            target=0.0,
            n=len(truth),
            data=origin,
        )
    yield texts.row(
        "finetuning",
        model_id,
        id="finetuning.training_loss",
        words={"epochs": len(below)},
        source=HAO,
        measured=float(np.mean(below)),
        op=">=",
        target=0.95,
        n=len(below),
        data=", ".join(f"teaching/judgement.{lang}.tsv" for lang in LANGUAGES),
    )
