"""Streamlit's widgets as a page's state wants them: the state leads, the widget follows, a change calls back.

A widget here never owns a value. That keeps links, presets and the language switch free of stale widgets. Every
widget whose value a page sets is drawn through `bind`.
"""

from __future__ import annotations

import contextlib
import mimetypes
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from explorer.engine import get_engine
from explorer.engine.base import Answer, CancelToken, Progress, Waiting
from explorer.errors import Cancelled, Told
from explorer.lab.types.experiment import Experiment, Inputs, Partial, Result
from explorer.ui.i18n import language, t
from explorer.ui.stop_button import Stop

T = TypeVar("T", int, float)
V = TypeVar("V")
Word = TypeVar("Word", bound=str)
GIVES_WAY_AFTER_S = 0.05


def session() -> str:
    """An id of this reader's session and where it comes from, for fairness between readers; in memory only."""
    context = get_script_run_ctx()
    return f"{context.session_id}@{st.context.ip_address or ''}" if context else ""


def run(experiment: Experiment[Inputs, Result, Partial], model_id: str | None, inputs: Inputs) -> Answer[Result]:
    """The engine's answer for this reader; while the model is still being read into memory, the page says so.

    Raises what `Engine.run` raises.
    """
    engine = get_engine()
    wait: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
    if model_id is not None and engine.state(model_id) != "ready":
        if (answer := known(experiment, model_id, inputs)) is not None:
            return answer
        wait = st.spinner(t("common.loading_model"))
    with wait:
        return engine.run(experiment, model_id, inputs, session=session())


def attempt(experiment: Experiment[Inputs, Result, Partial], model_id: str | None, inputs: Inputs) -> Result | Told:
    """The result, or why the engine refuses: for one of several questions; the others are answered all the same."""
    try:
        return run(experiment, model_id, inputs).result
    except Told as problem:
        return problem


def known(
    experiment: Experiment[Inputs, Result, Partial], model_id: str | None, inputs: Inputs
) -> Answer[Result] | None:
    """The answer if it is there without computing."""
    asked = time.perf_counter()
    found = peek(experiment, model_id, inputs)
    return None if found is None else Answer(found, time.perf_counter() - asked, fetched=True)


def peek(experiment: Experiment[Inputs, Result, Partial], model_id: str | None, inputs: Inputs) -> Result | None:
    """The result if it is there without computing."""
    return get_engine().peek(experiment, model_id, inputs)


def stream(
    experiment: Experiment[Inputs, Result, Partial], model_id: str | None, inputs: Inputs
) -> Generator[Waiting | Progress | Partial | Result]:
    """What the engine makes of it for this reader, step by step, the result last (see `progress`, `stoppable`)."""
    return get_engine().stream(experiment, model_id, inputs, session=session())


def result(
    experiment: Experiment[Inputs, Result],
    model_id: str | None,
    inputs: Inputs,
    words: str,
    *,
    gives_way: bool = False,
) -> Result:
    """The result; where nobody has asked for it before, with progress (under `words`) and a stop button on the page.

    Raises what `Engine.stream` raises, Cancelled when the reader stops it (see `progress`).
    """
    found = peek(experiment, model_id, inputs)
    if found is not None:
        return found
    cancel = CancelToken()
    values = get_engine().stream(experiment, model_id, inputs, session=session(), cancel=cancel)
    with _giving_way(cancel) if gives_way else contextlib.nullcontext():
        return progress(values, words, gives_way=gives_way)


def draw_again() -> None:
    """Run once more: the fragment alone if that is what is running, else the page."""
    st.rerun(scope="fragment" if in_fragment() else "app")


def in_fragment() -> bool:
    """Whether only a fragment is being run, not the whole page."""
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)


def choice(
    key: str,
    label: str,
    options: Sequence[Word],
    value: Word,
    name: Callable[[Word], str],
    choose: Callable[[Word], object],
) -> None:
    """One of a few, side by side."""
    key, changed = bind(f"{key}-{language()}", value, choose)
    st.segmented_control(
        label, options, format_func=name, key=key, label_visibility="collapsed", required=True, on_change=changed
    )


