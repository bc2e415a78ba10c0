"""Who may spend how much, decided from values: a price on every generation, limits it must fit under, a ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.period import DAYS, Period, Span


class Entry(StrEnum):
    """A kind of ledger row. CHARGE and REFUND stand at most once for a generation."""

    CHARGE = "charge"
    REFUND = "refund"
    GRANT = "grant"  # a moderator's gift to a member
    TAKE_BACK = "take_back"  # what a moderator took back of a gift, below zero
    RESET = "reset"  # a moderator's clean slate for a counter


class Scope(StrEnum):
    """What a limit is set on. OPERATOR_SERVER and OPERATOR_BOT are the operator's caps, out of moderators' reach."""

    SERVER = "server"
    DEFAULT = "default"
    ROLE = "role"
    MEMBER = "member"
    OPERATOR_SERVER = "operator_server"
    OPERATOR_BOT = "operator_bot"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many credits in each period of a span. 0 allows only what costs nothing."""

    credits: int
    span: Span


@dataclass(frozen=True, slots=True)
class Rules:
    """What moderators set for a server: its pool, the default for members, and exceptions by role and by member."""

    server: Limit | None = None
    default: Limit | None = None
    roles: Mapping[int, Limit] = field(default_factory=dict)
    members: Mapping[int, Limit] = field(default_factory=dict)

    def for_member(self, user_id: int, role_ids: Iterable[int]) -> tuple[Scope, Limit] | None:
        """The limit that holds for a member: their own, else their best role's, else the default.

        The best is the one that gives the most credits a day; of two alike, the longer span.
        """
        if own := self.members.get(user_id):
            return Scope.MEMBER, own
        of_roles = [self.roles[role] for role in role_ids if role in self.roles]
        if of_roles:
            return Scope.ROLE, max(of_roles, key=lambda limit: (limit.credits / DAYS[limit.span], DAYS[limit.span]))
        return None if self.default is None else (Scope.DEFAULT, self.default)


@dataclass(frozen=True, slots=True)
class Caps:
    """The operator's own limits, in credits a day: for each server, and for the whole bot. None is no cap."""

    server_a_day: int | None = None
    bot_a_day: int | None = None


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Standing:
    """One limit as it stands now: how much of it is used, and when it begins anew."""

    scope: Scope
    limit: Limit
    period: Period
    used: int

    @property
    def left(self) -> int:
        """Credits left; never below zero, though a lowered limit can be behind what was used."""
        return max(0, self.limit.credits - self.used)


@dataclass(frozen=True, slots=True)
class Grant:
    """Bonus credits of one member: spent after the period's own. `ends_at` None never ends."""

    id: int
    credits: int
    used: int
    ends_at: datetime | None

    @property
    def left(self) -> int:
        """Credits left."""
        return self.credits - self.used


@dataclass(frozen=True, slots=True)
class Fits:
    """The request fits: so much out of the member's own limit, and so much out of each grant, by its id."""

    own: int
    bonus: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """The request does not fit: the first limit that it met, and how many credits it still holds for this request."""

    standing: Standing
    left: int


def decide(cost: int, shared: Iterable[Standing], own: Standing | None, grants: Iterable[Grant]) -> Fits | Met:
    """Whether `cost` credits may be spent now.

    It must fit under every shared limit (the operator's caps, the server's pool). The member's own limit is used up
    first, then bonus credits, those that end soonest first; `own` None holds any cost. `grants` are those in force.
    """
    for standing in shared:
        if cost > standing.left:
            return Met(standing, standing.left)
    if own is None:
        return Fits(cost)
    from_own = min(cost, own.left)
    missing = cost - from_own
    bonus: list[tuple[int, int]] = []
    for grant in sorted(grants, key=_ends_soonest):
        if missing and grant.left > 0:
            taken = min(missing, grant.left)
            bonus.append((grant.id, taken))
            missing -= taken
    if missing:
        return Met(own, cost - missing)
    return Fits(from_own, tuple(bonus))


def _ends_soonest(grant: Grant) -> tuple[bool, float, int]:
    return grant.ends_at is None, grant.ends_at.timestamp() if grant.ends_at else 0.0, grant.id
