"""The errors that the bot's own parts raise at each other.

DreamreelError
|-- Refusal               a request that is turned away; nothing was sent and nothing was charged
|   |-- BadPrompt         empty, too short or too long
|   |-- BadImage          not a picture the relay takes, or too large
|   |-- BadOption         a model, duration or resolution that is not on offer
|   |-- UnknownVideo      no such video here, or one the member may not see
|   |-- UnfinishedVideo   only a completed video can be extended
|   |-- LimitReached      a quota would be passed
|   `-- NotAccepting      the bot is stopping or cannot write its database
|-- IllegalTransition     a bug: the life of a generation does not go that way
`-- StoreError            the database cannot be used
    |-- StoreBusy         another process holds it
    `-- StoreDamaged      it is not readable, or not ours
"""


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


class UnfinishedVideo(Refusal):
    """The video named is there, but is not completed."""


class LimitReached(Refusal):
    """An allowance in force does not hold this request.

    Attributes: scope (the allowance's name) and credits (what was asked).
    """

    def __init__(self, scope: str, cost: int) -> None:
        super().__init__(f"{scope} does not hold {cost} more")
        self.scope = scope
        self.cost = cost


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
