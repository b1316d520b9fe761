"""Breaking a text, over many texts, seeds and dials: nothing is lost, words stay whole, each way keeps its promise."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab.breaking import break_up
from explorer.lab.denoising import break_text, encode
from explorer.lab.types.breaking import HOLE, KINDS, Breakage, Broken
from explorer.lab.types.denoising import MAX_TOKENS
from explorer.models.catalog.catalog import default
from explorer.models.network.tokenizer import TextTokenizer, for_model

MASK = 999
SEEDS = range(40)
DIALS = [(0.05, 1.0, 2), (0.3, 3.0, 3), (0.5, 2.0, 6), (0.9, 8.0, 4)]


def text(words: int, seed: int) -> tuple[list[int], list[bool]]:
    """A text of so many words of 1 to 3 tokens: ids that all differ, and which token begins a word."""
    lengths = np.random.default_rng(seed).integers(1, 4, words)
    begins = [n == 0 for length in lengths for n in range(length)]
    return list(range(100, 100 + len(begins))), begins


def breakages(kind: str, words: int = 14) -> Iterator[tuple[list[int], list[bool], Breakage, Broken]]:
    """The kind over many seeds and dials; what breaks to nothing is left out, and does not happen always."""
    found = 0
    for seed, (rate, span, pieces) in itertools.product(SEEDS, DIALS):
        ids, begins = text(words, seed)
        how = Breakage(kind, rate, span, pieces, seed)
        try:
            broken = break_up(ids, begins, how, MASK)
        except Told as problem:
            assert problem.key == "breaks_to_nothing"
            continue
        found += 1
        yield ids, begins, how, broken
    assert found > len(SEEDS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_and_what_is_hidden_are_the_text(kind: str) -> None:
    for ids, _, _, broken in breakages(kind):
        given = [at for at in broken.origins if at != HOLE]
        assert sorted([*given, *broken.hidden]) == list(range(len(ids)))
        assert list(broken.hidden) == sorted(broken.hidden)
        assert len(broken.shown) == len(broken.origins) and len(broken.target) == len(broken.sources)
        for id, at in zip(broken.shown, broken.origins, strict=True):
            assert id == ids[at] if at != HOLE else (id < 0) == (kind == "sentinels") and (id < 0 or id == MASK)


@pytest.mark.parametrize("kind", KINDS)
def test_words_are_broken_whole(kind: str) -> None:
    for ids, begins, _, broken in breakages(kind):
        hidden = set(broken.hidden)
        for at in range(1, len(ids)):
            if not begins[at]:
                assert (at in hidden) == (at - 1 in hidden)
                if at not in hidden:
                    place = broken.origins.index(at)
                    assert broken.origins[place - 1] == at - 1, "a word's pieces stay together"


@pytest.mark.parametrize("kind", KINDS)
def test_the_target_says_what_its_kind_promises(kind: str) -> None:
    for ids, _, _, broken in breakages(kind):
        if kind == "mass":
            assert broken.sources == broken.hidden
            assert list(broken.sources) == list(range(broken.sources[0], broken.sources[-1] + 1)), "one run"
        elif kind == "sentinels":
            said = [at for at in broken.sources if at != HOLE]
            assert tuple(said) == broken.hidden
            marks = [id for id, at in zip(broken.target, broken.sources, strict=True) if at == HOLE]
            assert marks == [-1 - n for n in range(len(marks))], "each sentinel once, and one that ends it"
            assert [id for id in broken.shown if id < 0] == marks[:-1]
            assert len(broken.target) == len(broken.hidden) + len(marks)
        else:
            assert broken.target == tuple(ids)
            assert broken.sources == tuple(range(len(ids)))


@pytest.mark.parametrize("kind", ["permute", "rotate"])
def test_orders_are_permutations_and_not_the_one_that_was(kind: str) -> None:
    for ids, begins, how, broken in breakages(kind):
        assert sorted(broken.origins) == list(range(len(ids)))
        assert broken.origins != tuple(range(len(ids)))
        assert broken.hidden == ()
        assert broken.moved == tuple(at for at in range(len(ids)) if broken.origins.index(at) != at) != ()
        jumps = sum(after != before + 1 for before, after in itertools.pairwise(broken.origins))
        if kind == "rotate":
            start = broken.origins[0]
            assert begins[start] and broken.origins == (*range(start, len(ids)), *range(start))
        else:
            assert 1 <= jumps <= how.pieces + 1, "so many pieces, and what stands around them"


@pytest.mark.parametrize("kind", ["mask", "mass", "delete", "infill", "sentinels"])
def test_there_are_as_many_holes_as_the_kind_says(kind: str) -> None:
    for ids, _, _, broken in breakages(kind):
        holes = sum(at == HOLE for at in broken.origins)
        runs = sum(at - 1 not in broken.hidden for at in broken.hidden)
        if kind in ("mask", "mass"):
            assert holes == len(broken.hidden) and len(broken.shown) == len(ids)
        elif kind == "delete":
            assert holes == 0 and len(broken.shown) == len(ids) - len(broken.hidden)
        elif kind == "sentinels":
            assert holes == runs
        else:
            assert holes >= runs, "an infilled run may be empty"


def test_infilling_puts_a_mask_where_nothing_was_and_at_times_one_for_many() -> None:
    empty = many = 0
    for _, _, how, broken in breakages("infill"):
        runs = sum(at - 1 not in broken.hidden for at in broken.hidden)
        holes = sum(at == HOLE for at in broken.origins)
        empty += holes > runs
        many += how.span > 2 and len(broken.hidden) > holes
    assert empty > 0 and many > 0


@pytest.mark.parametrize(("rate", "words"), [(0.05, 1), (0.15, 2), (0.5, 7), (0.9, 13)])
@pytest.mark.parametrize("kind", ["mask", "delete", "mass"])
def test_the_share_of_words_is_met(kind: str, rate: float, words: int) -> None:
    for seed in SEEDS:
        ids, begins = text(14, seed)
        hidden = break_up(ids, begins, Breakage(kind, rate, seed=seed), MASK).hidden
        assert sum(begins[at] for at in hidden) == words


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_breaks_alike_and_seeds_differ(kind: str) -> None:
    ids, begins = text(14, 0)
    broken = [break_up(ids, begins, Breakage(kind, 0.3, 2.0, 3, seed), MASK) for seed in SEEDS]
    assert broken == [break_up(ids, begins, Breakage(kind, 0.3, 2.0, 3, seed), MASK) for seed in SEEDS]
    assert len(set(broken)) > len(SEEDS) // 5


@pytest.mark.parametrize("kind", KINDS)
def test_short_texts_are_broken_or_told(kind: str) -> None:
    for words in (1, 2, 3):
        for seed, (rate, span, pieces) in itertools.product(SEEDS, DIALS):
            ids, begins = text(words, seed)
            try:
                broken = break_up(ids, begins, Breakage(kind, rate, span, pieces, seed), MASK)
            except Told as problem:
                assert problem.key in ("too_short_to_break", "breaks_to_nothing")
                assert problem.key == "breaks_to_nothing" or problem.values == {"words": 2}
                assert (problem.key == "too_short_to_break") == (kind in ("permute", "rotate") and words == 1)
            else:
                assert broken.shown, "something is left to read"


def test_two_words_at_ninety_per_cent_break_to_nothing() -> None:
    with pytest.raises(Told, match="breaks_to_nothing"):
        break_up([5, 6], [True, True], Breakage("delete", 0.9), MASK)


# --- a reader's text ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tokenizer() -> TextTokenizer:
    """No model: breaking needs none."""
    return for_model(default("masked"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "written",
    ["小猫 unforgettable 睡着了😀👍。", "a <extra_id_0> b <extra_id_1>", "[MASK] 好 [SEP] x", "<X> <Y>", "𠮷野家 ok"],
)
def test_whatever_is_written_is_text(tokenizer: TextTokenizer, kind: str, written: str) -> None:
    tokens, broken = break_text(tokenizer, written, Breakage(kind, 0.4, 2.0, 3, 7))
    ordinary = [id for id, special in zip(tokens.ids, tokens.special, strict=True) if not special]
    for id, at in zip(broken.shown, broken.origins, strict=True):
        assert at == HOLE or id == ordinary[at]
    words = [word for word, special in zip(tokens.words, tokens.special, strict=True) if not special]
    hidden = set(broken.hidden)
    for at in range(1, len(words)):
        assert words[at] != words[at - 1] or (at in hidden) == (at - 1 in hidden)


@pytest.mark.parametrize(
    ("written", "key"),
    [("", "text_empty"), (" \n", "text_empty"), ("雨" * 600, "too_long"), ("rain " * 600, "too_long")],
)
def test_nothing_and_six_hundred_tokens_are_told(tokenizer: TextTokenizer, written: str, key: str) -> None:
    with pytest.raises(Told, match=key):
        break_text(tokenizer, written, Breakage())


def test_a_text_of_the_most_tokens_is_broken(tokenizer: TextTokenizer) -> None:
    assert len(encode(tokenizer, "雨" * (MAX_TOKENS - 2))) == MAX_TOKENS
    for kind in KINDS:
        assert break_text(tokenizer, "雨" * (MAX_TOKENS - 2), Breakage(kind, 0.9, 1.0, 6))[1].shown
