"""A database file that is damaged, cut short, or put back from a backup: what `dreamreel run` makes of it."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from tests.books import check_books
from tests.prove.hardship.members import all_say, ask, asks, card_of, states
from tests.wire.bot_process import ROOT, BotProcess
from tests.wire.world import World

PAGE = 4096


def spoil_a_page(database: Path) -> None:
    """Overwrite a page in the middle, as a dying disk does."""
    whole = database.read_bytes()
    at = len(whole) // PAGE // 2 * PAGE
    database.write_bytes(whole[:at] + b"\x55" * PAGE + whole[at + PAGE :])


def restore(world: World, copy: Path) -> None:
    """The drill of docs/operations.md: all three files aside, the copy in their place."""
    aside = world.folder / "broken"
    aside.mkdir()
    for file in [*world.folder.glob("bot.db*")]:
        file.rename(aside / file.name)
    shutil.copyfile(copy, world.folder / "bot.db")


async def back_up(world: World, copy: Path) -> str:
    """`dreamreel backup`, as a process beside the running bot; what it says."""
    command = (sys.executable, "-m", "bot", "backup", str(copy), "--config", str(world.folder / "config.toml"))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()


async def held_back(world: World, bot: BotProcess) -> int:
    """One that waits, because the relay takes nothing for now; its card."""
    world.relay.fault("submit", "429", times=-1)
    card = card_of(await ask(world))
    await bot.says("nothing is sent for")
    await world.local.changes.until(lambda: states(world)["waiting"] == 1, told=False)
    return card


@pytest.mark.parametrize("world", [None], indirect=True)
async def test_a_damaged_database_is_refused_and_its_backup_is_gone_on_with(world: World) -> None:
    """From the damage to the next video, by the commands that an operator types."""
    local, copy = world.local, world.folder / "copy.db"
    async with world.bot() as bot:
        await bot.says("ready, in")
        followed = await asks(world, 2)
        await all_say(world, followed, "Queued")
        waited = await held_back(world, bot)
        assert "3 videos" in await back_up(world, copy)
        world.relay.clear_faults()  # what waits in the copy is sent and paid for after it was made
        await all_say(world, [waited], "Queued")
        await bot.stop()
    connections, paid = local.gateway.connections, len(world.relay.bills)
    spoil_a_page(world.folder / "bot.db")

    async with world.process() as refused:
        assert await refused.ended() == 1
    (sentence,) = refused.lines
    assert "is damaged" in sentence
    assert "`dreamreel backup`" in sentence
    assert '"Restore a backup" in docs/operations.md' in sentence
    assert local.gateway.connections == connections

    restore(world, copy)
    async with world.bot() as bot:
        await bot.says("started from a backup made at")
        await bot.says("ready, in")
        world.relay.move_all("completed")
        await all_say(world, followed, "Completed")
        after = card_of(await ask(world))
        await all_say(world, [after], "Queued")
        world.relay.move_all("completed")
        await all_say(world, [after], "Completed")
        await bot.stop()
    assert states(world) == {"completed": 3, "cancelled": 1}
    assert (paid, len(world.relay.bills)) == (3, 4)  # the one that waited in the copy is not sent again
    check_books(world.folder / "bot.db")


@pytest.mark.parametrize("world", [None], indirect=True)
async def test_a_journal_that_is_cut_short_cannot_be_seen_and_what_it_held_may_be_paid_again(world: World) -> None:
    """What docs/reliability.md says of it: SQLite takes the cut for the end, and the bot starts with what is before."""
    journal = world.folder / "bot.db-wal"
    async with world.bot() as bot:
        await bot.says("ready, in")
        await held_back(world, bot)
        before = journal.stat().st_size
        world.relay.clear_faults()
        await world.until_relay(lambda relay: relay.bills)
        await bot.says("the relay took it")
        await bot.kill()
    with journal.open("rb+") as file:
        file.truncate(before)

    async with world.bot() as bot:
        await world.until_relay(lambda relay: len(relay.bills) == 2)
        await world.local.changes.until(lambda: states(world)["queued"] == 1, told=False)
        await bot.stop()
    assert states(world) == {"queued": 1}
    assert "damaged" not in bot.output
