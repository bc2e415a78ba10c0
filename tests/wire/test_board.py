"""The board against a Discord on loopback: real discord.py, real statuses, real uploads."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest
from discord.http import Route
from discord.state import ConnectionState

from bot.domain.card import Card, CardState, GoneReason, Shown
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.domain.request import Offer
from bot.ports import Gone, NoEdit, Posted, Showing, TryLater
from bot.ui import cards
from bot.ui.board import DiscordBoard
from bot.ui.buttons import DYNAMIC_ITEMS
from bot.ui.pace import Pace
from tests.clock import ManualClock
from tests.wire.local_discord import CHANNEL, GUILD, Fault, LocalDiscord
from tests.wire.local_discord.payloads import user

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOKEN = "interaction-token-of-a-member"


class CountingPace(Pace):
    """A pace that lets everybody through, and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0

    async def turn(self) -> None:
        self.turns += 1


@dataclass
class Wire:
    """A board, its client, and the Discord at the other end."""

    local: LocalDiscord
    client: discord.Client
    board: DiscordBoard
    clock: ManualClock
    pace: CountingPace
    video: Path

    def answered(self) -> Shown:
        """A completed generation whose card was answered just now."""
        message_id = self.local.answer(TOKEN)
        card = Card(
            CardState.LIVE,
            channel_id=CHANNEL,
            message_id=message_id,
            first_message_id=message_id,
            shown_version=1,
            token=TOKEN,
            token_until=self.clock.now() + timedelta(minutes=15),
        )
        return Shown(completed(self.clock.now()), card)

    def old(self) -> Shown:
        """The same, with the token's time over."""
        shown = self.answered()
        self.clock.advance(3600)
        return shown

    def state(self) -> ConnectionState[discord.Client]:
        return self.client._connection


def completed(now: datetime) -> Generation:
    request = GenerationRequest(Kind.TEXT, "a calm sea at dawn", "ray-v2", 5, "720p", expand_prompt=True)
    fresh = Generation("gen0001", "interaction:1", GUILD, CHANNEL, 30, request, 1, now, now)
    return fresh.submitting(now).accepted("task-1", now).completed("https://cdn.example/v.mp4", now)


@pytest.fixture
async def wire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Wire]:
    client = discord.Client(intents=discord.Intents(guilds=True), max_messages=None)
    clock, pace = ManualClock(NOW), CountingPace()
    local = LocalDiscord(clock.now)
    offer = Offer(("ray-v2",), (5,), ("720p",))
    video = tmp_path / "film.mp4"
    video.write_bytes(b"moving pictures" * 100)
    async with local.serving() as address, client:
        monkeypatch.setattr(Route, "BASE", address)
        await client.login("bot-token")
        client.add_dynamic_items(*DYNAMIC_ITEMS)
        client._connection._add_guild_from_data({"id": str(GUILD), "name": "a server", "premium_tier": 2})  # type: ignore[typeddict-item]  # all that matters of it
        client._ready.set()
        local.seen.clear()
        yield Wire(local, client, DiscordBoard(client, clock, offer, expand_prompt=True, pace=pace), clock, pace, video)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py's own waits between its retries take no time."""
    sleep = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda _seconds, result=None: sleep(0, result))


# The two ways of an edit


async def test_a_fresh_card_is_edited_through_its_token_unpaced(wire: Wire) -> None:
    shown = wire.answered()

    assert await wire.board.edit(shown, None) == Posted(shown.card.message_id or 0)

    (edit,) = wire.local.seen
    assert edit.path == f"/webhooks/1000/{TOKEN}/messages/{shown.card.message_id}"
    assert not edit.by_bot
    assert wire.pace.turns == 0


async def test_an_edit_speaks_to_nobody_and_is_made_of_components(wire: Wire) -> None:
    """Without its own word on mentions an edit would be parsed with Discord's defaults."""
    for shown in (wire.answered(), wire.old()):
        await wire.board.edit(shown, None)

    for edit in wire.local.edits():
        assert edit.json["allowed_mentions"]["parse"] == []
        assert edit.json["flags"] == discord.MessageFlags(components_v2=True).value
        assert edit.json["components"]


