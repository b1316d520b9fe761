"""One reader without a browser: opens a page of the running app and covers tokens, over Streamlit's own protocol.

Knows how Streamlit's messages are framed (protobuf over a websocket) and how a component sends a trigger. Of our
components it knows their names and the token strip's `change` event. It measures nothing.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from explorer import chapters
from explorer.components.packing import unpack

STRIP = "sesame_token_strip"
BARS = "sesame_distribution"
LARGEST_MESSAGE = 64 * 2**20


class ReaderError(Exception):
    """What a reader would have seen as a failure: an error on the page, or no new answer."""


@dataclass
class Seen:
    """What one run of the script sent: the position the bars are of (None: there are none), and what went wrong."""

    bars: int | None = None
    exceptions: list[str] = field(default_factory=list)


class Reader:
    """A session. Use `async with Reader(url, page, **state) as reader`; then `cover`. `cookie`: as browsers send it."""

    def __init__(self, url: str, page: str, *, cookie: str = "", **state: str) -> None:
        self._headers = {"Cookie": cookie} if cookie else {}
        self._address = f"ws{url.removeprefix('http')}/_stcore/stream"
        self._client = ClientState(query_string=urlencode(state), page_name=chapters.path(page))
        self._client.context_info.locale = "zh-CN"
        self._components: dict[str, tuple[str, str]] = {}  # by name: its id and its fragment's
        self._buttons: dict[str, tuple[str, str]] = {}  # by key
        self._gestures = 0
        self._bars: int | None = None

    async def __aenter__(self) -> Reader:
        self._socket: ClientConnection = await connect(
            self._address,
            subprotocols=[Subprotocol("streamlit")],
            max_size=LARGEST_MESSAGE,
            compression=None,
            proxy=None,
            additional_headers=self._headers,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def open(self, *, seconds: float = 60) -> None:
        """Run the page for the first time. Raises ReaderError if it shows no bars."""
        seen = await self._run(self._client, seconds)
        if seen.bars is None:
            raise ReaderError("the page shows no bars")

    async def visit(self, *, seconds: float = 60) -> None:
        """Run the page, whatever it shows. Raises ReaderError if there is an error on it."""
        self._buttons.clear()
        await self._run(self._client, seconds)

    def shows(self, key: str) -> bool:
        """Whether the page has a button of that key."""
        return key in self._buttons

    async def press(self, key: str, *, seconds: float = 60) -> None:
        """Press it, and wait for the run that follows. Raises KeyError where there is none."""
        state = ClientState()
        state.CopyFrom(self._client)
        state.fragment_id = self._buttons[key][1]
        widget = state.widget_states.widgets.add()
        widget.id, widget.trigger_value = self._buttons[key][0], True
        await self._run(state, seconds)

    async def cover(self, position: int, *, seconds: float = 30) -> None:
        """Cover this token and no other. Returns when the page has run and sent the bars of another position."""
        if STRIP not in self._components:
            raise ReaderError("no token strip on the page")
        self._gestures += 1
        id, fragment = self._components[STRIP]
        value = {"covered": [position], "focus": position, "n": self._gestures}
        state = ClientState()
        state.CopyFrom(self._client)
        state.fragment_id = fragment
        own = state.widget_states.widgets.add()
        own.id, own.json_value = id, "{}"
        widget = state.widget_states.widgets.add()
        widget.id = f"$$STREAMLIT_INTERNAL_KEY_{id}__events"
        widget.json_trigger_value = json.dumps([{"event": "change", "value": value}])
        before = self._bars
        seen = await self._run(state, seconds)
        if seen.bars is None or seen.bars == before:
            raise ReaderError("no new bars")

    async def _run(self, state: ClientState, seconds: float) -> Seen:
        """Ask for one run and read what it sends until it has finished."""
        message = BackMsg()
        message.rerun_script.CopyFrom(state)
        async with asyncio.timeout(seconds):
            await self._socket.send(message.SerializeToString())
            seen = Seen()
            while not self._finished(await self._socket.recv(), seen):
                pass
        if seen.exceptions:
            raise ReaderError("; ".join(seen.exceptions))
        return seen

    def _finished(self, data: str | bytes, seen: Seen) -> bool:
        """Note what a message brings; True if it says that the run has ended."""
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        kind = message.WhichOneof("type")
        if kind == "page_info_changed":
            self._client.query_string = message.page_info_changed.query_string
        elif kind == "navigation":  # a new session's message names the script that holds the pages
            self._client.page_script_hash = message.navigation.page_script_hash
        elif kind == "page_not_found":
            seen.exceptions.append("page not found")
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._note(message.delta, seen)
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                seen.exceptions.append("the script does not compile")
            return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def _note(self, delta: object, seen: Seen) -> None:
        element = delta.new_element  # type: ignore[attr-defined]
        if element.WhichOneof("type") == "exception":
            seen.exceptions.append(f"{element.exception.type}: {element.exception.message}")
        elif element.WhichOneof("type") == "bidi_component":
            component = element.bidi_component
            self._components[component.component_name] = (component.id, delta.fragment_id)  # type: ignore[attr-defined]
            if component.component_name == BARS:
                seen.bars = self._bars = unpack(component.bytes)[0]["position"]
        elif element.WhichOneof("type") == "button":
            id = element.button.id  # "$$ID-<hash>-<key>"
            self._buttons[id.split("-", 2)[-1]] = (id, delta.fragment_id)  # type: ignore[attr-defined]
