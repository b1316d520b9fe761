"""Inputs and results as bytes, and as the text that cache keys are made of.

Knows frozen dataclasses that have a name on the wire (`@wire("masking/fill-inputs")`) and whose fields are str, int,
float, bool, None, NumPy arrays, other such dataclasses (any of them for the hint `object`), tuples and unions of these;
the type hints say what is written and what is accepted back. Where a class lies in the code is written nowhere: one
that moves changes neither bytes nor keys. The bytes are a plain .npz: one member per array and `value.json` for the
rest. No pickle, and no class without such a name, so a file from a stranger can at worst be refused. Knows nothing of
what the values mean.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import pkgutil
import re
import types
import typing
import zipfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_WIRE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*")
_PLAIN = (str, bool, int, float)
_JSON_MEMBER = "value.json"

Array = NDArray[Any]
T = TypeVar("T")

_classes: dict[str, type] = {}
_names: dict[type, str] = {}


class CodecError(ValueError):
    """The value does not fit its type hints, or the bytes are not a value of ours."""


def wire(name: str) -> Callable[[type[T]], type[T]]:
    """Give a frozen dataclass the name under which it travels, "chapter/name": never changed, and nobody else's.

    Raises ValueError for a name that is none or is taken.
    """
    if not _WIRE.fullmatch(name):
        raise ValueError(f"no wire name: {name!r}")

    def mark(cls: type[T]) -> type[T]:
        if name in _classes:
            raise ValueError(f"{cls.__name__} and {_classes[name].__name__} are both called {name!r}")
        _classes[name], _names[cls] = cls, name
        return cls

    return mark


def encode(obj: Any) -> bytes:
    """`obj` as the bytes of an .npz. The same value always gives the same bytes. Raises CodecError."""
    arrays: list[Array] = []

    def keep(array: Array) -> dict[str, Any]:
        arrays.append(array)
        return {"array": f"{len(arrays) - 1}"}

    tree = _pack(obj, type(obj), keep)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # floats hardly compress, and first paint waits
        # a ZipInfo of our own: without one the member would carry today's date
        archive.writestr(zipfile.ZipInfo(_JSON_MEMBER), _utf8(_json(tree)))
        for number, array in enumerate(arrays):
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{number}.npy"), member.getbuffer())
    return buffer.getvalue()


def decode(data: bytes) -> Any:
    """The value that `encode` turned into `data`. Raises CodecError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tree = json.loads(archive.read(_JSON_MEMBER).decode("utf-8", "surrogatepass"))

            def fetch(name: str) -> Array:
                return typing.cast(Array, np.load(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False))

            return _unpack(tree, _class_of(tree), fetch)
    except CodecError:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, RecursionError) as error:
        raise CodecError("these bytes are not an encoded value") from error


def canonical(inputs: Any) -> str:
    """One line of sorted JSON, the same for equal inputs in every process; arrays stand as their SHA-256."""

    def digest(array: Array) -> dict[str, Any]:
        content = np.ascontiguousarray(array)
        return {
            "dtype": content.dtype.str,
            "shape": list(array.shape),
            "sha256": hashlib.sha256(content.tobytes()).hexdigest(),
        }

    return _json(_pack(inputs, type(inputs), digest))


def _pack(value: Any, hint: Any, keep: Callable[[Array], dict[str, Any]]) -> Any:
    """`value` as JSON; `keep` takes each array and gives what stands for it."""
    if isinstance(value, np.generic):  # a NumPy scalar in a field of plain Python
        value = value.item()
    if _is_union(hint):
        return _first_that_fits(typing.get_args(hint), lambda member: _pack(value, member, keep), value)
    if (base := _class_hint(hint)) is not None:
        cls: Any = type(value)
        if not issubclass(cls, base):
            raise CodecError(f"{cls.__name__} where {hint!r} belongs")
        hints = _hints(cls)
        return {
            "class": _names[cls],
            "fields": {name: _pack(getattr(value, name), inner, keep) for name, inner in hints.items()},
        }
    if _is_array(hint):
        return keep(_checked_array(value, hint))
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, tuple):
            raise CodecError(f"{type(value).__name__} where a tuple belongs")
        return [_pack(item, inner, keep) for item, inner in zip(value, _item_hints(hint, len(value)), strict=True)]
    return _checked_plain(value, hint)


