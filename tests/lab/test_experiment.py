"""Experiments are declared once, each under a name of its own, and each has a function in explorer/lab."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from explorer.lab.experiment import find, implements
from explorer.lab.types.experiment import Experiment, declared
from explorer.lab.types.masking import FILL


def test_every_declared_experiment_is_implemented_as_it_was_declared() -> None:
    assert len(declared()) >= 48
    for wire, experiment in declared().items():
        assert wire == experiment.wire
        assert find(experiment).experiment is experiment


def test_another_version_or_name_is_implemented_by_nobody() -> None:
    for unknown in (replace(FILL, version=99), Experiment[object, object]("masking/nothing", version=1)):
        with pytest.raises(LookupError):
            find(unknown)


@pytest.mark.parametrize("wire", ["masking.fill", "fill", "masking/Fill", "masking/fill_in", "../masking", ""])
def test_a_name_that_would_not_make_a_folder_is_refused(wire: str) -> None:
    with pytest.raises(ValueError, match="wire"):
        Experiment[object, object](wire, version=1)


def test_only_streams_may_ask_for_forward_passes() -> None:
    with pytest.raises(ValueError, match="stream"):
        implements(FILL, batch_forward=lambda model, requests: [])


def test_to_find_an_experiment_needs_no_torch() -> None:
    code = """
import sys
from explorer.lab.experiment import find
from explorer.lab.types.masking import FILL

find(FILL)
loaded = {"torch", "transformers", "streamlit", "plotly", "sklearn", "umap", "jieba"} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
