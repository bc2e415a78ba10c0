"""A command's answer whose connection breaks is given once more at once, and makes no second card."""

import sqlite3
from contextlib import closing

import pytest

from bot.domain.generation import GenerationState
from bot.ui.placing import AGAIN_WITHIN_S
from tests.wire.local_discord import GUILD, Fault
from tests.wire.test_run import carded, generate
from tests.wire.world import PROMPT, World

CALLBACK = "/callback"


def answers(world: World) -> int:
    """How often the bot tried to answer."""
    return sum(seen.path.endswith(CALLBACK) for seen in world.local.seen)


@pytest.mark.parametrize("after", [False, True], ids=["not arrived", "arrived"])
@pytest.mark.parametrize("way", ["reset", "hang_up", "server error"])
async def test_an_answer_whose_connection_breaks_is_given_again_and_its_video_made(
    world: World, way: str, after: bool
) -> None:
    """Far sooner than the half minute after which lost answers are looked for. discord.py repeats after a 502."""
    status = 502 if way == "server error" else 0
    fault = Fault(status, part_of_path=CALLBACK, after=after, reset=way == "reset", hang_up=way == "hang_up")
    async with world.bot():
        world.local.fail(fault)
        card = await generate(world)
        await world.local.says(card, "Completed")

    assert answers(world) == 2
    assert [each for each, message in world.local.messages.items() if PROMPT in str(message)] == [card]
    assert world.rows("SELECT message_id FROM generations") == [(card,)]
    assert len(world.relay.bills) == 1


@pytest.mark.parametrize(
    "second",
    [Fault(part_of_path=CALLBACK, reset=True), Fault(404, 10062, part_of_path=CALLBACK)],
    ids=["broken again", "too late"],
)
async def test_where_the_second_try_says_nothing_of_the_first_the_message_is_looked_for(
    world: World, second: Fault
) -> None:
    async with world.bot() as bot:
        world.local.fail(Fault(part_of_path=CALLBACK, reset=True, after=True))
        world.local.fail(second)
        asked = await world.local.slash("generate", prompt=PROMPT)
        card = await carded(world.local, asked)
        await bot.says("its answer is looked for")
        await world.local.says(await generate(world), "Completed")  # so much later nothing was withdrawn

    assert answers(world) == 3
    first, *_ = world.rows("SELECT state, message_id FROM generations ORDER BY created_at")
    assert first == (GenerationState.WAITING, None)
    assert "Waiting" in str(world.local.messages[card])


async def test_a_try_that_took_nearly_all_the_time_there_is_is_not_repeated(world: World) -> None:
    async with world.bot() as bot:
        world.local.fail(Fault(part_of_path=CALLBACK, reset=True, delay_s=AGAIN_WITHIN_S))
        await world.local.slash("generate", prompt=PROMPT)
        await bot.says("its answer may have arrived")
        await world.local.says(await generate(world), "Completed")

    assert answers(world) == 2


async def test_what_an_earlier_life_refused_is_not_tied_to_that_private_answer(world: World) -> None:
    """Delivered again, when the rule that refused it is gone: nothing is paid for that nobody would see."""

    def tell(statement: str) -> None:
        with closing(sqlite3.connect(world.folder / "bot.db", timeout=10)) as database, database:
            database.execute(statement, (GUILD, PROMPT.split()[1]))

    async with world.bot() as bot:
        tell("INSERT INTO words (guild_id, word) VALUES (?, ?)")
        refused = await world.local.answered(await world.local.slash("generate", prompt=PROMPT))
        tell("DELETE FROM words WHERE guild_id = ? AND word = ?")
        await world.local.again(refused)
        await bot.says("its answer may have arrived")
        await world.local.says(await generate(world), "Completed")

    first, second = world.rows("SELECT state, message_id FROM generations ORDER BY created_at")
    assert first == (GenerationState.WAITING, None)
    assert second[0] == GenerationState.COMPLETED
    assert len(world.relay.bills) == 1
