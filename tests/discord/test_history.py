"""Members look through their own past, moderators through that of others, page by page; nobody else sees the answer."""

from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord
from simcord.components import walk_components

from bot.domain.card import GoneReason
from bot.domain.errors import StoreError
from bot.domain.generation import Failure, FailureKind, Generation
from bot.ports import PlaceInTime, Side
from bot.ui import history_words, house_words, words
from bot.ui.history import ROWS, Look
from tests.discord.people import elsewhere, manager
from tests.discord.stage import Stage, original, text_of, told

OLDER, NEWER, NEWEST = (
    each() for each in (history_words.OLDER_BUTTON, history_words.NEWER_BUTTON, history_words.NEWEST_BUTTON)
)


async def history(stage: Stage, actor: simcord.MemberActor | None = None, **options: Any) -> simcord.ResponseMessage:
    result = await (actor or stage.alice).slash(stage.channel, "history", **options)
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


def parts(message: simcord.ResponseMessage) -> list[dict[str, Any]]:
    return list(walk_components(message.components))


def menu(message: simcord.ResponseMessage) -> dict[str, Any]:
    return next(part for part in parts(message) if part["type"] == 3)


def listed(message: simcord.ResponseMessage) -> list[str]:
    """The ids of the page's rows, from the top."""
    return [option["value"] for part in parts(message) if part["type"] == 3 for option in part["options"]]


def buttons(message: simcord.ResponseMessage) -> dict[str, dict[str, Any]]:
    return {part["label"]: part for part in parts(message) if part["type"] == 2}


async def turned(
    stage: Stage, message: simcord.ResponseMessage, label: str, actor: simcord.MemberActor | None = None
) -> simcord.ResponseMessage:
    await (actor or stage.alice).click(message, label=label)
    return message


async def picked(
    stage: Stage, message: simcord.ResponseMessage, generation_id: str, actor: simcord.MemberActor | None = None
) -> simcord.ResponseMessage:
    await (actor or stage.alice).select(message, [generation_id], custom_id=menu(message)["custom_id"])
    return message


async def made(stage: Stage, count: int, actor: simcord.MemberActor | None = None) -> list[str]:
    """So many videos, a minute apart: their ids, the newest first."""
    ids = []
    for number in range(count):
        ids.append((await stage.finished(actor or stage.alice, f"wave number {number}")).id)
        await stage.env.advance_time(60)
    return ids[::-1]


async def failed(stage: Stage, prompt: str) -> Generation:
    await stage.alice.slash(stage.channel, "generate", prompt=prompt)
    waiting = await stage.newest()
    now = stage.env.now()
    sending = waiting.submitting(now)
    over = sending.failed(Failure(FailureKind.MODERATION), now)
    assert await stage.store.save(waiting, sending)
    assert await stage.store.save(sending, over)
    return over


async def test_a_row_tells_state_age_and_prompt_and_leads_to_its_message(stage: Stage) -> None:
    video = await stage.finished(stage.alice, "a **calm** sea\n" + "wave " * 200)
    page = await history(stage)
    said = text_of(page)
    assert "\n-# **Completed**" in said
    assert f"<t:{int(video.created_at.timestamp())}:R>" in said
    assert f"]({await stage.link(video)})" in said
    assert r"🎬 a \*\*calm\*\* sea wave wave" in said
    assert "…" in said
    assert len(said) < 500


async def test_who_has_asked_for_nothing_yet_is_told_how_to_begin(stage: Stage) -> None:
    assert history_words.NOTHING_YET() in text_of(await history(stage))


async def test_videos_come_newest_first_and_pages_meet_without_a_gap(stage: Stage) -> None:
    ids = await made(stage, 2 * ROWS + 1)
    page = await history(stage)
    assert listed(page) == ids[:ROWS]
    assert [buttons(page)[label].get("disabled", False) for label in (NEWEST, NEWER, OLDER)] == [True, True, False]
    assert listed(await turned(stage, page, OLDER)) == ids[ROWS : 2 * ROWS]
    assert not any(buttons(page)[label].get("disabled") for label in (NEWEST, NEWER, OLDER))
    assert listed(await turned(stage, page, OLDER)) == ids[2 * ROWS :]
    assert buttons(page)[OLDER]["disabled"]
    assert listed(await turned(stage, page, NEWER)) == ids[ROWS : 2 * ROWS]
    assert listed(await turned(stage, page, NEWER)) == ids[:ROWS]
    assert buttons(page)[NEWER]["disabled"]


async def test_pages_stay_where_they_were_while_new_videos_are_made(stage: Stage) -> None:
    ids = await made(stage, ROWS + 2)
    page = await history(stage)
    await made(stage, 3)
    assert listed(await turned(stage, page, OLDER)) == ids[ROWS:]
    assert listed(await turned(stage, page, NEWER)) == ids[:ROWS]
    assert len(listed(await turned(stage, page, NEWEST))) == ROWS
    assert ids[0] not in listed(page)[:3]


