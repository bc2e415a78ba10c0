"""The house rules over a real database: what is checked before it is kept, and that no change is lost to another."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import BadSetting
from bot.domain.house import MOST_WORDS, GuildSettings
from bot.ports import House
from bot.service.house import MOST_LISTED, HouseRules, Listed, cleared, listed, zone_named, zones_like
from bot.storage.stores import open_database
from tests.clock import ManualClock
from tests.storing import GUILD, NOW, new_database

MONA = 7
ELSEWHERE = GUILD + 1


@pytest.fixture
def database(tmp_path: Path) -> str:
    return new_database(tmp_path)


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with open_database(database, ManualClock(NOW)) as stores:
        yield stores.house


@pytest.fixture
def rules(house: House) -> HouseRules:
    return HouseRules(house, ManualClock(NOW))


async def test_changes_made_at_the_same_time_are_all_kept(rules: HouseRules, house: House) -> None:
    await asyncio.gather(
        *(rules.change(GUILD, lambda now, n=n: listed(now, "channels", n, on=True), by=MONA, why="") for n in range(9))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    )
    assert (await house.settings(GUILD)).channels == frozenset(range(9))
    assert len(await house.audit(GUILD, 99)) == 9


async def test_a_step_that_is_refused_changes_nothing_and_holds_up_nobody(rules: HouseRules, house: House) -> None:
    with pytest.raises(BadSetting):
        await rules.change(GUILD, lambda now: listed(now, "roles", GUILD, on=True), by=MONA, why="")
    changed = await rules.change(GUILD, lambda now: replace(now, spoiler=True), by=MONA, why="")
    assert changed.anything
    assert len(await house.audit(GUILD, 99)) == 1


async def test_a_server_forbids_so_many_words_and_no_more(rules: HouseRules, house: House) -> None:
    for number in range(MOST_WORDS - 1):
        await house.change_word(GUILD, f"word{number}", forbid=True, by=MONA, now=NOW)
    assert await rules.forbid(GUILD, "the last", by=MONA) == ("the last", True)
    with pytest.raises(BadSetting, match="too_many"):
        await rules.forbid(GUILD, "one more", by=MONA)
    assert await rules.forbid(GUILD, "THE LAST", by=MONA) == ("the last", False)
    assert (await rules.forbid(ELSEWHERE, "one more", by=MONA))[1]


async def test_a_word_is_kept_as_it_was_typed_and_known_in_any_spelling(rules: HouseRules) -> None:
    assert await rules.forbid(GUILD, "  Kra\u0301ken   Sea ", by=MONA) == ("Kráken Sea", True)
    assert await rules.allow(GUILD, "KRAKEN sea", by=MONA) == ("Kráken Sea", True)
    assert await rules.words(GUILD) == []


@pytest.mark.parametrize("name", ["channels", "roles", "moderator_roles"])
def test_a_list_takes_ids_once_and_gives_them_back(name: Listed) -> None:
    empty = GuildSettings(GUILD)
    one = listed(empty, name, 5, on=True)
    assert getattr(one, name) == {5}
    assert listed(one, name, 5, on=True) == one
    assert listed(one, name, 5, on=False) == listed(empty, name, 5, on=False) == empty
    assert cleared(one, name) == empty


@pytest.mark.parametrize("name", ["channels", "roles", "moderator_roles"])
def test_a_list_has_an_end(name: Listed) -> None:
    full = GuildSettings(GUILD)
    for number in range(100, 100 + MOST_LISTED):
        full = listed(full, name, number, on=True)
    with pytest.raises(BadSetting, match="too_many"):
        listed(full, name, 1, on=True)
    assert listed(full, name, 100, on=True) == full
    assert len(getattr(listed(full, name, 100, on=False), name)) == MOST_LISTED - 1


@pytest.mark.parametrize("name", ["roles", "moderator_roles"])
def test_everyone_is_on_no_list_but_can_be_taken_off_one(name: Listed) -> None:
    with pytest.raises(BadSetting, match="everyone"):
        listed(GuildSettings(GUILD), name, GUILD, on=True)
    assert listed(GuildSettings(GUILD), name, GUILD, on=False) == GuildSettings(GUILD)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        (" utc ", "UTC"),
        ("America/New York", "America/New_York"),
        ("new york", "America/New_York"),
        ("buenos aires argentina", "America/Argentina/Buenos_Aires"),
    ],
)
def test_a_time_zone_is_known_by_its_name_or_by_words_that_fit_no_other(typed: str, zone: str) -> None:
    assert zone_named(typed) == zone


@pytest.mark.parametrize("typed", ["", "Atlantis", "America", "../etc/passwd", "Europe/", "+02:00"])
def test_a_time_zone_that_is_none_or_one_of_several_is_refused(typed: str) -> None:
    with pytest.raises(BadSetting, match="unknown"):
        zone_named(typed)


def test_time_zones_are_suggested_by_words_those_that_begin_so_first() -> None:
    assert zones_like("lond") == ["Europe/London"]
    assert zones_like("TOKYO") == ["Asia/Tokyo"]
    assert zones_like("york")[0] == "America/New_York"
    assert "UTC" in zones_like("")
    assert zones_like("atlantis") == []
    assert len(zones_like("a")) == 25
