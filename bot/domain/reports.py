"""What a relay can answer, in the bot's own words: one small type for each, to be matched on."""

from dataclasses import dataclass

from bot.domain.generation import Failure, GenerationState


@dataclass(frozen=True, slots=True)
class Accepted:
    """The relay took the request and named it."""

    relay_id: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request provably never reached the relay, or was turned away for its rate: it may be sent again.

    `retry_after_s` is the relay's own word in seconds, where it gave one; `busy` says that it did answer, and asked
    for a pause.
    """

    why: str
    retry_after_s: float | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The relay said no before charging: the same request is never sent again."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody can say whether the relay took the request; `why` is for the operator's log."""

    why: str


Submission = Accepted | NotSent | Refused | Unanswered
"""What became of one paid request."""


@dataclass(frozen=True, slots=True)
class Running:
    """Not finished. `state` is QUEUED or DREAMING."""

    state: GenerationState


@dataclass(frozen=True, slots=True)
class Finishing:
    """The relay says completed but names no link yet."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Finished; the link may be signed and short-lived."""

    video_url: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Ended without a video."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class NotFound:
    """The relay answered that it knows no such task."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No usable answer this time; it says nothing about the video. `retry_after_s` and `busy` as in `NotSent`."""

    why: str
    retry_after_s: float | None = None
    busy: bool = False


Report = Running | Finishing | Succeeded | Failed | NotFound | Unavailable
"""What the relay says of a task."""
