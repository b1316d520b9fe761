"""学一种，考六种: a part-of-speech head trained here on some languages and tested on all; then one's own sentence."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.content import corpora
from explorer.lab.types.core import Progress
from explorer.lab.types.tagging import TAG, TRAIN_POS, PosInputs, PosResult, TagInputs
from explorer.ui import navigation, page_parts, widgets
from explorer.ui.i18n import t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import percent, thousands
from explorer.ui.state import VERSION
from explorer.views._shared.growing import growing
from explorer.views.languages import common
from explorer.views.languages.common import LANGUAGES, Sentence, State

STEPS = 200
ROWS = ("qanet", "bert_zh", "mbert_zh", "mbert_en", "mbert_both")
PUBLISHED = {  # DRCD test, EM / F1: Hsu, Liu & Lee 2019 (arXiv 1909.09587)
    "qanet": "66.1 / 78.1", "bert_zh": "82.0 / 89.1", "mbert_zh": "81.2 / 88.7",
    "mbert_en": "63.3 / 78.8", "mbert_both": "82.6 / 90.1",
}  # fmt: skip


def draw(sentence: Sentence, state: State) -> None:
    page_parts.section("languages.pos")
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _choose(state)
        asked = inputs(sentence, state, state.train)
        result = _head(sentence.model.id, asked)
        if result is not None:
            _curve(result)
            _own(sentence, result, asked.layer)
        _matrix(sentence, state)
    with right:
        page_parts.steps([(t(f"languages.pos.step{n}"), "") for n in (1, 2, 3)])
        page_parts.subtitle(t("languages.pos.published"))
        page_parts.table(
            (t("languages.pos.trained"), "EM / F1"),
            [(t(f"languages.pos.qa_{name}"), PUBLISHED[name]) for name in ROWS],
        )
        page_parts.quiet(t("languages.pos.published_source"))
        page_parts.quiet(t("languages.pos.here"))
        navigation.link("finetuning", t("finetuning.tool.across"), {"v": VERSION, "tool": "across"})
        page_parts.honesty("languages.pos.honesty")


def inputs(sentence: Sentence, state: State, train: tuple[str, ...]) -> PosInputs:
    return PosInputs(corpora.digest(), train, sentence.n_layers * 2 // 3, state.centred, 0, STEPS)


def _choose(state: State) -> None:
    key, changed = widgets.bind(
        "languages-train",
        list(state.train),
        lambda chosen: common.change(train=tuple(lang for lang in LANGUAGES if lang in chosen)),
    )
    st.pills(
        t("languages.pos.train"), LANGUAGES, selection_mode="multi", key=key, format_func=common.name_of,
        on_change=changed,
    )  # fmt: skip
    widgets.toggle(
        "languages-centred", t("languages.pos.centred"), state.centred, lambda on: common.change(centred=on),
        t("languages.pos.centred_help"),
    )  # fmt: skip


def _head(model_id: str, asked: PosInputs) -> PosResult | None:
    """The trained head; a button where it is not trained yet, then its losses as they fall."""
    if not asked.train:
        page_parts.notice("errors.no_language", "warn")
        return None
    found = widgets.peek(TRAIN_POS, model_id, asked)
    if found is None and st.button(t("languages.pos.start"), key="languages-start", type="primary"):
        found = _trained(model_id, asked, t("languages.pos.training"))
    return found


def _trained(model_id: str, asked: PosInputs, words: str) -> PosResult | None:
    """Run the training on the page: sentences read, then steps; a stop button all the while."""
    result: PosResult | None = None
    stream = widgets.stream(TRAIN_POS, model_id, asked)
    with growing(stream) as run:
        for step in run.values:
            if isinstance(step, PosResult):
                label, done, total = words, step.step, step.steps
                result = step
                run.shown.line_chart(step.losses, height=180)
            elif isinstance(step, Progress):
                label, done, total = t("languages.pos.reading"), step.done, step.total
            else:
                continue
            run.tell(done / total, f"{label} · {t('common.progress', done=done, total=total)}")
    return result


def _curve(result: PosResult) -> None:
    from explorer.figures import languages as figures

    name = t("languages.pos.loss")
    page_parts.plot(
        figures.falling(result.losses, float(np.log(len(corpora.TAGS))), t("languages.pos.guessing"),
                        t("languages.pos.step"), name),
        "languages-loss", t("languages.pos.loss_caption", n=thousands(result.trained), steps=result.steps),
        f"{name}: {result.losses[0]:.2f} → {result.losses[-1]:.2f}",
    )  # fmt: skip


def _matrix(sentence: Sentence, state: State) -> None:
    """One row a head that has been trained; a button trains those of single languages that are missing."""
    from explorer.figures import languages as figures

    sets: list[tuple[str, ...]] = [(lang,) for lang in LANGUAGES]
    if len(state.train) > 1:
        sets.append(state.train)
    asked = {train: inputs(sentence, state, train) for train in sets}
    found = {train: widgets.peek(TRAIN_POS, sentence.model.id, one) for train, one in asked.items()}
    missing = [train for train, result in found.items() if result is None]
    if missing and st.button(t("languages.pos.all", n=len(missing)), key="languages-all"):
        for train in missing:
            words = t("languages.pos.training_one", tongue=_names(train))
            found[train] = _trained(sentence.model.id, asked[train], words)
    rows = [(train, result) for train, result in found.items() if result is not None]
    if not rows:
        return
    first = rows[0][1]
    values = np.stack([result.accuracy for _, result in rows])
    page_parts.plot(
        figures.square(
            values, [common.name_of(lang) for lang in LANGUAGES], low=0, high=1,
            written=[[f"{100 * p:.0f} %" for p in row] for row in values], y_names=[_names(train) for train, _ in rows],
            x_title=t("languages.pos.tested"), y_title=t("languages.pos.trained"),
        ),
        "languages-matrix",
        t("languages.pos.matrix_caption", words=", ".join(map(str, first.words.tolist())),
          majority=", ".join(percent(float(p)) for p in first.majority)),
        t("languages.pos.matrix_alt", low=percent(float(values.min())), high=percent(float(values.max()))),
    )  # fmt: skip


def _own(sentence: Sentence, result: PosResult, layer: int) -> None:
    """The reader's sentence with a tag under every word."""
    centre = result.centres[LANGUAGES.index(sentence.source)]
    asked = TagInputs(sentence.tokens.text, layer, result.weights, centre)
    tagged = widgets.run(TAG, sentence.model.id, asked).result
    page_parts.subtitle(t("languages.pos.own"))
    cells = "".join(
        f'<span class="word" data-tag="{corpora.TAGS[int(tag)]}">{inline(verbatim(tagged.text[start:end]))} '
        f'<span class="quiet">{corpora.TAGS[int(tag)]} {percent(float(p))}</span></span>'
        for start, end, tag, p in zip(tagged.start, tagged.end, tagged.tag, tagged.p, strict=True)
    )
    page_parts.block(f'<div class="words tagged">{cells}</div>')


def _names(train: tuple[str, ...]) -> str:
    return " + ".join(common.name_of(lang) for lang in train)