async def test_a_minute_before_its_end_the_token_is_left_alone(wire: Wire) -> None:
    shown = wire.answered()
    wire.clock.advance(14 * 60)

    assert await wire.board.edit(shown, None) == Posted(shown.card.message_id or 0)

    (edit,) = wire.local.seen
    assert edit.path == f"/channels/{CHANNEL}/messages/{shown.card.message_id}"
    assert edit.by_bot
    assert wire.pace.turns == 1


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (403, 50027), (404, 10015), (404, 10062), (400, 50035)])
async def test_a_refused_token_gives_way_to_the_bot_in_the_same_call(wire: Wire, status: int, code: int) -> None:
    shown = wire.answered()
    wire.local.fail(Fault(status, code, part_of_path="/webhooks/"))

    assert await wire.board.edit(shown, wire.video) == Posted(shown.card.message_id or 0, attached=True)

    assert [edit.by_bot for edit in wire.local.seen] == [False, True]
    assert wire.local.seen[-1].files == {"dreamreel-gen0001.mp4": wire.video.read_bytes()}


async def test_a_token_that_died_early_gives_way_to_the_bot(wire: Wire) -> None:
    shown = wire.answered()
    wire.local.interactions.forget_tokens()

    assert await wire.board.edit(shown, None) == Posted(shown.card.message_id or 0)


async def test_a_message_deleted_is_gone_by_the_tokens_word_alone(wire: Wire) -> None:
    shown = wire.answered()
    wire.local.fail(Fault(404, 10008))

    assert await wire.board.edit(shown, None) == Gone(GoneReason.MESSAGE)
    assert len(wire.local.seen) == 1


async def test_a_second_message_is_never_edited_through_the_token_of_the_first(wire: Wire) -> None:
    """The token knows only its own message: it would call the other one unknown, and the card would be given up."""
    shown = wire.answered()
    second = wire.local.post()
    shown = replace(shown, card=replace(shown.card, message_id=second))

    assert await wire.board.edit(shown, None) == Posted(second)


# What Discord's refusals mean

REFUSALS: list[tuple[Fault, Showing]] = [
    (Fault(404, 10008), Gone(GoneReason.MESSAGE)),
    (Fault(404, 10003), Gone(GoneReason.CHANNEL)),
    (Fault(404, 10004), Gone(GoneReason.SERVER)),
    (Fault(403, 50001), Gone(GoneReason.PERMISSION)),
    (Fault(403, 50013), Gone(GoneReason.PERMISSION)),
    (Fault(400, 50035), Gone(GoneReason.REJECTED)),
    (Fault(400, 160005), Gone(GoneReason.PERMISSION)),
    (Fault(429, 30046), NoEdit.TOO_OLD),
    (Fault(400, 50083), NoEdit.TOO_OLD),
    (Fault(413, body="<html>too large</html>"), NoEdit.TOO_LARGE),
    (Fault(400, 40005), NoEdit.TOO_LARGE),
    (Fault(429, headers={"Retry-After": "7.5"}), TryLater("Discord limits the rate", 7.5)),
    (Fault(429, headers={"Retry-After": "soon"}), TryLater("Discord limits the rate")),
    (Fault(401), TryLater("Discord answered 401")),
    (Fault(503), TryLater("Discord answered 503")),
    (Fault(403, body="<html>blocked</html>", headers={"Content-Type": "text/html"}), TryLater("Discord answered 403")),
]


@pytest.mark.parametrize(
    ("fault", "outcome"), REFUSALS, ids=lambda it: f"{it.status}-{it.code}" if isinstance(it, Fault) else ""
)
async def test_a_refusal_is_met_once_and_told_as_what_it_is(wire: Wire, fault: Fault, outcome: Showing) -> None:
    shown = wire.old()
    wire.local.fail(replace(fault, method="PATCH", times=9))

    assert await wire.board.edit(shown, wire.video) == outcome
    assert [seen.method for seen in wire.local.seen] == ["PATCH"] + ["GET"] * (outcome is NoEdit.TOO_OLD)


