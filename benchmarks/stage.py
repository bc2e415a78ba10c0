"""What stands around the bot in a benchmark: a Discord and a relay, each a process of its own, on loopback only."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.discord_process import LISTENING
from benchmarks.process import Process, running, said
from sandbox.relay_process import relay_process
from tests.wire.config import ROOMY, write_config
from tests.wire.crowd import ordered
from tests.wire.local_discord import MEMBER
from tests.wire.world import API_KEY, PROMPT, TOKEN

Json = dict[str, Any]

PATIENCE_S = 60.0
"""Seconds that anything here may take to come about, where nothing else is said."""
MEMBERS = 100
"""Who act in turn."""
LOOK_S = 0.1
"""Seconds between two looks at what has come about: as exact as a figure in seconds needs to be."""


@dataclass(frozen=True, slots=True)
class Card:
    """A message that answered a command of earlier, and the token that leads to it."""

    message_id: int
    channel_id: int
    token: str
    interaction: Json


@dataclass(frozen=True, slots=True)
class Stage:
    """The surroundings: `folder` is for whatever a bot keeps."""

    folder: Path
    discord: str
    relay: str
    http: aiohttp.ClientSession

    # The relay

    async def order(self, count: int) -> list[str]:
        """Order so many films at the relay; its ids."""
        return await ordered(self.relay, count)

    async def finish_all(self) -> float:
        """Let the relay complete all that is open; the moment it was told, in monotonic seconds."""
        told = time.monotonic()
        async with self.http.post(f"{self.relay}/_sandbox/tasks", json={"state": "completed"}) as response:
            response.raise_for_status()
        return told

    async def relay_requests(self) -> Json:
        """Counts of what the relay was asked, by kind."""
        return await self._got(f"{self.relay}/_sandbox/requests")  # type: ignore[no-any-return]  # JSON

    async def asked(self, count: int) -> None:
        """Wait until it was asked so often what became of a film. Raises TimeoutError."""
        for _ in range(round(PATIENCE_S / LOOK_S)):
            if (await self.relay_requests())["get"] >= count:
                return
            await asyncio.sleep(LOOK_S)
        raise TimeoutError("the relay is not asked")

    # Discord

    async def cards(self, count: int, *, dead: bool = False) -> list[Card]:
        """Messages to start from; `dead`: their tokens lead nowhere any more."""
        async with self.http.post(f"{self.discord}/_bench/cards", json={"count": count, "dead": dead}) as response:
            return [Card(**each) for each in await response.json()]

    async def tally(self) -> Counter[str]:
        """What Discord counted so far, under the names of `tests.wire.local_discord.tally`."""
        return Counter(await self._got(f"{self.discord}/_control/tally"))

    async def reaches(self, name: str, count: int, within_s: float) -> Counter[str]:
        """Wait until it has counted so many, or the time is over; the counts as of then."""
        query = f"name={name}&reaches={count}&wait={within_s}"
        return Counter(await self._got(f"{self.discord}/_control/tally?{query}"))

    async def connected(self, bot: Process) -> None:
        """Wait until a bot has its connection and has told Discord its commands. Raises TimeoutError."""
        for _ in range(round(PATIENCE_S / LOOK_S)):
            counts = await self._got(f"{self.discord}/_control/counts")
            if counts["connected"] and counts["synced"]:
                return
            if not bot.alive:
                break
            await asyncio.sleep(LOOK_S)
        raise TimeoutError(f"no bot connects:\n{bot.log.read_text('utf-8', errors='replace')[-2000:]}")

    async def generate(self, number: int) -> None:
        """Have a member send the command."""
        wanted = {"act": "slash", "name": "generate", "options": {"prompt": PROMPT}, "by": MEMBER + number % MEMBERS}
        async with self.http.post(f"{self.discord}/_control/interactions", json=wanted) as response:
            response.raise_for_status()

    async def crowd(self, count: int, per_second: float) -> None:
        """Have so many members send it, evenly, whether they are answered or not."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(count):
            await asyncio.sleep(began + number / per_second - loop.time())
            await self.generate(number)

    async def answers(self) -> list[float | None]:
        """Seconds that each command waited for its answer; None where none came."""
        return await self._got(f"{self.discord}/_bench/answers")  # type: ignore[no-any-return]  # JSON

    async def _got(self, url: str) -> Any:
        async with self.http.get(url) as response:
            return await response.json()

    # The bots

    @asynccontextmanager
    async def bot(self, database: Path) -> AsyncIterator[Process]:
        """`dreamreel run`, unmodified, over that database: an operator's defaults, but for the limits of one member."""
        config = write_config(
            self.folder / "config.toml",
            database=database,
            videos=self.folder / "videos",
            discord={
                "token": TOKEN,
                "api_url": f"{self.discord}/api/v10",
                "gateway_url": f"{self.discord.replace('http', 'ws', 1)}/gateway",
            },
            relay={"api_key": API_KEY, "base_url": self.relay},
            limits=ROOMY,
        )
        secrets = self.folder / "no-secrets"
        secrets.mkdir(exist_ok=True)
        environ = {"DREAMREEL_SECRETS_DIR": str(secrets)}
        arguments = ("-m", "bot", "run", "--config", str(config))
        async with running(*arguments, log=self.folder / "bot.log", environ=environ) as process:
            yield process

    @asynccontextmanager
    async def baseline(self, opened: list[tuple[Card, str]]) -> AsyncIterator[Process]:
        """The baseline, in the middle of these: each card with the relay's id of its film."""
        jobs = self.folder / "opened.json"
        jobs.write_text(json.dumps([{"interaction": card.interaction, "task": task} for card, task in opened]), "utf-8")
        environ = {
            "DISCORD_TOKEN": TOKEN,
            "LUMA_KEY": API_KEY,
            "LUMA_URL": self.relay,
            "DISCORD_URL": self.discord,
        }
        arguments = ("-m", "benchmarks.baseline", "--opened", str(jobs))
        async with running(*arguments, log=self.folder / "baseline.log", environ=environ) as process:
            yield process


def relay(*options: str) -> AbstractAsyncContextManager[str]:
    """A relay that films without drawing: all its films are one real mp4 of 1 s, some 18 KB. Its address."""
    return relay_process("--no-render", "--api-key", API_KEY, *options)


@asynccontextmanager
async def stage(folder: Path, url: str | None, *options: str) -> AsyncIterator[Stage]:
    """A Discord, and the relay at that address, or a new one with these options."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        log = folder / "discord.log"
        discord = await stack.enter_async_context(running("-m", "benchmarks.discord_process", log=log))
        origin = (await said(discord, LISTENING)).partition(LISTENING)[2].strip()
        films = await stack.enter_async_context(relay(*options)) if url is None else url
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Stage(folder, origin, films, http)
