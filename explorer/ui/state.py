"""A page's state: one frozen dataclass, kept in the session and written into the link.

This module turns such a dataclass into query parameters and back, checks what a link brings, and says what it
had to leave out. It knows no chapter: fields, limits and choices come from the dataclass.
"""

from __future__ import annotations

import dataclasses
import hashlib
import typing
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import streamlit as st

from explorer.ui import address, carried
from explorer.ui.carried import Carry

VERSION = "2"
READ = ("1", VERSION)  # of links and state files; version 1 counted layers and heads from 0
MAX_LINK = 2000
BESIDE = ("lang", "teacher", "tour", "room", "plan")  # parts of an address that belong to no page's state
KEPT = "kept"  # in a link that is too small for its page: under which mark the session keeps what the page holds
MOST_KEPT = 8  # states a page that are kept so, for Back and Forward
S = TypeVar("S")


def limit(
    default: Any,
    *,
    low: float | None = None,
    high: float | None = None,
    longest: int | None = None,
    shift: int = 0,
    before: Any = None,
) -> Any:
    """A field with bounds: `low`…`high` for numbers (and for the numbers of a tuple), `longest` for text and tuples.

    `shift`: a link says so much more than the state holds (layers and heads, which readers count from 1); `before`:
    what a link of version 1 meant that did not name the field, where that was another value than today's.
    """
    bounds = {"low": low, "high": high, "longest": longest, "shift": shift, "before": before}
    return dataclasses.field(default=default, metadata=bounds)


@dataclass(frozen=True)
class Problem:
    """A part of a link that could not be used: the field's name, or "version"."""

    field: str


def to_query(state: Any) -> dict[str, str]:
    """The fields of `state` that differ from their defaults, as query parameters."""
    out = {}
    for field in fields(state):
        value = getattr(state, field.name)
        if value != field.default:
            out[field.name] = _write(_moved(value, field.metadata.get("shift", 0)))
    return out


def from_query(
    kind: type[S], params: typing.Mapping[str, str], *, bounded_text: bool = True
) -> tuple[S, tuple[Problem, ...]]:
    """The state a link describes; whatever is unknown, malformed or out of bounds keeps its default and is reported.

    `bounded_text=False` lets texts be of any length (a state file may hold what a link cannot).
    """
    hints = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    version = params.get("v", VERSION)
    if version not in READ:
        return kind(), (Problem("version"),)
    for field in fields(kind):  # type: ignore[arg-type]
        before = field.metadata.get("before")
        if version != VERSION and before is not None:
            values[field.name] = before
        if field.name in params:
            try:
                bounds = field.metadata if bounded_text or hints[field.name] is not str else {}
                shift = bounds.get("shift", 0) if version == VERSION else 0
                values[field.name] = _read(hints[field.name], params[field.name], {**bounds, "shift": shift})
            except ValueError:
                problems.append(Problem(field.name))
    return kind(**values), tuple(problems)


