"""The relay is away for an hour, on a clock that is moved by hand: members are told, and nothing is lost."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from bot.domain.generation import GenerationRequest, GenerationState
from bot.domain.reports import NotSent, Submission, Unavailable
from bot.domain.reports import Report as Heard
from bot.domain.schedule import PollSchedule
from bot.domain.turns import AtOnce
from bot.service.upkeep import MOST_TOLD
from tests.clock import ManualClock
from tests.fakes import FakeRelay
from tests.prove.under_fire import Report
from tests.rig import Rig, World, living
from tests.storing import rows

AWAY_S = 3_600
FIRST_S = 60
"""Seconds after the return that are looked at second by second."""
CONCURRENCY = 16
"""As operators have it, and so is the schedule."""
SCHEDULE = PollSchedule(first_poll_s=15, min_interval_s=3, max_interval_s=20)
SHARE_WAITING = 20
"""One of so many is asked for while the relay is away."""
TOLD_WITHIN_S = 300
"""Seconds: a minute of silence, and as many rounds of chores as all cards need."""
_CHORES_S = 30
_MOST_WAITING = 50
_END_S = 1_800


@dataclass
class AwayRelay(FakeRelay):
    """A relay that cannot be reached while it is `away`; each request is noted with its second."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC)))
    away: bool = False
    moments: list[float] = field(default_factory=list)

    async def submit(self, request: GenerationRequest) -> Submission:
        self.moments.append(self.clock.monotonic())
        return NotSent("connection refused") if self.away else await super().submit(request)

    async def report(self, relay_id: str) -> Heard:
        self.moments.append(self.clock.monotonic())
        return Unavailable("connection refused") if self.away else await super().report(relay_id)


async def hour_away(folder: Path, seed: int, count: int) -> Report:
    """So many are with the relay when it goes away, and a twentieth more are asked for until it is back."""
    report = Report(f"the relay away for an hour, {count:,} videos with it", seed)
    dice = random.Random(seed)  # noqa: S311  # jitter that can be repeated
    relay = AwayRelay()
    world = World(folder, relay.clock, relay)
    async with (
        world.store() as store,
        living(
            world,
            store=store,
            concurrency=CONCURRENCY,
            at_once=AtOnce(count * 2, count * 2),
            schedule=SCHEDULE,
            luck=dice.random,
        ) as rig,
    ):
        await _ask(rig, count)
        before = _states(folder)
        relay.away = True
        waiting = await _hour(rig, report, count)
        report.hold(_states(folder) == before + Counter({GenerationState.WAITING.value: waiting}), "a state changed")
        relay.away = False
        await _return(rig, report, count, waiting)
        await _pass(rig, _END_S)
        ends = _states(folder)
    report.hold(ends == Counter({GenerationState.COMPLETED.value: count + waiting}), f"in the end: {dict(ends)}")
    report.hold(len(relay.bills) == count + waiting, f"{len(relay.bills)} bills for {count + waiting}")
    shown = [message for message in world.discord.messages.values() if message.shows is GenerationState.COMPLETED]
    report.hold(len(shown) == count + waiting, f"{len(shown)} messages show a video")
    report.hold(not any(message.says_away for message in shown), "a finished video's message says that it is away")
    report.lines.append(f"in the end: {count + waiting:,} COMPLETED, {len(relay.bills):,} charges, none lost")
    return report


async def _hour(rig: Rig, report: Report, count: int) -> int:
    """It is away, and members are told: of what runs within minutes, of what they ask for meanwhile at once."""
    relay, messages = cast("AwayRelay", rig.world.relay), rig.world.discord.messages
    tries, edits = len(relay.moments), _edits(rig)
    busiest = await _pass(rig, TOLD_WITHIN_S)
    told = _telling(rig)
    report.hold(told == count, f"{told} of {count} cards say after {TOLD_WITHIN_S} s that it is away")
    await _pass(rig, AWAY_S // 2 - TOLD_WITHIN_S)
    waiting = min(count // SHARE_WAITING, _MOST_WAITING)
    for _ in range(waiting):
        await rig.ask()
    report.hold(_telling(rig) == count + waiting, "one that was asked for meanwhile was not told at once")
    await _pass(rig, AWAY_S // 2)
    tries, edits = len(relay.moments) - tries, _edits(rig) - edits
    report.hold(edits <= count, f"{edits} edits for {count} cards")
    report.hold(busiest <= MOST_TOLD, f"{busiest} edits in one round")
    report.hold(_telling(rig) == count + waiting, "a card stopped saying that it is away before it was back")
    shows = ", ".join(
        f"{n:,} {state.upper()}" for state, n in Counter(each.shows for each in messages.values()).items()
    )
    report.lines += [
        f"while it was away: {tries:,} requests, {tries / AWAY_S:.1f} a second; cards show {shows}",
        (
            f"told: {count:,} cards within {TOLD_WITHIN_S} s, at most {busiest} in one round of {_CHORES_S} s; "
            f"{waiting} that were asked for meanwhile, in the answer itself; {edits:,} edits in the hour"
        ),
    ]
    return waiting


async def _return(rig: Rig, report: Report, count: int, waiting: int) -> None:
    """It is back: nobody storms it, and what is young enough for an edit does not say any more that it is away."""
    relay, messages = cast("AwayRelay", rig.world.relay), rig.world.discord.messages
    back_at = relay.clock.monotonic()
    young = list(messages)[-waiting:]
    await _pass(rig, FIRST_S)
    first = Counter(int(moment - back_at) for moment in relay.moments if moment >= back_at)
    still = sum(messages[each].says_away for each in young)
    report.hold(still == 0, f"{still} young cards say {FIRST_S} s after its return that it is away")
    most, fixed = max(first.values(), default=0), count / SCHEDULE.min_interval_s
    report.hold(most <= fixed / 2, f"{most} requests in one second after the return")
    report.lines += [
        (
            f"after its return: {first[0]} in the first second, {most} in the busiest of the first {FIRST_S}; "
            f"{still} of the {waiting} cards under an hour old say then that it is away"
        ),
        f"a fixed interval of {SCHEDULE.min_interval_s:.0f} s would ask {fixed:,.0f} times in each second",
    ]


async def _ask(rig: Rig, count: int) -> None:
    for number in range(count):
        await rig.ask()
        if number % _MOST_WAITING == _MOST_WAITING - 1:
            await rig.poller.tick()
    await rig.settle()


async def _pass(rig: Rig, seconds: int) -> int:
    """A second at a time for the poller; cards and chores come every half minute. The most edits of one round."""
    busiest = 0
    for second in range(seconds):
        rig.world.clock.advance(1)
        await rig.poller.tick()
        if second % _CHORES_S == 0:
            edits = _edits(rig)
            await rig.settle()
            busiest = max(busiest, _edits(rig) - edits)
    return busiest


def _edits(rig: Rig) -> int:
    return sum(message.edits for message in rig.world.discord.messages.values())


def _telling(rig: Rig) -> int:
    return sum(message.says_away for message in rig.world.discord.messages.values())


def _states(folder: Path) -> Counter[str]:
    return Counter(dict(rows(folder / "dreamreel.db", "SELECT state, COUNT(*) FROM generations GROUP BY state")))
