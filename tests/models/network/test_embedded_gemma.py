"""The embedded causal model as the app loads it: it knows things, and reading on with a cache changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.models.network.model import Model


def greedy(model: Model, text: str, n: int) -> str:
    import torch

    logits, past = model.step(torch.tensor([model.tokenizer.encode(text).ids]))
    written = []
    for _ in range(n):
        written.append(int(logits[0].argmax()))
        logits, past = model.step(torch.tensor([written[-1:]]), past)
    return model.tokenizer.decode(written)


def test_it_translates_and_counts(gemma: Model) -> None:
    assert greedy(gemma, "sea otter => 海獭\ncheese => 奶酪\napple =>", 3).split() == ["苹果"]
    assert greedy(gemma, "12 + 7 = 19\n3 + 5 =", 2).strip() == "8"


def test_step_by_step_is_all_at_once(gemma: Model) -> None:
    import torch

    ids = gemma.tokenizer.encode("The old man went to the sea because").ids
    whole = torch.tensor([ids])
    last = gemma.last_hidden_at(whole, torch.tensor([len(ids) - 1]))
    expected = gemma.decode(gemma.transform(last))
    past = None
    for token in ids:
        logits, past = gemma.step(torch.tensor([[token]]), past)
    np.testing.assert_allclose(logits, expected, atol=1e-3)
    assert gemma.tokenizer.decode([int(logits.argmax())]).strip()


def test_its_sizes(gemma: Model) -> None:
    heads = gemma.heads(*gemma.tensor_inputs([gemma.tokenizer.encode("One, two, three").ids]))
    assert heads.n_kv_heads == 1
    assert heads.query.shape[0] == gemma.n_layers == 18
    assert heads.query.shape[-1] == 256
    assert gemma.stop_ids == {gemma.tokenizer.sep_id}
