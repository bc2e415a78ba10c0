"""What members find: their own finished videos of this server by words, whatever the past has piled up."""

import sqlite3
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Connection, Executable, create_engine, event, text

from bot.domain.turns import places
from bot.storage import (
    SqlStore,
    allotting,
    cards,
    continuing,
    erasure,
    history,
    house_rules,
    ledger,
    progress,
    purse,
    questions,
    standing,
)
from tests.storing import GUILD, MEMBER, admitted, asked, finished, later, moved


async def found(store: SqlStore, *words: str, guild: int = GUILD, user: int = MEMBER, limit: int = 25) -> list[str]:
    return [match.id for match in await store.completed(guild, user, words, limit)]


async def test_completed_videos_come_newest_first(store: SqlStore) -> None:
    for name, at in (("second", 2), ("first", 1), ("third", 3)):
        await finished(store, asked(name, prompt=f"the {name}"), message=at, at=later(at))
    await admitted(store, asked("unfinished"), message=9)
    assert await found(store) == ["third", "second", "first"]
    assert await found(store, limit=2) == ["third", "second"]
    newest = (await store.completed(GUILD, MEMBER, (), 1))[0]
    assert (newest.prompt, newest.part, newest.finished_at) == ("the third", 1, later(3))


async def test_every_word_must_stand_in_the_prompt(store: SqlStore) -> None:
    await finished(store, asked("fox", prompt="A red fox in the snow"), message=1)
    await finished(store, asked("owl", prompt="An owl in the snow"), message=2)
    assert await found(store, "snow", "fox") == ["fox"]
    assert sorted(await found(store, "SNOW", "")) == ["fox", "owl"]
    assert await found(store, "snow", "cat") == []


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("ÉCLAIR AU CHOCOLAT", "éclair"),
        ("Straße bei Nacht", "STRASSE"),
        ("ЛИСА в снегу", "лиса"),
        ("cafe\u0301 in the rain", "CAFÉ"),
    ],
)
async def test_case_and_accents_typed_otherwise_are_found(store: SqlStore, prompt: str, word: str) -> None:
    await finished(store, asked(prompt=prompt), message=1)
    assert await found(store, word) == ["g1"]


@pytest.mark.parametrize("word", ["100%", "a_b", "/", "\\", "'", "%", "_"])
async def test_a_wildcard_is_a_letter_like_others(store: SqlStore, word: str) -> None:
    await finished(store, asked("with", prompt=f"it says {word} here"), message=1)
    await finished(store, asked("without", prompt="100 axb here"), message=2)
    assert await found(store, word) == ["with"]


async def test_another_server_or_member_finds_nothing(store: SqlStore) -> None:
    await finished(store, asked(), message=5)
    assert await found(store, guild=GUILD + 1) == []
    assert await found(store, user=MEMBER + 1) == []


async def test_another_server_finds_nothing_by_a_message_neither_by_the_first_nor_by_the_one_that_shows_it(
    store: SqlStore,
) -> None:
    done = await finished(store, asked(), message=5)
    await store.note_shown("g1", done.version, 8, forget_token=True)
    for message in (5, 8):
        assert await store.by_message(GUILD, message) == done
        assert await store.by_message(GUILD + 1, message) is None


async def test_a_servers_own_line_gives_the_places_that_the_whole_line_gives(store: SqlStore) -> None:
    """With what waits elsewhere, what is not attached, and what its members have with the relay."""
    for number in range(24):
        one = asked(f"g{number:02}", guild=GUILD + number % 3, user=MEMBER + number % 4, at=later(-number % 7))
        waiting = await admitted(store, one, message=None if number % 8 == 7 else number + 1)
        if number % 5 == 0:
            await moved(store, waiting, waiting.submitting(later(9)))
    whole = places(*await store.line())
    assert len(whole) > 10
    own: dict[str, int] = {}
    for guild in (GUILD, GUILD + 1, GUILD + 2):
        waiting_here, busy_here = await store.line_of(guild)
        assert {one.guild_id for one in waiting_here} | {server for server, _ in busy_here} == {guild}
        own |= places(waiting_here, busy_here)
    assert own == whole
    assert await store.line_of(GUILD + 3) == ([], {})


async def test_what_the_relay_has_is_told_by_its_ids(store: SqlStore) -> None:
    waiting = await admitted(store, asked("sent"))
    await admitted(store, asked("waiting"))
    await finished(store, asked("done"), message=5)
    assert await store.with_relay() == []
    sending = waiting.submitting(later(1))
    queued = sending.accepted("relay-1", later(2))
    await moved(store, waiting, sending, queued)
    assert await store.with_relay() == ["sent"]
    await moved(store, queued, queued.dreaming(later(3)))
    assert await store.with_relay() == ["sent"]


