"""One network is built at a time: the `transformers` library changes its own classes while it builds one.

While it reads weights, `tie_weights` of all its models does nothing and torch's default type is another
(transformers.initialization.no_tie_weights, local_torch_dtype). Of two threads that build at once, one would find its
head without weights, and the change could even stay for good.
"""

from __future__ import annotations

import threading

BUILDING = threading.Lock()
