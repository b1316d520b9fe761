"""Files that no one should trust, given to whatever of ours reads them: heads, weights, configurations, packs, labels.

Each kind is a sound file, how it is read, and what reading may raise. Anything else that it raises is a fault.
"""

from __future__ import annotations

import json
import traceback
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from hypothesis import strategies as st

from benchmarks import hostile
from explorer import chapters, paths
from explorer.errors import ModelUnavailable, Told
from explorer.learning import keeping
from explorer.models.catalog import catalog
from explorer.models.catalog.store import FORMAT
from explorer.models.download import archive
from explorer.models.network import model_files, weight_headers
from explorer.ui.state import from_query
from explorer.views.finetuning import own_labels

Reads = Callable[[bytes], object]
GGUF_HEAD = 300_000  # bytes from the beginning: the header of the embedded one


def _head(folder: Path) -> tuple[bytes, Reads]:
    import torch

    about = keeping.About(
        model="m", labels=("a", "b", "c"), shape="class", pooling="mean", start="random", layers=1, kept_layers=-1,
        seed=0,
    )  # fmt: skip
    sound = keeping.written({keeping.CLASSIFIER: torch.zeros(3, 8), "body.weight": torch.zeros(4)}, about)
    return sound, lambda data: (keeping.about(data), keeping.tensors(data))


def _safetensors(folder: Path) -> tuple[bytes, Reads]:
    import torch
    from safetensors.torch import save

    sound: bytes = save({"a.weight": torch.zeros(3, 4), "b.bias": torch.zeros(4)})
    return sound, lambda data: weight_headers.read(_laid(folder / "w.safetensors", data))


def _gguf(folder: Path) -> tuple[bytes, Reads]:
    with next(iter(sorted(paths.MODELS.rglob("*.gguf")))).open("rb") as file:
        sound = file.read(GGUF_HEAD)
    return sound, lambda data: weight_headers.read(_laid(folder / "w.gguf", data))


def _config(folder: Path) -> tuple[bytes, Reads]:
    info = catalog.default("masked")
    (folder / "model").mkdir()
    for file in info.folder.iterdir():
        (folder / "model" / file.name).symlink_to(file)
    (folder / "model" / "config.json").unlink()
    here = replace(info, path=str(folder / "model"))

    def read(data: bytes) -> object:
        _laid(folder / "model" / "config.json", data)
        return model_files.config(here), model_files.facts(here)

    return (info.folder / "config.json").read_bytes(), read


def _pack(folder: Path) -> tuple[bytes, Reads]:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        file.writestr(archive.LIST, json.dumps({"kind": archive.KNOWN_AS, "format": FORMAT, "models": []}))
    return whole.getvalue(), lambda data: archive.contents(_laid(folder / "pack.zip", data))


def _labels(folder: Path) -> tuple[bytes, Reads]:
    sound = "晴，今天出太阳\n晴，天很蓝\n雨，带上伞\n雨，路都湿了\n".encode()
    return sound, lambda data: own_labels.parsed(data.decode("utf-8", "replace"))


def _link(folder: Path) -> tuple[bytes, Reads]:
    """Not bytes: a page's state file, whose fields are read as a link's are, without bounds on texts."""
    sound = json.dumps({"text": "天气", "tool": "cover", "layer": "3", "masks": "1~2"}).encode()

    def read(data: bytes) -> object:
        fields = json.loads(data.decode("utf-8", "replace"))
        if not isinstance(fields, dict) or not all(isinstance(one, str) for one in fields.values()):
            raise ValueError("no fields")  # as the page that opens it says
        return [from_query(hostile.state(page), fields, bounded_text=False) for page in chapters.PAGES]

    return sound, read


KINDS: dict[str, tuple[Callable[[Path], tuple[bytes, Reads]], tuple[type[Exception], ...]]] = {
    "head": (_head, (Told,)),
    "safetensors": (_safetensors, (weight_headers.HeaderError,)),
    "gguf": (_gguf, (weight_headers.HeaderError,)),
    "config": (_config, (ModelUnavailable,)),
    "pack": (_pack, (ModelUnavailable,)),
    "labels": (_labels, (Told,)),
    "state file": (_link, (ValueError, RecursionError)),
}


def troubles(folder: Path, n: int) -> Iterator[str]:
    """What `n` files of each kind ran into beyond what reading them may raise."""
    for name, (kind, expected) in KINDS.items():
        own = folder / name.replace(" ", "-")
        own.mkdir()
        sound, read = kind(own)
        strategy: st.SearchStrategy[bytes] = hostile.mangled(sound)
        for data in hostile.drawn(strategy, n):
            try:
                read(data)
            except expected:
                continue
            except Exception as error:  # the question is which
                yield f"{name}: {''.join(traceback.format_exception(error)[-2:])}"


def _laid(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
