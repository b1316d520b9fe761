"""The browser's head of a distribution against the whole vector and against NumPy: every number that could be shown."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import numerics
from explorer.components.bundle import join_modules
from explorer.components.distribution import one_answer
from explorer.components.packing import pack
from explorer.lab.types.arrays import Floats
from explorer.lab.types.head import BEST
from tests.javascript import FOLDER, node

SHARED = FOLDER.parents[1] / "explorer" / "components" / "shared"
SIZE = 33_627
TEMPERATURES = (0.1, 0.13, 0.55, 1.0, 1.01, 1.62, 2.93, 3.0)
SCRIPT = """
import {readFileSync} from "node:fs";
import {unpack} from "SHARED/packing.js";
import {Heads} from "SHARED/heads.js";
import {Distribution} from "SHARED/softmax.js";
import {percent} from "SHARED/format.js";

const {header, arrays} = unpack(new Uint8Array(readFileSync(process.argv[2])));
const heads = new Heads(header.size, header.about, arrays);
const row = heads.row(header.position);
const head = heads.head(row);
const whole = new Distribution(arrays.whole);
const asked = [...head.ids.subarray(0, 30), heads.original(row), ...arrays.watched];
const said = [];
for (const temperature of header.temperatures) {
  whole.heat(temperature);
  const p = head.at(temperature);
  const rest = (read) => percent(Math.max(0, 1 - [...head.ids.subarray(0, 6)].reduce((sum, id) => sum + read(id), 0)));
  said.push({
    p: asked.map(p), shown: [...asked.map((id) => percent(p(id))), rest(p)],
    whole: [...asked.map((id) => percent(whole.p(id))), rest((id) => whole.p(id))],
  });
}
const ranks = asked.map((id) => head.rank(id));
const whole_ranks = asked.map((id) => whole.rank(id));
console.log(JSON.stringify({asked, said, ranks, whole: whole_ranks, has: head.has(header.absent)}));
"""


def told(tmp_path: Path, logits: Floats, original: int, watched: tuple[int, ...]) -> dict[str, Any]:
    """What the script finds: ids, and per temperature their probabilities and how they are shown, from both sides."""
    answers = one_answer(logits, 7, original, watched)
    arrays = {
        "ids": answers.ids.astype(np.uint16),
        "logits": answers.logits,
        "tail": answers.tail,
        "watched": np.array(watched, dtype=np.int32),
        "watched_logit": answers.watched_logit,
        "watched_rank": answers.watched_rank,
        "whole": logits,
    }
    own = [original, float(logits[original]), numerics.rank(logits, original)]
    about = {"positions": list(answers.positions), "original": [own]}
    absent = int(np.argmin(logits))
    header = {"size": len(logits), "position": 7, "about": about, "temperatures": TEMPERATURES, "absent": absent}
    (tmp_path / "data").write_bytes(pack(header, arrays))
    script, joined = tmp_path / "script.mjs", tmp_path / "joined.mjs"
    script.write_text("".join(SCRIPT.splitlines(keepends=True)[2:]).replace("SHARED", str(SHARED)), encoding="utf-8")
    first = SCRIPT.splitlines(keepends=True)[1]
    joined.write_text(first + join_modules(script), encoding="utf-8")
    done = subprocess.run([*node(), str(joined), str(tmp_path / "data")], capture_output=True, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_head_and_whole_show_the_same_digits(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    logits = (rng.standard_normal(SIZE) * (0.8 + 0.4 * seed)).astype(np.float32)
    logits[:50] += np.linspace(9, 0, 50, dtype=np.float32)
    watched = (SIZE - 1, 4321, 3)
    found = told(tmp_path, logits, original=20_000 + seed, watched=watched)
    assert found["asked"][-4:] == [20_000 + seed, *watched]
    assert found["ranks"] == found["whole"] == [numerics.rank(logits, id_) for id_ in found["asked"]]
    for temperature, said in zip(TEMPERATURES, found["said"], strict=True):
        assert said["shown"] == said["whole"]
        p = numerics.softmax(logits.astype(np.float64) / temperature)[found["asked"]]
        np.testing.assert_allclose(said["p"], p, rtol=1e-8, atol=1e-300)
    assert not found["has"]


def test_a_vocabulary_no_larger_than_the_head(tmp_path: Path) -> None:
    logits = np.linspace(3, -3, BEST, dtype=np.float32)
    logits[5] = logits[4]
    found = told(tmp_path, logits, original=5, watched=())
    assert found["ranks"][4:6] == [5, 5]
    for said in found["said"]:
        assert said["shown"] == said["whole"]
