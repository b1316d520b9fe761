"""What the browser shows of a distribution, from its head and from all its scores: run in Node.js."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.components.bundle import join_modules
from explorer.components.distribution import Answers
from explorer.components.packing import pack
from explorer.lab.types.arrays import Floats
from tests.javascript import FOLDER, node

SHARED = FOLDER.parents[1] / "explorer" / "components" / "shared"
TEMPERATURES = (0.1, 0.13, 0.55, 1.0, 1.01, 1.62, 2.93, 3.0)
SCRIPT = """\
import {readFileSync} from "node:fs";
import {unpack} from "SHARED/packing.js";
import {Heads} from "SHARED/heads.js";
import {Distribution} from "SHARED/softmax.js";
import {percent} from "SHARED/format.js";

const {header, arrays} = unpack(new Uint8Array(readFileSync(process.argv[2])));
const heads = new Heads(header.size, header.about, arrays);
const found = header.about.positions.map((position, row) => {
  const head = heads.head(row);
  const whole = new Distribution(arrays.wholes.subarray(row * header.size, (row + 1) * header.size));
  const asked = [...head.ids.subarray(0, 30), heads.original(row), ...arrays.watched];
  const said = header.temperatures.map((temperature) => {
    whole.heat(temperature);
    const p = head.at(temperature);
    const of = (id) => whole.p(id);
    const first = [...head.ids.subarray(0, 6)];
    const rest = (read) => percent(Math.max(0, 1 - first.reduce((sum, id) => sum + read(id), 0)));
    const shown = (read) => [...asked.map((id) => percent(read(id))), rest(read)];
    return {p: asked.map(p), shown: shown(p), whole: shown(of)};
  });
  const ranks = asked.map((id) => head.rank(id));
  return {asked, said, ranks, whole: asked.map((id) => whole.rank(id)), has: head.has(header.absent[row])};
});
console.log(JSON.stringify(found));
"""


def both(folder: Path, answers: Answers, wholes: Sequence[Floats]) -> list[dict[str, Any]]:
    """For each position of `answers`, whose scores are all in `wholes`: ids, ranks from head and whole, and per
    temperature the probabilities and how they are shown, from both sides. Files are left in `folder`.
    """
    original = [None if one is None else [one.id, one.logit, one.rank] for one in answers.original]
    header = {
        "size": answers.size,
        "about": {"positions": list(answers.positions), "original": original},
        "temperatures": TEMPERATURES,
        "absent": [int(np.argmin(whole)) for whole in wholes],
    }
    arrays: dict[str, NDArray[Any]] = {
        "ids": answers.ids.astype(np.uint16),
        "logits": answers.logits,
        "tail": answers.tail,
        "watched": np.array(answers.watched, dtype=np.int32),
        "watched_logit": answers.watched_logit,
        "watched_rank": answers.watched_rank,
        "wholes": np.stack(wholes),
    }
    (folder / "data").write_bytes(pack(header, arrays))
    script, joined = folder / "script.mjs", folder / "joined.mjs"
    first, rest = SCRIPT.split("\n", 1)
    script.write_text(rest.replace("SHARED", str(SHARED)), encoding="utf-8")
    joined.write_text(f"{first}\n{join_modules(script)}", encoding="utf-8")
    done = subprocess.run([*node(), str(joined), str(folder / "data")], capture_output=True, check=True, text=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
