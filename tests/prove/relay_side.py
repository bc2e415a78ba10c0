"""The sandbox relay as seen from another process: its bills, and answers that it holds back on request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.relay_process import relay_process
from tests.wire.local_discord import Json

API_KEY = "a-relay-key-that-is-proved"
QUEUED_S = DREAMING_S = 0.3
_HELD_S = 3.0
"""Seconds. The kill comes within a tenth of them, and the bot would wait for 25."""
_LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class RelaySide:
    """Where the relay is, and a session to ask it with."""

    url: str
    http: aiohttp.ClientSession

    async def bills(self) -> list[Json]:
        """All that was charged, and each call that broke the contract."""
        return list(await self._get("bills"))

    async def hold_next_answer(self) -> None:
        """Have the relay take the next paid request at once, and answer it late."""
        await self.http.delete(f"{self.url}/_sandbox/faults")
        fault = {"on": "submit", "fault": "slow", "value": _HELD_S}
        async with self.http.post(f"{self.url}/_sandbox/faults", json=fault) as response:
            response.raise_for_status()

    async def until_held(self) -> None:
        """Wait until it has taken one and keeps its answer to itself."""
        while not any(fault["struck"] for fault in (await self._get("faults"))["asked"]):  # noqa: ASYNC110  # it is another process
            await asyncio.sleep(_LOOK_S)

    async def _get(self, what: str) -> Any:
        async with self.http.get(f"{self.url}/_sandbox/{what}") as response:
            return await response.json()


@asynccontextmanager
async def relay_beside(pictures: str, local: str) -> AsyncIterator[RelaySide]:
    """A relay in a process of its own, for as long as it is needed; pictures at one address are fetched at another."""
    pace = ("--queued", str(QUEUED_S), "--dreaming", str(DREAMING_S))
    options = (*pace, "--no-render", "--api-key", API_KEY, "--rewrite", f"{pictures}={local}")
    async with relay_process(*options) as url, aiohttp.ClientSession() as http:
        yield RelaySide(url, http)
