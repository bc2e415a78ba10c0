"""Every state of a card, and every panel, has its picture: in Chinese and in a narrow window, where most goes wrong.

`make shots` takes all of them, in English and in a wide window too.
"""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from bot.domain.generation import GenerationState
from tests.browser.states import SIZES

LANGUAGE, SIZE = "zh_Hans", "narrow"
PANELS = {"more", "history", "help", "help-moderators", "preferences", "balance", "story", "report"}


def test_every_state_and_panel_is_photographed(chromium: str, tmp_path: Path) -> None:
    """In a process of its own: its event loop and Playwright's cannot share one."""
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "tests.browser.states", str(tmp_path), "--language", LANGUAGE, "--size", SIZE],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{chromium}: {done.stderr}"
    taken = {Path(line) for line in done.stdout.splitlines()}
    states = set(GenerationState) - {GenerationState.SUBMITTING}  # that one is drawn as one that waits
    for name in (*states, *PANELS):
        path = tmp_path / LANGUAGE / f"{name}-{SIZE}.png"
        assert path in taken
        with Image.open(path) as picture:
            assert 0 < picture.width <= SIZES[SIZE][0]
