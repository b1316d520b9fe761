"""Is a candidate better than the masked model that is embedded? Both measured on the evidence of the chapters.

    python -m training.evaluate --candidate DIR --data DIR [--json FILE]

`--data` holds the test sets (parallel/…); none of them may have been trained on. Both models are measured anew, each in
a process of its own. "Better" was written down before anything was trained: `GAINS` says by how much the accuracy on
text that neither has read must rise, `GUARDED` which other figures must not fall by more than their interval. Without
`--candidate` the table holds the embedded model alone.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer import paths

GAINS = {"masking.accuracy_zh": 0.04, "masking.accuracy_en": 0.04}
GUARDED = (
    "context.guo_auc",
    "context.sense_accuracy",
    "languages.retrieval_own",
    "languages.retrieval_pud",
    "languages.correct_gain",
    "languages.pos_zero_shot",
    "pairs.nsp_accuracy",
)
ON_OWN = ("context", "pairs")
ON_DATA = ("masking", "languages")  # chapters with figures on `--data`; that run has those on our own sentences too
Z = 1.96


@dataclass(frozen=True)
class Line:
    """A figure of both models; `candidate` is None where none was asked for."""

    id: str
    embedded: float
    candidate: float | None
    n: int
    interval: float

    @property
    def verdict(self) -> str:
        """ "better", "held", "worse", or "not enough" where a gain is asked for; "" without a candidate."""
        if self.candidate is None:
            return ""
        change = self.candidate - self.embedded
        if self.id in GAINS:
            return "better" if change >= GAINS[self.id] else "not enough"
        return "worse" if change < -self.interval else "better" if change > self.interval else "held"


def main() -> int:
    options = _options()
    embedded = measured(options.data, None)
    candidate = measured(options.data, options.candidate) if options.candidate else None
    table = lines(embedded, candidate)
    for line in table:
        print(_told(line), flush=True)
    if options.json:
        text = json.dumps([{**line.__dict__, "verdict": line.verdict} for line in table], indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    if candidate is None:
        return 0
    print("ship it" if ships(table) else "keep the embedded one", flush=True)
    return 0 if ships(table) else 1


def measured(data: Path, model: Path | None) -> dict[str, dict[str, Any]]:
    """The rows of evidence by id, of the embedded model or of the one in the folder `model`."""
    found: dict[str, dict[str, Any]] = {}
    for chapter in (*ON_OWN, *ON_DATA):
        found |= _rows(chapter, data if chapter in ON_DATA else None, model)
    return found


def _rows(chapter: str, data: Path | None, model: Path | None) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "explorer", "evidence", "--json", "--chapter", chapter]
    command += ["--data", str(data)] if data else []
    command += ["--model", str(model or paths.MODELS / "mini-mbert")]
    on = f" on {data}" if data else ""
    print(f"{model or 'the embedded model'}: the evidence of {chapter}{on} …", file=sys.stderr, flush=True)
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):  # 1: a claim does not hold, which is a figure like any other here
        raise RuntimeError(done.stderr)
    return {row["id"]: row for row in json.loads(done.stdout)}


def lines(embedded: dict[str, Any], candidate: dict[str, Any] | None) -> list[Line]:
    """The figures that decide, in their order; those that were not measured are left out."""
    return [
        Line(
            id,
            embedded[id]["measured"],
            None if candidate is None else candidate[id]["measured"],
            embedded[id]["n"],
            interval(embedded[id]["measured"], embedded[id]["n"]),
        )
        for id in (*GAINS, *GUARDED)
        if id in embedded and (candidate is None or id in candidate)
    ]


def interval(measured: float, n: int) -> float:
    """Half the 95 % interval of a mean of n numbers between 0 and 1, whose variance is at most m (1 − m).

    A difference of shares (correct_gain) may be below 0: its size counts.
    """
    mean = min(1.0, abs(measured))
    return Z * math.sqrt(max(mean * (1 - mean), 0.25 / max(n, 1)) / max(n, 1))


def ships(table: list[Line]) -> bool:
    """Both gains are there, and nothing guarded is worse or missing."""
    verdicts = {line.id: line.verdict for line in table}
    return all(verdicts.get(id) == "better" for id in GAINS) and all(
        verdicts.get(id) in ("held", "better") for id in GUARDED
    )


def _told(line: Line) -> str:
    told = f"{line.id:28} embedded {line.embedded:.4f}"
    if line.candidate is not None:
        told += f"  candidate {line.candidate:.4f}  ({line.candidate - line.embedded:+.4f})"
    return f"{told}  ± {line.interval:.4f}  n = {line.n}  {line.verdict}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--candidate", type=Path, metavar="DIR", help="the folder of the model to judge")
    parser.add_argument("--data", type=Path, metavar="DIR", required=True, help="the test sets")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the table as a file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
