"""`dreamreel run` as a process of its own, unmodified: it is told of the world around it by its settings alone."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.wire.local_discord.changes import Changes

ROOT = Path(__file__).parents[2]
ENDS_WITHIN_S = 30.0
"""Seconds in which the bot must have ended once it is told to."""


@dataclass
class BotProcess:
    """One life of the bot. `output` is all that it wrote so far, to stdout and stderr."""

    process: asyncio.subprocess.Process
    output: str = ""
    _changes: Changes = field(default_factory=Changes)
    _read_through: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()

    async def says(self, words: str) -> None:
        """Wait until it has written these words."""
        await self._changes.until(lambda: words in self.output)

    async def ended(self) -> int:
        """Wait until it has ended; its exit code."""
        async with asyncio.timeout(ENDS_WITHIN_S):
            await self._read_through.wait()
            return await self.process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Tell it to end; its exit code, and the seconds that it took."""
        began = asyncio.get_running_loop().time()
        self.process.send_signal(number)
        code = await self.ended()
        return code, asyncio.get_running_loop().time() - began

    async def kill(self) -> None:
        """End it with no time for anything."""
        self.process.send_signal(signal.SIGKILL)
        await self.ended()

    async def read(self) -> None:
        """Take in what it writes, to the end, so that it never waits for a reader."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.output += line.decode()
            self._changes.tell()
        self._read_through.set()


@asynccontextmanager
async def run_bot(
    config: Path, environ: Mapping[str, str] | None = None, *, through: Sequence[str] = ("bot",)
) -> AsyncIterator[BotProcess]:
    """Start `dreamreel run` with that file; killed at the end, where it still runs.

    `through` is the module that runs it, and what that is told before the command (see `tests.prove.mortal`).
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DREAMREEL_", "PYTHON"))}
    clean["DREAMREEL_SECRETS_DIR"] = str(config.parent / "no-secrets")
    (config.parent / "no-secrets").mkdir(exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *through, "run", "--config", str(config)),
        cwd=ROOT,
        env=clean | dict(environ or {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    bot = BotProcess(process)
    reader = asyncio.create_task(bot.read())
    try:
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reader
