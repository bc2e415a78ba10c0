"""The purse: what moderators set and give, how members stand, what a server spent, and what became of doubtful ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.generation import Failure, FailureKind, Generation, GenerationState
from bot.domain.period import Span
from bot.domain.quota import Caps, Grant, Limit, Rules, Scope
from bot.ports import Balance, Change, Purse, Spending
from bot.storage import SqlStore, Stores
from bot.storage.house import SqlHouse
from bot.storage.purse import SqlPurse
from tests.books import check_books
from tests.storing import CLAIM, GUILD, MEMBER, NOW, admitted, asked, finished, granted, later, moved, rows

MODERATOR = 7
ELSEWHERE = GUILD + 1
DAY = timedelta(days=1)
FIVE = Limit(5, Span.DAY)
NOTHING = Balance((), (), ())
LEDGER = "SELECT entry, credits, user_id, scope, period FROM ledger WHERE generation_id IS NULL ORDER BY id"


def test_the_sql_purse_is_a_purse(purse: SqlPurse) -> None:
    """Mypy reads this: every method has the port's signature."""
    port: Purse = purse
    assert port is purse


async def uncertain(store: SqlStore, name: str = "g1", guild: int = GUILD, since: float = 60) -> Generation:
    waiting = await admitted(store, asked(name, guild=guild, price=2, usd_micros=100))
    sending = waiting.submitting(later(1))
    return await moved(store, waiting, sending, sending.uncertain(later(since)))


async def test_a_server_without_rules_limits_nobody(purse: SqlPurse) -> None:
    assert await purse.rules(GUILD) == Rules()
    assert await purse.balance(GUILD, MEMBER, CLAIM, NOW) == NOTHING


async def test_every_kind_of_limit_is_kept_replaced_and_cleared(purse: SqlPurse) -> None:
    places = ((Scope.SERVER, 0), (Scope.DEFAULT, 0), (Scope.ROLE, 71), (Scope.ROLE, 72), (Scope.MEMBER, MEMBER))
    for number, (scope, subject) in enumerate(places):
        for before, after in ((None, FIVE), (FIVE, Limit(number, Span.WEEK))):
            assert await purse.set_limit(GUILD, scope, subject, after, by=MODERATOR, why="", now=NOW) == before
    weekly = [Limit(number, Span.WEEK) for number in range(5)]
    assert await purse.rules(GUILD) == Rules(
        weekly[0], weekly[1], roles={71: weekly[2], 72: weekly[3]}, members={MEMBER: weekly[4]}
    )
    assert await purse.rules(ELSEWHERE) == Rules()
    for number, (scope, subject) in enumerate(places):
        assert await purse.set_limit(GUILD, scope, subject, None, by=MODERATOR, why="", now=NOW) == weekly[number]
    assert await purse.rules(GUILD) == Rules()


async def test_a_change_of_a_limit_stands_in_the_audit_log(purse: SqlPurse, house: SqlHouse) -> None:
    await purse.set_limit(GUILD, Scope.ROLE, 71, FIVE, by=MODERATOR, why="a trial", now=NOW)
    await purse.set_limit(GUILD, Scope.ROLE, 71, FIVE, by=MODERATOR, why="the same again", now=later(1))
    await purse.set_limit(GUILD, Scope.ROLE, 71, Limit(1, Span.MONTH), by=MODERATOR, why="", now=later(2))
    await purse.set_limit(GUILD, Scope.ROLE, 71, None, by=0, why="over", now=later(3))
    await purse.set_limit(GUILD, Scope.ROLE, 71, None, by=0, why="it was none", now=later(4))
    await purse.set_limit(ELSEWHERE, Scope.SERVER, 0, FIVE, by=MODERATOR, why="", now=NOW)
    assert await house.audit(GUILD, 9) == [
        Change(GUILD, 0, "limit", "role:71", "1 credit a month", "none", "over", later(3)),
        Change(GUILD, MODERATOR, "limit", "role:71", "5 credits a day", "1 credit a month", "", later(2)),
        Change(GUILD, MODERATOR, "limit", "role:71", "none", "5 credits a day", "a trial", NOW),
    ]
    assert [change.subject for change in await house.audit(ELSEWHERE, 9)] == ["server"]


@pytest.mark.parametrize("scope", [Scope.OPERATOR_BOT, Scope.OPERATOR_SERVER])
async def test_nobody_sets_the_operators_caps_here(purse: SqlPurse, scope: Scope) -> None:
    with pytest.raises(ValueError, match="not for moderators"):
        await purse.set_limit(GUILD, scope, 0, FIVE, by=MODERATOR, why="", now=NOW)


