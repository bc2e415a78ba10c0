"""Which counters there are, what they are called, and which of them a charge goes to.

Every charge is counted in all of them, whether a limit is set or not, so that one set later counts what was spent
before. The operator's are of the UTC day and stand apart from the server's own: neither another time zone nor a
moderator's reset gives a server more than the operator's cap. A moderator's change of the time zone changes the
names of the periods from then on; what was counted stays under its name.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import and_, bindparam

from bot.domain.period import Period, Span, period_of, zone_of
from bot.domain.quota import Limit, Scope, Standing
from bot.storage.purse_tables import spending

Name = tuple[str, str]
"""A counter's scope and period, as `spending` has them."""
GRANT = "grant:"
"""What `spent` and the ledger call bonus credits, with the grant's id behind it; they have no period."""
NO_PERIOD = ""


# Scope and period apart, which brings a few more than were asked for: of pairs, SQLite makes a look at every row.
IS_ASKED = and_(
    spending.c.scope.in_(bindparam("scopes", expanding=True)),
    spending.c.period.in_(bindparam("periods", expanding=True)),
)


def grant_name(grant_id: int) -> Name:
    """What bonus credits are called."""
    return f"{GRANT}{grant_id}", NO_PERIOD


class Counters:
    """The counters of one member, by their pseudonym, of one server at one moment, with the periods they count."""

    def __init__(self, guild_id: int, member: int, now: datetime, timezone: str) -> None:
        self.guild_id = guild_id
        self.member = member
        self.now = now
        zone = zone_of(timezone)
        self._today = period_of(Span.DAY, now, UTC)
        self._periods = {span: period_of(span, now, zone) for span in Span}

    @property
    def shared(self) -> list[Name]:
        """Those that count a generation's whole price."""
        operators = [self.name(Scope.OPERATOR_BOT, Span.DAY), self.name(Scope.OPERATOR_SERVER, Span.DAY)]
        return operators + [self.name(Scope.SERVER, span) for span in Span]

    @property
    def own(self) -> list[Name]:
        """The member's, which count what was not paid with bonus credits."""
        return [self.name(Scope.MEMBER, span) for span in Span]

    def name(self, scope: Scope, span: Span) -> Name:
        """Where the credits that a limit speaks of are counted."""
        return self._scope(scope), self.period(scope, span).name

    def period(self, scope: Scope, span: Span) -> Period:
        """The present period of a limit."""
        return self._today if scope in {Scope.OPERATOR_BOT, Scope.OPERATOR_SERVER} else self._periods[span]

    def standing(self, scope: Scope, limit: Limit, used: dict[Name, int]) -> Standing:
        """A limit as it stands."""
        return Standing(scope, limit, self.period(scope, limit.span), used.get(self.name(scope, limit.span), 0))

    def _scope(self, scope: Scope) -> str:
        match scope:
            case Scope.OPERATOR_BOT:
                return "bot"
            case Scope.OPERATOR_SERVER:
                return f"operator:{self.guild_id}"
            case Scope.SERVER:
                return f"server:{self.guild_id}"
            case _:
                return f"member:{self.guild_id}:{self.member}"

    @property
    def asked(self) -> dict[str, list[str]]:
        """All of them as `IS_ASKED` binds them."""
        scopes, periods = zip(*self, strict=True)
        return {"scopes": sorted(set(scopes)), "periods": sorted(set(periods))}

    def __iter__(self) -> Iterator[Name]:
        """All of them."""
        yield from self.shared
        yield from self.own
