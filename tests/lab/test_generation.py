"""接龙 on tiny networks of every causal class, held against the transformers library in a plain loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from explorer.engine.handles import Handles, Shelf
from explorer.errors import Told
from explorer.lab import decoding, generation
from explorer.lab.sampling import chance_at, draw, offer
from explorer.lab.types.generation import (
    CacheInputs,
    ContextInputs,
    FollowInputs,
    InsideInputs,
    LeftInputs,
    NgramInputs,
    ScanInputs,
    Settings,
    TreeInputs,
    WaysInputs,
    WriteInputs,
    WriteResult,
    Written,
)
from tests.lab.conftest import last

FAMILIES = ("gpt2", "llama", "qwen2", "gemma3_text")
TEXTS = ("树下有一口井，孩子", "The kitten is listening to the gardener.")
SETTINGS = (
    Settings(),
    Settings(temperature=0.7, top_k=20, repetition=1.3),
    Settings(temperature=1.4, top_p=0.8, min_p=0.02),
    Settings(temperature=0),
)


class Library:
    """A causal network of the library, and the same choices made from its scores without anything of ours."""

    def __init__(self, info: Any) -> None:
        import torch
        from transformers import AutoModelForCausalLM

        self.torch = torch
        self.net = AutoModelForCausalLM.from_pretrained(info.folder, dtype=torch.float32).eval()

    def logits(self, ids: Sequence[int]) -> np.ndarray:
        """[token, V], everything read at once."""
        with self.torch.no_grad():
            found: np.ndarray = self.net(self.torch.tensor([list(ids)]), use_cache=False).logits[0].numpy()
        return found

    def loop(self, ids: Sequence[int], n: int, settings: Settings, seed: int, stops: frozenset[int]) -> list[int]:
        """The plain loop: the library's processors in its own order, then the draw best first."""
        from transformers import generation as g

        torch, now = self.torch, list(ids)
        steps: list[Any] = []
        if settings.repetition != 1:
            steps.append(g.RepetitionPenaltyLogitsProcessor(settings.repetition))
        if settings.temperature not in (0, 1):
            steps.append(g.TemperatureLogitsWarper(settings.temperature))
        if settings.top_k:
            steps.append(g.TopKLogitsWarper(settings.top_k))
        if settings.top_p < 1:
            steps.append(g.TopPLogitsWarper(settings.top_p))
        if settings.min_p:
            steps.append(g.MinPLogitsWarper(settings.min_p))
        for _ in range(n):
            scores = torch.tensor(self.logits(now)[-1:])
            for step in steps:
                scores = step(torch.tensor([now]), scores)
            if settings.temperature == 0:
                token = int(scores.argmax())
            else:
                p, order = scores.double().softmax(-1)[0].sort(descending=True, stable=True)
                place = int((p.cumsum(0) <= chance_at(seed, len(now))).sum())
                token = int(order[place])
            now.append(token)
            if token in stops:
                break
        return now[len(ids) :]


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def model(family: str, tiny_model_of: Callable[[str], Any]) -> Any:
    return tiny_model_of(family)


@pytest.fixture(scope="module")
def library(family: str, tiny_of: Callable[[str], Any]) -> Library:
    return Library(tiny_of(family))


def shelf() -> Shelf:
    return Shelf(Handles(), "reader", "model")


def ids_of(model: Any, text: str) -> tuple[int, ...]:
    return tuple(model.tokenizer.encode(text).ids)


def follow(model: Any, ids: Sequence[int], on: Any = None) -> Any:
    return generation.follow(model, [FollowInputs(tuple(ids))], [on])[0]


def written(model: Any, inputs: WriteInputs, on: Any = None) -> list[Any]:
    """The stream run as the engine runs it."""
    stream, values = generation.write(model, inputs, on), []
    answer = None
    while True:
        try:
            value = stream.send(answer)
        except StopIteration:
            return values
        answer = None
        if isinstance(value, decoding.Reading):
            (answer,) = decoding.read_on(model, [value])
        else:
            values.append(value)


