"""The code a page shows is run as it stands there, and prints what the page's own results say.

Each snippet is taken from the page it is shown on, filled in with a reader's inputs. It loads tokenizer and model by
itself; here every snippet gets the same two, loaded once.
"""

from __future__ import annotations

import contextlib
import io
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import chapters, numerics
from explorer.engine import catalog, get_engine
from explorer.engine.local import LocalEngine
from explorer.lab.types import embedding_metrics as geometry
from explorer.lab.types.context import CBOW, EMBED, CbowInputs, CbowStep, EmbedInputs, Occurrence
from explorer.lab.types.experiment import Experiment, Inputs, Partial, Result
from explorer.lab.types.lottery import ROLL, LotteryInputs
from explorer.lab.types.masking import FILL, JOINT, LENS, TREAT, Edit, FillInputs, JointInputs, LensInputs, TreatInputs
from explorer.ui import snippets as snippets_of
from explorer.views.context import cbow, cross, things
from explorer.views.context import common as context
from explorer.views.home import common as home
from explorer.views.masking import answers, common, stage
from explorer.views.masking.common import Sentence, State
from explorer.views.vocabulary import mask_id as mask_of
from tests.pages.app import open_page, snippets

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "assets" / "examples" / "code"
TEXTS = {
    "zh": State(text="外面下着雨，奶奶在屋里织毛衣。", masks=(4, 13), focus=4),
    "en": State(text="The gardener waters the roses before breakfast.", masks=(2, 5), focus=5),
}
HOW = [("zh", "mask"), ("en", "mask"), ("zh", "random"), ("en", "keep")]
CLOSE = 2e-4
INPUT_SNIPPETS = tuple(f"input_{tool}" for tool in chapters.get("input").tools)
PAIRS_SNIPPETS = tuple(path.stem for path in sorted(CODE.glob("pairs_*.py")))


