"""What Discord shows of a generation: a second fact about the same row, with a life of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.generation import Generation, GenerationState

LOOKS_LIKE_THE_ANSWER = frozenset({GenerationState.WAITING, GenerationState.SUBMITTING})
"""States that need no edit: the first answer says the same."""

LONGEST_PAUSE = timedelta(minutes=10)
"""The longest time between two tries to show a card. A next try further off was noted by a clock set back since."""


class CardState(StrEnum):
    """Whether the generation's message is known and can be edited."""

    UNATTACHED = "unattached"  # the answer was sent, its message is not noted yet
    LIVE = "live"  # the message is known
    GONE = "gone"  # the message, channel, server or permission is gone, and `gone_reason` says which


class GoneReason(StrEnum):
    """Why a card is not shown any more."""

    MESSAGE = "message deleted"
    CHANNEL = "channel deleted"
    PERMISSION = "permission lost"
    SERVER = "bot removed from the server"
    REJECTED = "rejected by Discord"
    UNANSWERED = "never answered"


@dataclass(frozen=True, slots=True)
class Card:
    """The message that shows a generation.

    `shown_version` is the generation's version that the message shows (0: only the first answer is there, or
    nothing). `first_message_id` is the answer to the interaction; `message_id` differs from it once a second message
    was sent in place of one too old to edit: at `reposted_at`. `reposting_since` is recorded before that sending and
    stands until it is known to have gone well. `token` is the interaction's token, a secret that lives 15 minutes
    (`token_until`); it is erased when it is not needed.
    `next_try_at` is set after a failed try, with `tries` counting them.
    """

    state: CardState = CardState.UNATTACHED
    channel_id: int = 0
    message_id: int | None = None
    first_message_id: int | None = None
    shown_version: int = 0
    token: str | None = None
    token_until: datetime | None = None
    tries: int = 0
    next_try_at: datetime | None = None
    reposting_since: datetime | None = None
    reposted_at: datetime | None = None
    gone_reason: GoneReason | None = None

    @property
    def reposted(self) -> bool:
        """Whether a second message stands in place of the first."""
        return self.message_id != self.first_message_id

    def __repr__(self) -> str:
        """Leave the token out: it is a secret while it lives."""
        return f"Card(state={self.state}, message_id={self.message_id}, shown_version={self.shown_version})"


class Copy(StrEnum):
    """What stands in for a video that is too large to attach."""

    COMING = "coming"  # a smaller copy is being made
    ATTACHED = "attached"  # the file that is attached is a smaller copy


@dataclass(frozen=True, slots=True)
class Shown:
    """A generation beside its card, and what is known of it for one showing.

    `place` is its place in line, from 1, where it waits; `copy` is what stands in for a video that is too large;
    `parent` is the card of the video that it goes on from. Each is None also where nobody looked. `away` says that the
    relay cannot be reached just now.
    """

    generation: Generation
    card: Card
    place: int | None = None
    copy: Copy | None = None
    parent: Card | None = None
    away: bool = False

    @property
    def pending(self) -> bool:
        """Whether Discord shows less than the store knows. The first answer already says that it waits."""
        behind = self.card.shown_version < self.generation.version
        return self.card.state is CardState.LIVE and behind and self.generation.state not in LOOKS_LIKE_THE_ANSWER
