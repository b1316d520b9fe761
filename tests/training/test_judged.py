"""A candidate beside the embedded model, and the head that must be trained anew for it."""

from __future__ import annotations

import json
import lzma
import shutil
from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer import paths
from explorer.cli import main as command
from explorer.errors import ModelUnavailable
from explorer.models.catalog import catalog
from explorer.models.network.loader import load
from explorer.models.network.pair_heads import PairHead, order_head
from training import evaluate, sop


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    """The embedded model's files under another name and with other bytes: a candidate that is as good."""
    folder = tmp_path / "candidate"
    shutil.copytree(paths.MODELS / "mini-mbert", folder)
    return folder


@pytest.fixture(autouse=True)
def put_back() -> object:
    yield
    catalog._instead.clear()


def rows(**measured: float) -> dict[str, dict[str, float]]:
    return {id.replace("__", "."): {"measured": value, "n": 400} for id, value in measured.items()}


EQUAL = {id.replace(".", "__"): 0.5 for id in (*evaluate.GAINS, *evaluate.GUARDED)}
GAINED = EQUAL | {"masking__accuracy_zh": 0.54, "masking__accuracy_en": 0.56}


def test_better_is_both_gains_and_nothing_lost() -> None:
    def ships(**candidate: float) -> bool:
        return evaluate.ships(evaluate.lines(rows(**EQUAL), rows(**candidate)))

    assert ships(**GAINED)
    assert not ships(**EQUAL)
    assert not ships(**(GAINED | {"masking__accuracy_en": 0.53}))
    assert ships(**(GAINED | {"pairs__nsp_accuracy": 0.46})), "within the interval of 400 answers"
    assert not ships(**(GAINED | {"pairs__nsp_accuracy": 0.44}))
    left = {id: value for id, value in GAINED.items() if id != "context__guo_auc"}
    assert not ships(**left), "what was not measured is not taken for held"
    alone = evaluate.lines(rows(**EQUAL), None)
    assert [line.verdict for line in alone] == [""] * 9
    assert evaluate.interval(0.5, 400) == pytest.approx(0.049)


def test_evidence_measures_the_candidate_and_keeps_nothing(
    candidate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorer.evidence import results_store

    monkeypatch.setattr(results_store, "keep", lambda *_: pytest.fail("a candidate's figures are not the app's"))
    with (candidate / "model.safetensors").open("r+b") as file:  # one weight is another: nothing computed before fits
        file.seek(-2, 2)
        last = file.read(2)
        file.seek(-2, 2)
        file.write(bytes([last[0] ^ 1, last[1]]))
    was = catalog.default("masked").revision
    assert command.main(["evidence", "--json", "--chapter", "input", "--model", str(candidate)]) in (0, 1)
    found = json.loads(capsys.readouterr().out)
    assert found and all(row["model"] == "mini-mbert" and row["revision"] != was for row in found)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"model\.safetensors"):
        catalog.put_in_place("mini-mbert", tmp_path)
    with pytest.raises(LookupError):
        catalog.put_in_place("no-such", tmp_path)


def test_the_order_head_is_trained_for_the_body_it_stands_on(
    candidate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"CHUNK": 14, "BATCH": 7, "HELD_OUT_CHUNKS": 1, "SHARES": {"zh": 1.0}}.items():
        monkeypatch.setattr(sop, name, value)
    lines = [line for line in (paths.EVAL / "pairs.zh.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    text = tmp_path / "text"
    text.mkdir()
    with lzma.open(text / "zh.txt.xz", "wt", encoding="utf-8") as file:
        file.write("\n".join(line.replace("\t", "") for line in lines))
    with pytest.raises(ModelUnavailable, match="pair_head_missing"):
        order_head(load(catalog.put_in_place("mini-mbert", candidate), device="cpu"))
    arguments = ["sop", "--text", str(text), "--work", str(tmp_path / "work"), "--model", str(candidate)]
    monkeypatch.setattr("sys.argv", [*arguments, "--pairs", "42", "--epochs", "15", "--rate", "1e-3"])
    sop.main()
    info = catalog.default("masked")
    made = json.loads((Path(f"{candidate}-sop") / "config.json").read_text(encoding="utf-8"))
    assert made["body"] == info.revision and made["trained"]["pairs"] == 28
    model = load(info, device="cpu")
    assert order_head(model).reads in (sop.READS, sop.READS + sop.TUNED)
    head = PairHead(model.d_model, sop.READS, sop._fresh_layers(model), difference=True)
    seen = sorted((tmp_path / "work").glob("states-*.npz"))[1:]
    before = _loss(head, seen)
    assert sop._resume(tmp_path / "work" / "last-0.safetensors", head)[0] == 15
    assert _loss(head, seen) < before - 0.1


@torch.inference_mode()
def _loss(head: PairHead, seen: list[Path]) -> float:
    batches = [batch for path in seen for batch in sop._batches(path, None)]
    losses = [cross_entropy(head(states, mask, types)[2], labels) for states, mask, types, labels in batches]
    return float(torch.stack(losses).mean())
