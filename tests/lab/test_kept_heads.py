"""A head that is kept: the same answers from its file, no sentence in it, and whatever is no such file is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab import finetuned, kept_heads
from explorer.lab.types.finetuning import (
    KeepInputs,
    KeptInputs,
    KeptResult,
    TagsInputs,
    TagsResult,
    TuneInputs,
    UseInputs,
    UseResult,
)
from explorer.learning import keeping
from tests.lab.test_finetuning import PAIRS, SMALL, TAGGED

if TYPE_CHECKING:
    from explorer.models.network.model import Model

NAMES = ("借", "物 <b>")
PAIR = replace(SMALL, train=PAIRS, held_out=PAIRS[:1], shape="pair", pooling="cls")
TAGS = replace(SMALL, train=TAGGED, held_out=TAGGED[:1], shape="tokens", starts=("random",), seed=3)


def kept(model: Model, tune: TuneInputs, name: str) -> bytes:
    *_, result = kept_heads.keep(model, KeepInputs(tune, NAMES, name))
    data = keeping.kept.get(name)
    assert result == KeptResult(len(data))
    return data


@pytest.mark.parametrize(("tune", "text"), [(SMALL, "孩子把风筝"), (PAIR, "孩子\n妹妹把风筝")])
def test_the_file_answers_as_the_head_did(tiny_model: Model, tune: TuneInputs, text: str) -> None:
    kept(tiny_model, tune, "a")
    *_, before = finetuned.use(tiny_model, UseInputs(tune, text))
    *_, after = kept_heads.use_kept(tiny_model, KeptInputs("a", text))
    assert isinstance(before, UseResult) and isinstance(after, UseResult)
    np.testing.assert_allclose(after.p, before.p, atol=5e-3)  # 16 bits
    np.testing.assert_array_equal(after.start, before.start)


def test_a_random_body_is_drawn_again_and_words_get_their_labels(tiny_model: Model) -> None:
    kept(tiny_model, TAGS, "b")
    *_, before = finetuned.tags(tiny_model, TagsInputs(TAGS, "孩子把风筝", "char"))
    *_, after = kept_heads.tags_kept(tiny_model, KeptInputs("b", "孩子把风筝", "char"))
    assert isinstance(before, TagsResult) and isinstance(after, TagsResult)
    np.testing.assert_allclose(after.p, before.p, atol=5e-3)


def test_no_sentence_is_in_a_file_and_its_header_says_what_it_is(tiny_model: Model) -> None:
    data = kept(tiny_model, SMALL, "c")
    for text, _ in SMALL.train:
        assert text.encode() not in data or len(text) < 3
    about = keeping.about(data)
    assert (about.labels, about.model, about.layers) == (NAMES, tiny_model.revision, SMALL.layers)
    with pytest.raises(Told, match="head_other_labels"):
        list(kept_heads.keep(tiny_model, KeepInputs(SMALL, ("one",), "d")))


def header(data: bytes, change: Any) -> bytes:
    """The same file with its header changed."""
    length = int.from_bytes(data[:8], "little")
    head = json.loads(data[8 : 8 + length])
    about = json.loads(head["__metadata__"]["about"])
    change(head, about)
    head["__metadata__"]["about"] = json.dumps(about)
    raw = json.dumps(head).encode()
    return len(raw).to_bytes(8, "little") + raw + data[8 + length :]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda head, about: about.update(labels=["a", "b", "c"]), "head_other_labels"),
        (lambda head, about: about.update(labels=["a", "a"]), "head_other_labels"),
        (lambda head, about: about.update(model="another"), "head_other_model"),
        (lambda head, about: about.update(layers=2), "head_other_model"),
        (lambda head, about: about.update(layers="2"), "head_no_file"),
        (lambda head, about: about.update(shape="poem"), "head_no_file"),
        (lambda head, about: about.update(start="elsewhere"), "head_no_file"),
        (lambda head, about: about.pop("seed"), "head_no_file"),
        (lambda head, about: head["__metadata__"].update(form="2"), "head_no_file"),
        (lambda head, about: head.pop(keeping.CLASSIFIER), "head_no_file"),
    ],
)
def test_a_head_of_another_model_or_with_other_labels_is_refused(tiny_model: Model, change: Any, key: str) -> None:
    data = header(kept(tiny_model, SMALL, "e"), change)
    with pytest.raises(Told, match=key):
        kept_heads.opened(tiny_model, data)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 a zip", b"\x80\x04pickle", b"\xff" * 100, b"\x02" + b"\0" * 7 + b"{}"]
)
def test_what_is_no_such_file_is_told(data: bytes) -> None:
    with pytest.raises(Told, match="head_no_file"):
        keeping.about(data)


def test_a_file_that_was_cut_off_is_told(tiny_model: Model) -> None:
    with pytest.raises(Told, match="head_no_file"):
        keeping.about(kept(tiny_model, SMALL, "f")[:-10])


def test_a_kept_head_ends_when_nobody_asks_for_it_and_when_newer_ones_need_the_room() -> None:
    now = [0.0]
    shelf = keeping.Kept(all_bytes=10, expiry=5, clock=lambda: now[0])
    shelf.put("a", b"1234")
    now[0] = 4
    assert shelf.get("a") == b"1234"
    now[0] = 8  # four seconds after it was asked for
    assert shelf.get("a") == b"1234"
    shelf.put("b", b"1234567")
    with pytest.raises(Told, match="head_lost"):
        shelf.get("a")
    now[0] = 20
    with pytest.raises(Told, match="head_lost"):
        shelf.get("b")
