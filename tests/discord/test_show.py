"""A finished video is shown again, in a message of its own that works as its card does; nothing is asked for anew."""

from typing import Any

import discord
import pytest
import simcord
from simcord.components import walk_components

from bot.domain.card import GoneReason
from bot.domain.errors import StoreError
from bot.domain.generation import Generation
from bot.domain.reports import Succeeded
from bot.ports import FetchProblem
from bot.ui import finding_words, house_words, trust_words, words
from tests.discord.people import elsewhere, manager
from tests.discord.stage import Stage, headline_of, original, text_of, told

FRESH = "https://cdn.example/fresh.mp4"


async def show(stage: Stage, video: str, actor: simcord.MemberActor | None = None, **where: Any) -> Any:
    return await (actor or stage.alice).slash(where.get("channel", stage.channel), "show", video=video)


def parts(message: simcord.ResponseMessage) -> list[dict[str, Any]]:
    return list(walk_components(message.components))


async def hidden_video(stage: Stage, of: simcord.MemberActor) -> tuple[Generation, simcord.ChannelHandle]:
    """A video in a channel that alice does not see."""
    nobody = discord.PermissionOverwrite(view_channel=False)
    hidden = stage.guild.create_text_channel("hidden", overwrites={stage.alice: nobody})
    return await stage.finished(of, channel=hidden), hidden


async def test_a_video_is_shown_again_for_everyone_with_its_film_and_its_buttons(stage: Stage) -> None:
    video = await stage.finished(stage.alice, "a calm sea")
    before = await stage.shown(video)
    result = await show(stage, video.id)
    message = result.response
    assert not message.ephemeral
    assert "Completed" in headline_of(message)
    assert "> a calm sea" in text_of(message)
    assert finding_words.SHOWN_AGAIN(user_id=stage.alice.id) in text_of(message)
    assert [each.filename for each in message.message.attachments] == [f"dreamreel-{video.id}.mp4"]
    assert "Extend" in [part.get("label") for part in parts(message)]
    assert await stage.shown(video) == before
    assert len(await stage.admitted()) == 1


