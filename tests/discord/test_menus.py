"""From the menu of a message: its picture is animated, its video goes on, whoever sent it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord

from bot.domain.errors import StoreError
from bot.domain.generation import Kind
from bot.domain.preferences import MemberPreferences
from bot.domain.prices import Price, PriceTable
from bot.service.intake import Terms
from bot.ui import finding_words, words
from bot.ui.menus_pictures import picture_of
from tests.discord.people import elsewhere
from tests.discord.stage import Stage, original, text_of, told

ANIMATE, EXTEND = finding_words.ANIMATE_MENU, finding_words.EXTEND_MENU
PNG = ("first.png", b"\x89PNG\r\n\x1a\n")


async def with_picture(stage: Stage, *files: tuple[str, bytes]) -> Any:
    return await stage.bob.send(stage.channel, "look", attachments=list(files or [PNG]))


async def animate(stage: Stage, message: Any, prompt: str = "it wakes up") -> simcord.InteractionResult:
    window = await stage.alice.context_menu(stage.channel, ANIMATE, message)
    return await stage.alice.submit_modal(window, {"prompt": prompt})


async def test_the_picture_of_anothers_message_is_animated(stage: Stage) -> None:
    message = await with_picture(stage)
    result = await animate(stage, message)
    made = await stage.newest()
    assert made.request.kind is Kind.IMAGE
    assert made.request.image_url == message.attachments[0].url
    assert (made.request.prompt, made.user_id) == ("it wakes up", stage.alice.id)
    assert (made.request.model, made.request.duration, made.request.resolution) == ("ray-v2", 5, "720p")
    assert "first frame" in text_of(result.response)


async def test_the_window_names_the_price(stage: Stage) -> None:
    window = await stage.alice.context_menu(stage.channel, ANIMATE, await with_picture(stage))
    assert "Submit costs" in str(window.modal)


PREFERRED = MemberPreferences(
    0, model="ray-v1", duration=9, resolution="1080p", expand_prompt=False, suffix=", 35 mm film"
)


async def prefer(stage: Stage, chosen: MemberPreferences) -> None:
    await stage.stores.preferences.keep(replace(chosen, user_id=stage.alice.id, changed_at=stage.env.now()))


async def test_an_animation_is_as_its_member_prefers_and_as_nobody_else_does(stage: Stage) -> None:
    await prefer(stage, PREFERRED)
    await animate(stage, await with_picture(stage))
    asked = (await stage.newest()).request
    assert (asked.kind, asked.prompt) == (Kind.IMAGE, "it wakes up, 35 mm film")
    assert (asked.model, asked.duration, asked.resolution, asked.expand_prompt) == ("ray-v1", 9, "1080p", False)
    window = await stage.bob.context_menu(stage.channel, ANIMATE, await with_picture(stage))
    await stage.bob.submit_modal(window, {"prompt": "it wakes up"})
    others = (await stage.newest()).request
    assert (others.model, others.duration, others.prompt, others.expand_prompt) == ("ray-v2", 5, "it wakes up", True)


async def test_what_is_preferred_but_not_on_offer_any_more_does_not_stop_an_animation(stage: Stage) -> None:
    await prefer(stage, MemberPreferences(0, model="ray-v0", duration=30))
    await animate(stage, await with_picture(stage))
    asked = (await stage.newest()).request
    assert (asked.model, asked.duration) == ("ray-v2", 5)


@pytest.mark.parametrize("terms", [Terms(PriceTable(special={("ray-v1", "1080p", 9): Price(7)}))])
async def test_the_window_names_the_price_of_what_its_member_prefers(stage: Stage) -> None:
    await prefer(stage, PREFERRED)
    window = await stage.alice.context_menu(stage.channel, ANIMATE, await with_picture(stage))
    assert "7 credits" in str(window.modal)
    await stage.alice.submit_modal(window, {"prompt": "it wakes up"})
    assert (await stage.newest()).price == 7


async def test_a_window_that_is_open_while_the_bot_restarts_is_not_lost(stage: Stage) -> None:
    message = await with_picture(stage)
    window = await stage.alice.context_menu(stage.channel, ANIMATE, message)
    await stage.restart()
    await stage.alice.submit_modal(window, {"prompt": "it wakes up"})
    assert (await stage.newest()).request.image_url == message.attachments[0].url


async def test_the_first_picture_is_taken_and_other_files_are_passed_over(stage: Stage) -> None:
    message = await with_picture(stage, ("notes.txt", b"words"), ("a.png", PNG[1]), ("b.png", PNG[1]))
    await animate(stage, message)
    assert (await stage.newest()).request.image_url == message.attachments[1].url


async def test_a_message_without_a_picture_is_refused_and_costs_nothing(stage: Stage) -> None:
    for message in (await stage.bob.send(stage.channel, "hello"), await with_picture(stage, ("notes.txt", b"words"))):
        assert told(await stage.alice.context_menu(stage.channel, ANIMATE, message)) == finding_words.NO_PICTURE()
    assert not await stage.admitted()


async def test_a_picture_that_luma_does_not_take_is_refused_by_its_name(stage: Stage) -> None:
    message = await with_picture(stage, ("scan.bmp", b"BM"))
    assert "scan.bmp" in told(await stage.alice.context_menu(stage.channel, ANIMATE, message))


async def test_a_picture_of_a_window_that_was_open_for_days_is_forgotten_but_not_what_was_written(
    stage: Stage,
) -> None:
    window = await stage.alice.context_menu(stage.channel, ANIMATE, await with_picture(stage))
    assert await stage.store.drop_pictures(stage.env.now() + timedelta(seconds=1)) == 1
    said = told(await stage.alice.submit_modal(window, {"prompt": "it *wakes* up"}))
    assert "Nothing was sent and nothing was charged." in said
    assert r"> it \*wakes\* up" in said
    assert not await stage.admitted()


@pytest.mark.parametrize("prompt", ["   ", "ab "])
async def test_an_animation_needs_a_prompt_as_any_other(stage: Stage, prompt: str) -> None:
    assert "3 to 5,000 characters" in told(await animate(stage, await with_picture(stage), prompt + " "))


async def test_a_channel_in_which_nothing_can_be_shown_opens_no_window(stage: Stage) -> None:
    bot = stage.env.bot.user
    assert bot is not None
    muted = stage.guild.create_text_channel("muted")
    channel = stage.env.bot.get_channel(muted.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.default_role, attach_files=False)
    message = await stage.bob.send(muted, "look")
    assert message
    result = await stage.alice.context_menu(muted, ANIMATE, message)
    assert result.response is not None


async def test_a_video_goes_on_from_its_message(stage: Stage) -> None:
    video = await stage.finished(stage.bob)
    window = await stage.alice.context_menu(stage.channel, EXTEND, await stage.message(video))
    await stage.alice.submit_modal(window, {"prompt": "then it rains"})
    assert (await stage.newest()).request.parent_id == video.id


async def test_a_video_goes_on_from_a_message_that_shows_it_again(stage: Stage) -> None:
    video = await stage.finished(stage.bob)
    message = (await stage.bob.slash(stage.channel, "show", video=video.id)).response
    assert message is not None
    window = await stage.alice.context_menu(stage.channel, EXTEND, message)
    await stage.restart()
    await stage.alice.submit_modal(window, {"prompt": "then it rains"})
    assert (await stage.newest()).request.parent_id == video.id


async def test_an_unfinished_video_does_not_go_on(stage: Stage) -> None:
    result = await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    assert result.response is not None
    assert told(await stage.alice.context_menu(stage.channel, EXTEND, result.response)) == words.UNFINISHED_VIDEO()


async def test_a_message_that_shows_no_video_does_not_go_on(stage: Stage) -> None:
    message = await stage.bob.send(stage.channel, "hello")
    assert told(await stage.alice.context_menu(stage.channel, EXTEND, message)) == finding_words.NO_VIDEO()


async def test_a_video_of_another_server_does_not_go_on(stage: Stage) -> None:
    video, there = await stage.finished(stage.bob), elsewhere(stage)
    await stage.alice.context_menu(stage.channel, EXTEND, await stage.message(video))
    await stage.deliver(lambda payload: payload.update(guild_id=str(there.guild.id)))
    assert stage.said() in {finding_words.NO_VIDEO(), words.UNKNOWN_VIDEO()}


async def test_without_a_database_the_member_is_told(stage: Stage) -> None:
    message = await with_picture(stage)
    await stage.lose_the_database()
    for name in (ANIMATE, EXTEND):
        assert told(await stage.alice.context_menu(stage.channel, name, message)) == words.STORE_DOWN()
    assert all(isinstance(original(error), StoreError) for error in stage.env.errors)


@pytest.mark.parametrize(
    ("embed", "found"),
    [
        (
            {"image": {"url": "https://a.example/x.png", "proxy_url": "https://p.example/x.png"}},
            "https://p.example/x.png",
        ),
        ({"thumbnail": {"url": "https://a.example/x"}}, "https://a.example/x"),
        ({"image": {"url": "https://a.example/x", "content_type": "image/webp"}}, "https://a.example/x"),
        ({"image": {"url": "https://a.example/x", "content_type": "image/avif"}}, None),
        ({"image": {"url": "https://a.example/x.svg"}}, None),
        ({"image": {"url": "attachment://x.png"}}, None),
        ({"title": "no picture"}, None),
    ],
)
async def test_a_picture_below_a_link_is_taken(stage: Stage, embed: dict[str, Any], found: str | None) -> None:
    message = await stage.bob.send(stage.channel, "look")
    message.embeds = [discord.Embed.from_dict({"type": "rich", **embed})]
    if found is None:
        with pytest.raises(Exception, match=str(message.id)):
            picture_of(message)
    else:
        assert picture_of(message) == found
