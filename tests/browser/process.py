"""The demo as a visitor starts it: a process that prints an address, and ends with Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

START_S = 60
"""Seconds until the address must be there: a slow machine draws two films first."""


@dataclass
class Demo:
    process: subprocess.Popen[str]
    url: str

    def interrupt(self) -> float:
        """Press Ctrl-C, which the terminal sends to the relay's process too; the seconds until all has ended."""
        began = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=30)
        return time.monotonic() - began

    def said(self) -> tuple[str, str]:
        """What an ended process has printed after the address, and its complaints."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        return self.process.stdout.read(), self.process.stderr.read()


def command(*options: str, **changes: str) -> subprocess.Popen[str]:
    """`dreamreel demo` in a process group of its own."""
    environment: Mapping[str, str] = {**os.environ, **changes}
    return subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "bot", "demo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )


@contextmanager
def running(*options: str) -> Iterator[Demo]:
    process = command(*options)
    try:
        yield Demo(process, _address(process))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    deadline = time.monotonic() + START_S
    line = process.stdout.readline()
    assert time.monotonic() < deadline
    assert "http://" in line, process.communicate()[1]
    return line[line.index("http://") :].strip()