@pytest.mark.usefixtures("impatient")
async def test_an_edit_that_went_through_before_the_message_counts_as_too_old_is_no_refusal(wire: Wire) -> None:
    """All within one edit: discord.py asks again after a 504, and is refused. A second message would be too many."""
    shown = wire.old()
    message_id = shown.card.message_id or 0
    wire.local.fail(Fault(504, method="PATCH", after=True))
    wire.local.fail(Fault(429, 30046, method="PATCH", times=9))

    assert await wire.board.edit(shown, wire.video) == Posted(message_id, attached=True)


async def test_a_refusal_to_edit_an_old_message_outlasts_the_librarys_patience(wire: Wire) -> None:
    """With a Via header discord.py waits and asks five times before it gives the code away."""
    limited = Fault(429, 30046, headers={"Via": "1.1 discord"}, extra={"retry_after": 0, "global": False}, times=9)
    wire.local.fail(limited)

    assert await wire.board.edit(wire.old(), None) is NoEdit.TOO_OLD


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("in_time", [True, False])
async def test_a_discord_in_trouble_is_tried_later_by_either_way(wire: Wire, in_time: bool) -> None:
    wire.local.fail(Fault(502, body="<html>bad gateway</html>", times=99))
    shown = wire.answered() if in_time else wire.old()

    assert await wire.board.edit(shown, wire.video) == TryLater("Discord answered 502")
    assert {edit.by_bot for edit in wire.local.seen} == {not in_time}


@pytest.mark.parametrize("in_time", [True, False])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(200, hang_up=True),
        Fault(200, body="{", headers={"Content-Type": "application/json"}),
        Fault(200, body="<html>welcome</html>", headers={"Content-Type": "text/html"}),
        Fault(429, headers={"Via": "1.1 discord"}),
    ],
    ids=["hangs up", "half an answer", "a page", "no retry_after"],
)
async def test_no_sound_answer_is_tried_later_and_never_raised(wire: Wire, fault: Fault, in_time: bool) -> None:
    wire.local.fail(fault)

    outcome = await wire.board.edit(wire.answered() if in_time else wire.old(), wire.video)

    assert isinstance(outcome, TryLater)


