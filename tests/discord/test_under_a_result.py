"""Again, Try again and Remix: for whoever presses, whichever process drew the button, and never for a dead picture."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import discord
import pytest
import simcord
from simcord.components import walk_components
from simcord.http import router

from bot.domain.camera import Camera
from bot.domain.generation import Failure, FailureKind, Generation, GenerationRequest, GenerationState, Kind
from bot.domain.preferences import MemberPreferences
from bot.domain.prices import Price, PriceTable
from bot.service.intake import Asked, Terms
from bot.ui import words
from bot.ui.cards import card
from tests.discord.people import elsewhere, manager
from tests.discord.stage import OFFER, Stage, headline_of, text_of, told

S = GenerationState
WORDS = GenerationRequest(Kind.TEXT, "a calm sea", "ray-v2", 5, "720p", expand_prompt=True)
PICTURE = "https://cdn.discordapp.com/attachments/1/2/first.png"


def signed(until: datetime, picture: str = PICTURE) -> str:
    return f"{picture}?ex={int(until.timestamp()):x}&is=1&hm=abc"


async def made(stage: Stage, request: GenerationRequest = WORDS, state: GenerationState = S.COMPLETED) -> Generation:
    """A video of alice's with its card, however it was asked for."""
    now = stage.services.clock.now()
    asked = Asked(f"made:{len(stage.ids)}", stage.guild.id, stage.channel.id, stage.alice.id, "token", now)
    generation = (await stage.services.intake.admit(asked, request)).generation
    if state is S.COMPLETED:
        ended = await stage.complete(generation)
    elif state is S.CANCELLED:
        ended = generation.cancelled(now)
        assert await stage.store.save(generation, ended)
    else:
        sending = generation.submitting(now)
        ended = {
            S.FAILED: lambda: sending.failed(Failure(FailureKind.MODERATION), now),
            S.EXPIRED: lambda: sending.accepted("task", now).expired(now),
            S.LOST: lambda: sending.uncertain(now).lost(now),
        }[state]()
        assert await stage.store.save(generation, replace(ended, version=generation.version + 1))
        ended = replace(ended, version=generation.version + 1)
    shown = await stage.shown(ended)
    channel = stage.env.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    message = await channel.send(view=card(shown, offer=OFFER, expand_prompt=True))
    await stage.store.attach(ended.id, message.id)
    return ended


async def press(stage: Stage, actor: simcord.MemberActor, of: Generation, label: str) -> simcord.InteractionResult:
    return await actor.click(await stage.message(of), label=label)


def fields(window: simcord.InteractionResult) -> dict[str, Any]:
    """What a window holds, by the ids of its fields."""
    assert window.modal is not None
    found = {}
    for part in walk_components(window.modal["components"]):
        if part["type"] == 4:
            found[part["custom_id"]] = part["value"]
        elif part["type"] == 3:
            found[part["custom_id"]] = [each["value"] for each in part["options"] if each.get("default")]
    return found


def carried(custom_id: str) -> Callable[[dict[str, Any]], None]:
    """A press of a button with another custom id."""

    def change(payload: dict[str, Any]) -> None:
        payload["data"]["custom_id"] = custom_id
        for part in walk_components(payload["message"]["components"]):
            if part.get("custom_id"):
                part["custom_id"] = custom_id

    return change


@pytest.mark.parametrize("own", [True, False], ids=["by its owner", "by another member"])
async def test_again_asks_for_the_same_in_the_name_of_whoever_presses(stage: Stage, own: bool) -> None:
    request = replace(WORDS, model="ray-v1", duration=9, camera=Camera.PAN_LEFT, spoiler=True, expand_prompt=False)
    presser = stage.alice if own else stage.bob
    result = await press(stage, presser, await made(stage, request), "Again")
    second = await stage.newest()
    assert second.request == request
    assert second.user_id == presser.id
    assert f"<@{presser.id}>" in text_of(result.response)
    assert "Waiting" in headline_of(result.response)


