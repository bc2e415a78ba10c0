"""What a member chooses for themselves, in all servers alike: how to be told, what a new video is like, the language."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from bot.domain.errors import BadSetting
from bot.domain.request import MOST_PROMPT, Offer, tidied

MOST_SUFFIX = 500
"""Characters. A tenth of the longest prompt: room for a style, and none to write a second prompt by accident."""
_JOINS_ITSELF = ",.;:!?)]}…、。，；：！？"
"""A suffix that begins so follows the prompt without a space."""

T = TypeVar("T", int, str)


class Notify(StrEnum):
    """How a member is told that a video of theirs is over."""

    MENTION = "mention"  # one reply to the card, which mentions them
    DM = "dm"  # a direct message
    NEVER = "never"  # not at all


BY_DEFAULT = Notify.MENTION
"""For those who chose nothing. A card changes in its place, of which Discord tells nobody: without a word, a member
learns by chance that a video is done. The mention is one, reaches only the one who asked, comes only after half a
minute, when they will have looked elsewhere, and makes no sound where the channel is open before them. The first ones
say where to turn it off."""


@dataclass(frozen=True, slots=True)
class MemberPreferences:
    """What one member chose; None leaves it to the bot.

    `duration` is in seconds, `language` as its file is named, `suffix` as `checked_suffix` made it. `changed_at` is
    None for who never chose anything.
    """

    user_id: int
    notify: Notify = BY_DEFAULT
    model: str | None = None
    duration: int | None = None
    resolution: str | None = None
    expand_prompt: bool | None = None
    suffix: str | None = None
    language: str | None = None
    changed_at: datetime | None = None


def on_offer(preferred: T | None, offered: tuple[T, ...]) -> T | None:
    """What a member prefers, or None once it is not sold here any more: then the bot's own default holds again."""
    return preferred if preferred in offered else None


def usable(preferences: MemberPreferences, offer: Offer) -> tuple[str | None, int | None, str | None]:
    """The model, the duration and the resolution that a member prefers, as far as they are on offer."""
    return (
        on_offer(preferences.model, offer.models),
        on_offer(preferences.duration, offer.durations),
        on_offer(preferences.resolution, offer.resolutions),
    )


def checked_suffix(text: str) -> str | None:
    """The suffix as it is kept; None where nothing is left of it. Raises BadSetting when it is too long."""
    kept = tidied(text)
    if len(kept) > MOST_SUFFIX:
        raise BadSetting("suffix", "too_long")
    return kept or None


def with_suffix(prompt: str, suffix: str | None) -> str:
    """The prompt with the suffix behind it, once: a prompt that ends so already is left as it is.

    A prompt of nothing stays one, so that it is refused. Raises BadSetting when the two are too long only together.
    """
    own = tidied(prompt)
    if suffix is None or not own or own.endswith(suffix):
        return prompt
    whole = f"{own}{'' if suffix[0] in _JOINS_ITSELF else ' '}{suffix}"
    if len(own) <= MOST_PROMPT < len(whole):
        raise BadSetting("suffix", "too_long_together")
    return whole
