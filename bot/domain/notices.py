"""When a member is told that a video is over, how far that has come, and why nothing is said where nothing is."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.card import CardState, Shown
from bot.domain.generation import Generation, GenerationState
from bot.domain.preferences import Notify

LEAST_WAIT = timedelta(seconds=30)
"""Who waited no longer is still looking."""
NEWS_FOR = timedelta(days=1)
"""After that the end of a video is no news any more."""
NONCE_LIFE = timedelta(minutes=2)
"""For a few minutes Discord knows a message that is sent twice; later, or in doubt, the bot looks for it instead."""


class Notice(StrEnum):
    """How far the word to a member has come. What is wanted is noted at admission, a try before it is made."""

    MENTION = "mention"  # wanted
    DM = "dm"  # wanted
    MENTION_TRIED = "mention_tried"  # it may have been sent
    DM_TRIED = "dm_tried"  # it may have been sent
    TOLD = "told"  # it was sent
    NOT_NEEDED = "not_needed"  # it took no time, was called back, or its next part was begun
    NO_CARD = "no_card"  # the card is gone: what would it speak of
    CLOSED = "dm_closed"  # the member takes no direct messages from the bot
    REFUSED = "refused"  # Discord does not let the bot
    TOO_LATE = "too_late"  # Discord could not be reached for a day


WANTED = frozenset({Notice.MENTION, Notice.DM})
"""Nothing was tried yet."""
TRIED = frozenset({Notice.MENTION_TRIED, Notice.DM_TRIED})
OWED = WANTED | TRIED
"""Something is still to be said."""
BY_DM = frozenset({Notice.DM, Notice.DM_TRIED})

_FIRST = {Notify.MENTION: Notice.MENTION, Notify.DM: Notice.DM}
_TRIED = {Notice.MENTION: Notice.MENTION_TRIED, Notice.DM: Notice.DM_TRIED}
_NEWS = frozenset(
    {GenerationState.COMPLETED, GenerationState.FAILED, GenerationState.EXPIRED, GenerationState.LOST},
)
"""Ends that a member may not know of; who cancels does."""


def wanted(notify: Notify) -> Notice | None:
    """What is noted of a new generation."""
    return _FIRST.get(notify)


def tried(notice: Notice) -> Notice:
    """What is noted before it is sent."""
    return _TRIED.get(notice, notice)


def too_early(generation: Generation) -> bool:
    """Whether a part is to follow by itself. Once it does, its own end is the news; once it cannot, this one is."""
    return generation.state is GenerationState.COMPLETED and generation.more_parts > 0


def unsaid(shown: Shown, now: datetime) -> Notice | None:
    """Why nothing is to be said of a generation that is over and shown; None where something is."""
    generation = shown.generation
    ended = generation.finished_at or now
    if generation.state not in _NEWS or ended - generation.created_at <= LEAST_WAIT:
        return Notice.NOT_NEEDED
    if shown.card.state is not CardState.LIVE or shown.card.message_id is None:
        return Notice.NO_CARD
    return Notice.TOO_LATE if now - ended > NEWS_FOR else None
