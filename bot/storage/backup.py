"""Copies the database while the bot runs, and believes the copy only after reading it back.

The copy carries a stamp (see `bot.storage.restored`), so that a bot that is started from it knows that it does not
know what came after. Interaction tokens are left out: they are secrets, and dead by the time a copy is needed.
"""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.errors import DreamreelError, StoreDamaged, StoreError
from bot.storage.border import border
from bot.storage.engine import file_of, is_sqlite, name_of, url_of
from bot.storage.files import faults, one_line, reading
from bot.storage.migrate import APPLICATION_ID
from bot.storage.restored import STAMP

SIDE_FILES = ("", "-wal", "-shm", "-journal", ".lock")
"""What belongs to an SQLite database of the bot: the file itself, SQLite's own beside it, and the process's lock."""


class BackupRefused(DreamreelError):
    """No copy was made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was read back and found whole. `size` is in bytes."""

    path: Path
    generations: int
    size: int


def back_up(url: str, target: Path, made_at: datetime, *, overwrite: bool = False) -> Backup:
    """Copy the database at `url` to `target`, as it is at one moment, whoever writes to it meanwhile.

    It is written to `target` + ".part", read back, and only then renamed. The copy is readable by its owner alone.
    Raises BackupRefused, and StoreError where the database or the disk fails; then nothing is left behind.
    """
    source = _source(url)
    part = target.with_name(f"{target.name}.part")
    _refuse_target(source, target, part, overwrite=overwrite)
    _make(part, overwrite=overwrite)
    try:
        counts = _copy(source, part, made_at)
        _verify(part, counts)
        with border(str(target)):
            _keep(part, target)
            return Backup(target, counts["generations"], target.stat().st_size)
    finally:
        _clear(part)


def _source(url: str) -> Path:
    where = url_of(url)
    source = file_of(where)
    if source is None:
        how = "" if is_sqlite(where) else ": PostgreSQL is backed up with pg_dump"
        raise BackupRefused(f"{name_of(where)} is not an SQLite file{how}.")
    if not source.is_file():
        raise BackupRefused(f"There is no database {source} to back up.")
    return source


def _refuse_target(source: Path, target: Path, part: Path, *, overwrite: bool) -> None:
    whole = target.resolve()
    own = {source.with_name(source.name + each) for each in SIDE_FILES}
    if whole in own or (target.exists() and target.samefile(source)):
        raise BackupRefused(f"{target} belongs to the database itself: name another file.")
    if target.is_dir():
        raise BackupRefused(f"{target} is a folder: name a file in it.")
    if not whole.parent.is_dir():
        raise BackupRefused(f"There is no folder {whole.parent} to write to.")
    if target.exists() and not overwrite:
        raise BackupRefused(f"{target} is there already: name another file, or add --force to replace it.")
    if part.exists() and not overwrite:
        raise BackupRefused(
            f"{part} is there: another backup is being written, or one was cut off. "
            "When none is running, add --force to begin anew."
        )


def _make(part: Path, *, overwrite: bool) -> None:
    if overwrite:
        _clear(part)
    with border(str(part)):
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # prompts are nobody else's business


def _copy(source: Path, part: Path, made_at: datetime) -> Mapping[str, int]:
    """Copy what one reading transaction sees, so that the counts are those of the copy."""
    with reading(source) as live, closing(sqlite3.connect(part, isolation_level=None)) as copy:
        owner = live.execute("PRAGMA application_id").fetchone()[0]
        if owner != APPLICATION_ID:
            raise BackupRefused(f"{source} is not a database of Dreamreel.")
        live.execute("BEGIN")
        counts = _counts(live)
        live.backup(copy)
        live.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute("BEGIN IMMEDIATE")
        copy.execute("UPDATE generations SET token = NULL, token_until = NULL WHERE token IS NOT NULL")
        copy.execute("INSERT OR REPLACE INTO notes (key, value) VALUES (?, ?)", (STAMP, made_at.isoformat()))
        copy.execute("COMMIT")
    return counts


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    """The rows of every table but the notes, to which the stamp is added."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'notes'").fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  # the database's own names
        for (name,) in tables
    }


def _verify(part: Path, counts: Mapping[str, int]) -> None:
    with reading(part) as copy:
        if found := faults(copy):
            raise StoreDamaged(f"the copy is damaged, and the database may be: {one_line(found)}")
        if copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise StoreDamaged("the copy has rows that refer to missing ones, and so may the database")
        stamped = copy.execute("SELECT 1 FROM notes WHERE key = ?", (STAMP,)).fetchone()
        if _counts(copy) != counts or stamped is None:
            raise StoreError(f"the copy {part} does not hold what the database held")


def _keep(part: Path, target: Path) -> None:
    """Rename, with the content and the name on the disk before anybody is told."""
    _sync(part)
    part.replace(target)
    if hasattr(os, "O_DIRECTORY"):  # elsewhere a folder cannot be opened
        _sync(target.resolve().parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear(part: Path) -> None:
    for each in SIDE_FILES[:-1]:
        part.with_name(part.name + each).unlink(missing_ok=True)
