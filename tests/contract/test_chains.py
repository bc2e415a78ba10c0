"""Stories in the database: up from a video to its first part, and down to all that goes on from it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, create_engine, event

from bot.domain.card import Shown
from bot.domain.generation import Generation, Kind
from bot.storage import chains
from bot.storage.stores import Stores
from tests.storing import GUILD, admitted, asked, later

MOST = 100


def extension(name: str, of: Generation, *, guild: int = GUILD, seconds: float = 0) -> Generation:
    plain = asked(name, guild=guild, at=later(seconds))
    request = replace(plain.request, kind=Kind.EXTEND, parent_id=of.id, part=of.request.part + 1)
    return replace(plain, request=request)


def names(found: list[Shown]) -> list[str]:
    return [each.generation.id for each in found]


async def chain(stores: Stores, length: int) -> list[Generation]:
    parts = [await admitted(stores.store, asked("part001"), message=1)]
    for number in range(2, length + 1):
        parts.append(await admitted(stores.store, extension(f"part{number:03d}", parts[-1]), message=number))
    return parts


async def test_a_line_leads_from_the_first_part_to_the_video_asked_about(stores: Stores) -> None:
    await chain(stores, 4)
    found = await stores.chains.line(GUILD, "part003", MOST)
    assert names(found) == ["part001", "part002", "part003"]
    assert [each.card.message_id for each in found] == [1, 2, 3]


async def test_of_a_line_that_is_too_long_the_last_parts_are_found(stores: Stores) -> None:
    await chain(stores, 5)
    assert names(await stores.chains.line(GUILD, "part005", 2)) == ["part004", "part005"]
    assert names(await stores.chains.line(GUILD, "part005", 1)) == ["part005"]


async def test_what_goes_on_from_several_videos_is_found_oldest_first(stores: Stores) -> None:
    parts = await chain(stores, 3)
    await admitted(stores.store, extension("other2", parts[0], seconds=20))
    await admitted(stores.store, extension("other3", parts[1], seconds=10))
    found = await stores.chains.extensions(GUILD, ["part001", "part002", "part003"], MOST)
    assert names(found) == ["part002", "part003", "other3", "other2"]
    assert names(await stores.chains.extensions(GUILD, ["part001", "part002"], 1)) == ["part002"]
    assert await stores.chains.extensions(GUILD, ["part003"], MOST) == []


async def test_another_servers_parts_are_not_found(stores: Stores) -> None:
    first = await admitted(stores.store, asked("here"))
    await admitted(stores.store, extension("there", first, guild=GUILD + 1))
    assert await stores.chains.line(GUILD, "there", MOST) == []
    assert await stores.chains.line(GUILD + 1, "here", MOST) == []
    assert names(await stores.chains.line(GUILD + 1, "there", MOST)) == ["there"]
    assert await stores.chains.extensions(GUILD, ["here"], MOST) == []


async def test_a_parent_that_is_not_there_ends_the_line(stores: Stores) -> None:
    missing = asked("missing")
    await admitted(stores.store, extension("orphan", missing))
    assert names(await stores.chains.line(GUILD, "orphan", MOST)) == ["orphan"]
    assert await stores.chains.line(GUILD, "missing", MOST) == []


async def test_a_circle_in_a_damaged_database_ends_too(stores: Stores, tmp_path: Path) -> None:
    await chain(stores, 2)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as base:
        base.execute("UPDATE generations SET parent_id = 'part002' WHERE id = 'part001'")
        base.commit()
    assert set(names(await stores.chains.line(GUILD, "part002", MOST))) == {"part001", "part002"}


@pytest.mark.parametrize(
    ("statement", "values", "index"),
    [
        pytest.param(chains.LINE, {"which": "a"}, "sqlite_autoindex_generations_1", id="up, by primary keys"),
        pytest.param(chains.EXTENSIONS, {"ids": ["a", "b"]}, "ix_generations_parent", id="down, by parents"),
    ],
)
async def test_neither_question_reads_the_past(
    stores: Stores, tmp_path: Path, statement: Select[Any], values: dict[str, Any], index: str
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    asked_for: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, sql: str, bound: Any, *_: object) -> None:
        asked_for.append((sql, bound))

    with engine.connect() as connection:
        connection.execute(statement, values | {"guild": GUILD, "most": MOST}).all()
        sql, bound = asked_for[-1]
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", bound)]
    engine.dispose()
    assert any(index in step for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN generations")], plan
