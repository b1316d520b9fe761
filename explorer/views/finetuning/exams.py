"""Benchmarks as they were printed: GLUE's tasks, what people reach in GLUE and SuperGLUE, what tuned models reached.

It knows numbers that others have measured and where they stand; nothing here is computed.
"""

from __future__ import annotations

# task: sentences that go in, classes that come out (1: a number, no class), metric, what people reach.
# In and out: the loader of the data set (huggingface/datasets, datasets/glue/glue.py). People: arXiv 1901.11504,
# table 2.
GLUE = {
    "CoLA": (1, 2, "matthews", "66.4"),
    "SST-2": (1, 2, "acc", "97.8"),
    "MRPC": (2, 2, "f1_acc", "86.3 / 80.8"),
    "STS-B": (2, 1, "pearson_spearman", "92.7 / 92.6"),
    "QQP": (2, 2, "f1_acc", "59.5 / 80.4"),
    "MNLI": (2, 3, "matched", "92.0 / 92.8"),
    "QNLI": (2, 2, "acc", "91.2"),
    "RTE": (2, 2, "acc", "93.6"),
    "WNLI": (2, 2, "acc", "95.9"),
}
NAMES = ("glue", "superglue", "clue")
GLUE_PEOPLE = 87.1  # average of the nine
REGRESSION = "STS-B"

# (task, metric): what people reach; the best fine-tuned model that Brown et al. 2020 name (arXiv 2005.14165, table H.1;
# None: that table has another metric); whether its row was seen in two copies of the paper.
SUPERGLUE: dict[tuple[str, str], tuple[float, float | None, bool]] = {
    ("BoolQ", "acc"): (89.0, 91.0, True),
    ("CB", "f1"): (95.8, 93.9, True),
    ("CB", "acc"): (98.9, 96.9, True),
    ("COPA", "acc"): (100.0, 94.8, True),
    ("MultiRC", "f1a"): (81.8, 88.2, False),
    ("MultiRC", "em"): (51.9, None, False),
    ("ReCoRD", "f1"): (91.7, 93.3, False),
    ("ReCoRD", "em"): (91.3, None, False),
    ("RTE", "acc"): (93.6, 92.5, True),
    ("WiC", "acc"): (80.0, 76.1, False),
    ("WSC", "acc"): (100.0, 93.8, False),
}
SUPERGLUE_PEOPLE = 89.8  # average
METRICS = ("matthews", "acc", "f1_acc", "pearson_spearman", "matched", "f1", "f1a", "em")


def first(written: str) -> float:
    """The first of the figures that a cell holds."""
    return float(written.split(" / ")[0])


def passed(person: float, machine: float | None) -> bool | None:
    """Whether the fine-tuned model lies above people; None where that was not printed."""
    return None if machine is None else machine > person
