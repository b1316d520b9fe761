"""Chapter 5 against transformers called directly, and its geometry against plain arithmetic."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import pytest

from explorer import numerics
from explorer.errors import Told
from explorer.lab import cbow, context, umap_client
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import CbowInputs, CbowResult, CbowStep, EmbedInputs, EmbedResult, Occurrence
from tests import tiny
from tests.lab.conftest import last

if TYPE_CHECKING:
    from explorer.models.network.model import Model

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ("妹妹把风筝借给了孩子。", "孩子在听。", "The kitten is listening")
ITEMS = (Occurrence(TEXTS[0], 8, 10), Occurrence(TEXTS[1], 0, 2), Occurrence(TEXTS[2], 4, 10))


@pytest.fixture(scope="module")
def embedded(tiny_model: Model) -> EmbedResult:
    found: EmbedResult = last(context.embed(tiny_model, EmbedInputs(ITEMS)))
    return found


def test_vectors_are_the_library_s_hidden_states_pieces_averaged(
    embedded: EmbedResult, tiny_model: Model, library: Any
) -> None:
    import torch

    for n, item in enumerate(ITEMS):
        tokens = tiny_model.tokenizer.encode(item.text)
        at = [i for i, (a, b) in enumerate(tokens.offsets) if not tokens.special[i] and a < item.end and b > item.start]
        assert embedded.pieces[n] == len(at)
        with torch.no_grad():
            states = library(torch.tensor([list(tokens.ids)]), output_hidden_states=True).hidden_states
        for layer in range(1, len(states)):
            np.testing.assert_allclose(embedded.vectors[layer, n], states[layer][0, at].mean(0), atol=1e-5)


def test_the_input_leaves_the_position_out_before_the_layer_norm(
    embedded: EmbedResult, tiny_model: Model, library: Any
) -> None:
    import torch

    parts = library.bert.embeddings
    ids = tiny_model.tokenizer.encode(TEXTS[1]).ids[1:3]
    with torch.no_grad():
        rows = parts.LayerNorm(parts.word_embeddings(torch.tensor(ids)) + parts.token_type_embeddings.weight[0])
    np.testing.assert_allclose(embedded.vectors[0, 1], rows.mean(0), atol=1e-6)
    assert (embedded.vectors[0, 0] == embedded.vectors[0, 1]).all()  # 孩子 in two sentences: one and the same
    assert np.abs(embedded.vectors[-1, 0] - embedded.vectors[-1, 1]).max() > 1e-3


KETTLES = (
    Occurrence("The kettle is singing.", 4, 10),
    Occurrence("The kettle and the kitten.", 4, 10),
    Occurrence("Nobody remembered the kettle.", 22, 28),
)


@pytest.mark.parametrize("family", [name for name, row in tiny.FAMILIES.items() if row[2] != "seq2seq"])
def test_every_encoder_and_decoder_is_read(family: str, tiny_model_of: Callable[[str], Model]) -> None:
    """Input vectors know no neighbour and no position; what a decoder's vector knows stands to its left."""
    model = tiny_model_of(family)
    found = last(context.embed(model, EmbedInputs(KETTLES)))
    assert found.vectors.shape[:2] == (model.n_layers + 1, 3)
    x = found.vectors
    np.testing.assert_allclose(x[0, 1], x[0, 0], atol=1e-6)
    np.testing.assert_allclose(x[0, 2], x[0, 0], atol=1e-6)
    assert np.abs(x[-1, 2] - x[-1, 0]).max() > 1e-4
    same_left = np.abs(x[-1, 1] - x[-1, 0]).max()
    assert same_left < 1e-4 if model.kind == "causal" else same_left > 1e-4


def test_sorting_and_batching_change_no_number(embedded: EmbedResult, tiny_model: Model) -> None:
    alone = last(context.embed(tiny_model, EmbedInputs(ITEMS, sort=False)))
    np.testing.assert_allclose(embedded.vectors, alone.vectors, atol=1e-5)


def test_anisotropy_is_the_mean_cosine_of_all_pairs_of_tokens(embedded: EmbedResult, tiny_model: Model) -> None:
    import torch

    rows = []
    for text in TEXTS:
        tokens = tiny_model.tokenizer.encode(text)
        states = tiny_model.hidden_states(torch.tensor([tokens.ids]))[-1, 0].numpy()
        rows += [states[i] for i in range(len(tokens)) if not tokens.special[i]]
    unit = np.array(rows) / np.linalg.norm(rows, axis=1, keepdims=True)
    pairs = (unit @ unit.T)[np.triu_indices(len(unit), 1)]
    assert embedded.anisotropy[-1] == pytest.approx(pairs.mean(), abs=1e-5)
    assert embedded.n_tokens == len(rows)


