"""A stage for each test. SimCord's clock rules a test that has its `env` among its fixtures, so `stage` asks for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord

from bot.service.intake import Terms
from tests.discord.stage import Stage, staged


@pytest.fixture
def terms() -> Terms:
    """The operator's prices and caps; a test parametrizes it for others."""
    return Terms()


@pytest.fixture
async def _set_up(tmp_path: Path, terms: Terms) -> AsyncIterator[Stage]:
    async with staged(tmp_path, terms) as stage:
        yield stage


@pytest.fixture
def env(_set_up: Stage) -> simcord.Env:
    return _set_up.env


@pytest.fixture
def stage(_set_up: Stage, env: simcord.Env) -> Stage:
    return _set_up
