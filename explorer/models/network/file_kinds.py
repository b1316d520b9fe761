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
    if not first:
        raise ModelUnavailable("file_empty", model=model, path=path)
    if start.startswith(b"version https://git-lfs"):
        raise ModelUnavailable("file_pointer", model=model, path=path)
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        raise ModelUnavailable("file_page", model=model, path=path)
    if first[:2] == b"\x80\x02" or first[:4] == b"PK\x03\x04":  # pickle protocol 2, and the zip that torch.save makes
        raise ModelUnavailable("file_pickle", model=model, path=path)
