"""More, under a card: details for everyone, a fresh link, a direct message, a report, and an end for one's own."""

from dataclasses import replace
from typing import Any

import pytest
import simcord
from simcord.components import walk_components

from bot.domain.camera import Camera
from bot.domain.card import CardState, GoneReason
from bot.domain.generation import Generation, GenerationState, Kind
from bot.domain.reports import NotFound, Succeeded, Unavailable
from bot.ports import FetchProblem
from bot.ui import result_words, trust_words, words
from tests.discord.people import manager, posted
from tests.discord.stage import LINK, Stage, text_of, told
from tests.discord.test_under_a_result import WORDS, carried, made, press

FRESH = "https://cdn.example/fresh.mp4"
S = GenerationState


async def opened(stage: Stage, actor: simcord.MemberActor, of: Generation) -> simcord.ResponseMessage:
    """The panel, which its presser alone sees."""
    result = await press(stage, actor, of, "⋯ More")
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


def labels(panel: simcord.ResponseMessage) -> list[str]:
    return [part["label"] for part in walk_components(panel.components) if part["type"] == 2]


async def test_the_details_tell_all_that_is_known(stage: Stage) -> None:
    request = replace(WORDS, model="ray-v1", camera=Camera.CRANE_UP, spoiler=True)
    video = await made(stage, request)
    said = text_of(await opened(stage, stage.bob, video))
    for fact in (
        f"`{video.id}`",
        "Completed",
        "ray-v1, 5 s, 720p, prompt expanded and hidden until clicked",
        "**Camera:** crane up",
        f"by <@{stage.alice.id}>",
        "1 credit",
        "> a calm sea",
        "/generate prompt:a calm sea model:ray-v1 duration:5 resolution:720p",
        " expand_prompt:True camera:crane up spoiler:True",
    ):
        assert fact in said


@pytest.mark.parametrize("state", [S.FAILED, S.CANCELLED, S.EXPIRED, S.LOST])
async def test_the_details_of_what_failed_say_that_it_cost_nothing(stage: Stage, state: GenerationState) -> None:
    assert "nothing; 1 credit was given back" in text_of(await opened(stage, stage.bob, await made(stage, state=state)))


async def test_a_command_names_what_nobody_can_type(stage: Stage) -> None:
    picture = "https://pictures.example/a.png"
    request = replace(WORDS, kind=Kind.IMAGE, image_url=picture, end_image_url=picture)
    said = text_of(await opened(stage, stage.bob, await made(stage, request)))
    assert "/image-to-video prompt:a calm sea image:<the picture> end_image:<the picture>" in said


async def test_a_prompt_too_long_for_the_panel_is_whole_in_a_file(stage: Stage) -> None:
    prompt = "```" + "the sea, " * 500
    panel = await opened(stage, stage.bob, await made(stage, replace(WORDS, prompt=prompt)))
    (file,) = panel.message.attachments
    kept = (await file.read()).decode()
    assert kept.startswith(f"{prompt}\n\n/generate prompt:```the sea,")
    assert text_of(panel).count("```") == 2  # nothing ends the block of code before its end


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("alice", ["Refresh link", "Send to my DMs", "Delete"]),
        ("bob", ["Refresh link", "Send to my DMs", "Report"]),
        ("mona", ["Refresh link", "Send to my DMs", "Report", "Delete"]),
    ],
)
async def test_each_is_offered_what_they_may_do(stage: Stage, who: str, expected: list[str]) -> None:
    video = await made(stage)
    actors = {"alice": stage.alice, "bob": stage.bob, "mona": manager(stage)}
    assert labels(await opened(stage, actors[who], video)) == expected


async def test_the_panels_buttons_work_after_a_restart(stage: Stage) -> None:
    panel = await opened(stage, stage.alice, await made(stage))
    await stage.restart()
    assert told(await stage.alice.click(panel, label="Delete")) == result_words.DELETED()


async def test_a_dead_link_is_renewed_in_the_message_and_what_is_attached_stays(stage: Stage) -> None:
    video = await made(stage)
    stage.relay.reports = [Succeeded(FRESH)]
    panel = await opened(stage, stage.bob, video)
    assert told(await stage.bob.click(panel, label="Refresh link")) == result_words.REFRESHED(link=FRESH)
    message = await stage.message(video)
    assert LINK not in str([each.to_dict() for each in message.components])
    links = [part["url"] for part in parts_of(message) if part.get("url")]
    assert links == [FRESH]
    assert (await stage.shown(video)).generation.video_url == FRESH
    assert not stage.relay.bills


def parts_of(message: Any) -> list[dict[str, Any]]:
    return list(walk_components([each.to_dict() for each in message.components]))


@pytest.mark.parametrize(
    ("report", "says"),
    [
        (Succeeded(LINK), result_words.REFRESH_SAME(link=LINK)),
        (NotFound(), result_words.REFRESH_GONE()),
        (Unavailable("down"), result_words.REFRESH_LATER()),
    ],
    ids=["the same", "gone", "away"],
)
async def test_where_there_is_no_new_link_the_presser_is_told_why(stage: Stage, report: Any, says: str) -> None:
    video = await made(stage)
    stage.relay.reports = [report]
    assert told(await stage.bob.click(await opened(stage, stage.bob, video), label="Refresh link")) == says
    assert (await stage.shown(video)).generation.video_url == LINK


