"""Evidence of chapter 6, 跨语言: one space for several languages, measured on all parallel sentences.

Knows the claims, their sources and how each is measured through the engine; neither torch nor a page. What is called
best (a layer, an alpha) is chosen on half a of the project's sentences and measured on half b, unless the row says so.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from explorer.content import corpora
from explorer.engine import get_engine
from explorer.evidence.texts import OWN, Row, own, row
from explorer.lab.types.languages import (
    ALIGN,
    AVERAGE,
    KEEP,
    LANGUAGES,
    RIGHT,
    SURVEY,
    AlignInputs,
    AverageResult,
    KeepInputs,
    SurveyInputs,
    SurveyResult,
    average_inputs,
    best_of,
    profile_inputs,
    survey_of,
)
from explorer.lab.types.tagging import LEARN, LearnInputs
from explorer.models.catalog import catalog

ALPHAS = (0.0, 0.5, 1.0, 1.5, 2.0)
SEEDS = 20
CONVERTED, MEANING, COPIED = 0, 2, 3
LIU = "Liu, Hsu, Chuang & Lee 2020 (arXiv 2004.09205; 2010.10041)"
PIRES = "Pires, Schlinger & Garrette 2019 (ACL, P19-1493)"
HSU = "Hsu, Liu & Lee 2019 (arXiv 1909.09587)"
POS_SENTENCES = 500
EN, ZH = LANGUAGES.index("en"), LANGUAGES.index("zh")


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows, each as soon as it is measured. With `data`, those on PUD and UD lying there come as well."""
    model_id = catalog.default("masked").id
    survey = get_engine().run(SURVEY, model_id, SurveyInputs(corpora.digest())).result
    yield from _shift(model_id, survey)
    yield _retrieval(model_id, survey)
    yield from _kept(model_id, survey)
    if data is not None:
        yield from _pud(model_id, data)
        yield from _pos(model_id, data)


_row = partial(row, "languages")


def _shift(model_id: str, survey: SurveyResult) -> Iterator[Row]:
    """English sentences moved to Chinese: the layer with most right conversions on half a, measured on half b."""
    engine, digest = get_engine(), corpora.digest()

    def moved(half: str, alphas: tuple[float, ...] = ALPHAS, *, seed: int | None = None) -> AverageResult:
        """Along the arrow, or with a seed in random directions."""
        inputs = average_inputs(
            digest, "en", "zh", (layer,), alphas, random=seed is not None, half=half, seed=seed or 0
        )
        result = engine.run(AVERAGE, model_id, inputs).result
        return result

    layer = best_of(engine.run(AVERAGE, model_id, profile_inputs(digest, "en", "zh", survey.means.shape[2] - 1)).result)
    chosen, result, whole = moved("a"), moved("b"), moved("")
    data = f"parallel/sentences.tsv, half b; layer {layer} chosen on half a"
    yield _row(
        model_id,
        id="languages.alpha0",
        source=OWN,
        measured=float(whole.curves[COPIED, 0, 0]),
        op=">=",
        target=0.95,
        n=whole.n,
        data="parallel/sentences.tsv",
    )
    share = result.curves[CONVERTED, 0]
    yield _row(
        model_id,
        id="languages.han_share_a1",
        source=LIU,
        measured=float(share[ALPHAS.index(1.0)]),
        op=">=",
        target=0.3,
        n=result.n,
        data=data,
    )
    yield _row(
        model_id,
        id="languages.han_monotone",
        words={
            "alphas": tuple(f"{alpha:g}" for alpha in ALPHAS),
            "shares": tuple(f"{value:.3f}" for value in share),
        },
        source=LIU,
        measured=float((np.diff(share) > 0).all()),
        op=">=",
        target=1,
        n=result.n,
        data=data,
    )
    at = max(range(1, len(ALPHAS)), key=lambda n: chosen.curves[RIGHT, 0, n])
    random = np.mean([moved("b", (ALPHAS[at],), seed=seed).curves[RIGHT, 0, 0] for seed in range(SEEDS)])
    right = float(result.curves[RIGHT, 0, at])
    yield _row(
        model_id,
        id="languages.correct_gain",
        words={"alpha": ALPHAS[at], "right": right, "random": random, "seeds": SEEDS, "known": result.known},
        source=f"{OWN}; the method is of {LIU}",
        measured=right - float(random),
        op=">=",
        target=0.1,
        n=result.n,
        data=data,
    )
    last = result.curves[MEANING, 0]
    yield _row(
        model_id,
        id="languages.meaning_kept",
        words={"ranks": tuple(f"{value:.3f}" for value in last)},
        source=LIU,
        measured=float(last[ALPHAS.index(1.0)]),
        op=">=",
        target=0.5,
        n=result.n,
        data=data,
    )


def _retrieval(model_id: str, survey: SurveyResult) -> Row:
    accuracy = survey.accuracy[0, 1, :, EN, ZH]
    return _row(
        model_id,
        id="languages.retrieval_own",
        words={"layer": int(accuracy.argmax())},
        source=PIRES,
        measured=float(accuracy.max()),
        op=">=",
        target=0.95,
        n=survey.pool.shape[1],
        data="parallel/sentences.tsv",
    )


