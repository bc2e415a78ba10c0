"""A store of its own for each test of the store's contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage import SqlStore, Stores, open_database
from bot.storage.house import SqlHouse
from bot.storage.privacy import SqlPrivacy
from bot.storage.purse import SqlPurse
from tests.clock import ManualClock
from tests.storing import NOW, new_database


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of an empty database, the file `bot.db` in `tmp_path`."""
    return new_database(tmp_path)


@pytest.fixture
async def stores(url: str) -> AsyncIterator[Stores]:
    async with open_database(url, ManualClock(NOW)) as opened:
        yield opened


@pytest.fixture
def store(stores: Stores) -> SqlStore:
    return stores.store


@pytest.fixture
def house(stores: Stores) -> SqlHouse:
    return stores.house


@pytest.fixture
def privacy(stores: Stores) -> SqlPrivacy:
    return stores.privacy


@pytest.fixture
def purse(stores: Stores) -> SqlPurse:
    return stores.purse
