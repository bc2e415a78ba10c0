"""The loops themselves: how they run, stop, and bear trouble of the database, the relay and Discord."""

import asyncio
import logging
from collections.abc import Callable
from itertools import pairwise
from typing import Any, cast

import pytest

from bot.domain.card import GoneReason, Shown
from bot.domain.errors import StoreError
from bot.domain.generation import GenerationRequest, GenerationState
from bot.domain.reports import Accepted, Report, Running, Submission, Succeeded, Unavailable
from bot.ports import Board, FetchProblem, Gone, NoEdit, Posted, Relay, Showing, Store
from bot.service import sending
from tests.rig import Rig, World, living

S = GenerationState
HOUR = 3600.0


class GatedRelay:
    """Answers only when the gate is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked = asyncio.Event()

    async def submit(self, request: GenerationRequest) -> Submission:  # the port's signature
        self.asked.set()
        await self.gate.wait()
        return Accepted("task-1")

    async def report(self, relay_id: str) -> Report:  # the port's signature
        self.asked.set()
        await self.gate.wait()
        return Running(S.DREAMING)


class FailingStore:
    """A store whose named calls fail while `broken` says so."""

    def __init__(self, store: Store, *names: str, broken: Callable[..., bool] = lambda *_: True) -> None:
        self._store = store
        self._names = names
        self.broken = broken

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in self._names:
            return method

        async def call(*args: Any, **kwargs: Any) -> Any:
            if self.broken(*args):
                raise StoreError("the disk is full")
            return await method(*args, **kwargs)

        return call


async def test_the_poller_sends_as_soon_as_it_is_woken_and_ends_when_stopped(world: World) -> None:
    relay = GatedRelay()
    relay.gate.set()
    async with world.store() as store, living(world, store=store, relay=relay) as rig:
        running = asyncio.create_task(rig.poller.run())
        generation = await rig.ask()
        await relay.asked.wait()
        await rig.poller.stop()
        await running
        assert (await rig.now(generation)).relay_id == "task-1"


async def test_a_paid_request_on_the_wire_is_finished_and_saved_when_the_loop_is_cancelled(world: World) -> None:
    relay = GatedRelay()
    async with world.store() as store, living(world, store=store, relay=relay) as rig:
        running = asyncio.create_task(rig.poller.run())
        generation = await rig.ask()
        await relay.asked.wait()
        running.cancel()
        asyncio.get_running_loop().call_soon(relay.gate.set)
        with pytest.raises(asyncio.CancelledError):
            await running
        assert (await rig.now(generation)).state is S.QUEUED


async def test_stopping_does_not_wait_for_a_relay_that_hangs_on_a_question(world: World) -> None:
    relay = GatedRelay()
    relay.gate.set()
    async with world.store() as store, living(world, store=store, relay=relay) as rig:
        await rig.ask()
        await rig.settle()
        relay.gate.clear()
        relay.asked.clear()
        world.clock.advance(10)
        running = asyncio.create_task(rig.poller.run())
        await relay.asked.wait()
        await rig.poller.stop()
        await running


async def test_what_the_relay_has_is_taken_up_again_after_a_start(world: World) -> None:
    async with world.store() as store:
        async with living(world, store=store) as rig:
            generation = await rig.ask()
            await rig.settle()
        async with living(world, store=store) as rig:
            await rig.pass_time(60, steps=12)
            assert (await rig.now(generation)).state is S.COMPLETED
            assert len(world.relay.bills) == 1


async def test_nothing_is_sent_that_could_not_be_recorded_and_it_resumes_when_there_is_room(world: World) -> None:
    async with world.store() as store:
        full = FailingStore(store, "save")
        async with living(world, store=cast("Store", full)) as rig:
            generation = await rig.ask()
            await rig.pass_time(10, steps=5)
            assert world.relay.bills == []
            full.broken = lambda *_: False
            await rig.pass_time(120, steps=24)
            assert (await rig.now(generation)).state is S.COMPLETED
            assert len(world.relay.bills) == 1


async def test_an_id_is_saved_once_the_database_can_be_written_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SAVE_AGAIN_S", 0)
    failures = iter([True] * 5)
    async with world.store() as store:
        full = FailingStore(store, "save", broken=lambda _, after: after.state is S.QUEUED and next(failures, False))
        async with living(world, store=cast("Store", full)) as rig:
            generation = await rig.ask()
            await rig.settle()
            assert (await rig.now(generation)).relay_id == "task-1"


async def test_an_id_that_cannot_be_saved_before_the_end_is_uncertain_at_the_next_start(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with world.store() as store:
        full = FailingStore(store, "save", broken=lambda _, after: after.state is S.QUEUED)
        async with living(world, store=cast("Store", full)) as rig:
            generation = await rig.ask()
            rig.poller._sending.close()
            await rig.settle()
        assert "cannot save that it is queued (relay id task-1)" in caplog.text
        async with living(world, store=store) as rig:
            await rig.settle()
            assert (await rig.now(generation)).state is S.UNCERTAIN
            assert len(world.relay.bills) == 1


async def test_news_that_cannot_be_saved_is_asked_for_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    failures = iter([True] * 2)
    async with world.store() as store:
        full = FailingStore(store, "advance", broken=lambda *_: next(failures, False))
        async with living(world, store=cast("Store", full)) as rig:
            generation = await rig.ask()
            await rig.pass_time(300, steps=60)
            assert (await rig.now(generation)).state is S.COMPLETED
    assert caplog.text.count("cannot save what the relay says, it is asked again") == 2


async def test_a_database_that_cannot_be_read_ends_no_loop(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async with world.store() as store:
        away = FailingStore(store, "line", "unshown")
        async with living(world, store=cast("Store", away)) as rig:
            seen = asyncio.Event()
            handler = logging.Handler()
            handler.emit = lambda record: seen.set() if "cannot read" in record.getMessage() else None  # type: ignore[method-assign]  # a handler in one line
            logging.getLogger("bot.service").addHandler(handler)
            loops = [asyncio.create_task(rig.poller.run()), asyncio.create_task(rig.publisher.run())]
            await seen.wait()
            assert not any(loop.done() for loop in loops)
            await asyncio.gather(rig.poller.stop(), rig.publisher.stop(1))
            await asyncio.gather(*loops)
            logging.getLogger("bot.service").removeHandler(handler)
    assert "cannot read the database: the disk is full" in caplog.text


async def test_a_bug_with_one_generation_leaves_the_others_alone(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    first = await rig.ask()
    second = await rig.ask()
    await rig.settle()
    report = rig.world.relay.report

    async def broken(relay_id: str) -> Report:
        if relay_id == "task-1" and "following failed" not in caplog.text:
            raise ZeroDivisionError
        return await report(relay_id)

    rig.world.relay.report = broken  # type: ignore[method-assign]  # a bug, for once
    await rig.pass_time(30, steps=6)
    assert (await rig.now(second)).state is S.COMPLETED
    await rig.pass_time(60, steps=12)
    assert (await rig.now(first)).state is S.COMPLETED


async def test_a_bug_while_sending_leaves_the_row_to_the_next_start(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: GenerationRequest) -> Submission:
        raise ZeroDivisionError

    rig.world.relay.submit = broken  # type: ignore[method-assign]  # a bug, for once
    generation = await rig.ask()
    await rig.settle()
    assert "sending failed" in caplog.text
    assert (await rig.now(generation)).state is S.SUBMITTING


async def test_a_row_that_moved_elsewhere_is_left_as_it_is(rig: Rig) -> None:
    """A moderator, another process or a restored copy may have ended it meanwhile."""
    generation = await rig.ask()
    await rig.settle()
    queued = await rig.now(generation)
    assert await rig.store.save(queued, queued.expired(rig.world.clock.now()))
    rig.world.relay.reports = [Running(S.DREAMING)]
    await rig.pass_time(5)
    assert (await rig.now(generation)).state is S.EXPIRED


async def test_an_expired_one_is_looked_at_for_three_days_and_then_no_more(rig: Rig) -> None:
    rig.world.relay.reports = [Running(S.DREAMING)] * 100_000
    await rig.ask()
    await rig.pass_time(80 * HOUR, steps=160)
    assert rig.poller.following == 0


class BoardWith:
    """The fake Discord, with one call of its own."""

    def __init__(self, world: World, edit: Callable[[Shown], Showing]) -> None:
        self._edit = edit
        self.upload_limit = world.discord.upload_limit
        self.repost = world.discord.repost
        self.find_answer = world.discord.find_answer

    async def edit(self, shown: Shown, video: object) -> Showing:  # the port's signature
        return self._edit(shown)


async def test_a_bug_in_one_card_is_tried_again_later(world: World) -> None:
    tries: list[str] = []

    def edit(shown: Shown) -> Showing:
        tries.append(shown.generation.id)
        if len(tries) == 1:
            raise ZeroDivisionError
        return Posted(shown.card.message_id or 0)

    async with world.store() as store, living(world, store=store, board=cast("Board", BoardWith(world, edit))) as rig:
        await rig.ask()
        await rig.settle()
        assert len(tries) == 1
        await rig.pass_time(3)
        assert len(tries) == 2


async def test_a_card_that_discord_takes_in_no_form_is_tried_less_and_less_often(world: World) -> None:
    tries: list[float] = []

    def edit(_: Shown) -> Showing:
        tries.append(world.clock.monotonic())
        return NoEdit.TOO_LARGE

    relay = GatedRelay()
    relay.gate.set()
    async with (
        world.store() as store,
        living(world, store=store, relay=cast("Relay", relay), board=cast("Board", BoardWith(world, edit))) as rig,
    ):
        await rig.ask()
        await rig.pass_time(600, steps=300)
    moments = sorted(set(tries))
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps == sorted(gaps)
    assert len(moments) < 10


async def test_the_publisher_shows_as_soon_as_it_is_woken_and_ends_when_stopped(world: World) -> None:
    shown_once = asyncio.Event()

    def edit(shown: Shown) -> Showing:
        shown_once.set()
        return Posted(shown.card.message_id or 0)

    async with world.store() as store, living(world, store=store, board=cast("Board", BoardWith(world, edit))) as rig:
        running = asyncio.create_task(rig.publisher.run())
        await rig.ask()
        await rig.poller.tick()
        await shown_once.wait()
        await rig.publisher.stop(1)
        await running


async def test_an_edit_that_hangs_is_cut_off_at_the_end_and_shown_at_the_next_start(world: World) -> None:
    asked = asyncio.Event()

    class Hanging(BoardWith):
        async def edit(self, shown: Shown, video: object) -> Showing:  # the port's signature
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

    board = Hanging(world, lambda _: Gone(GoneReason.MESSAGE))
    async with world.store() as store:
        async with living(world, store=store, board=cast("Board", board)) as rig:
            await rig.ask()
            await rig.poller.tick()
            running = asyncio.create_task(rig.publisher.run())
            await asked.wait()
            await rig.publisher.stop(0)
            await running
        async with living(world, store=store) as rig:
            await rig.settle()
            assert world.discord.messages[1].shows is S.QUEUED


async def test_a_link_that_stays_dead_is_asked_for_afresh_at_each_try(rig: Rig) -> None:
    rig.world.disk.problems = [FetchProblem.LINK_DEAD] * 3
    rig.world.relay.reports = [
        Succeeded("https://cdn.example/a"),
        Unavailable("502"),
        Succeeded("https://cdn.example/b"),
    ]
    await rig.ask()
    await rig.pass_time(60, steps=30)
    assert rig.world.disk.fetched[-1] == "https://cdn.example/b"
    assert rig.world.discord.messages[1].videos == 1
