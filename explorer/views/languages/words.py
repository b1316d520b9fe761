"""没有词典的词典: a list of words in, the nearest words of the other language out, before and after the shift."""

from __future__ import annotations

import re

import streamlit as st

from explorer.content import corpora, examples
from explorer.engine import get_engine
from explorer.lab.types.languages import WORDS, WordsInputs, WordsResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import listed, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import percent
from explorer.views.languages import common
from explorer.views.languages.common import LANGUAGES, Sentence, State

RAW, SHIFTED = 0, 1


def draw(sentence: Sentence, state: State) -> None:
    from explorer.figures import languages as figures

    target = common.target_of(state)
    source = sentence.source if sentence.source != target else next(lang for lang in LANGUAGES if lang != target)
    page_parts.section("languages.words", source=common.name_of(source), target=common.name_of(target))
    line = state.words or " ".join(examples.load("languages")["lists"][source])
    widgets.text_line(
        "languages-words", t("languages.words.input"), line, lambda text: common.change(words=text.strip()[:400]),
        t("languages.words.input"),
    )  # fmt: skip
    asked = tuple(word for word in re.split(r"[\s,，、;；]+", line) if word)
    inputs = WordsInputs(asked, source, target, corpora.digest())
    result = widgets.run(WORDS, sentence.model.id, inputs).result
    layer = best_layer(result)
    left, right = st.columns([1, 0.44], gap="large")
    with left:
        _table(sentence.model.id, result, target, layer)
        names = {key: t(f"languages.words.{key}") for key in ("shifted1", "shifted5", "raw1", "raw5")}
        lines = {
            f"{way}{top}": result.precision[n, m]
            for n, way in ((SHIFTED, "shifted"), (RAW, "raw")) for m, top in ((0, 1), (1, 5))
        }  # fmt: skip
        found = {key: percent(float(values[layer])) for key, values in lines.items()}
        page_parts.plot(
            figures.by_layer(
                lines, t("languages.layer"), t("languages.words.precision"), names=names, layer=layer, share=True
            ),
            "languages-precision", t("languages.words.caption", n=result.n, layer=layer),
            t("languages.words.alt", layer=layer, raw=found["raw1"], shifted=found["shifted1"]),
        )  # fmt: skip
    with right:
        page_parts.steps([(t(f"languages.words.step{n}"), "") for n in (1, 2, 3)])
        page_parts.honesty("languages.words.honesty", n=result.n)


def best_layer(result: WordsResult) -> int:
    """The layer with most words of the list translated right at first."""
    return int(result.precision[SHIFTED, 0].argmax())


def _table(model_id: str, result: WordsResult, target: str, layer: int) -> None:
    forms = corpora.forms(target)

    def nearest(n: int, way: int) -> str:
        return listed(verbatim(forms[int(line)][0]) for line in result.nearest[n, way, layer])

    page_parts.table(
        (t("languages.words.word"), t("languages.words.after"), t("languages.words.before")),
        [(verbatim(word), nearest(n, SHIFTED), nearest(n, RAW)) for n, word in enumerate(result.words)],
    )
    unknown = [word for word in result.words if any(get_engine().tokens(model_id, word).unknown)]
    if unknown:
        page_parts.notice("languages.words.unknown", "warn", words=listed(unknown))