async def test_a_new_link_is_told_where_the_message_cannot_be_changed(stage: Stage) -> None:
    video = await made(stage)
    stage.relay.reports = [Succeeded(FRESH)]
    panel = await opened(stage, stage.bob, video)
    stage.env.inject_error("PATCH", "/channels/*/messages/*", status=429, code=30046)
    stage.env.inject_error("GET", "/channels/*/messages/*", status=403, code=50001)
    assert told(await stage.bob.click(panel, label="Refresh link")) == result_words.REFRESHED_ONLY_HERE(link=FRESH)


async def test_a_video_is_sent_to_the_pressers_direct_messages_with_its_file(stage: Stage) -> None:
    video = await made(stage, replace(WORDS, spoiler=True))
    panel = await opened(stage, stage.bob, video)
    assert told(await stage.bob.click(panel, label="Send to my DMs")) == result_words.SENT_FILE()
    (message,) = stage.bob.user.dm_channel.history()
    assert [each.filename for each in message.attachments] == [f"dreamreel-{video.id}.mp4"]
    (gallery,) = [part for part in parts_of(message) if part["type"] == 12]
    assert gallery["items"][0]["description"] == "a calm sea"
    assert gallery["items"][0]["spoiler"]
    assert "A video from Studio" in str(parts_of(message))
    assert not list(stage.disk.folder.glob("*.mp4"))  # the file goes with its errand


async def test_a_video_that_cannot_be_fetched_is_sent_as_a_link(stage: Stage) -> None:
    panel = await opened(stage, stage.bob, await made(stage))
    stage.disk.problems = [FetchProblem.TOO_LARGE]
    assert told(await stage.bob.click(panel, label="Send to my DMs")) == result_words.SENT_LINK()
    (message,) = stage.bob.user.dm_channel.history()
    assert LINK in [part.get("url") for part in parts_of(message)]


@pytest.mark.parametrize(
    ("status", "code", "says"), [(403, 50007, result_words.DMS_CLOSED), (500, 0, result_words.SEND_LATER)]
)
async def test_closed_direct_messages_are_answered_kindly(stage: Stage, status: int, code: int, says: Any) -> None:
    panel = await opened(stage, stage.bob, await made(stage))
    stage.env.inject_error("POST", "/users/@me/channels", status=status, code=code, times=None)
    assert told(await stage.bob.click(panel, label="Send to my DMs")) == says()


async def test_a_report_is_one_press_away(stage: Stage) -> None:
    boss, log = manager(stage), stage.guild.create_text_channel("log")
    await boss.slash(stage.channel, "settings log set", channel=log)
    window = await stage.bob.click(await opened(stage, stage.bob, await made(stage)), label="Report")
    assert told(await stage.bob.submit_modal(window, {"prompt": "not nice"})) == trust_words.REPORTED()
    assert "not nice" in str(posted(stage, log))


@pytest.mark.parametrize(("who", "says"), [("alice", result_words.DELETED), ("mona", result_words.REMOVED_NOW)])
async def test_its_owner_and_moderators_delete_a_result(stage: Stage, who: str, says: Any) -> None:
    video = await made(stage)
    actor = stage.alice if who == "alice" else manager(stage)
    panel = await opened(stage, actor, video)
    assert told(await actor.click(panel, label="Delete")) == says()
    card = (await stage.shown(video)).card
    assert (card.state, card.gone_reason) == (CardState.GONE, GoneReason.MESSAGE)
    assert card.message_id not in [each.id for each in stage.channel.history()]
    noted = [each.action for each in await stage.services.house.audit(stage.guild.id, 10)]
    assert noted == ([] if who == "alice" else ["remove"])
    assert told(await actor.click(panel, label="Delete")) == trust_words.GONE_ALREADY()


async def test_nobody_else_deletes_it(stage: Stage) -> None:
    """By a button that was never offered to them."""
    video = await made(stage)
    await stage.bob.click(await opened(stage, stage.bob, video), label="Refresh link")
    await stage.deliver(carried(f"dreamreel:delete:{video.id}"))
    assert stage.said() == result_words.NOT_YOURS_TO_DELETE()
    await stage.message(video)


async def test_what_is_being_made_is_not_deleted(stage: Stage) -> None:
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    waiting = await stage.newest()
    panel = await opened(stage, stage.alice, waiting)
    assert labels(panel) == []
    await stage.deliver(carried(f"dreamreel:delete:{waiting.id}"))
    assert stage.said() == result_words.NOT_OVER()
    await stage.deliver(carried(f"dreamreel:dm:{waiting.id}"))
    assert stage.said() == words.UNFINISHED_VIDEO()


async def test_without_a_database_each_button_says_so(stage: Stage) -> None:
    video = await made(stage)
    message, panel = await stage.message(video), await opened(stage, stage.alice, video)
    await stage.lose_the_database()
    for label in ("Again", "Remix", "⋯ More"):
        assert told(await stage.alice.click(message, label=label)) == words.STORE_DOWN()
    for label in labels(panel):
        assert told(await stage.alice.click(panel, label=label)) == words.STORE_DOWN()
