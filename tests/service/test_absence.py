"""While the relay cannot be reached members are told on their cards, a few at a time, and told when it is over."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from bot.domain.card import Card, CardState, Shown
from bot.domain.generation import Generation, GenerationRequest, GenerationState
from bot.domain.reports import NotSent, Report, Running, Submission, Unanswered, Unavailable
from bot.domain.schedule import PollSchedule
from bot.domain.turns import AtOnce
from bot.ports import Board, Showing, TryLater
from bot.service.absence import AWAY_AFTER_S, KNOWN_FOR_S, Absence
from bot.service.publisher import MOST_REDRAWN
from bot.service.upkeep import AWAY, MOST_TOLD
from tests.clock import ManualClock
from tests.fakes import FakeRelay
from tests.rig import Rig, World, living, text_request
from tests.service.conftest import NOW

S = GenerationState
REFUSED = NotSent("connection refused")
SILENT = Unavailable("connection refused")


@dataclass
class Fickle(FakeRelay):
    """A relay that has everything dreaming, until it goes `away`; one task can be silent by itself."""

    away: bool = False
    sends: Submission = REFUSED
    says: Report = SILENT
    silent: str = ""

    async def submit(self, request: GenerationRequest) -> Submission:
        return self.sends if self.away else await super().submit(request)

    async def report(self, relay_id: str) -> Report:
        return self.says if self.away or relay_id == self.silent else Running(S.DREAMING)


@pytest.fixture
async def rig(world: World) -> AsyncIterator[Rig]:
    world.relay = Fickle()
    async with world.store() as store, living(world, store=store) as rig:
        yield rig


def relay(rig: Rig) -> Fickle:
    return cast("Fickle", rig.world.relay)


def told(rig: Rig) -> list[bool]:
    """Of each message, the oldest first, whether it says that the relay is away."""
    return [message.says_away for message in rig.world.discord.messages.values()]


async def away(rig: Rig) -> None:
    """One is with the relay and one waits when it has been away for two minutes."""
    await rig.ask()
    await rig.pass_time(10, steps=2)
    relay(rig).away = True
    await rig.ask()
    await rig.pass_time(120, steps=24)


async def test_after_a_minute_the_cards_of_what_waits_and_of_what_runs_say_so(rig: Rig) -> None:
    await rig.ask()
    await rig.pass_time(10, steps=2)
    relay(rig).away = True
    await rig.ask()
    await rig.pass_time(AWAY_AFTER_S - 5, steps=11)
    assert told(rig) == [False, False]
    await rig.pass_time(30, steps=6)
    assert told(rig) == [True, True]


async def test_they_are_drawn_once_for_it_however_long_it_lasts(rig: Rig) -> None:
    await away(rig)
    edits = [message.edits for message in rig.world.discord.messages.values()]
    await rig.pass_time(1_200, steps=60)
    assert [message.edits for message in rig.world.discord.messages.values()] == edits


async def test_a_card_that_is_admitted_meanwhile_says_so_at_once(rig: Rig) -> None:
    await away(rig)
    await rig.ask()
    assert told(rig)[-1]


async def test_when_it_is_back_the_cards_that_still_run_or_wait_do_not_say_so_any_more(world: World) -> None:
    """The second waits on: its member may have one at once."""
    world.relay = Fickle()
    async with world.store() as store, living(world, store=store, at_once=AtOnce(1, 100)) as rig:
        await away(rig)
        assert told(rig) == [True, True]
        relay(rig).away = False
        await rig.pass_time(400, steps=80)
        assert [message.shows for message in world.discord.messages.values()] == [S.DREAMING, S.WAITING]
        assert told(rig) == [False, False]
        assert not await rig.store.noted(AWAY)


async def test_what_an_answer_said_is_taken_back_though_no_round_saw_it(world: World) -> None:
    world.relay = Fickle()
    async with world.store() as store, living(world, store=store, at_once=AtOnce(1, 100)) as rig:
        await away(rig)
        await rig.ask()
        relay(rig).away = False
        rig.world.clock.advance(200)
        await rig.poller.tick()  # before the next round of chores
        assert told(rig)[-1]
        await rig.pass_time(60, steps=12)
        assert rig.world.discord.messages[3].shows is S.WAITING
        assert told(rig) == [False] * 3


async def test_a_card_is_left_alone_while_its_request_is_on_its_way(rig: Rig) -> None:
    """It could not be cancelled, and would lose its button until it is drawn again."""
    waiting = await rig.ask()
    assert await rig.store.save(waiting, waiting.submitting(rig.world.clock.now()))
    rig.publisher.redraw({waiting.id: 1})
    await rig.publisher.tick()
    assert rig.world.discord.messages[1].edits == 0


async def test_one_that_is_cancelled_meanwhile_does_not_say_so(rig: Rig) -> None:
    await away(rig)
    waiting = await rig.ask()
    await rig.intake.cancel(waiting.guild_id, waiting.id)
    await rig.publisher.tick()
    assert rig.world.discord.messages[3].shows is S.CANCELLED
    assert not told(rig)[-1]


async def test_a_relay_that_limits_the_rate_of_paid_requests_is_not_away(rig: Rig) -> None:
    relay(rig).away, relay(rig).sends = True, NotSent("429", busy=True)
    await rig.ask()
    await rig.pass_time(180, steps=36)
    assert told(rig) == [False]


async def test_a_relay_that_limits_the_rate_of_questions_is_not_away(rig: Rig) -> None:
    relay(rig).says = Unavailable("429", busy=True)
    await rig.ask()
    await rig.settle()
    relay(rig).away = True
    await rig.pass_time(180, steps=36)
    assert told(rig) == [False]


@pytest.mark.parametrize("others", [0, 2])
async def test_the_silence_of_one_task_among_several_is_its_own(rig: Rig, others: int) -> None:
    for _ in range(1 + others):
        await rig.ask()
    await rig.settle()
    relay(rig).silent = "task-1"
    await rig.pass_time(180, steps=36)
    assert told(rig) == ([False] * (1 + others) if others else [True])


async def test_one_that_is_silent_while_the_others_need_not_be_asked_yet_is_its_own(world: World) -> None:
    world.relay = Fickle(silent="task-1")
    schedule = PollSchedule(first_poll_s=200, min_interval_s=4.5, max_interval_s=5)
    async with world.store() as store, living(world, store=store, schedule=schedule) as rig:
        await rig.ask()
        await rig.settle()
        await rig.pass_time(190)
        await rig.ask()
        await rig.pass_time(150, steps=30)
        assert told(rig) == [False, False]


async def test_a_paid_request_that_nobody_answers_is_silence_too(rig: Rig) -> None:
    relay(rig).sends = Unanswered("timeout")
    relay(rig).away = True
    for _ in range(3):
        await rig.ask()
        await rig.pass_time(40, steps=8)
    assert (await rig.now(await rig.ask())).state is S.WAITING
    assert told(rig)[-1]


async def test_a_card_over_an_hour_old_is_left_alone(rig: Rig) -> None:
    await rig.ask()
    await rig.pass_time(10, steps=2)
    rig.world.clock.advance(3_600)
    await rig.pass_time(10, steps=2)
    edits = rig.world.discord.messages[1].edits
    relay(rig).away = True
    await rig.pass_time(600, steps=60)
    assert rig.world.discord.messages[1].edits == edits


async def test_where_discord_does_not_take_it_the_next_round_tries_again(rig: Rig) -> None:
    await away(rig)
    relay(rig).away = False
    rig.world.discord.outcomes = [TryLater("503")] * 3
    await rig.pass_time(400, steps=80)
    assert told(rig) == [False, False]


async def test_a_line_that_an_earlier_life_left_behind_goes(world: World) -> None:
    """The first life is ended while it is away; in the second nothing is missed for a minute."""
    world.relay = Fickle()
    async with world.store() as store, living(world, store=store) as rig:
        await away(rig)
    assert told(rig) == [True, True]
    async with world.store() as store, living(world, store=store) as rig:
        await rig.upkeep.round()
        await rig.publisher.tick()
        assert told(rig) == [True, True]
        relay(rig).away = False
        await rig.pass_time(60, steps=12)
        assert told(rig) == [False, False]
        assert not await store.noted(AWAY)


class Slow:
    """A board whose edits wait, each noted with the state it shows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.upload_limit = world.discord.upload_limit
        self.gate = asyncio.Event()
        self.changing = asyncio.Event()
        self.begun: list[GenerationState] = []

    async def edit(self, shown: Shown, video: Path | None) -> Showing:
        self.begun.append(shown.generation.state)
        if shown.generation.state is S.CANCELLED:
            self.changing.set()
        await self.gate.wait()
        return await self._world.discord.edit(shown, video)


