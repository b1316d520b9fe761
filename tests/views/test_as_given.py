"""What a reader writes is read as it was given: no page drops a blank or a line feed at an end without a word."""

from __future__ import annotations

import pytest

from explorer.engine import catalog
from explorer.views.attention import common as attention
from explorer.views.attention import scene
from explorer.views.input import common as input_common
from explorer.views.masking import common as masking
from explorer.views.pairs import common as pairs

GIVEN = " 天黑了。 "


def test_a_pair_is_read_as_it_was_given() -> None:
    assert pairs.require(pairs.State(a=GIVEN, b=GIVEN), catalog.default("masked").id) == (GIVEN, GIVEN)
    assert input_common.pair_of(input_common.State(pair=GIVEN)) == GIVEN


@pytest.mark.parametrize("text", [GIVEN, "\n天黑了。", "天黑了。\n"])
def test_a_sentence_is_read_as_it_was_given(text: str) -> None:
    assert masking.as_sentence(masking.model(), text).tokens.text == text
    sight = scene.read(attention.State(text=text), catalog.default("causal")).sight
    assert sight.text == text
    state = input_common.State(text=text)
    assert input_common.read(state, catalog.default("causal").id).first == text