def test_what_cannot_be_read_is_refused(tiny_model: Model) -> None:
    for items, key in (
        ((), "text_empty"),
        ((Occurrence("孩子", 5, 6),), "position_outside"),
        ((Occurrence("孩子", 0, 1),) * (context.MOST + 1), "too_many_lines"),
        ((Occurrence("好" * 200, 0, 1),), "too_long"),
    ):
        with pytest.raises(Told) as problem:
            last(context.embed(tiny_model, EmbedInputs(items)))
        assert problem.value.key == key


def test_numbers_that_are_none_are_refused(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = context._states
    monkeypatch.setattr(context, "_states", lambda *given: honest(*given) * np.nan)
    with pytest.raises(Told) as problem:
        last(context.embed(tiny_model, EmbedInputs(ITEMS)))
    assert problem.value.key == "not_finite"


def test_auc_silhouette_and_accuracy_by_hand() -> None:
    assert geometry.auc(np.array([0.9, 0.5]), np.array([0.5, 0.1])) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    cos = np.array([[1, 0.9, 0.1, 0.2], [0.9, 1, 0.3, 0.1], [0.1, 0.3, 1, 0.8], [0.2, 0.1, 0.8, 1]])
    label = np.array([0, 0, 1, 1])
    by_hand = []
    for own, a, b in ((0, 0.1, 0.85), (1, 0.1, 0.8), (2, 0.2, 0.8), (3, 0.2, 0.85)):
        by_hand.append((b - a) / max(a, b))
        assert own < 4
    assert geometry.silhouette(1 - cos, label) == pytest.approx(np.mean(by_hand))
    assert geometry.nearest_sense(cos, label) == 1
    ties = np.ones((4, 4))
    assert geometry.nearest_sense(ties, label) == pytest.approx(1 / 3)  # one of three equally near ones is right


def test_scores_agree_with_scikit_learn() -> None:
    from sklearn.manifold import trustworthiness
    from sklearn.metrics import roc_auc_score, silhouette_score

    rng = np.random.default_rng(3)
    x = rng.normal(size=(24, 8))
    cos = geometry.cosines(x[None])[0]
    labels = rng.integers(0, 3, 24)
    distance = np.clip(1 - cos, 0, None)
    np.fill_diagonal(distance, 0)
    assert geometry.silhouette(distance, labels) == pytest.approx(
        silhouette_score(distance, labels, metric="precomputed")
    )
    placed = x[:, :2]
    assert geometry.trustworthiness(cos, placed, 5) == pytest.approx(
        trustworthiness(x, placed, n_neighbors=5, metric="cosine"), abs=1e-9
    )
    high, low = rng.normal(1, 1, 30), rng.normal(0, 1, 40)
    truth = [1] * 30 + [0] * 40
    assert geometry.auc(high, low) == pytest.approx(roc_auc_score(truth, [*high, *low]))


def test_pca_keeps_distances_when_it_has_all_dimensions_and_turning_changes_none() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 3, 9)) @ np.diag([5, 3, 2, 1, 1, 1, 1, 1, 1.0])
    placed, kept = numerics.pca(x)
    for layer in range(4):
        truth = np.linalg.norm(x[layer][:, None] - x[layer][None], axis=-1)
        shown = np.linalg.norm(placed[layer][:, None] - placed[layer][None], axis=-1)
        np.testing.assert_allclose(shown / shown.max(), truth / truth.max(), atol=1e-9)
    assert kept == pytest.approx(1)  # three points lie in a plane


def test_identical_points_have_no_directions_and_stay_on_one_spot() -> None:
    x = np.ones((2, 5, 8))
    assert np.isnan(geometry.cosines(x - x.mean(axis=1, keepdims=True), np.ones(2))).all()
    assert (numerics.pca(x)[0] == 0).all()


def test_the_crossing_is_exactly_zero_where_both_senses_are_one_vector() -> None:
    rng = np.random.default_rng(1)
    word = rng.normal(size=(2, 1, 6))
    first, second = word.repeat(3, axis=1), word.repeat(7, axis=1)
    second[1] += rng.normal(size=(7, 6))
    gap = geometry.crossing(first, second, rng.normal(size=(2, 2, 6)), rng.normal(size=(2, 3, 6)), np.zeros((2, 6)))[
        "gap"
    ]
    assert gap[0] == 0
    assert gap[1] != 0


