"""What the masking experiments share: reading a text with bounds, changing its tokens, choosing ordinary tokens.

Knows tokens and NumPy; knows no torch and runs no model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from explorer.errors import Told
from explorer.lab.types.arrays import Ints
from explorer.lab.types.core import MAX_TOKENS, Tokens
from explorer.lab.types.masking import Edit

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.models.network.model import Model
    from explorer.models.network.tokenizer import TextTokenizer


def encode(model: Model, text: str) -> Tokens:
    """`text` as tokens. Raises Told("text_empty") or ("too_long")."""
    tokens = model.tokenizer.encode(text)
    if all(tokens.special):
        raise Told("text_empty")
    limit = min(MAX_TOKENS, model.max_positions)
    if len(tokens) > limit:
        raise Told("too_long", limit=limit, used=len(tokens))
    return tokens


def pieces_in(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, ...]:
    """The places of the tokens that stand for any of the characters from `start` to before `end`."""
    return tuple(at for at, (first, last) in enumerate(offsets) if max(first, start) < min(last, end))


def require_position(tokens: Tokens, position: int) -> None:
    """Raises Told("position_outside") unless an ordinary token (not [CLS], [SEP]) stands there."""
    if not 0 <= position < len(tokens) or tokens.special[position]:
        raise Told("position_outside", position=position, count=len(tokens))


def edited(ids: Sequence[int], changes: Mapping[int, int]) -> list[int]:
    """`ids` with another token at some positions."""
    row = list(ids)
    for position, token in changes.items():
        row[position] = token
    return row


def after_edits(model: Model, tokens: Tokens, edits: Sequence[Edit]) -> list[int]:
    """The text's ids after the reader's edits. Raises Told("position_outside") or ("token_outside")."""
    for edit in edits:
        require_position(tokens, edit.position)
        if not 0 <= edit.token_id < model.vocab_size:
            raise Told("token_outside", token_id=edit.token_id, count=model.vocab_size)
    return edited(tokens.ids, {edit.position: edit.token_id for edit in edits})


class Paired(Protocol):
    """Two texts as a model reads them: type_ids tell which of the two a token is of."""

    @property
    def ids(self) -> tuple[int, ...]: ...
    @property
    def type_ids(self) -> tuple[int, ...]: ...


def pair_tensors(model: Model, pairs: Sequence[Paired]) -> tuple[Tensor, Tensor, Tensor]:
    """ids[B, L], mask[B, L] (True = a token) and type_ids[B, L] of pairs."""
    ids, mask = model.tensor_inputs([pair.ids for pair in pairs])
    types = ids.new_zeros(ids.shape)
    for n, pair in enumerate(pairs):
        types[n, : len(pair.type_ids)] = ids.new_tensor(pair.type_ids)
    return ids, mask, types


def mask_id_of(model: Model) -> int:
    mask_id = model.tokenizer.mask_id
    assert mask_id is not None, "a masked language model has a mask token"
    return mask_id


@lru_cache(maxsize=8)
def ordinary_ids_of(tokenizer: TextTokenizer) -> Ints:
    """Ids of the tokens that stand for text: all but special tokens and the reserve some vocabularies keep."""
    return np.array(
        [
            number
            for number, piece in enumerate(tokenizer.vocabulary())
            if piece and number not in tokenizer.special_ids and not piece.startswith("[unused")
        ],
        dtype=np.int64,
    )


def ordinary_ids(model: Model) -> Ints:
    return ordinary_ids_of(model.tokenizer)
