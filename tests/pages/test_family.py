"""家族 without a browser: what it opens on, choosing and taking back, what too few or odd choices are told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.content import comparisons
from explorer.engine import get_engine
from explorer.engine.base import CancelToken
from explorer.errors import Cancelled
from explorer.figures import shared, sight
from explorer.lab.types import toy_language as toy
from explorer.lab.types.generation import WRITE, WriteInputs
from explorer.lab.types.rlhf import SFT, TUNE, SftStep, TuneResult
from explorer.lab.types.told import TOLD, ToldInputs, ToldResult
from explorer.models.catalog import adhoc_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.ui import i18n
from explorer.ui.markup import verbatim
from explorer.views.family import judged, tuning, writing
from explorer.views.family.asked import ANSWER, DRAWN
from explorer.views.family.common import PAIRS, State, run_for
from tests.pages.app import body, drawn, link, notices, open_page


def words(key: str, lang: str = "zh", **values: object) -> str:
    return i18n.text(key, lang, **values).replace("**", "")


def choose(at: Any, side: str, times: int = 1) -> None:
    for _ in range(times):
        at.button(key=f"family-choose-{side}").click().run()
        assert not at.exception


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_it_opens_on_a_whole_run_and_says_it_was_made_beforehand(lang: str) -> None:
    at = open_page("family", lang)
    assert not at.exception
    seen = body(at)
    for key in ("rlhf.beforehand", "sft.title", "reward.held", "tune.sentences", "tune.ratios", "judged.by"):
        assert words(f"family.{key}", lang) in seen, key
    assert [one for one in at.button if one.key.endswith("-start")] == [], "nothing is left to run"
    run = run_for(State(), "polite")
    assert run is not None
    found = get_engine().peek(TUNE, None, run.tune)
    assert isinstance(found, TuneResult)
    assert found.curves[-1, 1] > found.curves[0, 1], "both rulers rise"
    assert words("family.tune.rose", lang).split("{")[0] in seen


def test_without_a_leash_it_hacks_and_says_so() -> None:
    at = open_page("family", "zh", beta="0")
    assert not at.exception
    assert any(words("family.tune.hacked").split("：")[0] in told for told in notices(at))
    drawn(at.slider, "family-update").set_value(3).run()
    assert link(at) == {"beta": "0", "update": "3"}


def test_two_panels_prefer_each_its_own_policy() -> None:
    polite, vivid = (run_for(State(), panel) for panel in ("polite", "vivid"))
    assert polite is not None and vivid is not None
    a, b = (get_engine().peek(TUNE, None, run.tune) for run in (polite, vivid))
    assert a is not None and b is not None
    assert judged.wins(a.answers, b.answers, toy.PANELS["polite"]) > 0.5
    assert judged.wins(b.answers, a.answers, toy.PANELS["vivid"]) > 0.5
    assert judged.wins(a.answers, a.answers, toy.PANELS["vivid"]) == 0.5


def test_choosing_changing_and_taking_back() -> None:
    at = open_page("family", "zh", panel="ours")
    assert words("family.choose.nobody", made=0, least=10, missing=10) in notices(at)
    choose(at, "left", 2)
    assert link(at)["choices"].startswith("1~1~0")
    assert words("family.choose.few", made=2, least=10, missing=8) in notices(at)
    at.button(key="family-back").click().run()
    choose(at, "right")
    assert link(at)["choices"].startswith("1~2~0"), "the vote was changed"
    at.button(key="family-undo").click().run()
    assert link(at)["choices"].startswith("1~0~0"), "and taken back: the pair before has none of its own left"
    at.button(key="family-clear").click().run()
    assert link(at) == {"panel": "ours"}


def test_a_link_with_choices_opens_on_their_rule() -> None:
    made = [1, 2] * 9
    at = open_page("family", "en", panel="ours", choices="~".join(map(str, made)), v="2")
    assert not at.exception
    weights = comparisons.weights(made)
    assert any(weights)
    seen = body(at)
    assert words("family.choose.explained", "en").split("{")[0] in seen
    assert [one.key for one in at.button if one.key.endswith("-start")] == ["family-reward-start"]


@pytest.mark.parametrize("choices", ["", "~".join("0" * PAIRS)])
@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_a_class_that_judged_nothing_has_no_rule_and_trains_nothing(choices: str, lang: str) -> None:
    at = open_page("family", lang, panel="ours", v="2", **({"choices": choices} if choices else {}))
    assert not at.exception
    assert words("family.choose.nobody", lang, least=comparisons.LEAST) in notices(at)
    assert [one.key for one in at.button if one.key.endswith("-start")] == []
    seen = body(at)
    assert words("family.sft.writes", lang) in seen, "the first step needs no choices"
    for key in ("tune.sentences", "judged.by", "reward.held"):
        assert words(f"family.{key}", lang) not in seen, key
    assert run_for(State(panel="ours"), "ours") is None
    assert comparisons.chosen([0] * PAIRS) == ()


def test_always_the_same_side_is_told() -> None:
    at = open_page("family", "zh", panel="ours", choices="~".join("1" * PAIRS), v="2")
    assert not at.exception
    assert words("family.choose.one_side", n=PAIRS) in notices(at)
    # the pairs that come twice have changed sides: the reader contradicts oneself
    assert words("family.choose.again", same=0, n=2, people="72.6 %") in body(at)


def test_choices_that_cancel_out_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "weights", lambda choices: (0.0,) * 4)
    at = open_page("family", "zh", panel="ours", choices="~".join(["1", "2"] * 10), v="2")
    assert not at.exception
    assert words("family.choose.no_taste") in notices(at)
    assert [one for one in at.button if one.key.endswith("-start")] == [], "nothing to train"


def test_what_was_stopped_is_still_seen_and_can_be_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in step 1 on a page with nothing computed: the steps so far stay, the button is back."""
    engine = get_engine()

    def stopped(*arguments: Any, session: str = "", cancel: CancelToken | None = None) -> Iterator[Any]:
        assert arguments[0] is SFT
        yield SftStep(1, 400, 4.5, ())
        yield SftStep(2, 400, 4.4, ())
        raise Cancelled("cancelled")

    monkeypatch.setattr(engine, "peek", lambda *arguments: None)
    monkeypatch.setattr(engine, "stream", stopped)
    at = open_page("family", "zh")
    at.button(key="family-sft-start").click().run()
    assert not at.exception
    assert words("family.run.left_off", done=2, total=400) in notices(at)
    at.button(key="family-sft-start").click().run()
    assert not at.exception, "begun again, it draws as many steps as were left, and no figure twice"


