"""Has jobs on films done, one process each, a few at once, each ended when it takes too long."""

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.ports import Film

log = logging.getLogger(__name__)

MOST_S = 120.0
"""Seconds. What takes longer is given up: the link still has the film."""
AT_ONCE = 1
"""Jobs at once: encoding takes a core each, and the bot needs one itself."""


class Workshop:
    """Jobs on films, as `bot.ports.Films`."""

    def __init__(self, *, most_s: float = MOST_S, at_once: int = AT_ONCE) -> None:
        self._most_s = most_s
        self._benches = asyncio.Semaphore(at_once)

    async def seconds(self, films: Sequence[Path]) -> list[float] | None:
        """How long each is; None where that cannot be told."""
        outcome = await self._done("look", films)
        return None if outcome is None else [float(each) for each in outcome["seconds"]]

    async def fit(self, film: Path, to: Path, most_bytes: int) -> bool:
        """Whether a copy of at most that size stands at `to` now."""
        outcome = await self._done("fit", [film], to, most_bytes)
        return outcome is not None and bool(outcome["fits"])

    async def join(self, films: Sequence[Path], to: Path, most_bytes: int) -> Film | None:
        """One film of as many parts from the beginning as fit; None where they could not be joined."""
        outcome = await self._done("join", films, to, most_bytes)
        if not outcome or not outcome["parts"]:
            return None
        return Film(to, int(outcome["parts"]), float(outcome["seconds"]))

    async def _done(
        self, job: str, films: Sequence[Path], to: Path | None = None, most_bytes: int = 0
    ) -> dict[str, Any] | None:
        arguments = [job, *map(str, films)]
        if to is not None:
            arguments += ["--to", str(to), "--most-bytes", str(most_bytes)]
        async with self._benches:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.films", *arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                async with asyncio.timeout(self._most_s):
                    said, _ = await process.communicate()
            except TimeoutError:
                log.warning("a film took longer than %g s to %s, and was given up", self._most_s, job)
                return None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode != 0:
            log.warning("a film could not be worked on (%s, exit code %d)", job, process.returncode)
            return None
        outcome: dict[str, Any] = json.loads(said)
        return outcome
