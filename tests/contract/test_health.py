"""What a monitor is told: that the loop turns, and whether every part of the bot works."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
import pytest

from bot import health
from bot.domain.errors import StoreError
from bot.domain.schedule import PollSchedule
from bot.domain.turns import AtOnce
from bot.health import PROBE, Health, HealthNotServed
from bot.service.poller import IDLE_S, Poller
from bot.storage import SqlStore
from tests.clock import ManualClock
from tests.fakes import FakeRelay
from tests.storing import NOW


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@dataclass
class Parts:
    """What the rest of the bot says."""

    connected: bool = True
    last_round: float | None = 0.0


@asynccontextmanager
async def served(store: Any, clock: ManualClock, parts: Parts) -> AsyncIterator[str]:
    port = free_port()
    checks = Health(
        "127.0.0.1", port, store, clock, connected=lambda: parts.connected, last_round=lambda: parts.last_round
    )
    async with checks.serving():
        yield f"http://127.0.0.1:{port}"


async def asked(url: str) -> tuple[int, Any]:
    """Asked with the patience of a monitor."""
    timeout = aiohttp.ClientTimeout(total=2.0)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
        return answer.status, await answer.json() if answer.content_type == "application/json" else await answer.text()


async def test_a_bot_that_works_is_ready(store: SqlStore) -> None:
    async with served(store, ManualClock(NOW), Parts()) as url:
        assert await asked(f"{url}/livez") == (200, "ok\n")
        well = {"ready": True, "gateway": True, "database": True, "poller": True}
        assert await asked(f"{url}/readyz") == (200, well)


@pytest.mark.parametrize("parts", [Parts(connected=False), Parts(last_round=None)])
async def test_a_part_that_does_not_work_is_named(store: SqlStore, parts: Parts) -> None:
    async with served(store, ManualClock(NOW), parts) as url:
        status, body = await asked(f"{url}/readyz")
        assert (status, body["ready"]) == (503, False)
        assert (body["gateway"], body["poller"]) == (parts.connected, parts.last_round is not None)
        assert (await asked(f"{url}/livez"))[0] == 200


async def test_a_poller_without_a_round_for_a_minute_is_stuck(store: SqlStore) -> None:
    clock = ManualClock(NOW)
    async with served(store, clock, Parts(last_round=clock.monotonic())) as url:
        clock.advance(60)
        assert (await asked(f"{url}/readyz"))[0] == 200
        clock.advance(1)
        assert (await asked(f"{url}/readyz"))[1]["poller"] is False


class Counting:
    """A store that counts its probes, and fails or hangs when told."""

    def __init__(self) -> None:
        self.probes = 0
        self.trouble: BaseException | None = None
        self.hangs = False

    async def note(self, key: str, value: str) -> None:
        assert (key, datetime.fromisoformat(value).tzinfo is not None) == (PROBE, True)
        self.probes += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.trouble is not None:
            raise self.trouble


async def test_asking_often_writes_seldom() -> None:
    clock, store = ManualClock(NOW), Counting()
    async with served(store, clock, Parts()) as url:
        for _ in range(5):
            await asked(f"{url}/readyz")
        assert store.probes == 1
        clock.advance(11)
        await asked(f"{url}/readyz")
        assert store.probes == 2


async def test_a_database_that_takes_no_write_is_told_each_time() -> None:
    store = Counting()
    store.trouble = StoreError("the disk is full")
    async with served(store, ManualClock(NOW), Parts()) as url:
        for _ in range(2):
            status, body = await asked(f"{url}/readyz")
            assert (status, body["database"]) == (503, False)
    assert store.probes == 2


async def test_a_database_that_hangs_holds_up_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_S", 0.01)
    store = Counting()
    store.hangs = True
    async with served(store, ManualClock(NOW), Parts()) as url:
        assert (await asked(f"{url}/readyz"))[1]["database"] is False


async def test_a_port_that_is_taken_is_one_sentence(store: SqlStore) -> None:
    async with served(store, ManualClock(NOW), Parts()) as url:
        port = int(url.rpartition(":")[2])
        second = Health("127.0.0.1", port, store, ManualClock(NOW), connected=bool, last_round=float)
        with pytest.raises(HealthNotServed, match=rf"served on 127.0.0.1:{port} \(the address is in use\): set health"):
            async with second.serving():
                raise AssertionError("it was served twice")


async def test_port_0_serves_nothing(store: SqlStore) -> None:
    async with Health("nowhere", 0, store, ManualClock(NOW), connected=bool, last_round=float).serving():
        pass


async def test_the_poller_notes_its_rounds_but_none_in_which_it_could_not_read(store: SqlStore) -> None:
    clock = ManualClock(NOW)
    clock.advance(7)
    schedule = PollSchedule(first_poll_s=5, min_interval_s=5, max_interval_s=20)
    poller = Poller(
        store,
        FakeRelay(),
        clock,
        schedule,
        concurrency=1,
        at_once=AtOnce(1, 1),
        luck=lambda: 0.5,
        on_change=lambda: None,
    )
    assert poller.last_round is None
    await poller._round()
    assert poller.last_round == 7
    clock.advance(IDLE_S)
    await store._database.close()
    poller.wake()
    await poller._round()
    assert poller.last_round == 7