async def test_the_file_is_fetched_anew_and_not_kept(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    await show(stage, video.id)
    await show(stage, video.id)
    assert stage.disk.fetched == [video.video_url, video.video_url]
    assert not list(stage.disk.folder.glob("*.mp4"))


async def test_the_message_that_shows_it_again_names_the_video_too(stage: Stage) -> None:
    """By its link for `/extend` and `/show`, and in the menu of the message for a report."""
    video = await stage.finished(stage.alice)
    other = stage.guild.create_text_channel("other")
    message = (await show(stage, video.id, channel=other)).response
    link = f"https://discord.com/channels/{stage.guild.id}/{other.id}/{message.id}"
    await stage.bob.slash(stage.channel, "extend", video=link, prompt="then it rains")
    assert (await stage.newest()).request.parent_id == video.id
    again = (await show(stage, link, stage.bob)).response
    assert "> a calm sea" in text_of(again)
    reported = await stage.bob.context_menu(other, trust_words.REPORT_COMMAND, message)
    assert f"dreamreel:report:{video.id}" in str(reported.modal)
    assert await stage.services.queries.copies(video.id) == [
        (other.id, message.id),
        (stage.channel.id, again.id),
    ]


async def test_its_link_names_nothing_in_another_server(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    message = (await show(stage, video.id)).response
    there = elsewhere(stage)
    for reference in (video.id, str(message.id)):
        assert told(await show(stage, reference, there.alice, channel=there.channel)) == words.UNKNOWN_VIDEO()


async def test_the_buttons_of_the_new_message_work_after_a_restart(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    message = (await show(stage, video.id)).response
    await stage.restart()
    window = await stage.bob.click(message, label="Extend")
    await stage.bob.submit_modal(window, {"prompt": "then it rains"})
    assert (await stage.newest()).request.parent_id == video.id


async def test_a_dead_link_is_renewed(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    stage.disk.problems = [FetchProblem.LINK_DEAD]
    stage.relay.reports = [Succeeded(FRESH)]
    message = (await show(stage, video.id)).response
    assert FRESH in str(message.components)
    assert message.message.attachments
    assert (await stage.shown(video)).generation.video_url == FRESH


@pytest.mark.parametrize("problem", [FetchProblem.UNREACHABLE, FetchProblem.TOO_LARGE, FetchProblem.FORBIDDEN])
async def test_a_file_that_cannot_be_brought_leaves_the_link(stage: Stage, problem: FetchProblem) -> None:
    video = await stage.finished(stage.alice)
    stage.disk.problems = [problem]
    message = (await show(stage, video.id)).response
    assert not message.message.attachments
    assert str(video.video_url) in str(message.components)


async def test_a_file_that_discord_does_not_take_leaves_the_link(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    stage.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=413, code=40005, times=1)
    message = (await show(stage, video.id)).response
    assert not message.message.attachments
    assert str(video.video_url) in str(message.components)


async def test_anothers_video_is_shown_where_one_sees_it(stage: Stage) -> None:
    video = await stage.finished(stage.bob, "bob's sea")
    assert "> bob's sea" in text_of((await show(stage, await stage.link(video))).response)


async def test_anothers_video_in_a_channel_one_does_not_see_is_unknown(stage: Stage) -> None:
    video, _ = await hidden_video(stage, stage.bob)
    for reference in (video.id, await stage.link(video)):
        assert told(await show(stage, reference)) == words.UNKNOWN_VIDEO()


async def test_who_sees_it_shown_again_may_do_with_it_what_its_buttons_say(stage: Stage) -> None:
    video, _ = await hidden_video(stage, stage.bob)
    message = (await show(stage, video.id, stage.bob)).response
    window = await stage.alice.click(message, label="Extend")
    await stage.alice.submit_modal(window, {"prompt": "then it rains"})
    assert (await stage.newest()).request.parent_id == video.id
    link = f"https://discord.com/channels/{stage.guild.id}/{stage.channel.id}/{message.id}"
    assert not (await show(stage, link)).response.ephemeral


async def test_a_result_that_is_removed_is_removed_wherever_it_is_shown(stage: Stage) -> None:
    mona, log = manager(stage), stage.guild.create_text_channel("log")
    await mona.slash(stage.channel, "settings log set", channel=log)
    video = await stage.finished(stage.alice)
    other = stage.guild.create_text_channel("other")
    message = (await show(stage, video.id, channel=other)).response
    window = await stage.bob.context_menu(other, trust_words.REPORT_COMMAND, message)
    assert told(await stage.bob.submit_modal(window, {"prompt": "it is cruel"})) == trust_words.REPORTED()
    assert f"/{other.id}/{message.id}" in str([part.to_dict() for part in log.history()[-1].components])
    await mona.click(log.history()[-1], label=trust_words.REMOVE_BUTTON())
    assert not other.history()
    assert (await stage.shown(video)).card.message_id not in [each.id for each in stage.channel.history()]


async def test_ones_own_video_is_shown_wherever_it_stands_and_though_its_message_is_gone(stage: Stage) -> None:
    room = stage.guild.create_text_channel("room")
    video = await stage.finished(stage.alice, channel=room)
    channel = stage.env.bot.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()
    await stage.store.note_gone(video.id, GoneReason.CHANNEL)
    await stage.env.settle()
    assert "> a calm sea" in text_of((await show(stage, video.id)).response)


async def test_an_unfinished_video_cannot_be_shown(stage: Stage) -> None:
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    assert told(await show(stage, (await stage.newest()).id)) == finding_words.UNFINISHED()


@pytest.mark.parametrize("video", ["nosuchvideo", "", "a calm sea", "9" * 18])
async def test_what_names_no_video_is_refused(stage: Stage, video: str) -> None:
    assert told(await show(stage, video)) == words.UNKNOWN_VIDEO()


async def test_an_erased_video_cannot_be_shown(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    shown = await stage.shown(video)
    await stage.store.note_shown(video.id, shown.generation.version, shown.card.message_id or 0, forget_token=True)
    await stage.env.advance_time(3600)
    assert await stage.services.privacy.erase_old(stage.env.now(), 10) == 1
    assert told(await show(stage, video.id)) == words.UNKNOWN_VIDEO()


async def test_the_house_rules_hold_for_showing_too(stage: Stage) -> None:
    mona, video = manager(stage), await stage.finished(stage.alice)
    room = stage.guild.create_text_channel("room")
    await mona.slash(stage.channel, "settings channels add", channel=room)
    assert told(await show(stage, video.id)) == house_words.not_here(frozenset({room.id}), frozenset())
    assert not (await show(stage, video.id, channel=room)).response.ephemeral
    await mona.slash(stage.channel, "moderation block", member=stage.alice)
    assert "blocked" in told(await show(stage, video.id, channel=room))


async def test_a_server_that_hides_videos_hides_them_again(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    await manager(stage).slash(stage.channel, "settings spoiler", state="on")
    message = (await show(stage, video.id)).response
    gallery = next(part for part in parts(message) if part["type"] == 12)
    assert gallery["items"][0]["spoiler"]


async def test_the_prompt_in_a_message_mentions_nobody(stage: Stage) -> None:
    video = await stage.finished(stage.alice, "@everyone <@&1>")
    await show(stage, video.id)
    sent = [body for kind, path, body in stage.env.backend.transcript if kind == "HTTP" and "@original" in path]
    assert sent[-1]["allowed_mentions"] == {"parse": []}


async def test_ones_own_videos_are_suggested_by_the_words_of_their_prompts(stage: Stage) -> None:
    sea = await stage.finished(stage.alice, "a calm sea")
    await stage.finished(stage.alice, "a loud city")
    await stage.finished(stage.bob, "another sea")
    choices = await stage.alice.autocomplete(stage.channel, "show", "video", "SEA")
    assert [choice["value"] for choice in choices] == [sea.id]


async def test_without_a_database_the_member_is_told(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    await stage.lose_the_database()
    assert told(await show(stage, video.id)) == words.STORE_DOWN()
    assert all(isinstance(original(error), StoreError) for error in stage.env.errors)
