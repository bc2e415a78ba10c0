"""The demo's command: an address, a clean end, and one sentence where it cannot start."""

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.browser.process import command, running


def test_ctrl_c_ends_everything_quietly_within_two_seconds() -> None:
    with running() as demo:
        relays = _relays(demo.process.pid)
        assert relays
        assert demo.interrupt() < 2
        assert demo.process.returncode == 0
        assert demo.said() == ("Ctrl-C ends the demo.\n", "")
        assert not [each for each in relays if Path(f"/proc/{each}").exists()]


def test_ctrl_c_while_it_starts_is_quiet_too() -> None:
    process = command()
    while not _relays(process.pid):
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    output, complaint = process.communicate(timeout=10)
    assert (process.returncode, output, complaint) == (0, "", "")


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = command("--port", str(port))
        output, complaint = process.communicate(timeout=30)
    assert (process.returncode, output) == (1, "")
    assert complaint == f"Port {port} cannot be used: choose another with --port.\n"


@pytest.mark.parametrize(("package", "options"), [("simcord", ()), ("av", ()), ("PIL", ("--headless",))])
def test_a_package_that_is_not_installed_is_one_sentence(
    tmp_path: Path, package: str, options: tuple[str, ...]
) -> None:
    (tmp_path / f"{package}.py").write_text(f"raise ModuleNotFoundError('gone', name='{package}')\n")
    process = command(*options, PYTHONPATH=str(tmp_path))
    output, complaint = process.communicate(timeout=30)
    assert (process.returncode, output) == (1, "")
    assert complaint == f"The demo needs {package}, which is not installed: pip install 'dreamreel[demo]'\n"


def _relays(pid: int) -> list[int]:
    """The processes that the demo has started."""
    try:
        return [
            int(child)
            for each in Path(f"/proc/{pid}/task").iterdir()
            for child in (each / "children").read_text().split()
        ]
    except FileNotFoundError:
        return []
