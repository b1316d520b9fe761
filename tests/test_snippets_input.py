"""The code that 输入 and 句对 show is run as it stands there, and prints what the pages' own results say.

See test_snippets.py, whose helpers these tests use.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from explorer import chapters, paths
from explorer.content import examples
from explorer.engine import catalog, get_engine
from explorer.lab.types.inputs import (
    ADD_UP,
    LOOKUP,
    POSITIONS,
    READ_LONG,
    LongInputs,
    LookupInputs,
    PositionInputs,
    SumInputs,
)
from explorer.lab.types.pairs import JUDGE, LESSON, MEASURE, JudgeInputs, LessonInputs, MeasureInputs
from explorer.views.input import common as page
from explorer.views.pairs import common as pairs
from tests.test_snippets import CODE, INPUT_SNIPPETS, PAIRS_SNIPPETS, numbers, printed, run, shown
from tests.test_snippets import loaded as loaded  # the same two fixtures here
from tests.test_snippets import one_model as one_model

TEXTS = {
    "zh": {"text": "篱笆边的月季开了三朵。", "pair": "蜜蜂飞来了。"},
    "en": {"text": "Three roses bloomed beside the fence.", "pair": "Bees came humming."},
}
PAIRS = {
    "zh": {"a": "伯伯把渔网晒在石头上。", "b": "风一吹，网里的水就干了。"},
    "en": {"a": "My uncle spread the nets on the rocks.", "b": "The wind soon dried them."},
}
LANGUAGES = tuple(TEXTS)


def test_every_tool_of_both_pages_has_its_snippet() -> None:
    assert {path.stem for path in CODE.glob("input_*.py")} == set(INPUT_SNIPPETS)
    assert {f"pairs_{tool}" for tool in chapters.get("pairs").tools} - {"pairs_why"} | {"pairs_order"} == set(
        PAIRS_SNIPPETS
    )


# --- 输入 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tokens(lang: str) -> None:
    text = TEXTS[lang]["text"]
    lines = printed(shown("input", lang, page.State(text=text))).splitlines()
    expected = []
    for model in page.sides(page.State()):
        tokens = get_engine().tokens(model, text)
        inner = [i for i in range(len(tokens)) if not tokens.special[i]]
        expected += [(tokens.pieces[i], tokens.ids[i], tokens.text[slice(*tokens.offsets[i])].strip()) for i in inner]
    found = [line.split(" ", 2) for line in lines if not line.startswith("tokens:")]
    assert [(piece, int(number), rest.strip()) for piece, number, rest in found] == expected
    per_char = [numbers(line)[0] for line in lines if line.startswith("tokens:")]
    assert len(per_char) == 2


def test_tokens_of_the_two_that_were_chosen() -> None:
    state = page.State(text=TEXTS["zh"]["text"], left="gemma-3-270m-lite", right="mini-mbert")
    lines = printed(shown("input", "zh", state)).splitlines()
    first = get_engine().tokens("gemma-3-270m-lite", state.text)
    assert lines[0].split(" ")[0] == first.pieces[1]


@pytest.mark.parametrize(("lang", "word"), [("zh", "unforgettably"), ("en", "Straßenbahn")])
def test_merges(lang: str, word: str) -> None:
    lines = printed(shown("input", lang, page.State(tool="merges", word=word))).splitlines()
    (cut,) = get_engine().cuttings(page.reader_id(), word)
    assert lines[-1] == f"pieces: {list(cut.pieces)}"
    assert len(lines) - 1 == len(cut.steps) > 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lookup(lang: str) -> None:
    state = page.State(tool="lookup", focus=3, **TEXTS[lang])
    head, product, difference = printed(shown("input", lang, state)).splitlines()
    tokens = page.read(state, page.reader_id()).tokens
    assert head.startswith(f"{tokens.pieces[3]} {tokens.ids[3]} ")
    found = run(LOOKUP, LookupInputs(tokens.ids[3]))
    assert numbers(product) == pytest.approx(found.product[:6].tolist(), abs=2e-4)
    assert float(difference.rsplit(" ", 1)[1]) == 0 == found.difference


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("pair", [True, False])
def test_sum(lang: str, pair: bool) -> None:
    texts = TEXTS[lang] if pair else {"text": TEXTS[lang]["text"]}
    state = page.State(tool="sum", focus=4, **texts)
    *rows, difference = printed(shown("input", lang, state)).splitlines()
    found = run(ADD_UP, SumInputs(texts["text"], texts.get("pair")))
    for row in rows:
        name = row.split(" ")[0]
        assert numbers(row) == pytest.approx(getattr(found, name)[4, :5].tolist(), abs=2e-4), name
    assert float(difference.rsplit(" ", 1)[1]) < 1e-5


@pytest.mark.parametrize("centred", [True, False])
def test_positions(centred: bool) -> None:
    state = page.State(tool="positions", place=77, centred=centred)
    lines = printed(shown("input", "zh", state)).splitlines()
    cosine = run(POSITIONS, PositionInputs(centred)).cosine[77]
    for line in lines:
        place, value = line.split(" ")
        assert round(100 * float(value)) == pytest.approx(int(cosine[int(place)]), abs=1)
    assert len(lines) == 8


def test_long() -> None:
    text = "木桥下面的水很清，能看见小鱼游来游去。" * 60
    state = page.State(tool="long", long=text, overlap=64)
    (line,) = printed(shown("input", "zh", state)).splitlines()
    words = examples.entry("input", "long", "zh")
    inputs = LongInputs(text, words["ask"], words["template"], words["good"], words["bad"], overlap=64)
    found = run(READ_LONG, inputs)
    said = {name: int(number) for name, number in re.findall(r"([a-z+ ]+): (\d+)", line)}
    assert said["tokens"] == found.n_tokens
    assert said[" windows"] == len(found.slide)
    assert said[" cut"] == found.room == said[" head + tail"]


# --- 句对 --------------------------------------------------------------------------------------------------------


def judged(lang: str, state: pairs.State) -> tuple[np.ndarray, np.ndarray]:
    """P(next) and P(in order) of the three arrangements, as the page has them."""
    found = run(JUDGE, JudgeInputs(pairs.arrangements(state, catalog.default("masked").id)))
    return np.array(pairs.p_yes(found.next.scores)), np.array(pairs.p_yes(found.order.scores))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_judge(lang: str) -> None:
    state = pairs.State(seed=3, **PAIRS[lang])
    code = shown("pairs", lang, state)
    lines = printed(code).splitlines()
    other = re.search(r"first, second, other = (.+)", code)
    assert other
    first, second, drawn = eval(other[1])
    found = run(JUDGE, JudgeInputs(((first, second), (second, first), (first, drawn))))
    assert [numbers(line)[0] for line in lines] == pytest.approx(pairs.p_yes(found.next.scores), abs=2e-4)


@pytest.mark.parametrize(("lang", "arrangement"), [("zh", "kept"), ("en", "swapped")])
def test_road(lang: str, arrangement: str) -> None:
    state = pairs.State(tool="road", arrangement=arrangement, **PAIRS[lang])
    vector, scores, chance = printed(shown("pairs", lang, state)).splitlines()
    n = pairs.ARRANGEMENTS.index(arrangement)
    found = run(JUDGE, JudgeInputs(pairs.arrangements(state, catalog.default("masked").id))).next
    assert numbers(vector) == pytest.approx(found.vector[n, :4].tolist(), abs=3e-4)
    assert numbers(scores) == pytest.approx(found.scores[n].tolist(), abs=3e-3)
    assert numbers(chance)[0] == pytest.approx(pairs.p_yes(found.scores)[n], abs=3e-4)


@pytest.mark.parametrize(("lang", "arrangement"), [("zh", "swapped"), ("en", "kept")])
def test_order(lang: str, arrangement: str) -> None:
    state = pairs.State(tool="road", head="order", arrangement=arrangement, **PAIRS[lang])
    vector, scores, chance = printed(shown("pairs", lang, state)).splitlines()
    n = pairs.ARRANGEMENTS.index(arrangement)
    found = run(JUDGE, JudgeInputs(pairs.arrangements(state, catalog.default("masked").id))).order
    assert numbers(vector) == pytest.approx(found.vector[n, :4].tolist(), abs=3e-4)
    assert numbers(scores) == pytest.approx(found.scores[n].tolist(), abs=3e-3)
    assert numbers(chance)[0] == pytest.approx(pairs.p_yes(found.scores)[n], abs=3e-4)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_lesson(lang: str, seed: int) -> None:
    state = pairs.State(tool="lesson", seed=seed, **PAIRS[lang])
    code = shown("pairs", lang, state)
    words, pair, total = numbers(printed(code))
    label = int(re.search(r"torch\.tensor\(\[(\d)\]\)", code)[1])  # type: ignore[index]
    second = re.search(r"inputs = tokenizer\((.+), return_tensors", code)
    assert second
    drawn = eval(f"({second[1]})")[1]
    inputs = LessonInputs(*PAIRS[lang].values(), other=drawn if label else "任何一句都行。", seed=seed)
    found = run(LESSON, inputs)
    assert found.random == bool(label)
    assert words == pytest.approx(float(found.word_losses.mean()), abs=2e-3)
    assert pair == pytest.approx(found.next_loss, abs=2e-3)
    assert total == pytest.approx(words + pair, abs=2e-4)


def test_measure(tmp_path: Path) -> None:
    """On the first pairs of the files that the snippet names."""
    few = {lang: examples.own_pairs(lang)[:9] for lang in examples.LANGUAGES}
    for lang, own in few.items():
        lines = ["# a remark", *("\t".join(pair) for pair in own)]
        (tmp_path / f"pairs.{lang}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    code = shown("pairs", "zh", pairs.State(tool="measure"))
    assert repr(str(paths.EVAL)) in code
    line = printed(code.replace(repr(str(paths.EVAL)), repr(str(tmp_path))))
    right = run(MEASURE, MeasureInputs(tuple(few.values()))).next_right()
    assert numbers(line)[0] == pytest.approx(float(right.mean()), abs=1.01 / len(right))  # fp32 of a batch and of one
    assert line.strip().endswith(f"of {len(right)}")
