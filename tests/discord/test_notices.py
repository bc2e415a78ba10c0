"""The word that a video is done, as Discord takes it and its member finds it: one, and a sound for nobody else."""

from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.domain.card import Shown
from bot.domain.generation import Failure, FailureKind
from bot.domain.notices import Notice
from bot.domain.preferences import MemberPreferences, Notify
from bot.ports import TryLater
from bot.service.notices import Notices
from bot.ui.language import speaking
from bot.ui.notice_words import mention
from bot.ui.notifying import DiscordMessenger
from bot.ui.pace import Pace
from tests.discord.people import manager, posted
from tests.discord.stage import Stage

PROMPT = "@everyone look: <@&7> and [a link](https://x.test)"


@pytest.fixture
def messenger(stage: Stage) -> DiscordMessenger:
    return DiscordMessenger(stage.env.bot, stage.services.preferences, stage.stores.house, Pace())


async def over(stage: Stage, prompt: str = "a calm sea", *, fails: bool = False) -> Shown:
    """A video of alice's that took a minute, and whose card says how it ended."""
    await stage.alice.slash(stage.channel, "generate", prompt=prompt)
    generation = await stage.newest()
    await stage.env.advance_time(60)
    if fails:
        now = stage.env.now()
        sending = generation.submitting(now)
        done = sending.failed(Failure(FailureKind.MODERATION), now)
        assert await stage.store.save(generation, sending)
        assert await stage.store.save(sending, done)
    else:
        done = await stage.complete(generation)
    card = (await stage.shown(done)).card
    await stage.store.note_shown(done.id, done.version, card.message_id or 0, forget_token=True)
    return await stage.shown(done)


async def prefer(stage: Stage, notify: Notify, language: str | None = None) -> None:
    chosen = MemberPreferences(stage.alice.id, notify, language=language, changed_at=stage.env.now())
    await stage.stores.preferences.keep(chosen)


def replies(stage: Stage) -> list[discord.Message]:
    """What stands in the channel besides cards."""
    return [each for each in stage.channel.history() if not each.flags.components_v2]


def private(stage: Stage) -> list[discord.Message]:
    return stage.alice.user.dm_channel.history()


async def tell(messenger: DiscordMessenger, shown: Shown, *, look: bool = False, by_dm: bool = False) -> Any:
    return await messenger.tell(shown, by_dm=by_dm, look=look)


