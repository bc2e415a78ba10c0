"""Any member can report a result; moderators read it in the log channel and remove the result with one press."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from simcord.components import walk_components

from bot.domain.card import CardState
from bot.domain.errors import StoreError
from bot.domain.generation import Generation, GenerationState
from bot.ports import Posted
from bot.service.reporting import MOST_REPORTS, REMOVED, REPORTED
from bot.ui import house_words, trust_words, words
from bot.ui.board import DiscordBoard
from bot.ui.language import Message
from bot.ui.pace import Pace
from tests.discord.people import elsewhere, helper, manager, posted
from tests.discord.stage import OFFER, Stage, told
from tests.foreign import foreign

REMOVE = "Remove result"


async def window(
    stage: Stage, actor: simcord.MemberActor, video: Generation, channel: simcord.ChannelHandle | None = None
) -> simcord.InteractionResult:
    message = await stage.message(video)
    return await actor.context_menu(channel or stage.channel, trust_words.REPORT_COMMAND, message)


async def report(stage: Stage, actor: simcord.MemberActor, video: Generation, reason: str = "it is cruel") -> str:
    """What the member was told."""
    return told(await actor.submit_modal(await window(stage, actor, video), {"prompt": reason}))


async def with_log(stage: Stage, mona: simcord.MemberActor) -> simcord.ChannelHandle:
    log = stage.guild.create_text_channel("log")
    await mona.slash(stage.channel, "settings log set", channel=log)
    return log


def text(message: discord.Message) -> str:
    parts = walk_components([part.to_dict() for part in message.components])
    return "\n".join(part["content"] for part in parts if part["type"] == 10)


def labels(message: discord.Message) -> list[Any]:
    return [part.get("label") for part in walk_components([part.to_dict() for part in message.components])]


def stands(stage: Stage, message_id: int | None) -> bool:
    return message_id in [message.id for message in stage.channel.history()]


async def actions(stage: Stage) -> list[str]:
    return [change.action for change in await stage.stores.house.audit(stage.guild.id, 99)]


async def test_a_report_reaches_the_log_channel_as_text_with_a_link(stage: Stage) -> None:
    log = await with_log(stage, manager(stage))
    video = await stage.finished(stage.alice, "a **bold** [sea](https://evil.example) <@&1>")
    assert await report(stage, stage.bob, video, "it is *cruel* @everyone") == trust_words.REPORTED()
    card = log.history()[-1]
    said = text(card)
    assert f"<@{stage.bob.id}> reported [this message]({await stage.link(video)})" in said
    assert f"which <@{stage.alice.id}> asked for" in said
    assert r"> it is \*cruel\* \@everyone" in said
    assert r"> a \*\*bold\*\* \[sea\]\(https\://evil.example\) \<\@&1\>" in said
    assert REMOVE in labels(card)
    assert posted(stage, log)[-1]["allowed_mentions"] == {"parse": []}
    kept = (await stage.stores.house.audit(stage.guild.id, 1))[0]
    assert (kept.actor_id, kept.action, kept.subject) == (stage.bob.id, REPORTED, f"video:{video.id}")
    assert kept.why == "it is *cruel* @everyone"


async def test_without_a_log_channel_the_report_is_kept_and_the_member_is_told(stage: Stage) -> None:
    mona = manager(stage)
    video = await stage.finished(stage.alice)
    assert await report(stage, stage.bob, video) == trust_words.REPORT_KEPT()
    said = told(await mona.slash(stage.channel, "settings log recent"))
    assert f"<@{stage.bob.id}>: Video reported · `{video.id}` · it is cruel" in said


async def test_a_log_channel_that_takes_nothing_loses_no_report(stage: Stage) -> None:
    log = await with_log(stage, manager(stage))
    video = await stage.finished(stage.alice)
    stage.env.inject_error("POST", f"/channels/{log.id}/messages", status=403, code=50013)
    assert await report(stage, stage.bob, video) == trust_words.REPORT_NOT_POSTED()
    assert (await actions(stage))[0] == REPORTED


async def test_a_message_that_shows_no_video_is_not_reported(stage: Stage) -> None:
    message = await stage.alice.send(stage.channel, "hello")
    result = await stage.bob.context_menu(stage.channel, trust_words.REPORT_COMMAND, message)
    assert told(result) == trust_words.NOT_A_RESULT()


async def test_one_member_cannot_flood_the_moderators(stage: Stage) -> None:
    log = await with_log(stage, manager(stage))
    video = await stage.finished(stage.alice)
    for _ in range(MOST_REPORTS):
        assert await report(stage, stage.bob, video) == trust_words.REPORTED()
    assert await report(stage, stage.bob, video) == trust_words.REPORTED_OFTEN()
    assert await report(stage, stage.alice, video) == trust_words.REPORTED()
    assert len(log.history()) == 1 + MOST_REPORTS + 1
    await stage.env.advance_time(600)
    assert await report(stage, stage.bob, video) == trust_words.REPORTED()


async def test_a_window_that_was_open_during_a_restart_is_not_lost(stage: Stage) -> None:
    await with_log(stage, manager(stage))
    opened = await window(stage, stage.bob, await stage.finished(stage.alice))
    await stage.restart()
    assert told(await stage.bob.submit_modal(opened, {"prompt": "it is cruel"})) == trust_words.REPORTED()


async def test_a_window_carried_to_another_server_finds_nothing(stage: Stage) -> None:
    there = elsewhere(stage)
    video = await stage.finished(stage.alice)
    await stage.bob.submit_modal(await window(stage, stage.bob, video), {"prompt": "it is cruel"})

    def to_the_other(payload: dict[str, Any]) -> None:
        payload["guild_id"] = str(there.guild.id)

    await stage.deliver(to_the_other)
    assert stage.said() == words.UNKNOWN_VIDEO()
    assert not await stage.stores.house.audit(there.guild.id, 9)


@pytest.mark.parametrize("by_role", [False, True], ids=["by permission", "by role"])
async def test_a_moderator_removes_the_result_with_one_press_also_after_a_restart(stage: Stage, by_role: bool) -> None:
    mona = manager(stage)
    moderator = (await helper(stage, mona)).actor if by_role else mona
    log = await with_log(stage, mona)
    video = await stage.finished(stage.alice)
    await report(stage, stage.bob, video)
    shown = await stage.shown(video)
    await stage.restart()

    await moderator.click(log.history()[-1], label=REMOVE)

    assert not stands(stage, shown.card.message_id)
    card = log.history()[-1]
    assert f"Removed by <@{moderator.id}>" in text(card)
    assert "it is cruel" in text(card)
    assert REMOVE not in labels(card)
    kept = (await stage.stores.house.audit(stage.guild.id, 1))[0]
    assert (kept.actor_id, kept.action, kept.subject) == (moderator.id, REMOVED, f"video:{video.id}")
    after = await stage.shown(video)
    assert after.generation == video
    assert after.card.state is CardState.GONE


async def test_a_member_who_reads_the_log_cannot_remove(stage: Stage) -> None:
    mona = manager(stage)
    log = await with_log(stage, mona)
    video = await stage.finished(stage.alice)
    await report(stage, stage.bob, video)
    assert told(await stage.bob.click(log.history()[-1], label=REMOVE)) == house_words.NOT_MODERATOR()
    assert stands(stage, (await stage.shown(video)).card.message_id)


async def test_a_moderator_of_another_server_cannot_remove(stage: Stage) -> None:
    log = await with_log(stage, manager(stage))
    visitor = stage.guild.add_member(elsewhere(stage).manager.user)
    video = await stage.finished(stage.alice)
    await report(stage, stage.bob, video)
    assert told(await visitor.click(log.history()[-1], label=REMOVE)) == house_words.NOT_MODERATOR()


async def test_a_button_carried_to_another_server_removes_nothing(stage: Stage) -> None:
    there = elsewhere(stage)
    mona = manager(stage)
    log = await with_log(stage, mona)
    video = await stage.finished(stage.alice)
    await report(stage, stage.bob, video)
    await stage.bob.click(log.history()[-1], label=REMOVE)

    def to_the_other(payload: dict[str, Any]) -> None:
        payload["guild_id"] = str(there.guild.id)
        payload["member"]["permissions"] = str(discord.Permissions(manage_guild=True).value)

    await stage.deliver(to_the_other)
    assert stands(stage, (await stage.shown(video)).card.message_id)


async def test_a_second_press_says_that_it_is_gone(stage: Stage) -> None:
    """Two members reported it, so two cards have a button."""
    mona = manager(stage)
    log = await with_log(stage, mona)
    video = await stage.finished(stage.alice)
    for member in (stage.alice, stage.bob):
        await report(stage, member, video)
    first, second = log.history()[-2:]
    await mona.click(first, label=REMOVE)

    await mona.click(second, label=REMOVE)

    assert followed_up(stage) == trust_words.GONE_ALREADY()
    assert trust_words.ALREADY_GONE() in text(log.history()[-1])
    assert (await actions(stage)).count(REMOVED) == 1


def followed_up(stage: Stage) -> str:
    """The text of the last message beside the first answer."""
    sent = [body for kind, path, body in stage.env.backend.transcript if kind == "HTTP" and "POST /webhooks" in path]
    return str(sent[-1].get("content"))


async def test_a_result_that_somebody_deleted_by_hand_is_gone_too(stage: Stage) -> None:
    mona = manager(stage)
    log = await with_log(stage, mona)
    video = await stage.finished(stage.alice)
    await report(stage, stage.bob, video)
    await (await stage.message(video)).delete()
    await mona.click(log.history()[-1], label=REMOVE)
    assert followed_up(stage) == trust_words.GONE_ALREADY()
    assert trust_words.ALREADY_GONE() in text(log.history()[-1])
    assert (await stage.shown(video)).card.state is CardState.GONE


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [(403, 50001, trust_words.NOT_REMOVED_FORBIDDEN), (400, 50083, trust_words.NOT_REMOVED)],
)
async def test_a_result_that_cannot_be_deleted_keeps_its_button(
    stage: Stage, status: int, code: int, sentence: Message
) -> None:
    mona = manager(stage)
    log = await with_log(stage, mona)
    video = await stage.finished(stage.alice)
    await report(stage, stage.bob, video)
    stage.env.inject_error("DELETE", "/channels/*/messages/*", status=status, code=code)
    await mona.click(log.history()[-1], label=REMOVE)
    assert followed_up(stage) == sentence()
    assert REMOVE in labels(log.history()[-1])
    assert (await stage.shown(video)).card.state is CardState.LIVE


async def test_a_request_that_is_removed_while_it_waits_is_not_shown_when_it_ends(stage: Stage) -> None:
    mona = manager(stage)
    log = await with_log(stage, mona)
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    waiting = await stage.newest()
    await report(stage, stage.bob, waiting)
    await mona.click(log.history()[-1], label=REMOVE)
    done = await stage.complete(waiting)
    assert done.state is GenerationState.COMPLETED
    assert not await stage.store.unshown(stage.env.now(), 9)


async def test_both_messages_of_a_result_that_was_sent_again_are_removed(stage: Stage) -> None:
    """A card that was too old to edit has a second message in its place, and the first stands yet."""
    mona = manager(stage)
    log = await with_log(stage, mona)
    video = await stage.finished(stage.alice)
    old = await stage.shown(video)
    board = DiscordBoard(stage.env.bot, stage.services.clock, OFFER, expand_prompt=True, pace=Pace())
    again = await board.repost(old, None)
    assert isinstance(again, Posted)
    await stage.store.note_shown(video.id, video.version, again.message_id, forget_token=True)
    await report(stage, stage.bob, video)

    await mona.click(log.history()[-1], label=REMOVE)

    assert not stands(stage, old.card.message_id)
    assert not stands(stage, again.message_id)


async def test_the_report_of_a_video_whose_owner_erased_their_data_names_nobody(stage: Stage) -> None:
    log = await with_log(stage, manager(stage))
    video = await stage.finished(stage.alice)
    shown = await stage.shown(video)
    await stage.store.note_shown(video.id, video.version, shown.card.message_id or 0, forget_token=True)
    erased, _ = await stage.stores.privacy.forget(stage.alice.id, stage.guild.id, stage.env.now())
    assert erased == 1
    assert await report(stage, stage.bob, video) == trust_words.REPORTED()
    assert "a member who has erased their data" in text(log.history()[-1])
    assert str(stage.alice.id) not in text(log.history()[-1])


SPANISH = {
    trust_words.REPORT_HEAD.english: "### Denunciado",
    trust_words.REMOVED.english: "Quitado por <@{by}> <t:{unix}:R>.",
}


async def test_moderators_read_a_report_in_the_servers_language_whoever_sent_it(stage: Stage, tmp_path: Path) -> None:
    mona = manager(stage)
    log = await with_log(stage, mona)
    video = await stage.finished(stage.alice)
    with foreign(tmp_path / "languages", {"es": SPANISH}):
        before = await stage.stores.house.settings(stage.guild.id)
        spanish = replace(before, language="es")
        await stage.stores.house.change_settings(spanish, by=mona.id, why="", now=stage.env.now())
        assert await report(stage, stage.bob, video) == trust_words.REPORTED()
        assert text(log.history()[-1]).startswith("### Denunciado\n")
        await mona.click(log.history()[-1], label=REMOVE)
        assert f"Quitado por <@{mona.id}>" in text(log.history()[-1])


async def test_without_a_database_the_member_is_told(stage: Stage) -> None:
    opened = await window(stage, stage.bob, await stage.finished(stage.alice))
    await stage.lose_the_database()
    assert told(await stage.bob.submit_modal(opened, {"prompt": "it is cruel"})) == words.STORE_DOWN()
    assert all(isinstance(error, StoreError) for error in stage.env.errors)
