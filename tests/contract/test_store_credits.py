"""Credits: no limit is passed, every refund happens once and goes where it came from, every balance adds up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import LimitReached, QueueFull
from bot.domain.generation import Failure, FailureKind
from bot.domain.period import Span
from bot.domain.quota import Caps, Limit, Scope, Standing
from bot.ports import Claim
from bot.storage import SqlStore, Stores
from bot.storage.purse import SqlPurse
from tests.books import check_books
from tests.storing import (
    CLAIM,
    GUILD,
    MEMBER,
    NOW,
    TOKEN,
    TOKEN_UNTIL,
    admitted,
    asked,
    granted,
    later,
    moved,
    rows,
)

FAILED = Failure(FailureKind.NOT_SOLD)
DAY = timedelta(days=1)
SPENDING = "SELECT used FROM spending WHERE scope LIKE '{}' ORDER BY period"
LEDGER = "SELECT generation_id, entry, credits FROM ledger ORDER BY id"


async def limit(
    purse: SqlPurse, scope: Scope, credits_: int, span: Span = Span.DAY, *, subject: int = 0, guild: int = GUILD
) -> None:
    await purse.set_limit(guild, scope, subject, Limit(credits_, span), by=1, why="", now=NOW)


async def refused(store: SqlStore, claim: Claim = CLAIM, *, price: int = 1, at: datetime = NOW) -> Standing:
    """The limit that a request meets."""
    with pytest.raises(LimitReached) as refusal:
        await admitted(store, asked("refused", price=price, at=at), claim=claim)
    assert refusal.value.cost == price
    return refusal.value.met.standing


async def test_a_charge_stands_in_the_ledger(store: SqlStore, tmp_path: Path) -> None:
    await admitted(store, asked(price=3))
    found = rows(tmp_path / "bot.db", "SELECT guild_id, user_id, entry, credits, at FROM ledger")
    assert found == [(GUILD, MEMBER, "charge", -3, round(NOW.timestamp() * 1_000_000))]


async def test_a_charge_is_counted_for_the_bot_the_server_and_the_member(store: SqlStore, tmp_path: Path) -> None:
    """In every span, whether a limit is set or not, so that one set later counts what was spent before."""
    await admitted(store, asked("g1", price=3))
    await admitted(store, asked("g2", price=2))
    for whose, counters in (("bot", 1), ("operator:11", 1), ("server:11", 3), ("member:11:%", 3)):
        assert rows(tmp_path / "bot.db", SPENDING.format(whose)) == [(5,)] * counters
    periods = rows(tmp_path / "bot.db", "SELECT period FROM spending WHERE scope = 'server:11' ORDER BY period")
    assert periods == [("2026-11",), ("2026-11-22",), ("2026-W47",)]
    assert ("member:11:33",) not in rows(tmp_path / "bot.db", "SELECT scope FROM spending"), "under a pseudonym"


@pytest.mark.parametrize("scope", [Scope.SERVER, Scope.DEFAULT])
@pytest.mark.parametrize("span", Span)
async def test_a_limit_holds_to_the_credit(stores: Stores, scope: Scope, span: Span) -> None:
    await limit(stores.purse, scope, 5, span)
    assert await granted(stores.store, asked("g1", price=3))
    assert not await granted(stores.store, asked("g2", price=3))
    assert await granted(stores.store, asked("g3", price=2))
    assert not await granted(stores.store, asked("g4", price=1))
    assert await granted(stores.store, asked("g5", price=0))
    assert await granted(stores.store, asked("g6", price=1, guild=GUILD + 1)), "another server has limits of its own"


async def test_a_limit_set_later_counts_what_was_spent_before(stores: Stores) -> None:
    await admitted(stores.store, asked("g1", price=4))
    await limit(stores.purse, Scope.SERVER, 5)
    standing = await refused(stores.store, price=2)
    assert (standing.scope, standing.limit, standing.used) == (Scope.SERVER, Limit(5, Span.DAY), 4)
    assert standing.period.ends_at == datetime(2026, 11, 23, tzinfo=UTC)


async def test_a_refusal_writes_nothing(stores: Stores, tmp_path: Path) -> None:
    await limit(stores.purse, Scope.DEFAULT, 5)
    await admitted(stores.store, asked("g1", price=3))
    before = rows(tmp_path / "bot.db", "SELECT * FROM spending"), rows(tmp_path / "bot.db", LEDGER)
    await refused(stores.store, price=3)
    assert (rows(tmp_path / "bot.db", "SELECT * FROM spending"), rows(tmp_path / "bot.db", LEDGER)) == before
    assert await stores.store.get("refused") is None


async def test_the_members_own_limit_outweighs_the_best_role_and_that_the_default(stores: Stores) -> None:
    await limit(stores.purse, Scope.DEFAULT, 1)
    assert (await refused(stores.store, price=9)).scope is Scope.DEFAULT
    await limit(stores.purse, Scope.ROLE, 3, subject=71)
    await limit(stores.purse, Scope.ROLE, 5, subject=72)
    await limit(stores.purse, Scope.ROLE, 9, subject=73)
    roles = replace(CLAIM, role_ids=(71, 72))
    assert (await refused(stores.store, roles, price=9)).limit.credits == 5
    await limit(stores.purse, Scope.MEMBER, 2, subject=MEMBER)
    assert (await refused(stores.store, roles, price=9)).limit.credits == 2
    assert await granted(stores.store, asked("other", user=MEMBER + 1, price=5), roles)


async def test_the_operators_caps_hold_above_all(stores: Stores) -> None:
    """Nothing that a moderator does gives more: not a limit, a gift, a reset, nor another time zone."""
    caps = replace(CLAIM, caps=Caps(server_a_day=3, bot_a_day=5))
    await stores.purse.grant(GUILD, MEMBER, 100, None, by=1, why="", now=NOW)
    await limit(stores.purse, Scope.SERVER, 100)
    assert await granted(stores.store, asked("g1", price=3), caps)
    assert (await refused(stores.store, caps)).scope is Scope.OPERATOR_SERVER
    await stores.purse.reset(GUILD, None, "UTC", by=1, why="", now=NOW)
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        standing = await refused(stores.store, replace(caps, timezone=zone))
        assert standing.scope is Scope.OPERATOR_SERVER
        assert standing.period.name == "2026-11-22"
    assert await granted(stores.store, asked("g2", guild=GUILD + 1, price=2), caps)
    assert not await granted(stores.store, asked("g3", guild=GUILD + 1, price=1), caps), "all servers share the bot's"
    assert await granted(stores.store, asked("g4", price=3, at=NOW + DAY), caps)


async def test_a_period_begins_at_the_servers_own_midnight(stores: Stores) -> None:
    await limit(stores.purse, Scope.DEFAULT, 1)
    tokyo = replace(CLAIM, timezone="Asia/Tokyo")
    before_midnight = datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC)
    assert await granted(stores.store, asked("g1", at=before_midnight), tokyo)
    standing = await refused(stores.store, tokyo, at=before_midnight)
    assert standing.period.ends_at == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert await granted(stores.store, asked("g2", at=standing.period.ends_at), tokyo)


async def test_a_time_zone_that_is_not_known_here_counts_as_utc(stores: Stores) -> None:
    """It was known when it was set; a machine without it must not lock a server out."""
    for number, zone in enumerate(("Atlantis/Lost", "", "../etc/passwd", "Europe")):
        assert await granted(stores.store, asked(f"g{number}"), replace(CLAIM, timezone=zone))


async def test_bonus_credits_are_used_after_the_periods_own_and_the_soonest_to_end_first(
    stores: Stores, tmp_path: Path
) -> None:
    await limit(stores.purse, Scope.DEFAULT, 2)
    await stores.purse.grant(GUILD, MEMBER, 2, None, by=1, why="", now=NOW)
    await stores.purse.grant(GUILD, MEMBER, 2, NOW + DAY, by=1, why="", now=NOW)
    await stores.purse.grant(GUILD, MEMBER, 9, NOW, by=1, why="over already", now=NOW)
    await admitted(stores.store, asked("g1", price=3))
    assert rows(tmp_path / "bot.db", "SELECT used FROM grants ORDER BY id") == [(0,), (1,), (0,)]
    assert rows(tmp_path / "bot.db", SPENDING.format("member:%")) == [(2,)] * 3
    assert rows(tmp_path / "bot.db", SPENDING.format("server:%")) == [(3,)] * 3
    await admitted(stores.store, asked("g2", price=3))
    assert not await granted(stores.store, asked("g3", price=1))
    assert rows(tmp_path / "bot.db", "SELECT used FROM grants ORDER BY id") == [(2,), (2,), (0,)]
    check_books(tmp_path / "bot.db")


async def test_what_takes_nothing_is_counted_nowhere(stores: Stores, tmp_path: Path) -> None:
    """A free video, and the own limit of a member whose video a bonus paid in whole: no row says nothing."""
    spent = "SELECT scope, credits FROM spent WHERE generation_id = '{}' ORDER BY scope, period"
    await admitted(stores.store, asked("free", price=0))
    assert rows(tmp_path / "bot.db", spent.format("free")) == []
    assert rows(tmp_path / "bot.db", "SELECT * FROM spending") == []
    await limit(stores.purse, Scope.DEFAULT, 0)
    gift = await stores.purse.grant(GUILD, MEMBER, 2, None, by=1, why="", now=NOW)
    await admitted(stores.store, asked("given", price=2))
    scopes = ["bot", f"grant:{gift.id}", "operator:11", "server:11", "server:11", "server:11"]
    assert rows(tmp_path / "bot.db", spent.format("given")) == [(scope, 2) for scope in scopes]
    assert rows(tmp_path / "bot.db", SPENDING.format("member:%")) == []
    check_books(tmp_path / "bot.db")


async def test_bonus_credits_are_of_one_member_in_one_server(stores: Stores) -> None:
    for guild in (GUILD, GUILD + 1):
        await limit(stores.purse, Scope.DEFAULT, 0, guild=guild)
    await stores.purse.grant(GUILD, MEMBER, 5, None, by=1, why="", now=NOW)
    assert not await granted(stores.store, asked("g1", user=MEMBER + 1))
    assert not await granted(stores.store, asked("g2", guild=GUILD + 1))
    assert await granted(stores.store, asked("g3", price=5))


async def test_a_line_holds_so_many_of_a_member_and_of_a_server(stores: Stores) -> None:
    """Only what waits is in the line, and other servers' lines are others'."""
    short = replace(CLAIM, most_waiting_member=2, most_waiting_server=3)
    first = await admitted(stores.store, asked("g1"), claim=short)
    await admitted(stores.store, asked("g2"), claim=short)
    with pytest.raises(QueueFull) as refusal:
        await admitted(stores.store, asked("g3"), claim=short)
    assert (refusal.value.whose, refusal.value.most) == ("member", 2)
    await admitted(stores.store, asked("g4", user=MEMBER + 1), claim=short)
    with pytest.raises(QueueFull) as refusal:
        await admitted(stores.store, asked("g5", user=MEMBER + 2), claim=short)
    assert (refusal.value.whose, refusal.value.most) == ("server", 3)
    await admitted(stores.store, asked("g6", guild=GUILD + 1), claim=short)
    await moved(stores.store, first, first.submitting(later(1)))
    await admitted(stores.store, asked("g7"), claim=short)


async def test_the_same_action_at_the_limit_is_found_not_refused(stores: Stores) -> None:
    await limit(stores.purse, Scope.DEFAULT, 5)
    tight = replace(CLAIM, most_waiting_member=1)
    first = await admitted(stores.store, asked(price=5), claim=tight)
    again = await stores.store.admit(first, token=TOKEN, token_until=TOKEN_UNTIL, claim=tight)
    assert not again.fresh


async def test_a_refund_goes_back_into_the_periods_and_grants_it_was_charged_in(stores: Stores, tmp_path: Path) -> None:
    await limit(stores.purse, Scope.DEFAULT, 2)
    await stores.purse.grant(GUILD, MEMBER, 5, NOW + DAY, by=1, why="", now=NOW)
    waiting = await admitted(stores.store, asked(price=3))
    await admitted(stores.store, asked("g2", price=1, at=NOW + 9 * DAY))
    await moved(stores.store, waiting, waiting.cancelled(NOW + 9 * DAY))
    assert rows(tmp_path / "bot.db", "SELECT used FROM grants") == [(0,)]
    used = dict(rows(tmp_path / "bot.db", "SELECT period, used FROM spending WHERE scope LIKE 'member:%'"))
    assert used == {
        "2026-11": 0,
        "2026-W47": 0,
        "2026-11-22": 0,
        "2026-12": 1,
        "2026-W49": 1,
        "2026-12-01": 1,
    }
    assert rows(tmp_path / "bot.db", LEDGER)[-1] == ("g1", "refund", 3)
    check_books(tmp_path / "bot.db")


async def test_every_end_without_a_video_gives_back(store: SqlStore, tmp_path: Path) -> None:
    for name, end in (("cancelled", 0), ("failed", 1), ("expired", 2), ("lost", 3)):
        waiting = await admitted(store, asked(name))
        sending = waiting.submitting(later(1))
        queued, unsure = sending.accepted("relay", later(2)), sending.uncertain(later(2))
        ways = (
            (waiting, waiting.cancelled(later(3))),
            (waiting, sending, sending.failed(FAILED, later(3))),
            (waiting, sending, queued, queued.expired(later(3))),
            (waiting, sending, unsure, unsure.lost(later(3))),
        )
        await moved(store, *ways[end])
    refunded = rows(tmp_path / "bot.db", "SELECT generation_id FROM ledger WHERE entry = 'refund' ORDER BY id")
    assert refunded == [("cancelled",), ("failed",), ("expired",), ("lost",)]


async def test_an_uncertain_one_keeps_its_charge(store: SqlStore, tmp_path: Path) -> None:
    waiting = await admitted(store)
    sending = waiting.submitting(later(1))
    await moved(store, waiting, sending, sending.uncertain(later(2)))
    assert rows(tmp_path / "bot.db", LEDGER) == [("g1", "charge", -1)]


async def test_a_video_found_after_the_refund_is_not_charged_again(store: SqlStore, tmp_path: Path) -> None:
    waiting = await admitted(store, asked(price=2))
    sending = waiting.submitting(later(1))
    queued = sending.accepted("relay", later(2))
    expired = queued.expired(later(3))
    await moved(store, waiting, sending, queued, expired, expired.completed("https://relay.test/v.mp4", later(4)))
    assert rows(tmp_path / "bot.db", LEDGER) == [("g1", "charge", -2), ("g1", "refund", 2)]
    assert rows(tmp_path / "bot.db", SPENDING.format("server:%")) == [(0,)] * 3


async def test_a_refund_that_stands_in_the_ledger_is_not_made_again(store: SqlStore, tmp_path: Path) -> None:
    """Whatever a bug may save: the ledger's own rule holds."""
    waiting = await admitted(store, asked(price=2))
    sending = waiting.submitting(later(1))
    await moved(store, waiting, waiting.cancelled(later(1)))
    await store.save(waiting.cancelled(later(1)), sending)
    await store.save(sending, sending.failed(FAILED, later(2)))
    assert rows(tmp_path / "bot.db", LEDGER) == [("g1", "charge", -2), ("g1", "refund", 2)]
    assert rows(tmp_path / "bot.db", SPENDING.format("server:%")) == [(0,)] * 3


async def test_what_a_reset_gave_back_is_not_given_back_again(stores: Stores, tmp_path: Path) -> None:
    """Else a refund after a reset would make up credits, or take a counter below nothing."""
    await limit(stores.purse, Scope.SERVER, 5)
    first = await admitted(stores.store, asked("g1", price=4))
    await stores.purse.reset(GUILD, None, "UTC", by=1, why="", now=later(1))
    await admitted(stores.store, asked("g2", price=5, at=later(2)))
    await moved(stores.store, first, first.cancelled(later(3)))
    assert rows(tmp_path / "bot.db", SPENDING.format("server:%")) == [(5,)] * 3
    assert rows(tmp_path / "bot.db", SPENDING.format("member:%")) == [(5,)] * 3, "the member's was not reset"
    assert not await granted(stores.store, asked("g3", at=later(4)))
    check_books(tmp_path / "bot.db")
