"""A film is a message of the bot's like a card: any member can report it, and it goes with what it holds."""

import discord
import pytest
import simcord

from bot.domain.card import CardState
from bot.domain.errors import StoreError
from bot.domain.generation import Generation
from bot.storage import SqlStore
from bot.ui import finding_words, story_words, trust_words
from bot.ui.pace import Pace
from tests.discord.people import manager
from tests.discord.stage import Stage, told
from tests.discord.test_story import chain, films, press, read


async def filmed(
    stage: Stage, channel: simcord.ChannelHandle | None = None
) -> tuple[list[Generation], discord.Message]:
    parts = await chain(stage, 2)
    await press(stage, parts[1], channel=channel)
    (film,) = films(channel or stage.channel)
    return parts, film


async def reported(stage: Stage, mona: simcord.MemberActor, film: discord.Message) -> discord.Message:
    """Reported by the button under it; the card that moderators read."""
    log = stage.guild.create_text_channel("log")
    await mona.slash(stage.channel, "settings log set", channel=log)
    window = await stage.bob.click(film, label="Report")
    await stage.restart()
    assert told(await stage.bob.submit_modal(window, {"prompt": "it is cruel"})) == trust_words.REPORTED()
    (card,) = [message for message in log.history() if message.components]
    return card


async def test_moderators_are_led_to_it_wherever_it_was_posted_and_remove_it_alone(stage: Stage) -> None:
    gallery = stage.guild.create_text_channel("gallery")
    mona = manager(stage)
    parts, film = await filmed(stage, gallery)
    card = await reported(stage, mona, film)
    assert f"https://discord.com/channels/{stage.guild.id}/{gallery.id}/{film.id}" in read(card)
    await mona.click(card, label="Remove result")
    assert films(gallery) == []
    for part in parts:
        assert await stage.message(part) is not None
        assert (await stage.shown(part)).card.state is CardState.LIVE


async def test_the_menu_of_messages_reports_it_and_goes_on_from_its_last_part(stage: Stage) -> None:
    parts, film = await filmed(stage)
    window = await stage.bob.context_menu(stage.channel, trust_words.REPORT_COMMAND, film)
    assert str(film.id) in str(window.modal)
    onwards = await stage.bob.context_menu(stage.channel, finding_words.EXTEND_MENU, film)
    await stage.bob.submit_modal(onwards, {"prompt": "and on"})
    assert (await stage.newest()).request.parent_id == parts[1].id


@pytest.mark.parametrize("which", [0, 1])
async def test_a_part_that_is_deleted_takes_the_films_that_hold_it_along(stage: Stage, which: int) -> None:
    parts, _ = await filmed(stage)
    actor = stage.alice if which == 0 else stage.bob
    opened = await actor.click(await stage.message(parts[which]), label="⋯ More")
    assert opened.response is not None
    await actor.click(opened.response, label="Delete")
    assert films(stage.channel) == []
    assert (await stage.shown(parts[1 - which])).card.state is CardState.LIVE


async def test_a_part_that_is_removed_after_a_report_takes_the_film_along(stage: Stage) -> None:
    mona = manager(stage)
    parts, _ = await filmed(stage)
    log = stage.guild.create_text_channel("log")
    await mona.slash(stage.channel, "settings log set", channel=log)
    menu = await stage.bob.context_menu(stage.channel, trust_words.REPORT_COMMAND, await stage.message(parts[0]))
    await stage.bob.submit_modal(menu, {"prompt": "it is cruel"})
    (card,) = [message for message in log.history() if message.components]
    await mona.click(card, label="Remove result")
    assert films(stage.channel) == []


async def test_it_waits_its_turn_as_all_that_is_sent_by_the_bots_own_token(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []

    async def turn(_: Pace) -> None:
        turns.append(len(films(stage.channel)))

    monkeypatch.setattr(Pace, "turn", turn)
    await filmed(stage)
    assert turns == [0]


async def test_a_film_that_cannot_be_noted_is_no_news_for_the_member(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreError("away")

    monkeypatch.setattr(SqlStore, "note_film", away)
    parts = await chain(stage, 2)
    pressed = await press(stage, parts[1])
    (film,) = films(stage.channel)
    assert told(pressed) == story_words.DONE(link=film.jump_url)
