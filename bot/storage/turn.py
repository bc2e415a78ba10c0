"""Whose write is next: a member who waits for an answer goes before the loops, which can wait."""

import asyncio
from collections import deque


class Turn:
    """One at a time: those whom a member waits for before all others, each lane in the order of asking.

    A waiter that is cancelled leaves no gap behind.
    """

    def __init__(self) -> None:
        self._taken = False
        self._lanes: tuple[deque[asyncio.Future[None]], ...] = (deque(), deque())

    async def acquire(self, *, first: bool) -> None:
        if not self._taken:
            self._taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._lanes[0 if first else 1].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()  # it came in the same moment
            raise

    def release(self) -> None:
        for lane in self._lanes:
            while lane:
                turn = lane.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._taken = False
