"""`/preferences`: a member's own choices on a panel that works after a restart, and what they do to new videos."""

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest
import simcord
from simcord.components import walk_components

from bot.domain.generation import Generation
from bot.domain.preferences import MOST_SUFFIX, MemberPreferences, Notify
from bot.domain.request import Offer
from bot.ui import preference_words as words
from bot.ui import words as shared_words
from bot.ui.language import languages, speaking
from bot.ui.preferences import panel as panel_of
from tests.discord.people import elsewhere, manager
from tests.discord.stage import Stage, text_of, told

PICTURE = ("sea.png", b"a picture")


async def panel(stage: Stage) -> simcord.ResponseMessage:
    result = await stage.alice.slash(stage.channel, "preferences")
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


async def pick(stage: Stage, shown: simcord.ResponseMessage, field: str, value: str) -> simcord.InteractionResult:
    return await stage.alice.select(shown, [value], custom_id=f"dreamreel:prefer:{field}")


async def write_suffix(stage: Stage, shown: simcord.ResponseMessage, text: str) -> simcord.InteractionResult:
    window = await stage.alice.click(shown, custom_id="dreamreel:suffix:edit")
    return await stage.alice.submit_modal(window, {"prompt": text})


def lists(shown: simcord.ResponseMessage) -> dict[str, dict[str, Any]]:
    """The lists of the panel by the field that they change."""
    found = [part for part in walk_components(shown.components) if part["type"] == 3]
    return {part["custom_id"].rpartition(":")[2]: part for part in found}


def chosen(shown: simcord.ResponseMessage, field: str) -> str:
    """The label of what is in force."""
    (option,) = [each for each in lists(shown)[field]["options"] if each.get("default")]
    return str(option["label"])


async def preferred(stage: Stage) -> MemberPreferences:
    return await stage.services.preferences.of(stage.alice.id)


async def generated(stage: Stage, prompt: str = "a calm sea", **options: Any) -> Generation:
    await stage.alice.slash(stage.channel, "generate", prompt=prompt, **options)
    return await stage.newest()


async def test_the_panel_shows_what_is_in_force_where_nothing_was_chosen(stage: Stage) -> None:
    shown = await panel(stage)
    assert {field: chosen(shown, field) for field in lists(shown)} == {
        "notify": "Mention me once, below the video",
        "model": "As usual here: ray-v2",
        "duration": "As usual here: 5 s",
        "resolution": "As usual here: 720p",
        "expand_prompt": "As usual here: Luma may add detail",
        "language": "As my Discord says",
    }
    assert all(part["placeholder"] in text_of(shown) for part in lists(shown).values()), "each list has a name"
    assert words.NO_SUFFIX() in text_of(shown)


async def test_each_choice_is_kept_and_shown_at_once(stage: Stage) -> None:
    shown = await panel(stage)
    picked = {"notify": "dm", "model": "ray-v1", "duration": "9", "resolution": "1080p", "expand_prompt": "no"}
    for field, value in picked.items():
        await pick(stage, shown, field, value)
    assert chosen(shown, "duration") == "9 s"
    assert chosen(shown, "expand_prompt") == words.EXPAND_NO()
    assert await preferred(stage) == MemberPreferences(
        stage.alice.id, Notify.DM, "ray-v1", 9, "1080p", expand_prompt=False, changed_at=stage.env.now()
    )
    for field in picked:
        await pick(stage, shown, field, "mention" if field == "notify" else "*")
    assert await preferred(stage) == MemberPreferences(stage.alice.id, changed_at=stage.env.now())


async def test_the_panel_works_after_a_restart(stage: Stage) -> None:
    shown = await panel(stage)
    window = await stage.alice.click(shown, custom_id="dreamreel:suffix:edit")
    await stage.restart()
    await pick(stage, shown, "notify", "never")
    await stage.alice.submit_modal(window, {"prompt": "35 mm film"})
    assert await preferred(stage) == MemberPreferences(
        stage.alice.id, Notify.NEVER, suffix="35 mm film", changed_at=stage.env.now()
    )
    assert "> 35 mm film" in text_of(shown)
    await stage.alice.click(shown, custom_id="dreamreel:suffix:clear")
    assert (await preferred(stage)).suffix is None
    assert words.NO_SUFFIX() in text_of(shown)