@pytest.mark.parametrize("label", ["Again", "Remix"])
async def test_what_was_asked_for_is_repeated_whatever_the_presser_prefers(stage: Stage, label: str) -> None:
    own = MemberPreferences(stage.bob.id, model="ray-v1", duration=9, resolution="1080p", expand_prompt=False)
    await stage.stores.preferences.keep(replace(own, suffix="35 mm film", changed_at=stage.env.now()))
    pressed = await press(stage, stage.bob, await made(stage), label)
    if label == "Remix":
        await stage.bob.submit_modal(pressed, fields(pressed))
    assert len(await stage.admitted()) == 2
    assert (await stage.newest()).request == WORDS


@pytest.mark.parametrize("state", [S.FAILED, S.CANCELLED, S.EXPIRED, S.LOST])
async def test_what_ended_badly_can_be_tried_again(stage: Stage, state: GenerationState) -> None:
    await press(stage, stage.bob, await made(stage, state=state), "Try again")
    assert (await stage.newest()).request == WORDS
    assert len(await stage.admitted()) == 2


async def test_the_buttons_work_after_a_restart(stage: Stage) -> None:
    video = await made(stage)
    await stage.restart()
    await press(stage, stage.bob, video, "Again")
    window = await press(stage, stage.bob, video, "Remix")
    await stage.restart()
    await stage.bob.submit_modal(window, fields(window) | {"prompt": "a wild sea"})
    prompts = [each.generation.request.prompt for each in await stage.admitted()]
    assert prompts == ["a calm sea", "a calm sea", "a wild sea"]


async def test_a_press_that_is_delivered_twice_is_admitted_once(stage: Stage) -> None:
    await press(stage, stage.bob, await made(stage), "Again")
    await stage.deliver()
    assert len(await stage.admitted()) == 2


@pytest.mark.parametrize("label", ["Again", "Remix"])
async def test_who_is_blocked_asks_for_nothing(stage: Stage, label: str) -> None:
    video = await made(stage)
    await manager(stage).slash(stage.channel, "moderation block", member=stage.bob)
    result = await press(stage, stage.bob, video, label)
    if result.modal is not None:
        result = await stage.bob.submit_modal(result, fields(result))
    assert "Nothing was sent and nothing was charged" in told(result)
    assert len(await stage.admitted()) == 1


@pytest.mark.parametrize("label", ["Again", "Remix"])
async def test_the_presser_pays_and_one_without_credits_is_refused(stage: Stage, label: str) -> None:
    """Alice, who made the video, has used up what she had; Bob has not, and each press is his."""
    await manager(stage).slash(stage.channel, "quota set", scope="default", credits=1, period="day")
    video = await made(stage)
    for presser, admitted in ((stage.alice, 1), (stage.bob, 2), (stage.bob, 2)):
        result = await press(stage, presser, video, label)
        if result.modal is not None:
            result = await presser.submit_modal(result, fields(result))
        assert len(await stage.admitted()) == admitted
    assert "has nothing left" in told(result)


@pytest.mark.parametrize("verb", ["again", "remix", "more", "refresh", "dm", "flag", "delete"])
async def test_ids_that_lead_nowhere_are_answered_kindly(stage: Stage, verb: str) -> None:
    await press(stage, stage.bob, await made(stage), "Again")
    before = len(await stage.admitted())
    for custom_id, says in (
        (f"dreamreel:{verb}:nosuchid", words.UNKNOWN_VIDEO),
        (f"dreamreel:{verb}:../x", words.STALE),
        (f"dreamreel:{verb}:", words.STALE),
    ):
        await stage.deliver(carried(custom_id))
        assert stage.said() == says()
    assert len(await stage.admitted()) == before


@pytest.mark.parametrize("verb", ["again", "remix", "more", "refresh", "dm", "flag", "delete"])
async def test_a_button_carried_to_another_server_does_nothing(stage: Stage, verb: str) -> None:
    video = await made(stage)
    there = elsewhere(stage)
    result = await there.alice.slash(there.channel, "generate", prompt="a calm lake")
    assert result.response is not None
    await there.alice.click(result.response, label="⋯ More")
    await stage.deliver(carried(f"dreamreel:{verb}:{video.id}"))
    assert stage.said() == words.UNKNOWN_VIDEO()
    assert len(await stage.admitted()) == 2