async def test_an_unreachable_discord_leaks_no_token_into_words_or_log(
    wire: Wire, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = wire.answered()
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")

    with caplog.at_level("INFO"):
        outcomes = [await wire.board.edit(shown, None), await wire.board.find_answer(shown)]

    assert all(isinstance(outcome, TryLater) for outcome in outcomes)
    assert TOKEN not in f"{outcomes} {caplog.text}"


# Where the bot is not, or not yet


async def test_a_server_that_the_bot_has_left_is_gone_unasked(wire: Wire) -> None:
    shown = wire.old()
    wire.state()._guilds.clear()

    assert await wire.board.edit(shown, None) == Gone(GoneReason.SERVER)
    assert wire.local.seen == []


async def test_a_lost_permission_is_a_lost_server_when_the_bot_was_removed_meanwhile(wire: Wire) -> None:
    shown = wire.old()
    wire.local.fail(Fault(403, 50001))
    wire.pace.turn = removed(wire)  # type: ignore[method-assign]  # the moment between the look and the request

    assert await wire.board.edit(shown, None) == Gone(GoneReason.SERVER)


def removed(wire: Wire) -> Callable[[], Coroutine[None, None, None]]:
    async def turn() -> None:
        wire.state()._guilds.clear()

    return turn


async def test_a_server_in_an_outage_is_waited_for(wire: Wire) -> None:
    shown = wire.old()
    wire.state()._guilds[GUILD].unavailable = True

    assert isinstance(await wire.board.edit(shown, None), TryLater)
    assert wire.local.seen == []


async def test_before_ready_an_unknown_server_is_not_taken_for_gone(wire: Wire) -> None:
    shown = wire.old()
    wire.state()._guilds.clear()
    wire.client._ready.clear()

    assert isinstance(await wire.board.edit(shown, None), TryLater)


async def test_before_ready_a_living_token_shows_the_card_all_the_same(wire: Wire) -> None:
    shown = wire.answered()
    wire.client._ready.clear()

    assert await wire.board.edit(shown, None) == Posted(shown.card.message_id or 0)


async def test_before_the_login_and_after_the_end_everything_is_for_later(wire: Wire) -> None:
    shown = wire.answered()
    await wire.client.close()
    unconnected = DiscordBoard(
        discord.Client(intents=discord.Intents.none()),
        wire.clock,
        Offer(("ray-v2",), (5,), ("720p",)),
        expand_prompt=True,
        pace=Pace(),
    )

    for board in (wire.board, unconnected):
        assert isinstance(await board.edit(shown, wire.video), TryLater)
        assert isinstance(await board.repost(shown, wire.video), TryLater)
        assert isinstance(await board.find_answer(shown), TryLater)
        assert isinstance(await board.find_in_channel(shown), TryLater)


# Videos


@pytest.mark.parametrize("in_time", [True, False])
async def test_a_repeated_edit_replaces_the_video_and_adds_none(wire: Wire, in_time: bool) -> None:
    shown = wire.answered() if in_time else wire.old()
    message_id = shown.card.message_id or 0

    for _ in range(2):
        assert await wire.board.edit(shown, wire.video) == Posted(message_id, attached=True)

    attachments = wire.local.messages[message_id]["attachments"]
    assert [attachment["filename"] for attachment in attachments] == ["dreamreel-gen0001.mp4"]
    assert "attachment://dreamreel-gen0001.mp4" in str(wire.local.messages[message_id]["components"])


async def test_an_edit_without_a_video_leaves_the_attachments_alone(wire: Wire) -> None:
    shown = wire.old()
    await wire.board.edit(shown, wire.video)

    assert await wire.board.edit(shown, None) == Posted(shown.card.message_id or 0, attached=True)
    assert "attachments" not in wire.local.seen[-1].json


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[discord.File]:
    """Every file that was opened for an upload."""
    files: list[discord.File] = []

    class Recorded(discord.File):
        def __init__(self, path: Path, filename: str) -> None:
            super().__init__(path, filename)
            files.append(self)

    monkeypatch.setattr(discord, "File", Recorded)
    return files


@pytest.mark.parametrize(
    "fault",
    [Fault(403, 50027, part_of_path="/webhooks/"), Fault(403, 50013), Fault(200, hang_up=True)],
    ids=["falls back", "refused", "hangs up"],
)
async def test_files_are_closed_when_an_edit_fails(wire: Wire, opened: list[discord.File], fault: Fault) -> None:
    wire.local.fail(fault)

    await wire.board.edit(wire.answered(), wire.video)

    assert opened
    assert all(file.fp.closed for file in opened)


async def test_an_edit_cut_off_closes_its_file(
    wire: Wire, opened: list[discord.File], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def never(*_args: object, **_fields: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(wire.client.http, "request", never)
    task = asyncio.create_task(wire.board.edit(wire.old(), wire.video))
    await asked.wait()
    assert [file.fp.closed for file in opened] == [False]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [file.fp.closed for file in opened] == [True]


async def test_a_card_that_cannot_be_drawn_closes_its_file(
    wire: Wire, opened: list[discord.File], monkeypatch: pytest.MonkeyPatch
) -> None:
    """discord.py closes what it uploads, but not what it never came to upload."""

    class Broken(discord.ui.LayoutView):
        def to_components(self) -> list[dict[str, object]]:
            raise ValueError("not to be drawn")

    monkeypatch.setattr(cards, "card", lambda _shown, **_options: Broken())

    assert isinstance(await wire.board.edit(wire.answered(), wire.video), TryLater)
    assert [file.fp.closed for file in opened] == [True]


async def test_a_vanished_file_is_tried_later(wire: Wire) -> None:
    assert isinstance(await wire.board.edit(wire.old(), wire.video.parent / "none.mp4"), TryLater)


def test_the_servers_own_limit_counts_for_uploads(wire: Wire) -> None:
    assert wire.board.upload_limit(GUILD) == 50 * 1024 * 1024


def test_an_unknown_server_takes_ten_mebibytes(wire: Wire) -> None:
    assert wire.board.upload_limit(4711) == 10 * 1024 * 1024


# Memory


@pytest.mark.parametrize("in_time", [True, False])
async def test_edits_leave_no_views_behind_and_the_buttons_registered(wire: Wire, in_time: bool) -> None:
    store = wire.state()._view_store
    before = dict(store._dynamic_items)

    for _ in range(3):
        await wire.board.edit(wire.answered() if in_time else wire.old(), None)
    await wire.board.repost(wire.old(), None)

    assert before
    assert store._dynamic_items == before
    assert (store._views, store._synced_message_views) == ({}, {})


@pytest.mark.parametrize("in_time", [True, False])
async def test_no_button_of_any_kind_makes_discord_py_keep_a_view(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, in_time: bool
) -> None:
    def with_a_plain_button(_shown: Shown, **_options: object) -> discord.ui.LayoutView:
        view = discord.ui.LayoutView()
        return view.add_item(discord.ui.ActionRow(discord.ui.Button(label="a button", custom_id="fixed")))

    monkeypatch.setattr(cards, "card", with_a_plain_button)
    shown = wire.answered() if in_time else wire.old()
    await wire.board.edit(shown, None)

    store = wire.state()._view_store
    assert (store._views, store._synced_message_views) == ({}, {})


# The second message


async def test_a_repost_refers_to_the_old_card_with_an_enforced_nonce(wire: Wire) -> None:
    shown = wire.old()

    outcome = await wire.board.repost(shown, wire.video)

    (post,) = wire.local.seen
    assert isinstance(outcome, Posted)
    assert (outcome.attached, outcome.message_id) == (True, max(wire.local.messages))
    assert (post.path, post.by_bot, wire.pace.turns) == (f"/channels/{CHANNEL}/messages", True, 1)
    assert post.json["message_reference"]["message_id"] == shown.card.message_id
    assert post.json["message_reference"]["fail_if_not_exists"] is False
    assert post.json["enforce_nonce"] is True
    assert 1 <= len(post.json["nonce"]) <= 25
    assert post.json["allowed_mentions"]["parse"] == []


async def test_a_repost_repeated_within_minutes_is_one_message(wire: Wire) -> None:
    """The first try's answer was lost, and the channel's history does not show it."""
    shown = wire.old()
    first = await wire.board.repost(shown, wire.video)

    assert await wire.board.repost(shown, wire.video) == first


async def test_nonces_differ_between_cards(wire: Wire) -> None:
    shown = wire.old()
    another = replace(shown, generation=replace(shown.generation, id="gen0002"))

    assert await wire.board.repost(shown, None) != await wire.board.repost(another, None)


@pytest.mark.parametrize("done", [True, False])
async def test_a_video_that_a_lost_edit_showed_after_all_gets_no_second_message(wire: Wire, done: bool) -> None:
    """The edit's answer is lost, and before the next try the card becomes too old for an edit."""
    shown = wire.answered()
    wire.local.fail(Fault(hang_up=True, after=done, method="PATCH", times=2))
    assert isinstance(await wire.board.edit(shown, wire.video), TryLater)
    wire.clock.advance(3600)
    tried = replace(shown, card=replace(shown.card, tries=1))

    outcome = await wire.board.repost(tried, wire.video)

    assert isinstance(outcome, Posted)
    assert (outcome.message_id == shown.card.message_id) == done
    assert outcome.attached
    assert [len(messages) for messages in wire.local.delivered().values()] == [1]


async def test_a_repost_tried_before_is_found_and_brought_up_to_date(wire: Wire) -> None:
    """It may show an older state than the store knows by now, and lack the video."""
    shown = wire.old()
    first = await wire.board.repost(shown, None)
    assert isinstance(first, Posted)
    wire.local.seen.clear()
    tried = replace(shown, card=replace(shown.card, reposting_since=wire.clock.now()))

    assert await wire.board.repost(tried, wire.video) == replace(first, attached=True)
    assert [seen.method for seen in wire.local.seen] == ["GET", "PATCH"]


async def test_what_only_looks_like_a_repost_is_left_alone(wire: Wire) -> None:
    """A member's reply, another card's second message, and the answer to a click on the old card."""
    shown = wire.old()
    refers = {"message_id": str(shown.card.message_id), "channel_id": str(CHANNEL), "guild_id": str(GUILD)}
    click = {"id": "5", "type": 3, "user": {"id": "30", "username": "m", "discriminator": "0", "avatar": None}}
    click["authorizing_integration_owners"] = {}
    others = {
        wire.local.post(author=30, message_reference=refers),
        wire.local.post(message_reference={**refers, "message_id": "77"}),
        wire.local.post(message_reference=refers, interaction_metadata=click),
    }
    tried = replace(shown, card=replace(shown.card, reposting_since=wire.clock.now()))

    outcome = await wire.board.repost(tried, None)

    assert isinstance(outcome, Posted)
    assert outcome.message_id not in others
    assert wire.local.edits() == []


async def test_where_the_history_cannot_be_read_the_repost_goes_without_reference(wire: Wire) -> None:
    wire.local.fail(Fault(400, 160002, method="POST"))

    outcome = await wire.board.repost(wire.old(), wire.video)

    assert isinstance(outcome, Posted)
    assert outcome.attached
    assert "message_reference" not in wire.local.seen[-1].json


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(403, 50013), Gone(GoneReason.PERMISSION)),
        (Fault(404, 10003), Gone(GoneReason.CHANNEL)),
        (Fault(400, 50083), Gone(GoneReason.PERMISSION)),
        (Fault(413), NoEdit.TOO_LARGE),
        (Fault(503), TryLater("Discord answered 503")),
    ],
    ids=["no permission", "no channel", "closed thread", "too large", "in trouble"],
)
async def test_a_refused_repost_is_told_as_what_it_is(wire: Wire, fault: Fault, outcome: Showing) -> None:
    wire.local.fail(fault)

    assert await wire.board.repost(wire.old(), wire.video) == outcome


