"""What moderators and operators decide about money: values are checked, one thing is changed, and it is told how."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.errors import BadSetting, UnknownVideo
from bot.domain.generation import Failure, FailureKind, Generation, GenerationState
from bot.domain.house import GuildSettings
from bot.domain.period import Span, zone_of
from bot.domain.quota import Grant, Limit, Rules, Scope, Standing
from bot.domain.turns import places
from bot.ports import Balance, Claim, Clock, Purse, Store
from bot.service.expenses import Expenses, Window, expenses, period_for

MOST_CREDITS = 1_000_000
"""Of one limit or one gift: far more than anybody means, and far from what a counter holds."""
MOST_DAYS = 3_650
"""Days that a gift may last; one without an end says it better."""
MOST_REASON = 300
"""Characters of the reason for a change."""
MOST_RELAY_ID = 200
"""Characters of a relay's id for a video; they are some 40 in fact."""
MOST_UNCERTAIN = 500
"""Uncertain videos in one list."""
OPERATOR = 0
"""Who acts, where it is the operator."""

SHARED = (Scope.OPERATOR_BOT, Scope.OPERATOR_SERVER, Scope.SERVER)
"""The limits that hold for all members of a server together."""

_ID = re.compile(rf"(?!\.{{1,2}}$)[!-~]{{1,{MOST_RELAY_ID}}}")


class Verdict(StrEnum):
    """What somebody who looked says of an uncertain video."""

    MADE = "made"  # the relay has it, and its id is known
    LOST_CHARGED = "lost-charged"  # made, but nobody can find it; the credits stay spent
    LOST_REFUNDED = "lost-refunded"  # the same, and the credits come back
    NOT_MADE = "not-made"  # the relay never made it; the credits come back


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member's balance, and the places of what they have waiting in the server's line."""

    balance: Balance
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ServerView:
    """What moderators set, and how the limits that all share stand."""

    rules: Rules
    standings: tuple[Standing, ...]


class Purser:
    """Looks after a server's money. Whether somebody is a moderator is for the caller to ask.

    `claim` makes a Claim of a member's roles and a time zone, with the operator's caps; `on_settled` is called with
    each generation that somebody settled, for it to be followed and shown.
    """

    def __init__(
        self,
        purse: Purse,
        store: Store,
        clock: Clock,
        *,
        claim: Callable[[tuple[int, ...], str], Claim] = Claim,
        on_settled: Callable[[Generation], None] = lambda _: None,
    ) -> None:
        self._purse = purse
        self._store = store
        self._clock = clock
        self._claim = claim
        self._on_settled = on_settled

    async def member(self, settings: GuildSettings, user_id: int, role_ids: tuple[int, ...]) -> MemberView:
        """How a member stands now. Raises StoreError, as all of these do."""
        claim = self._claim(role_ids, settings.timezone)
        balance = await self._purse.balance(settings.guild_id, user_id, claim, self._clock.now())
        if not balance.waiting:
            return MemberView(balance, ())
        found = places(*await self._store.line_of(settings.guild_id))
        return MemberView(balance, tuple(sorted(found[each] for each in balance.waiting if each in found)))

    async def server(self, settings: GuildSettings) -> ServerView:
        """How the server stands now."""
        claim = self._claim((), settings.timezone)
        nobody = await self._purse.balance(settings.guild_id, 0, claim, self._clock.now())
        shared = tuple(standing for standing in nobody.standings if standing.scope in SHARED)
        return ServerView(await self._purse.rules(settings.guild_id), shared)

    async def set_limit(
        self, settings: GuildSettings, scope: Scope, subject_id: int, limit: Limit, *, by: int, why: str
    ) -> Limit | None:
        """Set a limit: the one before. Raises BadSetting."""
        _within("credits", limit.credits, 0, MOST_CREDITS)
        return await self._purse.set_limit(
            settings.guild_id, scope, subject_id, limit, by=by, why=_reason(why), now=self._clock.now()
        )

    async def clear_limit(
        self, settings: GuildSettings, scope: Scope, subject_id: int, *, by: int, why: str
    ) -> Limit | None:
        """Clear a limit: the one before, or None where there was none, and then nothing is noted."""
        if _limit_in(await self._purse.rules(settings.guild_id), scope, subject_id) is None:
            return None
        return await self._purse.set_limit(
            settings.guild_id, scope, subject_id, None, by=by, why=_reason(why), now=self._clock.now()
        )

    async def grant(
        self, settings: GuildSettings, user_id: int, amount: int, days: int | None, *, by: int, why: str
    ) -> Grant:
        """Give bonus credits, for so many times 24 hours or without an end. Raises BadSetting."""
        _within("credits", amount, 1, MOST_CREDITS)
        if days is not None:
            _within("days", days, 1, MOST_DAYS)
        now = self._clock.now()
        ends_at = None if days is None else now + timedelta(days=days)
        return await self._purse.grant(settings.guild_id, user_id, amount, ends_at, by=by, why=_reason(why), now=now)

    async def take_back(self, settings: GuildSettings, user_id: int, *, by: int, why: str) -> int:
        """Take back what a member has not spent of bonus credits: how many; 0 changes and notes nothing."""
        return await self._purse.take_back(settings.guild_id, user_id, by=by, why=_reason(why), now=self._clock.now())

    async def reset(self, settings: GuildSettings, user_id: int | None, *, by: int, why: str) -> dict[Span, int]:
        """Begin the present periods anew, of a member or with None of the pool: the credits so freed, by span."""
        return await self._purse.reset(
            settings.guild_id, user_id, settings.timezone, by=by, why=_reason(why), now=self._clock.now()
        )

    async def report(self, settings: GuildSettings, window: Window) -> Expenses:
        """What was spent in a stretch of the server's calendar."""
        zone, now = zone_of(settings.timezone), self._clock.now()
        period = period_for(window, now, zone)
        rows = await self._purse.spending(settings.guild_id, period.begins_at, period.ends_at, settings.timezone)
        return expenses(rows, period, now, zone)

    async def uncertain(self, guild_id: int | None, limit: int = MOST_UNCERTAIN) -> list[Generation]:
        """The uncertain videos of a server, or with None of all, the oldest first."""
        return await self._purse.uncertain(guild_id, limit)

    async def resolve(
        self,
        guild_id: int | None,
        generation_id: str,
        verdict: Verdict,
        relay_id: str | None = None,
        *,
        by: int = OPERATOR,
        why: str = "",
    ) -> Generation:
        """Settle an uncertain video: as it is now. With `guild_id` None, as the operator, of whatever server.

        Raises UnknownVideo, also for one of another server, and BadSetting: "video" where it is not uncertain (any
        more), "relay_id" where the verdict needs one, or cannot have one, or it is not like one or another video's.
        """
        shown = await self._store.get(generation_id)
        if shown is None or guild_id not in {None, shown.generation.guild_id}:
            raise UnknownVideo(generation_id)
        before = shown.generation
        if before.state is not GenerationState.UNCERTAIN:
            raise BadSetting("video", "not_uncertain")
        after = self._settled(before, verdict, await self._free_relay_id(verdict, relay_id))
        kept = verdict in {Verdict.MADE, Verdict.LOST_CHARGED}
        if not await self._purse.resolve(before, after, keep_charge=kept, by=by, why=_reason(why)):
            raise BadSetting("video", "not_uncertain")
        self._on_settled(after)
        return after

    async def _free_relay_id(self, verdict: Verdict, typed: str | None) -> str:
        """The id, unless it is another video's: nobody shall come by that video by naming it."""
        relay_id = _relay_id(verdict, typed)
        if relay_id and await self._purse.knows_relay_id(relay_id):
            raise BadSetting("relay_id", "taken")
        return relay_id

    def _settled(self, before: Generation, verdict: Verdict, relay_id: str) -> Generation:
        now = self._clock.now()
        match verdict:
            case Verdict.MADE:
                return before.accepted(relay_id, now)
            case Verdict.LOST_CHARGED:
                return before.lost(now, Failure(FailureKind.UNTRACED_CHARGED))
            case Verdict.LOST_REFUNDED:
                return before.lost(now, Failure(FailureKind.UNTRACED))
            case Verdict.NOT_MADE:
                return before.failed(Failure(FailureKind.NOT_MADE), now)


