"""What the tools of 家族 share: the page's state, and whose taste it trains for.

It knows the state and the pairs that are compared; it runs no experiment and draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from explorer.content import comparisons, examples
from explorer.lab.types import toy_language as toy
from explorer.lab.types.rlhf import UPDATES, Choice, Method, Run, run_of
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit

Tool = Literal["rlhf", "line", "roads", "tasks", "asked", "adapt", "norms", "losses"]
Job = Literal["translate", "read", "summary"]
Model = Literal["gpt1", "gpt2s", "gpt2m", "gpt2l", "gpt2xl", "gpt3", "instruct", "chatgpt", "gpt4"]
Panel = Literal["polite", "vivid", "ours"]
Beta = Literal["0", "0.02", "0.05", "0.1", "0.3", "10"]
Deep = Literal["4", "8"]
Pace = Literal["0.001", "0.003", "0.01"]
Weight = Literal["0", "0.1", "0.5", "1", "2"]
Rate = Literal["0.00001", "0.001", "0.01", "1"]
MODELS: tuple[Model, ...] = ("gpt1", "gpt2s", "gpt2m", "gpt2l", "gpt2xl", "gpt3", "instruct", "chatgpt", "gpt4")
NAMES = {
    "gpt1": "GPT-1", "gpt2s": "GPT-2 S", "gpt2m": "GPT-2 M", "gpt2l": "GPT-2 L", "gpt2xl": "GPT-2 XL", "gpt3": "GPT-3",
    "instruct": "InstructGPT", "chatgpt": "ChatGPT", "gpt4": "GPT-4",
}  # fmt: skip
PANELS: tuple[Panel, ...] = ("polite", "vivid", "ours")
BETAS: tuple[Beta, ...] = ("0", "0.02", "0.05", "0.1", "0.3", "10")
RATES: tuple[Rate, ...] = ("0.00001", "0.001", "0.01", "1")
METHODS: tuple[Method, ...] = ("ppo", "rloo")
JOBS: tuple[Job, ...] = ("translate", "read", "summary")
PRESETS = ("hacking", "vivid", "mine")
PAIRS = 20
LONGEST = 200  # characters of a text that a model reads here


@dataclass(frozen=True)
class State:
    """The whole page.

    model    of the GPT line, the one that is looked at
    deep, pace   layers and learning rate of the two networks whose norms sit elsewhere; weight: λ of L2 + λ · L1
    panel    whose taste step 2 learns; choices[pair]: 0 none yet, 1 left, 2 right; pair: the one that is shown
    update   after how many updates the six answers are shown
    vote     which of the four answers the reader has voted for, 0 for none
    text     the sentence that three models read, blank: its covered token; given: what a task (job) is done with;
             question: what is asked of the model that has seen no instructions; each "" for the page's own example
    many     how many tasks the shared service has
    """

    tool: Tool = "rlhf"
    model: Model = "gpt1"
    deep: Deep = "8"
    pace: Pace = "0.003"
    weight: Weight = "0.5"
    panel: Panel = "polite"
    choices: tuple[int, ...] = limit((), low=0, high=2, longest=PAIRS)
    pair: int = limit(0, low=0, high=PAIRS - 1, shift=1)
    beta: Beta = "0.1"
    rate: Rate = "0.001"
    method: Method = "ppo"
    update: int = limit(UPDATES, low=0, high=UPDATES)
    vote: int = limit(0, low=0, high=4)
    text: str = limit("", longest=MAX_LINK)
    blank: int = limit(0, low=0, high=63)
    job: Job = "translate"
    given: str = limit("", longest=MAX_LINK)
    question: str = limit("", longest=MAX_LINK)
    many: int = limit(10, low=1, high=100)


def store() -> Store[State]:
    return Store(State, "family")


def setter(name: str) -> Callable[[object], None]:
    """What a widget calls with the new value of the state's field `name`."""
    return lambda value: store().set(**{name: value})


def lang() -> toy.Lang:
    """The language of the small language's sentences on the page: the reader's."""
    return "zh" if language() == "zh" else "en"


def example(name: str, written: str) -> str:
    """What the reader has written, or the page's own `name` of assets/examples/family.toml."""
    return written or examples.entry("family", "texts", language())[name]


def choices_of(state: State) -> tuple[int, ...]:
    """One a pair, 0 where none is made yet."""
    return (*state.choices, *[0] * (PAIRS - len(state.choices)))


def taste(state: State, panel: Panel) -> tuple[tuple[float, ...], tuple[Choice, ...]] | None:
    """The weights of the rule, and the choices they were fitted to; None while too few are made to have a rule."""
    if panel != "ours":
        return toy.PANELS[panel], ()
    made = choices_of(state)
    if sum(map(bool, made)) < comparisons.LEAST:
        return None
    weights = comparisons.weights(made)
    return (weights, comparisons.chosen(made)) if any(weights) else None


def run_for(state: State, panel: Panel) -> Run | None:
    """The three steps for this taste, as the dials stand; None where there is no rule yet."""
    found = taste(state, panel)
    if found is None:
        return None
    return run_of(*found, beta=float(state.beta), rate=float(state.rate), method=state.method)


def choose_preset(name: str) -> None:
    """Set the page to the preset `name`; what the reader has chosen between stays."""
    kept = store().now()
    wanted = examples.entry("family", name, language())
    store().put(State(**wanted, choices=kept.choices, pair=kept.pair))