# --- one step ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
def test_a_step_with_what_was_kept_says_what_a_whole_reading_says(text: str, model: Any, library: Library) -> None:
    ids, on = ids_of(model, text), shelf()
    whole = library.logits(ids)
    for end in range(2, len(ids) + 1):
        found = follow(model, ids[:end], on)
        assert np.allclose(found.logits, whole[end - 1], atol=2e-4)
        assert (found.kept, found.new) == ((0, 2) if end == 2 else (end - 1, 1))
    assert found.n_bytes > 0


def test_a_branch_reads_nothing_twice(model: Any, library: Library) -> None:
    ids, on = ids_of(model, TEXTS[1]), shelf()
    follow(model, ids, on)
    other = (*ids[:5], (ids[5] + 7) % model.vocab_size)
    found = follow(model, other, on)
    assert (found.kept, found.new) == (5, 1)
    assert np.allclose(found.logits, library.logits(other)[-1], atol=2e-4)
    again = follow(model, (*ids, 9), on)
    assert again.kept == len(ids), "the first line is still there"


def test_what_was_lost_is_read_again(model: Any) -> None:
    ids, on = ids_of(model, TEXTS[0]), shelf()
    before = follow(model, ids, on)
    on._handles._held.clear()
    after = follow(model, ids, on)
    assert after.kept == 0
    assert np.allclose(before.logits, after.logits, atol=1e-5)


def test_a_shelf_too_small_only_costs_time(model: Any) -> None:
    ids, small = ids_of(model, TEXTS[0]), Shelf(Handles(max_bytes=10), "reader", "model")
    assert follow(model, ids, small).kept == 0
    assert follow(model, ids, small).kept == 0


def test_readers_of_different_lengths_are_read_on_together(model: Any, library: Library) -> None:
    rows = [ids_of(model, text) for text in TEXTS] + [ids_of(model, TEXTS[0])[:4]]
    shelves = [shelf() for _ in rows]
    for row, on in zip(rows, shelves, strict=True):
        follow(model, row[:-1], on)
    before = model.forward_passes
    for extra in (3, 11, 6):  # several steps, so that what comes apart is joined again
        found = generation.follow(model, [FollowInputs(row) for row in rows], shelves)
        for row, one in zip(rows, found, strict=True):
            assert np.allclose(one.logits, library.logits(row)[-1], atol=3e-4)
        rows = [(*row, extra) for row in rows]
    assert model.forward_passes - before == 3, "one run for all readers"


def test_what_is_kept_of_a_run_with_others_is_one_s_own(model: Any) -> None:
    rows, shelves = [ids_of(model, text)[:9] for text in TEXTS] * 3, [shelf() for _ in range(6)]
    for row, on in zip(rows, shelves, strict=True):
        follow(model, row[:-1], on)
    before = generation.follow(model, [FollowInputs(row) for row in rows], shelves)
    for row, on, found in zip(rows, shelves, before, strict=True):
        (line,) = on.get(decoding.NAME)
        layer = line.past._cache.layers[0]
        assert layer.keys.untyped_storage().nbytes() <= 2 * layer.keys.nbytes
        again = follow(model, (*row, 7), on)
        assert (again.kept, again.new) == (len(row), 1)
        assert found.kept == len(row) - 1


def test_an_empty_text_starts_from_the_beginning_token(model: Any, library: Library) -> None:
    (first,) = decoding.begins(model)
    assert np.allclose(follow(model, ()).logits, library.logits([first])[-1], atol=2e-4)


