"""The errors that the bot's own parts raise at each other.

DreamreelError
|-- Refusal               a request that is turned away; nothing was sent and nothing was charged
|   |-- BadPrompt         empty, too short or too long
|   |-- BadImage          not a picture the relay takes, or too large
|   |-- BadOption         a model, duration or resolution that is not on offer
|   |-- UnknownVideo      no such video here, or one the member may not see
|   |-- Forgotten         its prompt was erased, so it cannot be asked for again
|   |-- PictureGone       the picture it starts from cannot be fetched any more
|   |-- UnfinishedVideo   only a completed video can be extended
|   |-- LimitReached      a limit or cap would be passed
|   |-- QueueFull         too many of the member's, or of the server's, requests wait already
|   |-- Blocked           the member may not ask for videos in this server
|   |-- WordForbidden     the prompt holds a word that the server does not take
|   |-- NotHere           the bot is not to be used in this channel, or by this member
|   |-- NotYours          only the one who asked, or a moderator, may do this
|   |-- NotModerator      only moderators of the server may do this
|   |-- TooLate           it was sent already and cannot be called back
|   |-- BadSetting        a moderator's value that cannot be kept
|   `-- NotAccepting      the bot is stopping or cannot write its database
|-- IllegalTransition     a bug: the life of a generation does not go that way
`-- StoreError            the database cannot be used
    |-- StoreBusy         another process holds it
    `-- StoreDamaged      it is not readable, or not ours
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.quota import Met


class DreamreelError(Exception):
    """Base of every error raised by the bot on purpose."""


class Refusal(DreamreelError):
    """A request that is turned away before anything is sent or charged."""


class BadPrompt(Refusal):
    """The prompt is outside what Luma takes.

    Attributes: length (characters, after trimming), least and most (the bounds, in characters).
    """

    def __init__(self, length: int, least: int, most: int) -> None:
        super().__init__(f"a prompt of {length} characters is outside {least} to {most}")
        self.length = length
        self.least = least
        self.most = most


class BadImage(Refusal):
    """The picture is of a type or size that the relay does not take.

    Attributes: name (the option or file), size (bytes) and most (bytes) where the size is the reason, else None.
    """

    def __init__(self, name: str, *, size: int | None = None, most: int | None = None) -> None:
        super().__init__(f"{name} is not a picture that the relay takes")
        self.name = name
        self.size = size
        self.most = most


class BadOption(Refusal):
    """An option's value is not on offer any more (a stale client, or a changed setting)."""

    def __init__(self, option: str, value: str) -> None:
        super().__init__(f"{option} {value!r} is not on offer")
        self.option = option
        self.value = value


class UnknownVideo(Refusal):
    """No video of this server that the member can see goes by that name."""


class Forgotten(Refusal):
    """The prompt of the video named was erased: nobody can ask for the same again."""


class PictureGone(Refusal):
    """The picture of the video named cannot be fetched any more, so that it would be paid for in vain."""


class UnfinishedVideo(Refusal):
    """The video named is there, but is not completed."""


class LimitReached(Refusal):
    """A limit in force does not hold this request.

    Attributes: met (a `bot.domain.quota.Met`: which limit, and what it still holds) and cost (credits asked for).
    """

    def __init__(self, met: "Met", cost: int) -> None:
        super().__init__(f"{met.standing.scope} does not hold {cost} more")
        self.met = met
        self.cost = cost


class QueueFull(Refusal):
    """Too many requests wait already. Attributes: whose ("member" or "server") and most (requests)."""

    def __init__(self, whose: str, most: int) -> None:
        super().__init__(f"{most} requests of this {whose} wait already")
        self.whose = whose
        self.most = most


class Blocked(Refusal):
    """The member may not ask for videos in this server. Attributes: until (None: until lifted) and reason."""

    def __init__(self, until: "datetime | None", reason: str) -> None:
        super().__init__("the member is blocked")
        self.until = until
        self.reason = reason


class WordForbidden(Refusal):
    """The prompt holds a word that this server does not take. The word is not repeated anywhere."""


class NotHere(Refusal):
    """The bot is not to be used here. Attributes: channels and roles (ids) where and by whom it may be used."""

    def __init__(self, channels: "frozenset[int]", roles: "frozenset[int]") -> None:
        super().__init__("not in this channel, or not by this member")
        self.channels = channels
        self.roles = roles


class NotYours(Refusal):
    """Only the one who asked, or a moderator, may do this."""


class NotModerator(Refusal):
    """Only moderators may do this."""


class TooLate(Refusal):
    """It was sent already, or is over: there is nothing to cancel."""


class BadSetting(Refusal):
    """A value that cannot be kept. Attributes: name (what was set) and why (a key that the words know)."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


class NotAccepting(Refusal):
    """No new work is taken just now."""


class IllegalTransition(DreamreelError):
    """A change of state that the design does not know; always a bug."""


class StoreError(DreamreelError):
    """The database cannot be used; the message says why, without a secret."""


class StoreBusy(StoreError):
    """Another process of the bot holds the database."""


class StoreDamaged(StoreError):
    """The database file cannot be read, or belongs to something else."""
