"""The export row of a page: picture, SVG, CSV, link. One a page.

Knows nothing of the page: in the browser it asks every figure that is on the screen for its drawing and its data
(shared/registry.js), and reads Plotly's charts from the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from streamlit.components.v2 import component

from explorer.components.bundle import bundle
from explorer.components.packing import pack
from explorer.components.words import chosen, tag

LABELS = (
    "png",
    "svg",
    "csv",
    "link",
    "copied",
    "copy_failed",  # the address stands below, to be copied by hand
    "saved",  # {name}
    "nothing",  # there is no figure on the screen
    "failed",  # {reason}
)

_BUNDLE = bundle(Path(__file__).parent)
_mount = component("sesame_export_bar", js=_BUNDLE.js, css=_BUNDLE.css)


def export_bar(*, key: str, name: str, labels: Mapping[str, str], lang: str) -> None:
    """Mounts the row. Files are called open-sesame-`name`; `labels` are the texts named in LABELS."""
    _mount(key=key, data=pack({"key": key, "lang": tag(lang), "name": name, "labels": chosen(labels, LABELS)}))
