"""Lets a test wait for what it waits for, and not for a while."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 20.0
"""Seconds. Far more than anything here takes on a busy machine."""
_LOOK_S = 0.02
"""Seconds between two looks at something that tells of no change, such as another server's books."""


class Changes:
    """Tells all who wait that something is different now."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Have every condition looked at again."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, condition: Callable[[], T], within_s: float = PATIENCE_S, *, told: bool = True) -> T:
        """What the condition brings once it is true. Raises TimeoutError.

        Where nobody tells of the change (`told` False) it is looked for again and again.
        """
        async with asyncio.timeout(within_s):
            while not (found := condition()):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(None if told else _LOOK_S):
                        await self._next.wait()
        return found
