"""Looks at SQLite files from outside the running bot: by connections that never make, migrate or write one."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.domain.errors import StoreDamaged
from bot.ports import Clock
from bot.storage.border import TO_RESTORE, border
from bot.storage.engine import file_of, url_of

STEPS = 1000
"""Instructions of SQLite's machine between two looks at the time: well under a millisecond."""
GLANCE_S = 0.5
"""Seconds that a start spends on reading the file through: some 250 MB, or 200,000 generations. Damage that lies
further on is met when it is used, and by `dreamreel check`, which reads it all. A start is to take 2 s at most."""
MOST_FAULTS = 3
"""Faults that are named. The first says enough, and a damaged file can have thousands."""

Expired = Callable[[], bool]
"""Whether the time for a look is over."""


@contextmanager
def reading(path: Path, *, patience_s: float = 5.0) -> Iterator[sqlite3.Connection]:
    """A connection that only reads, in transactions of its own. Raises StoreError and its kinds.

    Not `immutable`: the bot may be writing, and what it wrote last stands in the journal beside the file.
    """
    with border(str(path)):
        uri = f"{path.resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=patience_s)
        with closing(connection):
            yield connection


def faults(connection: sqlite3.Connection, expired: Expired = lambda: False) -> list[str] | None:
    """What SQLite finds wrong with the file: nothing, when it is whole. None where the time was over before.

    `quick_check` reads every page; measured: 123 MB (100,000 generations) in 0.25 s.
    """
    connection.set_progress_handler(expired, STEPS)
    try:
        found = [str(row[0]) for row in connection.execute(f"PRAGMA quick_check({MOST_FAULTS})")]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return [str(error)]  # some damage ends the check itself
    finally:
        connection.set_progress_handler(None, 0)
    return [] if found == ["ok"] else found


def refuse_damaged(url: str, clock: Clock, *, within_s: float = GLANCE_S) -> None:
    """Raise StoreDamaged for a database file that is not whole, as far as it can be read in that time."""
    path = file_of(url_of(url))
    if path is None or not path.is_file():
        return
    until = clock.monotonic() + within_s
    with reading(path) as connection:
        if found := faults(connection, lambda: clock.monotonic() > until):
            raise StoreDamaged(f"the database {path} is damaged ({one_line(found)}); {TO_RESTORE}")


def one_line(found: Iterable[str]) -> str:
    """SQLite's words on one line."""
    return "; ".join(" ".join(each.split()) for each in found)
