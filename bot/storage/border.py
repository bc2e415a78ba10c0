"""The one border where a database's errors become the bot's own, in a sentence without a secret."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.domain.errors import StoreBusy, StoreDamaged, StoreError

TO_RESTORE = 'restore the last copy that `dreamreel backup` made: see "Restore a backup" in docs/operations.md'
"""What the sentence about a damaged database ends with."""

# SQLite's primary result codes (sqlite.org/rescode.html) and what an operator is told; the rest speak for themselves.
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY = 0xFF
"""An extended code, such as SQLITE_CORRUPT_INDEX, has its primary one in the lowest byte."""


@contextmanager
def border(name: str) -> Iterator[None]:
    """Raise whatever the database raises as StoreError. `name` is the database's URL without its password."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError, ImportError) as trouble:
        raise _translated(trouble, name) from trouble


def _translated(trouble: Exception, name: str) -> StoreError:
    cause = trouble.orig if isinstance(trouble, DBAPIError) else trouble
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY  # absent where the error is the driver's own
        if code in _BUSY:
            return StoreBusy(f"another process is writing to the database {name}")
        if code in _DAMAGED:
            return StoreDamaged(f"the database {name} cannot be read: {cause}; {TO_RESTORE}")
    # SQLAlchemy's own errors may quote a URL or a statement's values, and those can hold a secret.
    why = type(cause).__name__ if isinstance(cause, SQLAlchemyError) else f"{type(cause).__name__}: {cause}"
    return StoreError(f"the database {name} cannot be used ({why})")