ID = {"which": "busy"}
AGO = {"moment": later(-60)}
FIVE = {"most": 5}
BY_ID = "sqlite_autoindex_generations_"
STANDING = {
    "scopes": ["bot", "server:11", "member:11:5"],
    "periods": ["2026-11-22", "2026-11", "2026-W47"],
    "guild": GUILD,
    "subjects": [0, MEMBER],
    "member": 5,
    "now": later(0),
    "user": MEMBER,
}
LOOPS: list[tuple[Executable, dict[str, Any], str]] = [
    (questions.LINE, {}, "ix_generations_due"),
    (questions.BUSY, {}, "ix_generations_busy"),
    (
        questions.BUSY_THERE,
        {"guilds": [GUILD]},
        "ix_generations_busy (guild_id=?)",
    ),
    (questions.LINE_HERE, {"guild": GUILD}, "ix_generations_waiting"),
    (questions.BUSY_HERE, {"guild": GUILD}, "ix_generations_busy"),
    (questions.WITH_RELAY, {}, "ix_generations_with_relay"),
    (allotting.GIFTS_LEFT, {"guild": GUILD, "member": 5, "now": later(0)}, "ix_grants_left"),
    (questions.SEVERAL, {"ids": ["busy", "done"]}, BY_ID),
    (standing.READ, STANDING, "ix_generations_waiting"),
    (standing.READ, STANDING, "SEARCH spending USING INDEX sqlite_autoindex_spending_1 (scope=? AND period=?)"),
    (purse.OWN_WAITING, {"guild": GUILD, "user": MEMBER}, "ix_generations_waiting"),
    (purse.ALL_UNCERTAIN, FIVE, "ix_generations_uncertain"),
    (purse.KNOWN_ID, {"relay": "relay-1"}, "ix_generations_relay"),
    (erasure.DUE, FIVE, "ix_generations_forget"),
    (erasure.FORGET_ONE_AS_PARENT, {"which": "busy"}, "ix_generations_parent"),
    (erasure.FORGET_AS_PARENT, {"guild": GUILD, "user": MEMBER + 99}, "ix_generations_parent"),
    (erasure.ERASE_OLD, AGO | FIVE | {"now": later(0)}, "ix_generations_erasable"),
    (questions.FOLLOWED, AGO, "ix_generations_with_relay"),
    (questions.FOLLOWED, AGO, "ix_generations_expired"),
    (history.ENDED, FIVE, "ix_generations_erasable"),
    (questions.UNCERTAIN, AGO | FIVE, "ix_generations_uncertain"),
    (questions.UNATTACHED, FIVE, "ix_generations_unattached"),
    (questions.UNPOSTED, FIVE, "ix_generations_unattached"),
    (questions.TO_CONTINUE, FIVE, "ix_generations_to_continue"),
    (continuing.TAKE_NEXT, ID, BY_ID),
    (continuing.STOP, ID, BY_ID),
    (questions.UNSHOWN, AGO | FIVE | {"far_off": later(0)}, "ix_generations_unshown"),
    (questions.COMPLETED, {"guild": GUILD, "user": MEMBER} | FIVE, "ix_generations_completed"),
    (questions.BY_MESSAGE, {"guild": GUILD, "message": 77}, "ix_generations_message"),
    (questions.BY_MESSAGE, {"guild": GUILD, "message": 77}, "ix_generations_first_message"),
    (questions.GET, ID, BY_ID),
    (ledger.TAKEN, ID, "ix_ledger_counter"),
    (ledger.TAKEN, ID, "sqlite_autoindex_spent_"),
    (purse.UNCERTAIN_HERE, {"guild": GUILD} | FIVE, "ix_generations_uncertain"),
    (house_rules.BLOCK_OF, {"guild": GUILD, "user": MEMBER, "now": later(0)}, "sqlite_autoindex_blocks_"),
    (progress.SWEEP, AGO, "ix_generations_submitting"),
    (progress.SAVE, ID | {"expected": 1, "state": "submitting", "version": 2}, BY_ID),
    (progress.LATE_ID, ID | AGO | {"new_relay_id": "relay"}, BY_ID),
    (cards.ATTACH, ID | {"message": 77}, BY_ID),
    (cards.SHOWN, ID | {"message": 77, "shown": 1}, BY_ID),
    (cards.ERASE, AGO, "ix_generations_token"),
]


