"""SIGTERM while much is under way; SIGSTOP for longer than Discord, the relay or a timer waits, then SIGCONT."""

import asyncio
import contextlib
import signal
from dataclasses import dataclass

from tests.prove.hardship.members import LONG_S, all_say, ask, asks, check_account, states
from tests.wire.local_discord import Interaction
from tests.wire.world import PROMPT, World

ENDS_WITHIN_S = 30.0
"""Seconds. What the service manager's own limit must exceed."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What a stop under load came to. `in_flight` are paid requests on the wire at the signal, `uploads` videos."""

    took_s: float
    asked: int
    in_flight: int
    open: int

    def __str__(self) -> str:
        return (
            f"SIGTERM: ended after {self.took_s:.2f} s, with {self.in_flight} paid requests on the wire "
            f"and {self.open} videos open of {self.asked} asked for"
        )


async def stop_under_load(world: World, count: int, on_wire: int, answer_s: float) -> Ending:
    """Ask for `count` videos, and end the bot when so many paid requests left, to which the relay answers that late."""
    async with world.bot() as bot:
        await bot.says("ready, in")
        await all_say(world, await asks(world, 2), "Completed")
        world.relay.fault("submit", "slow", times=-1, value=answer_s)
        crowd = asyncio.create_task(_keep_asking(world, count))
        sent = 2 + on_wire
        await world.local.changes.until(lambda: world.relay.requests.submit >= sent, LONG_S, told=False)
        before = states(world)
        code, took_s = await bot.stop(signal.SIGTERM)
        crowd.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await crowd
    assert code == 0
    assert took_s < ENDS_WITHIN_S
    assert not states(world).keys() & {"submitting", "uncertain"}
    check_account(world)
    world.relay.clear_faults()
    await _finish(world)
    return Ending(took_s, count, before["submitting"], before.total() - before["completed"])


async def _keep_asking(world: World, count: int) -> None:
    """Ask without waiting for the answers: some come while the bot is stopping, and after."""
    for number in range(count):
        sent = await world.local.slash("generate", prompt=PROMPT)
        if number < count // 2:
            await world.local.answered(sent)


async def _finish(world: World) -> None:
    """Let the next life bring all of it to its end; none of it is paid for again."""
    async with world.bot() as bot:
        cards = [card for (card,) in world.rows("SELECT message_id FROM generations WHERE message_id IS NOT NULL")]
        await all_say(world, cards, "Completed")
        await bot.stop()
    assert "uncertain" not in states(world)
    check_account(world)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a bot that stood still came to. `back_s` are the seconds until all videos were shown after SIGCONT."""

    seconds: float
    in_flight: int
    back_s: float
    resumes: int

    def __str__(self) -> str:
        return (
            f"SIGSTOP for {self.seconds:.1f} s with {self.in_flight} paid requests on the wire: all known and shown "
            f"{self.back_s:.1f} s after SIGCONT, {self.resumes} sessions resumed, none uncertain"
        )


async def stand_still(world: World, seconds: float, in_flight: int = 5) -> Frozen:
    """Freeze the bot while paid requests are on the wire, answered meanwhile; a second one must not take its place."""
    loop = asyncio.get_running_loop()
    async with world.bot() as bot:
        await bot.says("ready, in")
        cards = await asks(world, 2)
        await all_say(world, cards, "Completed")
        world.relay.fault("submit", "slow", times=in_flight, value=0.5)
        cards += await asks(world, in_flight)
        await world.until_relay(lambda relay: relay.requests.submit >= 2 + in_flight)
        bot.process.send_signal(signal.SIGSTOP)
        began = loop.time()
        assert states(world)["submitting"] == in_flight
        late = await world.local.slash("generate", prompt=PROMPT)
        async with world.process() as second:
            assert await second.ended() == 1
            assert f"pid {bot.process.pid}" in second.output
        # How long it stands still is what is tried here; nothing in the world tells of it but the time.
        await world.local.changes.until(lambda: loop.time() - began >= seconds, seconds + 10, told=False)
        bot.process.send_signal(signal.SIGCONT)
        back = loop.time()
        await all_say(world, cards, "Completed")
        back_s = loop.time() - back
        await _came_too_late(world, late)
        await all_say(world, [(await ask(world)).message_id or 0], "Completed")
        await bot.stop()
    assert states(world) == {"completed": len(cards) + 1, "cancelled": 1}
    check_account(world)
    return Frozen(seconds, in_flight, back_s, len(world.local.gateway.resumes))


async def _came_too_late(world: World, late: Interaction) -> None:
    """What was asked for meanwhile is refused by Discord, so nobody sees it, and it is not paid for."""
    await world.local.answered(late)
    assert late.refused == [10062]
    await world.local.changes.until(lambda: states(world)["cancelled"] == 1, told=False)
