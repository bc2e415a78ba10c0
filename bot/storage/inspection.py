"""What an operator is told of the database file without anything in it, or beside it, being changed."""

import os
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory

from bot.ports import Clock
from bot.storage.files import faults, reading
from bot.storage.lock import holder_of
from bot.storage.migrate import APPLICATION_ID, configuration
from bot.storage.restored import STAMP


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found. `faults` is None where the time did not suffice to read the file through.

    `holder` is the process that has the database, as text ("pid 12"); empty where none has.
    `behind` tells that this version's migrations are not all done, `ahead` that a newer version's are.
    `backup_of` is when the backup was made that the file was restored from, until the bot has started with it.
    """

    ours: bool
    writable: bool
    faults: Collection[str] | None
    holder: str
    behind: bool = False
    ahead: bool = False
    backup_of: str | None = None
    uncertain: int = 0


def inspect(path: Path, clock: Clock, *, within_s: float) -> Inspection:
    """Look at the file for about so many seconds. Raises StoreError and its kinds."""
    until = clock.monotonic() + within_s
    with reading(path, patience_s=1.0) as connection:
        writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        found = faults(connection, lambda: clock.monotonic() > until)
        holder = holder_of(path)
        if not ours:
            return Inspection(ours, writable, found, holder)
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        scripts = ScriptDirectory.from_config(configuration())
        known = {script.revision for script in scripts.walk_revisions()}
        return Inspection(
            ours,
            writable,
            found,
            holder,
            behind=revision is None or revision[0] in known - set(scripts.get_heads()),
            ahead=revision is not None and revision[0] not in known,
            backup_of=_noted(connection, STAMP),
            uncertain=connection.execute("SELECT count(*) FROM generations WHERE state = 'uncertain'").fetchone()[0],
        )


def noted_in(path: Path, key: str) -> str | None:
    """A small fact of the file (see `Store.noted`). Raises StoreError and its kinds."""
    with reading(path, patience_s=1.0) as connection:
        return _noted(connection, key)


def _noted(connection: sqlite3.Connection, key: str) -> str | None:
    found = connection.execute("SELECT value FROM notes WHERE key = ?", (key,)).fetchone()
    return None if found is None else str(found[0])
