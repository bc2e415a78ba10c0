"""A disk that takes no write: no paid request leaves that could not be recorded, and all goes on when there is room."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from tests.prove.hardship.disks import Disk
from tests.prove.hardship.members import all_say, ask, asks, card_of, check_account, states
from tests.wire.bot_process import BotProcess
from tests.wire.local_discord import Fault
from tests.wire.world import PROMPT, World

ANSWER_S = 2.0
"""Seconds in which the relay answers the paid request that is on the wire when the disk is taken away."""
NO_CHARGE = "Nothing was sent and nothing was charged."
"""What a member must be told."""
MOST_EDITS = 10
"""Edits that three cards may cost while nothing can be noted."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What a disk that took no write came to, until it took them again."""

    edits: int
    log_lines: int
    told: int
    back_s: float

    def __str__(self) -> str:
        return (
            f"no write taken: 0 paid requests sent, {self.told} members told, {self.edits} edits, "
            f"{self.log_lines} lines in the log; all shown {self.back_s:.1f} s after it took them again, none uncertain"
        )


async def take_away(world: World, disk: Disk) -> Refused:
    """Take the disk away while videos are followed, one is being paid for and one waits; then give it back.

    The relay's pace must be None: here the films are moved on.
    """
    loop = asyncio.get_running_loop()
    async with world.bot() as bot:
        await bot.says("ready, in")
        followed = await asks(world, 3)
        await all_say(world, followed, "Queued")
        paying, waiting = await _one_on_the_wire(world), await _one_that_waits(world, bot)
        await _one_edit_on_the_wire(world)
        posts, edits, lines = world.relay.requests.posts, len(world.local.edits()), len(bot.lines)
        disk.refuse(bot)
        await bot.says("cannot save that it is queued")
        await bot.says("cannot note what became of its card")
        await bot.says("the database cannot be written")
        told = [await _told(world) for _ in range(3)]
        world.relay.move_all("completed")
        await bot.says("cannot save what the relay says")
        assert (world.relay.requests.posts, len(world.relay.bills)) == (posts, 4)
        edits, lines = len(world.local.edits()) - edits, len(bot.lines) - lines
        assert edits <= MOST_EDITS
        disk.relent(bot)
        began = loop.time()
        await world.until_relay(lambda relay: len(relay.bills) == 5)
        world.relay.move_all("completed")
        await all_say(world, [*followed, paying, waiting], "Completed")
        back_s = loop.time() - began
        after = await ask(world)
        await world.until_relay(lambda relay: len(relay.bills) == 6)
        world.relay.move_all("completed")
        await all_say(world, [card_of(after)], "Completed")
        await bot.stop()
    assert states(world) == {"completed": 6}
    check_account(world)
    return Refused(edits, lines, len(told), back_s)


async def _one_on_the_wire(world: World) -> int:
    """One that the relay has taken, and has not answered yet."""
    world.relay.fault("submit", "slow", times=1, value=ANSWER_S)
    card = card_of(await ask(world))
    await world.until_relay(lambda relay: len(relay.bills) == 4)
    return card


async def _one_that_waits(world: World, bot: BotProcess) -> int:
    """One that the relay would not take yet."""
    world.relay.fault("submit", "429_retry_after", times=1, value=2)
    card = card_of(await ask(world))
    await bot.says("nothing is sent for")
    await world.local.changes.until(lambda: states(world)["waiting"] == 1, told=False)
    return card


async def _one_edit_on_the_wire(world: World) -> None:
    """One card is being edited, which Discord puts off a little."""
    before = len(world.local.edits())
    pause = {"retry_after": ANSWER_S, "global": False}
    world.local.fail(Fault(429, method="PATCH", headers={"Retry-After": str(ANSWER_S)}, extra=pause))
    world.relay.move(world.relay.bills[0].task_id or "", "dreaming")
    await world.local.until(lambda: len(world.local.edits()) > before)


async def _told(world: World) -> float | None:
    """A member who asks now is told, privately, in time, and that it costs nothing; the seconds it took."""
    asked = await world.local.answered(await world.local.slash("generate", prompt=PROMPT))
    assert asked.answer is not None, asked.refused
    assert NO_CHARGE in asked.answer["data"]["content"]
    assert asked.answer["data"]["flags"] & 64
    return asked.took_s


async def leave_a_little(world: World, disk: Disk) -> str:
    """Leave too little room for anything new and enough for what was begun: that is saved, and nothing new is sent."""
    async with world.bot() as bot:
        await bot.says("ready, in")
        followed = await asks(world, 3)
        await all_say(world, followed, "Queued")
        paying, waiting = await _one_on_the_wire(world), await _one_that_waits(world, bot)
        posts = world.relay.requests.posts
        disk.refuse(bot)
        await all_say(world, [paying], "Queued")
        await bot.says("nothing new is begun")
        await _told(world)
        world.relay.move_all("completed")
        await all_say(world, [*followed, paying], "Completed")
        assert (world.relay.requests.posts, states(world)["waiting"]) == (posts, 1)
        disk.relent(bot)
        await all_say(world, [waiting], "Queued")
        world.relay.move_all("completed")
        await all_say(world, [waiting], "Completed")
        await bot.stop()
    assert states(world) == {"completed": 5}
    check_account(world)
    return "nearly full: nothing new sent, the one on the wire saved, 4 videos shown meanwhile, the fifth afterwards"


async def only_the_link(world: World, config: Path) -> str:
    """`config` names a folder for videos that has no room: the card is shown with its link."""
    loop = asyncio.get_running_loop()
    async with world.bot(config) as bot:
        await bot.says("ready, in")
        (card,) = await asks(world, 1)
        await world.local.changes.until(lambda: states(world)["completed"] == 1, told=False)
        began = loop.time()
        await all_say(world, [card], "Completed")
        took_s = loop.time() - began
        await bot.stop()
    assert world.local.messages[card]["attachments"] == []
    check_account(world)
    return f"no room for videos: shown by the link alone {took_s:.1f} s after it was completed"
