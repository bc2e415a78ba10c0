"""The sandbox relay as a process of its own, started and ended with the demo."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

from bot.domain.errors import DreamreelError

START_S = 20.0
"""Seconds that the process gets to say where it listens."""
STOP_S = 5.0
"""Seconds that it gets to end before it is killed."""
_LISTENING = "listening on "


class RelayDidNotStart(DreamreelError):
    """The sandbox relay could not be started."""


@contextlib.asynccontextmanager
async def relay_process(*options: str) -> AsyncIterator[str]:
    """Run `python -m sandbox.relay_server` with these options; the address that it listens on.

    Raises RelayDidNotStart.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.relay_server", *options, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield await _address(process)
    finally:
        await _end(process)


async def _address(process: asyncio.subprocess.Process) -> str:
    if process.stdout is None:
        raise RelayDidNotStart("The sandbox relay has no output.")
    try:
        async with asyncio.timeout(START_S):
            line = (await process.stdout.readline()).decode()
    except TimeoutError:
        line = ""
    if not line.startswith(_LISTENING):
        raise RelayDidNotStart("The sandbox relay did not start.")
    return line.removeprefix(_LISTENING).strip()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
