"""Every interaction is answered at once, however much is open and however many ask; and nothing blocks the loop."""

import asyncio
import re
from pathlib import Path

from sandbox.relay_process import relay_process
from tests.wire.bot_process import BotProcess
from tests.wire.crowd import Crowd, Latencies, ordered, seed
from tests.wire.world import API_KEY, World

OPEN = 1_000
CROWD_S = 5.0
ROUNDS = 3
ANSWERED_WITHIN_S = 1.0
DEFAULT_POLLS = {"first_poll_s": 15, "min_interval_s": 3, "max_interval_s": 20}
"""Seconds: as operators have it."""
_SLOW = re.compile(r"Executing .* took (\d+\.\d+) seconds")


async def test_50_commands_a_second_are_answered_within_a_second_while_1000_generations_are_open(
    world: World, tmp_path: Path
) -> None:
    async with relay_process("--by-hand", "--no-render", "--api-key", API_KEY) as relay_url:
        await seed(tmp_path / "bot.db", world.local, await ordered(relay_url, OPEN))
        async with world.bot(world.config(relay={"base_url": relay_url}, poller=DEFAULT_POLLS)) as bot:
            await bot.says("ready, in")
            began = asyncio.get_running_loop().time()
            sent = await Crowd(world.local, 50).act(CROWD_S)
            sending_s = asyncio.get_running_loop().time() - began
            for interaction in sent:
                await world.local.answered(interaction)
            code, took_s = await bot.stop()

    assert [interaction.refused for interaction in sent if interaction.refused] == []
    latencies = Latencies.of(sent)
    posts = len(world.rows("SELECT id FROM generations WHERE id NOT LIKE 'open%' AND relay_id LIKE 'luma%'"))
    print(f"{latencies}; {posts} sent meanwhile; ended after {took_s:.1f} s")  # noqa: T201  # a measurement, for `pytest -rP`
    assert sending_s < CROWD_S * 1.1, "the crowd itself was too slow to tell anything"
    assert latencies.sorted_s[-1] < ANSWERED_WITHIN_S
    assert code == 0


async def test_nothing_blocks_the_loop(world: World, tmp_path: Path) -> None:
    """With asyncio's own watch, which speaks of every step over 0.1 s and makes everything slower, so fewer ask.

    It measures by the wall clock, so a machine that is busy elsewhere sets it off too. But that passes: what the bot
    itself blocks it blocks each time. So one quiet round of three is enough, and a bot that blocks has none.
    """
    async with relay_process("--by-hand", "--no-render", "--api-key", API_KEY) as relay_url:
        await seed(tmp_path / "bot.db", world.local, await ordered(relay_url, OPEN))
        config = world.config(relay={"base_url": relay_url}, poller=DEFAULT_POLLS)
        async with world.bot(config, {"PYTHONASYNCIODEBUG": "1"}) as bot:
            await bot.says("ready, in")
            slow = [await _slow_steps(world, bot)]
            while slow[-1] and len(slow) < ROUNDS:
                slow.append(await _slow_steps(world, bot))

    print(f"slow steps in each round: {slow}")  # noqa: T201  # as above
    assert slow[-1] == []


async def _slow_steps(world: World, bot: BotProcess) -> list[str]:
    """What asyncio complains of while a small crowd asks."""
    before = len(bot.lines)
    for interaction in await Crowd(world.local, 10).act(3):
        await world.local.answered(interaction)
    return [line for line in bot.lines[before:] if _SLOW.search(line)]