async def test_one_page_has_no_buttons_to_turn_it(stage: Stage) -> None:
    await made(stage, 2)
    assert not {OLDER, NEWER, NEWEST} & set(buttons(await history(stage)))


async def test_pages_turn_after_a_restart(stage: Stage) -> None:
    ids = await made(stage, ROWS + 1)
    page = await history(stage)
    await stage.restart()
    assert listed(await turned(stage, page, OLDER)) == ids[ROWS:]
    await picked(stage, page, ids[-1])
    assert "Show here" in buttons(page)


async def test_a_filter_takes_states_words_or_both(stage: Stage) -> None:
    sea = await stage.finished(stage.alice, "a calm SEA")
    city = await stage.finished(stage.alice, "a loud city")
    storm = await failed(stage, "a storm at sea")
    await stage.alice.slash(stage.channel, "generate", prompt="the sea again")
    coming = await stage.newest()
    for typed, expected in {
        "": [coming.id, storm.id, city.id, sea.id],
        "sea": [coming.id, storm.id, sea.id],
        "is:completed": [city.id, sea.id],
        "is:failed": [storm.id],
        "IS:UNDER-WAY": [coming.id],
        "is:completed sea calm": [sea.id],
        "100%": [],
    }.items():
        page = await history(stage, filter=typed)
        assert sorted(listed(page)) == sorted(expected), typed
    assert history_words.NOTHING_FITS() in text_of(page)


async def test_a_filter_stays_on_all_pages(stage: Stage) -> None:
    """With all that a filter may hold: the ids of buttons are short."""
    word = "ß:💧é" * 9
    for number in range(ROWS + 1):
        await stage.finished(stage.alice, f"{word} {number}")
        await stage.finished(stage.alice, "something else")
        await stage.env.advance_time(60)
    page = await history(stage, filter=f"is:completed {word}")
    first = listed(page)
    assert len(first) == ROWS
    assert all(len(part.get("custom_id", "")) <= 100 for part in parts(page))
    assert len(listed(await turned(stage, page, OLDER))) == 1
    assert listed(await turned(stage, page, NEWER)) == first


async def test_the_filter_offers_what_is_typed_with_each_state(stage: Stage) -> None:
    async def offered(typed: str) -> dict[str, str]:
        choices = await stage.alice.autocomplete(stage.channel, "history", "filter", typed)
        return {choice["value"]: choice["name"] for choice in choices}

    assert list(await offered("")) == ["is:completed", "is:under-way", "is:failed"]
    found = await offered("is:failed red fox")
    assert list(found) == ["red fox", "is:completed red fox", "is:under-way red fox", "is:failed red fox"]
    assert found["is:failed red fox"] == "Failed, with “red fox”"
    assert all(len(name) <= 100 for name in (await offered("x" * 300)).values())


async def test_what_is_picked_has_its_buttons_out(stage: Stage) -> None:
    storm = await failed(stage, "a storm")
    await stage.env.advance_time(60)
    sea = await stage.finished(stage.alice, "a calm sea")
    page = await history(stage)
    assert "Extend" not in buttons(page)
    await picked(stage, page, sea.id)
    assert {"Show here", "Extend", "Again", "Remix", "⋯ More"} <= set(buttons(page))
    assert [option["value"] for option in menu(page)["options"] if option.get("default")] == [sea.id]
    assert "**Picked:** 🎬 Completed" in text_of(page)
    await picked(stage, page, storm.id)
    assert not {"Show here", "Extend"} & set(buttons(page))
    assert listed(page) == [sea.id, storm.id]


async def test_a_pick_on_a_later_page_stays_on_that_page(stage: Stage) -> None:
    ids = await made(stage, ROWS + 3)
    page = await turned(stage, await history(stage), OLDER)
    await picked(stage, page, ids[-1])
    assert listed(page) == ids[ROWS:]
    assert not buttons(page)[NEWER].get("disabled")
    assert listed(await turned(stage, page, NEWER)) == ids[:ROWS]


async def test_what_is_picked_can_be_extended(stage: Stage) -> None:
    sea = await stage.finished(stage.alice, "a calm sea")
    page = await picked(stage, await history(stage), sea.id)
    window = await stage.alice.click(page, label="Extend")
    result = await stage.alice.submit_modal(window, {"prompt": "then it rains"})
    assert (await stage.newest()).request.parent_id == sea.id
    assert result.response is not None
    assert not result.response.ephemeral


async def test_a_message_that_is_gone_is_not_linked(stage: Stage) -> None:
    video = await stage.finished(stage.alice)
    await stage.store.note_gone(video.id, GoneReason.MESSAGE)
    page = await picked(stage, await history(stage), video.id)
    assert "discord.com/channels" not in text_of(page)


