"""Members see, take and erase what is kept about them, in one server at a time; nobody escapes anything by it."""

import gzip
import json
from typing import Any

import discord
import pytest
import simcord

from bot.domain.generation import Generation
from bot.service.privacy import PrivacyDesk
from bot.ui import trust_words
from tests.discord.people import elsewhere, manager
from tests.discord.stage import Stage, told

ERASE = "Erase my data"


async def shown_video(
    stage: Stage, actor: simcord.MemberActor, prompt: str, channel: simcord.ChannelHandle | None = None
) -> Generation:
    """A finished video whose card says so, and is noted to say so."""
    result = await actor.slash(channel or stage.channel, "generate", prompt=prompt)
    assert result.response is not None
    video = await stage.complete((await stage.admitted())[-1].generation)
    await stage.store.note_shown(video.id, video.version, result.response.id, forget_token=True)
    return video


async def exported(
    stage: Stage, actor: simcord.MemberActor, channel: simcord.ChannelHandle | None = None
) -> dict[str, Any]:
    """The file that a member got."""
    result = await actor.slash(channel or stage.channel, "privacy export")
    assert told(result) == trust_words.EXPORTED()
    assert result.response is not None
    (file,) = result.response.attachments
    content: dict[str, Any] = json.loads(await file.read())
    return content


async def erase(
    stage: Stage, actor: simcord.MemberActor, channel: simcord.ChannelHandle | None = None
) -> simcord.InteractionResult:
    """The command, and the press of its button; the first answer, which then says what was done."""
    result = await actor.slash(channel or stage.channel, "privacy delete")
    assert told(result) == trust_words.delete_asks()
    assert result.response is not None
    await actor.click(result.response, label=ERASE)
    return result


async def test_a_member_is_told_what_is_kept_and_for_how_long(stage: Stage) -> None:
    said = told(await stage.alice.slash(stage.channel, "privacy show"))
    assert said == trust_words.privacy_shown(30)
    assert "30 days after" in said
    assert len(said) <= 2_000


async def test_a_file_holds_the_members_own_data_of_this_server_and_nothing_else(stage: Stage) -> None:
    there = elsewhere(stage)
    mine = await shown_video(stage, stage.alice, "my calm sea")
    await shown_video(stage, stage.bob, "bob's own storm")
    await shown_video(stage, there.alice, "a sea elsewhere", there.channel)
    content = await exported(stage, stage.alice)
    assert [video["prompt"] for video in content["videos"]] == ["my calm sea"]
    assert content["videos"][0]["id"] == mine.id
    assert content["server_id"] == str(stage.guild.id)
    text = json.dumps(content)
    assert "storm" not in text
    assert "elsewhere" not in text
    assert [v["prompt"] for v in (await exported(stage, there.alice, there.channel))["videos"]] == ["a sea elsewhere"]


async def test_a_file_that_is_too_large_is_packed(stage: Stage) -> None:
    await shown_video(stage, stage.alice, "sea " * 1_000)
    desk = PrivacyDesk(stage.stores.privacy, stage.services.clock)
    plain = await desk.export(stage.alice.id, stage.guild.id, 100_000)
    assert plain is not None
    packed = await desk.export(stage.alice.id, stage.guild.id, len(plain.content) - 1)
    assert packed is not None
    assert packed.name == f"{plain.name}.gz"
    assert gzip.decompress(packed.content) == plain.content


async def test_a_file_that_is_too_large_even_so_is_refused_kindly(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shown_video(stage, stage.alice, "my calm sea")
    monkeypatch.setattr(discord.Guild, "filesize_limit", 100)
    result = await stage.alice.slash(stage.channel, "privacy export")
    assert told(result) == trust_words.EXPORT_TOO_LARGE()


async def test_nothing_is_erased_before_the_button_is_pressed(stage: Stage) -> None:
    video = await shown_video(stage, stage.alice, "my calm sea")
    assert told(await stage.alice.slash(stage.channel, "privacy delete")) == trust_words.delete_asks()
    assert (await stage.shown(video)).generation.request.prompt == "my calm sea"


async def test_prompts_and_links_of_this_server_are_erased_and_counted(stage: Stage) -> None:
    there = elsewhere(stage)
    mine = [await shown_video(stage, stage.alice, f"my calm sea {number}") for number in range(2)]
    of_bob = await shown_video(stage, stage.bob, "bob's own storm")
    far = await shown_video(stage, there.alice, "a sea elsewhere", there.channel)

    result = await erase(stage, stage.alice)

    assert told(result).startswith("Done: erased the prompts and links of 2 videos.")
    assert result.response is not None
    assert not result.response.components
    for video in mine:
        after = (await stage.shown(video)).generation
        assert (after.request.prompt, after.video_url, after.relay_id) == ("", None, None)
        assert after.user_id != stage.alice.id
    for video in (of_bob, far):
        assert (await stage.shown(video)).generation == video


async def test_what_is_not_over_is_finished_first(stage: Stage) -> None:
    await stage.alice.slash(stage.channel, "generate", prompt="my calm sea")
    said = told(await erase(stage, stage.alice))
    assert said == (
        "There was nothing to erase. 1 video is not over yet: it is finished first, and erased after that, "
        "without another word from you."
    )
    assert (await stage.newest()).request.prompt == "my calm sea"


async def test_a_second_time_there_is_nothing_left_to_erase(stage: Stage) -> None:
    await shown_video(stage, stage.alice, "my calm sea")
    await erase(stage, stage.alice)
    assert told(await erase(stage, stage.alice)) == trust_words.deleted(0, 0)


async def test_the_button_works_after_a_restart(stage: Stage) -> None:
    video = await shown_video(stage, stage.alice, "my calm sea")
    result = await stage.alice.slash(stage.channel, "privacy delete")
    assert result.response is not None
    await stage.restart()
    await stage.alice.click(result.response, label=ERASE)
    assert (await stage.shown(video)).generation.request.prompt == ""


async def test_a_button_made_for_another_member_erases_nothing(stage: Stage) -> None:
    """Discord shows the button to its member only; this is for the day when it errs."""
    video = await shown_video(stage, stage.bob, "bob's own storm")
    await erase(stage, stage.alice)

    def by_bob(payload: dict[str, Any]) -> None:
        payload["member"]["user"] = payload["member"]["user"] | {"id": str(stage.bob.id)}

    await stage.deliver(by_bob)
    assert stage.said() == trust_words.NOT_YOUR_DATA()
    assert (await stage.shown(video)).generation == video


async def test_nobody_escapes_a_block_or_a_limit_by_erasing(stage: Stage) -> None:
    mona = manager(stage)
    await mona.slash(stage.channel, "quota set", scope="default", credits=1, period="day")
    await shown_video(stage, stage.alice, "my calm sea")
    await shown_video(stage, stage.bob, "bob's own storm")
    await mona.slash(stage.channel, "moderation block", member=stage.bob)
    for actor in (stage.alice, stage.bob):
        await erase(stage, actor)
        assert "Nothing was sent" in told(await actor.slash(stage.channel, "generate", prompt="once more"))
    assert len(await stage.admitted()) == 2
