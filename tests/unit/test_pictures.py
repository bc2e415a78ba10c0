"""The address of a picture tells by itself how long it is good, where it is Discord's."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pictures import is_dead, signed_until

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PLACE = "https://cdn.discordapp.com/ephemeral-attachments/1/2/a.png"


def signed(until: datetime) -> str:
    return f"{PLACE}?ex={int(until.timestamp()):x}&is=1&hm=2"


def test_a_signed_address_is_good_until_its_end() -> None:
    assert signed_until(signed(NOON)) == NOON
    assert not is_dead(signed(NOON), NOON - timedelta(hours=1))
    assert is_dead(signed(NOON), NOON - timedelta(minutes=5))
    assert is_dead(signed(NOON), NOON - timedelta(hours=1), room=timedelta(hours=2))


@pytest.mark.parametrize("end", ["", "?ex=", "?ex=soon", "?ex=-1", "?ex=" + "f" * 40, "?hm=1"])
def test_an_address_of_discords_without_a_sound_signature_is_dead(end: str) -> None:
    assert is_dead(PLACE + end, NOON)


@pytest.mark.parametrize("url", [None, "https://pictures.example/a.png", "https://pictures.example/a.png?ex=1", "x"])
def test_of_any_other_address_nothing_is_known(url: str | None) -> None:
    assert not is_dead(url, NOON)


@given(st.text(max_size=200))
def test_no_address_breaks_it(url: str) -> None:
    is_dead(url, NOON)
    is_dead(f"https://cdn.discordapp.com/{url}", NOON)