def _moved(value: Any, shift: int) -> Any:
    if not shift:
        return value
    return tuple(item + shift for item in value) if isinstance(value, tuple) else value + shift


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return "~".join(_write(item).replace("%", "%25").replace("~", "%7E") for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _read(hint: Any, raw: str, bounds: typing.Mapping[str, Any]) -> Any:
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        if raw not in typing.get_args(hint):
            raise ValueError(raw)
        return raw
    if origin is tuple:
        item = typing.get_args(hint)[0]
        parts = (part.replace("%7E", "~").replace("%25", "%") for part in raw.split("~")) if raw else ()
        values = tuple(_read(item, part, {**bounds, "longest": None}) for part in parts)
        return _bounded(values, bounds)
    if hint is bool:
        if raw not in ("0", "1"):
            raise ValueError(raw)
        return raw == "1"
    if hint in (int, float):
        number = hint(raw) - bounds.get("shift", 0)
        if number != number:
            raise ValueError(raw)
        return _bounded(number, bounds)
    if hint is str:
        return _bounded(raw, bounds)
    raise TypeError(f"a state field of type {hint} cannot be written into a link")


def _bounded(value: Any, bounds: typing.Mapping[str, Any]) -> Any:
    longest = bounds.get("longest")
    if isinstance(value, (str, tuple)):
        if longest is not None and len(value) > longest:
            raise ValueError("too long")
        return value
    low, high = bounds.get("low"), bounds.get("high")
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError("out of bounds")
    return value


class Store(Generic[S]):
    """Where a page's state lives in this session; the link follows it."""

    def __init__(
        self,
        kind: type[S],
        page: str,
        shorten: Callable[[S, int], S] | None = None,
        carry: Carry[S] | None = None,
    ) -> None:
        """`shorten(state, most)`: a state whose link takes up to `most` characters, for links that grow too long.

        `carry`: what the page does with the sentence that a reader brings from another one.
        """
        self.page = page
        self._kind, self._key = kind, f"state:{page}"
        self._shorten, self._carry = shorten, carry

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read when the state came from a link or a file; told for as long as that state stands."""
        found, problems = st.session_state.get(self._key + ":problems", (None, ()))
        return problems if found is not None and found is st.session_state.get(self._key) else ()

    def get(self) -> S:
        """The state now. The first call of a session, or a link opened over it, reads the query parameters.

        A page opened without a link of its own takes over the sentence that the reader has brought along. A browser
        that has not heard yet what the link is now is told again.
        """
        own = {name: value for name, value in st.query_params.items() if name not in (*BESIDE, address.LED)}
        kept = st.session_state.get(self._key)
        other = bool(own) and own != st.session_state.get(self._key + ":link")
        if other and kept is not None and address.late(self._key, own):
            self._write_link(kept)
        elif own and (kept is None or other):
            first = kept is None
            kept, problems = self._from_link(own)
            self._keep(kept, problems)
            if self._carry is not None and first:
                carried.open_with(self.page, *self._carry.give(kept))
        elif kept is None:
            kept = self._kind()
            self._keep(kept)
        if self._carry is not None and own:
            carried.pass_by(self.page)
        elif self._carry is not None:
            arrived = carried.arrive(self.page, self._carry, kept, self._plain(kept))
            if arrived is not kept:
                kept = arrived
                self._keep(kept)
        if not own and to_query(kept):
            self._write_link(kept)
        return kept

    def _from_link(self, own: typing.Mapping[str, str]) -> tuple[S, tuple[Problem, ...]]:
        """The state of a link; where the link could not hold it, the one that this session has kept under its mark."""
        if KEPT in own:
            large = self._large().get(own[KEPT])
            if large is not None:
                return large, ()
            state, problems = from_query(self._kind, own)
            return state, (Problem(KEPT), *problems)
        return from_query(self._kind, own)

    def _plain(self, state: S) -> S:
        """The page's own example, under the tool that is open."""
        tool = getattr(state, "tool", None)
        return self._kind() if tool is None else self._kind(tool=tool)  # type: ignore[call-arg]

    def now(self) -> S:
        """The state as it is kept, for callbacks: the browser may still send the link from before the last click."""
        kept: S = st.session_state.get(self._key) or self._kind()
        return kept

    def set(self, **changes: Any) -> None:
        """Change some fields; bounds are not checked here because the views pass values they have checked."""
        self._keep(replace(self.now(), **changes))  # type: ignore[type-var]

    def write(self, **changes: Any) -> None:
        """The reader has written something: change these fields, and let the sentence travel to the other pages."""
        self.set(**changes)
        if self._carry is not None:
            carried.write(self.page, *self._carry.give(self.now()))

    def change(self, change: Callable[[S], S]) -> None:
        """Make the state anew from the one that is kept now, whatever was drawn: two quick changes both count."""
        self._keep(change(self.now()))

    def put(self, state: S) -> None:
        """Replace the whole state (a preset, a reset)."""
        self._keep(state)

    def reset(self) -> None:
        """Back to the page as it opens."""
        self.put(self._kind())

    def show_example(self) -> None:
        """Back to the page's own example, with the tool that is open."""
        self.put(self._plain(self.now()))

    def shows(self, sentence: carried.Sentence) -> bool:
        """Whether this sentence stands on the page."""
        given = "" if self._carry is None else self._carry.give(self.now())[0]
        return bool(given) and sentence.text.startswith(given)  # 句对 has cut it into two

    def take(self, sentence: carried.Sentence) -> None:
        """Put this sentence on the page, or its own example and the reason why the sentence can't stand there."""
        if self._carry is not None:
            now = self.now()
            self.put(carried.bring(self.page, self._carry, now, self._plain(now), sentence))

    def load(self, fields: typing.Mapping[str, str]) -> None:
        """Take over a state that was saved to a file; long texts are welcome there.

        What could not be read is told by `problems`.
        """
        self._keep(*from_query(self._kind, fields, bounded_text=False))

    def fits_link(self) -> bool:
        """Whether the link can carry this state (else the page offers a file)."""
        return link_length(st.session_state[self._key]) <= MAX_LINK

    def later(self) -> Callable[[], S]:
        """A way to ask for the state of that moment where no script runs: a download is made when it is clicked."""
        self.get()
        held = self._held()
        return lambda: held[0]

    def _keep(self, state: S, problems: tuple[Problem, ...] = ()) -> None:
        st.session_state[self._key] = state
        st.session_state[self._key + ":problems"] = (state, problems)
        self._held()[:] = [state]
        self._write_link(state)

    def _held(self) -> list[S]:
        """One list for the whole session that always holds the newest state."""
        key = self._key + ":held"
        if key not in st.session_state:
            st.session_state[key] = [st.session_state.get(self._key)]
        held: list[S] = st.session_state[key]
        return held

    def _large(self) -> dict[str, S]:
        """The newest states that no link could hold, under their marks."""
        large: dict[str, S] = st.session_state.setdefault(self._key + ":large", {})
        return large

    def _write_link(self, state: S) -> None:
        linked = state
        if len(_link(state)) > MAX_LINK and self._shorten is not None:
            linked = self._shorten(state, MAX_LINK)
        wanted = to_query(linked)
        if len(_link(linked)) > MAX_LINK:
            wanted = self._keep_large(state)
        if wanted:
            wanted["v"] = VERSION
        before = st.session_state.get(self._key + ":link")
        st.session_state[self._key + ":link"] = wanted
        keep = {name: value for name, value in st.query_params.items() if name in BESIDE}
        asked = dict(st.query_params.items())
        # What stands there already is said again where the browser may be about to hear of a link from in between.
        if asked != keep | wanted or address.on_its_way(self._key):
            if before and before != wanted:
                address.replaced(self._key, before)
            st.query_params.from_dict(keep | wanted)

    def _keep_large(self, state: S) -> dict[str, str]:
        """Keep a state that no link can hold; the link names it, and the choices that stand without its texts."""
        whole = to_query(state)
        mark = hashlib.sha256(repr(sorted(whole.items())).encode("utf-8", "replace")).hexdigest()[:8]
        large = self._large()
        large.pop(mark, None)
        large[mark] = state
        for old in list(large)[:-MOST_KEPT]:
            del large[old]
        hints = typing.get_type_hints(self._kind)
        choices = {name: value for name, value in whole.items() if typing.get_origin(hints[name]) is typing.Literal}
        return choices | {KEPT: mark}


def link_length(state: Any) -> int:
    """Characters that the state takes in a link."""
    return len(_link(state))


def _link(state: Any) -> str:
    return "&".join(f"{name}={quote(value)}" for name, value in to_query(state).items())
