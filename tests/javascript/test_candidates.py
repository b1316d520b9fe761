"""The offer of the next token: from the best scores and sums over the rest as from all, or it says that it is short."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.components.bundle import join_modules
from explorer.components.generator.known import HEAD, known
from tests.javascript import FOLDER, node

SHARED = FOLDER.parents[1] / "explorer" / "components" / "shared"
SCRIPT = """
import {Candidates} from "./candidates.js";
const {logits, header, ids, scores, ranks, seen, cases} = JSON.parse(DATA);
const short = (c) => c.short;
const part = {ids: Int32Array.from(ids), scores: Float32Array.from(scores), ranks: Int32Array.from(ranks), ...header};
const out = [];
for (const {settings, chance} of cases) {
  const said = [];
  for (const c of [new Candidates(Float32Array.from(logits), null, seen), new Candidates(null, part, seen)]) {
    c.set(settings);
    const drawn = c.draw(chance);
    const shown = [...Array(6).keys()].map((i) => c.at(i));
    said.push({drawn, shown, kept: c.kept, p: shown.map((id) => c.p(id)), plain: shown.map((id) => c.plain(id)),
      rank: shown.map((id) => c.rank(id)), short: short(c),
      beside: ids.slice(header.best).map((id) => [c.rank(id), c.plain(id)])});
  }
  out.push(said);
}
console.log(JSON.stringify(out));
"""


def said(tmp_path: Path, data: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Of each case, what all the scores say and what the part of them says."""
    for name in ("candidates.js", "order.js"):
        (tmp_path / name).write_text((SHARED / name).read_text(encoding="utf-8"), encoding="utf-8")
    script = tmp_path / "script.mjs"
    head, body = SCRIPT.strip().split("\n", 1)
    script.write_text(f"{head}\nconst DATA = {json.dumps(json.dumps(data))};\n{body}\n", encoding="utf-8")
    joined = tmp_path / "joined.mjs"
    joined.write_text(join_modules(script), encoding="utf-8")
    done = subprocess.run([*node(), str(joined)], capture_output=True, check=True, text=True)
    answers: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("spread", [1.0, 3.0])
def test_a_part_says_what_the_whole_says_or_that_it_is_short(tmp_path: Path, spread: float) -> None:
    rng = np.random.default_rng(4)
    logits = rng.normal(0, spread, 8000).astype(np.float32)
    seen = [*np.argsort(-logits)[:5].tolist(), *rng.integers(0, 8000, 20).tolist()]
    plain = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "repetition": 1.0}
    changes = [
        {}, {"temperature": 0.0}, {"temperature": 0.05}, {"temperature": 0.35}, {"temperature": 2.4},
        {"top_k": 40}, {"top_p": 0.3}, {"top_p": 0.95}, {"min_p": 0.1}, {"repetition": 1.3},
        {"temperature": 0.7, "top_k": 50, "top_p": 0.9, "repetition": 1.1}, {"temperature": 0.731},
    ]  # fmt: skip
    cases = [{"settings": plain | change, "chance": chance} for change in changes for chance in (0.0, 0.31, 0.97)]
    header, arrays = known(logits, seen, 0.731)
    data = {"logits": logits.tolist(), "header": header, "seen": seen, "cases": cases}
    data |= {name: array.tolist() for name, array in arrays.items()}
    answered = 0
    for case, (whole, part) in zip(cases, said(tmp_path, data), strict=True):
        assert not whole["short"]
        assert part["beside"] == [[rank, pytest.approx(p, rel=1e-6)] for rank, p in whole["beside"]]
        if part["short"]:
            continue
        answered += 1
        assert part["p"] == pytest.approx(whole["p"], rel=1e-6), case
        assert part["plain"] == pytest.approx(whole["plain"], rel=1e-6), case
        for name in ("drawn", "shown", "kept", "rank"):
            assert part[name] == whole[name], (name, case)
    assert answered >= (15 if spread == 1 else 30)


def test_an_unknown_temperature_or_a_tail_is_called_short(tmp_path: Path) -> None:
    logits = np.zeros(2000, dtype=np.float32)
    header, arrays = known(logits, [], 1.0)
    plain = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "repetition": 1.0}
    cases = [
        {"settings": plain, "chance": 0.9},
        {"settings": plain, "chance": 0.1},
        {"settings": plain | {"temperature": 0.777}, "chance": 0.1},
        {"settings": plain | {"top_p": 0.5}, "chance": 0.1},
    ]
    data = {"logits": logits.tolist(), "header": header, "seen": [], "cases": cases}
    data |= {name: array.tolist() for name, array in arrays.items()}
    assert [part["short"] for _, part in said(tmp_path, data)] == [True, False, True, True]
    assert len(arrays["ids"]) == HEAD
