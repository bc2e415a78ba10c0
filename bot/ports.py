"""What the services ask of the world: the relay, the store, files, Discord's messages and the clock."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from bot.domain.card import GoneReason, Shown
from bot.domain.errors import Refusal
from bot.domain.finishing import Sort
from bot.domain.generation import Generation, GenerationRequest, GenerationState
from bot.domain.house import Block, GuildSettings
from bot.domain.notices import Notice
from bot.domain.period import Span
from bot.domain.preferences import BY_DEFAULT, MemberPreferences, Notify
from bot.domain.quota import NO_CAPS, Caps, Grant, Limit, Rules, Scope, Standing
from bot.domain.reports import Report, Submission
from bot.domain.turns import InLine


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
        """Forget the file, and all that lies beside it under its name; no error where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Film:
    """A film put together from the first `parts` of a chain, `seconds` long."""

    path: Path
    parts: int
    seconds: float


class Films(Protocol):
    """Work on films as files, outside the bot's own process. Nothing here raises for what a film holds."""

    async def seconds(self, films: Sequence[Path]) -> list[float] | None:
        """How long each is; None where that cannot be told."""
        ...

    async def fit(self, film: Path, to: Path, most_bytes: int) -> bool:
        """Whether a copy of at most `most_bytes` stands at `to` now."""
        ...

    async def join(self, films: Sequence[Path], to: Path, most_bytes: int) -> Film | None:
        """One film of as many parts from the beginning as fit; None where they could not be joined."""
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


class Forecast(Protocol):
    """What experience says of the time that videos take. Only memory is asked."""

    def usually_done(self, generation: Generation) -> datetime | None:
        """When four in five of those that run as long as this one are done; None where too little is known for it."""
        ...

    def is_late(self, generation: Generation) -> bool:
        """Whether it has been with the relay for longer than nearly all of its sort."""
        ...


@dataclass(frozen=True, slots=True)
class Present:
    """A member who is in the server and may use the bot in a channel, as Discord says it now.

    `parent_channel_id` is the channel that a thread belongs to.
    """

    role_ids: tuple[int, ...] = ()
    parent_channel_id: int | None = None


class Members(Protocol):
    """Those for whom parts follow by themselves. No method raises for anything Discord or the network does."""

    async def find(self, generation: Generation) -> Present | TryLater | None:
        """Its member, asked of Discord now; None for one who left, or may not use the bot in its channel any more."""
        ...

    async def tell_stopped(self, shown: Shown, why: Refusal | None, *, look: bool) -> TryLater | None:
        """Say below its card why no further part follows by itself, and when it could. None where that is settled.

        `why` None: the member is not there any more, as `find` says. With `look` it may have been said before, and is
        looked for first. Raises StoreError.
        """
        ...


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

    async def post(self, shown: Shown, part_before: int | None, *, tried: bool) -> Showing:
        """Send the first message of a generation that answers no interaction, as a reply to the part before.

        Where it was `tried`, unless an earlier try already stands in the channel.
        """
        ...

    async def find_answer(self, shown: Shown) -> int | Gone | TryLater | None:
        """The id of the message that answered the interaction, by its token; None where there is none."""
        ...

    async def find_in_channel(self, shown: Shown) -> int | Gone | TryLater | None:
        """The same by what stands in the channel, where the token is dead; Gone where the bot cannot see that."""
        ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """A generation in the store. `fresh` is False when the same action had been admitted before."""

    generation: Generation
    fresh: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What the admitting transaction must know besides the generation.

    `role_ids` are the member's; `timezone` is the server's IANA name; `most_waiting_*` is how many requests may wait.
    """

    role_ids: tuple[int, ...] = ()
    timezone: str = "UTC"
    caps: Caps = NO_CAPS
    most_waiting_member: int = 10
    most_waiting_server: int = 100


@dataclass(frozen=True, slots=True)
class Followed:
    """The little that is kept in memory of each task that the relay has."""

    id: str
    relay_id: str
    state: str
    submitted_at: datetime
    sort: Sort


@dataclass(frozen=True, slots=True)
class Ended:
    """How long a task of some sort took from its sending until the bot heard of its end, in seconds."""

    sort: Sort
    took_s: float


@dataclass(frozen=True, slots=True)
class VideoMatch:
    """A completed video as a list offers it."""

    id: str
    prompt: str
    part: int
    channel_id: int
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class PlaceInTime:
    """Where a generation stands among a member's own: by the moment it was asked for, then by its id."""

    at: datetime
    id: str


