"""Privacy: what is kept of a member can be had and erased, and nobody escapes a limit or a block by that."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.domain.generation import Failure, FailureKind, Generation, Kind
from bot.domain.house import Block
from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.ports import Privacy
from bot.storage import SqlStore, Stores
from bot.storage.privacy import SqlPrivacy
from tests.books import check_books
from tests.storing import (
    CLAIM,
    GUILD,
    MEMBER,
    NOW,
    TOKEN,
    admitted,
    asked,
    everything,
    finished,
    granted,
    later,
    moved,
    rows,
)

ELSEWHERE = GUILD + 1
SECRETS = ("fox", "cdn.test", "relay-", "relay.test", "told by the relay", TOKEN)
"""What a finished generation of `told` has to erase."""
LONG_AGO = later(-(10**9))


def test_the_sql_privacy_is_a_privacy(privacy: SqlPrivacy) -> None:
    """Mypy reads this: every method has the port's signature."""
    port: Privacy = privacy
    assert port is privacy


async def shown(store: SqlStore, generation: Generation, message: int) -> Generation:
    """A finished video that Discord shows as it ended."""
    done = await finished(store, generation, message)
    await store.note_shown(done.id, done.version, message, forget_token=False)
    return done


async def told(store: SqlStore) -> None:
    """One of each end, with all that there is to erase."""
    await shown(store, everything(asked("done")), 1)
    waiting = await admitted(store, everything(asked("failed")), message=2)
    sending = waiting.submitting(later(1))
    queued = sending.accepted("relay-2", later(2))
    failed = queued.failed(Failure(FailureKind.MODERATION, "told by the relay"), later(3))
    await moved(store, waiting, sending, queued, failed)
    await store.note_shown("failed", failed.version, 2, forget_token=False)


def contents(path: Path, where: str = "1") -> str:
    return repr(rows(path, f"SELECT * FROM generations WHERE {where}"))  # noqa: S608  # conditions of our own


def holders(path: Path, member: int) -> set[str]:
    """The tables in which a member's id stands, alone or within a text."""
    tables = [name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name for name in tables if str(member) in repr(rows(path, f"SELECT * FROM {name}"))}  # noqa: S608  # names of our own schema


async def test_what_is_over_is_erased_and_goes_under_a_pseudonym(stores: Stores, tmp_path: Path) -> None:
    await told(stores.store)
    assert all(secret in contents(tmp_path / "bot.db") for secret in SECRETS)
    assert await stores.privacy.forget(MEMBER, GUILD, later(9)) == (2, 0)
    assert not any(secret in contents(tmp_path / "bot.db") for secret in SECRETS)
    users = rows(tmp_path / "bot.db", "SELECT DISTINCT user_id FROM generations UNION SELECT user_id FROM ledger")
    assert len(users) == 1
    assert users[0][0] < 0
    failed = await stores.store.get("failed")
    assert failed is not None
    assert failed.generation.failure == Failure(FailureKind.MODERATION, "")
    assert (failed.generation.request.prompt, failed.generation.relay_id) == ("", None)
    check_books(tmp_path / "bot.db")


async def test_what_is_open_ends_first_is_shown_and_then_goes(stores: Stores, tmp_path: Path) -> None:
    """A video that was paid for is still delivered."""
    store, privacy = stores.store, stores.privacy
    waiting = await admitted(store, everything(asked()), message=1)
    sending = await moved(store, waiting, waiting.submitting(later(1)))
    assert await privacy.forget(MEMBER, GUILD, later(2)) == (0, 1)
    queued = sending.accepted("relay-1", later(3))
    done = await moved(store, sending, queued, queued.completed("https://relay.test/v.mp4", later(4)))
    assert await privacy.erase_old(LONG_AGO, 9) == 0, "it is not shown yet"
    assert [each.generation for each in await store.unshown(later(5), 9)] == [replace(done, notice=None, more_parts=0)]
    await store.note_shown("g1", done.version, 1, forget_token=False)
    assert await privacy.erase_old(LONG_AGO, 9) == 1
    assert await privacy.erase_old(LONG_AGO, 9) == 0
    assert not any(secret in contents(tmp_path / "bot.db") for secret in SECRETS)
    assert rows(tmp_path / "bot.db", "SELECT count(*) FROM ledger WHERE user_id > 0") == [(0,)]


def going_on(name: str, of: Generation, relay_id: str) -> Generation:
    """Another member's extension of a video."""
    plain = asked(name, user=MEMBER + 1)
    wanted = replace(plain.request, kind=Kind.EXTEND, parent_id=of.id, parent_relay_id=relay_id, part=2)
    return replace(plain, request=wanted)


