"""The export row of a page: picture, SVG, CSV, link. One a page.

Knows nothing of the page: in the browser it asks every figure that is on the screen for its drawing and its data
(shared/registry.js), and reads Plotly's charts from the document.
"""

from __future__ import annotations

from pathlib import Path

from explorer.components.labels import interface
from explorer.components.mounting import declare

TABLE = "export"  # of assets/text/<lang>/components.toml
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
    "csv_columns",  # 5 names: series, across, up, value, label; the axes' own names lead
)

_mount = declare(Path(__file__).parent)


def export_bar(*, key: str, name: str) -> None:
    """Mounts the row. Files are called open-sesame-`name`."""
    _mount({"key": key, **interface(TABLE, LABELS), "name": name})
