"""Networks drawn to scale: boxes as wide and high as was said, shares as given, a bypass that ends at its sum."""

from __future__ import annotations

import re
from typing import Any

import pytest

from explorer.figures import stacks, theme
from explorer.views.family.norms import PARTS

SHAPES = {"S": (768, 12), "XL": (1600, 48), "M": (1024, 24)}


@pytest.mark.parametrize("chosen", SHAPES)
def test_boxes_are_as_wide_as_the_vectors_and_as_high_as_the_layers(chosen: str) -> None:
    fig = stacks.to_scale(SHAPES, chosen, ("width", "layers"))
    boxes = fig.layout.shapes
    assert [(box.x1 - box.x0, box.y1 - box.y0) for box in boxes] == [(1600, 48), (1024, 24), (768, 12)], "largest first"
    assert all(box.x0 == -box.x1 and box.y0 == 0 for box in boxes), "one in the other, all on one floor"
    filled = [box.y1 for box in boxes if box.fillcolor == theme.MODEL]
    assert filled == [SHAPES[chosen][1]], "the chosen one alone"
    (told,) = fig.layout.annotations
    width, layers = SHAPES[chosen]
    assert told.text == f"<b>{chosen}</b>  {width:,} × {layers}"
    assert told.y == 48 < fig.layout.yaxis.range[1], "above all boxes, inside the picture"
    low, high = fig.layout.xaxis.range
    assert low < -800 and high > 800, "the widest is inside too"
    assert (fig.layout.xaxis.title.text, fig.layout.yaxis.title.text) == ("width", "layers")


def test_a_bar_is_cut_as_its_shares_say() -> None:
    rows = [("GPT-1", [0.25, 0.25, 0.375, 0.125]), ("GPT-3", [0.0, 0.5, 0.25, 0.25])]
    names = ["embedding", "attention", "forward", "norms"]
    fig = stacks.parts(rows, names)
    assert fig.layout.barmode == "stack"
    assert [bar.name for bar in fig.data] == names
    assert [list(bar.x) for bar in fig.data] == [[0.25, 0.0], [0.25, 0.5], [0.375, 0.25], [0.125, 0.25]]
    assert all(list(bar.y) == ["GPT-1", "GPT-3"] and bar.orientation == "h" for bar in fig.data)
    assert len({bar.marker.color for bar in fig.data}) == len(names)
    assert fig.layout.yaxis.autorange == "reversed", "the first row on top"
    assert list(fig.layout.xaxis.range) == [0, 1]


def ways(fig: Any) -> list[tuple[float, float]]:
    """Where each way past a part leaves and where it comes back, in boxes from the bottom."""
    paths = [re.findall(r"[\d.]+", shape.path) for shape in fig.layout.shapes if shape.type == "path"]
    return [(float(path[1]), float(path[-1])) for path in paths]


@pytest.mark.parametrize(("kind", "wanted"), [("pre", [(0, 3), (3, 6)]), ("post", [(0, 2), (3, 5)])])
def test_the_way_past_a_part_ends_where_it_is_added(kind: str, wanted: list[tuple[int, int]]) -> None:
    parts = PARTS[kind]
    fig = stacks.block([f"<{part}>" for part in parts], parts)
    found = ways(fig)
    assert found == wanted
    assert [parts[int(end)] for _, end in found] == ["add", "add"]
    (_, end), (start, _) = found
    between = parts[int(end) : int(start) + 1]
    assert between == (("add",) if kind == "pre" else ("add", "norm")), "unbroken, or broken by the norm alone"
    boxes = [shape for shape in fig.layout.shapes if shape.type == "rect"]
    assert [(box.y0 + box.y1) / 2 for box in boxes] == pytest.approx(list(range(len(parts))))
    assert [told.text for told in fig.layout.annotations] == [f"&lt;{part}&gt;" for part in parts]
    norms = [n for n, box in enumerate(boxes) if box.line.color == theme.MASK]
    assert norms == [n for n, part in enumerate(parts) if part == "norm"]


def test_two_losses_are_drawn_step_by_step_from_the_first() -> None:
    fig = stacks.two_losses([4.0, 3.0], [5.0], ("pre", "post"), ("step", "nats"), 60)
    assert [(line.name, list(line.x), list(line.y)) for line in fig.data] == [
        ("pre", [1, 2], [4.0, 3.0]),
        ("post", [1], [5.0]),
    ]
    assert list(fig.layout.xaxis.range) == [0, 60]
    assert fig.data[0].line.dash != fig.data[1].line.dash, "told apart without colours"
