"""The experiments of 跨语言 against the library called directly, on a tiny model; and what each refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.content import corpora
from explorer.engine.handles import Handles, Shelf
from explorer.errors import Told
from explorer.lab import converting, languages, surveying, tagging, umap_client
from explorer.lab.types.core import Progress
from explorer.lab.types.experiment import Results
from explorer.lab.types.languages import (
    KIND,
    KINDS,
    AlignInputs,
    AverageInputs,
    KeepInputs,
    PlaceInputs,
    PointInputs,
    ShiftInputs,
    SurveyInputs,
    SurveyResult,
    WordsInputs,
    best_of,
    kinds_of,
    survey_of,
)
from explorer.lab.types.tagging import PosInputs, TagInputs
from explorer.views.languages.map import on_map
from tests.lab.conftest import last

if TYPE_CHECKING:
    from explorer.models.network.model import Model

TEXT = "妹妹把风筝借给了孩子。"
ALPHAS = (0.0, 1.0, 2.5)


def shift_of(model: Model, text: str = TEXT, layers: tuple[int, ...] = (0, 1, 3)) -> languages.Shift:
    rng = np.random.default_rng(0)
    arrow = rng.standard_normal((model.n_layers + 1, model.d_model)).astype(np.float32)
    kinds = np.full(model.vocab_size, KIND["other"], dtype=np.uint8)
    kinds[::3], kinds[1::3] = KIND["han"], KIND["en"]
    pool = rng.standard_normal((9, model.d_model)).astype(np.float16)
    centres = rng.standard_normal((2, model.d_model)).astype(np.float32)
    asked = ShiftInputs(text, "zh", "en", layers, ALPHAS, (0.0, 2.0), 5, survey_of(corpora.digest()))
    return languages.Shift(asked, arrow, kinds, 2, pool, centres)


def survey_with(**more: Any) -> SurveyResult:
    empty = np.zeros(0, np.float32)
    fields = {"means": empty, "kinds_right": 0.0, "kinds_n": 0, "accuracy": empty, "mrr": empty, "meaning_layer": 2}
    return SurveyResult(**{**fields, "pool": np.zeros(0, np.float16), "kinds": np.zeros(0, np.uint8), **more})


def test_the_sentences_are_what_they_are_said_to_be() -> None:
    """At least 200 sextuples, 120 tagged sentences a language; every tagged one is its line, every tag is known."""
    assert len(corpora.halves()) >= 200
    assert {*corpora.halves()} == {"a", "b"}
    for lang in corpora.LANGUAGES:
        lines, tagged = corpora.sentences(lang), corpora.tagged(lang)
        assert len(lines) == len({*lines}) == len(corpora.halves())
        assert len(tagged) >= 120 and len(tagged) > corpora.TRAIN_LINES + 25
        for line, words in zip(lines, tagged, strict=False):
            assert "".join(line.split()) == "".join(word for word, _ in words)
            assert {tag for _, tag in words} <= {*corpora.TAGS}
    assert len({len(corpora.forms(lang)) for lang in corpora.LANGUAGES} | {len(corpora.classes())}) == 1


def test_the_shift_is_the_library_with_the_arrow_added_between_two_layers(tiny_model: Model, library: Any) -> None:
    import torch

    way = shift_of(tiny_model)
    inputs = way.asked
    *progress, result = languages.shifted(tiny_model, way)
    assert [(step.done, step.total) for step in progress] == [(1, 3), (2, 3), (3, 3)]
    ids = list(tiny_model.tokenizer.encode(TEXT).ids)
    with torch.no_grad():
        states = library.bert(torch.tensor([ids]), output_hidden_states=True).hidden_states
        for row, layer in enumerate(inputs.layers):
            for column, alpha in enumerate(inputs.alphas):
                hidden = states[layer] + alpha * torch.from_numpy(way.arrow[layer])
                for block in library.bert.encoder.layer[layer:]:
                    hidden = block(hidden)
                p = library.cls(hidden)[0, 1:-1].softmax(dim=-1)
                assert result.ids[row, column].tolist() == p.argmax(dim=-1).tolist()
                np.testing.assert_allclose(result.p[row, column], p.amax(dim=-1), atol=1e-5)
    np.testing.assert_array_equal(result.kinds, way.kinds[result.ids])
    share = np.isin(result.kinds, kinds_of("en", "zh")).mean(axis=-1)
    np.testing.assert_allclose(result.curves[0], share, atol=1e-6)
    np.testing.assert_allclose(result.curves[1], result.right.mean(axis=-1), atol=1e-6)
    assert result.random_curves.shape == (3, 3, 2)
    np.testing.assert_allclose(result.random_curves[:, :, 0], result.curves[:, :, 0], atol=1e-6)  # alpha 0 is alpha 0
    one = last(languages.shifted(tiny_model, replace(way, asked=replace(inputs, layers=(1,)))))
    np.testing.assert_array_equal(one.ids[0], result.ids[1])


def test_meaning_is_the_rank_among_the_sentences_in_plain_numpy(tiny_model: Model, library: Any) -> None:
    import torch

    inputs = shift_of(tiny_model, layers=(1,))
    result = last(languages.shifted(tiny_model, inputs))
    ids = list(tiny_model.tokenizer.encode(TEXT).ids)

    def mean(row: list[int]) -> np.ndarray:
        with torch.no_grad():
            states = library.bert(torch.tensor([row]), output_hidden_states=True).hidden_states
        return states[inputs.meaning_layer][0, 1:-1].mean(dim=0).numpy()

    def unit(x: np.ndarray) -> np.ndarray:
        return x / np.linalg.norm(x, axis=-1, keepdims=True)

    own, pool = unit(mean(ids) - inputs.centres[0]), unit(inputs.pool.astype(np.float32) - inputs.centres[0])
    for column in range(len(ALPHAS)):
        share = result.curves[0, 0, column]
        centre = (1 - share) * inputs.centres[0] + share * inputs.centres[1]
        query = mean([ids[0], *result.ids[0, column].tolist(), ids[-1]]) - centre
        rank = 1 + int((pool @ query > own @ query).sum())
        assert result.curves[2, 0, column] == pytest.approx(1 / rank)


def test_a_random_direction_is_as_long_as_the_arrow_and_another_for_another_seed() -> None:
    arrow = np.arange(1, 9, dtype=np.float32)
    one, two = languages.random_direction(arrow, 1), languages.random_direction(arrow, 2)
    assert np.linalg.norm(one) == pytest.approx(np.linalg.norm(arrow), rel=1e-5)
    assert abs(float(one @ two)) < 0.99 * float(arrow @ arrow)
    np.testing.assert_array_equal(one, languages.random_direction(arrow, 1))


def test_the_average_is_every_sentence_alone_with_the_other_half_s_arrow(
    tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = {"zh": ("树下有风筝", "妹妹把书给了孩子", "孩子"), "en": ("a", "b", "c")}
    monkeypatch.setattr(corpora, "sentences", lambda lang: lines[lang])
    monkeypatch.setattr(corpora, "halves", lambda: ("a", "b", "a"))
    rng = np.random.default_rng(1)
    means = rng.standard_normal((3, 6, tiny_model.n_layers + 1, tiny_model.d_model)).astype(np.float32)
    pool = rng.standard_normal((6, 3, tiny_model.d_model)).astype(np.float16)
    base = shift_of(tiny_model)
    looked = survey_of(corpora.digest())
    results = Results({looked: survey_with(means=means, kinds=base.kinds, pool=pool)})
    inputs = AverageInputs(corpora.digest(), "zh", "en", (3, 1), ALPHAS, 0, False, "", looked)
    result = last(languages.average(tiny_model, inputs, results))
    converted = np.zeros((2, len(ALPHAS)))
    copied = np.zeros_like(converted)
    for text, other in zip(lines["zh"], (1, 0, 1), strict=True):
        arrow = means[other, 1] - means[other, 0]
        asked = replace(base.asked, text=text, layers=(3, 1))
        alone = last(languages.shifted(tiny_model, replace(base, asked=asked, arrow=arrow)))
        converted += (alone.kinds == KIND["en"]).sum(axis=-1)
        copied += (alone.ids == np.array(alone.tokens.ids[1:-1])).sum(axis=-1)
    np.testing.assert_allclose(result.curves[0] * result.tokens, converted, atol=1e-3)
    np.testing.assert_allclose(result.curves[3] * result.tokens, copied, atol=1e-3)
    assert result.n == 3
    half = last(languages.average(tiny_model, replace(inputs, half="b"), results))
    assert half.n == 1
    assert best_of(result) in (1, 3)


def test_the_survey_s_vectors_are_means_of_tokens(tiny_model: Model, library: Any) -> None:
    import torch

    *progress, result = languages.survey(tiny_model, SurveyInputs(corpora.digest()))
    assert progress[-1].done == progress[-1].total
    total, count = np.zeros((tiny_model.n_layers + 1, tiny_model.d_model)), 0
    for half, text in zip(corpora.halves(), corpora.sentences("de"), strict=True):
        if half == "b":
            ids = list(tiny_model.tokenizer.encode(text).ids)
            with torch.no_grad():
                states = torch.cat(library.bert(torch.tensor([ids]), output_hidden_states=True).hidden_states)
            total += states[:, 1:-1].double().sum(dim=1).numpy()
            count += len(ids) - 2
    np.testing.assert_allclose(result.means[1, corpora.LANGUAGES.index("de")], total / count, atol=1e-4)
    assert result.pool.shape == (6, len(corpora.halves()), tiny_model.d_model)
    assert result.kinds.max() < len(KINDS)
    assert 0 <= result.meaning_layer <= tiny_model.n_layers


def test_retrieval_counts_in_plain_numpy() -> None:
    rng = np.random.default_rng(2)
    meaning = rng.standard_normal((1, 8, 1, 5))
    pooled = (meaning + 4 * rng.standard_normal((2, 1, 1, 5)) + 0.1 * rng.standard_normal((2, 8, 1, 5)))[None]
    accuracy, mrr = surveying.retrieval(pooled.astype(np.float32))
    raw = pooled[0, :, :, 0]
    for c, x in enumerate((raw, raw - raw.mean(axis=1, keepdims=True))):
        unit = x / np.linalg.norm(x, axis=-1, keepdims=True)
        order = (-(unit[0] @ unit[1].T)).argsort(axis=1)
        ranks = np.array([row.tolist().index(n) + 1 for n, row in enumerate(order)])
        assert accuracy[0, c, 0, 0, 1] == pytest.approx((ranks == 1).mean())
        assert mrr[0, c, 0, 0, 1] == pytest.approx((1 / ranks).mean())
    assert accuracy[0, 1, 0, 0, 1] == 1, "with the language taken away, equal meanings meet"


@pytest.fixture(scope="module")
def told(mini_mbert: Model) -> tuple[np.ndarray, float, int]:
    return converting.token_kinds(mini_mbert.tokenizer, mini_mbert.token_rows().numpy())


def test_kinds_of_tokens_and_right_words(mini_mbert: Model, told: tuple[np.ndarray, float, int]) -> None:
    tokenizer, (kinds, right, n) = mini_mbert.tokenizer, told
    names = {
        word: KINDS[kinds[tokenizer.pieces_of(word)[1][0]]] for word in ("猫", "です", "the", "und", "pour", "los")
    }
    assert names == {"猫": "han", "です": "kana", "the": "en", "und": "de", "pour": "fr", "los": "es"}
    assert KINDS[kinds[tokenizer.pieces_of("，")[1][0]]] == "other"
    assert n > 300 and right > 0.6, "four languages: guessing gives a quarter"
    tokens = tokenizer.encode("The cat drinks water")
    found = [{tokenizer.vocabulary()[i] for i in ids} for ids in converting.right_ids(tokenizer, tokens, "en", "zh")]
    assert "猫" in found[1] and "水" in found[-1] and not found[0]
    back = tokenizer.encode("猫喝水")
    found = [{tokenizer.vocabulary()[i] for i in ids} for ids in converting.right_ids(tokenizer, back, "zh", "en")]
    assert ["cat" in found[0], "drink" in found[1], "water" in found[2]] == [True] * 3


def test_the_embedded_model_changes_its_tongue_along_the_arrow_and_not_elsewhere(
    mini_mbert: Model, told: tuple[np.ndarray, float, int]
) -> None:
    lines = {lang: corpora.sentences(lang)[:40] for lang in ("en", "zh")}

    def mean(lang: str) -> np.ndarray:
        ids, mask = mini_mbert.tensor_inputs([mini_mbert.tokenizer.encode(text).ids for text in lines[lang]])
        states = mini_mbert.hidden_states(ids, mask).numpy()
        lengths = mask.sum(dim=1).tolist()
        return np.concatenate([states[:, n, 1 : k - 1] for n, k in enumerate(lengths)], axis=1).mean(axis=1)

    kinds = told[0]
    arrow = (mean("zh") - mean("en")).astype(np.float32)
    line, alphas = "My uncle repairs old bicycles.", (0.0, 1.0, 2.0)
    asked = ShiftInputs(line, "en", "zh", (9,), alphas, alphas, 0, survey_of(corpora.digest()))
    way = languages.Shift(asked, arrow, kinds, 6, np.zeros((1, 384), np.float16), np.zeros((2, 384), np.float32))
    result = last(languages.shifted(mini_mbert, way))
    assert (result.ids[0, 0] == np.array(result.tokens.ids[1:-1])).mean() > 0.7, "what is visible is read"
    assert result.curves[0, 0, 0] == 0 < result.curves[0, 0, 1] <= result.curves[0, 0, 2]
    assert result.random_curves[0].max() < result.curves[0].max()


def test_words_find_themselves_in_their_own_language(mini_mbert: Model) -> None:
    result = languages.words(mini_mbert, WordsInputs(("cat", "winter"), "en", "en", corpora.digest()))
    first = [corpora.forms("en")[line][0] for line in result.nearest[:, 1, 0, 0].tolist()]
    assert first == ["cat", "winter"]
    assert result.precision[1, 0, 0] == pytest.approx(1)


def test_keep_is_the_library_s_top_hundred(tiny_model: Model, log_p: Any) -> None:
    kinds = np.arange(tiny_model.vocab_size, dtype=np.uint8) % len(KINDS)
    ids = list(tiny_model.tokenizer.encode(TEXT).ids)
    kinds[ids] = KIND["han"]
    looked = survey_of(corpora.digest())
    results = Results({looked: survey_with(kinds=kinds)})
    result = last(languages.keep(tiny_model, KeepInputs((TEXT,), 2, 100, looked), results))
    assert result.position.tolist() == list(range(2, len(ids) - 1, 2))
    for n, at in enumerate(result.position.tolist()):
        covered = [*ids[:at], 4, *ids[at + 1 :]]
        best = np.argsort(-log_p(covered)[at])[:100]
        expected = np.bincount(kinds[best], minlength=len(KINDS)) / 100
        np.testing.assert_allclose(result.shares[n], expected, atol=0.0101)


def test_a_map_lies_in_the_unit_disc_and_centring_joins_the_languages(tiny_model: Model) -> None:
    result = last(languages.place(tiny_model, PlaceInputs(corpora.digest(), (0, 5, 9), "pca")))
    assert result.maps.shape == (2, tiny_model.n_layers + 1, 6, 3, 2)
    assert np.linalg.norm(result.maps, axis=-1).max() <= 1 + 1e-5
    assert (result.apart[1] < 1e-3).all(), "without their languages, the languages' centres coincide"
    # Another sentence is placed as these were: one of theirs comes to lie where it already is.
    for k, lang in enumerate(corpora.LANGUAGES):
        found = languages.point(tiny_model, PointInputs(corpora.sentences(lang)[5]))
        np.testing.assert_allclose(on_map(found.vectors, result, k), result.maps[:, :, k, 1], atol=1e-3)


def test_a_map_that_cannot_be_made_is_told(tiny_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(umap_client, "_unusable", "cannot cache function 'rdist'")
    with pytest.raises(Told) as caught:
        list(languages.place(tiny_model, PlaceInputs(corpora.digest(), (0, 1), "umap")))
    assert caught.value.key == "map_failed"
    assert (caught.value.values["method"], caught.value.values["reason"]) == ("UMAP", "cannot cache function 'rdist'")


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Maps are made as on a reader's machine, by a process that compiles UMAP."""
    umap_client._end()
    monkeypatch.delenv("NUMBA_DISABLE_JIT")
    yield
    umap_client._end()


