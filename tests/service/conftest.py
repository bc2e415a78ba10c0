"""A world and one life of the bot in it, for each test."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.clock import ManualClock
from tests.rig import Rig, World, living

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, ManualClock(NOW))


@pytest.fixture
async def rig(world: World) -> AsyncIterator[Rig]:
    async with world.store() as store, living(world, store=store) as rig:
        yield rig
