"""微调's figures: every number that goes in is drawn where it belongs, and nothing jumps while the curves grow."""

from __future__ import annotations

import numpy as np

from explorer.figures import finetuning, published


def test_both_losses_of_every_start_are_drawn_over_all_the_steps_there_will_be() -> None:
    words = ("training", "held out", "steps", "loss")
    fig = finetuning.growing([[0.7, 0.6, 0.5], [0.7, 0.7]], [[0.69, 0.5], [0.69]], 8, 4, ["with", "<b>without"], *words)
    assert [list(line.y) for line in fig.data] == [[0.7, 0.6, 0.5], [0.69, 0.5], [0.7, 0.7], [0.69]]
    assert [list(line.x) for line in fig.data] == [[1, 2, 3], [0, 2], [1, 2], [0]]
    assert fig.layout.xaxis.range[0] <= 0 and fig.layout.xaxis.range[1] >= 8
    assert fig.data[2].name == "&lt;b&gt;without · training"


def test_each_sentence_is_a_dot_in_its_own_place_at_every_epoch() -> None:
    p = np.array([[0.4, 0.45, 0.2], [0.9, 0.1, 0.45]])
    right = np.array([[False, True, False], [True, False, True]])  # of three labels: .45 may be the likeliest
    fig = finetuning.dots(p, right, ["a", "b", "c"], ("right", "wrong"), "epoch", "p")
    found = {
        (text, round(x)): (y, trace.name, x)
        for trace in fig.data
        for x, y, text in zip(trace.x, trace.y, trace.text, strict=True)
    }
    for epoch in (0, 1):
        for n, text in enumerate("abc"):
            y, name, x = found[text, epoch]
            assert (y, name) == (p[epoch, n], "right" if right[epoch, n] else "wrong")
            assert np.isclose(x - epoch, found[text, 0][2])


def test_a_bar_a_start_says_how_far_each_layer_went() -> None:
    values = np.array([[0.0, 0.1, 0.2], [0.0, 0.3, 0.4]])
    fig = finetuning.moved(values, ["with", "without"], "layer", "moved")
    assert [(bar.name, list(bar.x), list(bar.y)) for bar in fig.data] == [
        ("with", [0, 1, 2], [0.0, 0.1, 0.2]),
        ("without", [0, 1, 2], [0.0, 0.3, 0.4]),
    ]


def test_planted_sentences_are_told_on_the_map_only_when_they_are_to_be() -> None:
    places = np.array([0.9, 0.2]), np.array([0.1, 0.4]), np.array([1.0, 0.0])
    words = (("taught", "planted"), "variability", "confidence")
    hidden = finetuning.data_map(*places, ["a", "<b>"], None, *words)
    assert [(list(one.x), list(one.y), list(one.text)) for one in hidden.data] == [
        ([0.1, 0.4], [0.9, 0.2], ["a", "&lt;b&gt;"])
    ]
    told = finetuning.data_map(*places, ["a", "<b>"], np.array([False, True]), *words)
    assert [(one.name, list(one.y), one.marker.symbol) for one in told.data] == [
        ("taught", [0.9], "circle"),
        ("planted", [0.2], "star"),
    ]


def test_published_curves_are_drawn_as_they_were_read() -> None:
    fig = finetuning.published([("tuned", (0.7, 0.1), True), ("scratch", (0.7, 0.5), False)], (0, 1), "epochs", "loss")
    assert [(one.name, list(one.y)) for one in fig.data] == [("tuned", [0.7, 0.1]), ("scratch", [0.7, 0.5])]
    assert fig.data[0].line.dash != fig.data[1].line.dash  # told apart without colour


def test_people_and_machines_stand_on_one_line_a_task_and_differ_by_shape() -> None:
    fig = published.against([("<b>one", 89.0, 91.0), ("two", 51.9, None)], ("people", "machine"))
    told = {one.name: one for one in fig.data if one.name}
    assert (list(told["people"].x), list(told["people"].y)) == ([89.0, 51.9], ["&lt;b&gt;one", "two"])
    assert (list(told["machine"].x), list(told["machine"].y)) == ([91.0], ["&lt;b&gt;one"])
    assert told["people"].marker.symbol != told["machine"].marker.symbol
    assert [list(one.x) for one in fig.data if one.mode == "lines"] == [[89.0, 91.0]]
    low, high = fig.layout.xaxis.range
    assert all(low < value < high for one in fig.data for value in one.x)