async def test_what_stands_in_a_hidden_channel_cannot_be_asked_for_again(stage: Stage) -> None:
    """By a custom id that somebody carries from there."""
    nobody = discord.PermissionOverwrite(view_channel=False)
    secret = stage.guild.create_text_channel("secret", overwrites={stage.bob: nobody})
    video = await stage.finished(stage.alice, "my secret sea", secret)
    await stage.bob.click(await stage.message(await made(stage)), label="Remix")
    await stage.deliver(carried(f"dreamreel:remix:{video.id}"))
    assert stage.said() == words.UNKNOWN_VIDEO()


async def test_what_was_erased_cannot_be_asked_for_again(stage: Stage) -> None:
    video = await made(stage)
    message_id = (await stage.shown(video)).card.message_id or 0
    await stage.store.note_shown(video.id, video.version, message_id, forget_token=True)
    await stage.services.privacy.forget(stage.alice.id, stage.guild.id, stage.services.clock.now())
    for label in ("Again", "Remix"):
        assert told(await press(stage, stage.bob, video, label)) == words.FORGOTTEN()
    assert len(await stage.admitted()) == 1


async def test_what_is_not_on_offer_any_more_is_not_asked_for(stage: Stage) -> None:
    video = await made(stage, replace(WORDS, model="ray-v0"))
    assert "not on offer any more" in told(await press(stage, stage.bob, video, "Again"))
    window = await press(stage, stage.bob, video, "Remix")
    assert fields(window)["model"] == ["ray-v2"]
    await stage.bob.submit_modal(window, fields(window))
    assert (await stage.newest()).request.model == "ray-v2"


async def test_an_extension_is_asked_for_again_from_the_same_video(stage: Stage) -> None:
    first = await made(stage)
    window = await press(stage, stage.alice, first, "Extend")
    await stage.alice.submit_modal(window, {"prompt": "then it rains"})
    second = await stage.newest()
    completed = await stage.complete(second)
    await (await stage.message(second)).edit(view=card(await stage.shown(completed), offer=OFFER, expand_prompt=True))
    await press(stage, stage.bob, second, "Again")
    third = await stage.newest()
    assert (third.request, third.user_id) == (second.request, stage.bob.id)
    remix = await press(stage, stage.bob, second, "Remix")
    assert fields(remix) == {"prompt": "then it rains"}
    await stage.bob.submit_modal(remix, {"prompt": "then it snows"})
    assert (await stage.newest()).request == replace(second.request, prompt="then it snows")


async def test_the_window_of_a_remix_holds_all_that_was_asked_for(stage: Stage) -> None:
    request = replace(WORDS, model="ray-v1", duration=9, resolution="1080p", camera=Camera.ORBIT_LEFT)
    held = fields(await press(stage, stage.bob, await made(stage, request), "Remix"))
    assert held == {
        "prompt": "a calm sea",
        "model": ["ray-v1"],
        "duration": ["9"],
        "resolution": ["1080p"],
        "camera": ["orbit left"],
    }


async def test_a_remix_changes_what_was_changed_and_keeps_the_rest(stage: Stage) -> None:
    request = replace(WORDS, kind=Kind.IMAGE, image_url="https://pictures.example/a.png", camera=Camera.STATIC)
    window = await press(stage, stage.bob, await made(stage, replace(request, expand_prompt=False)), "Remix")
    await stage.bob.submit_modal(window, fields(window) | {"prompt": "a wild sea", "duration": ["9"]})
    expected = replace(request, prompt="a wild sea", duration=9, expand_prompt=False)
    assert (await stage.newest()).request == expected


async def test_a_remix_can_leave_the_camera_to_the_prompt(stage: Stage) -> None:
    window = await press(stage, stage.bob, await made(stage, replace(WORDS, camera=Camera.STATIC)), "Remix")
    await stage.bob.submit_modal(window, fields(window) | {"camera": ["none"]})
    assert (await stage.newest()).request.camera is None


