"""How a crash loop is slowed down before it uses up the 1,000 identifies that Discord allows a day."""

from datetime import UTC, datetime, timedelta

from bot.ui.connect import hold_back, start_delay
from tests.clock import ManualClock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def starts(*seconds_ago: float) -> list[datetime]:
    return [NOW - timedelta(seconds=seconds) for seconds in seconds_ago]


class Notes:
    """Small facts that outlive a process."""

    def __init__(self) -> None:
        self.facts: dict[str, str] = {}

    async def note(self, key: str, value: str) -> None:
        self.facts[key] = value

    async def noted(self, key: str) -> str | None:
        return self.facts.get(key)


class Lives:
    """One life of the bot after the other, over the same notes."""

    def __init__(self) -> None:
        self.notes = Notes()
        self.clock = ManualClock(NOW)
        self.waits: list[float] = []

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.advance(seconds)

    async def start(self) -> None:
        await hold_back(self.notes, self.clock, sleep=self._sleep)


def test_the_first_start_waits_for_nothing() -> None:
    assert start_delay([], NOW) == 0


def test_an_operator_may_restart_a_few_times() -> None:
    assert start_delay(starts(60, 30), NOW) == 0


def test_three_starts_in_a_row_make_the_next_one_wait() -> None:
    assert start_delay(starts(60, 40, 20), NOW) == 8


def test_each_further_start_waits_twice_as_long() -> None:
    assert start_delay(starts(80, 60, 40, 20), NOW) == 16


def test_no_wait_is_longer_than_five_minutes() -> None:
    assert start_delay(starts(*range(16)), NOW) == 300


def test_the_order_in_which_starts_are_told_does_not_matter() -> None:
    assert start_delay(starts(20, 60, 40), NOW) == 8


def test_old_starts_are_forgiven() -> None:
    assert start_delay(starts(3600, 3590, 3580, 3570), NOW) == 0


def test_a_quiet_time_ends_the_streak() -> None:
    assert start_delay(starts(2000, 1990, 1980, 1970, 60, 30), NOW) == 0


def test_waiting_does_not_end_the_streak_that_made_it_wait() -> None:
    """Else a loop would rest once, forget, and start over with a burst."""
    assert start_delay(starts(930, 620, 310), NOW) == 8


async def test_a_bot_that_always_crashes_stays_far_under_the_days_identifies() -> None:
    lives = Lives()
    count = 0
    while lives.clock.now() < NOW + timedelta(days=1):
        await lives.start()
        lives.clock.advance(2)
        count += 1

    assert count < 300


async def test_a_bot_restarted_now_and_then_never_waits() -> None:
    lives = Lives()
    for _ in range(50):
        await lives.start()
        lives.clock.advance(3600)

    assert lives.waits == []
