"""Why no message to the browser is a reference to an older one (`minCachedMessageSize` in .streamlit/config.toml).

When a fragment runs again before its last messages were sent, Streamlit drops them, but not the references among them:
those carry no fragment's name. An element then arrives without the container that it stands in, and the page stops.
"""

from __future__ import annotations

import tomllib

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from explorer import paths

LARGEST = 200 * 2**20  # Streamlit's own bound for one message, in bytes (server.maxMessageSize)


def test_nothing_that_can_be_sent_is_large_enough_to_be_named_only() -> None:
    settings = tomllib.loads((paths.ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["global"]["minCachedMessageSize"] > LARGEST


def test_streamlit_still_keeps_references_whose_containers_it_drops() -> None:
    """When this fails, Streamlit has been repaired: references may save bytes again."""
    container, reference = ForwardMsg(), ForwardMsg()
    container.metadata.delta_path[:] = [0, 3]
    container.delta.fragment_id = "bench"
    container.delta.add_block.vertical.SetInParent()
    reference.metadata.delta_path[:] = [0, 3, 0]
    reference.ref_hash = "an element that the browser has"
    queue = ForwardMsgQueue()
    for message in (container, reference):
        queue.enqueue(message)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["bench"])
    assert [message.WhichOneof("type") for message in queue.flush()] == ["ref_hash"]