def test_a_vote_is_explained_and_can_be_taken_back() -> None:
    at = open_page("family", "zh")
    at.button(key="family-vote-2").click().run()
    assert words("family.voted.because2") in body(at)
    assert link(at) == {"vote": "2"}
    at.button(key="family-vote-2").click().run()
    assert link(at) == {}


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_line_counts_and_says_what_was_never_published(lang: str) -> None:
    at = open_page("family", lang, tool="line", model="gpt2s")
    seen = body(at)
    assert ("1.24 亿" if lang == "zh" else "124.4 M") in seen
    assert words("family.line.same", lang) in seen
    at = open_page("family", lang, tool="line", model="gpt4")
    assert words("family.line.unpublished", lang) in notices(at)


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize(
    ("model", "printed", "right"),
    [("gpt2s", "117", "124"), ("gpt2m", "345", "355"), ("gpt2l", "762", "774"), ("gpt2xl", "1,542", "1,558")],
)
def test_each_number_that_gpt_2_s_paper_printed_wrong_is_corrected(
    lang: str, model: str, printed: str, right: str
) -> None:
    """Radford et al. 2019, Table 2; openai/gpt-2, README.md and DEVELOPERS.md."""
    seen = body(open_page("family", lang, tool="line", model=model))
    assert words("family.line.misprint", lang, printed=printed, n=right, corrected=right) in seen
    assert "hparams.json" in seen, "where the heads are from, which the table does not print"