async def test_a_gift_is_kept_with_its_ledger_row_and_its_change(
    purse: SqlPurse, house: SqlHouse, tmp_path: Path
) -> None:
    first = await purse.grant(GUILD, MEMBER, 5, None, by=MODERATOR, why="won a contest", now=NOW)
    second = await purse.grant(GUILD, MEMBER, 1, NOW + DAY, by=MODERATOR, why="", now=later(1))
    assert (first.credits, first.used, first.ends_at, second.ends_at) == (5, 0, None, NOW + DAY)
    balance = await purse.balance(GUILD, MEMBER, CLAIM, later(2))
    assert balance.grants == (first, second)
    assert [change.before for change in await house.audit(GUILD, 9)] == ["5 credits of bonus", "0 credits of bonus"]
    assert [change.after for change in await house.audit(GUILD, 9)] == [
        "6 credits of bonus, until 2026-11-23 12:00 UTC",
        "5 credits of bonus, without an end",
    ]
    assert rows(tmp_path / "bot.db", LEDGER) == [
        ("grant", 5, MEMBER, f"grant:{first.id}", ""),
        ("grant", 1, MEMBER, f"grant:{second.id}", ""),
    ]


async def test_a_gift_ends_at_its_moment_and_is_of_one_server(purse: SqlPurse) -> None:
    gift = await purse.grant(GUILD, MEMBER, 5, NOW + DAY, by=MODERATOR, why="", now=NOW)
    before_the_end = NOW + DAY - timedelta(microseconds=1)
    assert (await purse.balance(GUILD, MEMBER, CLAIM, before_the_end)).grants == (gift,)
    assert (await purse.balance(GUILD, MEMBER, CLAIM, NOW + DAY)).grants == ()
    assert await purse.balance(ELSEWHERE, MEMBER, CLAIM, NOW) == NOTHING
    assert await purse.balance(GUILD, MEMBER + 1, CLAIM, NOW) == NOTHING


async def test_what_is_unspent_of_every_gift_in_force_is_taken_back(stores: Stores, tmp_path: Path) -> None:
    """A typo of 1000 for 10: what was spent stays spent, and what ended by itself or is another's is left alone."""
    purse = stores.purse
    await purse.set_limit(GUILD, Scope.DEFAULT, 0, Limit(0, Span.DAY), by=MODERATOR, why="", now=NOW)
    over = await purse.grant(GUILD, MEMBER, 3, NOW, by=MODERATOR, why="", now=NOW)
    soon = await purse.grant(GUILD, MEMBER, 7, NOW + DAY, by=MODERATOR, why="", now=NOW)
    typo = await purse.grant(GUILD, MEMBER, 1000, None, by=MODERATOR, why="", now=NOW)
    await purse.grant(GUILD, MEMBER + 1, 5, None, by=MODERATOR, why="", now=NOW)
    await purse.grant(ELSEWHERE, MEMBER, 6, None, by=MODERATOR, why="", now=NOW)
    await admitted(stores.store, asked(price=4))
    assert await purse.take_back(GUILD, MEMBER, by=MODERATOR, why="a typo", now=later(1)) == 1003
    assert (await purse.balance(GUILD, MEMBER, CLAIM, later(2))).grants == ()
    assert not await granted(stores.store, asked("more", at=later(2)))
    assert rows(tmp_path / "bot.db", "SELECT sum(credits - used) FROM grants WHERE ends_at IS NULL") == [(11,)]
    taken = rows(tmp_path / "bot.db", LEDGER.replace(" ORDER", " AND entry = 'take_back' ORDER"))
    assert taken == [
        ("take_back", -3, MEMBER, f"grant:{soon.id}", ""),
        ("take_back", -1000, MEMBER, f"grant:{typo.id}", ""),
    ]
    assert rows(tmp_path / "bot.db", "SELECT id, credits FROM grants WHERE credits = 3") == [(over.id, 3)]
    check_books(tmp_path / "bot.db")


async def test_what_was_taken_back_stands_in_the_audit_log_and_nothing_does_where_nothing_was(
    purse: SqlPurse, house: SqlHouse, tmp_path: Path
) -> None:
    await purse.grant(GUILD, MEMBER, 5, None, by=MODERATOR, why="", now=NOW)
    assert await purse.take_back(GUILD, MEMBER, by=MODERATOR, why="a typo", now=later(1)) == 5
    assert await purse.take_back(GUILD, MEMBER, by=MODERATOR, why="again", now=later(2)) == 0
    changes = await house.audit(GUILD, 9)
    assert [change.action for change in changes] == ["take back", "grant"]
    assert changes[0] == Change(
        GUILD, MODERATOR, "take back", "member:33", "5 credits of bonus", "0 credits of bonus", "a typo", later(1)
    )
    assert len(rows(tmp_path / "bot.db", LEDGER)) == 2


