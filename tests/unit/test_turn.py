"""The order of writes: members first, each lane in the order of asking, and nobody forgotten."""

import asyncio
from collections.abc import Coroutine

import pytest

from bot.storage.turn import Turn


async def waiting(turn: Turn, name: str, went: list[str], *, first: bool) -> None:
    await turn.acquire(first=first)
    went.append(name)
    turn.release()


async def started(*waiters: Coroutine[None, None, None]) -> list[asyncio.Task[None]]:
    """Tasks that have all begun to wait, in this order."""
    tasks = [asyncio.create_task(waiter) for waiter in waiters]
    await asyncio.wait(tasks, timeout=0)
    return tasks


async def test_a_free_turn_is_taken_at_once() -> None:
    turn, went = Turn(), list[str]()
    await waiting(turn, "a", went, first=False)
    await waiting(turn, "b", went, first=True)
    assert went == ["a", "b"]


async def test_members_go_before_the_loops_and_each_lane_in_its_order() -> None:
    turn, went = Turn(), list[str]()
    await turn.acquire(first=False)
    tasks = await started(
        waiting(turn, "poll 1", went, first=False),
        waiting(turn, "poll 2", went, first=False),
        waiting(turn, "member 1", went, first=True),
        waiting(turn, "member 2", went, first=True),
    )
    turn.release()
    await asyncio.gather(*tasks)
    assert went == ["member 1", "member 2", "poll 1", "poll 2"]


@pytest.mark.parametrize("handed_over", [False, True], ids=["while-it-waits", "as-its-turn-comes"])
async def test_one_that_is_cancelled_leaves_no_gap_behind(*, handed_over: bool) -> None:
    turn, went = Turn(), list[str]()
    await turn.acquire(first=False)
    tasks = await started(waiting(turn, "gone", went, first=True), waiting(turn, "next", went, first=False))
    if handed_over:
        turn.release()
        tasks[0].cancel()
    else:
        tasks[0].cancel()
        await asyncio.gather(tasks[0], return_exceptions=True)
        turn.release()
    await tasks[1]
    assert went == ["next"]
