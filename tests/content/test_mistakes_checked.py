"""Every card of 找错 held against what runs: the correction is true, and the claim that is nearly right is false.

Results that come with the app count as run: other tests hold them against what the code computes today.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer import numerics
from explorer.content import classroom, corpora, examples, passages, tasks, teaching
from explorer.content.first_paint.finetuning import opened
from explorer.engine import catalog, get_engine
from explorer.evidence import family, texts
from explorer.lab.pairs import overlap
from explorer.lab.sampling import offer
from explorer.lab.types import (
    attention,
    embedding_metrics,
    finetuning,
    generation,
    in_context,
    inputs,
    languages,
    masking,
)
from explorer.lab.types import toy_language as toy
from explorer.lab.types.answering import ANSWER, AnswerInputs, spans
from explorer.lab.types.collapse import COLLAPSE, COLLAPSED, KEPT, CollapseInputs, spread
from explorer.lab.types.context import EMBED, EmbedInputs, Occurrence
from explorer.lab.types.core import Tokens
from explorer.lab.types.experiment import Experiment, Inputs, Partial, Result
from explorer.lab.types.lottery import KINDS, ROLL, LotteryInputs
from explorer.lab.types.pairs import JUDGE, JudgeInputs, MeasureResult
from explorer.lab.types.told import TOLD, ToldInputs
from explorer.texts import LANGUAGES

if TYPE_CHECKING:
    from explorer.models.network.model import Model

BERT, GPT = catalog.default("masked").id, catalog.default("causal").id
CARDS = {lang: {card.id: card for card in classroom.mistakes(lang)} for lang in LANGUAGES}
CHECKS: dict[str, Callable[[], None]] = {}

Array = NDArray[Any]


def checks(id: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def named(check: Callable[[], None]) -> Callable[[], None]:
        assert id not in CHECKS
        CHECKS[id] = check
        return check

    return named


def test_every_card_has_a_check_and_no_check_lacks_a_card() -> None:
    for lang in LANGUAGES:
        assert [*CARDS[lang]] == [card.id for card in classroom.mistakes(lang)], "each id once"
        assert [*CARDS[lang]] == [*CHECKS]


@pytest.mark.parametrize("id", CHECKS)
def test_the_correction_is_true_and_the_claim_is_false(id: str) -> None:
    CHECKS[id]()


def ask(experiment: Experiment[Inputs, Result, Partial], model: str | None, inputs: Inputs) -> Result:
    return get_engine().run(experiment, model, inputs).result


def tokens(text: str, model: str = BERT) -> Tokens:
    return get_engine().tokens(model, text)


def ordinary(text: str) -> list[int]:
    return [at for at, special in enumerate(tokens(text).special) if not special]


def mask_id() -> int:
    return tokens("[MASK]").ids[1]


def filled(text: str, changes: dict[int, int], *read: int) -> Array:
    """P[read, V] with other tokens at some positions."""
    edits = tuple(masking.Edit(at, token) for at, token in changes.items())
    return numerics.softmax(ask(masking.FILL, BERT, masking.FillInputs(text, edits, read)).logits)


def recorded(id: str) -> dict[str, Any]:
    """A row of evidence that comes with the app, and it holds."""
    row = examples.shipped(id)
    assert row is not None and examples.holds(row), id
    return row


@lru_cache(maxsize=1)
def library() -> Any:
    """The embedded masked model's body as the transformers library reads it."""
    import torch
    from transformers import BertModel

    return BertModel.from_pretrained(catalog.default("masked").folder, dtype=torch.float32).eval()


# --- 填空 ----------------------------------------------------------------------------------------------------


@checks("outputs-a-word")
def outputs_a_word() -> None:
    for lang in LANGUAGES:
        example = examples.entry("masking", "default", lang)
        p = filled(example["text"], {example["masks"][0]: mask_id()}, example["masks"][0])[0]
        assert p.shape == (len(get_engine().vocabulary(BERT)),)
        assert (p > 0).all() and p.sum() == pytest.approx(1)
        assert np.sort(p)[-2] < p.max() < 1, "the first is the largest of many"


