"""What only one member reads is in the language of their Discord; a card, which all read, in that of the server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.domain.generation import Generation
from bot.ui import words
from bot.ui.board import DiscordBoard
from bot.ui.pace import Pace
from tests.discord.stage import OFFER, Stage, text_of, told
from tests.foreign import foreign

RUSSIAN = {
    words.UNKNOWN_VIDEO.english: "Такого видео нет.",
    words.STALE.english: "Это уже изменилось.",
    words.CANCELLED_NOW.english: "Отменено.",
    words.EXTEND_TITLE.english: "Продолжить видео",
    "just now": "только что",
    "Waiting": "Ждёт",
}
SPANISH = {"Waiting": "En espera", "Completed": "Terminado", "Extend": "Continuar", "Open video": "Abrir"}


@pytest.fixture(autouse=True)
def languages(tmp_path: Path) -> Iterator[None]:
    with foreign(tmp_path / "languages", {"ru": RUSSIAN, "es": SPANISH}):
        yield


def in_russian(payload: dict[str, Any]) -> None:
    """The member's Discord speaks Russian; and it is an interaction that was not seen before."""
    payload.update(locale="ru", id=str(int(payload["id"]) + 1), token=f"{payload['token']}-ru")


async def make_spanish(stage: Stage) -> None:
    guild = stage.env.bot.get_guild(stage.guild.id)
    assert guild is not None
    await guild.edit(preferred_locale=discord.Locale.spain_spanish)
    await stage.env.settle()


async def asked(stage: Stage) -> Generation:
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    return await stage.newest()


async def test_a_command_answers_in_the_language_of_its_member_and_of_no_other(stage: Stage) -> None:
    result = await stage.alice.slash(stage.channel, "extend", video="nosuchvideo", prompt="then it rains")
    await stage.deliver(in_russian)
    assert stage.said() == "Такого видео нет."
    assert told(result) == words.UNKNOWN_VIDEO()
    await stage.alice.slash(stage.channel, "extend", video="nosuchvideo", prompt="then it rains")
    assert stage.said() == words.UNKNOWN_VIDEO()


async def test_a_list_is_in_the_language_of_its_member(stage: Stage) -> None:
    await stage.finished(stage.alice)
    await stage.alice.autocomplete(stage.channel, "extend", "video", "")
    await stage.deliver(in_russian)
    assert [each["name"] for each in stage.answers()[-1]["choices"]] == ["a calm sea · только что"]


async def test_a_button_answers_in_the_language_of_its_presser(stage: Stage) -> None:
    waiting = await asked(stage)
    await stage.alice.click(await stage.message(waiting), label="Cancel")

    def unknown(payload: dict[str, Any]) -> None:
        in_russian(payload)
        payload["data"]["custom_id"] = "no such button"

    await stage.deliver(unknown)
    assert stage.said() == "Это уже изменилось."


async def test_a_window_is_in_the_language_of_who_opens_it(stage: Stage) -> None:
    await stage.bob.click(await stage.message(await stage.finished(stage.alice)), label="Extend")
    await stage.deliver(in_russian)
    titles = [each["title"] for each in stage.answers() if "title" in each]
    assert titles == ["Extend this video", "Продолжить видео"]


async def test_a_new_card_is_in_the_language_of_the_server_whoever_asks(stage: Stage) -> None:
    await make_spanish(stage)
    result = await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    assert "En espera" in text_of(result.response)
    await stage.deliver(in_russian)
    assert "En espera" in str(stage.answers()[-1]["components"])


async def test_a_card_is_kept_up_to_date_in_the_language_of_the_server(stage: Stage) -> None:
    waiting = await asked(stage)
    assert "Waiting" in str((await stage.message(waiting)).components)
    await make_spanish(stage)
    board = DiscordBoard(stage.env.bot, stage.services.clock, OFFER, expand_prompt=True, pace=Pace())
    await stage.complete(waiting)
    await board.edit(await stage.shown(waiting), None)
    drawn = str((await stage.message(waiting)).components)
    assert all(said in drawn for said in ("Terminado", "Abrir", "Continuar"))
