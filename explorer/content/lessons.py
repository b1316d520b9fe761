"""What each task of chapter 9 is taught and tested with: one label a sentence, a pair, or a word.

At the bottom of the house: it knows the readers of assets/examples/teaching. Of a pair both texts stand in one, with a
line feed between.
"""

from __future__ import annotations

from typing import Literal

from explorer.content import teaching, units

Task = Literal["sentiment", "pos", "entities", "inference", "stance"]
Lessons = tuple[tuple[str, int], ...] | tuple[units.Marked, ...]
SHAPES: dict[Task, str] = {
    "sentiment": "class",
    "pos": "tokens",
    "entities": "tokens",
    "inference": "pair",
    "stance": "pair",
}
# Layers tuned as a task opens, from above: fewer where there are many sentences, so that it ends within a minute.
LAYERS: dict[Task, int] = {"sentiment": 12, "pos": 4, "entities": 4, "inference": 4, "stance": 4}


def part(task: Task, lang: str, name: teaching.Part, sentences: teaching.Name, by: units.By) -> Lessons:
    """One part of a task's own set; `sentences` of 情感, `by` of 实体."""
    if task == "pos":
        return units.tagged(lang, name)
    if task == "entities":
        return units.named(lang, name, by)
    if task == "sentiment":
        return teaching.sentences(sentences, lang, name)
    return tuple((f"{first}\n{second}", label) for first, second, label in teaching.pairs(task, lang, name))