class Side(Enum):
    """Which part of a member's past is looked for, seen from a place in it."""

    FIRST = auto()  # the newest there are; no place is needed
    FROM = auto()  # that place and older
    OLDER = auto()
    NEWER = auto()


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in a member's past in one server: in some states (None: in any), with all the words.

    `start` is the place that `side` is about; at most `most` are found.
    """

    guild_id: int
    user_id: int
    side: Side
    most: int
    start: PlaceInTime | None = None
    states: frozenset[GenerationState] | None = None
    words: tuple[str, ...] = ()


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

    async def admit(self, generation: Generation, *, token: str, token_until: datetime, claim: Claim) -> Admitted:
        """Insert a WAITING generation with its charge, or find the one of the same action key.

        Raises LimitReached and QueueFull, with nothing written, as things stand inside this very transaction.
        """
        ...

    async def admit_next(self, generation: Generation, *, claim: Claim) -> bool:
        """Insert a WAITING generation with its charge, taking it from the `more_parts` of its parent, which get 0.

        False, with nothing charged, where the parent is not COMPLETED, or has no `more_parts` any more. Nobody need be
        told that the parent is done. Raises as `admit` does.
        """
        ...

    async def stop_chain(self, generation_id: str, *, untold: bool = False) -> Generation | None:
        """Set the `more_parts` of a generation to 0, or of the part that has followed it by itself.

        The part that is the last now, whose card is due again where it says otherwise; None where none was to follow.
        With `untold` it is noted in the same transaction that a word about it is owed.
        """
        ...

    async def untold_stops(self, limit: int) -> list[Shown]:
        """The last parts of chains that were stopped with a word owed about it."""
        ...

    async def stop_told(self, generation_id: str) -> None:
        """Note that no word is owed any more about where a chain was stopped."""
        ...

    async def to_continue(self, limit: int) -> list[Shown]:
        """COMPLETED generations after which another part is to follow by itself, the oldest first."""
        ...

    async def attach(self, generation_id: str, message_id: int) -> bool:
        """Note the message that shows it, whatever its state. False where one was noted already, or no such row."""
        ...

    async def save(self, before: Generation, after: Generation) -> bool:
        """Compare and set: False, with nothing written, unless the row still has `before.version`.

        The refund rides along when `after` entered a state that gives back, once for each generation.
        """
        ...

    async def advance(self, generation_id: str, step: Callable[[Generation], Generation | None]) -> Generation | None:
        """Take a step from the row as it stands, in one transaction; None where there is no step to take, or no row.

        The refund rides along as with `save`.
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

    async def line(self) -> tuple[list[InLine], dict[tuple[int, int], int]]:
        """Attached WAITING generations, and how many (server, member) has with the relay or being sent.

        Counted where somebody waits: thousands may be with the relay elsewhere, and whoever is next waits for this.
        """
        ...

    async def line_of(self, guild_id: int) -> tuple[list[InLine], dict[tuple[int, int], int]]:
        """`line` of one server alone: its cost does not grow with what waits elsewhere. In no order."""
        ...

    async def several(self, generation_ids: Sequence[str]) -> list[Generation]:
        """These generations, in this order; one that is not there is left out."""
        ...

    async def followed(self, expired_after: datetime) -> list[Followed]:
        """All that the relay has, and the EXPIRED ones sent after `expired_after`."""
        ...

    async def ended(self, limit: int) -> list[Ended]:
        """Of the generations that ended last, at most `limit`, those that the relay ended: the oldest first."""
        ...

    async def with_relay(self) -> list[str]:
        """The ids of all that the relay has."""
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
        """WAITING generations whose message was never noted, and whose card is not known to be gone.

        Those that follow by themselves are not among them: see `unposted`.
        """
        ...

    async def unposted(self, limit: int) -> list[Shown]:
        """The same, of those that follow another part by themselves."""
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
        """The generation that a message of this server shows, be it its card or one that shows it again."""
        ...

    async def history(self, sought: Sought) -> list[Shown]:
        """Generations beside their cards, those nearest to the place first: so NEWER ones from the oldest on."""
        ...

    async def note_showing(self, generation_id: str, channel_id: int, message_id: int, now: datetime) -> None:
        """Keep that a message shows a video again."""
        ...

    async def copies(self, generation_id: str) -> list[tuple[int, int]]:
        """Channel and message of each message that shows a video again."""
        ...

    async def note_film(self, generation_ids: Sequence[str], channel_id: int, message_id: int, now: datetime) -> None:
        """Keep that a message shows a film of these parts: `by_message` finds the last of them."""
        ...

    async def films(self, generation_id: str) -> list[tuple[int, int]]:
        """Channel and message of each film that holds a part."""
        ...

    async def keep_picture(self, interaction_id: int, url: str, now: datetime) -> None:
        """Keep the link of the picture that a window is about, by the interaction that opened it."""
        ...

    async def picture(self, interaction_id: int) -> str | None:
        """The link of the picture that a window is about, while it is kept."""
        ...

    async def drop_pictures(self, before: datetime) -> int:
        """Throw away the pictures that were kept before a moment. How many."""
        ...

    async def note(self, key: str, value: str) -> None:
        """Keep a small fact, such as the hash of the commands last synced."""
        ...

    async def noted(self, key: str) -> str | None:
        """A fact kept with `note`."""
        ...


