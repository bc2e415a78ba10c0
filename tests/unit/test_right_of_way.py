"""Who waits for an answer."""

from datetime import UTC, datetime

from bot.service.right_of_way import LONGEST_S, RightOfWay
from tests.clock import ManualClock


def test_it_is_taken_until_everybody_is_answered() -> None:
    right_of_way = RightOfWay(ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))
    assert not right_of_way.taken
    answered = [False, False]
    right_of_way.take(lambda: answered[0])
    right_of_way.take(lambda: answered[1])
    answered[0] = True
    assert right_of_way.taken
    answered[1] = True
    assert not right_of_way.taken


def test_nobody_gives_way_for_ever_to_an_answer_that_never_comes() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    right_of_way = RightOfWay(clock)
    right_of_way.take(lambda: False)
    clock.advance(LONGEST_S / 2)
    right_of_way.take(lambda: False)
    clock.advance(LONGEST_S * 3 / 4)
    assert right_of_way.taken
    clock.advance(LONGEST_S)
    assert not right_of_way.taken
