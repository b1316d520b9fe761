"""What the tools of 填空 share: a text read, what stands in covered places, and the numbers the views compute."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer import numerics
from explorer.engine import get_engine
from explorer.errors import Told
from explorer.lab.types.masking import Edit
from explorer.views import vocabulary
from explorer.views.masking import common
from explorer.views.masking.common import MAX_TOKENS, State

TEXT = "小猫趴在窗台上打盹。"


def as_sentence(text: str, masks: tuple[int, ...] = (), focus: int = 0) -> common.Sentence:
    return common.as_sentence(common.model(), text, masks, focus)


def pieces(sentence: common.Sentence, positions: tuple[int, ...]) -> list[str]:
    return [sentence.tokens.pieces[position] for position in positions]


# --- reading a text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000 "])
def test_nothing_to_read_is_told(text: str) -> None:
    with pytest.raises(Told) as caught:
        as_sentence(text)
    assert caught.value.key == "text_empty"


def test_covered_positions_are_sorted_and_those_that_do_not_exist_are_dropped() -> None:
    sentence = as_sentence(TEXT, (7, 2, 2, 0, len(TEXT) + 1, 99, 510), 2)
    assert sentence.masks == (2, 7)
    assert pieces(sentence, sentence.masks) == ["猫", "上"]
    assert sentence.focus == 2


@pytest.mark.parametrize(
    ("masks", "focus", "shown"), [((), 0, None), ((), 3, None), ((3, 5), 0, 5), ((3, 5), 4, 5), ((3, 5), 3, 3)]
)
def test_the_focus_is_a_covered_position(masks: tuple[int, ...], focus: int, shown: int | None) -> None:
    assert as_sentence(TEXT, masks, focus).focus == shown


def test_a_typed_mask_is_covered_from_the_start() -> None:
    sentence = as_sentence("今天[MASK]很[MASK]。", (1,), 3)
    assert sentence.masks == (1, 3, 5)
    assert pieces(sentence, (3, 5)) == ["[MASK]", "[MASK]"]
    assert sentence.focus == 3
    assert sentence.original(3) is None
    assert sentence.original(1) == sentence.tokens.ids[1]


def test_a_short_text_is_read_whole() -> None:
    sentence = as_sentence(TEXT)
    assert (sentence.typed, sentence.used) == (len(TEXT), len(TEXT))
    assert not sentence.simplified


@pytest.mark.parametrize(
    "text",
    [
        "山" * 200,
        "山" * 10_000,
        "rain and wind " * 60,
        "supercalifragilistic" * 400,
        "🙂 " * 300,
        "a " * 5_000,
        "ก" * 4_000,
    ],
    ids=["200", "10000", "english", "one-word", "emoji", "letters", "thai"],
)
def test_a_long_text_is_cut_where_a_token_ends_and_says_so(text: str) -> None:
    sentence = as_sentence(text)
    tokens = sentence.tokens
    assert len(tokens) <= MAX_TOKENS
    assert sentence.typed == len(text)
    assert sentence.used == len(tokens.text) < len(text)
    assert text.startswith(tokens.text)
    assert tokens.special[0] and tokens.special[-1]
    assert tokens.ids == get_engine().tokens(common.model().id, tokens.text).ids


def test_as_much_as_fits_is_read() -> None:
    for length in (MAX_TOKENS - 2, MAX_TOKENS - 1):
        sentence = as_sentence("山" * length)
        assert len(sentence.tokens) == MAX_TOKENS
        assert sentence.used == MAX_TOKENS - 2


def test_traditional_characters_the_model_lacks_are_read_as_simplified() -> None:
    sentence = as_sentence("這裡的風箏飛得很高。")
    assert sentence.simplified
    assert not any(sentence.tokens.unknown)
    assert len(sentence.tokens.text) == len("這裡的風箏飛得很高。")
    assert not as_sentence("这里的风筝飞得很高。").simplified


def test_what_the_model_does_not_know_is_marked() -> None:
    assert any(as_sentence("𓀀𓀁").tokens.unknown)


# --- what stands in the covered places -------------------------------------------------------------------------


def test_random_tokens_are_the_same_for_the_same_seed_and_place() -> None:
    assert [vocabulary.random_token(common.model().id, 3, p) for p in range(20)] == [
        vocabulary.random_token(common.model().id, 3, p) for p in range(20)
    ]
    assert [vocabulary.random_token(common.model().id, 3, p) for p in range(20)] != [
        vocabulary.random_token(common.model().id, 4, p) for p in range(20)
    ]
    assert len({vocabulary.random_token(common.model().id, 3, p) for p in range(20)}) > 15


def test_random_tokens_are_ordinary_ones() -> None:
    words = get_engine().vocabulary(common.model().id)
    drawn = [
        vocabulary.random_token(common.model().id, seed, position) for seed in range(40) for position in range(1, 20)
    ]
    assert min(drawn) >= 5
    assert max(drawn) < len(words)
    assert not {words[i] for i in drawn} & {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    assert max(drawn) - min(drawn) > len(words) * 0.9, "drawn from everywhere"


def test_each_treatment_puts_there_what_it_says() -> None:
    sentence = as_sentence("今天[MASK]很好。", (1, 4))
    mask = vocabulary.mask_id(common.model().id)
    assert common.edits(sentence, State(how="mask")) == (Edit(1, mask), Edit(3, mask), Edit(4, mask))
    assert common.edits(sentence, State(how="keep")) == (Edit(3, mask),), "nothing else can stand for a typed [MASK]"
    drawn = common.edits(sentence, State(how="random", seed=7))
    assert drawn == tuple(Edit(p, vocabulary.random_token(common.model().id, 7, p)) for p in (1, 3, 4))


def test_nothing_covered_changes_nothing() -> None:
    for how in ("mask", "random", "keep"):
        assert common.edits(as_sentence(TEXT), State(how=how)) == ()


def test_the_mask_is_the_tokenizer_s() -> None:
    assert get_engine().vocabulary(common.model().id)[vocabulary.mask_id(common.model().id)] == "[MASK]"


def test_plain_takes_off_the_sign_of_a_continuing_piece_only() -> None:
    assert [common.plain(token) for token in ("##ing", "ing", "#", "[MASK]", "####")] == [
        "ing",
        "ing",
        "#",
        "[MASK]",
        "##",
    ]


def test_the_vocabulary_s_index_is_its_inverse() -> None:
    words, index = get_engine().vocabulary(common.model().id), vocabulary.index(common.model().id)
    assert all(words[index[token]] == token for token in words[::977])


# --- numbers ---------------------------------------------------------------------------------------------------


def test_blind_guessing_costs_the_log_of_the_vocabulary() -> None:
    assert numerics.cross_entropy(np.zeros(33_627, dtype=np.float32), 5) == pytest.approx(math.log(33_627))