def target(guild_id: int, scope: Scope, role_id: int | None, member_id: int | None) -> int:
    """The id that a limit of this scope is set on, 0 for none. Raises BadSetting where the options do not fit it."""
    for name, given, wanted in (("role", role_id, scope is Scope.ROLE), ("member", member_id, scope is Scope.MEMBER)):
        if wanted and given is None:
            raise BadSetting(name, "missing")
        if given is not None and not wanted:
            raise BadSetting(name, "surplus")
    if role_id == guild_id:
        raise BadSetting("role", "everyone")
    return role_id or member_id or 0


def _limit_in(rules: Rules, scope: Scope, subject_id: int) -> Limit | None:
    match scope:
        case Scope.SERVER:
            return rules.server
        case Scope.DEFAULT:
            return rules.default
        case Scope.ROLE:
            return rules.roles.get(subject_id)
        case Scope.MEMBER:
            return rules.members.get(subject_id)
    return None


def _within(name: str, value: int, least: int, most: int) -> None:
    if value < least:
        raise BadSetting(name, "too_few")
    if value > most:
        raise BadSetting(name, "too_many")


def _reason(why: str) -> str:
    text = " ".join(why.split())
    if len(text) > MOST_REASON:
        raise BadSetting("reason", "too_long")
    return text


def _relay_id(verdict: Verdict, relay_id: str | None) -> str:
    text = (relay_id or "").strip()
    if verdict is Verdict.MADE and not text:
        raise BadSetting("relay_id", "missing")
    if verdict is not Verdict.MADE and text:
        raise BadSetting("relay_id", "surplus")
    if text and not _ID.fullmatch(text):
        raise BadSetting("relay_id", "unusable")
    return text
