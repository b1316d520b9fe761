"""From whatever went wrong to what a reader can be told.

Knows the errors of the layers below. What nobody foresaw is logged with its place in the code but without its
message: that may quote a reader's text.
"""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections.abc import Iterator

from explorer.errors import Told

_log = logging.getLogger(__name__)


def for_reader(error: BaseException, where: str) -> Told:
    """The error to raise towards a page; `where` names the experiment or model in the log."""
    if isinstance(error, Told):
        return type(error)(error.key, **error.values)  # a fresh one: several readers may be told the same
    place = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s in %s, at\n%s", type(error).__name__, where, place)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":  # the latter is torch's
        return Told("out_of_memory")
    return Told("failed")


@contextlib.contextmanager
def told_to_reader(where: str) -> Iterator[None]:
    """Whatever goes wrong inside is raised as Told."""
    try:
        yield
    except Exception as error:
        raise for_reader(error, where) from error