async def test_who_went_on_from_a_video_keeps_no_way_to_it_once_it_is_forgotten(stores: Stores, tmp_path: Path) -> None:
    """But for one that still waits: without the relay's id it could not be sent."""
    done = await shown(stores.store, asked("done"), 1)
    await shown(stores.store, going_on("further", done, "relay-done"), 2)
    await admitted(stores.store, going_on("waits", done, "relay-done"), message=3)
    others = await shown(stores.store, going_on("others", asked("else"), "relay-else"), 4)
    await stores.privacy.forget(MEMBER, GUILD, later(9))
    kept = rows(tmp_path / "bot.db", "SELECT id, parent_id, parent_relay_id FROM generations WHERE id <> 'done'")
    assert sorted(kept) == [
        ("further", "done", None),
        (others.id, "else", "relay-else"),
        ("waits", "done", "relay-done"),
    ]


async def test_nor_once_a_video_that_was_still_open_is_over_and_forgotten(stores: Stores, tmp_path: Path) -> None:
    done = await finished(stores.store, asked("done"), 1)
    await shown(stores.store, going_on("further", done, "relay-done"), 2)
    assert await stores.privacy.forget(MEMBER, GUILD, later(9)) == (0, 1)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as base, base:
        base.execute("UPDATE generations SET parent_relay_id = 'relay-done' WHERE id = 'further'")  # sent meanwhile
    await stores.store.note_shown("done", done.version, 1, forget_token=True)
    assert await stores.privacy.erase_old(LONG_AGO, 9) == 1
    assert rows(tmp_path / "bot.db", "SELECT parent_relay_id FROM generations WHERE id = 'further'") == [(None,)]


async def test_the_pictures_of_windows_that_became_videos_go_too(stores: Stores, tmp_path: Path) -> None:
    mine, others = everything(asked("done")), "https://cdn.test/another.png"
    await shown(stores.store, mine, 1)
    await stores.store.keep_picture(1, str(mine.request.image_url), NOW)
    await stores.store.keep_picture(2, others, NOW)
    await stores.privacy.forget(MEMBER, GUILD, later(9))
    assert rows(tmp_path / "bot.db", "SELECT url FROM pictures") == [(others,)]


async def test_messages_that_show_a_forgotten_video_again_are_still_known(stores: Stores) -> None:
    """Alone or in a film: a moderator can still remove them."""
    await shown(stores.store, asked(), 5)
    await stores.store.note_showing("g1", 7, 99, NOW)
    await stores.store.note_film(["g1"], 8, 100, NOW)
    await stores.privacy.forget(MEMBER, GUILD, later(9))
    assert (await stores.store.copies("g1"), await stores.store.films("g1")) == ([(7, 99)], [(8, 100)])


async def test_a_refund_after_the_word_goes_under_the_pseudonym_too(stores: Stores, tmp_path: Path) -> None:
    waiting = await admitted(stores.store)
    await stores.privacy.forget(MEMBER, GUILD, later(2))
    await moved(stores.store, waiting, waiting.cancelled(later(3)))
    await stores.privacy.erase_old(LONG_AGO, 9)
    assert rows(tmp_path / "bot.db", "SELECT count(*) FROM ledger WHERE user_id < 0") == [(2,)]
    check_books(tmp_path / "bot.db")


async def test_a_look_that_began_before_does_not_bring_the_link_back(stores: Stores, tmp_path: Path) -> None:
    waiting = await admitted(stores.store)
    sending = waiting.submitting(later(1))
    queued = sending.accepted("relay-1", later(2))
    expired = await moved(stores.store, waiting, sending, queued, queued.expired(later(3)))
    await stores.privacy.forget(MEMBER, GUILD, later(4))
    assert await stores.store.followed(LONG_AGO) == []
    assert not await stores.store.save(expired, expired.completed("https://relay.test/v.mp4", later(5)))
    await stores.store.relink("g1", "https://relay.test/v.mp4")
    assert "relay.test" not in contents(tmp_path / "bot.db")


async def test_limits_blocks_gifts_and_counters_hold_after_forgetting(stores: Stores, tmp_path: Path) -> None:
    purse, house = stores.purse, stores.house
    await purse.set_limit(GUILD, Scope.MEMBER, MEMBER, Limit(3, Span.MONTH), by=7, why="", now=NOW)
    await purse.grant(GUILD, MEMBER, 2, None, by=7, why="", now=NOW)
    await house.block(Block(GUILD, MEMBER, None, "rude", 7, NOW))
    await shown(stores.store, asked("g1", price=4), 1)
    before = await purse.balance(GUILD, MEMBER, CLAIM, NOW)
    await stores.privacy.forget(MEMBER, GUILD, later(9))
    assert await purse.balance(GUILD, MEMBER, CLAIM, NOW) == before
    assert await house.block_of(GUILD, MEMBER, NOW) is not None
    assert await granted(stores.store, asked("g2", price=1)), "the one bonus credit that is left"
    assert not await granted(stores.store, asked("g3", price=1))
    check_books(tmp_path / "bot.db")


