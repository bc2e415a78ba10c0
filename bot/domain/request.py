"""What a member may ask for: the bounds of Luma and the relay, checked before anything is charged."""

import unicodedata
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.errors import BadImage, BadOption, BadPrompt

LEAST_PROMPT = 3
"""Characters. Luma refuses shorter prompts (docs.lumalabs.ai, errors)."""
MOST_PROMPT = 5_000
"""Characters. Luma refuses longer prompts (docs.lumalabs.ai, errors)."""
MOST_IMAGE_BYTES = 20 * 1024 * 1024
"""Bytes. The most that relays of this family fetch of a picture."""
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""Media types that relays of this family read as a frame."""


T = TypeVar("T", int, str)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture a member attached: its URL, media type as Discord tells it, and size in bytes."""

    name: str
    url: str
    media_type: str | None
    size: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What the relay sells here; the first of each is the default. Durations are in seconds."""

    models: tuple[str, ...]
    durations: tuple[int, ...]
    resolutions: tuple[str, ...]

    def model(self, chosen: str | None) -> str:
        """The model chosen, or the default. Raises BadOption when it is not on offer."""
        return _pick("model", chosen, self.models)

    def duration(self, chosen: int | None) -> int:
        """The duration chosen in seconds, or the default. Raises BadOption when it is not on offer."""
        return _pick("duration", chosen, self.durations)

    def resolution(self, chosen: str | None) -> str:
        """The resolution chosen, or the default. Raises BadOption when it is not on offer."""
        return _pick("resolution", chosen, self.resolutions)


def _pick(option: str, chosen: T | None, offered: tuple[T, ...]) -> T:
    if chosen is None:
        return offered[0]
    if chosen not in offered:
        raise BadOption(option, str(chosen))
    return chosen


def tidied(text: str) -> str:
    """What somebody typed, trimmed, with line ends made one kind and control characters gone."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def checked_prompt(text: str) -> str:
    """The prompt as it is stored and sent: trimmed, line ends made one kind, control characters gone.

    Raises BadPrompt outside 3 to 5,000 characters. Nothing else is changed: what a member wrote is what Luma reads.
    """
    kept = tidied(text)
    visible = sum(1 for c in kept if not (c.isspace() or unicodedata.category(c) == "Cf"))
    if visible == 0 or not LEAST_PROMPT <= len(kept) <= MOST_PROMPT:
        raise BadPrompt(len(kept) if visible else 0, LEAST_PROMPT, MOST_PROMPT)
    return kept


def checked_picture(picture: Picture) -> str:
    """The picture's URL. Raises BadImage for another type than png, jpeg, webp or gif, or over 20 MiB."""
    media_type = (picture.media_type or "").partition(";")[0].strip().lower()
    if media_type not in IMAGE_TYPES:
        raise BadImage(picture.name)
    if not 0 < picture.size <= MOST_IMAGE_BYTES:
        raise BadImage(picture.name, size=picture.size, most=MOST_IMAGE_BYTES)
    return picture.url