@pytest.mark.parametrize("model", ["gpt1", "gpt3", "instruct", "gpt4"])
def test_a_number_that_stood_is_not_called_wrong(model: str) -> None:
    seen = body(open_page("family", "en", tool="line", model=model))
    assert words("family.line.misprint", "en").split("{")[0] not in seen


def test_gao_s_laws_are_fitted_back_and_not_swapped() -> None:
    d = np.linspace(0, 2, 30)
    best = np.concatenate([[0.0], d[1:] * (1.5 - 0.4 * d[1:])])
    rl = np.concatenate([[0.0], d[1:] * (1.5 - 0.4 * np.log(d[1:]))])
    assert tuning.law(d, best, best_of=True) == pytest.approx((1.5, 0.4))
    assert tuning.law(d, rl, best_of=False) == pytest.approx((1.5, 0.4))
    assert tuning.law(d, rl, best_of=True) != pytest.approx((1.5, 0.4), abs=0.01)


def test_who_sees_whom_is_a_square_and_the_picked_word_is_guessed_by_both() -> None:
    at = open_page("family", "zh", tool="roads", text="弟弟把皮球踢进了河里。", blank="4")
    assert not at.exception
    seen = body(at)
    for key in ("roads.gpt_says", "roads.bert_says", "roads.elmo_caption", "roads.honesty"):
        assert words(f"family.{key}") in seen, key
    assert words("family.roads.guesses", word="皮") in seen
    left, two, both = (sight.seen(5, kind)[2].tolist() for kind in ("left", "two", "both"))
    assert (left, two, both) == ([1, 1, 3, 0, 0], [1, 1, 3, 2, 2], [1, 1, 3, 1, 1])


@pytest.mark.parametrize("text", [" ", "好", "好" * 3000])
def test_an_odd_sentence_is_told(text: str) -> None:
    at = open_page("family", "zh", tool="roads")
    drawn(at.text_input, "family-text").set_value(text).run()
    assert not at.exception
    short = words("family.roads.short") in notices(at)
    assert short == (len(text) < 2)
    assert short or words("family.roads.cut", n=18) in body(at)


@pytest.mark.parametrize("tool, box", [("tasks", "family-given"), ("asked", "family-question")])
def test_an_empty_task_and_an_empty_question_are_told(tool: str, box: str) -> None:
    at = open_page("family", "en", tool=tool)
    drawn(at.text_input, box).set_value("   ").run()
    assert not at.exception
    assert words(f"family.{tool}.empty", "en") in notices(at)
    drawn(at.text_input, box).set_value("a" * 5000).run()
    assert not at.exception
    assert words("family.tasks.cut", "en", n=200) in body(at)


def test_the_three_stages_are_there_beforehand_and_each_changes_what_follows_a_question() -> None:
    found = get_engine().peek(TOLD, None, ToldInputs())
    assert isinstance(found, ToldResult)
    assert found.asks[0] > 0.5 > found.asks[1], "raw text asks on, demonstrations answer"
    assert found.second[2] > 0.5 > found.second[1], "a second question is answered after the dialogues only"
    at = open_page("family", "zh", tool="asked")
    assert words("family.told.second") in body(at)


