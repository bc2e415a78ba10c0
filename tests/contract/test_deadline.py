"""A paid request's time is over, and its answer is there: a process that stood still reads it before it gives up."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from bot.relay.deadline import Bounds, deadline

TIME_S = 0.5


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection."""
    ours, relays = socket.socketpair()
    ours.setblocking(False)
    with ours, relays:
        yield ours, relays


async def heard(ours: socket.socket, bounds: Bounds) -> bytes:
    async with bounds():
        return await asyncio.get_running_loop().sock_recv(ours, 6)


async def test_an_answer_that_came_while_the_process_stood_still_is_read(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, relays = ends

    def stand_still() -> None:
        relays.send(b"the id")
        threading.Event().wait(2 * TIME_S)  # the loop stands still, as it does in a process that is stopped

    asyncio.get_running_loop().call_soon(stand_still)
    assert await heard(ours, deadline(TIME_S, TIME_S)) == b"the id"


async def test_without_an_answer_its_steps_end_within_their_common_time(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, relays = ends
    loop = asyncio.get_running_loop()
    began = loop.time()
    bounds = deadline(TIME_S, TIME_S)
    loop.call_later(TIME_S / 2, relays.send, b"a part")
    assert await heard(ours, bounds) == b"a part"
    with pytest.raises(TimeoutError):
        await heard(ours, bounds)
    assert 0.9 * TIME_S <= loop.time() - began < 2 * TIME_S


async def test_a_step_that_brings_nothing_has_a_time_of_its_own(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = ends
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        await heard(ours, deadline(100 * TIME_S, TIME_S))
    assert asyncio.get_running_loop().time() - began < 2 * TIME_S