async def test_a_refund_of_what_was_spent_of_a_gift_outlives_its_taking_back(stores: Stores, tmp_path: Path) -> None:
    """Given back once, whatever a moderator did meanwhile; and what came back can be taken back too."""
    purse = stores.purse
    await purse.set_limit(GUILD, Scope.DEFAULT, 0, Limit(0, Span.DAY), by=MODERATOR, why="", now=NOW)
    gift = await purse.grant(GUILD, MEMBER, 1000, None, by=MODERATOR, why="", now=NOW)
    waiting = await admitted(stores.store, asked(price=4))
    await purse.take_back(GUILD, MEMBER, by=MODERATOR, why="", now=later(1))
    await moved(stores.store, waiting, waiting.cancelled(later(2)))
    assert (await purse.balance(GUILD, MEMBER, CLAIM, later(3))).grants == (Grant(gift.id, 4, 0, None),)
    check_books(tmp_path / "bot.db")
    assert await purse.take_back(GUILD, MEMBER, by=MODERATOR, why="", now=later(4)) == 4
    check_books(tmp_path / "bot.db")


async def test_a_balance_shows_every_limit_that_holds_and_what_waits(stores: Stores) -> None:
    purse = stores.purse
    await purse.set_limit(GUILD, Scope.SERVER, 0, Limit(50, Span.MONTH), by=MODERATOR, why="", now=NOW)
    await purse.set_limit(GUILD, Scope.DEFAULT, 0, Limit(2, Span.DAY), by=MODERATOR, why="", now=NOW)
    await purse.set_limit(GUILD, Scope.ROLE, 71, Limit(3, Span.WEEK), by=MODERATOR, why="", now=NOW)
    gift = await purse.grant(GUILD, MEMBER, 5, None, by=MODERATOR, why="", now=NOW)
    claim = replace(CLAIM, role_ids=(70, 71), timezone="Asia/Tokyo", caps=Caps(server_a_day=20, bot_a_day=30))
    for name, guild, user in (("mine", GUILD, MEMBER), ("sent", GUILD, MEMBER), ("elsewhere", ELSEWHERE, MEMBER)):
        await admitted(stores.store, asked(name, guild=guild, user=user, price=2), claim=claim)
    sent = asked("sent", price=2)
    await moved(stores.store, sent, sent.submitting(later(1)))
    balance = await purse.balance(GUILD, MEMBER, claim, NOW)
    assert [(each.scope, each.limit, each.used, each.period.name) for each in balance.standings] == [
        (Scope.OPERATOR_BOT, Limit(30, Span.DAY), 6, "2026-11-22"),
        (Scope.OPERATOR_SERVER, Limit(20, Span.DAY), 4, "2026-11-22"),
        (Scope.SERVER, Limit(50, Span.MONTH), 4, "2026-11"),
        (Scope.ROLE, Limit(3, Span.WEEK), 3, "2026-W47"),
    ]
    assert balance.standings[-1].period.ends_at == datetime(2026, 11, 22, 15, tzinfo=UTC), "Monday in Tokyo"
    assert balance.grants == (Grant(gift.id, 5, 1, None),)
    assert balance.waiting == ("mine",)


async def test_a_reset_empties_the_present_periods_of_one_member(stores: Stores, tmp_path: Path) -> None:
    await admitted(stores.store, asked("before", price=4, at=NOW - 7 * DAY))
    await admitted(stores.store, asked("mine", price=3))
    await admitted(stores.store, asked("hers", price=5, user=MEMBER + 1))
    await admitted(stores.store, asked("elsewhere", price=6, guild=ELSEWHERE))
    freed = await stores.purse.reset(GUILD, MEMBER, "UTC", by=MODERATOR, why="a bad day", now=later(9))
    assert freed == {Span.DAY: 3, Span.WEEK: 3, Span.MONTH: 7}
    whole = "SELECT sum(used) FROM spending WHERE scope LIKE '{}' AND period = '2026-11'"
    assert rows(tmp_path / "bot.db", whole.format("member:11:%")) == [(5,)]
    assert rows(tmp_path / "bot.db", whole.format("member:12:%")) == [(6,)]
    assert rows(tmp_path / "bot.db", whole.format("server:11")) == [(12,)]
    assert [entry[:3] for entry in rows(tmp_path / "bot.db", LEDGER)] == [
        ("reset", 3, MEMBER),
        ("reset", 3, MEMBER),
        ("reset", 7, MEMBER),
    ]
    change = (await stores.house.audit(GUILD, 1))[0]
    assert (change.action, change.subject, change.why) == ("reset", "member:33", "a bad day")
    assert (change.before, change.after) == (
        "3 credits this day, 3 credits this week, 7 credits this month",
        "0 credits",
    )
    check_books(tmp_path / "bot.db")


