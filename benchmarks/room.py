"""A class without browsers: phones and a teacher that speak to the room as components/room/line.js does.

Knows the room's routes and its stream; measures nothing.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import httpx2 as httpx

SECRET, TAB, BROWSER = "sesame-secret", "sesame-tab", "sesame-browser"


class Client:
    """A browser in a room: what it was told last, when, and how many bytes that took."""

    def __init__(self, url: str, name: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=30, trust_env=False)
        self.headers = {TAB: name, BROWSER: name, SECRET: ""}
        self.code = ""
        self.told: dict[str, Any] = {}
        self.ended = ""  # why the stream is over: "gone"
        self.bytes = 0
        self._changed = asyncio.Condition()
        self._listening: asyncio.Task[None] | None = None

    async def post(self, where: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self._http.post(f"/room/{where}", content=json.dumps(body or {}), headers=self.headers)

    async def say(self, verb: str, **body: Any) -> bool:
        """Whether the room has taken it."""
        return bool((await self.post(f"{self.code}/{verb}", body)).is_success)

    async def open(self) -> None:
        answer = (await self.post("open")).json()
        self.code, self.headers[SECRET] = answer["code"], answer["secret"]
        self.listen()

    async def join(self, code: str) -> None:
        """Join, or come back as the same phone."""
        answer = await self.post(f"{code}/join", {"secret": self.headers[SECRET]})
        answer.raise_for_status()
        self.code, self.headers[SECRET] = code, answer.json()["secret"]
        self.listen()

    def listen(self) -> None:
        self._listening = asyncio.create_task(self._listen())

    async def cut(self) -> None:
        """The connection breaks."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def until(self, holds: Callable[[dict[str, Any]], bool], seconds: float = 30) -> float:
        """When (time.perf_counter) it was told something that `holds`. Raises TimeoutError if it never is."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: bool(self.told) and holds(self.told))
            return time.perf_counter()

    async def close(self) -> None:
        await self.cut()
        await self._http.aclose()

    async def _listen(self) -> None:
        """Listen until the room is gone; begin again when the line breaks or the server is away."""
        while not self.ended:
            try:
                async with self._http.stream("GET", f"/room/{self.code}/events", headers=self.headers) as answer:
                    if answer.status_code == 404:
                        self.ended = "gone"
                    else:
                        await self._hear(answer)
            except httpx.TransportError:
                await asyncio.sleep(0.2)
            async with self._changed:
                self._changed.notify_all()

    async def _hear(self, answer: httpx.Response) -> None:
        event = ""
        async for line in answer.aiter_lines():
            self.bytes += len(line.encode()) + 2
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                if event == "gone":
                    self.ended = "gone"
                    return
                async with self._changed:
                    self.told = json.loads(line[6:])
                    self._changed.notify_all()
            elif not line:
                event = ""
