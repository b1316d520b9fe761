"""Chapter 10, 还原: a text is broken; no model is needed. The ways themselves are in lab/breaking.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.errors import Told
from explorer.lab.breaking import break_up
from explorer.lab.experiment import implements
from explorer.lab.types.breaking import UNMASKED, Breakage, Broken
from explorer.lab.types.core import Tokens
from explorer.lab.types.denoising import BREAK, MAX_TOKENS, BreakInputs, of_tokens

if TYPE_CHECKING:
    from explorer.models.network.tokenizer import TextTokenizer


@implements(BREAK)
def break_tokens(_: None, inputs: BreakInputs) -> Broken:
    """The text broken. The same seed breaks alike.

    Raises Told: text_empty, too_short_to_break, breaks_to_nothing, no_mask_token.
    """
    if not inputs.ids:
        raise Told("text_empty")
    if inputs.mask_id is None and inputs.how.kind not in UNMASKED:
        raise Told("no_mask_token")
    return break_up(inputs.ids, inputs.begins, inputs.how, -1 if inputs.mask_id is None else inputs.mask_id)


def break_text(tokenizer: TextTokenizer, text: str, how: Breakage) -> tuple[Tokens, Broken]:
    """`text` as tokens, and broken. Raises Told as `break_tokens` does, and too_long."""
    tokens = encode(tokenizer, text)
    return tokens, break_tokens(None, of_tokens(tokens, tokenizer.mask_id, how))


def encode(tokenizer: TextTokenizer, text: str) -> Tokens:
    """`text` as tokens. Raises Told("text_empty") or ("too_long")."""
    tokens = tokenizer.encode(text)
    if all(tokens.special):
        raise Told("text_empty")
    if len(tokens) > MAX_TOKENS:
        raise Told("too_long", limit=MAX_TOKENS, used=len(tokens))
    return tokens
