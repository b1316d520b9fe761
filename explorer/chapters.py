"""The chapters: one record each, in reading order. Whatever lists chapters anywhere is derived from here.

Plain data: it imports nothing of ours, so that every layer, the tests and the benchmarks may read it. Only chapters
that work are in the list.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """One chapter.

    `id` names its page, its views, its texts and its examples; `tools` are in the order of the page. `ability` is what
    a model must be able to do to be used here (catalog.toml says which can). `switchable`: it can run another model
    than the embedded one; `needs_head`: it asks the model's head, and does not only look inside; `reader_kinds`: the
    kinds of model that a reader can put on the own page. `evidence`, `benchmarks`: a module of its name measures it.
    `examples`: it has a file in assets/examples. `painted_without_model`: what it shows first comes computed.
    `tour`: one's own sentence is taken here on the tour of five minutes.
    """

    number: int
    id: str
    tools: tuple[str, ...] = ()
    ability: str = ""
    switchable: bool = False
    needs_head: bool = True
    reader_kinds: tuple[str, ...] = ()
    evidence: bool = False
    benchmarks: bool = False
    examples: bool = True
    painted_without_model: bool = False
    tour: bool = False


CHAPTERS = (
    Chapter(0, "home", ability="opening", benchmarks=True, painted_without_model=True),
    Chapter(
        1,
        "input",
        tools=("tokens", "merges", "lookup", "sum", "positions", "long"),
        ability="tokens",
        needs_head=False,
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
        tour=True,
    ),
    Chapter(
        2,
        "masking",
        tools=("cover", "road", "see", "repair", "lottery", "joint", "lens", "compare", "budget"),
        ability="mlm",
        switchable=True,
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
        tour=True,
    ),
    Chapter(
        3,
        "pairs",
        tools=("judge", "road", "lesson", "measure", "why"),
        ability="nsp",
        switchable=True,
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
        tour=True,
    ),
    Chapter(
        4,
        "attention",
        tools=("cell", "atlas", "off", "sides", "sparse"),
        ability="attentions",
        switchable=True,
        needs_head=False,
        reader_kinds=("masked", "causal", "seq2seq", "encoder"),
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
        tour=True,
    ),
    Chapter(
        5,
        "context",
        tools=("look", "own", "swap", "cross", "static", "things", "cbow"),
        ability="hidden_states",
        switchable=True,
        needs_head=False,
        reader_kinds=("masked", "causal", "encoder"),
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
        tour=True,
    ),
    Chapter(
        6,
        "languages",
        tools=("shift", "near", "map", "align", "words", "keep", "pos"),
        ability="multilingual",
        switchable=True,
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
        tour=True,
    ),
    Chapter(
        7,
        "generation",
        tools=("step", "train", "ways", "write", "context", "cache", "inside", "both"),
        ability="lm",
        switchable=True,
        reader_kinds=("causal",),
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
        tour=True,
    ),
    Chapter(
        8,
        "in_context",
        tools=("answers", "orders", "write", "still", "table", "heads", "toy", "scaling", "speech", "expected"),
        ability="in_context",
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
    ),
    Chapter(
        9,
        "finetuning",
        tools=("start", "use", "map", "land", "answer", "across", "choice", "exam", "papers"),
        ability="hidden_states",
        needs_head=False,
        evidence=True,
        benchmarks=True,
        examples=False,
        painted_without_model=True,
    ),
    Chapter(
        10,
        "denoising",
        tools=("breaking", "restore", "see", "papers", "contest"),
        ability="denoising",
        switchable=True,
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
    ),
    Chapter(
        11,
        "beyond",
        tools=("collapse", "dna", "nonsense", "field"),
        ability="hidden_states",
        needs_head=False,
        evidence=True,
        benchmarks=True,
        examples=False,
        painted_without_model=True,
    ),
    Chapter(
        12,
        "family",
        tools=("rlhf", "line", "roads", "tasks", "asked", "adapt", "norms", "losses"),
        ability="lm",
        evidence=True,
        benchmarks=True,
        painted_without_model=True,
    ),
    Chapter(13, "evidence", benchmarks=True, examples=False),
    Chapter(
        14,
        "classroom",
        tools=("room", "quiz", "mistakes", "plans", "papers", "glossary"),
        benchmarks=True,
        examples=False,
    ),
)
HOME = CHAPTERS[0].id
IDS = tuple(chapter.id for chapter in CHAPTERS)
MODELS = "models"  # a page, and no chapter
PAGES = (*IDS, MODELS)


def path(page: str) -> str:
    """Where a page lies below the app's own address: home at the root, every other under its name."""
    return "" if page == HOME else page


def get(id: str) -> Chapter:
    """The record of a chapter. Raises LookupError for a name that is none."""
    for chapter in CHAPTERS:
        if chapter.id == id:
            return chapter
    raise LookupError(f"no chapter {id!r}; there is: {', '.join(IDS)}")