@checks("nothing-masked")
def nothing_masked() -> None:
    for lang in LANGUAGES:
        lines = tuple(examples.entry("masking", "average", lang)["texts"])
        found = ask(masking.AVERAGE, BERT, masking.AverageInputs(lines, examples.AVERAGE_PER_TEXT))
        assert np.median(-np.log(found.visible)) < 0.1 < 1 < np.median(-np.log(found.masked))
    recorded("masking.see_itself")
    copied = 20 * np.eye(50)  # scores of a table that knows its own token and no context
    assert max(numerics.cross_entropy(copied[token], token) for token in range(50)) < 1e-6
    one_row = np.zeros(50)  # all that such a table can say of [MASK]
    assert np.mean([numerics.cross_entropy(one_row, token) for token in range(50)]) == pytest.approx(math.log(50))


@checks("all-become-masks")
def all_become_masks() -> None:
    text = examples.entry("input", "long", "zh")["text"].strip()[:110]
    kinds: Counter[str] = Counter()
    for seed in range(60):
        found = ask(ROLL, BERT, LotteryInputs(text, seed=seed))
        assert len(found.positions) == round(0.15 * found.n_ordinary)
        assert all(found.ids[n] == mask_id() for n, kind in enumerate(found.kinds) if kind == "mask")
        kinds.update(found.kinds)
    shares = [kinds[kind] / kinds.total() for kind in KINDS]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.04)


@checks("blanks-in-turn")
def blanks_in_turn() -> None:
    for lang in LANGUAGES:
        example = examples.entry("masking", "blanks", lang)
        text, (first, second) = example["text"], example["masks"][:2]
        both = {first: mask_id(), second: mask_id()}
        at_first, at_second = filled(text, both, first, second)
        orders = {one.name: one for one in ask(masking.JOINT, BERT, masking.JointInputs(text, (first, second))).orders}
        alone = orders["independent"]
        in_one_pass = at_first[alone.ids[0]], at_second[alone.ids[1]]
        assert alone.p == pytest.approx(in_one_pass, rel=1e-3)
        one, other = np.argsort(-at_first)[:2].tolist()
        after_one, after_other = (filled(text, {**both, first: token}, second)[0] for token in (one, other))
        assert np.abs(after_one - after_other).max() > 0.01, "step by step the second sees the first"
        assert np.abs(after_one - at_second).max() > 0.01, "which it did not in one pass"