async def test_a_history_that_cannot_be_looked_through_sends_nothing(wire: Wire) -> None:
    shown = wire.old()
    tried = replace(shown, card=replace(shown.card, reposting_since=wire.clock.now()))
    wire.local.fail(Fault(503, method="GET"))

    assert await wire.board.repost(tried, None) == TryLater("Discord answered 503")
    assert len(wire.local.seen) == 1


# The answer that was never attached


async def test_an_answer_is_found_by_its_token(wire: Wire) -> None:
    shown = wire.answered()

    assert await wire.board.find_answer(shown) == shown.card.message_id


async def test_where_discord_calls_the_token_dead_the_channel_is_looked_through(wire: Wire) -> None:
    """The bot's clock may be behind. A message of somebody else's with the same facts is none of the bot's."""
    shown = wire.answered()
    about = {"id": "1", "type": 2, "user": user(30), "authorizing_integration_owners": {}}
    wire.local.post(author=30, interaction_metadata=about)
    answer = wire.local.post(interaction_metadata=about)
    wire.local.post(interaction_metadata={**about, "id": "2"})
    wire.local.fail(Fault(401, 50027, part_of_path="/webhooks/"))

    assert await wire.board.find_answer(shown) == answer
    assert wire.pace.turns == 1


@pytest.mark.parametrize("fault", [Fault(503), Fault(429), Fault(200, hang_up=True, times=2)])
async def test_a_channel_that_cannot_be_read_now_is_read_later(wire: Wire, fault: Fault) -> None:
    wire.local.fail(replace(fault, method="GET", part_of_path="/messages"))

    assert isinstance(await wire.board.find_in_channel(wire.answered()), TryLater)


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10008), (404, 10015), (404, 10062)])
async def test_a_clear_no_means_that_there_is_no_answer(wire: Wire, status: int, code: int) -> None:
    wire.local.fail(Fault(status, code))

    assert await wire.board.find_answer(wire.answered()) is None


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [Fault(502, times=9), Fault(429), Fault(403), Fault(404, body="<html>?</html>")])
async def test_anything_but_a_clear_no_is_asked_again(wire: Wire, fault: Fault) -> None:
    wire.local.fail(fault)

    assert isinstance(await wire.board.find_answer(wire.answered()), TryLater)


