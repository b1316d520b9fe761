"""What a hostile or careless reader sends: texts, links and files that no page was made for.

Hypothesis draws them, always the same ones for the same number. Of a page it knows the fields of its state and their
bounds; it runs nothing.
"""

from __future__ import annotations

import importlib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Literal, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from explorer import chapters
from explorer.texts import LANGUAGES

T = TypeVar("T")
ACTED = "acted"  # what markup would set on the window if it were run

# Markup that would act, in the ways that sanitizers have missed; formats of ours and of the field; scripts; nothing.
PAYLOADS = (
    f"<img src=x onerror=window.{ACTED}=1>",
    f"<svg onload=window.{ACTED}=1>",
    f"<script>window.{ACTED}=1</script>",
    f"</span></div><iframe srcdoc='<script>parent.{ACTED}=1</script>'>",
    f"[x](javascript:window.{ACTED}=1)",
    f'<a href="javascript:window.{ACTED}=1" autofocus onfocus=window.{ACTED}=1>x</a>',
    f"<math><mtext><table><mglyph><style><img src=x onerror=window.{ACTED}=1>",
    f"' onmouseover='window.{ACTED}=1' style='position:fixed;inset:0",
    "{{7*7}}${7*7}%(x)s{0}{x!r}",
    "$$\\href{javascript:alert(1)}{x}$$",
    ":red[x] :material/lock: [[词元]] **粗** `code`",
    "[CLS] [SEP] [MASK] [PAD] [UNK] <mask> <s> </s> <bos> <eos> <|endoftext|> <extra_id_0> <0x0A> ▁ ##",
    "../../../../etc/passwd",
    "\u202eעברית العربية\u202c",
    "👩‍👩‍👧‍👦🏳️‍🌈e\u0301\u200d\ufe0f",
    "\x00\x07\x1b[31m\ufeff\u2028\u2029\u0085",
    "འདི་བོད་ཡིག ไทย हिन्दी ᚠᛇᚻ 𒀀 𠮷",
    "０１２３１e999",
    "a" * 900,
    "天" * 900,
    " ",
    "\n\n\t\n",
    "",
)
NUMBERS = ("-1", "0", "1", "2", "99", "1e9", "1e999", "nan", "-inf", "0x10", "１２", "1_0", "", " 3", "٣", "9" * 400)
TEXTS = st.one_of(
    st.sampled_from(PAYLOADS),
    st.lists(st.sampled_from(PAYLOADS), min_size=2, max_size=4).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.text(st.sampled_from("天气好不好,。？! abcABC012%&=#+~/\\'\"<>"), min_size=1, max_size=60),
)


@dataclass(frozen=True)
class Visit:
    """A page opened by a link."""

    page: str
    lang: str
    link: dict[str, str]


def drawn(strategy: st.SearchStrategy[T], n: int) -> tuple[T, ...]:
    """The first `n` that Hypothesis draws, the same every time."""
    found: list[T] = []

    @settings(
        max_examples=n, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def take(one: T) -> None:
        found.append(one)

    take()
    return tuple(found[:n])


def visits(pages: typing.Sequence[str] = chapters.PAGES) -> st.SearchStrategy[Visit]:
    """Any page, with anything in any field of its link."""
    return st.sampled_from(pages).flatmap(lambda page: st.builds(Visit, st.just(page), _languages(), _links(page)))


def first_text(page: str) -> str:
    """The field that holds the text a page is about; "" for a page that is about none."""
    names = [field.name for field in fields(state(page)) if field.type in ("str", str)]
    return next((name for name in names if name in ("text", "a", "own", "prompt", "first")), "")


def _languages() -> st.SearchStrategy[str]:
    return st.sampled_from((*LANGUAGES, *LANGUAGES, "xx"))


def _links(page: str) -> st.SearchStrategy[dict[str, str]]:
    """Some of the page's fields, mostly with what they may hold, and now and then a field that there is none of."""
    kind = state(page)
    hints = typing.get_type_hints(kind)
    some = {field.name: _values(hints[field.name], field.metadata) for field in fields(kind)}
    version = {"v": st.sampled_from(("1", "2", "2", "2", "7", ""))}
    strange = {"kept": TEXTS, "room": TEXTS, "tour": TEXTS, "head": TEXTS, "unknown": TEXTS}
    optional = {name: value for name, value in (strange | some).items() if name != "v"}
    return st.fixed_dictionaries(version, optional=optional).map(_short)


def _short(link: Mapping[str, str]) -> dict[str, str]:
    """What a browser would still send: no address of more than some 6,000 characters."""
    found, room = {}, 6_000
    for name, value in link.items():
        if len(value) <= room:
            found[name] = value
            room -= len(value)
    return found


def _values(hint: Any, bounds: Mapping[str, Any]) -> st.SearchStrategy[str]:
    if typing.get_origin(hint) is Literal:
        return st.sampled_from((*map(str, typing.get_args(hint)), *map(str, typing.get_args(hint)), "nothing", ""))
    if typing.get_origin(hint) is tuple:
        return st.lists(_values(typing.get_args(hint)[0], bounds), max_size=5).map("~".join)
    if hint is bool:
        return st.sampled_from(("0", "1", "1", "2", "yes"))
    if hint in (int, float):
        low, high = int(bounds.get("low") or 0), int(bounds.get("high") or 0)
        inside = st.integers(low - 1, max(low, min(high + 2, 10_000))).map(str)
        return st.one_of(inside, inside, st.sampled_from(NUMBERS))
    return TEXTS


@cache
def state(page: str) -> type[Any]:
    """The dataclass of a page's state."""
    kind: type[Any] = importlib.import_module(f"explorer.views.{page}.common").State
    return kind


def mangled(valid: bytes) -> st.SearchStrategy[bytes]:
    """A sound file that somebody has cut, lengthened, or changed in places; now and then nothing but noise."""
    at = st.integers(0, max(0, len(valid) - 1))
    head = st.integers(0, min(255, max(0, len(valid) - 1)))  # where the files of the field say what follows
    patch = st.tuples(st.one_of(head, at), st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from(BYTES)))
    changed = st.lists(patch, min_size=1, max_size=4).map(lambda patches: _patched(valid, patches))
    cut = at.map(lambda end: valid[:end])
    longer = st.binary(max_size=64).map(lambda more: valid + more)
    return st.one_of(changed, changed, changed, cut, longer, st.binary(max_size=300))


BYTES = (b"\x00" * 8, b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"-1", b"1e999", b"null", b"[[[[", b'{"a":', b"\xed\xa0\x80")


def _patched(valid: bytes, patches: typing.Sequence[tuple[int, bytes]]) -> bytes:
    data = bytearray(valid)
    for at, bytes_there in patches:
        data[at : at + len(bytes_there)] = bytes_there
    return bytes(data)