def toggle(key: str, label: str, value: bool, choose: Callable[[bool], object], help: str | None = None) -> None:
    key, changed = bind(key, value, choose)
    st.toggle(label, key=key, help=help, on_change=changed)


def slider(
    key: str, label: str, low: T, high: T, value: T, choose: Callable[[T], object], step: T | None = None,
    width: int | Literal["stretch"] = 200,
) -> None:  # fmt: skip
    """A number between two bounds; it speaks when it is let go."""
    key, changed = bind(key, min(max(value, low), high), choose)
    st.slider(label, low, high, key=key, step=step, on_change=changed, width=width)


def text_line(key: str, label: str, value: str, write: Callable[[str], object], placeholder: str = "") -> None:
    """One line of the reader's own text; nothing typed is ever cut in the box."""
    st.text_input(label, **box(key, value, write), placeholder=placeholder, label_visibility="collapsed")


def text_area(
    key: str, label: str, value: str, write: Callable[[str], object], height: int, *, label_seen: bool = True
) -> None:
    """Several lines of the reader's own text."""
    seen: Literal["visible", "collapsed"] = "visible" if label_seen else "collapsed"
    st.text_area(label, **box(key, value, write), height=height, label_visibility=seen)


class Box(TypedDict):
    """What a box to write in is drawn with."""

    key: str
    value: str
    on_change: Callable[[], None]


def box(key: str, value: str, write: Callable[[str], object]) -> Box:
    """A box that holds `value`. One that holds it already is left alone, as a reader may be typing.

    The text is handed over as what the box begins with, in every run: a browser that is slow to draw may see of a box
    only a later run, and one without a beginning it would draw empty, and report as emptied by the reader.
    """
    drawn, changed = _followed(key, value, write)
    if st.session_state.get(drawn, value) == value:
        return Box(key=drawn, value=value, on_change=changed)
    st.session_state[drawn] = value
    return Box(key=drawn, value="", on_change=changed)  # set and begun with at once is what Streamlit warns of


@dataclass
class _Bound:
    """What a widget showed when drawn last, how often the page replaced it, whether the reader moved it since."""

    shown: Any
    replaced: int = 0
    moved: bool = False

    def key(self, key: str) -> str:
        """Under which it is drawn now."""
        return f"{key}~{self.replaced}" if self.replaced else key


def bind(key: str, value: V, choose: Callable[[V], object]) -> tuple[str, Callable[[], None]]:
    """As `_followed`, and set in every run: options may have other names by now. What is written into: `box`."""
    drawn, changed = _followed(key, value, choose)
    st.session_state[drawn] = value
    return drawn, changed


def _followed(key: str, value: V, choose: Callable[[V], object]) -> tuple[str, Callable[[], None]]:
    """The key of a widget that shows `value` from now on, and what to call when the reader changes it.

    A browser reports all its widgets with every click, as it saw them. Where the page has just set one of them (a
    preset did) and the browser has not drawn it yet, its old value would come back as if the reader had chosen it. So
    a widget that the page sets to another value is a new one, and what the old one says is nobody's choice.
    """
    memory = f"{key}:bound"
    bound: _Bound = st.session_state.setdefault(memory, _Bound(value))
    if bound.shown != value and not bound.moved:
        bound.replaced += 1
    bound.shown, bound.moved = value, False
    drawn = bound.key(key)

    def changed() -> None:
        now: _Bound = st.session_state[memory]
        if drawn == now.key(key):
            now.moved = True
            choose(st.session_state[drawn])

    return drawn, changed


def said(key: str) -> Any:
    """What the widget that `bind` drew last under `key` says now."""
    return st.session_state[st.session_state[f"{key}:bound"].key(key)]


