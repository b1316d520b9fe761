"""What an engine answers without weights: how models cut texts, what their files say. Imports no torch."""

from __future__ import annotations

from explorer.engine import cache
from explorer.engine.cache import Precomputed
from explorer.engine.failures import told_to_reader
from explorer.engine.installed import Models
from explorer.lab.types.core import ModelFacts, Specials, Tokens
from explorer.lab.types.inputs import CutInputs, Cutting


class Texts:
    """The part of `explorer.engine.base.Engine` that asks no worker; see there."""

    def __init__(self, models: Models, precomputed: Precomputed | None) -> None:
        self._models = models
        self._precomputed = precomputed

    def tokens(self, model_id: str, text: str, pair: str | None = None) -> Tokens:
        with told_to_reader(model_id):
            kept = self._precomputed
            found = kept and kept.get(cache.TOKENS, self.tokens_key(model_id, text, pair))
            return found or self._models.tokens(model_id, text, pair)

    def tokens_key(self, model_id: str, text: str, pair: str | None = None) -> str:
        """What the tokens of a text are kept under among the precomputed results."""
        return cache.key(self._models.revision(model_id), cache.TOKENS, cache.TOKENS_VERSION, CutInputs(text, pair))

    def cuttings(self, model_id: str, text: str) -> tuple[Cutting, ...]:
        with told_to_reader(model_id):
            return self._models.cuttings(model_id, text)

    def asked(self, model_id: str, question: str) -> tuple[int, ...]:
        with told_to_reader(model_id):
            return self._models.asked(model_id, question)

    def simplify(self, model_id: str, text: str) -> tuple[str, bool]:
        with told_to_reader(model_id):
            return self._models.simplify(model_id, text)

    def vocabulary(self, model_id: str) -> tuple[str, ...]:
        with told_to_reader(model_id):
            return self._models.vocabulary(model_id)

    def specials(self, model_id: str) -> Specials:
        with told_to_reader(model_id):
            return self._models.specials(model_id)

    def facts(self, model_id: str) -> ModelFacts:
        with told_to_reader(model_id):
            return self._models.facts(model_id)
