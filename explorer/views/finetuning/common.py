"""What the tools of 微调 share: the page's state, the sentences and labels it stands for, and the training of them.

It knows the state and the sentences; it runs nothing and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

from explorer.content import choice, entities, teaching, units
from explorer.content import lessons as sets
from explorer.engine import catalog
from explorer.errors import Told
from explorer.lab.types.finetuning import ALL, HEAD_FASTER, Labelled, Lessons, TuneInputs
from explorer.ui.i18n import language, t
from explorer.ui.state import MAX_LINK, Store, limit
from explorer.views.finetuning import own_labels, presets
from explorer.views.finetuning.own_labels import Own
from explorer.views.finetuning.planting import planted

STARTS = ("pre-trained", "random", "re-embedded")
PRESETS = ("few", "head", "hinted", "fast", "slow", "own")
Task = sets.Task
TASKS: tuple[Task, ...] = tuple(sets.SHAPES)
BYS: tuple[units.By, ...] = ("char", "word")
AMOUNTS = ("8", "16", "32", "64", "128", "all")
RATES = ("0.00001", "0.0001", "0.0002", "0.001", "0.03")
RATE_NAMES = {"0.00001": "slow", "0.0002": "right", "0.03": "fast"}
POOLINGS = ("mean", "cls", "last_four")
Sentences = Literal["judgement", "sentiment", "own"]
SENTENCES: tuple[Sentences, ...] = ("judgement", "sentiment", "own")
Taught = Literal["en", "zh"]
Rate = Literal["0.00001", "0.0001", "0.0002", "0.001", "0.03"]
Tool = Literal["start", "use", "map", "land", "answer", "across", "choice", "exam", "papers"]
TAUGHT: tuple[Taught, ...] = ("en", "zh")


@dataclass(frozen=True)
class State:
    """The whole page: the task, which sentences teach, how many, what is tuned, how fast, how often; what is looked at.

    `own` are the reader's labelled sentences; `asked` the text that the taught head is asked about, `beside` the second
    where it reads two; `head` the name of one that was opened. `by`: what carries a label in Chinese. `question_a` and
    `question_b` are questions to choose in, `right_a` and `right_b` their right endings (from 0); in the exam hall
    `many` tasks share one body. Of 问答: which head answers (`taught`: the language it was taught in) which `question`
    about which `passage` (or one of the gallery: `mistake`), in which windows, with which `longest` answer, the token
    that is looked at (`place`, -1: the answer's first); `reading`: the language whose answers are listed.
    """

    tool: Tool = "start"
    task: Task = "sentiment"
    by: units.By = "char"
    sentences: Sentences = "judgement"
    own: str = limit("", longest=MAX_LINK)
    amount: Literal["8", "16", "32", "64", "128", "all"] = "all"
    layers: int = limit(12, low=0, high=12)
    below: int = limit(12, low=0, high=12)
    rate: Rate = "0.0002"
    epochs: int = limit(5, low=1, high=10)
    pooling: Literal["mean", "cls", "last_four"] = "mean"
    third: bool = False
    seed: int = limit(0, low=0, high=99)
    looked: Literal["pre-trained", "random", "re-embedded"] = "pre-trained"
    planted: bool = False
    told: bool = False
    asked: str = limit("", longest=400)
    beside: str = limit("", longest=400)
    head: str = limit("", longest=40)
    question_a: str = limit("", longest=MAX_LINK)
    question_b: str = limit("", longest=MAX_LINK)
    right_a: int = limit(1, low=0, high=choice.ENDINGS - 1, shift=1)
    right_b: int = limit(2, low=0, high=choice.ENDINGS - 1, shift=1)
    exam: Literal["glue", "superglue", "clue"] = "glue"
    many: int = limit(9, low=1, high=100)
    taught: Taught = "en"
    mistake: str = limit("", longest=40)
    passage: str = limit("", longest=MAX_LINK)
    question: str = limit("", longest=400)
    longest: int = limit(30, low=1, high=30)
    window: int = limit(192, low=48, high=192)
    overlap: int = limit(96, low=0, high=96)
    place: int = limit(-1, low=-1, high=1999)
    reading: Literal["zh", "en", "ja", "fr", "de", "es"] = "zh"


def store() -> Store[State]:
    return Store(State, "finetuning")


def model() -> catalog.ModelInfo:
    return catalog.default("masked")


def opened(task: Task) -> State:
    """A task as it opens."""
    return State(task=task, layers=sets.LAYERS[task])


def own(state: State) -> Own:
    """The reader's own sentences. Raises Told("text_empty") where nothing was written."""
    if not state.own.strip():
        raise Told("text_empty")
    return own_labels.parsed(state.own)


def is_own(state: State) -> bool:
    return state.task == "sentiment" and state.sentences == "own"


def labels(state: State) -> tuple[str, ...]:
    """Their names, as they are shown."""
    if is_own(state):
        return own(state).labels
    if state.task == "pos":
        return tuple(t(f"finetuning.tag.{tag}") for tag in units.tags())
    if state.task == "entities":
        kinds = {kind: t(f"finetuning.kind.{kind}") for kind in entities.KINDS}
        return tuple(label if label == "O" else label[:2] + kinds[label[2:]] for label in entities.LABELS)
    names = teaching.LABELS if state.task == "sentiment" else teaching.PAIR_LABELS[state.task]
    return tuple(t(f"finetuning.label.{name}") for name in names)


def lessons(state: State, lang: str) -> tuple[Lessons, Lessons]:
    """What is taught and what tests. Raises Told("text_empty")."""
    if is_own(state):
        found = own(state)
        return found.train, found.held_out
    name = cast(teaching.Name, state.sentences)
    train, test = (sets.part(state.task, lang, part, name, unit(state, lang)) for part in teaching.PARTS)
    return train, test


def unit(state: State, lang: str) -> units.By:
    """What has a label of its own: only Chinese names are marked by the character."""
    return state.by if state.task == "entities" and lang == "zh" else "word"


def inputs(state: State, lang: str) -> TuneInputs:
    """The training that `state` stands for. Raises Told("text_empty")."""
    train, held_out = lessons(state, lang)
    train = train if state.amount == "all" else train[: int(state.amount)]
    shape = sets.SHAPES[state.task]
    if state.planted and shape != "tokens":
        train = planted(cast(Labelled, train))
    rate = float(state.rate)
    return TuneInputs(
        train=train,
        held_out=held_out,
        shape=shape,
        starts=STARTS if state.third else STARTS[:2],
        pooling=state.pooling,
        layers=state.layers,
        kept_layers=ALL if state.below == 12 else state.below,
        rate=rate,
        head_rate=rate * HEAD_FASTER,
        epochs=state.epochs,
        seed=state.seed,
    )


def written(text: str) -> str:
    """A sentence as it is shown in a line; of two, both."""
    return text.replace("\n", " ‖ ")


def choose_preset(name: str) -> None:
    """Set the whole page."""
    store().put(replace(State(), **presets.changes(name)))  # type: ignore[arg-type]


def now() -> tuple[State, TuneInputs, tuple[str, ...]]:
    """Raises Told("text_empty") where the reader's own sentences are chosen and none is written."""
    state = store().get()
    return state, inputs(state, language()), labels(state)
