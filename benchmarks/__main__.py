"""Runs every benchmark, each as a process of its own, and prints one table: `python -m benchmarks`."""

import asyncio
import sys
import time

from benchmarks.figure import HEADER
from benchmarks.process import ROOT

NAMES = ("opened", "requests", "polls", "delivery", "ticks", "start", "admit")
LONGEST_S = 300.0
"""Seconds after which one is ended: all of them together take less than ten minutes."""


async def output_of(name: str) -> str:
    """Run one; what it printed. Raises RuntimeError where it did not end well, and TimeoutError."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"benchmarks.{name}"), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            written, _ = await process.communicate()
    except TimeoutError:
        process.terminate()  # it ends what it started
        await process.wait()
        raise
    if process.returncode:
        raise RuntimeError(f"benchmarks.{name} ended with {process.returncode}")
    return written.decode()


def joined(outputs: list[str]) -> str:
    """One table of all rows, then the notes under them."""
    head = HEADER.splitlines()
    lines = [line for output in outputs for line in output.splitlines()]
    rows = [line for line in lines if line.startswith("| ") and line not in head]
    return "\n".join([*head, *rows, "", *(line for line in lines if line.startswith("- "))])


async def main() -> None:
    """Run them one after the other: each wants the machine for itself."""
    outputs = []
    for name in NAMES:
        began = time.monotonic()
        outputs.append(await output_of(name))
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(joined(outputs))


if __name__ == "__main__":
    asyncio.run(main())