@pytest.fixture(autouse=True)
def one_model(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """from_pretrained loads once for all snippets; no sentence is scanned; folders count from the project's."""
    import transformers

    loaded = request.getfixturevalue("loaded")
    for name in (
        "AutoModel", "AutoTokenizer", "AutoModelForMaskedLM", "BertForMaskedLM", "BertForPreTraining", "BertModel",
        "BertForNextSentencePrediction",
    ):  # fmt: skip
        real = getattr(transformers, name)

        class Once:
            @staticmethod
            def from_pretrained(folder: str, real: Any = real, **options: Any) -> Any:
                key = (real.__name__, folder, str(options))
                if key not in loaded:
                    loaded[key] = real.from_pretrained(folder, **options)
                for module in getattr(loaded[key], "modules", list)():
                    module._forward_pre_hooks.clear()  # what an earlier snippet hung on it
                return loaded[key]

        monkeypatch.setattr(transformers, name, Once)

    class Embedded:
        """The embedded GPT, which takes a while to be read from its own file."""

        @staticmethod
        def from_config(config: Any, **options: Any) -> Any:
            assert config.model_type == catalog.default("causal").family
            return request.getfixturevalue("gemma")._net

    def read(path: str, **options: Any) -> dict[str, Any]:
        assert Path(path) == catalog.default("causal").weights_file
        return {"tensors": {}}

    monkeypatch.setattr(transformers, "AutoModelForCausalLM", Embedded)
    monkeypatch.setattr("transformers.modeling_gguf_pytorch_utils.load_gguf_checkpoint", read)
    monkeypatch.setattr(stage, "complete", lambda *drawn: None)
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def loaded() -> dict[Any, Any]:
    return {}


def printed(code: str) -> str:
    """What a snippet prints, run in a namespace of its own."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    return out.getvalue()


def shown(page: str, lang: str, state: Any) -> str:
    """The snippet on the page in `state`."""
    from explorer.ui.state import to_query

    at = open_page(page, lang, **to_query(state))
    assert not at.exception
    (code,) = snippets(at)
    return code


def with_tool(lang: str, tool: str, **more: Any) -> State:
    fields = {name: getattr(TEXTS[lang], name) for name in ("text", "masks", "focus")}
    return State(**{**fields, "tool": tool, **more})


def mask_id() -> int:
    return mask_of(common.model().id)


def numbers(line: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.\d+(?:e-\d+)?", line)]


def top(logits: np.ndarray, count: int = 5) -> list[int]:
    return [int(i) for i in np.argsort(-logits)[:count]]


def decoded(ids: list[int]) -> list[str]:
    vocabulary = get_engine().vocabulary(common.model().id)
    return [vocabulary[i] for i in ids]


def plain(ids: list[int]) -> list[str]:
    return [token.removeprefix("##") for token in decoded(ids)]


def rank(logits: np.ndarray, target: int) -> int:
    return int((logits > logits[target]).sum()) + 1


def first_words(lines: list[str]) -> list[str]:
    return [line.split(" ")[0].removeprefix("##") for line in lines]


def run(experiment: Experiment[Inputs, Result, Partial], inputs: Inputs) -> Result:
    return get_engine().run(experiment, common.model().id, inputs).result


# --- the snippets as files -------------------------------------------------------------------------------------


def test_every_snippet_is_tried_here() -> None:
    tools = {f"masking_{tool}" for tool in chapters.get("masking").tools}
    tools |= {f"context_{tool}" for tool in chapters.get("context").tools} - {"context_own", "context_swap"}
    tools |= {f"attention_{name}" for name in ("cell", "atlas", "off", "sides", "window")}
    tools |= {f"generation_{tool}" for tool in chapters.get("generation").tools}
    beside = {f"attention_{name}" for name in ("look", "cross", "off_next")}  # tried in tests/pages/test_attention.py
    beside |= {"denoising_restore"}  # tried in tests/pages/test_denoising_restore.py
    beside |= {"beyond_collapse"}  # tried in tests/pages/test_beyond.py
    beside |= {f"family_{tool}" for tool in ("line", "norms", "losses", "rlhf")}  # tried in test_snippets_family.py
    beside |= {"finetuning_answer", "finetuning_choice"}  # tried in tests/pages/test_finetuning*.py
    beside |= {"in_context_answers", "in_context_speech"}  # tried in tests/pages/test_in_context.py
    beside |= set(INPUT_SNIPPETS) | set(PAIRS_SNIPPETS)  # tests/test_snippets_input.py
    tools |= {"languages_shift"}
    assert {path.stem for path in CODE.glob("*.py")} == tools | {"home_bert", "home_gpt"} | beside


@pytest.mark.parametrize("path", sorted(CODE.glob("*.py")), ids=lambda path: path.stem)
def test_snippets_are_short_and_plain(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert 5 <= len(source.splitlines()) <= 30
    assert "explorer" not in source
    assert set(re.findall(r"^(?:import|from) (\w+)", source, re.MULTILINE)) <= {
        "torch",
        "transformers",
        "safetensors",
        "numpy",
        "math",
        "time",
        "re",
        "collections",
        "csv",
    }


def test_what_a_reader_writes_is_one_literal_whatever_it_says() -> None:
    for text in ("'\"\\", "__LOOK__ __TEXT_B__", "\n'''", "{x} %s", "\u202e\u200b🙂", "a\x00b"):
        code = snippets_of.code("masking_compare", text_a=text, look_a=1, text_b="__LOOK_A__", look_b=2)
        assert repr(text) in code
        compile(code, "snippet", "exec")
        assert "'__LOOK_A__'" in code


# --- what they print -------------------------------------------------------------------------------------------


@pytest.fixture
def filled() -> Iterator[Any]:
    """The page's own answer at the place looked at."""

    def fill(lang: str, state: State) -> tuple[np.ndarray, int]:
        sentence = common.read(state)
        assert sentence.focus is not None
        return answers.fill(sentence).result.logits[0], sentence.tokens.ids[sentence.focus]

    yield fill


@pytest.mark.parametrize(("lang", "how"), HOW)
def test_cover(lang: str, how: str, filled: Any) -> None:
    state = with_tool(lang, "cover", how=how, seed=4)
    *best, original, loss = printed(shown("masking", lang, state)).splitlines()
    logits, target = filled(lang, state)
    assert first_words(best) == plain(top(logits))
    assert [numbers(line)[0] for line in best] == pytest.approx(
        [numerics.probability(logits, i) for i in top(logits)], abs=CLOSE
    )
    assert f"original: {plain([target])[0]}" in original.replace("##", "")
    assert numbers(original)[0] == pytest.approx(numerics.probability(logits, target), abs=CLOSE)
    assert int(original.split("rank ")[1]) == rank(logits, target)
    assert numbers(loss)[0] == pytest.approx(numerics.cross_entropy(logits, target), abs=2e-3)


def test_cover_with_a_typed_mask_left_as_it_is(filled: Any) -> None:
    """Kept places stay; only what the reader wrote as [MASK] is covered."""
    state = State(text="外面下着[MASK]，奶奶在织毛衣。", masks=(2, 8), focus=8, how="keep")
    *best, original, _ = printed(shown("masking", "zh", state)).splitlines()
    logits, target = filled("zh", state)
    assert first_words(best) == plain(top(logits))
    assert numbers(original)[0] == pytest.approx(numerics.probability(logits, target), abs=CLOSE)
    assert numbers(original)[0] > 0.5, "it sees itself"


@pytest.mark.parametrize(("lang", "how"), HOW)
def test_road(lang: str, how: str, filled: Any) -> None:
    state = with_tool(lang, "road", how=how, seed=4)
    *best, loss = printed(shown("masking", lang, state)).splitlines()
    logits, target = filled(lang, state)
    assert first_words(best) == plain(top(logits))
    for line, i in zip(best, top(logits), strict=True):
        score, p = numbers(line)
        assert score == pytest.approx(float(logits[i]), abs=2e-3)
        assert p == pytest.approx(numerics.probability(logits, i), abs=CLOSE)
    assert numbers(loss)[0] == pytest.approx(numerics.cross_entropy(logits, target), abs=2e-3)


@pytest.mark.parametrize("lang", TEXTS)
def test_see(lang: str) -> None:
    state = with_tool(lang, "see")
    lines = printed(shown("masking", lang, state)).splitlines()
    result = run(TREAT, TreatInputs(state.text, state.focus))
    p = [numerics.probability(row, result.original) for row in result.logits]
    assert [numbers(line)[0] for line in lines] == pytest.approx([p[0], p[1], float(np.mean(p[2:]))], abs=CLOSE)
    assert p[0] > p[1]


@pytest.mark.parametrize(("lang", "wrong"), [("zh", "天"), ("en", "house")])
def test_repair(lang: str, wrong: str) -> None:
    state = with_tool(lang, "repair", wrong=wrong)
    *best, original, seen = printed(shown("masking", lang, state)).splitlines()
    sentence = common.read(state)
    token, target = sentence.token_of(wrong), sentence.tokens.ids[state.focus]
    assert token is not None
    inputs = FillInputs(state.text, (Edit(state.focus, token),), (state.focus,))
    logits = run(FILL, inputs).logits[0]
    assert first_words(best) == plain(np.argsort(-logits)[:6].tolist())
    assert numbers(original)[0] == pytest.approx(numerics.probability(logits, target), abs=CLOSE)
    assert numbers(seen)[0] == pytest.approx(numerics.probability(logits, token), abs=CLOSE)


@pytest.mark.parametrize("unit", ["token", "word"])
@pytest.mark.parametrize(("lang", "seed"), [("zh", 0), ("zh", 8), ("en", 3)])
def test_lottery(lang: str, seed: int, unit: str) -> None:
    state = with_tool(lang, "lottery", seed=seed, unit=unit)
    budget, sentence = printed(shown("masking", lang, state)).splitlines()
    result = run(ROLL, LotteryInputs(state.text, unit=unit, seed=seed))
    assert budget == f"budget: {result.budget}"
    after = list(result.tokens.ids)
    for position, token in zip(result.positions, result.ids, strict=True):
        after[int(position)] = int(token)
    assert sentence.split(" ") == decoded(after)


@pytest.mark.parametrize("lang", TEXTS)
def test_joint(lang: str) -> None:
    state = with_tool(lang, "joint")
    lines = printed(shown("masking", lang, state)).splitlines()
    result = run(JOINT, JointInputs(state.text, state.masks))
    for line, order in zip(lines, result.orders, strict=True):
        chosen = dict(zip(order.positions, order.ids, strict=True))
        words = "".join(plain([chosen[position] for position in sorted(chosen)]))
        assert line.split(":")[1].replace(" ", "").replace("##", "") == words


@pytest.mark.parametrize(("lang", "how"), HOW)
def test_lens(lang: str, how: str) -> None:
    state = with_tool(lang, "lens", how=how, seed=4)
    lines = printed(shown("masking", lang, state)).splitlines()
    sentence = common.read(state)
    result = run(LENS, LensInputs(state.text, common.edits(sentence, state), state.focus))
    assert len(lines) == len(result.logits)
    for layer, (line, logits) in enumerate(zip(lines, result.logits, strict=True)):
        assert line.startswith(f"{layer} ")
        assert int(line.rsplit(" ", 1)[1]) == pytest.approx(rank(logits, result.original), abs=2, rel=2e-3)
        assert repr(decoded(top(logits, 1))[0]) in line
    assert str(decoded(top(result.logits[-1]))) in lines[-1]


@pytest.mark.parametrize("lang", TEXTS)
def test_compare(lang: str) -> None:
    b = {"zh": "外面下着雪，奶奶在屋里织毛衣。", "en": "The gardener waters the horses before breakfast."}[lang]
    state = with_tool(lang, "compare", b=b, b_mask=TEXTS[lang].focus)
    more_a, more_b = printed(shown("masking", lang, state)).splitlines()

    def log_p(text: str) -> np.ndarray:
        inputs = FillInputs(text, (Edit(state.focus, mask_id()),), (state.focus,))
        logits = run(FILL, inputs).logits[0].astype(np.float64)
        return np.asarray(logits - logits.max() - math.log(np.exp(logits - logits.max()).sum()))

    difference = log_p(state.text) - log_p(b)
    for line, expected in ((more_a, top(difference, 8)), (more_b, top(-difference, 8))):
        words = re.findall(r"'((?:[^'\\]|\\.)*)'|\"([^\"]*)\"", line)
        assert [one or other for one, other in words][:4] == decoded(expected)[:4]


@pytest.mark.parametrize("lang", TEXTS)
def test_budget(lang: str) -> None:
    lines = printed(shown("masking", lang, with_tool(lang, "budget"))).splitlines()
    facts = get_engine().facts(common.model().id)
    weights = facts.d_model * facts.vocab_size
    assert lines[0] == f"hidden x classes = {facts.d_model} x {facts.vocab_size} = {weights:,}"
    assert numbers(lines[1])[0] == pytest.approx(weights / facts.n_weights, abs=1e-4)
    assert lines[2].endswith(str(facts.tied_head))
    assert lines[3].endswith(f"{math.log(facts.vocab_size):.4f}")


@pytest.mark.parametrize("lang", TEXTS)
def test_home_bert(lang: str) -> None:
    state = home.State(text=TEXTS[lang].text, masks=TEXTS[lang].masks)
    lines = printed(shown("home", lang, state)).splitlines()
    edits = tuple(Edit(position, mask_id()) for position in state.masks)
    result = run(FILL, FillInputs(state.text, edits, state.masks))
    assert len(lines) == len(state.masks)
    for line, logits, original in zip(lines, result.logits, result.original, strict=True):
        best = top(logits, 1)[0]
        assert line.startswith(f"{decoded([int(original)])[0]}: guess {decoded([best])[0]} ")
        expected = [numerics.probability(logits, best), numerics.probability(logits, int(original))]
        assert numbers(line) == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("lang", TEXTS)
def test_home_gpt(lang: str) -> None:
    state = home.State(text=TEXTS[lang].text, how="gpt", cut=5)
    lines = printed(shown("home", lang, state)).splitlines()
    tokens = home.read(state.text)
    pieces = tokens.pieces[1:-1]
    assert lines == [f"{' '.join(pieces[:end])} -> {pieces[end]}" for end in range(1, len(pieces))]
    first = home.hide(tokens, state)[0]
    assert f"{' '.join(pieces[: first - 1])} -> {tokens.pieces[first]}" in lines


# --- 语境 --------------------------------------------------------------------------------------------------------

COMPANY = {
    "zh": context.State(
        text="他在炉子上烧水。\n井水很凉。\n这场比赛的水很深。\n项目的水太深。", word="水", senses=(0, 0, 1, 1), layer=9
    ),
    "en": context.State(
        text="The seal swam away.\nA seal eats fish.\nBreak the seal of the letter.\nThe seal was broken.",
        word="seal", senses=(0, 0, 1, 1), layer=5,
    ),
}  # fmt: skip


def with_company(lang: str, tool: str, **more: Any) -> context.State:
    fields = {name: getattr(COMPANY[lang], name) for name in ("text", "word", "senses", "layer")}
    return context.State(**{**fields, "tool": tool, "model": catalog.default("masked").id, **more})


@pytest.mark.parametrize(("lang", "tool"), [("zh", "look"), ("en", "look"), ("zh", "own"), ("en", "swap")])
def test_context_look(lang: str, tool: str) -> None:
    swaps = ("The seal barked at the letter.",) if tool == "swap" else ()
    state = with_company(lang, tool, swaps=swaps)
    more = [Occurrence(text, text.index("seal"), text.index("seal") + 4) for text in swaps]
    out = printed(shown("context", lang, state))
    result = run(EMBED, context.read(state).inputs(*more))
    expected = geometry.all_cosines(result, "centred")[state.layer]
    found = [float(number) for number in re.findall(r"-?\d+\.\d*", out)]
    assert found == pytest.approx(expected.ravel().tolist(), abs=6e-3)


@pytest.mark.parametrize(("lang", "own"), [("zh", {}), ("en", {"a": "river", "b": "[Paper] burns."})])
def test_context_cross(lang: str, own: dict[str, str]) -> None:
    state = with_company(lang, "cross", **own)
    lines = printed(shown("context", lang, state)).splitlines()
    four = cross.four_of(context.read(state), state, *cross.partners(state))
    assert four is not None
    gaps = cross.crossed(run(EMBED, four.inputs()), *map(len, four.items[:3]))
    expected = [[gaps[name][layer] for name in ("lean_first", "lean_second", "gap")] for layer in range(1, 13)]
    for line, three in zip(lines, expected, strict=True):
        assert [float(number) for number in re.findall(r"[+-]\d\.\d{4}", line)] == pytest.approx(three, abs=CLOSE)


@pytest.mark.parametrize(("lang", "orders"), [("zh", "猫追老鼠。/ 老鼠追猫。"), ("en", "Tom saw Ann. / Ann saw Tom.")])
def test_context_static(lang: str, orders: str) -> None:
    state = with_company(lang, "static", orders=orders)
    lines = printed(shown("context", lang, state)).splitlines()
    items = tuple(Occurrence(part.strip(), 0, len(part.strip())) for part in orders.split("/"))
    vectors = run(EMBED, EmbedInputs(items)).vectors.astype(np.float64)
    for line, layer in zip(lines, (0, state.layer), strict=True):
        cos = geometry.cosines(vectors[layer][None])[0, 0, 1]
        apart = np.linalg.norm(vectors[layer, 0] - vectors[layer, 1])
        assert numbers(line) == pytest.approx([cos, apart], abs=2e-3)


@pytest.mark.parametrize("lang", COMPANY)
def test_context_things(lang: str) -> None:
    state = with_company(lang, "things")
    lines = printed(shown("context", lang, state)).splitlines()
    words = {name: items for group in _groups(lang, state).values() for name, items in group.items()}
    found = run(EMBED, EmbedInputs(tuple(item for items in words.values() for item in items)))
    x = found.vectors[state.layer].astype(np.float64) - found.common[state.layer]
    ends = np.cumsum([len(items) for items in words.values()])
    cos = geometry.cosines(np.stack([rows.mean(axis=0) for rows in np.split(x, ends[:-1])])[None])[0]
    for line, name, row in zip(lines, words, cos, strict=True):
        assert line.startswith(f"{name} ")
        near = [float(number) for number in re.findall(r"[+-]\d\.\d\d", line)]
        assert near == pytest.approx(sorted(row, reverse=True)[1:4], abs=6e-3)


def _groups(lang: str, state: context.State) -> Any:
    from explorer.ui import i18n

    with pytest.MonkeyPatch.context() as patch:
        for module in (i18n, things):
            patch.setattr(module, "language", lambda: lang)
        return things.words_of(context.read(state))


@pytest.mark.parametrize("lang", COMPANY)
def test_context_cbow(lang: str) -> None:
    passage = "\n".join([COMPANY[lang].text] * 4)
    lines = printed(shown("context", lang, with_company(lang, "cbow", passage=passage))).splitlines()
    inputs = CbowInputs(passage, epochs=cbow._epochs(passage))
    with contextlib.closing(LocalEngine(precomputed=None)) as engine:  # one that has not been taught this before
        told = list(engine.stream(CBOW, context.in_use(context.State()).model, inputs))
    steps = [step for step in told if isinstance(step, CbowStep)]
    assert steps[-1].total == inputs.epochs == len(lines), "one batch an epoch, so that the losses can be compared"
    assert [numbers(line)[0] for line in lines] == pytest.approx([step.loss for step in steps], abs=2e-3)


def test_the_page_and_the_snippet_read_the_same_sentence() -> None:
    """Where 繁体 is read as 简体, the snippet holds what the model was given."""
    state = State(text="這裡的風箏飛得很高。", masks=(4,), focus=4)
    sentence: Sentence = common.read(state)
    assert sentence.simplified
    assert repr(sentence.tokens.text) in shown("masking", "zh", state)


@pytest.mark.parametrize(
    ("lang", "text", "target"), [("zh", "Birds build nests in spring.", "zh"), ("en", "春天的鸟在树上。", "fr")]
)
def test_languages_shift(lang: str, text: str, target: str) -> None:
    """The same arrow as the page's, of all sentences, and so the same words."""
    from explorer.content import corpora
    from explorer.lab.types.languages import SHIFT, shift_inputs
    from explorer.views.languages import common as languages

    state = languages.State(text=text, target=target, layer=6, alpha=1.5)
    words = printed(shown("languages", lang, state)).split()
    inputs = shift_inputs(corpora.digest(), text, "zh" if target == "fr" else "en", target, (6,))
    result = run(SHIFT, inputs)
    assert words == decoded(result.ids[0, inputs.alphas.index(1.5)].tolist())
