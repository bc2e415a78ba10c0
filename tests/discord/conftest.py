"""A stage for each test. SimCord's clock rules a test that has its `env` among its fixtures, so `stage` asks for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord

from tests.discord.stage import Stage, staged


@pytest.fixture
async def _set_up(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as stage:
        yield stage


@pytest.fixture
def env(_set_up: Stage) -> simcord.Env:
    return _set_up.env


@pytest.fixture
def stage(_set_up: Stage, env: simcord.Env) -> Stage:
    return _set_up
