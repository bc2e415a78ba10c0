"""What members find: their own finished videos of this server by words, whatever the past has piled up."""

import sqlite3
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Connection, Executable, create_engine, event, text

from bot.storage import SqlStore, cards, erasure, house_rules, ledger, progress, purse, questions, standing
from tests.storing import GUILD, MEMBER, admitted, asked, finished, later


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
    assert await store.by_message(GUILD + 1, 5) is None


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
    (questions.SEVERAL, {"ids": ["busy", "done"]}, BY_ID),
    (standing.READ, STANDING, "ix_generations_waiting"),
    (standing.READ, STANDING, "SEARCH spending USING INDEX sqlite_autoindex_spending_1 (scope=? AND period=?)"),
    (purse.OWN_WAITING, {"guild": GUILD, "user": MEMBER}, "ix_generations_waiting"),
    (purse.ALL_UNCERTAIN, FIVE, "ix_generations_uncertain"),
    (purse.KNOWN_ID, {"relay": "relay-1"}, "ix_generations_relay"),
    (erasure.DUE, FIVE, "ix_generations_forget"),
    (erasure.ERASE_OLD, AGO | FIVE | {"now": later(0)}, "ix_generations_erasable"),
    (questions.FOLLOWED, AGO, "ix_generations_with_relay"),
    (questions.FOLLOWED, AGO, "ix_generations_expired"),
    (questions.UNCERTAIN, AGO | FIVE, "ix_generations_uncertain"),
    (questions.UNATTACHED, FIVE, "ix_generations_unattached"),
    (questions.UNSHOWN, AGO | FIVE, "ix_generations_unshown"),
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


def _pile_up(connection: Connection, total: int) -> None:
    columns = [row.name for row in connection.execute(text("PRAGMA table_info(generations)"))]
    fresh = {"id": "'old' || n", "action_key": "'old' || n", "message_id": "n + 1000", "first_message_id": "n + 1000"}
    values = ", ".join(fresh.get(column, column) for column in columns)
    connection.exec_driver_sql(
        f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {total}) "  # noqa: S608  # names of our own schema
        f"INSERT OR IGNORE INTO generations SELECT {values} FROM generations, counted WHERE id = 'done'"
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
