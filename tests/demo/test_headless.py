"""The demo is a test of its own: it must pass as it stands, and must be able to fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import demo
from sandbox.film import probe


def test_the_conversation_plays_from_start_to_end_with_no_token_and_no_key(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("DREAMREEL_")}
    played = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "bot", "demo", "--headless", "--videos", str(tmp_path)],
        capture_output=True,
        text=True,
        env=bare,
        timeout=240,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert "The relay charged 6 times and gave 1 back." in played.stdout
    assert "* the bot is stopped and started again *" in played.stdout
    assert "Traceback" not in played.stderr
    films = sorted(tmp_path.glob("*.mp4"))
    assert [round(probe(film).seconds) for film in films] == [5, 9, 5, 5, 15, 5]


def test_a_step_that_goes_wrong_ends_it_with_a_sentence_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "PATIENCE_S", 0.0)
    assert demo.play(tmp_path) == 1
    assert "This is not as it should be: Completed in 0 s" in capsys.readouterr().out
