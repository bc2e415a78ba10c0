"""A card says when its video is usually done, from what the poller has seen."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from bot.app import assembled
from bot.domain.finishing import Experience, Sort
from bot.service.forecasting import Forecasts
from bot.ui.board import DiscordBoard
from bot.ui.pace import Pace
from tests.discord.stage import OFFER, Stage, settings_in, text_of


async def test_the_card_of_a_video_that_is_being_made_says_when_it_is_usually_done(stage: Stage) -> None:
    result = await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    waiting = await stage.newest()
    sending = waiting.submitting(stage.services.clock.now())
    assert await stage.store.save(waiting, sending)
    assert await stage.store.save(sending, sending.accepted("task", stage.services.clock.now()))
    experience = Experience()
    for _ in range(50):
        experience.of(Sort.of(waiting.request)).learn(55, 60)
    forecast = Forecasts(experience, stage.services.clock)
    board = DiscordBoard(stage.env.bot, stage.services.clock, OFFER, expand_prompt=True, pace=Pace(), forecast=forecast)

    await board.edit(await stage.shown(waiting), None)

    shown = text_of(result.response)
    told = [stage.services.clock.now() + timedelta(seconds=seconds) for seconds in range(55, 65)]
    assert any(f"usually done <t:{int(moment.timestamp())}:R>" in shown for moment in told)


async def test_the_board_knows_what_the_poller_learns(tmp_path: Path) -> None:
    """The bot is put together with one experience."""
    async with assembled(settings_in(tmp_path)) as app:
        board = cast("DiscordBoard", app.publisher._board)
        forecast = cast("Forecasts", board._forecast)
        assert forecast._experience is app.poller._experience
