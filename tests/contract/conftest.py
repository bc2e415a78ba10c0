"""A store of its own for each test of the store's contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage import SqlStore, open_store
from tests.clock import ManualClock
from tests.storing import NOW, new_database


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of an empty database, the file `bot.db` in `tmp_path`."""
    return new_database(tmp_path)


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    async with open_store(url, ManualClock(NOW)) as opened:
        yield opened