def download(
    key: str, label: str, content: Callable[[], bytes | str], file_name: str, *, help: str | None = None,
    kind: Literal["secondary", "tertiary"] = "secondary",
) -> None:  # fmt: skip
    """A file that is made when it is asked for.

    The click makes the page run nothing: a run that begins as the file is ready empties the queue in which Streamlit
    answers, and the button would wait for ever.
    """
    st.download_button(
        label, content, file_name=file_name, mime=mimetypes.guess_type(file_name)[0] or "application/octet-stream",
        key=key, help=help, on_click="ignore", type=kind,
    )  # fmt: skip


def superseded(context: ScriptRunContext | None = None) -> bool:
    """Whether the reader has asked for something else while this run (or that of `context`) was busy.

    Streamlit lets a fragment finish before it answers the next click in it, so a long run has to look by itself. What
    it looks at is not Streamlit's public face: tests/ui/test_superseded.py fails when it moves.
    """
    context = context or get_script_run_ctx()
    requests = None if context is None else context.script_requests
    return requests is not None and requests._state is ScriptRequestType.RERUN


@contextlib.contextmanager
def _giving_way(cancel: CancelToken) -> Iterator[None]:
    """Cancel as soon as the reader asks for something else, in the middle of a step too: steps of a long text are long,
    and what was asked for can be drawn meanwhile."""
    context, done = get_script_run_ctx(), threading.Event()

    def watch() -> None:
        while not done.wait(GIVES_WAY_AFTER_S):
            if superseded(context):
                cancel.cancel()
                return

    threading.Thread(target=watch, name="gives way", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def while_here(stream: Generator[V]) -> Generator[V]:
    """The stream's values for as long as the reader's page is open; then the stream is closed, which ends the work.

    Streamlit lets a script run on after its page was closed, in case the reader comes back.
    """
    runtime, own = get_instance() if exists() else None, session().partition("@")[0]
    try:
        for value in stream:
            if runtime is not None and own and not runtime.is_active_session(own):
                st.stop()
            yield value
    finally:
        stream.close()


@contextlib.contextmanager
def stoppable(
    stream: Generator[V], *places: DeltaGenerator, waiting: Callable[[str], object] | None = None
) -> Iterator[tuple[Stop, Iterator[V]]]:
    """A stop button, to be drawn where it belongs, and the stream's values; the stream is closed at the end.

    A training that has to wait is told its place in line by `waiting`, or in the first of `places`.

    When the reader has pressed it, the values raise Cancelled and `places` (st.empty) are emptied; the engine then
    ends the work within a step.
    """
    with Stop() as stop, contextlib.closing(while_here(stream)) as values:

        def until_asked() -> Iterator[V]:
            told = None
            for value in values:
                if stop.asked():
                    for place in places:
                        place.empty()
                    raise Cancelled("cancelled")
                if not isinstance(value, Waiting):
                    yield value
                elif value != told:
                    told = value
                    words = t("common.waiting_to_train", position=value.position)
                    waiting(words) if waiting else places[0].progress(0.0, text=words)

        yield stop, until_asked()


def progress(stream: Generator[Waiting | Progress | Result], words: str, *, gives_way: bool = False) -> Result:
    """Draw a stream's progress with numbers and a stop button; the last value, which is the result.

    Raises Cancelled when the reader stops it; one that `gives_way` also ends when the reader asks for anything else.
    (Not st.stop: that would throw away what was asked for.)
    """
    place, bar = st.empty(), None
    result: Result | None = None

    def draw(share: float, text: str) -> None:
        nonlocal bar
        if bar is None:
            with place.container(horizontal=True, vertical_alignment="center"):
                bar = st.empty()
                stop.button()
        bar.progress(share, text=text)

    with stoppable(stream, place, waiting=lambda words: draw(0.0, words)) as (stop, steps):
        for step in steps:
            if not isinstance(step, Progress):
                result = result if isinstance(step, Waiting) else step
                continue
            if gives_way and superseded():
                raise Cancelled("cancelled")
            draw(
                step.done / max(step.total, 1),
                f"{words} · {t('common.progress', done=step.done, total=step.total)}",
            )
    place.empty()
    assert result is not None, "a stream ends with its result"
    return result