class Chains(Protocol):
    """Which video goes on from which. One call is one transaction that reads; it raises StoreError."""

    async def line(self, guild_id: int, generation_id: str, most: int) -> list[Shown]:
        """The video and those that it goes on from, the first part first: the last `most` of them."""
        ...

    async def extensions(self, guild_id: int, generation_ids: Sequence[str], most: int) -> list[Shown]:
        """What goes on from any of these videos, the oldest first; at most `most`."""
        ...


@dataclass(frozen=True, slots=True)
class Balance:
    """A member's view: every limit that holds for them, the bonus credits in force, and what they have waiting."""

    standings: tuple[Standing, ...]
    grants: tuple[Grant, ...]
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing a moderator or the operator did: who (0: the operator), what, and what it was before and after."""

    guild_id: int
    actor_id: int
    action: str
    subject: str
    before: str
    after: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Spending:
    """One row of a report: what a member spent on one day of the server's calendar."""

    day: str
    user_id: int
    credits: int
    made: int
    failed: int
    moderated: int
    usd_micros: int


class Purse(Protocol):
    """The server's money. One call is one transaction, its audit row included; it raises StoreError."""

    async def balance(self, guild_id: int, user_id: int, claim: Claim, now: datetime) -> Balance:
        """What holds for a member now."""
        ...

    async def rules(self, guild_id: int) -> Rules:
        """What moderators set."""
        ...

    async def set_limit(
        self, guild_id: int, scope: Scope, subject_id: int, limit: Limit | None, *, by: int, why: str, now: datetime
    ) -> Limit | None:
        """Set or, with None, clear a limit; `subject_id` is the role or member, else 0. The one before."""
        ...

    async def grant(
        self, guild_id: int, user_id: int, amount: int, ends_at: datetime | None, *, by: int, why: str, now: datetime
    ) -> Grant:
        """Give bonus credits, with a ledger row."""
        ...

    async def take_back(self, guild_id: int, user_id: int, *, by: int, why: str, now: datetime) -> int:
        """Take back what is unspent of a member's bonus credits in force, with a ledger row for each gift: how many.

        Where nothing is left nothing is noted. What was spent of a gift and is refunded later is the member's again.
        """
        ...

    async def reset(
        self, guild_id: int, user_id: int | None, timezone: str, *, by: int, why: str, now: datetime
    ) -> dict[Span, int]:
        """Give a member, or with None the server's pool, the present periods anew. The credits so freed, by span."""
        ...

    async def spending(self, guild_id: int, since: datetime, until: datetime, timezone: str) -> list[Spending]:
        """Charges within a stretch of time, what was given back left out, by day and member."""
        ...

    async def resolve(self, before: Generation, after: Generation, *, keep_charge: bool, by: int, why: str) -> bool:
        """Settle an UNCERTAIN one by compare-and-set, with its audit row; the credits stay where `keep_charge`."""
        ...

    async def knows_relay_id(self, relay_id: str) -> bool:
        """Whether a generation of any server has this id."""
        ...

    async def uncertain(self, guild_id: int | None, limit: int) -> list[Generation]:
        """UNCERTAIN generations of a server, or of all, the oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """What is looked at before anybody is let in: the server's settings, the member's block in force, its words.

    `notify` is how the member wants to be told.
    """

    settings: GuildSettings
    block: Block | None
    words: tuple[str, ...]
    notify: Notify = BY_DEFAULT


class House(Protocol):
    """A server's house rules. One call is one transaction, its audit row included; it raises StoreError."""

    async def door(self, guild_id: int, user_id: int, now: datetime) -> Door:
        """All that admission asks of the house, in one read."""
        ...

    async def settings(self, guild_id: int) -> GuildSettings:
        """The server's settings, or the defaults."""
        ...

    async def change_settings(self, after: GuildSettings, *, by: int, why: str, now: datetime) -> GuildSettings:
        """Keep new settings. Those before."""
        ...

    async def block(self, block: Block) -> Block | None:
        """Block a member, in place of an earlier block, which is returned."""
        ...

    async def unblock(self, guild_id: int, user_id: int, *, by: int, why: str, now: datetime) -> Block | None:
        """Lift a block. The one that was there."""
        ...

    async def block_of(self, guild_id: int, user_id: int, now: datetime) -> Block | None:
        """The block in force, if any."""
        ...

    async def blocks(self, guild_id: int, now: datetime) -> list[Block]:
        """All blocks in force, the newest first."""
        ...

    async def words(self, guild_id: int) -> list[str]:
        """The forbidden words, in order of the alphabet."""
        ...

    async def change_word(self, guild_id: int, word: str, *, forbid: bool, by: int, now: datetime) -> bool:
        """Forbid a word or allow it again. False where it was so already. The audit row does not repeat it."""
        ...

    async def audit(self, guild_id: int, limit: int) -> list[Change]:
        """What was changed, the newest first."""
        ...

    async def note_change(self, change: Change) -> None:
        """Keep a change that has no row of its own (a removed result, a report)."""
        ...