def test_beyond_the_limit_the_oldest_half_goes_once(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LIMIT", 16)
    first = decoding.begins(model)
    ids, on = (*first, *range(20, 44)), shelf()
    read = []
    for end in range(14, len(ids) + 1):
        found = follow(model, ids[:end], on)
        read.append((end, found.new, found.dropped))
        assert found.limit == 16
    assert [new for end, new, _ in read if end <= 16] == [14, 1, 1]
    assert (17, 8, 8) in read, "all but the beginning token is read again, once"
    assert [new for end, new, _ in read if 17 < end <= 24] == [1] * 7
    seen, dropped = decoding.visible(model, ids)
    assert len(seen) == len(ids) - dropped <= 16
    assert seen[0] == first[0]


def test_a_token_the_model_does_not_have_is_refused(model: Any) -> None:
    with pytest.raises(Told, match="token_outside"):
        follow(model, (1, model.vocab_size))


def test_scores_that_are_no_numbers_are_told(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(model), "decode", lambda self, hidden: hidden.sum(-1, keepdim=True) * math.nan)
    with pytest.raises(Told, match="scores_broken"):
        follow(model, (3, 4))


# --- settings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_same_tokens_as_a_plain_loop(settings: Settings, model: Any, library: Library) -> None:
    ids = ids_of(model, TEXTS[0])
    *tokens, result = written(model, WriteInputs(ids, 12, settings, seed=5), shelf())
    assert isinstance(result, WriteResult)
    assert [one.token_id for one in tokens] == library.loop(ids, 12, settings, 5, model.stop_ids)
    assert result.written == tuple(tokens)
    assert result.ended == (tokens[-1].token_id in model.stop_ids)


def test_what_is_told_of_a_written_token(model: Any, library: Library) -> None:
    ids, settings = ids_of(model, TEXTS[1]), Settings(temperature=1.2, top_k=30)
    first: Written = written(model, WriteInputs(ids, 1, settings, seed=8))[0]
    scores = library.logits(ids)[-1].astype(np.float64)
    p = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    assert first.p_model == pytest.approx(p[first.token_id], rel=1e-3)
    assert first.nats == pytest.approx(-math.log(p[first.token_id]), abs=1e-3)
    assert first.entropy == pytest.approx(float(-(p * np.log(p)).sum()), abs=1e-3)
    assert first.rank == int((p > p[first.token_id]).sum()) + 1
    assert list(first.top_ids) == np.argsort(-p)[:5].tolist()


def test_settings_that_leave_nothing_leave_the_best() -> None:
    logits = np.array([0.5, 3.0, 1.0], dtype=np.float32)
    for settings in (Settings(top_p=0.0), Settings(min_p=1.0), Settings(temperature=0), Settings(top_k=1)):
        kept = offer(logits, (), settings)
        assert kept.ids.tolist() == [1]
        assert draw(kept, 0.999) == 1
    assert len(offer(logits, (), Settings(top_k=99)).ids) == 3
    for broken in (np.array([np.nan, 1, 2]), np.full(3, -np.inf)):
        with pytest.raises(Told, match="scores_broken"):
            offer(broken.astype(np.float32), (), Settings())


@pytest.mark.parametrize(
    "settings", [Settings(top_p=0.9), Settings(min_p=0.001), Settings(top_k=400), Settings(top_k=400, top_p=0.95)]
)
def test_a_long_offer_is_that_of_a_whole_sort(settings: Settings) -> None:
    logits = np.random.default_rng(3).normal(size=3000).astype(np.float32)
    kept = offer(logits, (), settings)
    p = np.exp(logits.astype(np.float64))
    order = np.argsort(-p, kind="stable")
    if settings.top_k:
        order = order[: settings.top_k]
    share = p[order] / p[order].sum()
    if settings.top_p < 1:
        order = order[: int((np.cumsum(share) - share < settings.top_p).sum())]
    if settings.min_p:
        order = order[p[order] >= settings.min_p * p[order[0]]]
    assert kept.ids.tolist() == order.tolist()
    assert kept.p.sum() == pytest.approx(1)


# --- the whole text at once ----------------------------------------------------------------------------------


def test_training_view_is_the_library_s_loss(model: Any, library: Library) -> None:
    rows = tuple(ids_of(model, text) for text in TEXTS)
    for ids, row in zip(rows, generation.scan(model, ScanInputs(rows)).rows, strict=True):
        scores = library.logits(ids)[:-1].astype(np.float64)
        p = np.exp(scores - scores.max(-1, keepdims=True))
        p /= p.sum(-1, keepdims=True)
        own = p[np.arange(len(ids) - 1), ids[1:]]
        assert np.allclose(row.p, own, rtol=2e-3, atol=1e-6)
        assert np.allclose(row.nats, -np.log(own), atol=2e-3)
        assert np.allclose(row.entropy, -(p * np.log(p)).sum(-1), atol=2e-3)
        assert row.rank.tolist() == [
            int((line > line[token]).sum()) + 1 for line, token in zip(scores, ids[1:], strict=True)
        ]
        assert row.top_ids[:, 0].tolist() == p.argmax(-1).tolist()


# --- ways to choose ------------------------------------------------------------------------------------------


def test_greedy_sampled_and_beam_are_the_library_s(model: Any, library: Library) -> None:
    torch = library.torch
    ids = ids_of(model, TEXTS[0])
    settings = Settings(temperature=0.9, top_k=40)
    inputs = WaysInputs(ids, 6, 3, 0.0, settings, (4, 9))
    result = last(generation.ways(model, inputs))
    greedy, first, second, beam = result.ways
    assert list(greedy.ids) == library.loop(ids, 6, Settings(temperature=0), 0, model.stop_ids)
    for way, seed in ((first, 4), (second, 9)):
        assert list(way.ids) == library.loop(ids, 6, settings, seed, model.stop_ids)
    for way in result.ways:
        log_p = torch.tensor(library.logits((*ids, *way.ids))).double().log_softmax(-1)
        total = sum(float(log_p[len(ids) - 1 + n, token]) for n, token in enumerate(way.ids))
        assert way.log_p == pytest.approx(total, abs=2e-3)
    with torch.no_grad():
        best = library.net.generate(
            torch.tensor([ids]), num_beams=3, max_new_tokens=6, min_new_tokens=0, do_sample=False, length_penalty=0.0,
            early_stopping=False, pad_token_id=0, use_cache=True,
        )[0, len(ids) :].tolist()  # fmt: skip
    assert [*beam.ids] == best[: len(beam.ids)]
    assert all(node.parent < n for n, node in enumerate(result.tree))


def test_the_tree_holds_the_likeliest_of_each(model: Any, library: Library) -> None:
    ids = ids_of(model, TEXTS[1])
    nodes = generation.tree(model, TreeInputs(ids, 2, 3)).tree
    assert sum(node.depth == 0 for node in nodes) == 2
    for node in nodes:
        path, at = [], node.parent
        while at >= 0:
            path.insert(0, nodes[at].token_id)
            at = nodes[at].parent
        log_p = library.torch.tensor(library.logits((*ids, *path))[-1]).double().log_softmax(-1)
        assert node.p == pytest.approx(float(log_p[node.token_id].exp()), rel=2e-3)
        assert node.token_id in log_p.topk(2).indices.tolist()


# --- context and cache ---------------------------------------------------------------------------------------


def test_a_window_of_k_is_a_text_of_its_own(model: Any, library: Library) -> None:
    ids = ids_of(model, "The gardener is listening to a spare kettle")
    first = decoding.begins(model)
    body = ids[len(first) :] if ids[: len(first)] == first else ids
    result = last(generation.context(model, ContextInputs(ids, (1, 3))))
    assert result.windows.tolist() == [1, 3, len(body) - 1]
    for k, row in zip(result.windows, result.nats, strict=True):
        for at in range(1, len(body)):
            scores = library.logits((*first, *body[max(0, at - k) : at]))[-1].astype(np.float64)
            nats = math.log(np.exp(scores - scores.max()).sum()) + scores.max() - scores[body[at]]
            assert row[at - 1] == pytest.approx(nats, abs=3e-3)
    counted = generation.ngram(model, NgramInputs(ids, tuple(body) * 3))
    assert counted.nats.shape == (4, len(body) - 1)
    assert counted.nats[3].mean() < counted.nats[0].mean(), "the corpus is the text itself"


def test_the_n_gram_model_counts() -> None:
    from explorer.lab.reach import ngram_nats

    corpus, text = (1, 2, 1, 2, 1, 3), (1, 2)
    rows = np.exp(-ngram_nats(corpus, text, vocab_size=10))
    # Witten & Bell by hand: 6 tokens of 3 kinds; after 1: 2 twice, 3 once.
    unigram = (2 + 3 * (1 / 10)) / (6 + 3)
    assert rows[0, 0] == pytest.approx(unigram)
    assert rows[1, 0] == pytest.approx((2 + 2 * unigram) / (3 + 2))
    every = [np.exp(-ngram_nats(corpus, (1, token), 10)[1, 0]) for token in range(10)]
    assert sum(every) == pytest.approx(1)
    assert np.allclose(ngram_nats((), (1, 2), 10), math.log(10))


def test_with_and_without_the_cache_the_scores_are_equal(model: Any) -> None:
    ids = ids_of(model, TEXTS[1])
    result = last(generation.cached(model, CacheInputs(ids, 5)))
    assert result.difference.max() < 2e-4
    assert result.kept.tolist() == [0, *range(len(ids), len(ids) + len(result.kept) - 1)]
    assert np.diff(result.n_bytes).min(initial=1) > 0
    per_token = result.n_bytes[0] / len(ids)
    assert result.n_bytes[-1] == per_token * (len(ids) + len(result.kept) - 1)


# --- inside, and beside BERT ---------------------------------------------------------------------------------


@pytest.mark.parametrize("used", [40, 60, 64, 90])
def test_a_model_has_a_position_for_every_token_that_is_read_on(used: int, tiny_model_of: Callable[[str], Any]) -> None:
    """Of a text as long as the model can read the beginning goes first, however the steps are chosen."""
    model = tiny_model_of("gpt2")
    assert model.max_positions == 64
    ids = tuple(range(30, 30 + used))
    ways = last(generation.ways(model, WaysInputs(ids, 20, 3, 0.0, Settings(), (4,)))).ways
    assert {way.name for way in ways} == {"greedy", "sampled", "beam"} and all(way.ids for way in ways)
    assert generation.tree(model, TreeInputs(ids, 2, 5)).tree
    assert len(last(generation.cached(model, CacheInputs(ids, 20))).kept) == 20


def test_the_arithmetic_of_one_head(model: Any, library: Library) -> None:
    ids = ids_of(model, TEXTS[0])
    for layer, head in ((0, 0), (2, 3)):
        result = generation.inside(model, InsideInputs(ids, layer, head))
        scores = result.scale * result.keys @ result.query + result.bias
        weights = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
        assert np.allclose(weights, result.weights[layer, head], atol=1e-5)
        assert np.allclose(result.lens[-1], library.logits(ids)[-1], atol=3e-4)
    assert result.weights.shape == (model.n_layers, model.n_heads, len(ids))
    with pytest.raises(Told, match="position_outside"):
        generation.inside(model, InsideInputs(ids, model.n_layers, 0))
    with pytest.raises(Told, match="position_outside"):
        generation.inside(model, InsideInputs(ids, 0, model.n_heads))


def test_a_piece_seen_from_the_left(model: Any, library: Library) -> None:
    text = "妹妹把风筝"
    spans = tuple((n, n + 1) for n in range(len(text)))
    result = generation.left(model, LeftInputs(text, spans, 3))
    words = model.tokenizer.vocabulary()
    for n, (start, end) in enumerate(spans):
        history = list(model.tokenizer.encode(text[:start]).ids) or list(decoding.begins(model))
        spelled = model.tokenizer.pieces_of(text[start:end])[1]
        p = 1.0
        for at, token in enumerate(spelled):
            scores = library.logits([*history, *spelled[:at]])[-1].astype(np.float64)
            share = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
            is_last, is_byte = at == len(spelled) - 1, words[token].startswith("<0x")
            same = (
                [i for i, word in enumerate(words) if word.startswith(words[token])]
                if is_last and not is_byte
                else [token]
            )
            p *= float(share[same].sum())
        assert result.p[n] == pytest.approx(p, rel=3e-3, abs=1e-9)
    with pytest.raises(Told, match="text_empty"):
        generation.left(model, LeftInputs(text, (), 0))
