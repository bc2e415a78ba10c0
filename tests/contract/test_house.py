"""The house: a server's settings, blocks and words, seen at the door, each change with its row in the audit log."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.house import Block, GuildSettings
from bot.ports import Change, Door, House
from bot.storage.house import SqlHouse
from tests.storing import GUILD, MEMBER, NOW, later

MODERATOR = 7
ELSEWHERE = GUILD + 1
SETTINGS = GuildSettings(
    GUILD, "Europe/Berlin", 22, True, frozenset({1, 2**62}), frozenset({3}), frozenset({5, 6}), language="zh_Hans"
)


def test_the_sql_house_is_a_house(house: SqlHouse) -> None:
    """Mypy reads this: every method has the port's signature."""
    port: House = house
    assert port is house


def block(
    user: int = MEMBER, *, guild: int = GUILD, hours: int | None = 1, at: float = 0, reason: str = "rude"
) -> Block:
    until = None if hours is None else later(at) + timedelta(hours=hours)
    return Block(guild, user, until, reason, MODERATOR, later(at))


async def test_a_server_has_defaults_until_they_are_changed(house: SqlHouse) -> None:
    assert await house.settings(GUILD) == GuildSettings(GUILD)
    assert await house.change_settings(SETTINGS, by=MODERATOR, why="", now=NOW) == GuildSettings(GUILD)
    assert await house.settings(GUILD) == SETTINGS
    emptied = GuildSettings(GUILD)
    assert await house.change_settings(emptied, by=MODERATOR, why="", now=NOW) == SETTINGS
    assert await house.settings(GUILD) == emptied
    assert await house.settings(ELSEWHERE) == GuildSettings(ELSEWHERE)


async def test_each_setting_that_changes_has_its_row_in_the_log(house: SqlHouse) -> None:
    await house.change_settings(SETTINGS, by=MODERATOR, why="set up", now=NOW)
    first = {change.subject: (change.before, change.after) for change in await house.audit(GUILD, 99)}
    assert first == {
        "timezone": ("UTC", "Europe/Berlin"),
        "log_channel_id": ("none", "22"),
        "spoiler": ("off", "on"),
        "channels": ("none", f"1 {2**62}"),
        "roles": ("none", "3"),
        "moderator_roles": ("none", "5 6"),
        "language": ("none", "zh_Hans"),
    }
    await house.change_settings(SETTINGS, by=MODERATOR, why="the same", now=later(1))
    await house.change_settings(replace(SETTINGS, roles=frozenset({3, 4})), by=0, why="more", now=later(2))
    assert (await house.audit(GUILD, 99))[:-7] == [Change(GUILD, 0, "settings", "roles", "3", "3 4", "more", later(2))]
    assert await house.audit(ELSEWHERE, 99) == []


async def test_a_block_holds_until_it_ends_or_is_lifted(house: SqlHouse) -> None:
    assert await house.block(block(hours=1)) is None
    assert await house.block_of(GUILD, MEMBER, later(3599)) == block(hours=1)
    assert await house.block_of(GUILD, MEMBER, later(3600)) is None
    assert await house.block(block(hours=None, at=10)) == block(hours=1)
    assert await house.block_of(GUILD, MEMBER, later(10**9)) == block(hours=None, at=10)
    lifted = await house.unblock(GUILD, MEMBER, by=MODERATOR, why="sorry", now=later(20))
    assert lifted == block(hours=None, at=10)
    assert await house.block_of(GUILD, MEMBER, later(20)) is None
    assert await house.unblock(GUILD, MEMBER, by=MODERATOR, why="", now=later(21)) is None
    assert [(each.action, each.before, each.after, each.why) for each in await house.audit(GUILD, 9)] == [
        ("unblock", "blocked without an end", "not blocked", "sorry"),
        ("block", "blocked until 2026-11-22 13:00 UTC", "blocked without an end", "rude"),
        ("block", "not blocked", "blocked until 2026-11-22 13:00 UTC", "rude"),
    ]


async def test_a_block_that_is_over_is_not_there(house: SqlHouse) -> None:
    await house.block(block(hours=1))
    assert await house.blocks(GUILD, later(3600)) == []
    assert await house.unblock(GUILD, MEMBER, by=MODERATOR, why="", now=later(3600)) is None
    await house.block(block(hours=1))
    assert await house.block(block(hours=2, at=9000)) is None
    assert [each.action for each in await house.audit(GUILD, 9)] == ["block"] * 3