async def test_without_a_token_there_is_no_answer_to_find(wire: Wire) -> None:
    shown = wire.answered()

    assert await wire.board.find_answer(replace(shown, card=replace(shown.card, token=None))) is None


# The first message of a part that follows by itself


def following(wire: Wire) -> Shown:
    """A part that waits, admitted just now."""
    now = wire.clock.now()
    request = GenerationRequest(
        Kind.EXTEND, "and on", "ray-v2", 5, "720p", expand_prompt=True, parent_id="gen0001", part=2
    )
    fresh = Generation("gen0002", "chain:gen0001:2", GUILD, CHANNEL, 30, request, 1, now, now)
    return Shown(fresh, Card(channel_id=CHANNEL))


async def test_a_part_that_follows_is_a_reply_to_the_one_before_with_an_enforced_nonce(wire: Wire) -> None:
    before = wire.answered()
    wire.local.seen.clear()

    outcome = await wire.board.post(following(wire), before.card.message_id, tried=False)

    (post,) = wire.local.seen
    assert outcome == Posted(max(wire.local.messages))
    assert (post.path, post.by_bot, wire.pace.turns) == (f"/channels/{CHANNEL}/messages", True, 1)
    assert post.json["message_reference"]["message_id"] == before.card.message_id
    assert post.json["message_reference"]["fail_if_not_exists"] is False
    assert (post.json["enforce_nonce"], len(post.json["nonce"]) <= 25) == (True, True)
    assert post.json["allowed_mentions"]["parse"] == []


