"""What a server spent, by day of its calendar and by member."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, and_, bindparam, case, func, or_, select, type_coerce

from bot.domain.generation import WITH_RELAY, FailureKind, GenerationState
from bot.domain.period import zone_of
from bot.domain.quota import Entry
from bot.ports import Spending
from bot.storage.columns import Moment, moment_of
from bot.storage.purse_tables import ledger
from bot.storage.tables import generations

_STEP = timedelta(minutes=15)
"""Rows are added up in the database by quarters of an hour: every time zone's days begin with one."""
_STEP_MICROS = _STEP // timedelta(microseconds=1)

S = GenerationState
PAID = WITH_RELAY | {S.SUBMITTING, S.COMPLETED, S.EXPIRED, S.UNCERTAIN, S.LOST}
"""States in which the operator may have been charged, whether or not the member got the credits back."""

_row = generations.c
_step = type_coerce(_row.created_at, BigInteger).op("/", return_type=BigInteger())(_STEP_MICROS)
_moderated = and_(_row.state == S.FAILED, _row.failure_kind == FailureKind.MODERATION)
_failed = or_(
    _row.state.in_([S.EXPIRED, S.LOST]), and_(_row.state == S.FAILED, _row.failure_kind != FailureKind.MODERATION)
)
_refunded = ledger.c.id.is_not(None)
SPENDING = (
    select(
        _step.label("step"),
        _row.user_id,
        func.sum(case((_refunded, 0), else_=_row.price)).label("credits"),
        func.count().filter(_row.state == S.COMPLETED).label("made"),
        func.count().filter(_failed).label("failed"),
        func.count().filter(_moderated).label("moderated"),
        func.coalesce(func.sum(_row.usd_micros).filter(_row.state.in_(sorted(PAID))), 0).label("usd"),
    )
    .select_from(generations.outerjoin(ledger, and_(ledger.c.generation_id == _row.id, ledger.c.entry == Entry.REFUND)))
    .where(
        _row.guild_id == bindparam("guild", type_=BigInteger),
        _row.created_at >= bindparam("since", type_=Moment),
        _row.created_at < bindparam("until", type_=Moment),
    )
    .group_by(_step, _row.user_id)
)


def spending(connection: Connection, guild_id: int, since: datetime, until: datetime, timezone: str) -> list[Spending]:
    """By day, then by member. What was given back is left out of the day it was charged on."""
    zone = zone_of(timezone)
    found: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * 5)
    for row in connection.execute(SPENDING, {"guild": guild_id, "since": since, "until": until}):
        begun = moment_of(row.step * _STEP_MICROS)
        assert begun is not None  # noqa: S101  # only what is no number stands for no moment
        sums = found[f"{begun.astimezone(zone):%Y-%m-%d}", row.user_id]
        figures = (row.credits, row.made, row.failed, row.moderated, row.usd)
        for place, figure in enumerate(figures):
            sums[place] += int(figure)
    return list(_rows(found))


def _rows(found: dict[tuple[str, int], list[int]]) -> Iterator[Spending]:
    for (day, user_id), sums in sorted(found.items()):
        if any(sums):
            yield Spending(day, user_id, *sums)
