"""Another process: takes an experiment's inputs as bytes, gives a result as bytes (test_codec.py starts it)."""

from __future__ import annotations

import sys

from explorer.lab.types import codec
from tests.engine.conftest import a_fill

if __name__ == "__main__":
    request = codec.decode(sys.stdin.buffer.read())
    sys.stdout.buffer.write(bytes(["torch" in sys.modules]) + codec.encode(a_fill(request.text)))
