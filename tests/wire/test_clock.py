"""A clock that is set while the bot runs. `python -m tests.prove.hardship clock` sets that of a process."""

from datetime import timedelta

import pytest

from tests.prove.hardship.clocks import live_through
from tests.prove.hardship.within import SetClock, living
from tests.wire.world import World


@pytest.mark.parametrize("world", [None], indirect=True)
async def test_set_a_day_forward_and_back_nothing_expires_and_each_day_is_charged_once(world: World) -> None:
    clock = SetClock()
    async with living(world, clock) as app:

        async def set_clock(days: int) -> None:
            clock.off = timedelta(days=days)

        print(await live_through(world, set_clock, app.upkeep.round))  # noqa: T201  # a measurement, for `pytest -rP`
