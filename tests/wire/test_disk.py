"""A disk that takes no write, for a while or from the start: the short forms of `tests.prove.hardship`."""

import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.service.publisher import FETCH_TRIES
from tests.prove.hardship.disk import take_away
from tests.prove.hardship.disks import Limited
from tests.prove.hardship.members import all_say, ask, card_of, states
from tests.prove.hardship.within import SetClock, living
from tests.wire.bot_process import run_bot
from tests.wire.local_discord import headline_of, text_of
from tests.wire.world import PROMPT, World

PLAINLY = ("tests.prove.hardship.plainly", "bot")


@pytest.mark.parametrize("world", [None], indirect=True)
async def test_while_the_disk_takes_no_write_nothing_is_paid_for_and_then_all_goes_on(world: World) -> None:
    print(await take_away(world, Limited()))  # noqa: T201  # a measurement, for `pytest -rP`


@contextmanager
def unwritable(*places: Path) -> Iterator[None]:
    """Nobody may write these, root apart."""
    modes = {place: place.stat().st_mode for place in places}
    try:
        for place, mode in modes.items():
            place.chmod(mode & ~0o222)
        yield
    finally:
        for place, mode in modes.items():
            place.chmod(mode)


async def test_what_the_bot_may_not_write_is_said_at_the_start_and_nothing_connects(world: World) -> None:
    async with world.bot() as bot:
        await bot.stop()
    connections = world.local.gateway.connections
    for places in ([world.folder / "bot.db"], [world.folder, *world.folder.glob("bot.db*")]):
        async with AsyncExitStack() as stack:
            stack.enter_context(unwritable(*places))
            refused = await stack.enter_async_context(run_bot(world.folder / "config.toml", through=PLAINLY))
            assert await refused.ended() == 1
        world.lives.append(refused)
        (sentence,) = refused.lines
        assert "bot.db" in sentence
        assert "readonly" in sentence or "Permission denied" in sentence
    assert world.local.gateway.connections == connections


@pytest.mark.parametrize("world", [None], indirect=True)
async def test_a_video_that_the_disk_does_not_take_is_shown_by_its_link(world: World) -> None:
    """Every write of its file is answered by the kernel's own "No space left on device"."""
    clock = SetClock()
    async with living(world, clock) as app:
        card = card_of(await ask(world))
        await all_say(world, [card], "Queued")
        ((generation, relay_id),) = world.rows("SELECT id, relay_id FROM generations")
        part = world.folder / "videos" / f"{generation}.mp4.part"
        part.symlink_to("/dev/full")
        world.relay.move_all("completed")
        await world.local.changes.until(lambda: states(world)["completed"] == 1, told=False)
        for _ in range(2 * FETCH_TRIES):
            await app.publisher.tick()
            if not part.is_symlink():
                part.symlink_to("/dev/full")  # before the next try is due
            clock.off += timedelta(seconds=10)

    assert f"/videos/{relay_id}.mp4" in text_of(world.local.messages[card])
    assert world.local.messages[card]["attachments"] == []
    assert "Completed" in headline_of(world.local.messages[card])


async def test_members_are_told_in_time_while_another_program_holds_the_database(world: World) -> None:
    """However many ask: what is told after 3 s reaches nobody."""
    async with world.bot() as bot:
        with closing(sqlite3.connect(world.folder / "bot.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            asked = [await world.local.slash("generate", prompt=PROMPT) for _ in range(5)]
            for each in asked:
                await world.local.answered(each)
            other.execute("ROLLBACK")
        await all_say(world, [card_of(await ask(world))], "Completed")
        await bot.stop()
    assert [each.refused for each in asked] == [[]] * len(asked)
    assert states(world) == {"completed": 1}