async def test_a_reset_of_the_pool_leaves_members_and_the_operators_count(stores: Stores, tmp_path: Path) -> None:
    await admitted(stores.store, asked(price=3))
    assert await stores.purse.reset(GUILD, None, "UTC", by=MODERATOR, why="", now=NOW) == dict.fromkeys(Span, 3)
    assert await stores.purse.reset(GUILD, None, "UTC", by=MODERATOR, why="", now=NOW) == dict.fromkeys(Span, 0)
    used = dict(rows(tmp_path / "bot.db", "SELECT substr(scope, 1, 6), max(used) FROM spending GROUP BY 1"))
    assert used == {"bot": 3, "operat": 3, "member": 3, "server": 0}
    assert rows(tmp_path / "bot.db", LEDGER)[0] == ("reset", 3, 0, "server:11", "2026-11-22")
    check_books(tmp_path / "bot.db")


async def test_a_reset_notes_no_row_for_a_counter_that_holds_nothing(stores: Stores, tmp_path: Path) -> None:
    await admitted(stores.store, asked(price=3, at=NOW - DAY))
    await stores.purse.reset(GUILD, None, "UTC", by=MODERATOR, why="", now=NOW)
    periods = [row[-1] for row in rows(tmp_path / "bot.db", LEDGER)]
    assert sorted(periods) == ["2026-11", "2026-W47"], "nothing was spent on this day"


async def report(purse: SqlPurse, zone: str = "UTC", guild: int = GUILD) -> list[Spending]:
    return await purse.spending(guild, NOW - DAY, NOW + DAY, zone)


async def test_a_report_counts_by_day_and_member(stores: Stores) -> None:
    for number, (user, at) in enumerate(((33, 0), (33, 1), (34, 2), (33, 12 * 3600))):
        await finished(stores.store, asked(f"g{number}", user=user, price=2, usd_micros=500, at=later(at)), number + 1)
    await finished(stores.store, asked("elsewhere", guild=ELSEWHERE), 9)
    await finished(stores.store, asked("long ago", at=later(-90_000)), 10)
    await finished(stores.store, asked("at the end", at=NOW + DAY), 11)
    assert await report(stores.purse) == [
        Spending("2026-11-22", 33, 4, 2, 0, 0, 1_000),
        Spending("2026-11-22", 34, 2, 1, 0, 0, 500),
        Spending("2026-11-23", 33, 2, 1, 0, 0, 500),
    ]
    assert [row.day for row in await report(stores.purse, "Asia/Kathmandu")] == [
        "2026-11-22",
        "2026-11-22",
        "2026-11-23",
    ]
    assert {row.day for row in await report(stores.purse, "Pacific/Kiritimati")} == {"2026-11-23"}
    assert len(await report(stores.purse, guild=ELSEWHERE)) == 1


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Kathmandu", datetime(2026, 11, 22, 18, 15, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 11, 22, 18, 30, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 11, 22, 23, 0, tzinfo=UTC)),
    ],
)
async def test_a_report_parts_days_at_midnight_to_the_second_in_any_zone(
    stores: Stores, zone: str, midnight: datetime
) -> None:
    """Offsets of a quarter of an hour too: the database adds up by steps that no midnight lies within."""
    await admitted(stores.store, asked("before", price=1, at=midnight - timedelta(microseconds=1)))
    await admitted(stores.store, asked("after", price=2, at=midnight))
    assert [(row.day, row.credits) for row in await report(stores.purse, zone)] == [
        ("2026-11-22", 1),
        ("2026-11-23", 2),
    ]


