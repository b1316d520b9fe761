"""Attention beside influence: the shares are those of the library's own attentions, the agreement is Spearman's."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine import catalog
from explorer.views.attention import beside, scene
from explorer.views.attention.common import State
from explorer.views.vocabulary import mask_id


@pytest.mark.parametrize(
    ("text", "position"), [("木匠量了量门框，又锯了一块板。", 5), ("My neighbour watered the roses twice.", 11)]
)
def test_what_a_blank_looks_at_is_what_the_library_says(text: str, position: int) -> None:
    import torch
    from transformers import AutoModel

    info = catalog.default("masked")
    shown = scene.read(State(text=text), info)
    looked = beside.looks_at_words(shown, position)
    assert looked is not None

    net = AutoModel.from_pretrained(info.folder, attn_implementation="eager", dtype=torch.float32).eval()
    ids = list(shown.tokens.ids)
    ids[position] = mask_id(info.id)
    with torch.no_grad():
        weights = torch.stack(net(torch.tensor([ids]), output_attentions=True).attentions)[:, 0, :, position]
    others = [n for n in range(1, len(ids) - 1) if n != position]
    np.testing.assert_allclose(looked, weights[:, :, others].sum(-1).numpy(), atol=1e-4)


def test_agreement_is_one_for_the_same_order_and_minus_one_for_the_reverse() -> None:
    a = np.array([[0.1, 0.4], [0.2, 0.9]], dtype=np.float32)
    assert beside.agreement(a, a**3) == pytest.approx(1.0)
    assert beside.agreement(a, -a) == pytest.approx(-1.0)
    b = np.array([[0.4, 0.1], [0.2, 0.9]], dtype=np.float32)  # ranks 2 0 1 3 against 0 2 1 3: 1 − 6·8/(4·15)
    assert beside.agreement(a, b) == pytest.approx(0.2)


def test_the_first_heads_are_those_of_the_highest_values() -> None:
    values = np.arange(24, dtype=np.float32).reshape(4, 6)
    assert beside.first(values) == set(range(14, 24))


def test_the_words_follow_the_number() -> None:
    assert [beside.verdict(rho) for rho in (-0.7, 0.0, 0.49, 0.5, 0.9)] == ["unlike"] * 3 + ["alike"] * 2