async def test_cards_are_drawn_again_a_few_at_a_time_and_a_change_of_state_passes_them(world: World) -> None:
    board = Slow(world)
    async with world.store() as store, living(world, store=store, board=cast("Board", board)) as rig:
        asked = [await rig.ask() for _ in range(4 * MOST_REDRAWN)]
        rig.publisher.redraw({each.id: None for each in asked[1:]})
        await rig.intake.cancel(asked[0].guild_id, asked[0].id)
        showing = asyncio.create_task(rig.publisher.tick())
        async with asyncio.timeout(5):
            await board.changing.wait()
        assert board.begun.count(S.WAITING) <= MOST_REDRAWN
        board.gate.set()
        await showing
    assert [message.edits for message in world.discord.messages.values()] == [1] * len(asked)


# What is known, and what cards say


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


def card_of(name: str) -> Shown:
    made = Generation(name, f"interaction:{name}", 1, 2, 3, text_request(), 1, NOW, NOW)
    return Shown(made, Card(CardState.LIVE))


def gone(clock: ManualClock) -> Absence:
    absence = Absence(clock)
    absence.unheard()
    clock.advance(AWAY_AFTER_S)
    absence.unheard()
    return absence


def test_silence_is_absence_after_a_minute_and_one_answer_ends_it(clock: ManualClock) -> None:
    absence = Absence(clock)
    absence.unheard()
    clock.advance(AWAY_AFTER_S - 1)
    absence.unheard()
    assert not absence.away
    clock.advance(1)
    assert absence.away
    absence.heard()
    assert not absence.away


