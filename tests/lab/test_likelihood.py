"""How likely texts are: each token's −ln p is the library's, whatever is read beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.errors import Told
from explorer.lab.likelihood import likelihood
from explorer.lab.types.likelihood import MOST_TOKENS, LikelihoodInputs
from tests.lab.conftest import last

TEXTS = (*(f"The kettle is singing{' and singing' * (n % 5)}." for n in range(19)), "山上有一口井。")


@pytest.mark.parametrize("family", ["llama", "gemma3_text"])
def test_every_token_is_what_the_library_says(family: str, tiny_of: Any, tiny_model_of: Any) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = tiny_model_of(family)
    found = last(likelihood(model, LikelihoodInputs(TEXTS)))
    net = AutoModelForCausalLM.from_pretrained(tiny_of(family).folder, dtype=torch.float32).eval()
    begin = () if family == "gemma3_text" else (0,)
    for text, nats, log_p in zip(TEXTS, found.nats, found.log_p(), strict=True):
        ids = torch.tensor([[*begin, *model.tokenizer.encode(text).ids]])
        with torch.no_grad():
            said = net(ids).logits[0, :-1].double().log_softmax(-1)
        expected = -said.gather(1, ids[0, 1:, None])[:, 0].numpy()
        np.testing.assert_allclose(nats, expected, atol=1e-4)
        assert log_p == pytest.approx(-expected.sum(), abs=1e-3)


@pytest.mark.parametrize(
    ("texts", "key"),
    [(("The kettle", " "), "text_empty"), (("",), "text_empty"), (("kettle " * 2 * MOST_TOKENS,), "too_long")],
)
def test_odd_texts_are_told(texts: tuple[str, ...], key: str, tiny_model_of: Any) -> None:
    with pytest.raises(Told) as refused:
        last(likelihood(tiny_model_of("llama"), LikelihoodInputs(texts)))
    assert refused.value.key == key