async def test_blocks_are_listed_newest_first_and_of_one_server(house: SqlHouse) -> None:
    there = block(guild=ELSEWHERE, hours=None)
    for each in (block(1, at=10), block(2, at=30), block(3, at=20), there):
        await house.block(each)
    assert [each.user_id for each in await house.blocks(GUILD, later(40))] == [2, 3, 1]
    assert await house.block_of(GUILD, MEMBER, later(40)) is None
    assert await house.unblock(GUILD, MEMBER, by=MODERATOR, why="", now=later(40)) is None
    assert await house.blocks(ELSEWHERE, later(40)) == [there]


async def test_words_are_kept_once_and_the_log_does_not_repeat_them(house: SqlHouse) -> None:
    for word in ("zebra", "狐", "apple*"):
        assert await house.change_word(GUILD, word, forbid=True, by=MODERATOR, now=NOW)
    assert not await house.change_word(GUILD, "zebra", forbid=True, by=MODERATOR, now=NOW)
    assert await house.words(GUILD) == ["apple*", "zebra", "狐"]
    assert await house.words(ELSEWHERE) == []
    assert not await house.change_word(ELSEWHERE, "zebra", forbid=False, by=MODERATOR, now=NOW)
    assert await house.change_word(GUILD, "zebra", forbid=False, by=MODERATOR, now=later(1))
    assert not await house.change_word(GUILD, "zebra", forbid=False, by=MODERATOR, now=later(1))
    changes = await house.audit(GUILD, 9)
    assert [(each.action, each.before, each.after) for each in changes] == [
        ("allow word", "3 words", "2 words"),
        ("forbid word", "2 words", "3 words"),
        ("forbid word", "1 word", "2 words"),
        ("forbid word", "0 words", "1 word"),
    ]
    assert "zebra" not in repr(changes)


async def test_the_door_shows_all_that_holds_for_a_member_here(house: SqlHouse) -> None:
    assert await house.door(GUILD, MEMBER, NOW) == Door(GuildSettings(GUILD), None, ())
    await house.change_settings(SETTINGS, by=MODERATOR, why="", now=NOW)
    await house.block(block())
    await house.change_word(GUILD, "zebra", forbid=True, by=MODERATOR, now=NOW)
    assert await house.door(GUILD, MEMBER, NOW) == Door(SETTINGS, block(), ("zebra",))
    assert await house.door(GUILD, MEMBER + 1, NOW) == Door(SETTINGS, None, ("zebra",))
    assert await house.door(GUILD, MEMBER, later(3600)) == Door(SETTINGS, None, ("zebra",))
    assert await house.door(ELSEWHERE, MEMBER, NOW) == Door(GuildSettings(ELSEWHERE), None, ())


async def test_a_change_without_a_row_of_its_own_is_kept_as_it_was_told(house: SqlHouse) -> None:
    told = Change(GUILD, MEMBER, "report", "g1", "", "", "not nice\n@everyone", NOW)
    await house.note_change(told)
    await house.note_change(replace(told, at=later(1)))
    assert await house.audit(GUILD, 9) == [replace(told, at=later(1)), told]
    assert await house.audit(GUILD, 1) == [replace(told, at=later(1))]
    assert await house.audit(ELSEWHERE, 9) == []


async def test_settings_are_read_once_and_again_after_each_change(
    house: SqlHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    database = house._database
    read = database.read

    async def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal reads
        reads += 1
        return await read(*args, **kwargs)

    monkeypatch.setattr(database, "read", counted)
    for _ in range(3):
        await house.settings(GUILD)
        await house.settings(ELSEWHERE)
    assert reads == 2
    await house.change_settings(SETTINGS, by=MODERATOR, why="", now=NOW)
    for _ in range(3):
        assert await house.settings(GUILD) == SETTINGS
        await house.settings(ELSEWHERE)
    assert reads == 3


async def test_what_was_read_before_a_change_is_not_kept_after_it(
    house: SqlHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is written while what stood there before is on its way."""
    database = house._database
    read = database.read
    on_its_way, let_go = asyncio.Event(), asyncio.Event()

    async def slow(*args: Any, **kwargs: Any) -> Any:
        found = await read(*args, **kwargs)
        on_its_way.set()
        await let_go.wait()
        return found

    monkeypatch.setattr(database, "read", slow)
    before = asyncio.create_task(house.settings(GUILD))
    await on_its_way.wait()
    await house.change_settings(SETTINGS, by=MODERATOR, why="", now=NOW)
    let_go.set()
    assert await before == GuildSettings(GUILD)
    assert await house.settings(GUILD) == SETTINGS
