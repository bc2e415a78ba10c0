"""A member is told of an end once, whatever dies, is refused or is away in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from bot.domain.card import Shown
from bot.domain.errors import StoreError
from bot.domain.generation import Failure, FailureKind
from bot.domain.notices import Notice
from bot.domain.preferences import MemberPreferences, Notify
from bot.domain.reports import Refused
from bot.ports import Board, Messenger, NoticeStore, Relay, Store, TryLater
from bot.service.notices import MOST_BACKOFF_S, Notices
from bot.service.publisher import Publisher
from tests.clock import ManualClock
from tests.rig import MEMBER, Rig, World, living
from tests.service.test_death import Killed, Life, Mortal, rows

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class FakeMessenger:
    """Discord as far as words to members go. `outcomes`, where filled, are given first, and nothing is sent."""

    sent: list[tuple[str, bool]] = field(default_factory=list)
    looked: list[bool] = field(default_factory=list)
    outcomes: list[Notice | TryLater | Exception] = field(default_factory=list)

    async def tell(self, shown: Shown, *, by_dm: bool, look: bool) -> Notice | TryLater:
        self.looked.append(look)
        if self.outcomes:
            outcome = self.outcomes.pop(0)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome
        said = (shown.generation.id, by_dm)
        if not (look and said in self.sent):
            self.sent.append(said)
        return Notice.TOLD


@dataclass
class Told:
    """One life of the bot, with those it tells."""

    rig: Rig
    notices: Notices
    messenger: FakeMessenger

    async def pass_time(self, seconds: float, steps: int = 1) -> None:
        for _ in range(steps):
            await self.rig.pass_time(seconds / steps)
            await self.notices.tick()

    async def notice(self) -> str | None:
        ((notice,),) = rows(self.rig.world, "SELECT notice FROM generations")
        return cast("str | None", notice)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, ManualClock(NOON))


@pytest.fixture
async def told(world: World) -> AsyncIterator[Told]:
    messenger = FakeMessenger()
    async with world.store() as store, living(world, store=store) as rig:
        yield Told(rig, Notices(world.beside.notices, messenger, world.clock), messenger)


async def prefer(world: World, notify: Notify) -> None:
    await world.beside.preferences.keep(MemberPreferences(MEMBER, notify, changed_at=NOON))


async def test_who_chose_nothing_is_mentioned_once(told: Told) -> None:
    asked = await told.rig.ask()
    await told.pass_time(100, steps=5)
    assert told.messenger.sent == [(asked.id, False)]
    await told.pass_time(100, steps=5)
    assert told.messenger.sent == [(asked.id, False)]
    assert await told.notice() == "told"


async def test_who_wants_it_is_told_by_direct_message(told: Told, world: World) -> None:
    await prefer(world, Notify.DM)
    asked = await told.rig.ask()
    await told.pass_time(100, steps=5)
    assert told.messenger.sent == [(asked.id, True)]


async def test_who_does_not_want_it_is_not_told(told: Told, world: World) -> None:
    await prefer(world, Notify.NEVER)
    await told.rig.ask()
    await told.pass_time(100, steps=5)
    assert told.messenger.sent == []
    assert await told.notice() is None


async def test_what_counts_is_what_was_wanted_when_it_was_asked_for(told: Told, world: World) -> None:
    asked = await told.rig.ask()
    await prefer(world, Notify.NEVER)
    await told.pass_time(100, steps=5)
    assert told.messenger.sent == [(asked.id, False)]


async def test_a_quick_one_is_seen_anyway(told: Told) -> None:
    await told.rig.ask()
    await told.pass_time(29, steps=4)
    await told.pass_time(60)
    assert told.messenger.sent == []
    assert await told.notice() == "not_needed"


async def test_a_failure_is_told_too(told: Told, world: World) -> None:
    world.relay.submissions = [Refused(Failure(FailureKind.MODERATION))]
    asked = await told.rig.ask(asked=told.rig.asked())
    world.clock.advance(31)
    await told.pass_time(5, steps=2)
    assert told.messenger.sent == [(asked.id, False)]


async def test_nobody_is_told_of_what_they_called_back(told: Told) -> None:
    asked = await told.rig.ask()
    told.rig.world.clock.advance(60)
    await told.rig.intake.cancel(asked.guild_id, asked.id)
    await told.pass_time(5)
    assert told.messenger.sent == []
    assert await told.notice() == "not_needed"


async def test_a_card_that_was_deleted_is_not_spoken_of(told: Told) -> None:
    asked = await told.rig.ask()
    await told.rig.intake.taken_down(asked.id)
    await told.pass_time(100, steps=5)
    assert told.messenger.sent == []
    assert await told.notice() == "no_card"


async def test_closed_direct_messages_end_it_with_the_reason_kept(told: Told, world: World) -> None:
    await prefer(world, Notify.DM)
    told.messenger.outcomes = [Notice.CLOSED]
    await told.rig.ask()
    await told.pass_time(600, steps=9)
    assert told.messenger.looked == [False]
    assert await told.notice() == "dm_closed"


async def test_while_discord_is_away_it_is_tried_ever_more_rarely_and_looked_for_each_time(told: Told) -> None:
    told.messenger.outcomes = [TryLater("away")] * 3
    asked = await told.rig.ask()
    told.rig.world.clock.advance(40)
    tried: list[float] = []
    for _ in range(60):
        before = len(told.messenger.looked)
        await told.pass_time(1)
        tried += [told.rig.world.clock.monotonic()] * (len(told.messenger.looked) - before)
    assert told.messenger.looked == [False, True, True, True]
    assert [round(later - earlier) for earlier, later in pairwise(tried)] == [2, 4, 8]
    assert told.messenger.sent == [(asked.id, False)]


async def test_discords_own_word_on_when_to_try_again_is_kept(told: Told) -> None:
    await told.rig.ask()
    told.messenger.outcomes = [TryLater("limited", 200.0)]
    await told.pass_time(100, steps=5)
    await told.pass_time(150, steps=3)
    assert told.messenger.sent == []
    await told.pass_time(60)
    assert len(told.messenger.sent) == 1


async def test_what_could_not_be_told_for_a_day_is_no_news(told: Told, world: World) -> None:
    told.messenger.outcomes = [TryLater("away")] * 1000
    await told.rig.ask()
    await told.pass_time(100, steps=5)
    world.clock.advance(timedelta(days=1).total_seconds() + MOST_BACKOFF_S)
    await told.pass_time(5)
    assert await told.notice() == "too_late"
    assert told.messenger.sent == []


async def test_a_database_restored_from_a_copy_tells_nothing_twice(told: Told, world: World) -> None:
    """The copy was made before the word was sent. So what ended a while ago is looked for before it is said."""
    asked = await told.rig.ask()
    for _ in range(5):
        await told.rig.pass_time(20)
    told.messenger.sent = [(asked.id, False)]
    world.clock.advance(3600)
    await told.notices.tick()
    assert told.messenger.looked == [True]
    assert told.messenger.sent == [(asked.id, False)]


async def test_the_trouble_of_one_keeps_no_other_from_being_told(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    first, second = await told.rig.ask(), await told.rig.ask()
    told.messenger.outcomes = [ValueError("a fault of the bot's own"), StoreError("the disk is full")]
    await told.pass_time(100, steps=5)
    await told.pass_time(100, steps=5)
    assert sorted(told.messenger.sent) == [(first.id, False), (second.id, False)]
    assert "its member could not be told" in caplog.text
    assert "the disk is full" in caplog.text


async def test_it_is_told_as_soon_as_the_card_shows_the_end(world: World) -> None:
    """Woken by the publisher, long before the loop would look by itself."""
    messenger = FakeMessenger()
    async with world.store() as store, living(world, store=store) as rig:
        notices = Notices(world.beside.notices, messenger, world.clock)
        publisher = Publisher(store, world.discord, rig.publisher._delivery, world.clock, on_end_shown=notices.wake)
        running = asyncio.create_task(notices.run())
        asked = await rig.ask()
        world.clock.advance(40)
        async with asyncio.timeout(5):
            while not messenger.sent:
                world.clock.advance(5)
                await rig.poller.tick()
                await publisher.tick()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert messenger.sent == [(asked.id, False)]


@asynccontextmanager
async def _mortal(world: World, messenger: FakeMessenger, life: Life) -> AsyncIterator[Told]:
    async with (
        world.store() as store,
        living(
            world,
            store=cast("Store", Mortal(store, life)),
            relay=cast("Relay", Mortal(world.relay, life)),
            board=cast("Board", Mortal(world.discord, life)),
        ) as rig,
    ):
        notices = Notices(
            cast("NoticeStore", Mortal(world.beside.notices, life)),
            cast("Messenger", Mortal(messenger, life)),
            world.clock,
        )
        yield Told(rig, notices, messenger)


async def one_life(world: World, messenger: FakeMessenger, life: Life, *, ask: bool) -> None:
    try:
        async with _mortal(world, messenger, life) as told:
            if ask:
                await told.rig.ask()
            await told.pass_time(80, steps=4)
            await life.call("the end", asyncio.sleep, 0)
    except Killed:
        assert life.dead


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # tasks of the dead are never awaited
@pytest.mark.parametrize("after", [False, True], ids=["before-its-effect", "after-its-effect"])
async def test_a_death_at_any_step_tells_once_and_loses_no_word(tmp_path: Path, *, after: bool) -> None:
    calls = Life(None, after=False)
    (tmp_path / "whole").mkdir()
    whole = World(tmp_path / "whole", ManualClock(NOON))
    await one_life(whole, FakeMessenger(), calls, ask=True)
    mine = [at for at, name in enumerate(calls.calls) if name in {"owed", "note_notice", "tell", "end_notices"}]
    assert {calls.calls[at] for at in mine} == {"owed", "note_notice", "tell", "end_notices"}
    for at in mine:
        folder = tmp_path / f"world-{at}"
        folder.mkdir()
        world, messenger, life = World(folder, ManualClock(NOON)), FakeMessenger(), Life(at, after=after)
        await one_life(world, messenger, life, ask=True)
        assert life.dead, f"death {at} never came"
        await one_life(world, messenger, Life(None, after=False), ask=False)
        assert len(messenger.sent) == 1, f"died at {calls.calls[at]}"
        assert rows(world, "SELECT notice FROM generations") == [("told",)]
