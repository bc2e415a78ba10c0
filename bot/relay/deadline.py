"""When one paid exchange is over, and how an answer that has come by then is read all the same."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

Bounds = Callable[[], AbstractAsyncContextManager[None]]
"""Bounds one step of an exchange, which raises TimeoutError when its time is over."""

NO_BOUNDS: Bounds = nullcontext
"""For steps that somebody else bounds."""
LAST_LOOK_S = 0.5
"""Seconds, at the end of the whole, for what came meanwhile."""
_SHARE = 0.1
"""The most that the last look takes of a short time."""


def deadline(seconds: float, step_s: float) -> Bounds:
    """Bounds for the steps of one exchange, each and together, from now on; to be called in a running loop.

    A process that was stopped for a while (a frozen container, a moved machine) finds its time over and the answer
    unread. A timer alone would win, since a wait that a signal broke off ends without a look at the sockets: the answer
    would be thrown away, and nobody could say what was paid for. So when the time is over, there is one more look at
    what came. Not stopped, all ends within `seconds`.
    """
    loop = asyncio.get_running_loop()
    last_look_s = min(LAST_LOOK_S, min(seconds, step_s) * _SHARE)
    over_at = loop.time() + seconds - last_look_s

    @asynccontextmanager
    async def bounds() -> AsyncIterator[None]:
        async with asyncio.timeout(None) as limit:
            at = min(over_at, loop.time() + step_s - last_look_s)
            timer = loop.call_at(at, lambda: limit.reschedule(loop.time() + last_look_s))
            try:
                yield
            finally:
                timer.cancel()

    return bounds
