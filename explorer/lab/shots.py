"""Prompts and answers read as one tree: what many texts begin with in common is read once.

Knows token ids, answers and the shelf on which a session's past lies. Knows no tasks and no pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import Told
from explorer.lab.decoding import Shelf, begins, limit_of, shared_beginning
from explorer.lab.types.arrays import Floats
from explorer.lab.types.in_context import Prompt

if TYPE_CHECKING:
    from explorer.models.network.kv_cache import Past
    from explorer.models.network.model import Model

NAME = "prompt"  # on the shelf
SCORES_AT_ONCE = 64  # a row of scores is as wide as the vocabulary


@dataclass(frozen=True)
class Text:
    """The ids of a prompt and of an answer after it."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    """One answer's ln p, a number a token; best: whether each token was the likeliest."""

    log_p: Floats
    best: tuple[bool, ...]


@dataclass(frozen=True)
class Read:
    """What came of it: the answers, and how many tokens were read for them or known already, or are in all texts."""

    answers: tuple[Answer, ...]
    read: int
    kept: int
    alone: int


@dataclass(frozen=True)
class Line:
    """A text that a session has read, and its keys and values."""

    ids: tuple[int, ...]
    past: Past


def text(model: Model, prompt: Prompt, answer: str, end: str = "") -> Text:
    """Prompt and answer as the tokenizer cuts them when they stand in one text; the answer begins where the prompt read
    alone would end, or before it where a token reaches over that place. Raises Told: answer_empty, text_empty,
    answer_unknown."""
    if not answer.strip():
        raise Told("answer_empty")
    alone = ids_of(model, prompt.text())
    tokens = model.tokenizer.encode(f"{prompt.text()} {answer.strip()}{end}")
    whole = tokens.ids if model.tokenizer.cls_id is not None else (*begins(model), *tokens.ids)
    shared = min(shared_beginning(alone, whole), len(whole) - 1)
    if shared < 1:
        raise Told("text_empty")
    if any(tokens.unknown[shared - (len(whole) - len(tokens.ids)) :]):
        raise Told("answer_unknown", answer=answer)
    return Text(whole[:shared], whole[shared:])


def ids_of(model: Model, words: str) -> tuple[int, ...]:
    """The tokens of a text, with the one that stands before every text of this model, if it has one."""
    ids = model.tokenizer.encode(words).ids
    return ids if model.tokenizer.cls_id is not None else (*begins(model), *ids)


def fitting(model: Model, prompt: Prompt, answers: Sequence[str]) -> tuple[Prompt, int]:
    """The prompt without the oldest examples that would not fit, and how many these are. Raises Told("too_long")."""
    limit = limit_of(model)
    longest = max((len(model.tokenizer.encode(f" {one}")) for one in answers), default=0)
    for dropped in range(len(prompt.rows) + 1):
        shown = Prompt(prompt.line, prompt.rows[dropped:], prompt.query, prompt.sign)
        used = len(ids_of(model, shown.text())) + longest
        if used <= limit:
            return shown, dropped
    raise Told("too_long", limit=limit, used=used)


def read(model: Model, texts: Sequence[Text], line: Line | None = None) -> Read:
    """The answers of all texts from one run of the network. `line` is a text of which keys and values are known; what
    the texts begin with in common with it is not read. Raises Told("scores_broken")."""
    from explorer.models.network.token_tree import read_tree

    ids, parents, asked = _grow(texts, () if line is None else line.ids)
    hidden = read_tree(model, ids, parents, None if line is None else line.past)
    wanted = sorted({node for one in asked for node, _ in one})
    tokens: dict[int, set[int]] = {}
    for one in asked:
        for node, token in one:
            tokens.setdefault(node, set()).add(token)
    found: dict[tuple[int, int], tuple[float, bool]] = {}
    for start in range(0, len(wanted), SCORES_AT_ONCE):
        part = wanted[start : start + SCORES_AT_ONCE]
        scores = model.decode(hidden[part])
        sums, best = scores.logsumexp(-1).cpu().numpy(), scores.argmax(-1).cpu().numpy()
        if not np.isfinite(sums).all():
            raise Told("scores_broken")
        for n, node in enumerate(part):
            for token in tokens[node]:
                found[node, token] = (float(scores[n, token]) - float(sums[n]), int(best[n]) == token)
    answers = tuple(
        Answer(np.array([found[at][0] for at in one], dtype=np.float32), tuple(found[at][1] for at in one))
        for one in asked
    )
    alone = sum(len(one.prompt) + len(one.answer) - 1 for one in texts)
    reused = 0 if line is None else max((shared_beginning(one.prompt[:-1], line.ids) for one in texts), default=0)
    return Read(answers, len(ids), reused, alone)


def _grow(texts: Sequence[Text], known: tuple[int, ...]) -> tuple[list[int], list[int], list[list[tuple[int, int]]]]:
    """The tree of all texts: ids, parents (see token_tree), and for each text the nodes after which a token of its
    answer is asked for. The node that is asked is always a new one: nobody has kept what it gives."""
    ids: list[int] = []
    parents: list[int] = []
    nodes: dict[tuple[int, int], int] = {}
    asked: list[list[tuple[int, int]]] = []
    for one in texts:
        whole = one.prompt + one.answer
        shared = shared_beginning(one.prompt[:-1], known)
        at = -1 - shared
        wanted: list[tuple[int, int]] = []
        for place in range(shared, len(whole) - 1):
            token = whole[place]
            if (at, token) not in nodes:
                nodes[at, token] = len(ids)
                ids.append(token)
                parents.append(at)
            at = nodes[at, token]
            if place >= len(one.prompt) - 1:
                wanted.append((at, whole[place + 1]))
        asked.append(wanted)
    return ids, parents, asked


def keep(model: Model, shelf: Shelf | None, ids: tuple[int, ...]) -> Line | None:
    """The keys and values of `ids`, of which only what the session does not have from before is read."""
    if not ids:
        return None
    old: Line | None = None if shelf is None else shelf.get(NAME)
    shared = 0 if old is None else shared_beginning(old.ids, ids)
    past = None if old is None or shared == 0 else old.past.crop(shared)
    if shared < len(ids):
        tensor, _ = model.tensor_inputs([ids[shared:]])
        _, past = model.step(tensor, past)
    assert past is not None
    line = Line(ids, past)
    if shelf is not None:
        shelf.put(NAME, line, past.n_bytes)
    return line