def _kept(model_id: str, survey: SurveyResult) -> Iterator[Row]:
    """Every seventh token of the running text covered; kinds 0 and 2 are 汉字 and English."""
    for lang, kind, target in (("zh", 0, 0.8), ("en", 2, 0.6)):
        texts = tuple(text for half, text in zip(corpora.halves(), corpora.sentences(lang), strict=True) if half == "b")
        result = get_engine().run(KEEP, model_id, KeepInputs(texts, 7, 100, survey_of(corpora.digest()))).result
        yield _row(
            model_id,
            id=f"languages.kept_{lang}",
            source=OWN,
            measured=float(result.shares[:, kind].mean()),
            op=">=",
            target=target,
            n=len(result.position),
            data="parallel/sentences.tsv, half b",
        )
    mixed = own("languages", "mixed")
    result = get_engine().run(KEEP, model_id, KeepInputs(mixed.lines, 3, 100, survey_of(corpora.digest()))).result
    agrees = np.where(result.own == 0, result.shares[:, 0], result.shares[:, 2])
    yield _row(
        model_id,
        id="languages.kept_mixed",
        source=OWN,
        measured=float(agrees.mean()),
        op="<",
        target=0.8,
        n=len(result.position),
        data=mixed.origin,
    )


def _pud(model_id: str, data: Path) -> Iterator[Row]:
    """All pairs of Parallel Universal Dependencies, English and Chinese."""
    path = data / "parallel" / "ud-pud.en-zh.tsv.xz"
    packed = path.read_bytes()
    rows = [line.split("\t") for line in lzma.decompress(packed).decode("utf-8").splitlines() if "\t" in line]
    texts = tuple(tuple(row[side] for row in rows) for side in (0, 1))
    result = get_engine().run(ALIGN, model_id, AlignInputs(texts)).result
    origin = f"{path.name} sha256:{hashlib.sha256(packed).hexdigest()[:12]}"
    centred, raw = result.accuracy[0, 1, :, 0, 1], result.accuracy[0, 0, :, 0, 1]
    yield _row(
        model_id,
        held_out=True,
        id="languages.retrieval_pud",
        words={"layer": int(centred.argmax())},
        source=PIRES,
        measured=float(centred.max()),
        op=">=",
        target=0.7,
        n=result.n,
        data=origin,
    )
    yield _row(
        model_id,
        held_out=True,
        id="languages.centring_helps",
        words={"layers": len(raw)},
        source="Libovický, Rosa & Fraser 2020 (Findings of EMNLP, 150)",
        measured=float((centred >= raw).sum()),
        op=">=",
        target=10,
        n=result.n,
        data=origin,
    )


def _pos(model_id: str, data: Path) -> Iterator[Row]:
    """Heads learnt from UD dev sets, tested on the Chinese test set: from English only, and from Chinese."""
    folder = data / "labelled" / "pos"
    files = {
        "en": "UD_English-EWT__en_ewt-ud-dev.conllu.xz",
        "zh": "UD_Chinese-GSDSimp__zh_gsdsimp-ud-dev.conllu.xz",
        "test": "UD_Chinese-GSDSimp__zh_gsdsimp-ud-test.conllu.xz",
    }
    read = {name: conllu(folder / file) for name, file in files.items()}
    last = get_engine().facts(model_id).n_layers
    origin = {name: f"{file} sha256:{_digest(folder / file)}" for name, file in files.items()}
    for id, lang, op, target in (("zero_shot", "en", ">=", 0.55), ("in_language", "zh", ">", 0.0)):
        train = read[lang][:POS_SENTENCES]
        inputs = LearnInputs(train, lang, read["test"], "zh", last * 2 // 3, 0, 300)
        result = get_engine().run(LEARN, model_id, inputs).result
        english = lang == "en"
        yield _row(
            model_id,
            held_out=True,
            id=f"languages.pos_{id}",
            words={
                "words": result.words,
                "layer": last * 2 // 3,
                "sentences": len(train),
                "majority": result.majority,
            },
            source=PIRES,
            measured=result.accuracy,
            op=op,
            target=target if english else result.majority,
            n=result.words,
            data=f"{origin[lang]} → {origin['test']}",
        )


def conllu(path: Path) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Sentences of a CoNLL-U file as (form, universal tag) pairs; a form of several words has the first one's tag."""
    sentences: list[tuple[tuple[str, str], ...]] = []
    words: list[tuple[str, str]] = []
    covered, form = 0, ""
    for line in lzma.decompress(path.read_bytes()).decode("utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) < 4:
            if words and not line.strip():
                sentences.append(tuple(words))
                words = []
            continue
        if "-" in columns[0]:
            covered, form = int(columns[0].split("-")[1]), columns[1]
        elif "." not in columns[0]:
            number = int(columns[0])
            if form:
                words.append((form, columns[3]))
                form = ""
            elif number > covered:
                words.append((columns[1], columns[3]))
            if number >= covered:
                covered = 0
    return tuple([*sentences, tuple(words)] if words else sentences)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