def test_one_request_that_went_unanswered_proves_nothing(clock: ManualClock) -> None:
    absence = Absence(clock)
    absence.unheard()
    absence.unheard()
    clock.advance(AWAY_AFTER_S)
    assert not absence.away


def test_two_tasks_that_are_silent_are_the_relays_silence(clock: ManualClock) -> None:
    absence = Absence(clock)
    absence.unheard("a")
    clock.advance(AWAY_AFTER_S)
    absence.unheard("a")
    assert not absence.away
    absence.unheard("b")
    assert absence.away
    absence.unheard("a")
    assert absence.away


def test_an_old_silence_says_nothing_any_more(clock: ManualClock) -> None:
    absence = gone(clock)
    clock.advance(KNOWN_FOR_S)
    assert not absence.away


def test_so_many_are_drawn_in_one_round_and_the_others_get_their_turn(clock: ManualClock) -> None:
    """Also where Discord takes none of the first."""
    absence = gone(clock)
    names = [f"g{number:03}" for number in range(2 * MOST_TOLD + 50)]
    rounds = [absence.untrue_on(names, MOST_TOLD) for _ in range(3)]
    assert [len(each) for each in rounds] == [MOST_TOLD] * 3
    assert {name for each in rounds for name in each} == set(names)


def test_only_cards_that_say_so_are_drawn_again_when_it_is_back(clock: ManualClock) -> None:
    absence = gone(clock)
    absence.drawn(absence.on(card_of("told")))
    over = card_of("over")
    cancelled = over.generation.cancelled(NOW)
    absence.drawn(absence.on(replace(over, generation=cancelled)))
    absence.heard()
    assert absence.in_question
    assert absence.untrue_on(["told", "untold", "over"], 10) == ["told"]
    absence.drawn(absence.on(card_of("told")))
    assert not absence.in_question


def test_before_anything_was_heard_nothing_is_taken_back(clock: ManualClock) -> None:
    absence = Absence(clock)
    absence.may_say(["told"])
    assert absence.untrue_on(["told"], 10) == []
    absence.heard()
    assert absence.untrue_on(["told"], 10) == ["told"]


def test_what_is_over_is_not_remembered_for_ever(clock: ManualClock) -> None:
    absence = Absence(clock)
    absence.heard()
    absence.may_say(["deleted"])
    assert absence.untrue_on(["open"], 10) == []
    assert not absence.in_question
