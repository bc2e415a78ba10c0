"""A member who asks while the relay is away is told at once, in the answer itself."""

from pathlib import Path

from bot.app import assembled
from bot.service.absence import AWAY_AFTER_S
from bot.ui import words
from tests.discord.stage import Stage, settings_in, text_of


async def test_the_answer_says_that_the_relay_is_away_and_cancel_gives_the_credits_back(stage: Stage) -> None:
    absence = stage.services.intake._absence
    absence.unheard()
    await stage.env.advance_time(AWAY_AFTER_S)
    absence.unheard()

    result = await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")

    assert words.AWAY_WAITING() in text_of(result.response)
    assert result.response is not None
    cancelled = await stage.alice.click(result.response, label="Cancel")
    assert cancelled.response is not None
    assert cancelled.response.content == words.CANCELLED_NOW()


async def test_the_answer_says_nothing_of_it_while_the_relay_is_there(stage: Stage) -> None:
    result = await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    assert words.AWAY_WAITING() not in text_of(result.response)


async def test_all_parts_of_the_bot_know_the_same(tmp_path: Path) -> None:
    async with assembled(settings_in(tmp_path)) as app:
        parts = (app.intake, app.poller, app.poller._sending, app.publisher, app.upkeep)
        assert len({id(part._absence) for part in parts}) == 1
