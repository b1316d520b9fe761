"""The split of a text on the front page: what is hidden, for which reason, and what is left when little is there."""

from __future__ import annotations

import pytest

from explorer.content import examples
from explorer.errors import Told
from explorer.views.home import common
from explorer.views.home.common import MAX_TOKENS, State, hide, read
from tests.ui.conftest import Reader
from tests.ui.conftest import reader as reader  # the same stand-in for a session

TEXT = "院子里的桂花开了，整条巷子都是香的。"


def surfaces(text: str, state: State) -> str:
    tokens = read(text)
    return "".join(tokens.surface(position) for position in hide(tokens, state))


def test_the_reader_s_own_choice_is_hidden() -> None:
    assert surfaces(TEXT, State(text=TEXT, masks=(5, 6))) == "桂花"


def test_positions_that_do_not_exist_are_not_hidden() -> None:
    assert surfaces(TEXT, State(text=TEXT, masks=(0, 5, 60, 80))) == "桂"
    chosen = hide(read("风"), State(text="风", masks=(7,)))
    assert chosen == (1,), "something is always hidden"


def test_the_drawing_is_fifteen_per_cent_and_the_same_for_the_same_seed() -> None:
    tokens = read(TEXT)
    first = hide(tokens, State(text=TEXT, seed=1))
    assert first == hide(tokens, State(text=TEXT, seed=1))
    assert len(first) == round(0.15 * (len(tokens) - 2))
    assert first == tuple(sorted(set(first)))
    assert not any(tokens.special[position] for position in first)
    assert len({hide(tokens, State(text=TEXT, seed=seed)) for seed in range(20)}) > 10


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_s_own_example_hides_what_the_example_says(lang: str, reader: Reader) -> None:
    reader.session["language"] = lang
    example = examples.entry("home", "default", lang)
    tokens = read(example["text"])
    assert hide(tokens, State()) == tuple(example["masks"])
    assert hide(tokens, State(seed=1)) != tuple(example["masks"]), "until other places are drawn"


def test_gpt_hides_everything_from_the_cut_on() -> None:
    tokens = read(TEXT)
    assert hide(tokens, State(text=TEXT, how="gpt", cut=5)) == tuple(range(5, len(tokens) - 1))
    last = len(tokens) - 2
    assert hide(tokens, State(text=TEXT, how="gpt", cut=last)) == (last,)


@pytest.mark.parametrize("cut", [0, 80, 20])
def test_a_cut_that_is_no_place_is_in_the_middle(cut: int) -> None:
    tokens = read(TEXT)
    hidden = hide(tokens, State(text=TEXT, how="gpt", cut=cut if cut != 20 else len(tokens) - 1))
    assert hidden[-1] == len(tokens) - 2
    assert 0.4 <= len(hidden) / (len(tokens) - 2) <= 0.6


@pytest.mark.parametrize("text", ["风", "风雨", "风雨夜", "a"])
@pytest.mark.parametrize("how", ["bert", "gpt"])
def test_very_short_texts_are_split_as_well(text: str, how: str) -> None:
    tokens = read(text)
    hidden = hide(tokens, State(text=text, how=how))  # type: ignore[arg-type]
    assert hidden
    assert not any(tokens.special[position] for position in hidden)


@pytest.mark.parametrize("text", ["", "  ", "\u3000", "\u200b", "\u200b\u200d"])
def test_a_text_without_a_token_is_told(text: str) -> None:
    with pytest.raises(Told) as caught:
        read(text)
    assert caught.value.key == "text_empty"


@pytest.mark.parametrize("text", ["雨" * 10_000, "word " * 4_000, "🙂" * 500], ids=["han", "english", "emoji"])
def test_long_texts_are_cut_to_the_front_page(text: str) -> None:
    tokens = read(text)
    assert len(tokens) <= MAX_TOKENS
    assert text.startswith(tokens.text)
    assert len(common.chips(tokens, hide(tokens, State(text=text)))) == len(tokens)


def test_chips_tell_special_unknown_and_hidden_apart() -> None:
    tokens = read("雨𓀀停")
    chips = common.chips(tokens, (1,))
    assert [chip.kind for chip in chips] == ["special", "token", "unknown", "token", "special"]
    assert [chip.covered for chip in chips] == [None, "mask", None, None, None]
    assert "".join(chip.original for chip in chips) == "雨𓀀停"