@pytest.mark.parametrize("analysed", [False, True], ids=["fresh", "analysed"])
async def test_every_question_of_the_loops_costs_the_same_whatever_is_finished(
    store: SqlStore, tmp_path: Path, analysed: bool
) -> None:
    """Counted in steps of SQLite's machine, which no load on this one can change."""
    await finished(store, asked("done", user=MEMBER + 1), message=1)
    await store.note_shown("done", 4, 1, forget_token=True)
    await admitted(store, asked("busy"), message=77)
    await admitted(store, asked("unanswered"))
    few = _costs(tmp_path / "bot.db", 200, analyse=analysed)
    many = _costs(tmp_path / "bot.db", 20_000, analyse=analysed)
    for (_, _, index), (steps_before, _), (steps, plan) in zip(LOOPS, few, many, strict=True):
        assert index in plan
        assert "TEMP B-TREE" not in plan
        assert 0 < steps <= 2 * steps_before, plan


@pytest.mark.parametrize("analysed", [False, True], ids=["fresh", "analysed"])
async def test_a_servers_line_costs_the_same_whatever_waits_or_is_made_elsewhere(
    store: SqlStore, tmp_path: Path, analysed: bool
) -> None:
    for name, message in (("here", 1), ("waits", 2), ("busy", 3)):
        waiting = await admitted(store, asked(name, guild=GUILD + (name != "here")), message=message)
    await moved(store, waiting, waiting.submitting(later(1)))
    engine = create_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    steps = []
    with engine.connect() as connection:
        for total in (200, 20_000):
            for name in ("waits", "busy"):
                _pile_up(connection, total, name)
            if analysed:
                connection.execute(text("ANALYZE"))
            connection.commit()
            here = {"guild": GUILD}
            steps.append([_steps(connection, each, here) for each in (questions.LINE_HERE, questions.BUSY_HERE)])
    engine.dispose()
    assert all(0 < many <= 2 * few for few, many in zip(*steps, strict=True)), steps


Costs = list[tuple[int, str]]
ENTER = "INSERT OR IGNORE INTO ledger"


def _costs(path: Path, finished_rows: int, *, analyse: bool) -> Costs:
    """The steps and the plan of each question, beside that many finished rows."""
    engine = create_engine(f"sqlite:///{path}")
    asked_for: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, sql: str, values: Any, *_: object) -> None:
        asked_for.append((sql, values))

    with engine.connect() as connection:
        _pile_up(connection, finished_rows)
        if analyse:
            connection.execute(text("ANALYZE"))
        connection.commit()
        costs = []
        for statement, values, _ in LOOPS:
            steps = _steps(connection, statement, values)
            sql, bound = asked_for[-1]
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", bound)
            costs.append((steps, "\n".join(row.detail for row in plan)))
    engine.dispose()
    return costs


def _pile_up(connection: Connection, total: int, like: str = "done") -> None:
    columns = [row.name for row in connection.execute(text("PRAGMA table_info(generations)"))]
    fresh = {"id": f"'old {like}' || n", "action_key": f"'old {like}' || n"}
    fresh |= dict.fromkeys(("message_id", "first_message_id"), "n + 1000")
    values = ", ".join(fresh.get(column, column) for column in columns)
    connection.exec_driver_sql(
        f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {total}) "  # noqa: S608  # names of our own schema
        f"INSERT OR IGNORE INTO generations SELECT {values} FROM generations, counted WHERE id = '{like}'"
    )
    for told in (
        "INSERT OR IGNORE INTO spending SELECT 'server:' || guild_id, 'old ' || id, 1",
        "INSERT OR IGNORE INTO spent SELECT id, 'server:' || guild_id, 'old ' || id, 1",
        f"{ENTER} (generation_id, guild_id, user_id, entry, credits, at) SELECT id, guild_id, 1, 'charge', -1, 1",
        f"{ENTER} (guild_id, user_id, entry, credits, at, scope, period) SELECT guild_id, 0, 'reset', 1, 1, 'old', id",
        "INSERT OR IGNORE INTO blocks SELECT guild_id, message_id, 1, '', 1, 1",
    ):
        connection.exec_driver_sql(f"{told} FROM generations WHERE id LIKE 'old%'")


def _steps(connection: Connection, statement: Executable, values: dict[str, Any]) -> int:
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.set_progress_handler(count, 1)
    result = connection.execute(statement, values)
    if result.returns_rows:
        result.all()
    driver.set_progress_handler(None, 1)
    connection.rollback()
    return steps
