"""从前的词向量: CBOW trained while one looks on, and its one point for a word beside BERT's cloud.

It knows a text, a training's steps and its result; the BERT cloud is the scene's.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import examples
from explorer.engine import get_engine
from explorer.engine.maps import geometry
from explorer.figures import layers
from explorer.lab.types.context import CbowInputs, CbowResult, CbowStep, EmbedResult
from explorer.ui import chrome, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import signed, thousands
from explorer.ui.prose import verbatim
from explorer.views.context import common
from explorer.views.context.common import Scene, State

NEAREST = 8
SHOWN = 40


def draw(scene: Scene, result: EmbedResult, state: State) -> None:
    chrome.section("context.cbow")
    text = state.passage or built_in(language())
    with st.expander(t("context.cbow.text")):
        st.session_state["context-passage"] = text
        st.text_area(
            t("context.cbow.text"), key="context-passage", height=180, label_visibility="collapsed",
            on_change=lambda: common.store().set(passage=st.session_state["context-passage"]),
        )  # fmt: skip
        chrome.quiet(t("context.cbow.size", kb=f"{len(text.encode('utf-8', 'surrogatepass')) / 1000:.1f}"))
    inputs = CbowInputs(text)
    key = "context-cbow-asked"
    asked = st.session_state.get(key) == text
    st.button(t("context.cbow.train"), key="context-train", type="primary", disabled=asked,
              on_click=lambda: st.session_state.__setitem__(key, text))  # fmt: skip
    found: CbowResult | None = get_engine().peek("context.cbow", common.model_id(), inputs)
    if found is None and asked:
        found = _train(inputs)
        st.session_state.pop(key, None)
    chrome.steps([(t(f"context.cbow.step{n}"), "") for n in (1, 2, 3)])
    if found is not None:
        _show(found, scene, result, state)
    chrome.honesty("context.cbow.honesty")


def _train(inputs: CbowInputs) -> CbowResult | None:
    """Train with a live curve and a stop button: stopping reruns the page, which closes the stream."""
    st.button(
        t("common.cancel"), key="context-cbow-stop", on_click=lambda: st.session_state.pop("context-cbow-asked", 0)
    )
    place, bar = st.empty(), st.empty()
    losses: list[float] = []
    for step in get_engine().stream("context.cbow", common.model_id(), inputs, session=widgets.session()):
        if isinstance(step, CbowStep):
            losses.append(step.loss)
            bar.progress(step.done / step.total, text=t("common.progress", done=step.done, total=step.total))
            if len(losses) % 4 == 0:
                fig = layers.losses(
                    losses, step.guess, t("context.cbow.guess"), t("context.cbow.x"), t("context.cbow.y")
                )
                place.plotly_chart(fig, key=f"context-cbow-{len(losses)}", config={"displayModeBar": False})
        else:
            place.empty()
            bar.empty()
            return step  # type: ignore[no-any-return]
    return None


def _show(found: CbowResult, scene: Scene, result: EmbedResult, state: State) -> None:
    left, right = st.columns([1, 1], gap="large")
    with left:
        fig = layers.losses(
            found.losses.tolist(), found.guess, t("context.cbow.guess"), t("context.cbow.x"), t("context.cbow.y")
        )
        caption = t("context.cbow.caption", n=thousands(found.n_tokens), words=thousands(len(found.words)))
        chrome.plot(fig, "context-cbow-loss", caption, t("context.cbow.alt", last=f"{found.losses[-1]:.2f}"))
    word = scene.word.lower() if scene.word.lower() in found.words else scene.word[-1:].lower()
    with right:
        if word not in found.words:
            chrome.notice("context.cbow.absent", word=scene.word)
        else:
            at = found.words.index(word)
            centred = found.vectors - found.vectors.mean(axis=0)
            cos = geometry.cosines(centred[None])[0][at]
            near = [int(i) for i in np.argsort(-cos) if i != at and found.counts[i] > 1][:NEAREST]
            chrome.subtitle(t("context.cbow.near", word=verbatim(word)))
            chrome.word_list([(found.words[i], signed(float(cos[i]))) for i in near])
            layer = min(state.layer, len(result.vectors) - 1)
            spread = np.linalg.norm(geometry.treated(result, "centred")[layer], axis=1).mean()
            chrome.figures([
                ("1", t("context.cbow.one"), t("context.cbow.one_note", n=int(found.counts[at]))),
                (str(len(scene.lines)), t("context.cbow.cloud", layer=layer),
                 t("context.cbow.cloud_note", spread=f"{spread:.2f}")),
            ])  # fmt: skip
    placed, _ = geometry.pca(found.vectors[None, :SHOWN].astype(np.float64))
    both = {t("context.cbow.map"): (placed[0, :, :2], list(found.words[:SHOWN]))}
    chrome.plot(
        layers.plane(both), "context-cbow-map", t("context.cbow.map_caption", n=SHOWN), t("context.cbow.map_alt")
    )


def built_in(lang: str) -> str:
    """Our own sentences, all that the chapter has in this language."""
    data = examples.load("context")
    lines = [
        line for entry in data["sets"].values() if entry["lang"] == lang
        for sense in entry["senses"].values() for line in sense["lines"]
    ]  # fmt: skip
    lines += [line for sentences in data["partners"][lang].values() for line in sentences]
    return "\n".join([*lines, *examples.load("masking")["average"][lang]["texts"]])
