"""Chapter 10, 还原: a reader's text is broken. The ways themselves are in lab/breaking.py.

Of the model only the tokenizer is used here, no weights and no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from explorer.errors import Told
from explorer.lab.breaking import break_up
from explorer.lab.experiment import implements
from explorer.lab.types.breaking import UNMASKED
from explorer.lab.types.core import Tokens
from explorer.lab.types.denoising import BREAK, BreakInputs, BreakResult

if TYPE_CHECKING:
    from explorer.models.network.tokenizer import TextTokenizer

MAX_TOKENS = 64  # of one text, special tokens included: what the decoder was taught is shorter


class HasTokenizer(Protocol):
    """A `Model`, or anything else that carries its tokenizer."""

    @property
    def tokenizer(self) -> TextTokenizer: ...


@implements(BREAK)
def break_text(model: HasTokenizer, inputs: BreakInputs) -> BreakResult:
    """The text broken. The same seed breaks alike.

    Raises Told: text_empty, too_long, too_short_to_break, breaks_to_nothing, no_mask_token.
    """
    tokens = encode(model, inputs.text)
    mask_id = model.tokenizer.mask_id
    if mask_id is None and inputs.how.kind not in UNMASKED:
        raise Told("no_mask_token")
    at = [n for n, special in enumerate(tokens.special) if not special]
    begins = [n == at[0] or tokens.words[n] != tokens.words[n - 1] for n in at]
    return BreakResult(
        tokens, break_up([tokens.ids[n] for n in at], begins, inputs.how, -1 if mask_id is None else mask_id)
    )


def encode(model: HasTokenizer, text: str) -> Tokens:
    """`text` as tokens. Raises Told("text_empty") or ("too_long")."""
    tokens = model.tokenizer.encode(text)
    if all(tokens.special):
        raise Told("text_empty")
    if len(tokens) > MAX_TOKENS:
        raise Told("too_long", limit=MAX_TOKENS, used=len(tokens))
    return tokens