async def test_what_is_left_out_is_as_preferred_and_what_is_said_is_as_said(stage: Stage) -> None:
    shown = await panel(stage)
    for field, value in {"model": "ray-v1", "duration": "9", "resolution": "1080p", "expand_prompt": "no"}.items():
        await pick(stage, shown, field, value)
    request = (await generated(stage)).request
    assert (request.model, request.duration, request.resolution, request.expand_prompt) == ("ray-v1", 9, "1080p", False)
    request = (await generated(stage, model="ray-v2", duration=5, resolution="720p", expand_prompt=True)).request
    assert (request.model, request.duration, request.resolution, request.expand_prompt) == ("ray-v2", 5, "720p", True)


async def test_a_video_from_a_picture_is_as_preferred_too(stage: Stage) -> None:
    shown = await panel(stage)
    await pick(stage, shown, "model", "ray-v1")
    await write_suffix(stage, shown, ", 35 mm film")
    await stage.alice.slash(stage.channel, "image-to-video", prompt="a calm sea", image=PICTURE)
    request = (await stage.newest()).request
    assert (request.model, request.prompt) == ("ray-v1", "a calm sea, 35 mm film")


async def test_one_members_preferences_are_nothing_to_another_and_hold_in_every_server(stage: Stage) -> None:
    there = elsewhere(stage)
    await pick(stage, await panel(stage), "model", "ray-v1")
    await stage.bob.slash(stage.channel, "generate", prompt="a calm sea")
    assert (await stage.newest()).request.model == "ray-v2"
    await there.alice.slash(there.channel, "generate", prompt="a calm sea")
    assert (await stage.newest()).request.model == "ray-v1"


async def test_the_suffix_stands_on_the_card_as_part_of_the_prompt_as_sent(stage: Stage) -> None:
    await write_suffix(stage, await panel(stage), " ,\r\n35 mm film ")
    result = await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    assert "> a calm sea,\n> 35 mm film" in text_of(result.response)
    assert (await stage.newest()).request.prompt == "a calm sea,\n35 mm film"


async def test_the_window_holds_the_suffix_and_empty_takes_it_away(stage: Stage) -> None:
    shown = await panel(stage)
    await write_suffix(stage, shown, "35 mm film")
    window = await stage.alice.click(shown, custom_id="dreamreel:suffix:edit")
    (field,) = [part for part in walk_components(stage.answers()[-1]["components"]) if part["type"] == 4]
    assert (field["value"], field["max_length"]) == ("35 mm film", MOST_SUFFIX)
    await stage.alice.submit_modal(window, {"prompt": ""})
    assert (await preferred(stage)).suffix is None


async def test_words_forbidden_in_a_server_are_looked_for_in_the_whole(stage: Stage) -> None:
    await manager(stage).slash(stage.channel, "moderation words add", word="calm film")
    await write_suffix(stage, await panel(stage), "film")
    refused = await stage.alice.slash(stage.channel, "generate", prompt="a sea that is calm")
    assert "word" in told(refused)
    assert await stage.admitted() == []


async def test_a_suffix_that_makes_a_prompt_too_long_is_named(stage: Stage) -> None:
    await write_suffix(stage, await panel(stage), "y" * MOST_SUFFIX)
    refused = await stage.alice.slash(stage.channel, "generate", prompt="x" * 4_600)
    assert told(refused) == words.BAD_SETTINGS["suffix", "too_long_together"]()
    assert await stage.admitted() == []
    assert (await generated(stage, "x" * 4_499)).request.prompt.endswith("x " + "y" * MOST_SUFFIX)


async def test_what_is_not_on_offer_any_more_is_said_and_not_used(stage: Stage) -> None:
    await stage.stores.preferences.keep(
        MemberPreferences(stage.alice.id, model="ray-**v0**", duration=30, resolution="8k", changed_at=stage.env.now())
    )
    request = (await generated(stage)).request
    assert (request.model, request.duration, request.resolution) == ("ray-v2", 5, "720p")
    shown = await panel(stage)
    assert r"You chose ray-\*\*v0\*\*, which is not on offer now." in text_of(shown)
    assert chosen(shown, "model").startswith("As usual here: ray-v2")