async def test_a_first_message_whose_answer_was_lost_is_found_and_not_sent_again(wire: Wire) -> None:
    before, part = wire.answered().card.message_id, following(wire)
    first = await wire.board.post(part, before, tried=False)
    wire.local.seen.clear()

    assert await wire.board.post(part, before, tried=True) == first
    assert [seen.method for seen in wire.local.seen] == ["GET"]


async def test_a_first_message_that_history_does_not_show_yet_is_still_one(wire: Wire) -> None:
    before, part = wire.answered().card.message_id, following(wire)
    first = await wire.board.post(part, before, tried=False)

    assert await wire.board.post(part, before, tried=False) == first


async def test_a_part_that_follows_and_a_repost_of_the_one_before_are_never_taken_for_each_other(wire: Wire) -> None:
    """Both are the bot's replies to the same card."""
    before, part = wire.old(), following(wire)
    posted = await wire.board.post(part, before.card.message_id, tried=False)
    tried = replace(before, card=replace(before.card, reposting_since=wire.clock.now()))
    reposted = await wire.board.repost(tried, wire.video)
    assert isinstance(posted, Posted)
    assert isinstance(reposted, Posted)

    assert reposted.message_id != posted.message_id
    assert await wire.board.post(part, before.card.message_id, tried=True) == posted
    assert await wire.board.repost(tried, wire.video) == reposted


async def test_a_part_that_follows_is_shown_without_a_reference_where_history_cannot_be_read(wire: Wire) -> None:
    before, part = wire.answered().card.message_id, following(wire)
    wire.local.fail(Fault(400, 160002, method="POST"))

    assert isinstance(await wire.board.post(part, before, tried=False), Posted)
    assert "message_reference" not in wire.local.seen[-1].json


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(403, 50013), Gone(GoneReason.PERMISSION)),
        (Fault(404, 10003), Gone(GoneReason.CHANNEL)),
        (Fault(503), TryLater("Discord answered 503")),
    ],
    ids=["no permission", "no channel", "in trouble"],
)
@pytest.mark.parametrize("tried", [False, True])
async def test_a_refused_first_message_is_told_as_what_it_is(
    wire: Wire, fault: Fault, outcome: Showing, *, tried: bool
) -> None:
    wire.local.fail(fault)

    assert await wire.board.post(following(wire), 7, tried=tried) == outcome