async def test_the_members_id_stays_where_the_page_on_privacy_says_and_nowhere_else(
    stores: Stores, tmp_path: Path
) -> None:
    """`docs/privacy.md`: limits, blocks and the audit log keep it; counters and gifts never had it."""
    member = 987_654_321_012
    await stores.purse.set_limit(GUILD, Scope.MEMBER, member, Limit(3, Span.MONTH), by=7, why="", now=NOW)
    await stores.purse.grant(GUILD, member, 2, None, by=7, why="", now=NOW)
    await stores.house.block(Block(GUILD, member, None, "rude", 7, NOW))
    await shown(stores.store, asked(user=member), 1)
    assert holders(tmp_path / "bot.db", member) == {"audit", "blocks", "generations", "ledger", "limits"}
    await stores.privacy.forget(member, GUILD, later(9))
    assert holders(tmp_path / "bot.db", member) == {"audit", "blocks", "limits"}


async def test_the_messages_of_an_erased_video_are_still_known(stores: Stores) -> None:
    """By their ids a moderator can still remove what stands in the channel."""
    done = await shown(stores.store, asked(), 5)
    await stores.store.note_repost(done.id, later(1))
    await stores.store.note_shown(done.id, done.version, 8, forget_token=True)
    await stores.privacy.forget(MEMBER, GUILD, later(9))
    for message in (5, 8):
        found = await stores.store.by_message(GUILD, message)
        assert found is not None
        assert (found.channel_id, found.request.prompt) == (done.channel_id, "")


async def test_what_a_forgotten_member_asks_for_later_is_a_line_of_its_own(stores: Stores) -> None:
    """Put together, the report would tell whose the erased part is."""
    await shown(stores.store, asked("g1", price=4), 1)
    await stores.privacy.forget(MEMBER, GUILD, later(9))
    await shown(stores.store, asked("g2", price=1), 2)
    spent = await stores.purse.spending(GUILD, NOW, later(9), "UTC")
    assert [(row.user_id == MEMBER, row.credits) for row in spent] == [(False, 4), (True, 1)]


async def test_the_forgotten_member_is_one_stranger_in_the_report(stores: Stores) -> None:
    await shown(stores.store, asked("g1", price=4), 1)
    await shown(stores.store, asked("g2", price=2), 2)
    await shown(stores.store, asked("g3", price=1, user=MEMBER + 1), 3)
    await stores.privacy.forget(MEMBER, GUILD, later(9))
    spent = await stores.purse.spending(GUILD, NOW, later(9), "UTC")
    assert [(row.credits, row.made) for row in spent] == [(6, 2), (1, 1)]
    assert spent[0].user_id < 0
    assert spent[1].user_id == MEMBER + 1


async def test_a_member_of_two_servers_is_forgotten_in_one(stores: Stores, tmp_path: Path) -> None:
    await shown(stores.store, asked("here"), 1)
    await shown(stores.store, asked("there", guild=ELSEWHERE), 2)
    await shown(stores.store, asked("hers", user=MEMBER + 1), 3)
    others = contents(tmp_path / "bot.db", "id <> 'here'")
    assert await stores.privacy.forget(MEMBER, GUILD, later(9)) == (1, 0)
    assert contents(tmp_path / "bot.db", "id <> 'here'") == others
    assert rows(tmp_path / "bot.db", "SELECT count(*) FROM ledger WHERE user_id > 0") == [(2,)]
    await stores.privacy.forget(MEMBER, ELSEWHERE, later(9))
    pseudonyms = rows(tmp_path / "bot.db", "SELECT DISTINCT user_id FROM generations WHERE user_id < 0")
    assert len(pseudonyms) == 2, "nobody can tell that it was the same member"


async def test_what_was_forgotten_is_found_by_nobody(stores: Stores) -> None:
    await shown(stores.store, asked(), 1)
    assert len(await stores.store.completed(GUILD, MEMBER, (), 9)) == 1
    await stores.privacy.forget(MEMBER, GUILD, later(9))
    assert await stores.store.completed(GUILD, MEMBER, (), 9) == []
    found = await stores.store.by_message(GUILD, 1)
    assert found is not None, "a moderator can still remove the message"
    assert found.request.prompt == ""
    assert not await stores.purse.knows_relay_id("relay-g1")


