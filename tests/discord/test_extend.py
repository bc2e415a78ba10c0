"""A member goes on from a finished video, named in the ways that are at hand; only what they may see is found."""

from typing import Any

import discord
import pytest

from bot.domain.generation import Generation, Kind
from bot.ui import words
from tests.discord.stage import Stage, text_of, told


async def suggested(stage: Stage, typed: str = "", **filled: Any) -> list[dict[str, Any]]:
    return await stage.alice.autocomplete(stage.channel, "extend", "video", typed, **filled)


async def extend(stage: Stage, video: str, prompt: str = "then it rains") -> Any:
    return await stage.alice.slash(stage.channel, "extend", video=video, prompt=prompt)


async def hidden_video(stage: Stage) -> tuple[Generation, Any]:
    """A video of bob's in a channel that alice does not see."""
    nobody = discord.PermissionOverwrite(view_channel=False)
    hidden = stage.guild.create_text_channel("hidden", overwrites={stage.alice: nobody})
    return await stage.finished(stage.bob, channel=hidden), hidden


async def test_an_extension_is_the_next_part_of_its_video(stage: Stage) -> None:
    first = await stage.finished(stage.alice)
    result = await extend(stage, first.id)
    second = await stage.newest()
    assert second.request.kind is Kind.EXTEND
    assert (second.request.parent_id, second.request.parent_relay_id) == (first.id, first.relay_id)
    assert (second.request.part, second.request.prompt) == (2, "then it rains")
    assert "part 2" in text_of(result.response)


async def test_videos_are_suggested_by_the_words_of_their_prompts(stage: Stage) -> None:
    sea = await stage.finished(stage.alice, "a calm sea at dawn")
    city = await stage.finished(stage.alice, "a loud city at dawn")
    assert {choice["value"] for choice in await suggested(stage, "dawn")} == {sea.id, city.id}
    assert [choice["value"] for choice in await suggested(stage, "dawn CITY")] == [city.id]
    assert await suggested(stage, "forest") == []


async def test_a_suggestion_reads_as_prompt_part_and_age(stage: Stage) -> None:
    first = await stage.finished(stage.alice, "a **calm** sea\n" + "wave " * 200)
    await extend(stage, first.id, "rain")
    await stage.complete(await stage.newest())
    await stage.env.advance_time(3 * 3600)
    names = [choice["name"] for choice in await suggested(stage)]
    assert names[0] == "rain · part 2 · 3 h ago"
    assert names[1].startswith("a **calm** sea wave wave")
    assert names[1].endswith("… · 3 h ago")
    assert all(len(name) <= 100 for name in names)


async def test_suggestions_that_would_read_the_same_are_told_apart(stage: Stage) -> None:
    for _ in range(2):
        await stage.finished(stage.alice)
    assert len({choice["name"] for choice in await suggested(stage)}) == 2


async def test_only_ones_own_finished_videos_of_this_server_are_suggested(stage: Stage) -> None:
    mine = await stage.finished(stage.alice)
    await stage.finished(stage.bob)
    await stage.alice.slash(stage.channel, "generate", prompt="not finished")
    elsewhere = stage.env.create_guild("Elsewhere")
    there = elsewhere.create_text_channel("videos")
    await stage.finished(elsewhere.add_member(stage.alice.user), channel=there)
    assert [choice["value"] for choice in await suggested(stage)] == [mine.id]


async def test_a_video_in_a_channel_that_is_closed_to_the_member_is_not_suggested(stage: Stage) -> None:
    room = stage.guild.create_text_channel("room")
    await stage.finished(stage.alice, channel=room)
    assert len(await suggested(stage)) == 1
    channel = stage.env.bot.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    alice = discord.Object(stage.alice.id, type=discord.Member)
    await channel.edit(overwrites={alice: discord.PermissionOverwrite(view_channel=False)})
    await stage.env.settle()
    assert await suggested(stage) == []


async def test_without_a_database_the_list_is_empty(stage: Stage) -> None:
    await stage.lose_the_database()
    assert await suggested(stage) == []


