"""从前的词向量: CBOW trained while one looks on, and its one point for a word beside BERT's cloud.

It knows a text, a training's steps and its result; the BERT cloud is the scene's.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import numerics
from explorer.content import examples
from explorer.engine import get_engine
from explorer.errors import Cancelled
from explorer.figures import layers
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import CBOW, LEAST_TOKENS, MOST_BYTES, CbowInputs, CbowResult, CbowStep, EmbedResult
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.markup import verbatim
from explorer.ui.numbers import signed, thousands
from explorer.views._shared.growing import growing
from explorer.views.context import common
from explorer.views.context.common import Scene, State

NEAREST = 8
SHOWN = 40
FULL_TEXT = 50_000  # bytes of text that are read `EPOCHS` times; shorter ones oftener, up to `MOST_EPOCHS`
EPOCHS, MOST_EPOCHS = 6, 10
ASKED = "context-cbow-asked"


def draw(scene: Scene, result: EmbedResult, state: State) -> None:
    page_parts.section("context.cbow")
    text = state.passage or built_in(language())
    with st.expander(t("context.cbow.text")):
        widgets.text_area(
            "context-passage", t("context.cbow.text"), text, lambda new: common.store().set(passage=new or " "), 180,
            label_seen=False,
        )  # fmt: skip
        page_parts.quiet(
            t("context.cbow.size", kb=f"{_size(text) / 1000:.1f}", words=LEAST_TOKENS, limit=MOST_BYTES // 1000)
        )
    inputs = CbowInputs(get_engine().simplify(state.model, text)[0], epochs=_epochs(text))
    found = widgets.peek(CBOW, state.model, inputs)
    if found is None and st.session_state.get(ASKED) == text:
        try:
            found = _train(state.model, inputs)
        except Cancelled:
            widgets.draw_again()
        finally:
            st.session_state.pop(ASKED, None)
    elif found is None:
        st.button(t("context.cbow.train"), key="context-train", type="primary",
                  on_click=lambda: st.session_state.__setitem__(ASKED, text))  # fmt: skip
    if found is not None:
        _show(found, scene, result, state)
    page_parts.steps(
        [
            *((t(f"context.cbow.step{n}"), "") for n in (1, 2)),
            (t("context.cbow.step3", word=verbatim(scene.word)), ""),
        ]
    )
    page_parts.honesty("context.cbow.honesty")
    common.show_code("context_cbow", state.model, text=inputs.text, epochs=inputs.epochs)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _epochs(text: str) -> int:
    return max(EPOCHS, min(MOST_EPOCHS, EPOCHS * FULL_TEXT // max(1, _size(text))))


def _train(model: str, inputs: CbowInputs) -> CbowResult | None:
    """Train with a live curve and a stop button. Raises Cancelled when it was stopped."""
    losses: list[float] = []
    found: CbowResult | None = None
    stream = widgets.stream(CBOW, model, inputs)
    with growing(stream) as run:
        for step in run.values:
            if isinstance(step, CbowResult):
                found = step  # and to the end of the stream, where the engine keeps the result
            if not isinstance(step, CbowStep):
                continue
            losses.append(step.loss)
            run.tell(step.done / step.total, t("common.progress", done=step.done, total=step.total))
            if len(losses) % 4 == 0:
                fig = layers.losses(
                    losses, step.guess, t("context.cbow.guess"), t("context.cbow.x"), t("context.cbow.y")
                )
                run.shown.plotly_chart(fig, key=f"context-cbow-{len(losses)}", config={"displayModeBar": False})
    return found


def _show(found: CbowResult, scene: Scene, result: EmbedResult, state: State) -> None:
    word = scene.word.lower() if scene.word.lower() in found.words else scene.word[-1:].lower()
    layer = min(state.layer, len(result.vectors) - 1)
    left, right = st.columns([1, 1], gap="large")
    with left:
        fig = layers.losses(
            found.losses.tolist(), found.guess, t("context.cbow.guess"), t("context.cbow.x"), t("context.cbow.y")
        )
        caption = t("context.cbow.caption", n=thousands(found.n_tokens), words=thousands(len(found.words)))
        page_parts.plot(fig, "context-cbow-loss", caption, t("context.cbow.alt", last=f"{found.losses[-1]:.2f}"))
    with right:
        if word not in found.words:
            page_parts.notice("context.cbow.absent", word=scene.word)
        else:
            _neighbours(found, word, len(scene.lines), layer)
    left, right = st.columns([1, 1], gap="large")
    with left:
        _point(found, word)
    with right:
        _cloud(scene, result, layer)


def _neighbours(found: CbowResult, word: str, n: int, layer: int) -> None:
    """The words whose vectors are nearest, all dimensions counted; and one vector against many."""
    at = found.words.index(word)
    cos = geometry.cosines((found.vectors - found.vectors.mean(axis=0))[None])[0][at]
    near = [int(i) for i in np.argsort(-cos) if i != at and found.counts[i] > 1][:NEAREST]
    page_parts.subtitle(t("context.cbow.near", word=verbatim(word)))
    page_parts.word_list([(verbatim(found.words[i]), signed(float(cos[i]))) for i in near])
    page_parts.figures([
        ("1", t("context.cbow.one"), t("context.cbow.one_note", n=int(found.counts[at]))),
        (str(n), t("context.cbow.cloud", layer=layer), t("context.cbow.cloud_note")),
    ])  # fmt: skip


def _point(found: CbowResult, word: str) -> None:
    """The commonest words and the one on the stage: a point each."""
    shown = [*found.words[:SHOWN], *([word] if word in found.words[SHOWN:] else [])]
    vectors = found.vectors[[found.words.index(one) for one in shown]].astype(np.float64)
    placed, _ = numerics.pca(vectors[None])
    own = [n for n, one in enumerate(shown) if one == word]
    others = [n for n, one in enumerate(shown) if one != word]
    groups = {t("context.cbow.map"): (placed[0, others, :2], [shown[n] for n in others])}
    if own:
        groups[t("context.cbow.here", word=word)] = (placed[0, own, :2], [word])
    trust = _trust(vectors, placed[0])
    caption = t("context.cbow.map_caption", n=len(shown), trust=trust)
    page_parts.plot(layers.plane(groups, 360), "context-cbow-map", caption, t("context.cbow.map_alt", word=word))


def _cloud(scene: Scene, result: EmbedResult, layer: int) -> None:
    """The same word in BERT: as many points as sentences."""
    x = geometry.treated(result, "centred")[layer]
    placed, _ = numerics.pca(x[None])
    groups = {}
    for sense in sorted({line.sense for line in scene.lines}):
        members = [n for n, line in enumerate(scene.lines) if line.sense == sense]
        name = scene.senses[sense] if sense >= 0 else t("components.layers.nolabel")
        groups[name] = (placed[0, members, :2], [str(n + 1) for n in members])
    caption = t("context.cbow.cloud_caption", n=len(scene.lines), layer=layer, trust=_trust(x, placed[0]))
    page_parts.plot(
        layers.plane(groups, 360), "context-cbow-cloud", caption, t("context.cbow.cloud_alt", n=len(scene.lines))
    )


def _trust(vectors: np.ndarray, placed: np.ndarray) -> str:
    score = geometry.trustworthiness(geometry.cosines((vectors - vectors.mean(axis=0))[None])[0], placed[:, :2], 5)
    return f"{score:.2f}" if np.isfinite(score) else "—"


def built_in(lang: str) -> str:
    """Our own sentences, all that the chapter has in this language."""
    data = examples.load("context")
    lines = [
        line for entry in data["sets"].values() if entry["lang"] == lang
        for sense in entry["senses"].values() for line in sense["lines"]
    ]  # fmt: skip
    lines += [line for sentences in data["partners"][lang].values() for line in sentences]
    return "\n".join([*lines, *examples.load("masking")["average"][lang]["texts"]])
