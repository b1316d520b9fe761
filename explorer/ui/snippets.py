"""Snippets: the lines of plain transformers behind what is on the screen, with the reader's inputs written in.

A snippet runs from any folder, with what requirements.txt names: it says where the model lies in full where the reader
sits at this machine, and elsewhere asks for the folder of their own copy. It knows files; what is shown is a page's.
"""

from __future__ import annotations

import re
from pathlib import Path

from explorer import paths
from explorer.engine import catalog
from explorer.ui import permission

HOME = "OPEN_SESAME"  # a variable on the reader's own machine
_HOME = f"""home = os.environ.get("{HOME}") or sys.exit("Set {HOME} to the folder of Open Sesame on your machine.")"""
_LOADS = re.compile(r"^(\w+) = (AutoModel\w*)\.from_pretrained\(folder, (.*)\)\.eval\(\)$", re.MULTILINE)


class Expression(str):
    """Python that stands in a snippet as it is, not as a literal."""

    def __repr__(self) -> str:
        return str(self)


def template(name: str) -> str:
    return (paths.CODE / f"{name}.py").read_text(encoding="utf-8")


def code(name: str, of: catalog.ModelInfo | None = None, **values: object) -> str:
    """The snippet `name` with `values` written in as Python literals, and where the model `of` lies (the embedded
    masked one if none is named)."""
    info = of or catalog.default("masked")
    text = template(name)
    if info.weights.endswith(".gguf"):
        text = _from_gguf(text, info.weights)
    literals = {f"__{key.upper()}__": repr(value) for key, value in {"folder": source(info), **values}.items()}
    # in one pass: a text may say __LOOK__
    filled = re.sub("|".join(literals), lambda match: literals[match[0]], text)
    asks = any(isinstance(value, Expression) and value.startswith("home") for value in (source(info), *values.values()))
    return _with_home(filled) if asks and "home + " in filled else filled


def source(info: catalog.ModelInfo) -> Expression:
    """Where a snippet finds a model: its folder, to a reader at this machine; to others its name on the hub, or its
    folder in their own copy of the project."""
    hub = next((name.partition(":")[2] for name in info.sources if name.startswith("huggingface:")), "")
    if hub and not info.embedded and not permission.at_this_machine():
        return Expression(repr(hub))
    return place(info.folder)


def place(path: Path) -> Expression:
    """Where a folder of the project lies, to a reader at this machine; to others in their own copy of the project."""
    if permission.at_this_machine():
        return Expression(repr(str(path)))
    inside = path.relative_to(paths.ROOT).as_posix() if path.is_relative_to(paths.ROOT) else path.name
    return Expression(f"home + {'/' + inside!r}")


def _from_gguf(text: str, weights: str) -> str:
    """The library reads a GGUF file whole only with one more package; its parts do without."""
    loads = (
        rf"\1 = \2.from_config(AutoConfig.from_pretrained(folder), \3).eval()\n"
        rf'weights = load_gguf_checkpoint(folder + "/{weights}", return_tensors=True, model_to_load=\1)["tensors"]\n'
        rf"\1.load_state_dict(weights, strict=False)  # a matrix that serves twice is in the file once"
    )
    text, changed = _LOADS.subn(loads, text)
    if not changed:
        return text
    names, parts = "from transformers import", "from transformers.modeling_gguf_pytorch_utils import"
    return re.sub(
        rf"^{names} (.*)$", rf"{names} AutoConfig, \1\n{parts} load_gguf_checkpoint", text, count=1, flags=re.M
    )


def _with_home(text: str) -> str:
    """The line that asks for the reader's own folder, behind the imports."""
    lines = text.splitlines()
    last = max(n for n, line in enumerate(lines) if re.match(r"(import|from) ", line))
    return "\n".join(["import os", "import sys", *lines[: last + 1], "", _HOME, *lines[last + 1 :], ""])