@pytest.mark.parametrize(
    ("field", "value"),
    [("model", "ray-v0"), ("duration", "30"), ("duration", "x"), ("language", "tlh"), ("notify", "*"), ("notify", "x")],
)
async def test_a_panel_of_another_version_changes_nothing_that_it_does_not_know(
    stage: Stage, field: str, value: str
) -> None:
    shown = await panel(stage)
    await pick(stage, shown, field, lists(shown)[field]["options"][1]["value"])
    before = await preferred(stage)

    def older(payload: dict[str, Any]) -> None:
        payload["data"]["values"] = [value]

    await stage.deliver(older)
    assert stage.said() == words.BAD_SETTINGS["preference", "not_offered"]()
    assert await preferred(stage) == before


async def test_a_member_is_spoken_to_in_the_language_they_chose(stage: Stage) -> None:
    shown = await panel(stage)
    await pick(stage, shown, "language", "es")
    with speaking("es"):
        in_spanish, refusal = words.HEAD(), shared_words.UNKNOWN_VIDEO()
    assert in_spanish in text_of(shown)
    assert chosen(shown, "language") == "Español"
    assert told(await stage.alice.slash(stage.channel, "extend", video="nothing", prompt="on it goes")) == refusal
    assert stage.services.preferences.language_of(stage.alice.id) == "es"
    await pick(stage, shown, "language", "*")
    assert stage.services.preferences.language_of(stage.alice.id) is None


async def test_forgetting_ones_data_leaves_all_to_the_bot_again(stage: Stage) -> None:
    shown = await panel(stage)
    await pick(stage, shown, "language", "es")
    asks = await stage.alice.slash(stage.channel, "privacy delete")
    assert asks.response is not None
    await stage.alice.click(asks.response, custom_id=f"dreamreel:erase:{stage.alice.id}")
    assert await preferred(stage) == MemberPreferences(stage.alice.id)
    assert stage.services.preferences.language_of(stage.alice.id) is None


async def test_a_database_that_is_away_is_said(stage: Stage) -> None:
    shown = await panel(stage)
    await stage.lose_the_database()
    assert told(await pick(stage, shown, "notify", "dm")) == shared_words.STORE_DOWN()


async def test_two_changes_at_once_lose_neither(stage: Stage) -> None:
    book, alice = stage.services.preferences, stage.alice.id
    await asyncio.gather(
        book.change(alice, lambda now: replace(now, model="ray-v1")),
        book.change(alice, lambda now: replace(now, duration=9)),
    )
    assert (await preferred(stage)).within(stage.services.offer).model == "ray-v1"
    assert (await preferred(stage)).duration == 9


async def test_the_panel_works_in_direct_messages(stage: Stage) -> None:
    shown = await panel(stage)
    await pick(stage, shown, "notify", "dm")

    def privately(payload: dict[str, Any]) -> None:
        del payload["guild_id"]
        payload["user"] = payload.pop("member")["user"]
        payload["data"]["values"] = ["never"]

    await stage.deliver(privately)
    assert (await preferred(stage)).notify is Notify.NEVER


async def test_the_panel_is_within_discords_limits_in_every_language(stage: Stage) -> None:
    long = "x" * 100
    offer = Offer(tuple(f"{n:02}{long[2:]}" for n in range(25)), tuple(range(1, 26)), (long,))
    services = replace(stage.services, offer=offer)
    gone = MemberPreferences(1, Notify.DM, "*" * 100, 99, "_" * 32, expand_prompt=True, suffix="*" * MOST_SUFFIX)
    for language in languages():
        with speaking(language):
            drawn = list(walk_components(cast("Any", panel_of(gone, services)).to_components()))
        assert len(drawn) <= 40
        assert sum(len(part.get("content", "")) for part in drawn) < 4_000
        for part in drawn:
            assert len(part.get("placeholder", "")) <= 150
            assert len(part.get("label") or "") <= 80
            options = part.get("options", [])
            assert len(options) <= 25
            assert all(1 <= len(each["label"]) <= 100 and 1 <= len(each["value"]) <= 100 for each in options)
            assert len({each["value"] for each in options}) == len(options)
            assert len([each for each in options if each.get("default")]) == (1 if options else 0)
