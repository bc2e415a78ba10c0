"""What the bot's messages have in common: whom they mention, how a repeat is known, and how they carry a video."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import discord

from bot.ui.text import clean, cut, utf16

SILENT = discord.AllowedMentions.none()
"""Nobody is pinged, whatever a prompt holds."""
MOST_ALT = 1_024
"""Characters. Discord's limit on the description of a picture or video."""


def nonce(attempt: str) -> str:
    """At most 25 characters (Discord's limit), the same for each try of the same message.

    discord.py has Discord enforce it: for a few minutes, a repeat returns the message that was sent first.
    """
    return hashlib.sha256(attempt.encode()).hexdigest()[:25]


def alternative(prompt: str) -> str | None:
    """What is read aloud in place of a video."""
    return cut(clean(prompt), MOST_ALT, utf16) or None


def video_name(generation_id: str) -> str:
    """The name of a video's file in Discord."""
    return f"dreamreel-{generation_id}.mp4"


@contextmanager
def opened(video: Path | None, name: str) -> Iterator[list[discord.File]]:
    """The file of a video, opened for one request; none where there is no video.

    discord.py uses a file once, and closes it only if it gets so far. Raises OSError.
    """
    if video is None:
        yield []
        return
    file = discord.File(video, filename=name)
    try:
        yield [file]
    finally:
        file.close()
