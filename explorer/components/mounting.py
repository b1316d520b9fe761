"""Mounting: a component of ours as Streamlit knows it, its script and its large arrays fetched by address.

Knows how a header and arrays reach the browser, and nothing of what they mean. What is large goes by address
(addresses.py) and comes once; what is small, and everything where no server answers for addresses, goes with the run.
The browser's side is shared/mount.js.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from numpy.typing import NDArray
from streamlit.components.v2 import component
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.components import addresses, said
from explorer.components.bundle import Bundle, bundle
from explorer.components.packing import pack, planes

INLINE = 2048  # bytes; below that a request costs more than it saves
# The component's script lies at an address of its own; this travels with each run. What fails, or of which nothing is
# heard (a phone that changes its access point), is asked for again beside it, for three minutes and more: a script that
# is given up leaves a hole in the page until it is loaded anew. The stub itself waits for nothing: Safari lets a second
# import of a module that waits at its top level come back before the first, empty (WebKit bug 242740).
STUB = """\
const after = (ms) => new Promise((go) => setTimeout(go, ms));
let here = false;
const load = (n) => {
  const comes = import(new URL("bundle/%s" + (n ? "?" + n : ""), document.baseURI).href);
  const fails = comes.then(() => { here = true; }, () => after(Math.min(250 * 2 ** n, 8000)));
  const again = Promise.race([fails, after(15000)]).then(() => here ? comes : load(n + 1));
  return n > 24 ? comes : Promise.any([comes, again]);
};
const comes = load(0);
export default async (component) => (await comes).styled(component);
"""
STYLED = """
const $css = %s;
export function styled(component) {
  const host = component.parentElement;
  if (!host.querySelector(":scope > style[data-sesame]")) {
    const element = document.createElement("style");
    element.dataset.sesame = "";
    element.textContent = $css;
    host.prepend(element);
  }
  return $draw(component);
}
"""


class _Texts(NamedTuple):
    js: str
    css: str | None


def declare(folder: Path) -> Callable[..., None]:
    """The mount of the component in `folder`: mount(header, arrays=None, later=None, **callbacks).

    header     JSON values; its "key" is the component's key
    arrays     float32, int32 or uint8, by name
    later      arrays that the figure asks for when it needs them: `later(name)` in its update
    callbacks  on_EVENT_change=… for each event the component sends, as Streamlit wants them
    """
    name, made = folder.name, bundle(folder)
    texts = _texts(name, made)
    mount: Callable[..., object] = component(f"sesame_{name}", js=texts.js, css=texts.css)

    def mounted(
        header: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]] | None = None,
        later: Mapping[str, NDArray[Any]] | None = None,
        **callbacks: Callable[[], None],
    ) -> None:
        key = str(header["key"])
        data = payload(header, arrays or {}, later or {})
        mount(key=key, data=data, on_lost_change=_asks_again(key), **callbacks)

    return mounted


def _texts(name: str, made: Bundle) -> _Texts:
    """What travels with each run: the whole component, or a stub that loads it from its address."""
    if not addresses.served():
        return _Texts(made.js, made.css)
    script = made.js.replace("export default function", "function $draw", 1) + STYLED % json.dumps(made.css)
    return _Texts(STUB % addresses.publish(name, script), None)


def payload(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], later: Mapping[str, NDArray[Any]]) -> bytes:
    """What goes through the socket: the header, the small arrays, and the addresses of the large and the later ones.

    What the browser was told before is named only (said.py).
    """
    key = str(header["key"])
    context = get_script_run_ctx()
    everything = {**arrays, **later}
    far = {name: array for name, array in everything.items() if addresses.served() and array.nbytes > INLINE}
    found = addresses.shelf.show(context.session_id if context else "", key, [planes(array) for array in far.values()])
    entries = [
        {
            "name": name,
            "dtype": array.dtype.name,
            "shape": list(array.shape),
            "address": address,
            **({"later": True} if name in later else {}),
        }
        for (name, array), address in zip(far.items(), found, strict=True)
    ]
    near = {name: array for name, array in everything.items() if name not in far}
    lost = st.session_state.get(_memory(key), 0)
    told = {**header, **({"far": entries} if far else {}), **({"lost": lost} if lost else {})}
    return pack(*said.shortened(key, told, near)) if addresses.served() else pack(told, near)


def _asks_again(key: str) -> Callable[[], None]:
    """A browser lacks something: the run that begins now gives it again, in a payload unlike the one before."""

    def on_lost() -> None:
        said.forget(key)
        st.session_state[_memory(key)] = st.session_state.get(_memory(key), 0) + 1

    return on_lost


def _memory(key: str) -> str:
    return f"component-lost:{key}"
