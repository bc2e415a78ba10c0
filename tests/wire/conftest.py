"""The surroundings of `dreamreel run`, new for each test that asks for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.wire.world import QUICK_FILMS, World, surroundings


@pytest.fixture
async def world(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Whatever a test does, nothing of what the bot wrote may hold a secret, a prompt or a traceback.

    And nothing that it asks of Discord may have another shape than Discord documents.

    Its parameter is the relay's pace: None where the test itself moves the films on.
    """
    async with surroundings(tmp_path, pace=getattr(request, "param", QUICK_FILMS)) as world:
        yield world
        for number, bot in enumerate(world.lives, start=1):
            print(f"-- what life {number} wrote --\n{bot.output}")  # noqa: T201  # pytest shows it where a test failed
        assert world.indiscretions() == []
        assert world.local.misshapen == []
