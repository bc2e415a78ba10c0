"""The bot dies at every await of a step that follows by itself: one next part, one message, one charge.

Or at every await of a stop: no next part, and one word about it.
"""

from pathlib import Path
from typing import cast

import pytest

from bot.ports import Board, Media, Members, Relay, Store
from tests.rig import Rig, World, living, text_request
from tests.service.test_death import Killed, Life, Mortal, new_world, rows

PARTS = "SELECT id, part, state, more_parts, message_id, action_key FROM generations ORDER BY part"


async def one_life(world: World, life: Life, asked: list[int]) -> None:
    """Ask for two parts, and let them be made. The command is typed once; the first life ends with its step."""
    async with world.store() as store:
        try:
            async with living(
                world,
                store=cast("Store", Mortal(store, life)),
                relay=cast("Relay", Mortal(world.relay, life)),
                board=cast("Board", Mortal(world.discord, life)),
                members=cast("Members", Mortal(world.discord, life)),
                media=cast("Media", Mortal(world.disk, life)),
            ) as rig:
                await the_conversation(rig, life, asked)
        except (Killed, BaseExceptionGroup):
            assert life.dead


async def the_conversation(rig: Rig, life: Life, asked: list[int]) -> None:
    if not asked:
        asked.append(1)
        await rig.ask(text_request(), more_parts=1)
    for _ in range(12):
        await rig.pass_time(20)
        if life.dead:
            raise Killed


def check_what_must_hold(world: World, died_at: str) -> None:
    parts = rows(world, PARTS)
    if not parts or parts[0][2] != "completed":
        assert len(parts) <= 1, died_at  # it died before the step: what holds then, `test_death` checks
        return
    messages = world.discord.messages
    assert [part[1] for part in parts] == [1, 2], died_at
    first, second = parts
    uncertain = died_at in {"submit", "save"} and second[2] == "uncertain"
    assert second[2] == "completed" or uncertain, died_at
    assert len(world.relay.bills) == 2 or (uncertain and len(world.relay.bills) == 1), died_at
    assert (first[3], second[3], second[5]) == (0, 0, f"chain:{first[0]}:2"), died_at
    replies = [each for each, message in messages.items() if message.part is not None]
    assert replies == [second[4]], died_at
    assert (messages[replies[0]].refers_to, messages[replies[0]].shows) == (first[4], second[2]), died_at
    assert rows(world, "SELECT generation_id, count(*), sum(credits) FROM ledger GROUP BY generation_id") == [
        (first[0], 1, -1),
        (second[0], 1, -1),
    ], died_at


async def the_undisturbed_calls(folder: Path) -> list[str]:
    world, life = new_world(folder), Life(None, after=False)
    await one_life(world, life, asked=[])
    check_what_must_hold(world, "nothing")
    assert len(world.discord.messages) == 2
    return life.calls


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # tasks of the dead are never awaited
@pytest.mark.parametrize("after", [False, True], ids=["before-its-effect", "after-its-effect"])
async def test_a_death_at_any_await_of_a_step_makes_one_next_part(tmp_path: Path, *, after: bool) -> None:
    calls = await the_undisturbed_calls(tmp_path / "whole")
    step = [calls.index("find"), len(calls) - 1 - calls[::-1].index("attach")]
    assert calls[step[0] : step[1] + 1].count("admit_next") == 1
    for at in range(step[0] - 3, step[1] + 30):
        world, life, asked = new_world(tmp_path / f"world-{at}"), Life(at, after=after), list[int]()
        await one_life(world, life, asked)
        assert life.dead, f"death {at} never came"
        await one_life(world, Life(None, after=False), asked)
        check_what_must_hold(world, life.calls[at])


def check_the_stop(world: World, died_at: str) -> None:
    ((_, _, state, more_parts, message_id, _),) = rows(world, PARTS)
    assert (state, more_parts) == ("completed", 0), died_at
    assert [told for told, _ in world.discord.told] == [message_id], died_at
    assert rows(world, "SELECT key FROM notes WHERE key LIKE 'untold%'") == [], died_at
    assert len(world.relay.bills) == 1, died_at


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # tasks of the dead are never awaited
@pytest.mark.parametrize("after", [False, True], ids=["before-its-effect", "after-its-effect"])
async def test_a_death_at_any_await_of_a_stop_leaves_one_word_about_it(tmp_path: Path, *, after: bool) -> None:
    whole, life = new_world(tmp_path / "whole"), Life(None, after=False)
    whole.discord.member = None
    await one_life(whole, life, asked=[])
    check_the_stop(whole, "nothing")
    assert whole.discord.told == [(1, None)]
    first, last = life.calls.index("find"), life.calls.index("stop_told")
    assert life.calls[first : last + 1] == ["find", "stop_chain", "tell_stopped", "stop_told"]
    for at in range(first, last + 1):
        world, life, asked = new_world(tmp_path / f"world-{at}"), Life(at, after=after), list[int]()
        world.discord.member = None
        await one_life(world, life, asked)
        assert life.dead, f"death {at} never came"
        await one_life(world, Life(None, after=False), asked)
        check_the_stop(world, life.calls[at])
