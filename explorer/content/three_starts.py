"""What 文字之外 trains three starts on: sequences as words, changed sentences; how many, how wide, how long.

Asked by the page, by what it opens with, by evidence and benchmarks: all of them mean the same training.
"""

from __future__ import annotations

from explorer.content import dna, nonsense, teaching
from explorer.lab.types.finetuning import TuneInputs

STARTS = ("pre-trained", "re-embedded", "random")
LAYERS = 4  # from above
POOLING = "middle"  # of sequences: the junction is there
AMOUNT, WIDTH, EPOCHS = 100, 30, 10  # of the sequences
SENTENCE_EPOCHS = 5
AMOUNTS = (50, 100, 200, 400, 800)
DRAWS = range(10)  # of the grid: the words by the n-th draw, everything else by the seed n
# Settings are chosen on sequences that teach: the first hundred taught, the last two hundred asked, with words that are
# in no draw of the grid. What tests is read once the settings stand.
SEARCHED, ASKED = range(100, 105), 200


def sequences(
    train: dna.Sequences, held_out: dna.Sequences, words: tuple[str, ...], *, layers: int = LAYERS,
    epochs: int = EPOCHS, pooling: str = POOLING, seed: int = 0,
) -> TuneInputs:  # fmt: skip
    """The training on sequences that are written with these words."""
    taught, tested = (tuple((dna.written(letters, words), n) for letters, n in part) for part in (train, held_out))
    return TuneInputs(
        taught, tested, starts=STARTS, pooling=pooling, layers=layers, epochs=epochs, seed=seed,
    )  # fmt: skip


def searched(drawn: int, amount: int = AMOUNT, *, width: int = WIDTH, lang: str = "en") -> TuneInputs:
    """The training by which settings are compared; nothing of it tests."""
    rows = [(dna.middle(letters, width), label) for letters, label in dna.splice("train")]
    return sequences(tuple(rows[:amount]), tuple(rows[-ASKED:]), dna.first_words(lang, drawn), seed=drawn)


def sentences(way: nonsense.Way, lang: str, *, layers: int = LAYERS) -> TuneInputs:
    """The training on sentences that were changed in this way."""
    train, test = (nonsense.sentences(part, way, lang) for part in teaching.PARTS)
    return TuneInputs(train, test, starts=STARTS, layers=layers, epochs=SENTENCE_EPOCHS)
