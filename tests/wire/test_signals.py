"""A bot that is told to end, or stands still for a while, loses nothing: the short forms of `tests.prove.hardship`."""

from tests.prove.hardship.signals import stand_still, stop_under_load
from tests.wire.world import World

GIVEN_UP_S = 3.5
"""Seconds. A little more than Discord waits for the answer to an interaction."""


async def test_ended_under_load_it_saves_every_paid_request_and_the_next_life_goes_on(world: World) -> None:
    """Half of the videos are asked for before it, and members go on asking while it ends."""
    print(await stop_under_load(world, count=40, on_wire=15, answer_s=1.0))  # noqa: T201  # a measurement, for `pytest -rP`


async def test_a_bot_that_stood_still_goes_on_where_it_was_and_keeps_its_place(world: World) -> None:
    """Its paid requests are answered meanwhile, Discord gives up an interaction, and a second bot is refused."""
    print(await stand_still(world, GIVEN_UP_S))  # noqa: T201  # as above