def _unpack(tree: Any, hint: Any, fetch: Callable[[str], Array]) -> Any:
    if _is_union(hint):
        return _first_that_fits(typing.get_args(hint), lambda member: _unpack(tree, member, fetch), tree)
    if (base := _class_hint(hint)) is not None:
        cls = _class_of(tree)
        hints = _hints(cls)
        if not issubclass(cls, base) or tree["fields"].keys() != hints.keys():
            raise CodecError(f"{cls.__name__} does not fit")
        return cls(**{name: _unpack(tree["fields"][name], inner, fetch) for name, inner in hints.items()})
    if _is_array(hint):
        if not isinstance(tree, dict) or not isinstance(tree.get("array"), str):
            raise CodecError("no array where one belongs")
        return _checked_array(fetch(tree["array"]), hint)
    if typing.get_origin(hint) is tuple:
        if not isinstance(tree, list):
            raise CodecError("no list where one belongs")
        inner_hints = _item_hints(hint, len(tree))
        return tuple(_unpack(item, inner, fetch) for item, inner in zip(tree, inner_hints, strict=True))
    return _checked_plain(tree, hint)


def _class_of(tree: Any) -> type:
    """The dataclass whose wire name a JSON object gives; no other class is ever looked up."""
    name = tree.get("class") if isinstance(tree, dict) else None
    if not isinstance(name, str):
        raise CodecError("no object where one belongs")
    if name not in _classes:
        _read_all_types()
    if name not in _classes:
        raise CodecError(f"no type is called {name!r}")
    return _classes[name]


@cache
def _read_all_types() -> None:
    """Import every module of `explorer.lab.types`, so that each has said what its types are called."""
    package = importlib.import_module("explorer.lab.types")
    for module in pkgutil.iter_modules(package.__path__, "explorer.lab.types."):
        importlib.import_module(module.name)


@cache
def _hints(cls: Any) -> dict[str, Any]:
    """Hints by field name. Raises CodecError for anything but a frozen dataclass with a name on the wire."""
    params = getattr(cls, "__dataclass_params__", None)
    if params is None or not params.frozen or cls not in _names:
        raise CodecError(f"{cls.__name__} is not a frozen dataclass with a name on the wire")
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}


def _class_hint(hint: Any) -> type | None:
    """The class that a dataclass's hint stands for, also `Ref[SurveyResult]`; `object` stands for any dataclass."""
    cls = typing.get_origin(hint) or hint
    return cls if cls is object or (isinstance(cls, type) and is_dataclass(cls)) else None


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _is_array(hint: Any) -> bool:
    return _item_type(hint) is not None


def _item_type(hint: Any) -> Any:
    """X of NDArray[X], None for any other hint. NumPy names NDArray by a `type` statement since 2.5."""
    inner = typing.get_args(hint)
    if typing.get_origin(hint) is NDArray:
        return inner[0]
    return typing.get_args(inner[1])[0] if typing.get_origin(hint) is np.ndarray else None


def _first_that_fits(members: tuple[Any, ...], attempt: Callable[[Any], Any], value: Any) -> Any:
    for member in members:
        try:
            return attempt(member)
        except CodecError:
            continue
    raise CodecError(f"{type(value).__name__} fits none of {members}")


def _item_hints(hint: Any, length: int) -> tuple[Any, ...]:
    """One hint an item, for tuple[X, ...] and tuple[X, Y]."""
    inner = typing.get_args(hint)
    if len(inner) == 2 and inner[1] is Ellipsis:
        return (inner[0],) * length
    if len(inner) != length:
        raise CodecError(f"{length} items where {len(inner)} belong")
    return inner


def _checked_array(value: Any, hint: Any) -> Array:
    dtype = _item_type(hint)
    if not isinstance(value, np.ndarray) or value.dtype.hasobject:
        raise CodecError(f"{type(value).__name__} where an array belongs")
    if dtype is not Any and not np.issubdtype(value.dtype, dtype):
        raise CodecError(f"an array of {value.dtype} where {dtype.__name__} belongs")
    return value


def _checked_plain(value: Any, hint: Any) -> Any:
    if hint is type(None) and value is None:
        return None
    if hint is float and type(value) is int:
        return float(value)
    if hint not in _PLAIN or type(value) is not hint:
        raise CodecError(f"{type(value).__name__} where {hint!r} belongs")
    return value


def _json(tree: Any) -> str:
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # half a surrogate pair, pasted by a reader, is still only data
