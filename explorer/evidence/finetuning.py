"""Evidence of chapter 9, 微调: the default training from two starts, judged on sentences that were never taught; and a
head that was taught English questions, asked in other languages.

Knows the claims, their sources and how each is measured through the engine. It knows neither torch nor a page. One seed
a language: what five seeds say is a figure of benchmarks/finetuning.py.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.content import passages, squad, teaching
from explorer.engine import get_engine
from explorer.evidence import texts
from explorer.evidence.texts import OWN, Row
from explorer.lab.types.answering import EXAM, AskedPassage, ExamInputs
from explorer.lab.types.finetuning import BAG, TUNE, BagInputs, TuneInputs
from explorer.models.catalog import catalog
from explorer.texts import LANGUAGES

HAO = "Hao, Dong, Wei & Xu 2019 (EMNLP, arXiv 1908.05620)"
XQUAD = "Artetxe, Ruder & Yogatama 2020 (ACL), deepmind/xquad, README: mBERT"
OTHERS = ("zh", "de", "es")  # languages of XQuAD that the model has
ASKED, SEED = 400, 0  # questions of XQuAD, the same in every language


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows; with `data` the English head on XQuAD, which lies in SQuAD's dev part, and the Chinese one on
    CMRC 2018's trial part: neither was taught."""
    model_id = catalog.default("masked").id
    if data:
        yield from _xquad(data, model_id)
        if catalog.default("masked").companion("qa-zh").is_dir():
            yield from _cmrc(data, model_id)
        return
    yield from _own_questions(model_id)
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


def _own_questions(model_id: str) -> Iterator[Row]:
    """Our own passages: what is left in five languages of what the head can do in English."""
    found = {lang: get_engine().run(EXAM, model_id, passages.exam("en", lang)).result for lang in passages.LANGS}
    f1 = {lang: float(np.nanmean(one.f1_mixed)) for lang, one in found.items()}
    others = [lang for lang in found if lang != "en"]
    yield texts.row(
        "finetuning",
        model_id,
        id="finetuning.qa_own",
        words={"en": f1["en"], "zh": f1["zh"], "chance": found["zh"].by_chance[1]},
        source=XQUAD,
        measured=float(np.mean([f1[lang] / f1["en"] for lang in others])),
        op=">=",
        target=0.65,
        n=sum(int(found[lang].answered.sum()) for lang in others),
        data="passages/{zh,ja,fr,de,es}.toml",
    )


def _xquad(data: Path, model_id: str) -> Iterator[Row]:
    found, origins = {}, []
    for lang in ("en", *OTHERS):
        asked, origin = _drawn(data, f"xquad.{lang}.json.xz")
        found[lang] = get_engine().run(EXAM, model_id, ExamInputs("en", asked)).result
        origins.append(origin)
    words = {lang: float(one.f1_words.mean()) for lang, one in found.items()}
    letters = {lang: float(np.nanmean(one.f1_mixed)) for lang, one in found.items()}
    chance = {lang: one.by_chance for lang, one in found.items()}
    count = len(found["en"].said)

    def row(*, id: str, said: dict[str, object], measured: float, target: float, n: int = count) -> Row:
        origin = f"{', '.join(origins)} n={count} seed={SEED}"
        return texts.row(
            "finetuning", model_id, id=id, words=said, source=XQUAD, measured=measured, op=">=",
            target=target, n=n, data=origin, held_out=True,
        )  # fmt: skip

    yield row(
        id="finetuning.qa_en",
        said={"chance": chance["en"][0], "exact": float(found["en"].exact.mean())},
        measured=words["en"],
        target=0.6,
    )
    yield row(
        id="finetuning.qa_zero_shot_zh",
        said={"chance": chance["zh"][1], "words": words["zh"]},
        measured=letters["zh"],
        target=0.4,
    )
    by_language: dict[str, object] = {lang: words[lang] / words["en"] for lang in OTHERS}
    by_letters = float(np.mean([letters[lang] / letters["en"] for lang in OTHERS]))
    yield row(
        id="finetuning.qa_zero_shot_ratio",
        said=by_language | {"letters": by_letters},
        measured=float(np.mean([words[lang] / words["en"] for lang in OTHERS])),
        target=0.65,
        n=len(OTHERS) * count,
    )


def _cmrc(data: Path, model_id: str) -> Iterator[Row]:
    """The head that was taught Chinese questions, on such as it was not taught; the English one on the same."""
    asked, origin = _drawn(data, "cmrc2018_trial.json.xz")
    found = {lang: get_engine().run(EXAM, model_id, ExamInputs(lang, asked)).result for lang in ("zh", "en")}
    f1 = {lang: float(np.nanmean(one.f1_mixed)) for lang, one in found.items()}
    yield texts.row(
        "finetuning",
        model_id,
        id="finetuning.qa_zh",
        words={"exact": float(found["zh"].exact.mean()), "english": f1["en"], "chance": found["zh"].by_chance[1]},
        source=OWN,
        measured=f1["zh"],
        op=">=",
        target=0.55,
        n=len(asked),
        data=f"{origin} n={len(asked)} seed={SEED}",
        held_out=True,
    )


def _drawn(data: Path, name: str) -> tuple[tuple[AskedPassage, ...], str]:
    """ASKED questions of a set, the same at every call, and which file they are from."""
    path = data / "labelled" / "qa" / name
    questions = squad.read(path)
    chosen = sorted(random.Random(SEED).sample(range(len(questions)), min(ASKED, len(questions))))
    asked = tuple(AskedPassage(one.passage, ((one.text, one.answers),)) for one in (questions[n] for n in chosen))
    return asked, f"{name} sha256:{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