class Privacy(Protocol):
    """What is kept about members, and how it goes. One call is one transaction; it raises StoreError."""

    async def export(self, user_id: int, guild_id: int) -> dict[str, object]:
        """All that is kept about a member in a server, ready for JSON."""
        ...

    async def forget(self, user_id: int, guild_id: int, now: datetime) -> tuple[int, int]:
        """Erase a member's prompts and links in a server, and put a pseudonym in their place. (erased, still open)."""
        ...

    async def erase_old(self, before: datetime, limit: int) -> int:
        """Erase prompts and links of generations that ended before a moment. How many."""
        ...


class Preferences(Protocol):
    """What members chose for themselves. One call is one transaction; it raises StoreError."""

    async def of(self, user_id: int) -> MemberPreferences:
        """What a member chose, or the defaults."""
        ...

    async def keep(self, preferences: MemberPreferences) -> None:
        """Keep what a member chose, in place of what was there."""
        ...

    async def languages(self) -> dict[int, str]:
        """The language of everyone who chose one."""
        ...


class NoticeStore(Protocol):
    """Which members are to be told. One call is one transaction; it raises StoreError."""

    async def owed(self, limit: int) -> list[Shown]:
        """Generations that are over, and shown so, whose members wait for a word, the newest end first."""
        ...

    async def note_notice(self, generation_id: str, before: Notice, after: Notice) -> bool:
        """Compare and set. False, with nothing written, where it is not `before` (its member was forgotten)."""
        ...

    async def end_notices(self, ends: Mapping[str, Notice]) -> None:
        """Note for each generation how it ended, where a word was still owed."""
        ...


class Messenger(Protocol):
    """Tells members in Discord. No method raises for anything Discord or the network does."""

    async def tell(self, shown: Shown, *, by_dm: bool, look: bool) -> Notice | TryLater:
        """Tell a member that a generation is over: how that ended. Raises StoreError.

        With `look` it may have been said before: then nothing is sent unless it is sure that it was not.
        """
        ...
