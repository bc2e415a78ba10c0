"""The Extend button: for whoever sees the video, and whichever process drew it or meets the click."""

from typing import Any

import pytest
import simcord
from simcord.components import walk_components

from bot.domain.errors import StoreError
from bot.domain.generation import Generation, Kind
from bot.ui import words
from tests.discord.stage import Stage, text_of, told


async def press(stage: Stage, actor: simcord.MemberActor, video: Generation) -> simcord.InteractionResult:
    return await actor.click(await stage.message(video), label="Extend")


def field(window: simcord.InteractionResult) -> dict[str, Any]:
    assert window.modal is not None
    return next(part for part in walk_components(window.modal["components"]) if part["type"] == 4)


async def test_the_window_holds_the_last_prompt(stage: Stage) -> None:
    window = await press(stage, stage.alice, await stage.finished(stage.alice, "a calm sea"))
    assert field(window)["value"] == "a calm sea"


async def test_a_prompt_longer_than_the_window_is_cut_to_it(stage: Stage) -> None:
    window = await press(stage, stage.alice, await stage.finished(stage.alice, "🎬" * 5_000))
    assert field(window)["value"] == "🎬" * 2_000  # Discord counts an emoji as two
    assert "4,000" in str(window.modal)


async def test_another_member_goes_on_from_the_video_in_a_card_of_their_own(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    result = await stage.bob.submit_modal(await press(stage, stage.bob, video), {"prompt": "then it rains"})
    second = await stage.newest()
    assert (second.user_id, second.request.kind, second.request.parent_id) == (stage.bob.id, Kind.EXTEND, video.id)
    assert "> then it rains" in text_of(result.response)
    assert "part 2" in text_of(result.response)
    assert (await stage.shown(second)).card.message_id == result.response.id if result.response else False
    assert len(await stage.admitted()) == 2


async def test_the_button_works_after_a_restart(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    await stage.restart()
    result = await stage.bob.submit_modal(await press(stage, stage.bob, video), {"prompt": "then it rains"})
    assert "part 2" in text_of(result.response)


async def test_a_window_that_was_open_during_a_restart_is_not_lost(stage: Stage) -> None:
    window = await press(stage, stage.bob, await stage.finished(stage.alice))
    await stage.restart()
    result = await stage.bob.submit_modal(window, {"prompt": "then it rains"})
    assert "part 2" in text_of(result.response)
    assert len(await stage.admitted()) == 2


async def test_a_window_that_is_delivered_twice_is_admitted_once(stage: Stage) -> None:
    window = await press(stage, stage.bob, await stage.finished(stage.alice))
    await stage.bob.submit_modal(window, {"prompt": "then it rains"})
    assert await stage.deliver() == 0
    assert len(await stage.admitted()) == 2


async def test_no_window_is_kept_in_memory(stage: Stage) -> None:
    """discord.py would keep each for ever, and a second handler would answer its submit."""
    await press(stage, stage.bob, await stage.finished(stage.alice))
    assert not stage.env.bot._connection._view_store._modals


async def test_an_empty_wish_is_refused_and_costs_nothing(stage: Stage) -> None:
    window = await press(stage, stage.bob, await stage.finished(stage.alice))
    assert "nothing was charged" in told(await stage.bob.submit_modal(window, {"prompt": "    "}))
    assert len(await stage.admitted()) == 1


async def test_a_button_of_an_unfinished_video_is_refused(stage: Stage) -> None:
    """A button is only drawn on a finished card, but what it stands for is checked at the click."""
    video = await stage.finished(stage.alice)
    result = await stage.alice.slash(stage.channel, "generate", prompt="not finished")
    waiting = await stage.newest()
    assert result.response is not None
    await stage.draw(result.response, await stage.shown(video))
    message = await stage.message(waiting)

    def of_another(payload: dict[str, Any]) -> None:
        text = f"dreamreel:extend:{waiting.id}"
        payload["data"]["custom_id"] = text
        for part in walk_components(payload["message"]["components"]):
            if part.get("custom_id"):
                part["custom_id"] = text

    await stage.alice.click(message, label="Extend")
    await stage.deliver(of_another)
    assert stage.said() == words.UNFINISHED_VIDEO()


async def test_a_button_carried_to_another_server_is_refused(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    elsewhere = stage.env.create_guild("Elsewhere")
    there = elsewhere.create_text_channel("videos")
    visitor = elsewhere.add_member(stage.bob.user)
    result = await visitor.slash(there, "generate", prompt="a calm sea")
    assert result.response is not None
    await stage.draw(result.response, await stage.shown(video))
    assert told(await visitor.click(result.response, label="Extend")) == words.UNKNOWN_VIDEO()


async def test_a_window_that_no_version_knows_is_answered_kindly(stage: Stage) -> None:
    window = await press(stage, stage.bob, await stage.finished(stage.alice))
    await stage.bob.submit_modal(window, {"prompt": "    "})
    await stage.deliver(lambda payload: payload["data"].update(custom_id="dreamreel:unheard-of:1"))
    assert stage.said() == words.STALE()


@pytest.mark.parametrize("step", ["press", "submit"])
async def test_without_a_database_the_member_is_told_at_the_button_and_at_the_window(stage: Stage, step: str) -> None:
    video = await stage.finished(stage.alice)
    message = await stage.message(video)
    window = await stage.bob.click(message, label="Extend")
    await stage.lose_the_database()
    if step == "press":
        result = await stage.bob.click(message, label="Extend")
    else:
        result = await stage.bob.submit_modal(window, {"prompt": "then it rains"})
    assert told(result) == words.STORE_DOWN()
    assert not [error for error in stage.env.errors if not isinstance(error, StoreError)]
