"""Figures: what is drawn is what was given, words are words, and colours mean what they mean everywhere."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer.figures import bars, layers, onehot, ranks, theme

MARKUP = "<b>bold</b> <a href='x'>y</a> <s>"
ESCAPED = "&lt;b&gt;bold&lt;/b&gt; &lt;a href='x'&gt;y&lt;/a&gt; &lt;s&gt;"

FIGURES: dict[str, Callable[[str], go.Figure]] = {
    "treatments": lambda word: bars.treatments([word], [0.25], ["25.0 %"]),
    "counts": lambda word: bars.counts([word], [3], 20),
    "onehot": lambda word: onehot.against([word], [0.4], ["40.0 %"], 0, "truth", "model"),
    "curves": lambda word: layers.curves({word: np.array([0.5, np.nan])}, "layer", "cosine", 1),
    "plane": lambda word: layers.plane({word: (np.zeros((1, 2)), [word])}),
    "ranks": lambda word: ranks.by_layer({word: [900, 30, 1]}, 33_627, "layer", "rank", word),
}


@pytest.mark.parametrize("name", FIGURES)
def test_one_item_is_enough_and_its_name_is_no_markup(name: str) -> None:
    made = str(FIGURES[name](MARKUP).to_dict())
    assert "bold" in made
    assert "<b>" not in made
    assert "<a " not in made
    assert "&lt;b&gt;" in made


@pytest.mark.parametrize("name", FIGURES)
def test_figures_fit_light_and_dark_and_stay_quiet(name: str) -> None:
    layout = FIGURES[name]("词").layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.font.color is None, "the page gives the ink"
    assert 80 <= layout.height <= 800
    assert layout.title.text is None


@pytest.mark.parametrize("name", FIGURES)
def test_figures_keep_nothing_between_calls(name: str) -> None:
    first = FIGURES[name]("词").to_dict()
    FIGURES[name]("other")
    assert FIGURES[name]("词").to_dict() == first


def test_the_house_colours_are_okabe_and_ito_s() -> None:
    assert (theme.MASK, theme.MODEL, theme.TRUTH) == ("#e69f00", "#0072b2", "#009e73")
    assert (theme.SECOND.upper(), theme.REMOVED.upper()) == ("#CC79A7", "#D55E00")
    colours, dashes, symbols = zip(*theme.SERIES, strict=True)
    assert len(set(colours)) == len(set(symbols)) == len(theme.SERIES), "told apart without the other"
    assert len(set(dashes)) >= len(theme.SERIES) - 1


def test_safe_leaves_ordinary_words_alone() -> None:
    assert theme.safe("天气 don't ##ing") == "天气 don't ##ing"
    assert theme.safe(MARKUP) == ESCAPED
    assert theme.safe("&lt;") == "&amp;lt;"


# --- treatments ------------------------------------------------------------------------------------------------


def test_treatments_draw_means_their_words_and_the_single_draws() -> None:
    values, draws = [0.99, 0.41, 0.02], [[], [], [0.01, 0.03]]
    before = copy.deepcopy((values, draws))
    fig = bars.treatments(["see", "mask", "random"], values, ["99.0 %", "41.0 %", "2.0 %"], draws)
    bar, dots = fig.data
    assert list(bar.x) == values
    assert list(bar.y) == ["see", "mask", "random"]
    assert bar.orientation == "h"
    assert bar.marker.color == theme.MODEL
    assert list(dots.x) == draws[2]
    assert set(dots.y) == {"random"}
    assert [(note.y, note.text) for note in fig.layout.annotations] == [
        ("see", "99.0 %"),
        ("mask", "41.0 %"),
        ("random", "2.0 %"),
    ]
    assert (values, draws) == before


def test_treatments_escape_what_is_written() -> None:
    fig = bars.treatments(["a"], [0.0001], ["< 0.1 %"])
    assert fig.layout.annotations[0].text == "&lt; 0.1 %"
    assert len(fig.data) == 1, "one value is no cloud"


def test_treatments_need_words_for_every_bar() -> None:
    with pytest.raises(ValueError, match="zip"):
        bars.treatments(["a", "b"], [0.1, 0.2], ["10 %"])


def test_bars_are_read_from_the_top() -> None:
    assert FIGURES["treatments"]("a").layout.yaxis.autorange == "reversed"
    assert FIGURES["counts"]("a").layout.yaxis.autorange == "reversed"


# --- counts ----------------------------------------------------------------------------------------------------


def test_counts_draw_their_numbers_on_an_axis_that_holds_all() -> None:
    fig = bars.counts(["mask", "all"], [2.6, 17], 17)
    (bar,) = fig.data
    assert list(bar.x) == [2.6, 17]
    assert list(bar.text) == ["2.6", "17"]
    low, high = fig.layout.xaxis.range
    assert low == 0
    assert high > 17


def test_counts_of_nothing_have_an_axis_all_the_same() -> None:
    assert FIGURES["counts"]("a").layout.xaxis.range[1] > 0
    assert bars.counts([], [], 0).layout.xaxis.range[1] > 0


# --- one-hot ---------------------------------------------------------------------------------------------------


def test_one_hot_is_one_in_one_place() -> None:
    p = [0.6, 0.3, 0.0004]
    written = ["60.0 %", "30.0 %", "< 0.1 %"]
    truth, model = onehot.against(["a", "b", "c"], p, written, 2, "right answer", "the model").data
    assert list(truth.y) == [0.0, 0.0, 1.0]
    assert list(model.y) == p
    assert (truth.name, model.name) == ("right answer", "the model")
    assert (truth.marker.color, model.marker.color) == (theme.TRUTH, theme.MODEL)
    assert list(model.text) == written
    assert list(truth.x) == list(model.x)


def test_the_same_word_twice_stays_two_bars() -> None:
    truth, _ = onehot.against(["ing", "ing"], [0.5, 0.2], ["50 %", "20 %"], 1, "t", "m").data
    assert len(set(truth.x)) == 2
    assert {label.rstrip("\u200b\u200c") for label in truth.x} == {"ing"}


# --- ranks -----------------------------------------------------------------------------------------------------


def test_ranks_are_drawn_as_given_with_the_first_on_top() -> None:
    lines = {"房": [15_000, 700, 1], "室": [3, 2, 2]}
    fig = ranks.by_layer(lines, 33_627, "层", "名次", "房")
    assert [(trace.name, list(trace.x), list(trace.y)) for trace in fig.data] == [
        ("房", [0, 1, 2], [15_000, 700, 1]),
        ("室", [0, 1, 2], [3, 2, 2]),
    ]
    axis = fig.layout.yaxis
    assert axis.type == "log"
    assert axis.range[0] > axis.range[1], "1 stands on top"
    assert 10 ** axis.range[0] >= 33_627 - 1
    assert 10 ** axis.range[1] < 1
    assert list(axis.ticktext) == ["1", "10", "100", "1,000", "10,000"]
    assert list(fig.layout.xaxis.tickvals) == [0, 1, 2]


def test_only_the_truth_is_green() -> None:
    lines = {f"w{n}": [n + 1] for n in range(7)}
    fig = ranks.by_layer(lines, 100, "x", "y", "w3")
    colours = [trace.line.color for trace in fig.data]
    assert colours[3] == theme.TRUTH
    assert colours.count(theme.TRUTH) == 1
    styles = {(trace.line.color, trace.line.dash, trace.marker.symbol) for trace in fig.data}
    assert len(styles) == len(lines)


def test_without_a_truth_nothing_is_green() -> None:
    fig = ranks.by_layer({"a": [1, 2], "b": [2, 1]}, 100, "x", "y")
    assert theme.TRUTH not in {trace.line.color for trace in fig.data}


def test_heads_of_the_last_token_are_counted_from_one() -> None:
    from explorer.figures import attention

    weights = np.array([[0.25, 0.75], [0.5, 0.5]], dtype=np.float32)
    fig = attention.last_token(weights, ["a", "b"], 1, "head")
    assert list(fig.data[0].y) == ["head 1", "head 2"]