@pytest.mark.parametrize("how", ["id", "shouted id", "link", "message id"])
async def test_anothers_video_is_extended_by_what_can_be_pasted(stage: Stage, how: str) -> None:
    video = await stage.finished(stage.bob)
    link = await stage.link(video)
    pasted = {
        "id": f" {video.id} ",
        "shouted id": video.id.upper(),
        "link": link,
        "message id": link.rsplit("/", maxsplit=1)[-1],
    }
    await extend(stage, pasted[how])
    assert (await stage.newest()).request.parent_id == video.id


@pytest.mark.parametrize("video", ["nosuchvideo", "", "a calm sea", "https://discord.com/channels/1/2/3", "9" * 18])
async def test_what_names_no_video_is_refused_and_costs_nothing(stage: Stage, video: str) -> None:
    assert told(await extend(stage, video)) == words.UNKNOWN_VIDEO()
    assert not await stage.admitted()


async def test_an_unfinished_video_is_refused_and_costs_nothing(stage: Stage) -> None:
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    assert told(await extend(stage, (await stage.newest()).id)) == words.UNFINISHED_VIDEO()
    assert len(await stage.admitted()) == 1
    assert len(stage.env.errors) == 1


async def test_a_video_of_another_server_is_unknown_by_id_and_by_link(stage: Stage) -> None:
    elsewhere = stage.env.create_guild("Elsewhere")
    there = elsewhere.create_text_channel("videos")
    video = await stage.finished(elsewhere.add_member(stage.alice.user), channel=there)
    for reference in (video.id, await stage.link(video)):
        assert told(await extend(stage, reference)) == words.UNKNOWN_VIDEO()
    assert len(await stage.admitted()) == 1


async def test_a_video_in_a_channel_one_does_not_see_is_unknown_by_id_and_by_link(stage: Stage) -> None:
    video, hidden = await hidden_video(stage)
    for reference in (video.id, await stage.link(video)):
        assert told(await extend(stage, reference)) == words.UNKNOWN_VIDEO()
    assert len(await stage.admitted()) == 1
    assert await stage.bob.slash(hidden, "extend", video=video.id, prompt="then it rains")
    assert (await stage.newest()).request.parent_id == video.id


@pytest.mark.parametrize("prompt", ["", "  ", "ab", "x" * 5_001])
async def test_an_extension_needs_a_prompt_as_any_other(stage: Stage, prompt: str) -> None:
    video = await stage.finished(stage.alice)
    assert "3 to 5,000 characters" in told(await extend(stage, video.id, prompt))
    assert len(await stage.admitted()) == 1


async def thread_with_video(stage: Stage, kind: discord.ChannelType) -> tuple[Generation, discord.Thread]:
    channel = stage.env.bot.get_channel(stage.channel.id)
    assert isinstance(channel, discord.TextChannel)
    thread = await channel.create_thread(name="takes", type=kind)
    await thread.add_user(discord.Object(stage.bob.id))
    handle = next(each for each in stage.channel.threads if each.id == thread.id)
    return await stage.finished(stage.bob, channel=handle), thread


async def test_a_video_in_an_archived_thread_is_still_found(stage: Stage) -> None:
    video, thread = await thread_with_video(stage, discord.ChannelType.public_thread)
    await thread.edit(archived=True)
    await stage.env.settle()
    assert stage.env.bot.get_channel(thread.id) is None
    await extend(stage, video.id)
    assert (await stage.newest()).request.parent_id == video.id


async def test_a_video_in_a_private_thread_is_unknown_to_those_outside(stage: Stage) -> None:
    video, _ = await thread_with_video(stage, discord.ChannelType.private_thread)
    assert told(await extend(stage, video.id)) == words.UNKNOWN_VIDEO()


async def test_a_video_in_a_deleted_channel_is_unknown(stage: Stage) -> None:
    room = stage.guild.create_text_channel("room")
    video = await stage.finished(stage.alice, channel=room)
    channel = stage.env.bot.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()
    await stage.env.settle()
    assert told(await extend(stage, video.id)) == words.UNKNOWN_VIDEO()
