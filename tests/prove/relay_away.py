"""The relay is away for an hour, on a clock that is moved by hand: nothing is lost, and nobody storms it afterwards."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.generation import GenerationRequest, GenerationState
from bot.domain.reports import NotSent, Submission, Unavailable
from bot.domain.reports import Report as Heard
from bot.domain.schedule import PollSchedule
from bot.domain.turns import AtOnce
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
        relay.away = True
        before, tries = _states(folder), len(relay.moments)
        await _pass(rig, AWAY_S // 2)
        waiting = min(count // SHARE_WAITING, _MOST_WAITING)
        for _ in range(waiting):
            await rig.ask()
        await _pass(rig, AWAY_S // 2)
        tries = len(relay.moments) - tries
        shown = Counter(message.shows for message in world.discord.messages.values())
        report.hold(_states(folder) == before + Counter({GenerationState.WAITING.value: waiting}), "a state changed")
        relay.away = False
        back_at = relay.clock.monotonic()
        await _pass(rig, FIRST_S)
        first = Counter(int(moment - back_at) for moment in relay.moments if moment >= back_at)
        await _pass(rig, _END_S)
        ends = _states(folder)
    report.hold(ends == Counter({GenerationState.COMPLETED.value: count + waiting}), f"in the end: {dict(ends)}")
    report.hold(len(relay.bills) == count + waiting, f"{len(relay.bills)} bills for {count + waiting}")
    most = max(first.values(), default=0)
    fixed = count / SCHEDULE.min_interval_s
    report.hold(most <= fixed / 2, f"{most} requests in one second after the return")
    report.lines += [
        f"while it was away: {tries:,} requests, {tries / AWAY_S:.1f} a second; cards show {_told(shown)}",
        f"after its return: {first[0]} in the first second, {most} in the busiest of the first {FIRST_S}",
        f"a fixed interval of {SCHEDULE.min_interval_s:.0f} s would ask {fixed:,.0f} times in each second",
        f"in the end: {count + waiting:,} COMPLETED, {len(relay.bills):,} charges, none lost",
    ]
    return report


async def _ask(rig: Rig, count: int) -> None:
    for number in range(count):
        await rig.ask()
        if number % _MOST_WAITING == _MOST_WAITING - 1:
            await rig.poller.tick()
    await rig.settle()


async def _pass(rig: Rig, seconds: int) -> None:
    """A second at a time for the poller; cards and chores come every half minute."""
    for second in range(seconds):
        rig.world.clock.advance(1)
        await rig.poller.tick()
        if second % _CHORES_S == 0:
            await rig.settle()


def _states(folder: Path) -> Counter[str]:
    return Counter(dict(rows(folder / "dreamreel.db", "SELECT state, COUNT(*) FROM generations GROUP BY state")))


def _told(shown: Counter[GenerationState]) -> str:
    return ", ".join(f"{count:,} {state.upper()}" for state, count in shown.items())
