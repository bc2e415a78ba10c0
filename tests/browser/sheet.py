"""Puts pictures of cards side by side for the documents: `python -m tests.browser.sheet STATES-FOLDER DOCS-FOLDER`.

Each stands in English with its Chinese beside it, without the empty room at its left.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

LANGUAGES = ("en", "zh_Hans")
SHEETS = {
    "cards": (
        "waiting-in-line",
        "queued",
        "dreaming",
        "dreaming-late",
        "completed",
        "failed",
        "cancelled",
        "expired",
        "uncertain",
        "lost",
    ),
    "panels": ("history-picked", "more", "story", "preferences"),
}
BACKGROUND = "#323339"
"""That of the demo's page."""
LEFT, GAP, COLUMNS = 64, 12, 2
COLOURS = 256


def sheet(folder: Path, names: Sequence[str]) -> Image.Image:
    """All of them in columns, each below the shortest so far."""
    pairs = [[Image.open(folder / language / f"{name}-narrow.png") for language in LANGUAGES] for name in names]
    wide = max(each.width - LEFT for pair in pairs for each in pair) + GAP
    ends, places = [GAP] * COLUMNS, list[tuple[int, int]]()
    for pair in pairs:
        column = ends.index(min(ends))
        places.append((GAP + column * wide * len(LANGUAGES), ends[column]))
        ends[column] += max(each.height for each in pair) + GAP
    drawn = Image.new("RGB", (GAP + COLUMNS * wide * len(LANGUAGES), max(ends)), BACKGROUND)
    for pair, (x, y) in zip(pairs, places, strict=True):
        for number, each in enumerate(pair):
            drawn.paste(each.convert("RGB").crop((LEFT, 0, each.width, each.height)), (x + number * wide, y))
    return drawn


if __name__ == "__main__":
    source, docs = map(Path, sys.argv[1:])
    for title, names in SHEETS.items():
        # Fewer colours, since a document is loaded with all its pictures.
        fewer = sheet(source, names).quantize(COLOURS, dither=Image.Dither.NONE)
        fewer.save(docs / f"{title}.png", optimize=True)
