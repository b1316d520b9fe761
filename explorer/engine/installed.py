"""What the engine asks of models, answered by `explorer.models`. Torch is imported by `load` alone.

Raises what `explorer.models` raises; the engine tells readers.
"""

from __future__ import annotations

from typing import Protocol

from explorer.engine import threads
from explorer.engine.model_worker import LoadedModel
from explorer.lab.types.core import ModelFacts, Specials, Tokens
from explorer.lab.types.inputs import Cutting
from explorer.models.catalog import catalog
from explorer.models.network import chat, model_files, special_tokens, tokenizer, tokenizer_trace


class Models(Protocol):
    """All that an engine knows of models; tests put their own in its place."""

    def revision(self, model_id: str) -> str:
        """What results are kept under: equal for equal weights only."""
        ...

    def tokens(self, model_id: str, text: str, pair: str | None) -> Tokens: ...

    def cuttings(self, model_id: str, text: str) -> tuple[Cutting, ...]: ...

    def asked(self, model_id: str, question: str) -> tuple[int, ...]: ...

    def simplify(self, model_id: str, text: str) -> tuple[str, bool]: ...

    def vocabulary(self, model_id: str) -> tuple[str, ...]: ...

    def specials(self, model_id: str) -> Specials: ...

    def facts(self, model_id: str) -> ModelFacts: ...

    def needs(self, model_id: str) -> int:
        """Bytes of memory to load it, told by its files' headers."""
        ...

    def load(self, model_id: str) -> LoadedModel: ...


class InstalledModels:
    """The models of the catalogue."""

    def revision(self, model_id: str) -> str:
        info = catalog.entry(model_id)
        return info.revision or info.id

    def tokens(self, model_id: str, text: str, pair: str | None) -> Tokens:
        return tokenizer.for_model(catalog.entry(model_id)).encode(text, pair)

    def cuttings(self, model_id: str, text: str) -> tuple[Cutting, ...]:
        return tokenizer_trace.for_model(catalog.entry(model_id)).cuttings(text)

    def asked(self, model_id: str, question: str) -> tuple[int, ...]:
        info = catalog.entry(model_id)
        return chat.asked(info, question) if chat.follows(info) else ()

    def simplify(self, model_id: str, text: str) -> tuple[str, bool]:
        info = catalog.entry(model_id)
        return tokenizer.for_model(info).simplify(text) if info.simplified else (text, False)

    def vocabulary(self, model_id: str) -> tuple[str, ...]:
        return tokenizer.for_model(catalog.entry(model_id)).vocabulary()

    def specials(self, model_id: str) -> Specials:
        return special_tokens.of_model(catalog.entry(model_id))

    def facts(self, model_id: str) -> ModelFacts:
        return model_files.facts(catalog.entry(model_id))

    def needs(self, model_id: str) -> int:
        return model_files.needs(catalog.entry(model_id))

    def load(self, model_id: str) -> LoadedModel:
        info = catalog.entry(model_id)
        model_files.check(info)  # before torch is imported: a missing model is told at once
        threads.configure_torch()
        from explorer.models.network import loader

        return loader.load(info)