async def test_an_erased_video_is_told_without_its_prompt_and_cannot_be_shown(stage: Stage) -> None:
    video = await stage.finished(stage.alice, "a secret sea")
    shown = await stage.shown(video)
    await stage.store.note_shown(video.id, shown.generation.version, shown.card.message_id or 0, forget_token=True)
    await stage.env.advance_time(3600)
    assert await stage.services.privacy.erase_old(stage.env.now(), 10) == 1
    page = await picked(stage, await history(stage), video.id)
    assert words.A_VIDEO() in text_of(page)
    assert "secret" not in str(page.components)
    assert not {"Show here", "Extend"} & set(buttons(page))


async def test_a_member_sees_only_their_own_and_only_of_this_server(stage: Stage) -> None:
    mine = await stage.finished(stage.alice)
    await stage.finished(stage.bob)
    there = elsewhere(stage)
    await stage.finished(there.alice, channel=there.channel)
    assert listed(await history(stage)) == [mine.id]


async def test_a_member_cannot_look_through_the_past_of_another(stage: Stage) -> None:
    await stage.finished(stage.bob)
    result = await stage.alice.slash(stage.channel, "history", member=stage.bob)
    assert told(result) == house_words.NOT_MODERATOR()


async def test_a_moderator_looks_through_the_past_of_a_member(stage: Stage) -> None:
    ids, mona = await made(stage, ROWS + 1, stage.bob), manager(stage)
    page = await history(stage, mona, member=stage.bob)
    assert f"Videos of <@{stage.bob.id}>" in text_of(page)
    assert listed(page) == ids[:ROWS]
    assert listed(await turned(stage, page, OLDER, mona)) == ids[ROWS:]


async def test_a_moderator_sees_nothing_of_channels_that_are_closed_to_them(stage: Stage) -> None:
    mona = manager(stage)
    nobody = discord.PermissionOverwrite(view_channel=False)
    hidden = stage.guild.create_text_channel("hidden", overwrites={mona: nobody})
    open_ids: list[str] = []
    for number in range(ROWS + 1):
        await stage.finished(stage.bob, "a secret", channel=hidden)
        open_ids.insert(0, (await stage.finished(stage.bob, f"open {number}")).id)
        await stage.env.advance_time(60)
    page = await history(stage, mona, member=stage.bob)
    assert listed(page) == open_ids[:ROWS]
    assert listed(await turned(stage, page, OLDER, mona)) == open_ids[ROWS:]
    assert "secret" not in str(page.components)


async def test_who_moderates_no_longer_cannot_turn_the_page_of_another(stage: Stage) -> None:
    await made(stage, ROWS + 1, stage.bob)
    role = stage.guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
    carl = stage.guild.add_member(stage.env.create_user("carl"), roles=[role])
    page = await history(stage, carl, member=stage.bob)
    before = listed(page)
    at_the_bot = stage.env.bot.get_guild(stage.guild.id)
    assert at_the_bot is not None
    await at_the_bot.get_role(role.id).edit(permissions=discord.Permissions.none())  # type: ignore[union-attr]  # it was just made
    await carl.click(page, label=OLDER)
    assert stage.said() == house_words.NOT_MODERATOR()
    assert listed(page) == before


async def forged(stage: Stage, page: simcord.ResponseMessage, custom_id: str) -> str:
    """What alice is told who presses a button that is not there. Discord lets nobody; the bot does not rely on it."""
    await turned(stage, page, OLDER)

    def change(payload: dict[str, Any]) -> None:
        payload["data"]["custom_id"] = custom_id
        for part in walk_components(payload["message"]["components"]):
            if part.get("label") == OLDER:
                part["custom_id"] = custom_id

    await stage.deliver(change)
    return stage.said()


async def test_a_page_of_another_member_made_up_by_hand_is_refused(stage: Stage) -> None:
    ids = await made(stage, ROWS + 1)
    await stage.finished(stage.bob, "a secret sea")
    page = await history(stage)
    assert await forged(stage, page, f"dreamreel:history:@{Look(stage.bob.id)}") == house_words.NOT_MODERATOR()
    assert listed(page) == ids[ROWS:]


async def test_without_a_database_the_member_is_told(stage: Stage) -> None:
    await stage.lose_the_database()
    assert told(await stage.alice.slash(stage.channel, "history")) == words.STORE_DOWN()
    assert all(isinstance(original(error), StoreError) for error in stage.env.errors)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("kept", ["", "c", "u", "f"])
def test_a_look_comes_back_from_an_id_as_it_went(stage: Stage, side: Side, kept: str) -> None:
    start = None if side is Side.FIRST else PlaceInTime(stage.env.now(), "z" * 12)
    look = Look(2**63 - 1, kept, "a:b\n💧 <=>", side, start)
    assert Look.read(str(look)) == look
    longest = replace(look, words="w" * 40)
    assert len(f"dreamreel:history:@{longest}") <= 100


async def test_a_page_that_no_version_knows_any_more_is_answered(stage: Stage) -> None:
    await made(stage, ROWS + 1)
    for unreadable in ("", "1:x:1:", "1::<:", "1::1a.b:", "!"):
        page = await history(stage)
        assert await forged(stage, page, f"dreamreel:history:@{unreadable}") == words.STALE()
