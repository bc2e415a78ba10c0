"""Generations to store, and looks into the database that the store itself does not offer."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.domain.errors import LimitReached, StoreBusy
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.ports import Claim
from bot.storage import SqlStore, migrate

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
TOKEN = "interaction-token"
TOKEN_UNTIL = NOW + timedelta(minutes=15)
GUILD, CHANNEL, MEMBER = 11, 22, 33
MOST_TRIES = 100
"""Of one request while the database is busy; each waits a second or more in line."""
CLAIM = Claim(most_waiting_member=10_000, most_waiting_server=10_000)
"""Of a member without roles, in a server that counts by UTC, whose line is never full."""


def new_database(folder: Path) -> str:
    """The URL of an empty database, `bot.db` in that folder. To be called outside a running loop, as by a fixture."""
    path = folder / "bot.db"
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    """Migrated once for all tests: that takes longer than most of them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        asyncio.run(migrate(f"sqlite:///{path}"))
        return path.read_bytes()


def later(seconds: float) -> datetime:
    """A moment after NOW."""
    return NOW + timedelta(seconds=seconds)


def asked(
    name: str = "g1",
    *,
    prompt: str = "a fox in the snow",
    guild: int = GUILD,
    user: int = MEMBER,
    price: int = 1,
    usd_micros: int | None = None,
    at: datetime = NOW,
) -> Generation:
    """A WAITING generation; its action key is made from its name."""
    request = GenerationRequest(Kind.TEXT, prompt, "ray-v2", 5, "720p", expand_prompt=True)
    return Generation(
        name,
        f"interaction:{name}",
        guild,
        CHANNEL,
        user,
        request,
        price,
        created_at=at,
        changed_at=at,
        usd_micros=usd_micros,
    )


async def admitted(
    store: SqlStore, generation: Generation | None = None, *, message: int | None = None, claim: Claim = CLAIM
) -> Generation:
    """A generation in the store, attached where a message is given."""
    generation = generation or asked()
    await store.admit(generation, token=TOKEN, token_until=TOKEN_UNTIL, claim=claim)
    if message is not None:
        await store.attach(generation.id, message)
    return generation


async def granted(store: SqlStore, generation: Generation, claim: Claim = CLAIM) -> bool:
    """Whether a request fits under the limits; it is admitted where it does.

    Who is told that the database is busy asks again, as members do: nothing was written, and nothing was refused.
    """
    for _ in range(MOST_TRIES):
        try:
            await admitted(store, generation, claim=claim)
        except LimitReached:
            return False
        except StoreBusy:
            continue
        return True
    raise AssertionError(f"busy {MOST_TRIES} times")


async def moved(store: SqlStore, *steps: Generation) -> Generation:
    """Save each step after the one before it; the last."""
    for before, after in pairwise(steps):
        assert await store.save(before, after)
    return steps[-1]


async def finished(store: SqlStore, generation: Generation, message: int, at: datetime = NOW) -> Generation:
    """Admit, attach and complete a generation."""
    waiting = await admitted(store, generation, message=message)
    sending = waiting.submitting(at)
    queued = sending.accepted(f"relay-{generation.id}", at)
    return await moved(store, waiting, sending, queued, queued.completed("https://relay.test/v.mp4", at))


def everything(generation: Generation) -> Generation:
    """The same with every part of its request set, what it costs and what is to follow, to see that each comes back."""
    request = replace(
        generation.request,
        kind=Kind.EXTEND,
        expand_prompt=False,
        image_url="https://cdn.test/first.png",
        end_image_url="https://cdn.test/last.png",
        parent_id="parent",
        parent_relay_id="relay-parent",
        part=3,
        camera="orbit_left",
        spoiler=True,
    )
    return replace(generation, request=request, usd_micros=160_000, more_parts=2, notice="message")


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query brings, by a connection of its own."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()
