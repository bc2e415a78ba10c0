"""Opens a database, brought up to date, and closes it: the same for all that is kept in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.errors import StoreError
from bot.ports import Clock
from bot.storage.engine import Database, file_of, is_sqlite, name_of, url_of
from bot.storage.migrate import migrate
from bot.storage.pseudonyms import Pseudonyms, pseudonyms

BUSY_TIMEOUT_S = 5.0
"""Seconds that a write waits for another process, such as a backup, before it is refused."""


@asynccontextmanager
async def opened(url: str, clock: Clock, *, busy_timeout_s: float) -> AsyncIterator[tuple[Database, Pseudonyms]]:
    """The database at a URL, brought up to date; closed at the end, after what has begun.

    Raises StoreBusy where another process does not let go within `busy_timeout_s` seconds, StoreDamaged for a file
    that cannot be read or is not ours, and StoreError for whatever else makes it unusable.
    """
    where = url_of(url)
    if is_sqlite(where) and file_of(where) is None:
        raise StoreError(
            f"{name_of(where)} does not name a file: in memory, videos that were paid for would be forgotten"
        )
    await migrate(url, busy_timeout_s=busy_timeout_s)
    database = Database(where, clock, busy_timeout_s=busy_timeout_s)
    try:
        yield database, await database.write(pseudonyms)
    finally:
        await database.close()
