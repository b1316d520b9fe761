"""What the tools of 注意力 share: a text cut to fit, the head on the stage, sides of a pair, files to take along."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.errors import Told
from explorer.lab.types.attention import LOOK, LookInputs, LookResult, Sight
from explorer.views.attention import downloads, habits, scene
from explorer.views.attention.common import State

INFO = catalog.default("masked")
MODEL = INFO.id
ZH, SECOND = "河边有三只鸭子。", "它们在等鱼。"


@pytest.fixture(scope="module")
def pair() -> LookResult:
    return get_engine().run(LOOK, MODEL, LookInputs(Sight(ZH, SECOND))).result


def test_a_text_is_cut_at_a_token_and_the_second_one_is_kept() -> None:
    text, tokens = scene.fit(MODEL, "The gardener waters the roses " * 9, SECOND, 30)
    assert 26 <= len(tokens) <= 30
    assert text.startswith("The gardener waters")
    assert tokens.text == f"{text}\n{SECOND}"
    assert scene.fit(MODEL, ZH, "", 30)[0] == ZH


def test_a_second_text_that_is_too_long_alone_is_refused() -> None:
    with pytest.raises(Told) as caught:
        scene.fit(MODEL, "雨", SECOND * 9, 30)
    assert caught.value.key == "too_long"


@pytest.mark.parametrize(
    ("changes", "key"), [({"text": " \n"}, "text_empty"), ({"paired": True, "pair": " "}, "pair_empty")]
)
def test_nothing_to_read_is_told(changes: dict[str, object], key: str) -> None:
    with pytest.raises(Told) as caught:
        scene.read(State(**{"text": ZH, **changes}), INFO)
    assert caught.value.key == key


def test_what_is_typed_is_counted() -> None:
    read = scene.read(State(text="雨" * 600), INFO)
    assert (read.typed, read.used, len(read.tokens)) == (600, 510, 512)
    assert not read.simplified
    assert scene.read(State(text="這裡的風箏"), INFO).simplified


def test_the_sides_of_a_pair_are_told_from_the_text(pair: LookResult) -> None:
    sides = "".join(str(mark.side) for mark in scene.marks(pair.looking, ZH))
    assert sides == "0" * (len(ZH) + 2) + "1" * (len(SECOND) + 1)  # each [SEP] belongs to the text before it
    assert {mark.side for mark in scene.marks(pair.looking)} == {0}


def test_the_stage_shows_what_the_model_has(pair: LookResult) -> None:
    shown = scene.view(State(layer=50, head=60, heads=(205, 9000), pins=(3, 400), block="ba"), pair)
    assert (shown.layer, shown.head, shown.heads, shown.pins, shown.block) == (11, 11, ((2, 5),), (3,), "all")
    np.testing.assert_array_equal(scene.held(shown, pair)[0], pair.weights[2, 5])


def test_the_npz_holds_every_weight_and_the_tokens(pair: LookResult) -> None:
    with np.load(io.BytesIO(downloads.npz(pair))) as kept:
        np.testing.assert_array_equal(kept["weights"], pair.weights)
        assert kept["weights"].dtype == np.float32
        assert tuple(kept["looking"]) == pair.looking.pieces
        assert int(kept["layer"]) == -1


def test_the_csv_holds_every_weight_in_full(pair: LookResult) -> None:
    columns = "a,b,c,d,e,f,g"
    content = downloads.table(pair, scene.view(State(), pair), columns).decode()
    assert content.startswith("\ufeff"), "without this mark Excel reads 汉字 as something else"
    head, *rows = csv.reader(io.StringIO(content.removeprefix("\ufeff")))
    assert head == columns.split(",")
    assert len(rows) == pair.weights.size
    layer, number, i, looking, j, seen, weight = rows[-5]
    at = (int(layer) - 1, int(number) - 1, int(i), int(j))
    assert np.float32(weight) == pair.weights[at]
    assert (looking, seen) == (pair.looking.pieces[int(i)], pair.seen.pieces[int(j)])


@pytest.mark.parametrize("kind", ["masked", "causal"])
def test_in_the_csv_a_row_is_who_looks_and_a_decoder_looks_back_only(kind: str) -> None:
    model = catalog.default(kind).id  # type: ignore[arg-type]
    result = get_engine().run(LOOK, model, LookInputs(Sight("小狗追小猫"))).result
    n = len(result.looking)
    content = downloads.table(result, scene.view(State(), result), "a").decode("utf-8-sig")
    weights: dict[tuple[str, str], np.ndarray] = {}
    for layer, head, i, looking, j, seen, weight in list(csv.reader(io.StringIO(content)))[1:]:
        assert (looking, seen) == (result.looking.pieces[int(i)], result.seen.pieces[int(j)])
        weights.setdefault((layer, head), np.zeros((n, n)))[int(i), int(j)] = float(weight)
    whole = np.stack(list(weights.values()))
    np.testing.assert_allclose(whole.sum(axis=2), 1, atol=1e-4)
    assert np.abs(whole.sum(axis=1) - 1).max() > 0.3
    assert (np.triu(whole, 1) == 0).all() == (kind == "causal")


def test_the_csv_of_a_long_text_holds_the_head_on_the_stage() -> None:
    result = get_engine().run(LOOK, MODEL, LookInputs(Sight("雨=水" * 45), 4)).result
    shown = scene.view(State(layer=4, head=6), result)
    rows = list(csv.reader(io.StringIO(downloads.table(result, shown, "a").decode("utf-8-sig"))))[1:]
    assert len(rows) == 137**2
    assert rows[137 * 5 + 9][:3] == ["5", "7", "5"]
    assert np.float32(rows[137 * 5 + 9][-1]) == result.weights[0, 6, 5, 9]
    assert {row[5] for row in rows} == {"[CLS]", "雨", "'=", "水", "[SEP]"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_opens_on_the_head_that_the_rule_finds(lang: str) -> None:
    """By hand, with loops: same word, then previous word, then far away; the first that gives 30 % on average."""
    entry = examples.entry("attention", "default", lang)
    result = get_engine().run(LOOK, MODEL, LookInputs(Sight(entry["text"]))).result
    ids, special = result.looking.ids, result.looking.special
    ordinary = [i for i in range(len(ids)) if not special[i]]
    best: dict[str, tuple[float, int, int]] = {}
    for layer in range(12):
        for head in range(12):
            w = result.weights[layer, head]
            same = [sum(w[i, j] for j in ordinary if j != i and ids[j] == ids[i]) for i in ordinary
                    if ids.count(ids[i]) > 1]  # fmt: skip
            previous = [w[i, i - 1] for i in ordinary if i - 1 in ordinary]
            far = [max(w[i, j] for j in ordinary if abs(i - j) >= 5) for i in ordinary
                   if any(abs(i - j) >= 5 for j in ordinary)]  # fmt: skip
            for name, values in (("same", same), ("previous", previous), ("far", far)):
                if values and np.mean(values) > best.get(name, (0.0, 0, 0))[0]:
                    best[name] = (float(np.mean(values)), layer, head)
    expected = [name for name in habits.NAMES if best.get(name, (0.0,))[0] >= habits.ENOUGH]
    found = habits.of(result)
    assert [one.name for one in found] == expected
    for one in found:
        assert (one.share, one.layer, one.head) == (pytest.approx(best[one.name][0], abs=1e-6), *best[one.name][1:])
    state, _ = scene.headed(State(text=entry["text"]), result)
    opens = entry["opens"]
    assert (state.layer, state.head, state.pins) == (opens["layer"], opens["head"], (opens["query"],)), "precomputed"
    assert state.special, "[CLS] and [SEP] do not take the picture"
