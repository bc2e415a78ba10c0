"""Questions to the relay come after members who wait for an answer, and a few at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise

from bot.domain.generation import GenerationRequest, GenerationState
from bot.domain.reports import Accepted, Report, Running, Submission
from bot.domain.schedule import PollSchedule
from bot.domain.turns import AtOnce
from bot.ports import Store
from bot.service import poller as polling
from bot.service.poller import Poller
from tests.rig import World, living

OPEN = 40
PATIENCE_S = 10


class CountingRelay:
    """Notes each question; `asked` is set by the first, `all_asked` once each task was asked for."""

    def __init__(self) -> None:
        self.taken = 0
        self.questions: set[str] = set()
        self.asked, self.all_asked = asyncio.Event(), asyncio.Event()

    async def submit(self, _: GenerationRequest) -> Submission:
        self.taken += 1
        return Accepted(f"task-{self.taken}")

    async def report(self, relay_id: str) -> Report:
        self.questions.add(relay_id)
        self.asked.set()
        if len(self.questions) == OPEN:
            self.all_asked.set()
        return Running(GenerationState.DREAMING)


@asynccontextmanager
async def asking(
    world: World, store: Store, relay: CountingRelay, gives_way: Callable[[], bool]
) -> AsyncIterator[Poller]:
    """A poller at work, with as many videos at the relay that are all to be asked for now."""
    async with living(world, store=store, relay=relay) as rig:
        for _ in range(OPEN):
            await rig.ask()
        await rig.poller.tick()
    world.clock.advance(60)
    relay.questions.clear()
    relay.asked.clear()
    poller = Poller(
        store,
        relay,
        world.clock,
        PollSchedule(first_poll_s=5, min_interval_s=4.5, max_interval_s=5),
        concurrency=100,
        at_once=AtOnce(100, 100),
        luck=lambda: 0.5,
        on_change=lambda: None,
        gives_way=gives_way,
    )
    await poller.load()
    world.clock.advance(60)
    running = asyncio.create_task(poller.run())
    async with asyncio.timeout(PATIENCE_S):
        yield poller
    await poller.stop()
    await running


async def test_nothing_is_asked_while_somebody_waits_for_an_answer(world: World) -> None:
    relay = CountingRelay()
    looks: Iterator[bool] = iter([True, True, True])
    seen: list[set[str]] = []

    def somebody_waits() -> bool:
        seen.append(set(relay.questions))
        return next(looks, False)

    async with world.store() as store, asking(world, store, relay, somebody_waits):
        await relay.asked.wait()
    assert seen[:4] == [set()] * 4


async def test_however_many_ask_the_relay_is_asked_too(world: World) -> None:
    relay = CountingRelay()
    looks = 0

    def always() -> bool:
        nonlocal looks
        looks += 1
        world.clock.advance(polling.MOST_GIVEN_S / 5)
        return True

    async with world.store() as store, asking(world, store, relay, always):
        await relay.asked.wait()
        assert 5 <= looks <= 7


async def test_a_few_are_asked_for_at_once_and_all_in_their_turn(world: World) -> None:
    relay = CountingRelay()
    begun: list[int] = []

    def nobody() -> bool:
        """Asked before each batch."""
        begun.append(len(relay.questions))
        world.clock.advance(polling.AT_ONCE / polling.MOST_PER_S)
        return False

    async with world.store() as store, asking(world, store, relay, nobody):
        await relay.all_asked.wait()
    steps = [after - before for before, after in pairwise(begun)]
    assert max(steps) <= polling.AT_ONCE
    assert len(begun) >= OPEN / polling.AT_ONCE
