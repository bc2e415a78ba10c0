"""After a pause one request is sent, and those that wait behind it once the relay has taken it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.domain.generation import Failure, FailureKind, GenerationRequest, GenerationState
from bot.domain.reports import NotSent, Refused, Submission, Unanswered
from tests.fakes import FakeRelay
from tests.rig import Rig, World, living, text_request

S = GenerationState
WAITING, CONCURRENCY = 20, 8
PAUSE_S = 100.0
AWAY = NotSent("connection refused")


@dataclass
class Watched(FakeRelay):
    """A relay that notes with how many others each request was on its way."""

    life: Rig | None = None
    together: list[int] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def submit(self, request: GenerationRequest) -> Submission:
        assert self.life is not None
        self.together.append(len(self.life.poller._sends))
        if self.gate is not None:
            await self.gate.wait()
        return await super().submit(request)


@asynccontextmanager
async def after_a_pause(world: World, *then: Submission) -> AsyncIterator[tuple[Rig, Watched]]:
    """Many wait, none was sent, and the pause has just ended; `then` is what comes of the next ones."""
    relay = Watched()
    async with world.store() as store, living(world, store=store, relay=relay, concurrency=CONCURRENCY) as rig:
        relay.life = rig
        relay.submissions = [AWAY] * CONCURRENCY
        for number in range(WAITING):
            await rig.ask(text_request(f"film {number}"))
        await rig.poller.tick()
        assert relay.together == [CONCURRENCY] * CONCURRENCY
        relay.together.clear()
        relay.submissions = list(then)
        world.clock.advance(PAUSE_S)
        yield rig, relay


async def test_while_the_relay_is_away_each_pause_costs_one_try(world: World) -> None:
    async with after_a_pause(world, *[AWAY] * 3) as (rig, relay):
        for tries in range(1, 4):
            await rig.poller.tick()
            assert relay.together == [1] * tries
            world.clock.advance(PAUSE_S)
    assert relay.bills == []


async def test_the_others_follow_at_once_when_the_first_in_line_is_taken(world: World) -> None:
    async with after_a_pause(world) as (rig, relay):
        await rig.poller.tick()
    assert relay.together[: 1 + CONCURRENCY] == [1] + [CONCURRENCY] * CONCURRENCY
    assert len(relay.bills) == WAITING
    assert relay.bills[0].prompt == "film 0"


async def test_a_relay_that_says_no_is_there_all_the_same(world: World) -> None:
    async with after_a_pause(world, Refused(Failure(FailureKind.MODERATION))) as (rig, relay):
        await rig.poller.tick()
    assert relay.together[:2] == [1, CONCURRENCY]


async def test_after_a_lost_answer_one_more_goes_alone(world: World) -> None:
    """Eight at once could be eight of which nobody knows whether they were paid for."""
    async with after_a_pause(world, Unanswered("cut"), Unanswered("cut")) as (rig, relay):
        await rig.poller.tick()
    assert relay.together[:4] == [1, 1, 1, CONCURRENCY]


async def test_what_was_sent_before_a_pause_does_not_end_the_doubt(world: World) -> None:
    """Of those sent together one was turned away, and the others were taken."""
    relay = Watched(submissions=[NotSent("429", 10.0, busy=True)])
    async with world.store() as store, living(world, store=store, relay=relay, concurrency=CONCURRENCY) as rig:
        relay.life = rig
        for _ in range(CONCURRENCY):
            await rig.ask()
        await rig.poller.tick()
        for _ in range(CONCURRENCY):
            await rig.ask()
        relay.together.clear()
        world.clock.advance(PAUSE_S)
        await rig.poller.tick()
    assert relay.together[:2] == [1, CONCURRENCY]


async def test_the_loop_rests_while_the_first_is_on_its_way(world: World) -> None:
    async with after_a_pause(world) as (rig, relay):
        relay.gate = asyncio.Event()
        rests = [await rig.poller._round() for _ in range(2)]
        relay.gate.set()
        await rig.poller.stop()
    assert rests == [pytest.approx(30), pytest.approx(30)]
    assert len(relay.bills) == 1