def test_a_model_with_instruction_tuning_answers_where_one_lies_here(
    tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one the page says how to get it; with one the question stands in a dialogue, and what is drawn stays."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    at = open_page("family", "en", tool="asked", question="Where do kites sleep?")
    assert words("family.asked.told_nobody", "en") in body(at)
    folder = tmp_path / "tiny-instruct"
    shutil.copytree(tiny_of("llama").folder, folder)
    (folder / "chat_template.jinja").write_text("Q: {{ messages[0]['content'] }}\nA:", encoding="utf-8")
    model = adhoc_models.register(folder, Policy(alone=True))
    monkeypatch.setenv("SESAME_READERS_MAY", "switch")
    at = open_page("family", "en", tool="asked", question="Where do kites sleep?")
    assert not at.exception
    assert "Q: Where do kites sleep?" in body(at)
    at.button(key="family-answered-write").click().run()
    assert not at.exception
    seen = body(at)
    assert words("family.asked.told_answers", "en", model=model.name) in seen
    asked = get_engine().asked(model.id, "Where do kites sleep?")
    first = get_engine().peek(WRITE, model.id, WriteInputs(asked, ANSWER, DRAWN, 0))
    assert first is not None and verbatim(" ".join(writing.said(first, model.id).split())[:20]) in seen
    (folder / "chat_template.jinja").write_text("{{ messages[", encoding="utf-8")
    at = open_page("family", "en", tool="asked", question="And where do kettles?")
    assert not at.exception and len(notices(at)) == 1
    assert words("family.told.second", "en") in body(at), "the rest of the tool stands"
    get_engine().unload(model.id)


def test_what_many_tasks_take_is_drawn_in_bytes() -> None:
    at = open_page("family", "en", tool="adapt", many="100")
    assert not at.exception
    assert "100 tasks of 102.6 MB: 10.26 GB." in body(at)
    assert len(shared.squares(3, 0, 0.0, 3).layout.shapes) == 3
    assert len(shared.squares(1, 100, 0.12, 100).layout.shapes) == 101


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("here", [False, True])
def test_seconds_of_a_training_say_where_they_were_measured(
    lang: str, here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes with the app was timed on another machine; and it is never the model beside it that was timed."""
    if here:
        monkeypatch.setattr(get_engine(), "beforehand", lambda *asked: False)
    at = open_page("family", lang, tool="adapt")
    assert not at.exception
    said = {key: words(f"family.adapt.{key}", lang).split("{")[1].split("}")[1] for key in ("taught", "taught_before")}
    assert said["taught"] != said["taught_before"]
    assert [text in body(at) for text in said.values()] == [here, not here]


def test_numbers_below_the_small_language_are_not_claimed_to_be_all_its_own() -> None:
    at = open_page("family", "zh", panel="ours", choices="~".join("1" * PAIRS), v="2")
    seen = body(at)
    assert words("family.rlhf.about", words=toy.SIZE) in seen
    assert "72.6 %（Ouyang 等 2022，§3.4）" in seen, "a number that others published names their paper where it stands"


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_the_network_that_falls_over_is_named(lang: str) -> None:
    at = open_page("family", lang, tool="norms")
    assert not at.exception
    assert words("family.norms.fell", lang, fallen="post-LN", other="pre-LN", gap="1.76") in notices(at)


def test_printed_numbers_of_parameters_stand_beside_the_counted_ones() -> None:
    for model, said in (
        ("gpt1", words("family.line.not_printed")),
        ("gpt2xl", "1,542M"),
        ("gpt3", "175B"),
        ("gpt4", "32,000"),
    ):
        assert said in body(open_page("family", "zh", tool="line", model=model)), model
    last = words("family.line.formula_last")
    assert last in body(open_page("family", "zh", tool="line", model="gpt2s"))
    assert last not in body(open_page("family", "zh", tool="line", model="gpt1")), "GPT-1 has no norm behind the stack"


def test_the_page_s_own_sentence_opens_at_the_blank_that_what_follows_tells() -> None:
    for lang, word in (("zh", "让"), ("en", "she")):
        at = open_page("family", lang, tool="roads")
        seen = body(at)
        assert words("family.roads.guesses", lang, word=word) in seen
        assert words("family.roads.summed", lang, word=word) in seen
