"""What members find of their past: page by page, at a cost that does not grow with the past of others."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, create_engine, event, text

from bot.domain.generation import Generation, GenerationState
from bot.ports import PlaceInTime, Side, Sought
from bot.storage import SqlStore, finding, questions
from tests.contract.test_store_lists import _pile_up, _steps
from tests.storing import GUILD, MEMBER, NOW, admitted, asked, finished, later

ALL = Sought(GUILD, MEMBER, Side.FIRST, 100)
PLACE = {"at": later(0), "which": "x"}
WHO = {"guild": GUILD, "user": MEMBER}


async def ids(store: SqlStore, sought: Sought) -> list[str]:
    return [shown.generation.id for shown in await store.history(sought)]


def place(generation: Generation) -> PlaceInTime:
    return PlaceInTime(generation.created_at, generation.id)


def sought(side: Side, of: Generation, most: int = 100) -> Sought:
    return Sought(GUILD, MEMBER, side, most, place(of))


async def test_the_past_is_cut_at_a_place_without_a_gap_or_a_repeat(store: SqlStore) -> None:
    """Also among those that were asked for at one and the same moment."""
    rows = [await admitted(store, asked(f"g{number}", at=later(number // 3)), message=number) for number in range(9)]
    newest_first = [row.id for row in reversed(rows)]
    assert await ids(store, ALL) == newest_first
    for at, row in enumerate(reversed(rows)):
        assert await ids(store, sought(Side.OLDER, row)) == newest_first[at + 1 :]
        assert await ids(store, sought(Side.FROM, row)) == newest_first[at:]
        assert await ids(store, sought(Side.NEWER, row)) == newest_first[:at][::-1]
        assert await ids(store, sought(Side.NEWER, row, 2)) == newest_first[:at][::-1][:2]


async def test_only_the_members_own_past_of_the_server_is_found(store: SqlStore) -> None:
    await admitted(store, asked("mine"))
    await admitted(store, asked("elsewhere", guild=GUILD + 1))
    await admitted(store, asked("anothers", user=MEMBER + 1))
    assert await ids(store, ALL) == ["mine"]


async def test_states_and_words_narrow_it(store: SqlStore) -> None:
    await finished(store, asked("done", prompt="A red FOX"), message=1)
    await admitted(store, asked("waits", prompt="a red owl"))
    only = frozenset({GenerationState.COMPLETED})
    assert await ids(store, Sought(GUILD, MEMBER, Side.FIRST, 9, states=only)) == ["done"]
    for words, expected in {
        ("fox",): ["done"],
        ("red", "owl"): ["waits"],
        ("%",): [],
        ("", "red"): ["waits", "done"],
    }.items():
        assert sorted(await ids(store, Sought(GUILD, MEMBER, Side.FIRST, 9, words=words))) == sorted(expected)
    assert await ids(store, Sought(GUILD, MEMBER, Side.FIRST, 9, states=only, words=("owl",))) == []


async def test_a_message_that_shows_a_video_again_names_it_in_its_server_only(store: SqlStore) -> None:
    done = await finished(store, asked(), message=5)
    for _ in range(2):
        await store.note_showing("g1", 7, 99, NOW)
    await store.note_showing("g1", 8, 100, NOW)
    assert await store.by_message(GUILD, 99) == done
    assert await store.by_message(GUILD + 1, 99) is None
    assert await store.copies("g1") == [(7, 99), (8, 100)]
    assert await store.copies("another") == []


async def test_a_film_names_its_last_part_and_each_part_knows_its_films(store: SqlStore) -> None:
    first = await finished(store, asked("first"), message=5)
    second = asked("second")
    last = await finished(store, replace(second, request=replace(second.request, part=2)), message=6)
    for _ in range(2):
        await store.note_film([first.id, last.id], 7, 99, NOW)
    await store.note_film([first.id], 8, 100, NOW)
    assert await store.by_message(GUILD, 99) == last
    assert await store.by_message(GUILD + 1, 99) is None
    assert await store.films("first") == [(7, 99), (8, 100)]
    assert await store.films("second") == [(7, 99)]
    assert await store.copies("first") == []


async def test_the_picture_of_a_window_is_kept_for_a_while(store: SqlStore) -> None:
    for _ in range(2):
        await store.keep_picture(1, "https://cdn.example/a.png", NOW)
    await store.keep_picture(2, "https://cdn.example/b.png", later(60))
    assert await store.picture(1) == "https://cdn.example/a.png"
    assert await store.picture(3) is None
    assert await store.drop_pictures(later(1)) == 1
    assert await store.picture(1) is None
    assert await store.picture(2) == "https://cdn.example/b.png"
    assert await store.drop_pictures(later(0) + timedelta(days=1)) == 1


OWN = "ix_generations_guild_id_user_id_created_at"
ASKED: list[tuple[Executable, dict[str, Any], str]] = [
    (finding.looking(Sought(GUILD, MEMBER, Side.FIRST, 9)), WHO | {"most": 9}, OWN),
    *(
        (finding.looking(Sought(GUILD, MEMBER, side, 9, PlaceInTime(later(0), "x"))), WHO | PLACE | {"most": 9}, OWN)
        for side in (Side.FROM, Side.OLDER, Side.NEWER)
    ),
    (finding.looking(Sought(GUILD, MEMBER, Side.FIRST, 9, words=("fox", "snow"))), WHO | {"most": 9}, OWN),
    (
        finding.looking(Sought(GUILD, MEMBER, Side.FIRST, 9, states=frozenset({GenerationState.FAILED}))),
        WHO | {"most": 9},
        OWN,
    ),
    (questions.COMPLETED, WHO | {"most": 25}, "ix_generations_completed"),
    (questions.SHOWN_BY, {"guild": GUILD, "message": 77}, "sqlite_autoindex_showings_"),
    (finding.COPIES, {"which": "done"}, "ix_showings_generation_id"),
    (questions.FILMED_IN, {"guild": GUILD, "message": 77}, "sqlite_autoindex_films_"),
    (finding.FILMS, {"which": "done"}, "ix_films_generation_id"),
    (finding.PICTURE, {"interaction": 5}, "sqlite_autoindex_pictures_"),
    (finding.DROP_PICTURES, {"moment": later(0)}, "ix_pictures_kept_at"),
]


@pytest.mark.parametrize("analysed", [False, True], ids=["fresh", "analysed"])
async def test_what_a_member_looks_for_costs_the_same_whatever_others_made(
    store: SqlStore, tmp_path: Path, analysed: bool
) -> None:
    """Of this server and of others, counted in steps of SQLite's machine."""
    for name, user in (("done", MEMBER + 1), ("mine", MEMBER)):
        await finished(store, asked(name, user=user), message=1)
    engine = create_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    asked_for: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, sql: str, values: Any, *_: object) -> None:
        asked_for.append((sql, values))

    costs = []
    with engine.connect() as connection:
        for total in (200, 20_000):
            _pile(connection, total)
            if analysed:
                connection.execute(text("ANALYZE"))
            connection.commit()
            costs.append([_steps(connection, statement, values) for statement, values, _ in ASKED])
        for statement, values, index in ASKED:
            _steps(connection, statement, values)
            sql, bound = asked_for[-1]
            plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", bound)]
            assert index in "\n".join(plan), plan
    engine.dispose()
    assert all(0 < many <= 2 * few for few, many in zip(*costs, strict=True)), costs