@pytest.mark.parametrize(
    ("field", "value"), [("model", "ray-v9"), ("duration", "7"), ("duration", "soon"), ("camera", "loop")]
)
async def test_values_that_no_window_offers_are_refused(stage: Stage, field: str, value: str) -> None:
    window = await press(stage, stage.bob, await made(stage), "Remix")
    await stage.bob.submit_modal(window, fields(window) | {"prompt": "    "})

    def forged(payload: dict[str, Any]) -> None:
        for row in payload["data"]["components"]:
            part = row["component"]
            if part["custom_id"] == field:
                part["values"] = [value]
            elif part["custom_id"] == "prompt":
                part["value"] = "a wild sea"

    await stage.deliver(forged)
    assert "not on offer any more" in stage.said()
    assert len(await stage.admitted()) == 1


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What Discord answers when it is asked for new addresses, by the old ones."""
    answers: dict[str, str] = {}

    def refresh(context: router.RequestContext) -> dict[str, Any]:
        urls = (context.json or {})["attachment_urls"]
        return {"refreshed_urls": [{"original": each, "refreshed": answers[each]} for each in urls if each in answers]}

    routes = [*router._ROUTES["POST"], (["attachments", "refresh-urls"], refresh)]
    monkeypatch.setitem(router._ROUTES, "POST", routes)
    return answers


def from_picture(until: datetime) -> GenerationRequest:
    return replace(WORDS, kind=Kind.IMAGE, image_url=signed(until))


async def test_a_picture_whose_address_lives_is_used_as_it_is(stage: Stage) -> None:
    """Discord is not asked: the simulated one would not know the question."""
    request = from_picture(stage.services.clock.now() + timedelta(hours=20))
    await press(stage, stage.bob, await made(stage, request), "Again")
    assert (await stage.newest()).request == request


@pytest.mark.parametrize("label", ["Again", "Remix"])
async def test_a_dead_address_is_renewed(stage: Stage, refreshed: dict[str, str], label: str) -> None:
    now = stage.services.clock.now()
    request = replace(from_picture(now - timedelta(days=1)), end_image_url=signed(now + timedelta(hours=20)))
    fresh = refreshed[request.image_url or ""] = signed(now + timedelta(days=1))
    result = await press(stage, stage.bob, await made(stage, request), label)
    if result.modal is not None:
        await stage.bob.submit_modal(result, fields(result))
    assert (await stage.newest()).request == replace(request, image_url=fresh)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "https://cdn.discordapp.com/attachments/1/2/first.png?ex=1",
        "https://cdn.discordapp.com/attachments/1/2/other.png?ex=fffffff0",
        "https://evil.example/attachments/1/2/first.png?ex=fffffff0",
        "http://[",
    ],
    ids=["nothing", "a dead one", "another picture", "another place", "no address"],
)
async def test_a_dead_picture_is_never_paid_for(stage: Stage, refreshed: dict[str, str], answer: str | None) -> None:
    request = from_picture(stage.services.clock.now() - timedelta(days=1))
    if answer is not None:
        refreshed[request.image_url or ""] = answer
    assert told(await press(stage, stage.bob, await made(stage, request), "Again")) == words.PICTURE_GONE()
    assert len(await stage.admitted()) == 1


async def test_where_discord_does_not_renew_addresses_the_picture_is_asked_for_again(stage: Stage) -> None:
    stage.env.inject_error("POST", "/attachments/refresh-urls", status=404, code=0, message="404: Not Found")
    video = await made(stage, from_picture(stage.services.clock.now() - timedelta(days=1)))
    assert told(await press(stage, stage.bob, video, "Again")) == words.PICTURE_GONE()


@pytest.mark.parametrize("terms", [Terms(PriceTable(special={("ray-v1", None, None): Price(7)}))])
async def test_the_window_of_a_remix_names_the_price_as_it_stands_and_of_each_choice(stage: Stage) -> None:
    window = str((await press(stage, stage.bob, await made(stage), "Remix")).modal)
    assert "As it stands, it costs 1 credit." in window
    assert "ray-v2 · 1 credit" in window
    assert "ray-v1 · 7 credits" in window
