"""What the tools of 语境学习 share: the page's state, and the prompt that is made of it.

It knows the state, the tasks and the tokenizer's answer; it runs no experiment and draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from explorer.content import examples, tasks
from explorer.content.tasks import TaskId
from explorer.engine import uses
from explorer.errors import Told
from explorer.lab.types.in_context import MOST_SHOTS, Labels, Prompt, Row, relabelled, renamed
from explorer.ui import permission
from explorer.ui.carried import Carry, Sentence
from explorer.ui.i18n import language
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views import arriving
from explorer.views.in_context.rows import SIGN, candidates, labels, parsed

MAX_TOKENS = 300  # of a sentence that comes from another page
Tool = Literal["answers", "orders", "write", "still", "table", "heads", "toy", "scaling", "speech", "expected"]
Depth = Literal["2", "1"]
Tongue = Literal["auto", "zh", "en", "fr", "de", "es", "ja"]
PRESETS = ("flipped", "nonsense", "logic")


@dataclass(frozen=True)
class State:
    """The whole page. Empty texts stand for the task's own, in the reader's language.

    item    which question of the task stands there; row: which example the buttons move
    order   the seed that shuffles the examples, 0 leaves them
    told, sign   whether the task line and the sign between question and answer are there
    fair    answers divided by what they get after "N/A"; per: ln p a token instead of all together
    first, second  two sentences of which one is what people say
    depth, seed  layers of the toy; what it, and the models of several sizes, are drawn by
    """

    text: str = limit("", longest=MAX_LINK)
    tool: Tool = "answers"
    task: TaskId = "translate"
    source: Tongue = "auto"
    target: Tongue = "auto"
    digits: int = limit(2, low=1, high=6)
    line: str = limit("", longest=MAX_LINK)
    rows: str = limit("", longest=MAX_LINK)
    answer: str = limit("", longest=MAX_LINK)
    others: str = limit("", longest=MAX_LINK)
    item: int = limit(0, low=0, high=99)
    k: int = limit(4, low=0, high=MOST_SHOTS)
    order: int = limit(0, low=0, high=9999)
    row: int = limit(0, low=0, high=MOST_SHOTS - 1)
    labels: Labels = "gold"
    told: bool = True
    sign: bool = True
    fair: bool = False
    per: bool = False
    first: str = limit("", longest=400)
    second: str = limit("", longest=400)
    depth: Depth = "2"
    seed: int = limit(0, low=0, high=999)


@dataclass(frozen=True)
class Scene:
    """What is on the stage.

    whole    the prompt with all examples there are; prompt: with the first k of them
    answers  the candidates, gold the right one ("" if nobody knows it), taught: what the examples make of it
    unused   lines beyond the most examples there can be; short: how many examples k asks for in vain
    later    what the chosen tool wants to do when the rest of the page stands
    """

    model: uses.ModelInfo
    whole: Prompt
    prompt: Prompt
    answers: tuple[str, ...]
    gold: str
    taught: str
    unused: int
    short: int
    later: list[Callable[[], None]] = field(default_factory=list, compare=False)


def store() -> Store[State]:
    return Store(State, "in_context", carry=Carry(lambda state: (state.text, ""), take))


def take(state: State, sentence: Sentence) -> State:
    """A sentence from another page is a question: is it good or bad? Raises Told: carried_long, carried_unreadable."""
    arriving.readable(model(), sentence.text, MAX_TOKENS)
    return replace(fresh(state), task="sentiment", text=sentence.text)


def fresh(state: State) -> State:
    """The state without what was written for another task."""
    return replace(state, text="", line="", rows="", answer="", others="", item=0, row=0)


def model() -> uses.ModelInfo:
    """The model this chapter uses now; to be asked once a run."""
    return uses.for_page("in_context", "", permission.policy())


def task_of(state: State) -> tasks.Task:
    """The task in the reader's language, or in the one in which it is to be had."""
    lang = language()
    if state.task == "translate":
        usual = tasks.usual(lang)
        source = usual.lang if state.source == "auto" else state.source
        target = usual.to if state.target == "auto" else state.target
        return tasks.Task("translate", source, target)
    return tasks.Task(state.task, lang if tasks.has(state.task, lang) else "en", digits=state.digits)


def rows_text(state: State) -> str:
    """The examples as the reader sees them, one a line."""
    return state.rows or "\n".join(f"{question} {SIGN} {answer}" for question, answer in tasks.shown(task_of(state))[0])


def line_of(state: State) -> str:
    return state.line or tasks.line(task_of(state))


def query_of(state: State) -> str:
    return state.text or tasks.shown(task_of(state), state.item)[1][0]


def answer_of(state: State) -> str:
    """The right answer: the reader's, or the task's where the question is the task's too; else ""."""
    return state.answer.strip() or ("" if state.text else tasks.shown(task_of(state), state.item)[1][1])


def ordered(written: tuple[Row, ...], state: State) -> tuple[Row, ...]:
    """The examples that can be used, in the order in which they are."""
    rows = written[:MOST_SHOTS]
    if not state.order:
        return rows
    return tuple(rows[place] for place in np.random.default_rng(state.order).permutation(len(rows)))


def read(state: State) -> Scene:
    """The prompt of `state`. Raises Told: text_empty, answers_many, and what `parsed` raises."""
    query = query_of(state).strip()
    if not query:
        raise Told("text_empty")
    written = parsed(rows_text(state))
    rows, gold = ordered(written, state), answer_of(state)
    known = labels(rows, gold)
    changed = relabelled(rows, known, state.labels, state.order)
    taught = renamed(known, state.labels).get(gold, gold)
    whole = Prompt(line_of(state).strip() if state.told else "", changed, query, SIGN if state.sign else "")
    return Scene(
        model=model(),
        whole=whole,
        prompt=whole.shots(state.k),
        answers=candidates(state.others, changed, gold, taught),
        gold=gold,
        taught=taught,
        unused=max(0, len(written) - MOST_SHOTS),
        short=max(0, state.k - len(rows)),
    )


def asked(scene: Scene) -> str:
    """The one answer that a tool follows: the right one, else the first candidate. Raises Told: answer_empty."""
    if not scene.answers:
        raise Told("answer_empty")
    return scene.gold or scene.answers[0]


def choose_preset(name: str) -> None:
    """Set the whole page to the preset `name`."""
    store().put(State(**examples.entry("in_context", name, language())))
