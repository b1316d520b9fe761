"""What a taught head says of a text: bars of its labels, what covering each token changes, a tag under every word.

It knows results and names; it asks nothing.
"""

from __future__ import annotations

import numpy as np

from explorer.content import entities
from explorer.figures import bars as figures
from explorer.lab.types.finetuning import TagsResult, UseResult
from explorer.ui import page_parts
from explorer.ui.i18n import listed, t
from explorer.ui.markup import inline, verbatim
from explorer.ui.numbers import percent, signed


def bars(found: UseResult, labels: tuple[str, ...], key: str = "finetuning-use-bars") -> None:
    """The labels' probabilities."""
    page_parts.plot(
        figures.treatments(labels, found.p.tolist(), [percent(float(p)) for p in found.p]),
        key,
        t("finetuning.use.caption"),
        ", ".join(f"{name} {percent(float(p))}" for name, p in zip(labels, found.p, strict=True)),
    )


def words(found: UseResult, labels: tuple[str, ...]) -> None:
    """Each token with what covering it changes: the likeliest label's probability, without it minus with it."""
    said = int(found.p.argmax())
    fall = found.p_without[:, said] - found.p[said]
    page_parts.subtitle(t("finetuning.use.words", label=verbatim(labels[said])))
    most = float(np.abs(fall).max()) or 1.0
    cells = "".join(
        f'<span class="word" style="background-color: color-mix(in srgb, var(--{"removed" if change < 0 else "model"}) '
        f'{45 * abs(change) / most:.0f}%, transparent)">{inline(verbatim(found.text[start:end]))} '
        f'<span class="quiet">{signed(float(100 * change), 1)}</span></span>'
        for start, end, change in zip(found.start, found.end, fall, strict=True)
    )
    page_parts.block(f'<div class="words">{cells}</div>')
    page_parts.quiet(t("finetuning.use.words_caption"))


def tags(found: TagsResult, labels: tuple[str, ...]) -> None:
    """Every unit with its likeliest label and how likely; and of names what they come to."""
    said = found.p.argmax(axis=1)
    marks_names = labels[0] == "O" and len(labels) == len(entities.LABELS)
    quiet = 0 if marks_names else -1  # "O" is not worth a colour
    cells = "".join(
        f'<span class="word" style="background-color: color-mix(in srgb, var(--model) '
        f'{0 if label == quiet else 35}%, transparent)">{inline(verbatim(found.text[start:end]))} '
        f'<span class="quiet">{inline(verbatim(labels[label]))} {percent(float(p))}</span></span>'
        for start, end, label, p in zip(found.start, found.end, said.tolist(), found.p.max(axis=1), strict=True)
    )
    page_parts.block(f'<div class="words">{cells}</div>')
    if marks_names:
        spans = list(zip(found.start.tolist(), found.end.tolist(), strict=True))
        names = entities.names([entities.LABELS[n] for n in said], spans)
        told = [f"{found.text[one.start : one.end]} ({t(f'finetuning.kind.{one.kind}')})" for one in names]
        if told:
            page_parts.quiet(t("finetuning.use.names", names=listed(verbatim(one) for one in told)))
        else:
            page_parts.quiet(t("finetuning.use.no_names"))
    page_parts.quiet(t("finetuning.use.tags_caption"))
