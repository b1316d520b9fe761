"""What can be wrong with a model's files, as something a reader can be told. Knows no interface language."""

from __future__ import annotations

from typing import Any


class ModelError(Exception):
    """`key` names the message, `values` fill it; survives pickling, so it can cross a process boundary.

    Keys: model_unknown (model), model_missing (model, path), model_damaged (model, path, reason),
    model_too_large (model, needed_gb, free_gb), model_unsupported (model, model_type), head_missing (model),
    disk_full (path, needed_gb, free_gb).
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values}")
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.key, self.values))


def _rebuild(kind: type[ModelError], key: str, values: dict[str, object]) -> ModelError:
    return kind(key, **values)
