"""Many generations that are open already, and many members who act at once."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import Connection

from bot.clock import SystemClock
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.ports import Claim
from bot.storage import cards, open_store, progress
from bot.storage.pseudonyms import pseudonyms
from tests.wire.local_discord import CHANNEL, GUILD, MEMBER, Interaction, LocalDiscord
from tests.wire.world import API_KEY, PROMPT

BUTTON = "dreamreel:extend:finished0"
_AGES_S = 300
"""Seconds. Most clips take up to 6 min, so the open ones are of every age below that."""
_AT_ONCE = 20


async def ordered(relay_url: str, count: int) -> list[str]:
    """Order so many films at the relay; its ids."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(http: aiohttp.ClientSession) -> str:
        order = {"user_prompt": PROMPT, "model_name": "ray-v2", "duration": "5", "resolution": "720p"}
        async with gate, http.post(f"{relay_url}/luma/generations", json=order) as response:
            made: str = (await response.json())["id"]
            return made

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {API_KEY}"}) as http:
        return list(await asyncio.gather(*(one(http) for _ in range(count))))


async def seed(database: Path, local: LocalDiscord, relay_ids: list[str]) -> None:
    """Put an open generation for each id into the store, and a finished one, each shown by a message.

    All in one transaction, by the store's own statements: one at a time they would take half a minute.
    """
    clock = SystemClock()

    def write(connection: Connection, now: datetime) -> None:
        for number, relay_id in enumerate(relay_ids):
            at = now - timedelta(seconds=_AGES_S * number / len(relay_ids))
            _open(connection, f"open{number:06}", relay_id, local.post(), at)
        finished = _open(connection, BUTTON.rpartition(":")[2], "relay-finished", _with_button(local), now)
        progress.save(connection, finished, done := finished.completed("https://relay.example/v.mp4", now))
        cards.note_shown(connection, done.id, done.version, max(local.messages), forget_token=True)

    async with open_store(f"sqlite:///{database}", clock) as store:
        await store._database.write(write, clock.now())


def _open(connection: Connection, name: str, relay_id: str, message_id: int, at: datetime) -> Generation:
    request = GenerationRequest(Kind.TEXT, PROMPT, "ray-v2", 5, "720p", expand_prompt=True)
    fresh = Generation(name, f"interaction:{name}", GUILD, CHANNEL, MEMBER, request, 1, at, at)
    progress.admit(
        connection,
        fresh,
        token=f"token-of-{name}",
        token_until=at + timedelta(minutes=15),
        claim=Claim(most_waiting_member=2000, most_waiting_server=2000),
        pseudonyms=pseudonyms(connection),
    )
    cards.attach(connection, name, message_id)
    progress.save(connection, fresh, sending := fresh.submitting(at))
    progress.save(connection, sending, queued := sending.accepted(relay_id, at))
    cards.note_shown(connection, name, queued.version, message_id, forget_token=False)
    return queued


def _with_button(local: LocalDiscord) -> int:
    button = {"type": 2, "style": 1, "label": "Extend", "custom_id": BUTTON}
    return local.post(components=[{"type": 1, "components": [button]}])


@dataclass
class Crowd:
    """Members who ask for `per_second` videos a second, with a typing and a clicking one among each ten of them."""

    local: LocalDiscord
    per_second: int

    async def act(self, seconds: float) -> list[Interaction]:
        """Keep at it for so long; everything that was sent, answered or not."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        sent: list[Interaction] = []
        for number in range(round(seconds * self.per_second)):
            # The rate is what is tried here, so this waits for a time and for nothing else.
            await asyncio.sleep(began + number / self.per_second - loop.time())
            sent.append(await self.local.slash("generate", by=MEMBER + number % 100, prompt=PROMPT))
            if number % 10 == 0:
                sent.append(await self.local.type_in("extend", "video", "light"))
                sent.append(await self.local.press(max(self._buttons()), BUTTON))
        return sent

    def _buttons(self) -> Iterator[int]:
        return (key for key, each in self.local.messages.items() if BUTTON in str(each["components"]))


@dataclass(frozen=True)
class Latencies:
    """Seconds from an interaction's sending to its answer."""

    sorted_s: tuple[float, ...]

    @classmethod
    def of(cls, answered: list[Interaction]) -> "Latencies":
        return cls(tuple(sorted(each.took_s for each in answered if each.took_s is not None)))

    def share(self, part: float) -> float:
        """The time within which this part of them, 0 to 1, was answered."""
        return self.sorted_s[min(len(self.sorted_s) - 1, int(part * len(self.sorted_s)))]

    def __str__(self) -> str:
        parts = (f"p{round(part * 100)} {self.share(part) * 1000:.0f} ms" for part in (0.5, 0.9, 0.99))
        return f"{len(self.sorted_s)} answers: {', '.join(parts)}, max {self.sorted_s[-1] * 1000:.0f} ms"
