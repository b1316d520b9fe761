"""File kinds: what a file really is whose name promises config, tokenizer or weights.

Knows first bytes only. What comes in place of a model's files: a pointer of Git LFS where a repository was cloned
without it, the page of a login or an error, nothing at all, a Python pickle that was renamed.
"""

from __future__ import annotations

from explorer.errors import ModelUnavailable

FIRST = 512  # bytes that are looked at


def require(first: bytes, model: str, path: str) -> None:
    """Raises ModelUnavailable for what `first`, the first bytes of the file at `path`, shows to be something else:
    file_empty, file_pointer, file_page, file_pickle."""
    start = first[:FIRST].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    kind = ""
    if not first:
        kind = "file_empty"
    elif start.startswith(b"version https://git-lfs"):
        kind = "file_pointer"
    elif start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        kind = "file_page"
    elif first[:2] == b"\x80\x02" or first[:4] == b"PK\x03\x04":  # pickle protocol 2, and the zip that torch.save makes
        kind = "file_pickle"
    if kind:
        raise ModelUnavailable(kind, model=model, path=path)