async def test_a_report_leaves_out_what_was_given_back_but_not_the_dollars_of_the_lost(stores: Stores) -> None:
    """The relay may well have charged for what nobody found; what it turned away or never saw costs nothing."""
    for number, end in enumerate(("moderated", "failed", "cancelled", "expired", "lost", "kept", "open")):
        waiting = await admitted(stores.store, asked(end, user=number + 1, price=2, usd_micros=100))
        sending = waiting.submitting(later(1))
        queued, unsure = sending.accepted("relay", later(2)), sending.uncertain(later(2))
        ways = {
            "moderated": (sending, sending.failed(Failure(FailureKind.MODERATION), later(3))),
            "failed": (sending, queued, queued.failed(Failure(FailureKind.UNKNOWN), later(3))),
            "cancelled": (waiting.cancelled(later(3)),),
            "expired": (sending, queued, queued.expired(later(3))),
            "lost": (sending, unsure, unsure.lost(later(3))),
            "kept": (sending, unsure),
            "open": (sending, queued),
        }
        last = await moved(stores.store, waiting, *ways[end])
        if end == "kept":
            await stores.purse.resolve(last, last.lost(later(3)), keep_charge=True, by=MODERATOR, why="")
    assert await report(stores.purse) == [
        Spending("2026-11-22", 1, 0, 0, 0, 1, 0),
        Spending("2026-11-22", 2, 0, 0, 1, 0, 0),
        Spending("2026-11-22", 4, 0, 0, 1, 0, 100),
        Spending("2026-11-22", 5, 0, 0, 1, 0, 100),
        Spending("2026-11-22", 6, 2, 0, 1, 0, 100),
        Spending("2026-11-22", 7, 2, 0, 0, 0, 100),
    ]


async def test_an_uncertain_one_is_settled_once_with_its_change(stores: Stores, tmp_path: Path) -> None:
    before = await uncertain(stores.store)
    lost, failed = before.lost(later(99)), before.failed(Failure(FailureKind.NOT_MADE), later(99))
    assert await stores.purse.resolve(before, lost, keep_charge=False, by=MODERATOR, why="asked the relay")
    assert not await stores.purse.resolve(before, failed, keep_charge=False, by=MODERATOR, why="")
    assert await stores.house.audit(GUILD, 9) == [
        Change(GUILD, MODERATOR, "resolve", "g1", "uncertain", "lost, credits given back", "asked the relay", later(99))
    ]
    assert rows(tmp_path / "bot.db", "SELECT entry FROM ledger") == [("charge",), ("refund",)]
    shown = await stores.store.get("g1")
    assert shown is not None
    assert shown.generation == lost


async def test_the_credits_stay_where_somebody_says_so(stores: Stores, tmp_path: Path) -> None:
    before = await uncertain(stores.store)
    assert await stores.purse.resolve(before, before.lost(later(99)), keep_charge=True, by=0, why="")
    assert rows(tmp_path / "bot.db", "SELECT entry FROM ledger") == [("charge",)]
    assert (await stores.house.audit(GUILD, 1))[0].after == "lost, credits kept"
    check_books(tmp_path / "bot.db")


async def test_one_that_is_found_goes_on_with_its_id(stores: Stores, tmp_path: Path) -> None:
    before = await uncertain(stores.store)
    queued = before.accepted("relay-9", later(99))
    assert await stores.purse.resolve(before, queued, keep_charge=True, by=0, why="")
    assert [each.state for each in await stores.store.followed(NOW)] == [GenerationState.QUEUED]
    assert await stores.purse.knows_relay_id("relay-9")
    assert not await stores.purse.knows_relay_id("relay-8")
    assert rows(tmp_path / "bot.db", "SELECT entry FROM ledger") == [("charge",)]


async def test_the_uncertain_are_listed_oldest_first_of_a_server_or_of_all(stores: Stores) -> None:
    for name, guild, since in (("young", GUILD, 90), ("old", GUILD, 30), ("elsewhere", ELSEWHERE, 60)):
        await uncertain(stores.store, name, guild, since)
    await admitted(stores.store, asked("waiting"))
    assert [each.id for each in await stores.purse.uncertain(GUILD, 9)] == ["old", "young"]
    assert [each.id for each in await stores.purse.uncertain(None, 9)] == ["old", "elsewhere", "young"]
    assert [each.id for each in await stores.purse.uncertain(GUILD, 1)] == ["old"]
    assert await stores.purse.uncertain(GUILD + 2, 9) == []


async def test_limits_and_what_is_used_of_them_are_each_servers_own(stores: Stores) -> None:
    """The same member, in two servers with the same limits."""
    for guild in (GUILD, ELSEWHERE):
        await stores.purse.set_limit(guild, Scope.MEMBER, MEMBER, Limit(3, Span.DAY), by=MODERATOR, why="", now=NOW)
    assert await granted(stores.store, asked("here", price=3))
    assert not await granted(stores.store, asked("more", price=1))
    assert await granted(stores.store, asked("there", price=3, guild=ELSEWHERE))
    await stores.purse.reset(ELSEWHERE, MEMBER, "UTC", by=MODERATOR, why="", now=NOW)
    used = [(await stores.purse.balance(guild, MEMBER, CLAIM, NOW)).standings[0].used for guild in (GUILD, ELSEWHERE)]
    assert used == [3, 0]
