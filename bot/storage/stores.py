"""All that is kept, each by its own port, in one database: what the composition root opens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.ports import Clock
from bot.storage.chains import SqlChains
from bot.storage.generations import SqlStore
from bot.storage.house import SqlHouse
from bot.storage.notices import SqlNotices
from bot.storage.opening import BUSY_TIMEOUT_S, opened
from bot.storage.preferences import SqlPreferences
from bot.storage.privacy import SqlPrivacy
from bot.storage.purse import SqlPurse


@dataclass(frozen=True, slots=True)
class Stores:
    """The ports over one and the same connections."""

    store: SqlStore
    purse: SqlPurse
    house: SqlHouse
    privacy: SqlPrivacy
    preferences: SqlPreferences
    notices: SqlNotices
    chains: SqlChains


@asynccontextmanager
async def open_database(url: str, clock: Clock, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> AsyncIterator[Stores]:
    """The stores at a database URL: see `opening.opened` for what it raises."""
    async with opened(url, clock, busy_timeout_s=busy_timeout_s) as (database, pseudonyms):
        yield Stores(
            SqlStore(database, pseudonyms),
            SqlPurse(database, pseudonyms),
            SqlHouse(database),
            SqlPrivacy(database, pseudonyms, clock),
            SqlPreferences(database),
            SqlNotices(database),
            SqlChains(database),
        )
