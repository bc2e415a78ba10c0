"""So many a second, a few at a time."""

from datetime import UTC, datetime

import pytest

from bot.service.throttle import Throttle
from tests.clock import ManualClock

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_few_go_at_once_and_the_others_one_after_the_other() -> None:
    clock = ManualClock(NOW)
    throttle = Throttle(clock, per_second=100, at_once=5)
    assert throttle.take(20) == 5
    assert throttle.take(20) == 0
    assert throttle.next_in == pytest.approx(0.01)
    clock.advance(0.031)
    assert throttle.take(20) == 3


def test_over_a_long_time_as_many_go_as_a_second_allows() -> None:
    clock = ManualClock(NOW)
    throttle = Throttle(clock, per_second=100, at_once=5)
    gone = 0
    for _ in range(1000):
        gone += throttle.take(20)
        clock.advance(0.007)
    assert gone == pytest.approx(700, abs=6)


def test_a_pause_saves_nothing_up() -> None:
    clock = ManualClock(NOW)
    throttle = Throttle(clock, per_second=100, at_once=5)
    clock.advance(3600)
    assert throttle.take(2) == 2
    assert throttle.next_in == 0
    assert throttle.take(20) == 3