@pytest.mark.usefixtures("compiled")
def test_a_map_by_umap_has_every_layer_and_says_how_far_the_languages_are(tiny_model: Model) -> None:
    inputs = PlaceInputs(corpora.digest(), tuple(range(6)), "umap")
    *progress, result = languages.place(tiny_model, inputs)
    layers = tiny_model.n_layers + 1
    assert [step.done for step in progress] == list(range(1, 6 + 2 * layers + 1))
    assert result.maps.shape == (2, layers, 6, 6, 2) and np.isfinite(result.maps).all()
    assert np.linalg.norm(result.maps, axis=-1).max() == pytest.approx(1, abs=1e-5)
    assert np.ptp(result.maps, axis=(2, 3)).min() > 0.1, "no map is one spot"
    assert np.isnan(result.kept).all() and (result.apart[1] < 1e-3).all()


def test_a_head_learns_what_can_be_learnt_and_tags_with_it(tiny_model: Model) -> None:
    rng = np.random.default_rng(4)
    y = rng.integers(0, 3, 120)
    x = (np.eye(3)[y] @ rng.standard_normal((3, 8)) * 3 + rng.standard_normal((120, 8)) * 0.1).astype(np.float32)
    *_, (step, losses, weights) = tagging.fitted(x, y, 60, 0)
    assert step == 60 and losses[-1] < 0.2 * losses[0]
    assert tagging.accuracy(weights, x, y) == 1
    inputs = PosInputs(corpora.digest(), ("en",), 2, True, 0, 20)
    *_, result = languages.train_pos(tiny_model, inputs)
    assert result.accuracy.shape == result.majority.shape == (6,)
    assert result.trained == sum(len(line) for line in corpora.tagged("en")[: corpora.TRAIN_LINES])
    again = last(languages.train_pos(tiny_model, inputs))
    np.testing.assert_allclose(again.weights, result.weights, atol=1e-5)
    tagged = languages.tag(tiny_model, TagInputs("The kitten is listening", 2, result.weights, result.centres[1]))
    assert [tagged.text[a:b] for a, b in zip(tagged.start, tagged.end, strict=True)] == [
        "The", "kitten", "is", "listening",
    ]  # fmt: skip
    assert ((tagged.p > 0) & (tagged.p <= 1)).all()