@checks("first-layers-know")
def first_layers_know() -> None:
    ranks = []
    for lang in LANGUAGES:
        for text in examples.entry("masking", "average", lang)["texts"]:
            places = ordinary(text)
            at = places[len(places) // 2]
            found = ask(masking.LENS, BERT, masking.LensInputs(text, (masking.Edit(at, mask_id()),), at))
            ranks.append([numerics.rank(row, found.original) for row in found.logits])
    right = np.array([row for row in ranks if row[-1] == 1])
    assert len(right) >= 8
    assert (right[:, :4] == 1).mean() < 0.1, "read early, it mostly says something else"
    assert np.median((right == 1).argmax(axis=1)) >= 4, "the right one rises after several layers"


@checks("half-the-loss")
def half_the_loss() -> None:
    before, after = (numerics.cross_entropy([0.0, math.log(1 / p - 1)], 0) for p in (0.02, 0.04))
    assert before - after == pytest.approx(math.log(2))
    assert after > 0.8 * before
    for lang in LANGUAGES:
        said = CARDS[lang]["half-the-loss"].put_right
        assert all(f"{number:.2f}" in said for number in (before, after, math.log(2)))


# --- 输入 ----------------------------------------------------------------------------------------------------


@checks("reads-words")
def reads_words() -> None:
    pieces = {
        lang: [tokens(line).pieces[at] for line in texts.own("masking", lang).lines for at in ordinary(line)]
        for lang in LANGUAGES
    }
    assert np.mean([len(piece) == 1 for piece in pieces["zh"]]) > 0.9
    continued = np.mean([piece.startswith("##") for piece in pieces["en"]])
    assert 0.02 < continued < 0.5, "words, and pieces of words"
    assert len(ordinary("厨房")) == 2
    word = [tokens("unbelievable").pieces[at] for at in ordinary("unbelievable")]
    assert len(word) > 1 and "".join(piece.removeprefix("##") for piece in word) == "unbelievable"


@checks("joined-end-to-end")
def joined_end_to_end() -> None:
    import torch

    recorded("input.sum_exact")
    pair = examples.entry("input", "pair", "zh")
    found = ask(inputs.ADD_UP, BERT, inputs.SumInputs(pair["text"], pair["pair"]))
    assert found.token.shape == found.segment.shape == found.position.shape == found.normed.shape
    assert found.normed.shape[1] == get_engine().facts(BERT).d_model
    np.testing.assert_allclose(found.total, found.token + found.segment + found.position, atol=1e-6)
    ids, types = (torch.tensor([row]) for row in (found.tokens.ids, found.tokens.type_ids))
    with torch.no_grad():
        np.testing.assert_allclose(found.normed, library().embeddings(ids, types)[0].numpy(), atol=1e-5)


@checks("huge-multiplication")
def huge_multiplication() -> None:
    import torch

    (at,) = ordinary("水")
    token = tokens("水").ids[at]
    found = ask(inputs.LOOKUP, BERT, inputs.LookupInputs(token))
    table = library().embeddings.word_embeddings
    assert type(table) is torch.nn.Embedding
    assert found.shape == tuple(table.weight.shape)
    np.testing.assert_allclose(found.product, table.weight[token].detach().numpy(), atol=1e-6)


@checks("windows-see-all")
def windows_see_all() -> None:
    example = examples.entry("input", "long", "zh")
    paragraphs = example["text"].strip().split("\n\n")[:2]

    def read(text: str) -> inputs.LongResult:
        asked = (example["ask"], example["template"], example["good"], example["bad"])
        return ask(inputs.READ_LONG, BERT, inputs.LongInputs(text, *asked, size=128, overlap=32))

    good, bad = (read("\n\n".join((*paragraphs, end))) for end in ("我们很满意。", "我们很失望。"))
    assert len(good.slide) == len(bad.slide) >= 3
    assert good.slide[0].last <= good.slide[-1].first
    assert good.slide[0].p_good == pytest.approx(bad.slide[0].p_good, abs=1e-5)
    assert abs(good.slide[-1].p_good - bad.slide[-1].p_good) > 1e-3


# --- 句对 ----------------------------------------------------------------------------------------------------


def shared_words() -> MeasureResult:
    """Our own pairs kept, swapped, and with the second sentence of the next pair; by their words alone."""
    rows = []
    for lang in LANGUAGES:
        pairs = examples.own_pairs(lang)
        for (first, second), (_, other) in zip(pairs, (*pairs[1:], pairs[0]), strict=True):
            rows.append([overlap(first, second), overlap(second, first), overlap(first, other)])
    nothing = np.zeros((len(rows), 3), np.float32)
    return MeasureResult(nothing, nothing, np.array(rows, np.float32), has_order=False)


@checks("half-right")
def half_right() -> None:
    assert shared_words().overlap_order_right().mean() == 0.5, "what knows no order gets one half"
    guesses, truth = np.random.default_rng(0).integers(0, 2, (2, 100_000))
    assert (guesses == truth).mean() == pytest.approx(0.5, abs=0.01)
    knows = np.arange(len(truth)) % 2 == 0
    assert (np.where(knows, truth, guesses) == truth).mean() == pytest.approx(0.75, abs=0.01), "half of it learnt"


@checks("longer-sentences")
def longer_sentences() -> None:
    for lang in LANGUAGES:
        for first, second in examples.own_pairs(lang):
            kept, swapped = (len(get_engine().tokens(BERT, *pair)) for pair in ((first, second), (second, first)))
            assert kept == swapped
    counted = shared_words()
    np.testing.assert_array_equal(counted.overlap[:, 0], counted.overlap[:, 1])
    assert counted.overlap_order_right().mean() == 0.5 < 0.55 < counted.overlap_next_right().mean()
    assert recorded("pairs.nsp_overlap")["measured"] > recorded("pairs.sop_overlap")["measured"] == 0.5
    nsp, sop = (recorded(f"pairs.{name}_accuracy")["published"] for name in ("nsp", "sop"))
    assert "90.5" in nsp and "86.5" in sop, "the harder one"


@checks("cls-from-the-start")
def cls_from_the_start() -> None:
    import torch

    lines = [examples.entry("masking", name, "zh")["text"] for name in ("default", "typo", "self")]
    states = []
    for line in lines:
        with torch.no_grad():
            found = library()(torch.tensor([tokens(line).ids]), output_hidden_states=True)
        states.append([layer[0, 0].numpy() for layer in found.hidden_states])
        np.testing.assert_allclose(ask(inputs.ADD_UP, BERT, inputs.SumInputs(line)).normed[0], states[-1][0], atol=1e-5)
    apart = np.ptp(np.array(states), axis=0).max(axis=-1)
    assert apart[0] < 1e-6
    assert (apart[1:] > 1e-3).all()
    head = ask(JUDGE, BERT, JudgeInputs(tuple((line, lines[0]) for line in lines))).next
    assert np.ptp(head.vector, axis=0).max() > 0.1


# --- 注意力 --------------------------------------------------------------------------------------------------


@checks("columns-add-up")
def columns_add_up() -> None:
    for lang in LANGUAGES:
        text = examples.entry("attention", "default", lang)["text"]
        weights = ask(attention.LOOK, BERT, attention.LookInputs(attention.Sight(text))).weights
        np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
        columns = weights.sum(axis=-2)
        assert columns.max() > 3
        assert ((columns.max(axis=-1) - 1) > 0).all(), "the most looked at is above 1 in every head"


@checks("sharp-heads-matter")
def sharp_heads_matter() -> None:
    recorded("attention.heads_spare")
    for lang in LANGUAGES:
        text = examples.entry("attention", "default", lang)["text"]
        entropy = ask(attention.ATLAS, BERT, attention.LookInputs(attention.Sight(text))).entropy.ravel()
        places = ordinary(text)
        found = ask(attention.INFLUENCE, BERT, attention.OffInputs(text, places[len(places) // 2]))
        missed, changed = found.kl.ravel(), (found.top != found.untouched).ravel()
        sharp = np.argsort(entropy)[: len(entropy) // 4]
        assert (missed[sharp] < np.median(missed)).any() and not changed[sharp].all(), "a sharp head hardly missed"
        assert missed.argmax() not in sharp[:3], "nor is the one most missed among the sharpest"


@checks("causal-is-simpler")
def causal_is_simpler() -> None:
    ours, other = get_engine().facts(GPT), get_engine().facts(BERT)
    assert ours.n_layers > other.n_layers and ours.n_weights > other.n_weights
    text = examples.entry("attention", "gpt", "en")["text"]
    weights = ask(attention.LOOK, GPT, attention.LookInputs(attention.Sight(text))).weights
    assert not np.triu(weights, k=1).any(), "nothing is taken from the right"
    ids = tokens(text, GPT).ids
    (row,) = ask(generation.SCAN, GPT, generation.ScanInputs((ids,))).rows
    for at in (3, 7):
        alone = ask(generation.FOLLOW, GPT, generation.FollowInputs(ids[: at + 1])).logits
        assert row.target[at] == ids[at + 1], "the token to be guessed is the next on the right"
        assert row.nats[at] == pytest.approx(numerics.cross_entropy(alone, ids[at + 1]), abs=1e-3), "all at once"


@checks("twice-the-text")
def twice_the_text() -> None:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    def cost(length: int) -> int:
        query, key, value = torch.zeros(3, 1, 12, length, 32)
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            (query @ key.transpose(-1, -2)).softmax(-1) @ value
        return int(counter.get_total_flops())

    assert cost(256) == 4 * cost(128) > 0
    short, long = ask(attention.DENSE, BERT, attention.DenseInputs(lengths=(512, 1024))).bytes
    assert long > 3.8 * short


# --- 语境 ----------------------------------------------------------------------------------------------------


@checks("near-on-the-map")
def near_on_the_map() -> None:
    for name in ("guo", "bank"):
        found = ask(EMBED, BERT, examples.word_set(name))
        assert found.vectors.shape[2] > 100
        placed, _ = embedding_metrics.principal(found, "centred")
        cos = embedding_metrics.all_cosines(found, "centred")
        wrong = 0
        for layer in range(1, len(cos)):
            flat = placed[layer, :, :2]
            distance = np.linalg.norm(flat[:, None] - flat[None], axis=-1)
            nearest = (distance + np.diag(np.full(len(flat), np.inf))).argmin(axis=1)
            truly = (cos[layer] - np.diag(np.full(len(flat), np.inf))).argmax(axis=1)
            wrong += int((nearest != truly).sum())
        assert wrong > 0.1 * len(cos) * len(placed[0])


@checks("sum-of-vectors")
def sum_of_vectors() -> None:
    for pair in (("狗咬人", "人咬狗"), ("man bites dog", "dog bites man")):
        assert sorted(tokens(pair[0]).ids) == sorted(tokens(pair[1]).ids)
        found = ask(EMBED, BERT, EmbedInputs(tuple(Occurrence(text, 0, len(text)) for text in pair))).vectors
        apart = np.linalg.norm(found[:, 0] - found[:, 1], axis=-1) / np.linalg.norm(found[:, 0], axis=-1)
        assert apart[0] < 1e-6, "row 0 is the words' own vectors"
        assert apart[-1] > 0.05
        lang = "zh" if pair[0] == "狗咬人" else "en"
        assert all(f"“{text}”" in CARDS[lang]["sum-of-vectors"].put_right for text in pair)


@checks("cosine-means-alike")
def cosine_means_alike() -> None:
    for lang, name in (("zh", "guo"), ("en", "bank")):
        card = CARDS[lang]["cosine-means-alike"]
        entry = examples.load("context")["sets"][name]
        assert f"“{entry['word']}”" in card.claim and "0.7" in card.claim and "0.7" in card.put_right
        labels = [n for n, sense in enumerate(entry["senses"].values()) for _ in sense["lines"]]
        found = ask(EMBED, BERT, examples.word_set(name))
        raw, centred = (
            embedding_metrics.parted(embedding_metrics.all_cosines(found, way), labels)["between"]
            for way in ("raw", "centred")
        )
        assert (raw > 0.7).all(), "of different meanings"
        assert (centred[1:] < 0).all()


# --- 跨语言 --------------------------------------------------------------------------------------------------


@checks("arrow-translates")
def arrow_translates() -> None:
    text = examples.entry("languages", "default", "zh")["text"]
    layers = tuple(range(get_engine().facts(BERT).n_layers + 1))
    found = ask(languages.SHIFT_ALL, BERT, languages.shift_inputs(corpora.digest(), text, "en", "zh", layers))
    assert found.ids.shape[-1] == len(ordinary(text)), "a position is filled, none comes or goes"
    frequent = {
        at for at, _ in Counter(i for line in corpora.sentences("zh") for i in tokens(line).ids).most_common(12)
    }
    best = int(found.right[:, languages.ALPHAS.index(1.0)].sum(axis=-1).argmax())
    chinese = found.kinds == languages.KIND["han"]
    for alpha in (1.0, 1.5):
        at = (best, languages.ALPHAS.index(alpha))
        assert 0 < found.right[at].sum() < len(ordinary(text)), "some fit, and not all"
    merely = chinese[at] & (found.right[at] == 0)
    assert {*found.ids[at][merely].tolist()} & frequent, "and some are merely frequent"
    assert recorded("languages.correct_gain")["measured"] < 0.5 < recorded("languages.han_share_a1")["measured"]


@checks("translation-is-nearest")
def translation_is_nearest() -> None:
    pool = ask(languages.SURVEY, BERT, languages.SurveyInputs(corpora.digest())).pool.astype(np.float64)
    chinese, english = (corpora.LANGUAGES.index(lang) for lang in ("zh", "en"))

    def nearest(vectors: Array) -> tuple[float, float]:
        """The share of English sentences whose nearest is another one; whose nearest is the translation."""
        unit = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
        own, other = unit[english] @ unit[english].T, unit[english] @ unit[chinese].T
        np.fill_diagonal(own, -np.inf)
        same = own.max(axis=1) > other.max(axis=1)
        return float(same.mean()), float((~same & (other.argmax(axis=1) == np.arange(len(other)))).mean())

    (english_raw, translated_raw), (_, translated) = nearest(pool), nearest(pool - pool.mean(axis=1, keepdims=True))
    assert translated_raw < 0.5 < english_raw
    assert translated > 0.5


# --- 接龙 ----------------------------------------------------------------------------------------------------


@checks("best-step-best-whole")
def best_step_best_whole() -> None:
    assert 0.4 * 0.9 > 0.5 * 0.4, "the second now, a better one later"
    recorded("generation.beam_over_greedy")
    better = []
    for lang in LANGUAGES:
        ids = tokens(examples.entry("generation", "beam", lang)["text"], GPT).ids
        ways = ask(generation.WAYS, GPT, generation.WaysInputs(ids, 8, 4, 0.0, generation.Settings(), ())).ways
        score = {way.name: way.log_p for way in ways}
        better.append(score["beam"] > score["greedy"] + 1e-3)
    assert any(better)


@lru_cache(maxsize=2)
def beginning(lang: str) -> tuple[int, ...]:
    return tokens(examples.entry("generation", "default", lang)["text"], GPT).ids


@checks("temperature-ranks")
def temperature_ranks() -> None:
    for lang in LANGUAGES:
        logits = ask(generation.FOLLOW, GPT, generation.FollowInputs(beginning(lang))).logits
        cold, hot = (offer(logits, (), generation.Settings(temperature=t)) for t in (0.5, 2.0))
        np.testing.assert_array_equal(cold.ids, hot.ids)
        assert numerics.entropy(logits / 0.5) < numerics.entropy(logits / 2.0), "more even"
        assert cold.p[0] > hot.p[0]
        assert (cold.p[50:1000] < hot.p[50:1000]).all(), "lower ones are drawn more often"


@checks("cache-changes-answers")
def cache_changes_answers() -> None:
    found = ask(generation.CACHED, GPT, generation.CacheInputs(beginning("zh"), 6))
    assert found.difference.max() < 1e-4
    again = list(beginning("zh"))
    for token in found.token_ids.tolist():
        assert int(ask(generation.FOLLOW, GPT, generation.FollowInputs(tuple(again))).logits.argmax()) == token
        again.append(token)
    assert (np.diff(found.n_bytes) > 0).all(), "it takes memory"


# --- 语境学习 ------------------------------------------------------------------------------------------------


@checks("examples-are-learnt")
def examples_are_learnt() -> None:
    recorded("in_context.checksum_same")
    model = catalog.default_for("in_context").id
    task = tasks.usual("zh")
    rows, (query, answer) = tasks.shown(task)
    prompt, (_, other) = in_context.Prompt(tasks.line(task), rows[:4], query), rows[0]

    def without(*answers: str) -> float:
        return float(ask(in_context.ANSWERS, model, in_context.AnswersInputs(prompt.shots(0), answers)).log_p[0].sum())

    before = without(answer)
    found = ask(in_context.KEPT, model, in_context.KeptInputs(prompt, answer))
    assert found.before == found.after, "not one weight has changed"
    assert found.log_p[4] > found.log_p[0] + 0.5, "the examples do help"
    assert found.log_p[0] == pytest.approx(before, abs=1e-3)
    assert without(answer, other) == pytest.approx(before, abs=1e-3), "without them it is as before"


@checks("order-does-not-matter")
def order_does_not_matter() -> None:
    assert recorded("in_context.order_sd")["measured"] > 5
    task = tasks.named("sentiment.zh")
    rows, (query, answer) = tasks.shown(task)
    prompt = in_context.Prompt(tasks.line(task), rows[:3], query)
    asked = in_context.OrdersInputs(prompt, tasks.candidates(rows, answer))
    found = ask(in_context.ORDERS, catalog.default_for("in_context").id, asked)
    assert len(found.orders) == 6
    p = numerics.softmax(found.log_p)[:, 0]
    assert p.max() > 1.2 * p.min()


# --- 微调 ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def loaded() -> Model:
    """The embedded masked model as the app trains copies of it."""
    from explorer.models.network.loader import load

    return load(catalog.default("masked"), device="cpu")


@checks("fine-tuning-from-scratch")
def fine_tuning_from_scratch() -> None:
    from explorer.lab.finetuning import beginning as start_of
    from explorer.models.network import bodies

    small = finetuning.TuneInputs(teaching.sentences("judgement", "zh", "train")[:4], ())
    ours = bodies.weights_of(loaded())
    one, other = (start_of(loaded(), replace(small, seed=seed), "pre-trained") for seed in (0, 1))
    for learner in (one, other):
        own = dict(learner.body.named_parameters())
        assert all(own[name].equal(ours[name]) for name in own), "the body is the pre-trained one"
    heads = [next(iter(learner.head.parameters())) for learner in (one, other)]
    assert not heads[0].equal(heads[1]), "the head is drawn"
    random = bodies.word_vectors_of(start_of(loaded(), small, "random").body)
    assert not random.equal(bodies.word_vectors_of(one.body))
    for lang in LANGUAGES:
        recorded(f"finetuning.gap_{lang}")
        found = ask(finetuning.TUNE, BERT, opened("sentiment", lang))
        from_ours, from_scratch = finetuning.rights(found, teaching.sentences("judgement", lang, "test")).mean(axis=-1)
        assert from_ours > from_scratch + 0.1


@checks("loss-is-zero")
def loss_is_zero() -> None:
    rows = teaching.sentences("judgement", "zh", "train")[:16]
    held_out = teaching.sentences("judgement", "zh", "test")[:60]
    asked = finetuning.TuneInputs(
        rows, held_out, starts=("random",), layers=1, rate=1e-3, head_rate=5e-3, epochs=20, batch=8
    )
    found = ask(finetuning.TUNE, BERT, asked)
    assert found.losses[0, -2:].mean() < 0.05
    assert (found.taught_p[0, -1] > 0.5).all(), "by heart"
    assert finetuning.rights(found, held_out).mean() < 0.65, "and hardly better than guessing at the others"


# --- 文字之外、家族、问答 ------------------------------------------------------------------------------------


@checks("lower-is-better")
def lower_is_better() -> None:
    recorded("beyond.collapse")
    kept, collapsed = (ask(COLLAPSE, None, CollapseInputs(on)) for on in (True, False))
    assert collapsed.losses[-1] < kept.losses.min()
    assert collapsed.losses[-1] == pytest.approx(-1, abs=1e-3), "−cos has no lower value"
    assert spread(collapsed.points[-1]) < COLLAPSED < KEPT < spread(kept.points[-1])


@checks("more-reward-better")
def more_reward_better() -> None:
    recorded("family.hacking")
    recorded("family.leash")
    free, held = family.run(0, beta=0.0), family.run(0)
    assert family.hacks(free) and family.rises(held) and family.improves(held)

    odd, usual = (
        np.mean([toy.faults(row[0], row[1:]) for row in rows.tolist()]) for rows in (free.answers, free.before)
    )
    assert odd > 2 * usual, "odder sentences"


@checks("continues-so-answers")
def continues_so_answers() -> None:
    found = ask(TOLD, None, ToldInputs())
    raw, taught = 0, 1
    assert found.asks[raw] > 0.5 > found.answers[raw], "a question is followed by another"
    assert found.answers[taught] > 0.5 > found.asks[taught]


@checks("answered-so-it-is-there")
def answered_so_it_is_there() -> None:
    for lang in LANGUAGES:
        asked = next(one for one in passages.mistakes(lang) if one.kind == "no_answer")
        assert asked.answer == "" and asked.spans == ()
        found = ask(ANSWER, BERT, AnswerInputs("en", asked.question, asked.text))
        every = spans(found, 10_000)
        assert every[0].high > every[0].low, "it points all the same"
        assert sum(one.p for one in every) == pytest.approx(1, abs=1e-4), "spans are compared with each other"
        assert np.isfinite(found.nothing), "whether there is an answer is a score of its own"
