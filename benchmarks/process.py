"""A process of its own, told apart from all others: what it costs, and its end, whatever happens."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
STARTS_WITHIN_S = 30.0
LOOK_S = 0.02
"""Seconds between two looks at what a process wrote."""
ENDS_WITHIN_S = 35.0
"""Seconds. The bot promises to end within 30."""
_TICKS = os.sysconf("SC_CLK_TCK")
_USER_TIME, _SYSTEM_TIME = 11, 12
"""Places after the name of the program in /proc/PID/stat (proc_pid_stat(5), fields 14 and 15)."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that this one started. Everything it writes is in `log`."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.returncode is None

    def cpu_s(self) -> float:
        """Seconds of processor time that it used so far, with all its threads, and nobody else."""
        return cpu_seconds(Path(f"/proc/{self.process.pid}/stat").read_text("utf-8"))

    def resident(self) -> int:
        """Bytes of memory that it holds now."""
        return resident_bytes(Path(f"/proc/{self.process.pid}/status").read_text("utf-8"))

    def peak(self) -> int:
        """Bytes of memory that it held at most."""
        return resident_bytes(Path(f"/proc/{self.process.pid}/status").read_text("utf-8"), "VmHWM")


def cpu_seconds(stat: str) -> float:
    """Seconds of processor time in the text of /proc/PID/stat. The name of the program may hold anything."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[_USER_TIME]) + int(fields[_SYSTEM_TIME])) / _TICKS


def resident_bytes(status: str, field: str = "VmRSS") -> int:
    """Bytes of memory in the text of /proc/PID/status. Raises ValueError where it tells of none."""
    for line in status.splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    raise ValueError(f"no {field}")


@asynccontextmanager
async def running(*arguments: str, log: Path, environ: Mapping[str, str] | None = None) -> AsyncIterator[Process]:
    """Run Python with these arguments, from the project's root; ended at the end, and only it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DREAMREEL_", "PYTHON"))}
    # A file takes all that is written at once: a pipe would have to be read, and cost somebody else's time.
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env=clean | dict(environ or {}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=written,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        yield Process(process, log)
    finally:
        await _end(process)


async def said(process: Process, words: str) -> str:
    """Wait until it has written a line with these words; the line. Raises TimeoutError with what it wrote instead."""
    for _ in range(round(STARTS_WITHIN_S / LOOK_S)):
        written = process.log.read_text("utf-8", errors="replace")
        found = next((line for line in written.splitlines() if words in line), None)
        if found is not None:
            return found
        if not process.alive:
            break
        await asyncio.sleep(LOOK_S)
    raise TimeoutError(f"it did not say {words!r}, but:\n{written[-2000:]}")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    try:
        async with asyncio.timeout(ENDS_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