async def test_time_erases_what_ended_before_and_leaves_whose_it_was(stores: Stores, tmp_path: Path) -> None:
    await told(stores.store)
    await admitted(stores.store, asked("open", at=LONG_AGO), message=4)
    await finished(stores.store, asked("not shown"), 5, at=LONG_AGO)
    assert await stores.privacy.erase_old(NOW, 9) == 0
    assert await stores.privacy.erase_old(later(1), 9) == 1
    assert await stores.privacy.erase_old(later(10), 9) == 1
    assert await stores.privacy.erase_old(later(10), 9) == 0
    assert not any(secret in contents(tmp_path / "bot.db", "erased_at IS NOT NULL") for secret in SECRETS)
    assert rows(tmp_path / "bot.db", "SELECT id FROM generations WHERE prompt <> '' ORDER BY id") == [
        ("not shown",),
        ("open",),
    ]
    assert rows(tmp_path / "bot.db", "SELECT DISTINCT user_id FROM generations") == [(MEMBER,)]
    assert [match.id for match in await stores.store.completed(GUILD, MEMBER, (), 9)] == ["not shown"]
    await stores.store.relink("done", "https://relay.test/fresh.mp4")
    assert "relay.test" not in contents(tmp_path / "bot.db", "id = 'done'")


async def test_time_erases_so_many_at_once_and_the_oldest_first(stores: Stores, tmp_path: Path) -> None:
    for name, at in (("young", -10), ("old", -30), ("middle", -20)):
        done = await finished(stores.store, asked(name), -at, at=later(at))
        await stores.store.note_shown(name, done.version, -at, forget_token=True)
    assert await stores.privacy.erase_old(NOW, 2) == 2
    assert rows(tmp_path / "bot.db", "SELECT id FROM generations WHERE prompt <> ''") == [("young",)]


async def test_an_export_holds_all_that_is_kept_here_and_nothing_of_others(stores: Stores) -> None:
    await told(stores.store)
    await shown(stores.store, asked("hers", user=MEMBER + 1, prompt="an owl"), 6)
    await shown(stores.store, asked("there", guild=ELSEWHERE, prompt="a whale"), 7)
    await stores.purse.grant(GUILD, MEMBER, 2, None, by=7, why="won", now=NOW)
    await stores.purse.grant(ELSEWHERE, MEMBER, 9, None, by=7, why="there", now=NOW)
    await stores.purse.set_limit(GUILD, Scope.MEMBER, MEMBER, Limit(3, Span.MONTH), by=7, why="", now=NOW)
    await stores.house.block(Block(GUILD, MEMBER, None, "rude", 7, NOW))
    await stores.store.note_showing("done", 7, 99, NOW)
    await stores.store.note_film(["done", "another"], 8, 100, NOW)
    kept = json.loads(json.dumps(await stores.privacy.export(MEMBER, GUILD)))
    assert [(each["channel_id"], each["message_id"]) for each in kept["shown_again"]] == [("7", "99")]
    assert [(each["generation_id"], each["message_id"]) for each in kept["films"]] == [("done", "100")]
    assert (kept["member_id"], kept["server_id"]) == (str(MEMBER), str(GUILD))
    assert [each["id"] for each in kept["videos"]] == ["done", "failed"]
    assert kept["videos"][0]["prompt"] == "a fox in the snow"
    assert kept["videos"][0]["created_at"] == "2026-11-22T12:00:00.123456+00:00"
    assert [each["entry"] for each in kept["ledger"]] == ["charge", "charge", "refund", "grant"]
    assert [(each["credits"], each["why"]) for each in kept["bonus_credits"]] == [(2, "won")]
    assert [(each["period"], each["used"]) for each in kept["used"]] == [
        ("2026-11", 1),
        ("2026-11-22", 1),
        ("2026-W47", 1),
    ]
    assert [each["credits"] for each in kept["limits"]] == [3]
    assert [each["reason"] for each in kept["blocks"]] == ["rude"]
    assert [each["action"] for each in kept["audit_log"]] == ["grant", "limit", "block"]
    text = json.dumps(kept)
    assert not any(strange in text for strange in ("owl", "whale", TOKEN, "there"))


async def test_an_export_after_forgetting_shows_what_stayed(stores: Stores) -> None:
    await shown(stores.store, asked(), 1)
    await stores.privacy.forget(MEMBER, GUILD, later(9))
    kept = json.loads(json.dumps(await stores.privacy.export(MEMBER, GUILD)))
    assert [(each["prompt"], each["video_url"]) for each in kept["videos"]] == [("", None)]
    assert len(kept["ledger"]) == 1


async def test_an_export_of_a_stranger_is_empty(privacy: SqlPrivacy) -> None:
    kept = await privacy.export(MEMBER, GUILD)
    assert all(value in ([], str(MEMBER), str(GUILD)) for value in kept.values())
