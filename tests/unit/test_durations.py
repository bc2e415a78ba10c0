"""How long a block lasts, as moderators type it."""

from datetime import timedelta

import pytest

from bot.domain.errors import BadSetting
from bot.service.durations import duration_of

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("30m", HOUR / 2),
        ("90 min", 1.5 * HOUR),
        ("12h", 12 * HOUR),
        ("12 Hours", 12 * HOUR),
        ("7d", 168 * HOUR),
        ("1d 12h", 36 * HOUR),
        ("1d12h30m", 36.5 * HOUR),
        ("1 day and 2 hours", 26 * HOUR),
        ("1 week, 1 day", 192 * HOUR),
        ("2 months", 60 * 24 * HOUR),
        ("  1\u00a0y ", 365 * 24 * HOUR),
        ("5y", 5 * 365 * 24 * HOUR),
    ],
)
def test_a_duration_is_read_as_people_write_it(typed: str, meant: timedelta) -> None:
    assert duration_of(typed) == meant


@pytest.mark.parametrize("typed", [None, "", "  ", "forever", "Permanent", "until lifted"])
def test_none_and_words_for_ever_are_no_duration(typed: str | None) -> None:
    assert duration_of(typed) is None


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("soon", "unknown"),
        ("5", "unknown"),
        ("m5", "unknown"),
        ("-3h", "unknown"),
        ("1.5h", "unknown"),
        ("3 fortnights", "unknown"),
        ("1d and a bit", "unknown"),
        ("30s", "unknown"),
        ("9999999d", "unknown"),
        ("0m", "too_short"),
        ("0d 0h", "too_short"),
        ("6y", "too_long"),
        ("999999y 999999y", "too_long"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_reason(typed: str, why: str) -> None:
    with pytest.raises(BadSetting) as caught:
        duration_of(typed)
    assert (caught.value.name, caught.value.why) == ("duration", why)
