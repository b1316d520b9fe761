"""Types that every chapter shares: a text as a model reads it, and progress on the way to a result.

Everything here is frozen, made of plain Python and NumPy, and survives a process boundary.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.codec import wire

MAX_TOKENS = 128  # of one text, special tokens included; the time of a scan of it grows with its square


@wire("core/tokens")
@dataclass(frozen=True)
class Tokens:
    """A text as a model reads it.

    All tuples have one entry a token, special tokens included, in reading order.
    `offsets` are half-open character ranges in `text`; special tokens have (0, 0).
    `words` numbers the word a piece belongs to (## pieces share their word's number); -1 for special tokens.
    """

    text: str
    pieces: tuple[str, ...]
    ids: tuple[int, ...]
    type_ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]
    special: tuple[bool, ...]
    unknown: tuple[bool, ...]
    words: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def surface(self, position: int) -> str:
        """The characters of the text behind a token; its own string where it has none (special tokens)."""
        start, end = self.offsets[position]
        return self.text[start:end] or self.pieces[position]


@wire("core/specials")
@dataclass(frozen=True)
class Specials:
    """Ids of the tokens that are no text: all of them, the one that begins a text (None: none does), those that end it.

    `ids` and `ends` are sorted.
    """

    ids: tuple[int, ...]
    begin: int | None
    ends: tuple[int, ...]


@wire("core/progress")
@dataclass(frozen=True)
class Progress:
    """How far a streamed experiment is: `done` of `total` steps (a step is what the experiment says it is)."""

    done: int
    total: int


@wire("core/waiting")
@dataclass(frozen=True)
class Waiting:
    """A training that has not begun: it is the `position`-th in line, 1 the next to begin."""

    position: int


@wire("core/model-facts")
@dataclass(frozen=True)
class ModelFacts:
    """What a model's files say about it without loading the weights (sizes in numbers of weights).

    `d_output`: width of what the head's matrix turns into scores; d_model, but for ALBERT and ELECTRA.
    """

    model_id: str
    revision: str
    n_layers: int
    n_heads: int
    d_model: int
    d_output: int
    vocab_size: int
    max_positions: int
    n_weights: int
    n_embedding_weights: int
    n_head_weights: int
    tied_head: bool
