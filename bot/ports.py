"""What the services ask of the world: the relay, the store, files, Discord's messages and the clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from bot.domain.card import GoneReason, Shown
from bot.domain.generation import Generation, GenerationRequest
from bot.domain.quota import Allowance
from bot.domain.reports import Report, Submission


class Clock(Protocol):
    """The one source of time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, whatever is done to the wall clock."""
        ...


class Relay(Protocol):
    """The service that makes videos. Neither method raises for anything the relay or the network does."""

    async def submit(self, request: GenerationRequest) -> Submission:
        """Send one paid request, at most once, within 25 seconds."""
        ...

    async def report(self, relay_id: str) -> Report:
        """Ask once what became of a task."""
        ...


class FetchProblem(Enum):
    """Why a video could not be brought to disk."""

    LINK_DEAD = auto()  # the link is refused or gone: a fresh one may work
    UNREACHABLE = auto()  # no useful answer this time
    TOO_LARGE = auto()  # over the limit for downloads
    FORBIDDEN = auto()  # an address or type that the bot does not fetch from


class Media(Protocol):
    """Finished videos on disk."""

    async def fetch(self, generation_id: str, url: str) -> Path | FetchProblem:
        """The whole video as a file, downloaded at most once while it is kept."""
        ...

    async def discard(self, generation_id: str) -> None:
        """Forget the file; no error where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Posted:
    """The card is shown, in this message."""

    message_id: int
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The card cannot be shown any more; it is never tried again."""

    reason: GoneReason


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now: Discord is busy or away. `after_s` is Discord's own word in seconds, where it gave one."""

    why: str
    after_s: float | None = None


class NoEdit(Enum):
    """Why an edit is not possible although the message is there."""

    TOO_OLD = auto()  # Discord limits edits of messages over an hour old (error 30046)
    TOO_LARGE = auto()  # the file is over what the server takes (413, or error 40005)


Showing = Posted | Gone | TryLater | NoEdit
"""What became of one try to show a card."""


class Board(Protocol):
    """The messages in Discord. No method raises for anything Discord or the network does."""

    def upload_limit(self, guild_id: int) -> int:
        """The most bytes that a file in this server may have."""
        ...

    async def edit(self, shown: Shown, video: Path | None) -> Showing:
        """Make the known message show the generation, with the video attached where one is given. Safe to repeat."""
        ...

    async def repost(self, shown: Shown, video: Path | None) -> Showing:
        """Send a new message that refers to the old one, unless an earlier try already stands in the channel."""
        ...

    async def find_answer(self, shown: Shown) -> int | TryLater | None:
        """The id of the message that answered the interaction, by its token; None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """A generation in the store. `fresh` is False when the same action had been admitted before."""

    generation: Generation
    fresh: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """The little that is kept in memory of each task that the relay has."""

    id: str
    relay_id: str
    state: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class VideoMatch:
    """A completed video as a list offers it."""

    id: str
    prompt: str
    part: int
    channel_id: int
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """What was settled because the database was started from a backup, made at `made_at` (ISO 8601).

    `cancelled` and `uncertain` are the ids of the generations that waited and that were being sent then.
    """

    made_at: str
    cancelled: tuple[str, ...]
    uncertain: tuple[str, ...]


class Store(Protocol):
    """The database. One call is one transaction; it raises StoreError where the database cannot be used."""

    async def admit(
        self,
        generation: Generation,
        *,
        token: str,
        token_until: datetime,
        allowances: Sequence[Allowance] = (),
    ) -> Admitted:
        """Insert a WAITING generation with its charge, or find the one of the same action key.

        Raises LimitReached, with nothing written, when an allowance does not hold its price.
        """
        ...

    async def attach(self, generation_id: str, message_id: int) -> bool:
        """Note the message that shows it, whatever its state. False where one was noted already, or no such row."""
        ...

    async def save(self, before: Generation, after: Generation) -> bool:
        """Compare and set: False, with nothing written, unless the row still has `before.version`.

        The refund rides along when `after` entered a state that gives back, once for each generation.
        """
        ...

    async def late_id(self, generation_id: str, relay_id: str, now: datetime) -> Generation | None:
        """Save the id of an answer that came late, where the row is SUBMITTING or UNCERTAIN and has none; else None."""
        ...

    async def relink(self, generation_id: str, video_url: str) -> None:
        """Keep a fresh link to a COMPLETED video; nothing else changes."""
        ...

    async def get(self, generation_id: str) -> Shown | None:
        """One generation beside its card."""
        ...

    async def waiting(self, limit: int) -> list[Generation]:
        """Attached WAITING generations, the oldest first."""
        ...

    async def followed(self, expired_after: datetime) -> list[Followed]:
        """All that the relay has, and the EXPIRED ones sent after `expired_after`."""
        ...

    async def uncertain_before(self, moment: datetime, limit: int) -> list[Generation]:
        """UNCERTAIN generations that have been so since before `moment`."""
        ...

    async def sweep(self, now: datetime) -> list[str]:
        """At start-up: SUBMITTING becomes UNCERTAIN. The ids so changed."""
        ...

    async def settle_restored(self, now: datetime) -> Restored | None:
        """At start-up, before `sweep`: settle what was open in a backup that this database was started from, once.

        What waited is CANCELLED, with its credits back; what was being sent is UNCERTAIN. None where it is no backup.
        """
        ...

    async def unattached(self, limit: int) -> list[Shown]:
        """WAITING generations whose message was never noted, and whose card is not known to be gone."""
        ...

    async def unshown(self, now: datetime, limit: int) -> list[Shown]:
        """Live cards that show less than the store knows and whose next try is due, the oldest change first."""
        ...

    async def note_shown(self, generation_id: str, version: int, message_id: int, *, forget_token: bool) -> None:
        """The message shows that version. A lower version than the one noted changes nothing."""
        ...

    async def note_gone(self, generation_id: str, reason: GoneReason) -> None:
        """The card is not tried again."""
        ...

    async def note_try(self, generation_id: str, next_try_at: datetime) -> None:
        """A try failed; the next is due then."""
        ...

    async def note_repost(self, generation_id: str, now: datetime) -> None:
        """A second message is about to be sent: recorded before it is, and not moved by a later try."""
        ...

    async def erase_tokens(self, now: datetime) -> int:
        """Erase every interaction token whose time is over. How many."""
        ...

    async def completed(self, guild_id: int, user_id: int, words: Iterable[str], limit: int) -> list[VideoMatch]:
        """The member's completed videos in this server whose prompts hold all the words, the newest first."""
        ...

    async def by_message(self, guild_id: int, message_id: int) -> Generation | None:
        """The generation that a message of this server shows."""
        ...

    async def note(self, key: str, value: str) -> None:
        """Keep a small fact, such as the hash of the commands last synced."""
        ...

    async def noted(self, key: str) -> str | None:
        """A fact kept with `note`."""
        ...