async def test_a_reply_to_the_card_mentions_the_one_who_asked_and_nobody_else(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    shown = await over(stage, PROMPT)
    assert await tell(messenger, shown) is Notice.TOLD
    (reply,) = replies(stage)
    assert reply.reference is not None
    assert reply.reference.message_id == shown.card.message_id
    assert [each.id for each in reply.mentions] == [stage.alice.id]
    assert not reply.mention_everyone
    assert reply.content == (
        f"<@{stage.alice.id}> Your video is done.\n"
        r"-# \@everyone look\: \<\@&7\> and \[a link\]\(https\://x.test\)"
        "\n-# You choose with /preferences how I tell you."
    )
    (body,) = posted(stage, stage.channel)
    assert body["allowed_mentions"] == {"parse": [], "users": [stage.alice.id]}
    assert body["enforce_nonce"]
    assert len(body["nonce"]) <= 25


async def test_who_has_chosen_is_not_told_again_that_they_can(stage: Stage, messenger: DiscordMessenger) -> None:
    shown = await over(stage)
    await prefer(stage, Notify.MENTION)
    await tell(messenger, shown)
    assert replies(stage)[0].content == f"<@{stage.alice.id}> Your video is done.\n-# a calm sea"


async def test_a_direct_message_leads_to_the_card(stage: Stage, messenger: DiscordMessenger) -> None:
    shown = await over(stage, PROMPT)
    assert await tell(messenger, shown, by_dm=True) is Notice.TOLD
    (message,) = private(stage)
    head, prompt = message.content.split("\n")
    assert head == f"Your video is done: {await stage.link(shown.generation)}"
    assert prompt.startswith(r"-# \@everyone")
    assert replies(stage) == []


@pytest.mark.parametrize("by_dm", [False, True])
async def test_a_failure_has_a_sentence_of_its_own(stage: Stage, messenger: DiscordMessenger, *, by_dm: bool) -> None:
    await tell(messenger, await over(stage, fails=True), by_dm=by_dm)
    (message,) = private(stage) if by_dm else replies(stage)
    assert "could not be made" in message.content
    assert "credits back" in message.content


@pytest.mark.parametrize("by_dm", [False, True])
async def test_one_that_may_have_been_sent_is_looked_for_first(
    stage: Stage, messenger: DiscordMessenger, *, by_dm: bool
) -> None:
    shown = await over(stage)
    await tell(messenger, shown, by_dm=by_dm)
    await stage.env.advance_time(600)
    await stage.bob.send(stage.channel, "nice one")
    assert await tell(messenger, shown, look=True, by_dm=by_dm) is Notice.TOLD
    assert len(private(stage) if by_dm else [each for each in replies(stage) if each.author.bot]) == 1


@pytest.mark.parametrize("by_dm", [False, True])
async def test_one_that_was_never_sent_is_sent_then(stage: Stage, messenger: DiscordMessenger, *, by_dm: bool) -> None:
    """Neither somebody's reply to the card nor the word about another video is taken for it."""
    other, shown = await over(stage), await over(stage)
    await tell(messenger, other, by_dm=by_dm)
    await stage.bob.send(stage.channel, "nice one", reply_to=await stage.message(shown.generation))
    assert await tell(messenger, shown, look=True, by_dm=by_dm) is Notice.TOLD
    assert len(private(stage) if by_dm else [each for each in replies(stage) if each.author.bot]) == 2


async def test_a_card_that_was_deleted_is_not_spoken_of(stage: Stage, messenger: DiscordMessenger) -> None:
    """Without a look first Discord says so itself: see the tests on the wire."""
    shown = await over(stage)
    await (await stage.message(shown.generation)).delete()
    assert await tell(messenger, shown, look=True) is Notice.NO_CARD
    assert replies(stage) == []


async def test_where_the_bot_may_not_read_back_a_repeat_is_left_out(stage: Stage, messenger: DiscordMessenger) -> None:
    """An empty history would prove nothing."""
    shown = await over(stage)
    stage.env.inject_error(
        "GET", f"/channels/{stage.channel.id}/messages/{shown.card.message_id}", status=403, code=50001
    )
    assert await tell(messenger, shown, look=True) is Notice.REFUSED
    assert replies(stage) == []


async def test_where_the_bot_may_not_reply_it_leads_to_the_card(stage: Stage, messenger: DiscordMessenger) -> None:
    shown = await over(stage)
    stage.env.inject_error("POST", f"/channels/{stage.channel.id}/messages", status=403, code=160002)
    assert await tell(messenger, shown) is Notice.TOLD
    (message,) = replies(stage)
    assert message.reference is None
    assert message.content.endswith(await stage.link(shown.generation))
    assert [each.id for each in message.mentions] == [stage.alice.id]


@pytest.mark.parametrize(
    ("status", "code", "by_dm", "outcome"),
    [
        (403, 50007, True, Notice.CLOSED),
        (403, 50278, True, Notice.CLOSED),
        (403, 50013, False, Notice.REFUSED),
        (404, 10003, False, Notice.REFUSED),
        (400, 50035, False, Notice.REFUSED),
        (403, 40003, True, TryLater("direct messages are opened too fast")),
        (500, 0, False, TryLater("Discord answered 500")),
        (500, 0, True, TryLater("Discord answered 500")),
    ],
)
async def test_what_discord_refuses_ends_it_and_what_is_trouble_does_not(  # noqa: PLR0917  # cases of one table
    stage: Stage, messenger: DiscordMessenger, status: int, code: int, by_dm: bool, outcome: Notice | TryLater
) -> None:
    shown = await over(stage)
    channel = stage.alice.user.dm_channel if by_dm else stage.channel
    stage.env.inject_error("POST", f"/channels/{channel.id}/messages", status=status, code=code, times=None)
    assert await tell(messenger, shown, by_dm=by_dm) == outcome


async def test_a_reply_speaks_the_servers_language_and_a_direct_message_the_members(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    await manager(stage).slash(stage.channel, "settings language", language="es")
    shown = await over(stage)
    await prefer(stage, Notify.DM, "ru")
    await tell(messenger, shown)
    await tell(messenger, shown, by_dm=True)
    with speaking("es"):
        assert replies(stage)[0].content == mention(shown.generation, hint=False)
    with speaking("ru"):
        sentence = mention(shown.generation, hint=False)
    assert private(stage)[0].content != sentence, "a reply's sentence is another"
    await prefer(stage, Notify.DM)
    await tell(messenger, replace(shown, generation=replace(shown.generation, id="other")), by_dm=True)
    assert private(stage)[1].content != private(stage)[0].content, "of who chose none, the server's"


async def test_the_whole_way_from_the_command_to_one_word(stage: Stage, messenger: DiscordMessenger) -> None:
    notices = Notices(stage.stores.notices, messenger, stage.services.clock)
    shown = await over(stage)
    for _ in range(2):
        await notices.tick()
    assert len(replies(stage)) == 1
    assert (await stage.shown(shown.generation)).generation.notice == Notice.TOLD


async def test_closed_direct_messages_fall_back_to_nothing(stage: Stage, messenger: DiscordMessenger) -> None:
    notices = Notices(stage.stores.notices, messenger, stage.services.clock)
    await prefer(stage, Notify.DM)
    shown = await over(stage)
    channel = stage.alice.user.dm_channel
    stage.env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50007)
    for _ in range(2):
        await notices.tick()
        await stage.env.advance_time(900)
    assert (replies(stage), private(stage)) == ([], [])
    assert (await stage.shown(shown.generation)).generation.notice == Notice.CLOSED


async def test_a_server_that_is_gone_or_a_bot_that_is_not_connected(
    stage: Stage, messenger: DiscordMessenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await over(stage)
    elsewhere = replace(shown, generation=replace(shown.generation, guild_id=5))
    assert await tell(messenger, elsewhere) is Notice.REFUSED
    monkeypatch.setattr(stage.env.bot, "is_ready", lambda: False)
    assert isinstance(await tell(messenger, shown), TryLater)
