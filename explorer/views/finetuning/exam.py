"""考场: what benchmarks ask for, how well people do, who has passed them; and what many tasks cost in bytes.

It knows printed figures (`exams.py`) and the sizes of the models that are here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from explorer.engine import catalog, get_engine
from explorer.errors import Told
from explorer.figures import published, shared
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, listed, t
from explorer.ui.numbers import parameters, size, thousands
from explorer.views.finetuning import common, exams
from explorer.views.finetuning.bench import Bench
from explorer.views.finetuning.exams import GLUE, SUPERGLUE

WAYS = ("copies", "shared")
MOST_CLASSES = max(classes for _, classes, _, _ in GLUE.values())


def draw(bench: Bench) -> None:
    page_parts.section("finetuning.exam")
    state = bench.state
    widgets.choice(
        "finetuning-exam", t("finetuning.exam.which"), exams.NAMES, state.exam,
        lambda name: t(f"finetuning.exam.name.{name}"), lambda name: common.store().set(exam=name),
    )  # fmt: skip
    if state.exam == "glue":
        _glue()
    elif state.exam == "superglue":
        _superglue()
    else:
        page_parts.paragraphs(t("finetuning.exam.clue"))
    _bodies(state.many)
    page_parts.honesty("finetuning.exam.honesty")


def _glue() -> None:
    page_parts.quiet(t("finetuning.exam.glue_line", n=len(GLUE), odd=exams.REGRESSION))
    head = tuple(t(f"finetuning.exam.head.{part}") for part in ("task", "goes_in", "comes_out", "classes", "metric"))
    page_parts.table(
        (*head, t("finetuning.exam.person")),
        [
            (
                f"**{task}**" if classes == 1 else task,
                t("finetuning.exam.one_sentence") if sentences == 1 else t("finetuning.exam.two_sentences"),
                t(f"finetuning.exam.out.{task}"),
                t("finetuning.exam.number") if classes == 1 else str(classes),
                t(f"finetuning.exam.metric.{metric}"),
                person,
            )
            for task, (sentences, classes, metric, person) in GLUE.items()
        ],
        numeric=(3, 5),
    )
    page_parts.quiet(t("finetuning.exam.glue_source"))
    rows = [(task, exams.first(person), None) for task, (_, _, _, person) in GLUE.items()]
    _lines(rows, "glue", t("finetuning.exam.glue_caption", average=exams.GLUE_PEOPLE))
    page_parts.quiet(t("finetuning.exam.glue_when"))


def _superglue() -> None:
    page_parts.quiet(t("finetuning.exam.superglue_line", n=len({task for task, _ in SUPERGLUE})))
    rows, told = [], []
    for (task, metric), (person, machine, twice) in SUPERGLUE.items():
        name = f"{task} · {t(f'finetuning.exam.metric.{metric}')}"
        over = exams.passed(person, machine)
        rows.append((name, person, machine))
        told.append((
            task, t(f"finetuning.exam.metric.{metric}"), f"{person:.1f}",
            "–" if machine is None else f"{machine:.1f}",
            t("finetuning.exam.unknown") if over is None else t("finetuning.exam.over") if over
            else t("finetuning.exam.below"),
            "" if machine is None else t("finetuning.exam.twice") if twice else t("finetuning.exam.once"),
        ))  # fmt: skip
    head = (t("finetuning.exam.head.task"), t("finetuning.exam.head.metric"), t("finetuning.exam.person"))
    more = (t("finetuning.exam.machine"), t("finetuning.exam.passed"), t("finetuning.exam.sure"))
    page_parts.table((*head, *more), told, numeric=(2, 3))
    page_parts.quiet(t("finetuning.exam.superglue_source"))
    _lines(rows, "superglue", t("finetuning.exam.superglue_caption", average=exams.SUPERGLUE_PEOPLE))


def _lines(rows: Sequence[tuple[str, float, float | None]], key: str, caption: str) -> None:
    names = (t("finetuning.exam.person"), t("finetuning.exam.machine"))
    told = listed(
        f"{name} {person:.1f}" if machine is None else f"{name} {person:.1f} / {machine:.1f}"
        for name, person, machine in rows
    )
    page_parts.plot(published.against(rows, names), f"finetuning-exam-{key}", caption, told)


def _bodies(many: int) -> None:
    """`many` tasks: a whole fine-tuned copy for each, or one body that they share, with a head for each."""
    page_parts.subtitle(t("finetuning.exam.bodies"))
    widgets.slider(
        "finetuning-many", t("finetuning.exam.many"), 1, 100, many, lambda n: common.store().set(many=n), width=320
    )
    model = common.model()
    body, head, numbers = sizes(model)
    totals = {"copies": many * body, "shared": body + many * head}
    for column, way in zip(st.columns(2, gap="medium"), WAYS, strict=True):
        drawn = (many, 0, 0.0) if way == "copies" else (1, many, math.sqrt(head / body))
        words = (
            t("finetuning.exam.copies_caption", n=many, body=size(body), all=size(totals[way]))
            if way == "copies"
            else t("finetuning.exam.shared_caption", n=many, body=size(body), head=_bytes(head),
                   more=_bytes(many * head), all=size(totals[way]))
        )  # fmt: skip
        with column:
            page_parts.subtitle(t(f"finetuning.exam.{way}"))
            page_parts.plot(shared.squares(*drawn, many), f"finetuning-exam-{way}", words, words)
    page_parts.quiet(
        t("finetuning.exam.head_size", model=model.name, d=get_engine().facts(model.id).d_model,
          classes=MOST_CLASSES, numbers=thousands(numbers), bytes=_bytes(head))
    )  # fmt: skip
    rows = []
    for info in catalog.all_entries():
        try:
            body, head, _ = sizes(info)
        except (Told, OSError):  # its files are not here, so that nobody knows how wide it is
            continue
        rows.append((
            info.name, parameters(info.parameters, language()), size(body), _bytes(head), size(many * body),
            size(body + many * head),
        ))  # fmt: skip
    columns = [t(f"finetuning.exam.column.{name}") for name in ("model", "parameters", "body", "head")]
    columns += [t(f"finetuning.exam.column.{way}", n=many) for way in WAYS]
    page_parts.table(columns, rows, numeric=range(1, len(columns)))


def sizes(info: catalog.ModelInfo) -> tuple[float, float, int]:
    """Bytes of a body as its file holds it, bytes of a head on it and how many numbers that head has.

    A head is a matrix d_model × classes and a bias, with the most classes that a task of GLUE has; two bytes a number,
    as this chapter keeps heads. Raises ModelUnavailable where the files are not here.
    """
    numbers = (get_engine().facts(info.id).d_model + 1) * MOST_CLASSES
    return info.weights_file.stat().st_size, numbers * 2, numbers


def _bytes(n: float) -> str:
    return t("finetuning.exam.bytes", n=thousands(n))
