"""Every state of a card has its picture, in English and Chinese, at both widths."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from bot.domain.generation import GenerationState
from tests.browser.conftest import SHOTS
from tests.browser.states import LANGUAGES, SIZES

FOLDER = SHOTS / "states"


def test_every_state_is_photographed_in_both_languages_and_widths(chromium: str) -> None:
    """In a process of its own: its event loop and Playwright's cannot share one."""
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "tests.browser.states", str(FOLDER)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{chromium}: {done.stderr}"
    taken = {Path(line) for line in done.stdout.splitlines()}
    for language in LANGUAGES:
        for size, (width, _) in SIZES.items():
            for state in set(GenerationState) - {GenerationState.SUBMITTING}:  # drawn as one that waits
                path = FOLDER / language / f"{state}-{size}.png"
                assert path in taken
                with Image.open(path) as picture:
                    assert 0 < picture.width <= width
