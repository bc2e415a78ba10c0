"""Brings a database up to date before anything else touches it, or says in a sentence why that cannot be.

Alembic is imported where there is something to migrate, and nowhere else: it takes longer than all the rest of it.
"""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from bot.domain.errors import StoreDamaged, StoreError
from bot.storage.border import border
from bot.storage.engine import is_sqlite, name_of, url_of
from bot.storage.lanes import SILENCED, prepare

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

APPLICATION_ID = 0x44524D52
"""Written into the header of an SQLite file ("DRMR"), so that a file of another program is known for what it is."""
LEAST_SQLITE = (3, 35)
"""The first with RETURNING (sqlite.org/changes.html); the Python of an old system may come with less."""

_SCRIPTS = Path(__file__).with_name("migrations")
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the migration under way in global variables."""


async def migrate(url: str, *, busy_timeout_s: float = 5.0) -> None:
    """Create the schema or bring it up to date; nothing happens where it is. Raises StoreError and its kinds.

    It runs in a thread, so that a long migration does not hold up the loop.
    """
    await asyncio.to_thread(_migrate_alone, url_of(url), busy_timeout_s)


def configuration() -> "Config":
    """Alembic's settings; the connection is passed in `attributes`."""
    from alembic.config import Config  # noqa: PLC0415  # see above

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _migrate_alone(url: URL, busy_timeout_s: float) -> None:
    with _ONE_AT_A_TIME, border(name_of(url)):
        if is_sqlite(url):
            _migrate_file(url, busy_timeout_s)
        else:
            asyncio.run(_migrate_server(url))


def _migrate_file(url: URL, busy_timeout_s: float) -> None:
    _refuse_old_library()
    engine = create_engine(
        url.set(drivername="sqlite"), connect_args=SILENCED, hide_parameters=True, poolclass=NullPool
    )
    # Foreign keys stay off: Alembic alters an SQLite table by making a new one and dropping the old, and with them
    # on that deletes the rows that refer to it without a word. They are checked at the end instead.
    patience = f"busy_timeout={round(busy_timeout_s * 1000)}"
    prepare(engine, begin="BEGIN IMMEDIATE", pragmas=(patience, "foreign_keys=OFF"))
    with engine.begin() as connection:
        _refuse_foreign(connection, name_of(url))
        if _upgrade(connection, name_of(url)):
            _check_references(connection, name_of(url))
            connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))


async def _migrate_server(url: URL) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  # as in `lanes`: not needed for a file

    engine = create_async_engine(url, hide_parameters=True, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, name_of(url))


def _upgrade(connection: Connection, name: str) -> bool:
    """Whether there was anything to do."""
    if _is_current(connection):
        return False
    from alembic import command  # noqa: PLC0415  # see above
    from alembic.migration import MigrationContext  # noqa: PLC0415  # see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # see above

    config = configuration()
    scripts = ScriptDirectory.from_config(config)
    present = MigrationContext.configure(connection).get_current_heads()
    _refuse_newer(present, scripts, name)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


def _refuse_old_library() -> None:
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        least = ".".join(map(str, LEAST_SQLITE))
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old: {least} or newer is needed")


def _refuse_foreign(connection: Connection, name: str) -> None:
    owner = connection.execute(text("PRAGMA application_id")).scalar_one()
    tables = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()
    if owner != APPLICATION_ID and (owner or tables):
        raise StoreDamaged(f"the database {name} belongs to another program")


def newest() -> str:
    """The migration that a database is up to date with: their files begin with their numbers."""
    return max(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def _is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars()) == [newest()]


def _refuse_newer(present: tuple[str, ...], scripts: "ScriptDirectory", name: str) -> None:
    from alembic.util import CommandError  # noqa: PLC0415  # see above

    try:
        for revision in present:
            scripts.get_revision(revision)
    except CommandError as unknown:
        raise StoreError(
            f"the database {name} was made by a newer version of Dreamreel (schema {', '.join(present)}; this one "
            f"knows up to {', '.join(scripts.get_heads())}): start that version, or restore a backup"
        ) from unknown


def _check_references(connection: Connection, name: str) -> None:
    orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    if orphans:
        raise StoreDamaged(f"the database {name} has {len(orphans)} rows that refer to missing ones: not migrated")
