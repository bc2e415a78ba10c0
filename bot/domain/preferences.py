"""What members choose for themselves, in all servers alike: how to be told, what a new video is like, the language."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self, TypeVar

from bot.domain.errors import BadSetting
from bot.domain.request import MOST_PROMPT, Offer, tidied

MOST_SUFFIX = 500
"""Characters. A tenth of the longest prompt: room for a style, and none to write a second prompt by accident."""
_JOINS_ITSELF = ",.;:!?)]}\u2026\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f"
"""A suffix that begins so, with a comma or the like (also in Chinese), follows the prompt without a space."""

T = TypeVar("T", int, str)
C = TypeVar("C", int, str, bool)


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

    def within(self, offer: Offer) -> Self:
        """The same without what is not on offer."""
        return replace(
            self,
            model=on_offer(self.model, offer.models),
            duration=on_offer(self.duration, offer.durations),
            resolution=on_offer(self.resolution, offer.resolutions),
        )


def on_offer(preferred: T | None, offered: tuple[T, ...]) -> T | None:
    """What a member prefers, or None once it is not sold here any more: then the bot's own default holds again."""
    return preferred if preferred in offered else None


def picked(typed: C | None, preferred: C | None) -> C | None:
    """What was picked for this once, or else what the member prefers."""
    return preferred if typed is None else typed


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
