"""A typed word is the token that fits its place, for every kind of vocabulary; and no blank is filled with a mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.engine import get_engine
from explorer.lab import filling
from explorer.lab.types.masking import JointInputs, WordInputs
from explorer.models.catalog import adhoc_models, chapter_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.models.network.model import Model
from explorer.views import vocabulary
from explorer.views.masking import common
from tests.pages.app import body, notices, open_page


@pytest.fixture(params=["roberta", "xlm-roberta", "albert", "bert"])
def model(
    request: pytest.FixtureRequest, tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModelInfo]:
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    info = adhoc_models.register(tiny_of(request.param).folder, Policy(alone=True))
    chapter_models.choose("masking", info.id)
    yield info
    get_engine().unload(info.id)


def test_a_word_is_the_token_of_its_place(model: ModelInfo) -> None:
    """In the middle of a sentence and at its beginning: exactly what the tokenizer makes of the whole sentence."""
    for word in ("kettle", "The", "key"):
        for before, after in (("The ", " is singing."), ("", " is singing.")):
            whole = get_engine().tokens(model.id, before + word + after)
            ids = [
                whole.ids[n] for n, (start, end) in enumerate(whole.offsets)
                if not whole.special[n] and start >= len(before) and end <= len(before) + len(word) and end > start
            ]  # fmt: skip
            sentence = common.as_sentence(common.model(), f"{before}[MASK]{after}")
            expected = ids[0] if len(ids) == 1 else None
            assert sentence.token_of(word) == expected, (word, before)


def test_the_blank_before_a_word_belongs_to_it_in_roberta(tiny_of: Callable[[str], ModelInfo]) -> None:
    from explorer.lab.types.word_in_place import pieces_at
    from explorer.models.network.tokenizer import for_model

    cut = for_model(tiny_of("roberta")).encode
    text = "The <mask> is singing."
    assert pieces_at(cut, text, (4, 10), "kettle")[0] == ("Ġkettle",)
    assert pieces_at(cut, "<mask> is singing.", (0, 6), "The")[0] == ("The",)
    assert pieces_at(cut, text, (4, 10), " kettle ")[0] == ("Ġkettle",)


def test_the_page_names_no_sign_of_a_blank_and_finds_the_word(model: ModelInfo) -> None:
    at = open_page("masking", "en", tool="lens", text="The [MASK] is singing.", watch="is")
    assert not at.exception
    assert not notices(at)
    assert "Ġ" not in body(at)


def test_labels_tell_a_word_with_a_blank_from_one_without() -> None:
    assert [vocabulary.label(piece) for piece in ("Ġwater", "▁water", "water", "##ing", "Ġ", "▁")] == [
        "␣water", "␣water", "water", "##ing", "Ġ", "▁",
    ]  # fmt: skip


def test_the_pieces_that_are_scored_are_those_of_the_place(tiny_model_of: Callable[[str], Model]) -> None:
    roberta = tiny_model_of("roberta")
    tokens = roberta.tokenizer.encode("The <mask> is singing.")
    position = tokens.ids.index(roberta.tokenizer.mask_id or -1)
    scored = filling.word(roberta, WordInputs(tokens.text, (), position, "kettle"))
    assert scored.pieces == ("Ġkettle",)


def test_no_blank_is_filled_with_a_special_token(
    tiny_model_of: Callable[[str], Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the model likes [UNK] and [CLS] best of all."""
    bert = tiny_model_of("bert")
    own = type(bert).decode

    def likes_marks(self: Model, transformed: object) -> object:
        out = own(self, transformed).clone()  # type: ignore[arg-type]
        out[..., list(self.tokenizer.special_ids)] += 100
        return out

    monkeypatch.setattr(type(bert), "decode", likes_marks)
    found = filling.joint(bert, JointInputs("妹妹把风筝借给了孩子。", (2, 5, 6)))
    for order in found.orders:
        assert not set(order.ids) & bert.tokenizer.special_ids


def test_lists_of_the_likeliest_leave_special_tokens_out() -> None:
    size = len(get_engine().vocabulary("mini-mbert"))
    logits = -np.arange(size, dtype=np.float32)  # the first ids, which are special, lead
    best = vocabulary.best("mini-mbert", logits, 5)
    assert not set(best) & set(vocabulary.apart("mini-mbert"))
    assert set(range(5)) <= set(vocabulary.apart("mini-mbert"))
    assert best == sorted(best) and len(best) == 5