async def test_a_page_costs_the_same_however_long_the_members_own_past_is(store: SqlStore, tmp_path: Path) -> None:
    """Words that nothing holds are looked for in all of it, which is the one thing that grows: see the docs."""
    await finished(store, asked("done"), message=1)
    engine = create_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    pages = [each for each in ASKED if each[2] == OWN and "state" not in str(each[0]).partition("WHERE")[2]]
    costs = []
    with engine.connect() as connection:
        for total in (200, 20_000):
            _pile_up(connection, total)
            connection.exec_driver_sql("UPDATE generations SET created_at = created_at + message_id")
            connection.commit()
            costs.append([_steps(connection, statement, values) for statement, values, _ in pages])
    engine.dispose()
    assert len(pages) >= 4
    assert all(0 < many <= 2 * few for few, many in zip(*costs, strict=True)), costs


def _pile(connection: Connection, total: int) -> None:
    """Others' past, and messages and pictures of others."""
    _pile_up(connection, total)
    for told in (
        "INSERT OR IGNORE INTO showings SELECT message_id, 1, id, 1",
        "INSERT OR IGNORE INTO films SELECT message_id, id, 1, 1",
        "INSERT OR IGNORE INTO pictures SELECT message_id, 'x', 9223372036854775807",
    ):
        connection.exec_driver_sql(f"{told} FROM generations WHERE id LIKE 'old%'")
