"""Many at once: no card is shown twice, no request is forgotten, and a burst is not paid for card by card."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from bot.domain.card import Card, CardState, Shown
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.ports import Board, Posted, Store
from bot.service.delivery import Delivery, Parcel
from bot.service.publisher import Publisher
from tests.clock import ManualClock
from tests.rig import World, living
from tests.service.test_loops import GatedRelay

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
REQUEST = GenerationRequest(Kind.TEXT, "a calm sea", "ray-v2", 5, "720p", expand_prompt=True)
CONCURRENCY = 16


def shown(number: int) -> Shown:
    made = Generation(f"g{number}", f"a{number}", 1, 2, 3, REQUEST, 0, NOW, NOW)
    queued = made.submitting(NOW).accepted(f"task-{number}", NOW)
    return Shown(queued, Card(CardState.LIVE, channel_id=2, message_id=number + 1, shown_version=1))


class Shelf:
    """A store of cards and nothing else: `pass_on` lets a look come back, which has seen what stood there before."""

    def __init__(self, count: int) -> None:
        self.due = {row.generation.id: row for row in map(shown, range(count))}
        self.looks = 0
        self.looked = [asyncio.Event() for _ in range(100)]
        self.pass_on = asyncio.Event()
        self.pass_on.set()
        self.all_shown = asyncio.Event()

    async def unshown(self, _: datetime, limit: int) -> list[Shown]:
        self.looked[self.looks].set()
        self.looks += 1
        found = list(self.due.values())[:limit]
        await self.pass_on.wait()
        return found

    async def note_shown(self, generation_id: str, *_: Any, **__: Any) -> None:
        self.due.pop(generation_id, None)
        if not self.due:
            self.all_shown.set()


class Wall:
    """A board whose edits wait for `gate`."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.edits: list[str] = []

    def upload_limit(self, _: int) -> int:
        return 0

    async def edit(self, card: Shown, _: object) -> Posted:
        self.edits.append(card.generation.id)
        self.begun.set()
        await self.gate.wait()
        for _ in range(int(card.generation.id[1:]) % CONCURRENCY):  # each takes another time
            await asyncio.sleep(0)
        return Posted(card.card.message_id or 0)


class Hands:
    """A delivery with nothing to fetch."""

    async def pack(self, card: Shown, _: int) -> Parcel:
        return Parcel(replace(card))

    async def unpack(self, _: str) -> None:
        pass


def publisher(shelf: Shelf, wall: Wall) -> Publisher:
    return Publisher(
        cast("Store", shelf), cast("Board", wall), cast("Delivery", Hands()), ManualClock(NOW), concurrency=CONCURRENCY
    )


async def test_a_card_that_was_shown_while_the_store_was_read_is_not_shown_again() -> None:
    shelf, wall = Shelf(1), Wall()
    showing = publisher(shelf, wall)
    running = asyncio.create_task(showing.run())
    async with asyncio.timeout(5):
        await wall.begun.wait()
        shelf.pass_on.clear()
        showing.wake()
        await shelf.looked[1].wait()  # the second look is on its way, with the card in it
        wall.gate.set()
        await shelf.all_shown.wait()
        shelf.pass_on.set()
        await shelf.looked[2].wait()  # the look after it finds nothing
    await showing.stop(1)
    await running
    assert wall.edits == ["g0"]


async def test_many_cards_are_shown_once_each_and_the_store_is_read_for_many_at_a_time() -> None:
    count = CONCURRENCY * 8
    shelf, wall = Shelf(count), Wall()
    wall.gate.set()
    showing = publisher(shelf, wall)
    running = asyncio.create_task(showing.run())
    async with asyncio.timeout(10):
        await shelf.all_shown.wait()
    await showing.stop(1)
    await running
    assert sorted(wall.edits) == sorted(f"g{number}" for number in range(count))
    assert shelf.looks <= 8 + 2


async def test_a_request_that_comes_while_the_line_is_read_is_sent_at_once(world: World) -> None:
    """What was read before it came does not hold it, and nothing else may happen that wakes the poller."""
    relay = GatedRelay()
    relay.gate.set()
    async with world.store() as store:

        class Late:
            came = False

            def __getattr__(self, name: str) -> Any:
                return getattr(store, name)

            async def line(self) -> Any:
                found = await store.line()
                if not self.came:
                    self.came = True
                    await rig.ask()
                return found

        async with living(world, store=cast("Store", Late()), relay=relay) as rig:
            running = asyncio.create_task(rig.poller.run())
            async with asyncio.timeout(5):
                await relay.asked.wait()
            await rig.poller.stop()
            await running
