"""The teacher's own sentence on a worksheet: what to guess on its front, what the running model guesses in its key.

It knows how 填空 reads and covers a sentence; the sheet around it is `papers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from explorer import numerics
from explorer.lab.types.masking import FILL, Edit, FillInputs
from explorer.ui import widgets
from explorer.ui.i18n import t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import percent
from explorer.views import vocabulary
from explorer.views.masking import common, defaults

MOST = 4  # words that are covered
SHOWN = 5  # of the model's guesses
GAP = "＿＿＿＿"


@dataclass(frozen=True)
class Blank:
    """The sentence with one gap; what stood there, its probability, and the model's best guesses with theirs."""

    sentence: str
    word: str
    p: float
    guesses: tuple[tuple[str, float], ...]


def blanks(text: str) -> tuple[Blank, ...]:
    """A few words of `text`, each covered alone and asked for. Raises Told: text_empty, text_unread."""
    sentence = common.as_sentence(common.model(), text)
    tokens, model = sentence.tokens, sentence.model.id
    places = [at for at in defaults.content(tokens) if at not in sentence.masks]
    chosen = sorted({places[n * len(places) // MOST] for n in range(MOST)}) if places else []
    words = vocabulary.labels(model)
    found = []
    for at in chosen:
        asked = FillInputs(tokens.text, (Edit(at, sentence.mask),), (at,))
        logits = widgets.run(FILL, model, asked).result.logits[0]
        p, (start, end) = numerics.softmax(logits), tokens.offsets[at]
        best = [(words[id_], float(p[id_])) for id_ in vocabulary.best(model, logits, SHOWN)]
        gap = tokens.text[:start] + GAP + tokens.text[end:]
        found.append(Blank(gap, tokens.surface(at), float(p[tokens.ids[at]]), tuple(best)))
    return tuple(found)


def front(found: tuple[Blank, ...]) -> str:
    """The tasks as list items: a gap, and room for three guesses."""
    return "".join(f"<li>{escape(one.sentence)}<br>{escape(t('classroom.papers.guess'))}</li>" for one in found)


def key(found: tuple[Blank, ...]) -> str:
    """The model's guesses as list items."""
    items = []
    for one in found:
        best = t("common.list_comma").join(f"{escape(word)} {percent(p)}" for word, p in one.guesses)
        said = t("classroom.papers.guessed", word=verbatim(one.word), p=percent(one.p))
        items.append(f"<li>{best}<br>{inline(said)}</li>")
    return "".join(items)
