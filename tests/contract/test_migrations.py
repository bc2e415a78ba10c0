"""The migrations: they lead to the very schema the code speaks of, lose nothing, and refuse what they do not know."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql import ClauseElement, Executable

import bot.storage
from bot.domain.errors import StoreBusy, StoreDamaged, StoreError
from bot.domain.generation import GenerationState
from bot.storage import cards, facts, house_tables, ledger, migrate, open_database, open_store, purse_tables  # noqa: F401  # they fill `metadata`
from bot.storage.columns import metadata
from bot.storage.migrate import configuration, newest
from tests.clock import ManualClock
from tests.storing import NOW, admitted, later, moved, rows

FIRST_VERSION = Path(__file__).parents[1] / "samples/first-version.db"
SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND name NOT LIKE 'sqlite%'"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def first(path: Path) -> Path:
    """A copy of the first version's database."""
    path.write_bytes(FIRST_VERSION.read_bytes())
    return path


def contents(path: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table as they are stored, by the names of their columns."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]  # noqa: S608  # a name of our own


def words(sql: str) -> set[str]:
    """A statement's words, whatever their order, layout and quotes: constraints may be listed in another."""
    return set(sql.replace('"', "").replace("(", " ( ").replace(")", " ) ").replace(",", " ").split())


async def test_the_migrated_schema_is_the_one_the_code_speaks_of(path: Path) -> None:
    await migrate(f"sqlite:///{path}")
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_its_indexes_are_the_same_to_the_word(path: Path, tmp_path: Path) -> None:
    """Alembic's comparison does not see the condition of a partial index."""
    await migrate(f"sqlite:///{path}")
    engine = create_engine(f"sqlite:///{tmp_path}/plain.db")
    metadata.create_all(engine)
    engine.dispose()
    migrated = {(kind, name): words(sql) for kind, name, sql in rows(path, SCHEMA)}
    plain = {(kind, name): words(sql) for kind, name, sql in rows(tmp_path / "plain.db", SCHEMA)}
    assert migrated == plain


def test_migrating_again_changes_nothing(path: Path) -> None:
    asyncio.run(migrate(f"sqlite:///{path}"))
    before = path.read_bytes()
    asyncio.run(migrate(f"sqlite:///{path}"))
    assert path.read_bytes() == before


async def test_a_migration_keeps_what_is_stored(path: Path) -> None:
    url = f"sqlite:///{path}"
    async with open_store(url, ManualClock(NOW)) as store:
        await admitted(store)
    await migrate(url)
    assert rows(path, "SELECT count(*) FROM ledger") == [(1,)]


async def test_the_first_versions_database_keeps_every_row(first: Path) -> None:
    """The file was made by that version's own code: rows in every state, credits in counters, notes."""
    before = {name: contents(first, name) for name in ("generations", "ledger", "spending", "spent", "notes")}
    await migrate(f"sqlite:///{first}")
    for name, kept in before.items():
        columns = kept[0].keys()
        assert [{column: row[column] for column in columns} for row in contents(first, name)] == kept, name
    assert {state for (state,) in rows(first, "SELECT state FROM generations")} == set(GenerationState)
    assert rows(first, "PRAGMA foreign_key_check") == []
    assert rows(first, "PRAGMA integrity_check") == [("ok",)]


async def test_the_first_versions_generations_live_on(first: Path) -> None:
    """They are sent, refunded once and where they came from, counted in reports, and forgotten like others."""
    async with open_database(f"sqlite:///{first}", ManualClock(NOW)) as stores:
        assert [one.id for one in (await stores.store.line())[0]] == ["elsewhere", "waiting"]
        shown = await stores.store.get("waiting")
        assert shown is not None
        await moved(stores.store, shown.generation, shown.generation.cancelled(later(60)))
        assert rows(first, "SELECT used FROM spending WHERE scope = 'server:11'") == [(4,)]
        spent = await stores.purse.spending(11, NOW, later(86_400), "UTC")
        assert [(row.user_id, row.credits, row.made, row.moderated) for row in spent] == [(33, 7, 1, 1), (34, 1, 0, 0)]
        assert await stores.privacy.forget(33, 11, later(90_000)) == (2, 7)


async def test_a_migration_makes_no_key_of_its_own_twice(path: Path) -> None:
    """The key that pseudonyms are made with must never change: a limit would be forgotten with the old one."""
    keys = set()
    for _ in range(2):
        async with open_database(f"sqlite:///{path}", ManualClock(NOW)):
            keys |= set(rows(path, "SELECT value FROM notes WHERE key = 'pseudonym_key'"))
    assert len(keys) == 1


async def test_two_at_once_migrate_one_after_the_other(path: Path) -> None:
    await asyncio.gather(*(migrate(f"sqlite:///{path}") for _ in range(4)))
    assert rows(path, "SELECT version_num FROM alembic_version") == [("0005",)]


async def test_there_is_one_line_of_versions() -> None:
    """Two heads would make `upgrade` refuse to choose; and the file with the highest number must be the last."""
    assert ScriptDirectory.from_config(configuration()).get_heads() == [newest()]


def test_a_start_with_nothing_to_migrate_does_not_import_alembic(path: Path) -> None:
    """It took an eighth of the time from the command to READY."""
    asyncio.run(migrate(f"sqlite:///{path}"))
    code = "import asyncio, sys; from bot.storage import migrate; asyncio.run(migrate(sys.argv[1]))"
    code += "; print('alembic' in sys.modules)"
    command = [sys.executable, "-c", code, f"sqlite:///{path}"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, check=True)  # noqa: S603  # this interpreter, with a literal
    assert done.stdout == b"False\n"


async def test_a_database_of_a_newer_version_is_refused_in_a_sentence(path: Path) -> None:
    await migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(StoreError, match=r"newer version of Dreamreel \(schema 0999; this one knows up to 0005\)"):
        await migrate(f"sqlite:///{path}")


async def test_a_database_that_is_written_by_another_is_busy(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            await migrate(f"sqlite:///{path}", busy_timeout_s=0.01)


async def test_a_migration_that_finds_rows_without_their_parent_is_undone(path: Path) -> None:
    """Foreign keys are off while it runs, so they are checked before it is believed."""
    await migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO spent VALUES ('nobody', 'server:11', '2026-11-22', 1)")
        for kind in ("index", "table"):
            for name in [r[0] for r in connection.execute(f"SELECT name FROM sqlite_master WHERE type = '{kind}'")]:  # noqa: S608  # two words of our own
                if name not in {"spent", "alembic_version"} and not name.startswith("sqlite"):
                    connection.execute(f"DROP {kind} {name}")
        connection.execute("ALTER TABLE spent RENAME TO orphans")
        connection.execute("DELETE FROM alembic_version")
    with pytest.raises(StoreDamaged, match="1 rows that refer to missing ones"):
        await migrate(f"sqlite:///{path}")
    assert rows(path, "SELECT count(*) FROM sqlite_master WHERE name = 'generations'") == [(0,)]


async def test_writing_is_safe_and_reading_is_free(path: Path) -> None:
    """The settings that durability rests on, asked of the connections that are in use."""
    async with open_store(f"sqlite:///{path}", ManualClock(NOW)) as store:
        database = store._database
        assert await database.write(pragma, "journal_mode") == "wal"
        assert await database.write(pragma, "synchronous") == 2
        assert await database.write(pragma, "foreign_keys") == 1
        assert await database.read(pragma, "query_only") == 1


def pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def test_the_schema_and_every_statement_have_words_for_postgresql() -> None:
    """Nobody is told that it runs there; but nothing here may make it impossible."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
    for table in metadata.sorted_tables:
        CreateTable(table).compile(dialect=dialect)
        for index in table.indexes:
            CreateIndex(index).compile(dialect=dialect)
    modules = [import_module(f"bot.storage.{found.name}") for found in iter_modules(bot.storage.__path__)]
    statements = {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, ClauseElement) and isinstance(value, Executable)
    }
    assert len(statements) > 50
    for statement in statements.values():
        statement.compile(dialect=dialect)
        statement.compile(dialect=sqlite.dialect())
