"""`dreamreel check` and `dreamreel backup` as an operator types them: sentences and exit codes, never a traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import cli, loading
from tests.logs import untouched
from tests.storing import new_database

TOKEN, KEY = "MTk4NjIy.Cl2FMQ.not-a-real-token", "sk-not-a-real-key"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings that reach nothing, in a folder of their own; the log is as before after each test."""
    new_database(tmp_path)
    (tmp_path / "config.toml").write_text(
        f"[discord]\ntoken = '{TOKEN}'\napi_url = 'http://127.0.0.1:9'\n"
        f"[relay]\napi_key = '{KEY}'\nbase_url = 'http://127.0.0.1:9'\n"
        f"[database]\nurl = 'sqlite+aiosqlite:///{tmp_path}/bot.db'\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "SECRETS_FOLDER", tmp_path / "no-secrets")
    with untouched():
        yield


def test_a_backup_is_made_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["backup", "copy.db"]) == 0
    assert capsys.readouterr().out.startswith("copy.db: 0 videos, 0.")
    assert (tmp_path / "copy.db").is_file()


def test_a_refused_backup_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "copy.db").touch()
    assert cli.main(["backup", "copy.db"]) == 1
    assert capsys.readouterr().err == "copy.db is there already: name another file, or add --force to replace it.\n"
    assert cli.main(["backup", "copy.db", "--force"]) == 0


def test_a_check_that_finds_a_fault_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {entry["name"]: entry["verdict"] for entry in told}["database"] == "ok"
    assert TOKEN not in json.dumps(told)


def test_a_check_with_wrong_settings_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text("[relay]\napi_key = ''\n")
    assert cli.main(["check"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("✗ configuration  discord.token is missing")
    assert said[-1].startswith("- the rest")


def test_a_look_up_that_hangs_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """A name server that never answers: the look-up goes on in a thread, and the process ends without it."""
    code = (
        "import socket, sys, threading; from bot import cli; from bot.checkup import report\n"
        "report.LONGEST_S = 0.3; report.examine.__kwdefaults__['longest_s'] = 0.3\n"
        "socket.getaddrinfo = lambda *_, **__: threading.Event().wait()\n"
        "sys.exit(cli.main(['check']))"
    )
    config = (tmp_path / "config.toml").read_text().replace("127.0.0.1:9", "nowhere.example")
    (tmp_path / "config.toml").write_text(config)
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(  # noqa: S603  # this interpreter, with a literal
        [sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 1, done.stderr
    assert b"No answer within" in done.stdout
    assert done.stderr == b""
