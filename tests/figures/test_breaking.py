"""A broken text drawn: what a cell of the matrix says, which masks there are, what is on an axis; published scores."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.figures import breaking, published, theme
from explorer.lab.breaking import break_up
from explorer.lab.types.breaking import KINDS, Breakage

K, M, C = breaking.KEPT, breaking.MOVED, breaking.COVERED


@pytest.mark.parametrize(
    ("origins", "hidden", "moved", "expected"),
    [
        ((0, -1, 2), (1,), (), [[K, 0, 0], [0, C, 0], [0, 0, K]]),
        ((-1, -1, 2), (0, 1), (), [[C, 0, 0], [0, C, 0], [0, 0, K]]),
        ((-1, 2), (0, 1), (), [[C, C, 0], [0, 0, K]]),
        ((0, -1, 1, 2), (), (), [[K, 0, 0], [0, 0, 0], [0, K, 0], [0, 0, K]]),
        ((0, 2), (1,), (), [[K, 0, 0], [0, 0, K]]),
        ((1, 0, 2), (), (0, 1), [[0, M, 0], [M, 0, 0], [0, 0, K]]),
    ],
    ids=["one", "two", "one for two", "one for none", "deleted", "exchanged"],
)
def test_a_cell_says_what_became_of_a_place(
    origins: tuple[int, ...], hidden: tuple[int, ...], moved: tuple[int, ...], expected: list[list[int]]
) -> None:
    assert breaking.cells(origins, hidden, moved, 3).tolist() == expected


@pytest.mark.parametrize("kind", KINDS)
def test_every_place_that_is_given_has_one_cell(kind: str) -> None:
    ids, begins = list(range(30)), [n % 3 != 1 for n in range(30)]
    for seed in range(30):
        broken = break_up(ids, begins, Breakage(kind, 0.4, 2.0, 4, seed), 99)
        found = breaking.cells(broken.origins, broken.hidden, broken.moved, len(ids))
        assert found.shape == (len(broken.shown), len(ids))
        given = (found == K) | (found == M)
        assert given.sum(0).tolist() == [at not in broken.hidden for at in range(len(ids))]
        covered = np.flatnonzero((found == C).any(0)).tolist()
        assert covered == ([] if kind == "delete" else list(broken.hidden))


def test_the_matrix_shades_what_no_row_holds_and_takes_words_as_words() -> None:
    found = breaking.cells((0, 2), (1,), (), 3)
    fig = breaking.matrix(found, ["<b>", "c"], ["<b>", "b", "c"], ("given", "was"))
    assert [(one.x0, one.x1) for one in fig.layout.shapes if one.type == "rect"] == [(0.5, 1.5)]
    assert "<b>" not in str(fig.to_dict()).replace("<extra></extra>", "")
    assert list(fig.layout.xaxis.ticktext) == ["&lt;b&gt;", "b", "c"]
    long = ["词"] * (breaking.MOST_NAMED + 1)
    many = breaking.matrix(np.eye(len(long), dtype=np.int8), long, long, ("given", "was"))
    assert many.layout.xaxis.showticklabels is False


def test_three_structures_three_masks() -> None:
    assert breaking.seen(3, 2, "encoder").tolist() == [[1, 1, 1]] * 3
    assert breaking.seen(2, 2, "decoder").tolist() == [[3, 0, 0, 0], [3, 3, 0, 0], [3, 3, 3, 0], [3, 3, 3, 3]]
    assert breaking.seen(2, 2, "both").tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [2, 2, 3, 0], [2, 2, 3, 3]]


def test_the_token_that_looks_is_framed_where_it_is_there() -> None:
    for at, frames in ((1, 1), (4, 0)):
        fig = breaking.sight(breaking.seen(3, 2, "encoder"), list("abcde"), at, 3, ("who", "whom"))
        assert sum(shape.type == "rect" for shape in fig.layout.shapes) == frames
    parts, blocks = ("broken", "<b>"), ("self", "cross", "left")
    fig = breaking.sight(breaking.seen(3, 2, "both"), list("abcde"), 4, 3, ("who", "whom"), parts, blocks)
    assert list(fig.layout.yaxis.ticktext) == ["broken", "&lt;b&gt;"]
    assert list(fig.layout.xaxis.tickvals) == [1, 3.5]
    assert [(note.text, note.x, note.y) for note in fig.layout.annotations] == [
        ("self", 1, 1), ("cross", 1, 3.5), ("left", 3.5, 3.5),
    ]  # fmt: skip
    assert fig.data[0].text[4][0] == "e → a"
    assert fig.data[0].text[0][4] == ""
    assert {shape.x0 for shape in fig.layout.shapes if shape.type == "line"} == {2.5, -0.5}


def test_lengths_mark_the_chosen_way() -> None:
    read, said = breaking.lengths(["a", "b"], [5, 4], [5, 2], 1, ("reads", "says")).data
    assert (list(read.x), list(said.x)) == ([5, 4], [5, 2])
    assert list(said.y) == ["a", "▸ b"]
    assert (read.marker.color, said.marker.color) == (theme.GREY, theme.MODEL)


def test_published_scores_keep_their_digits_and_the_band() -> None:
    fig = published.dots([("<b>", 83.28), ("x", 73.1)], ["x"], 2, (82.8, 83.8))
    assert list(fig.data[0].text) == ["83.28", "73.10"]
    assert list(fig.data[0].marker.symbol) == ["circle-open", "circle"]
    assert (fig.layout.shapes[0].x0, fig.layout.shapes[0].x1) == (82.8, 83.8)
    assert "<b>" not in str(fig.to_dict())
    lines = published.two_lines(([("10 %", 82.8)], [("2", 82.1), ("3", 81.8)]), ("rate", "span"), (80.0, 81.0))
    assert [len(trace.x) for trace in lines.data] == [1, 2]
    assert [axis.title.text for axis in (lines.layout.xaxis, lines.layout.xaxis2)] == ["rate", "span"]
