"""The board's messages as Discord takes them and a member sees them; statuses and uploads are tried on the wire."""

from dataclasses import replace
from pathlib import Path

import discord
import pytest

from bot.domain.card import GoneReason, Shown
from bot.ports import Gone, NoEdit, Posted, Showing
from bot.ui.board import DiscordBoard
from bot.ui.pace import Pace
from tests.discord.stage import OFFER, Stage


@pytest.fixture
def board(stage: Stage) -> DiscordBoard:
    return board_of(stage)


def board_of(stage: Stage) -> DiscordBoard:
    return DiscordBoard(stage.env.bot, stage.services.clock, OFFER, expand_prompt=True, pace=Pace())


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"moving pictures")
    return path


async def made(stage: Stage) -> Shown:
    """A card that says Waiting, of a generation that is completed by now."""
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    (shown,) = await stage.admitted()
    await stage.complete(shown.generation)
    return await stage.shown(shown.generation)


def messages(stage: Stage) -> list[discord.Message]:
    return stage.channel.history()


@pytest.mark.parametrize("minutes", [1, 20], ids=["through the token", "by the bot"])
async def test_the_card_becomes_a_video_with_a_button_that_works(
    stage: Stage, board: DiscordBoard, video: Path, minutes: int
) -> None:
    shown = await made(stage)
    await stage.env.advance_time(minutes * 60)

    assert await board.edit(shown, video) == Posted(shown.card.message_id or 0, attached=True)

    (message,) = messages(stage)
    assert message.flags.components_v2
    assert [attachment.filename for attachment in message.attachments] == [f"dreamreel-{shown.generation.id}.mp4"]
    window = await stage.bob.click(message, label="Extend")
    assert window.modal is not None


async def test_a_repeated_edit_shows_one_video(stage: Stage, board: DiscordBoard, video: Path) -> None:
    shown = await made(stage)
    for _ in range(2):
        await board.edit(shown, video)

    (message,) = messages(stage)
    assert len(message.attachments) == 1


async def test_buttons_of_other_cards_survive_any_number_of_edits(
    stage: Stage, board: DiscordBoard, video: Path
) -> None:
    """discord.py can forget a button's template with the view that carried it."""
    shown = await made(stage)
    for minutes in (0, 20):
        await stage.env.advance_time(minutes * 60)
        await board.edit(shown, video)
    await board.repost(shown, video)

    for message in messages(stage):
        assert (await stage.bob.click(message, label="Extend")).modal is not None


async def test_an_answer_is_found_by_its_token_and_not_after_it_was_deleted(stage: Stage, board: DiscordBoard) -> None:
    shown = await made(stage)
    assert await board.find_answer(shown) == shown.card.message_id

    await delete(stage, shown)

    assert await board.find_answer(shown) is None


@pytest.mark.parametrize("by", ["interaction", "buttons"])
async def test_an_answer_is_found_among_others_in_its_channel_when_its_token_is_dead(
    stage: Stage, board: DiscordBoard, by: str
) -> None:
    for _ in range(3):
        await stage.bob.slash(stage.channel, "generate", prompt="another sea")
        await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    shown = (await stage.admitted())[2]
    if by == "buttons":
        generation = replace(shown.generation, action_key="of another version")
        shown = replace(shown, generation=generation)
    await stage.env.advance_time(20 * 60)
    dead = replace(shown, card=replace(shown.card, token=None, message_id=None))

    assert await board.find_in_channel(dead) == shown.card.message_id

    await delete(stage, shown)

    assert await board.find_in_channel(dead) is None


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [(403, 50001, Gone(GoneReason.PERMISSION)), (404, 10003, Gone(GoneReason.CHANNEL))],
)
async def test_a_channel_that_the_bot_cannot_see_is_told_as_what_it_is(
    stage: Stage, board: DiscordBoard, status: int, code: int, outcome: Gone
) -> None:
    shown = await made(stage)
    stage.env.inject_error("GET", "/channels/*/messages", status=status, code=code)

    assert await board.find_in_channel(shown) == outcome


async def delete(stage: Stage, shown: Shown) -> None:
    """Somebody deletes the card."""
    await next(message for message in messages(stage) if message.id == shown.card.message_id).delete()


@pytest.mark.parametrize("minutes", [1, 20], ids=["through the token", "by the bot"])
async def test_a_deleted_card_is_gone(stage: Stage, board: DiscordBoard, minutes: int) -> None:
    shown = await made(stage)
    await stage.env.advance_time(minutes * 60)
    await delete(stage, shown)

    assert await board.edit(shown, None) == Gone(GoneReason.MESSAGE)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (403, 50013, Gone(GoneReason.PERMISSION)),
        (404, 10003, Gone(GoneReason.CHANNEL)),
        (429, 30046, NoEdit.TOO_OLD),
    ],
)
async def test_refusals_by_the_bots_token(
    stage: Stage, board: DiscordBoard, status: int, code: int, outcome: Showing
) -> None:
    shown = await made(stage)
    await stage.env.advance_time(20 * 60)
    stage.env.inject_error("PATCH", "/channels/*/messages/*", status=status, code=code)

    assert await board.edit(shown, None) == outcome


async def test_a_repost_stands_below_and_refers_to_the_old_card(stage: Stage, board: DiscordBoard, video: Path) -> None:
    shown = await made(stage)
    await stage.env.advance_time(7200)

    outcome = await board.repost(shown, video)

    old, new = messages(stage)
    assert outcome == Posted(new.id, attached=True)
    assert new.reference is not None
    assert new.reference.message_id == old.id


async def test_a_repost_of_an_earlier_life_is_found_again(stage: Stage, board: DiscordBoard, video: Path) -> None:
    shown = await made(stage)
    await stage.env.advance_time(7200)
    tried = replace(shown, card=replace(shown.card, reposting_since=stage.env.now()))
    first = await board.repost(shown, video)
    await stage.restart()

    assert await board_of(stage).repost(tried, video) == first
    assert len(messages(stage)) == 2


async def test_an_extension_asked_for_at_the_old_card_is_not_taken_for_its_repost(
    stage: Stage, board: DiscordBoard, video: Path
) -> None:
    shown = await made(stage)
    await board.edit(shown, video)
    await stage.env.advance_time(7200)
    tried = replace(shown, card=replace(shown.card, reposting_since=stage.env.now()))
    (message,) = messages(stage)
    window = await stage.bob.click(message, label="Extend")
    answer = await stage.bob.submit_modal(window, {"prompt": "then it rains"})

    outcome = await board.repost(tried, video)

    assert isinstance(outcome, Posted)
    assert answer.response is not None
    assert outcome.message_id != answer.response.id


async def test_the_bot_does_without_a_server_that_it_was_removed_from(stage: Stage, board: DiscordBoard) -> None:
    shown = await made(stage)
    await stage.env.advance_time(20 * 60)
    stage.env.backend.emit("GUILD_DELETE", {"id": str(stage.guild.id)})
    await stage.env.settle()

    assert await board.edit(shown, None) == Gone(GoneReason.SERVER)