@pytest.mark.parametrize("kind", ["agglomerative", "kmeans"])
def test_clustering_finds_two_clumps(kind: str) -> None:
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.normal(size=(6, 9)) * 0.2 + 1, rng.normal(size=(5, 9)) * 0.2 - 1])
    labels, score = geometry.proposals(geometry.cosines(x[None])[0], kind)
    assert labels == (0,) * 6 + (1,) * 5
    assert score > 0.8
    assert sorted(geometry.order(geometry.cosines(x[None])[0])) == list(range(11))


def test_a_new_point_lands_among_its_like_and_a_forgotten_map_comes_out_the_same() -> None:
    rng = np.random.default_rng(4)
    rows = np.concatenate([rng.normal(size=(8, 12)) + 4, rng.normal(size=(8, 12)) - 4])
    placed = umap_client.umap_of(rows, 2)
    new = umap_client.landed(rows, rows[:1] + 0.01)
    own, other = placed[:8].mean(axis=0), placed[8:].mean(axis=0)
    assert np.linalg.norm(new[0] - own) < np.linalg.norm(new[0] - other)
    maker = psutil.Process().children()[-1]
    maker.kill()
    maker.wait()
    np.testing.assert_array_equal(umap_client.umap_of(rows, 2), placed)  # by a new process
    np.testing.assert_array_equal(umap_client.landed(rows, rows[:1] + 0.01), new)


def test_what_a_map_cannot_be_made_of_is_said_and_the_next_is_made() -> None:
    with pytest.raises(umap_client.MapError, match="NaN"):
        umap_client.tsne_of(np.full((6, 4), np.nan), 2)
    assert umap_client.tsne_of(np.random.default_rng(0).normal(size=(6, 4)), 2).shape == (6, 2)


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="this system has no such schedule")
def test_a_map_that_is_asked_for_is_not_left_to_the_time_that_nobody_wants() -> None:
    def schedules() -> set[int]:
        assert umap_client._process is not None
        threads = psutil.Process(umap_client._process.pid).threads()
        return {os.sched_getscheduler(thread.id) for thread in threads}

    umap_client._end()
    warming = threading.Thread(target=umap_client.warm)
    warming.start()
    while umap_client._process is None or schedules() != {os.SCHED_IDLE}:
        time.sleep(0.01)
    rows = np.random.default_rng(0).normal(size=(60, 8))
    asking = threading.Thread(target=umap_client.tsne_of, args=(rows, 2))
    asking.start()
    while os.SCHED_IDLE in schedules():
        assert asking.is_alive()
    asking.join()
    warming.join()
    assert schedules() == {os.SCHED_IDLE}
    with umap_client._waited_for():  # what is in hand ends first, and must not take back the haste of who waits
        umap_client._ask("landed", rows[:8], rows[:2], hurry=False)
        assert schedules() == {os.SCHED_OTHER}
    assert schedules() == {os.SCHED_IDLE}


def test_maps_leave_this_process_alone_and_their_maker_ends_with_it() -> None:
    code = (
        "import sys, numpy as np, psutil, os; from explorer.lab import umap_client;"
        "umap_client.tsne_of(np.random.default_rng(0).normal(size=(6, 4)), 2);"
        "print(int('sklearn' in sys.modules), psutil.Process().children()[0].pid, flush=True); os._exit(9)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    imported, pid = ran.stdout.split()
    assert imported == "0"
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(pid)).wait(timeout=20)


def test_cbow_learns_which_words_keep_which_company(tiny_model: Model) -> None:
    text = "\n".join(["妹妹在听", "孩子在听", "妹妹把风筝借给了孩子"] * 30)
    steps = list(cbow.cbow(tiny_model, CbowInputs(text, dims=12, epochs=8)))
    assert all(isinstance(step, CbowStep) for step in steps[:-1])
    result = steps[-1]
    assert isinstance(result, CbowResult)
    assert result.losses[-1] < result.losses[0]
    assert result.losses[-1] < result.guess
    assert result.vectors.shape == (len(result.words), 12)
    assert result.counts.sum() == result.n_tokens


def test_cbow_s_examples_are_the_neighbours_of_each_word() -> None:
    targets, rows = cbow._examples([["a", "b", "c"]], {"a": 0, "b": 1, "c": 2}, 2)
    assert targets.tolist() == [0, 1, 2]
    assert rows.tolist() == [[1, 2, 3, 3], [0, 2, 3, 3], [0, 1, 3, 3]]


@pytest.mark.parametrize(("text", "key"), [("太短", "text_short"), ("长" * 30_000, "text_long")])
def test_cbow_refuses_what_it_cannot_train_on(text: str, key: str, tiny_model: Model) -> None:
    with pytest.raises(Told) as problem:
        last(cbow.cbow(tiny_model, CbowInputs(text)))
    assert problem.value.key == key