def test_words_stand_where_the_features_take_them() -> None:
    text, spans = tagging.written((("Ich", "PRON"), ("lese", "VERB"), (".", "PUNCT")), "de")
    assert [text[a:b] for a, b in spans] == ["Ich", "lese", "."]
    text, spans = tagging.written((("我", "PRON"), ("读书", "VERB")), "zh")
    assert text == "我读书" and spans == [(0, 1), (1, 3)]


@pytest.mark.parametrize(
    ("name", "inputs", "key"),
    [
        ("survey", SurveyInputs("old"), "corpus_changed"),
        ("place", PlaceInputs("old", (0, 1), "pca"), "corpus_changed"),
        ("place", PlaceInputs(corpora.digest(), (0,), "pca"), "too_few_lines"),
        ("point", PointInputs(""), "text_empty"),
        ("align", AlignInputs((("a",), ())), "text_empty"),
        ("align", AlignInputs((("a",), ("b", "c"))), "lines_differ"),
        ("words", WordsInputs((" ",), "en", "zh", corpora.digest()), "word_empty"),
        ("words", WordsInputs(("a",) * 41, "en", "zh", corpora.digest()), "too_many_words"),
        ("words", WordsInputs(("树" * 30,), "zh", "en", corpora.digest()), "word_too_long"),
        ("train_pos", PosInputs(corpora.digest(), (), 1, False, 0, 5), "no_language"),
        ("train_pos", PosInputs(corpora.digest(), ("en",), 99, False, 0, 5), "layer_outside"),
    ],
)
def test_what_can_not_be_run_is_refused_with_a_reason(tiny_model: Model, name: str, inputs: Any, key: str) -> None:
    with pytest.raises(Told) as caught:
        if isinstance(found := getattr(languages, name)(tiny_model, inputs), Iterator):
            list(found)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("text", "layers", "key"), [(" ", (1,), "text_empty"), ("树" * 63, (1,), "too_long"), (TEXT, (4,), "layer_outside")]
)
def test_a_sentence_that_can_not_be_shifted_is_refused(
    tiny_model: Model, text: str, layers: tuple[int, ...], key: str
) -> None:
    with pytest.raises(Told) as caught:
        list(languages.shifted(tiny_model, shift_of(tiny_model, text, layers)))
    assert caught.value.key == key


def test_what_a_head_reads_lies_in_the_readers_cache_in_bytes(tiny_model: Model) -> None:
    handles = Handles()
    cache = Shelf(handles, "a reader", "tiny")
    inputs = PosInputs(corpora.digest(), ("en",), 2, True, 0, 20)
    first = last(languages.train_pos(tiny_model, inputs, cache))
    words = sum(len(line) for lang in corpora.LANGUAGES for line in corpora.tagged(lang))
    assert words * 4 * tiny_model.d_model <= handles.used * 1.1 < words * 8 * tiny_model.d_model
    passes = tiny_model.forward_passes
    again = list(languages.train_pos(tiny_model, replace(inputs, seed=1), cache))
    assert tiny_model.forward_passes == passes and not any(isinstance(one, Progress) for one in again)
    np.testing.assert_array_equal(last(languages.train_pos(tiny_model, inputs, cache)).weights, first.weights)
    other = Shelf(handles, "another", "tiny")
    assert any(isinstance(one, Progress) for one in languages.train_pos(tiny_model, inputs, other))
