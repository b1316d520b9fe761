"""What an experiment refuses, as something a reader can be told. Knows no interface language."""

from __future__ import annotations

from typing import Any


class ExperimentError(Exception):
    """`key` names the message, `values` fill it; survives pickling, so it can cross a process boundary.

    Keys: text_empty; too_long (limit, used); position_outside (position, count); token_outside (token_id, count);
    too_many_blanks (limit, used); word_empty; word_too_long (limit, used); corpus_changed; lines_differ (first, other);
    layer_outside (layer, count); no_language; too_many_words (limit, used);
    too_few_lines (limit, used); scores_broken.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values}")
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.key, self.values))


def _rebuild(kind: type[ExperimentError], key: str, values: dict[str, object]) -> ExperimentError:
    return kind(key, **values)
