"""The pace under Discord's 50 requests a second."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.ui.pace import Pace
from tests.clock import ManualClock


class Timeline:
    """A clock that a sleep moves on, as time does when nothing else happens."""

    def __init__(self) -> None:
        self.clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.oversleep = 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)  # lets the other waiters run, as a real sleep does
        self.clock.advance(seconds + self.oversleep)

    def pace(self) -> Pace:
        return Pace(monotonic=self.clock.monotonic, sleep=self.sleep)

    async def granted(self, pace: Pace, count: int) -> list[float]:
        """When each of `count` turns asked for at once was granted, in the order of asking."""

        async def one() -> float:
            await pace.turn()
            return self.clock.monotonic()

        return list(await asyncio.gather(*(one() for _ in range(count))))


@pytest.fixture
def timeline() -> Timeline:
    return Timeline()


def most_in_a_second(times: list[float]) -> int:
    return max(sum(1 for t in times if start <= t < start + 1) for start in times)


async def test_a_burst_never_sends_fifty_in_any_one_second(timeline: Timeline) -> None:
    times = await timeline.granted(timeline.pace(), 500)

    assert most_in_a_second(times) < 50


async def test_a_burst_goes_out_at_forty_six_a_second(timeline: Timeline) -> None:
    times = await timeline.granted(timeline.pace(), 461)

    assert times[-1] == pytest.approx(10, abs=0.2)


async def test_a_burst_after_a_quiet_time_is_paced_too(timeline: Timeline) -> None:
    """Idle minutes do not save up for one flood."""
    pace = timeline.pace()
    timeline.clock.advance(600)

    assert most_in_a_second(await timeline.granted(pace, 200)) < 50


async def test_waking_late_does_not_slow_the_pace(timeline: Timeline) -> None:
    timeline.oversleep = 0.01
    times = await timeline.granted(timeline.pace(), 461)

    assert times[-1] == pytest.approx(10, abs=0.2)
    assert most_in_a_second(times) < 50


async def test_turns_are_granted_in_the_order_of_asking(timeline: Timeline) -> None:
    times = await timeline.granted(timeline.pace(), 100)

    assert times == sorted(times)


async def test_a_single_request_does_not_wait(timeline: Timeline) -> None:
    assert await timeline.granted(timeline.pace(), 1) == [0.0]


async def test_those_who_give_up_leave_no_gap(timeline: Timeline) -> None:
    pace = timeline.pace()
    await timeline.granted(pace, 6)
    before = timeline.clock.monotonic()
    quitters = [asyncio.create_task(pace.turn()) for _ in range(200)]
    await asyncio.sleep(0)
    for task in quitters:
        task.cancel()
    await asyncio.gather(*quitters, return_exceptions=True)

    (last,) = await timeline.granted(pace, 1)

    assert last - before < 0.1
