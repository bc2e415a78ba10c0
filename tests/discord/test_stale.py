"""Buttons and windows of a version that is gone: whoever acts on one is answered."""

import pytest

from bot.ui import words
from tests.discord.stage import Stage, told

_COMPONENT, _SUBMIT = 3, 5


@pytest.mark.parametrize("custom_id", ["dreamreel:share:abcd1234", "dreamreel:cancel:!", "an older bot's", "1"])
async def test_a_button_that_no_version_knows_any_more_is_answered(stage: Stage, custom_id: str) -> None:
    button = {"custom_id": custom_id, "component_type": 2}
    result = await stage.alice._dispatch_interaction(_COMPONENT, stage.channel, button)
    assert told(result) == words.STALE()


@pytest.mark.parametrize("custom_id", ["dreamreel:rename-modal:abcd1234", "an older bot's"])
async def test_a_window_that_no_version_knows_any_more_is_answered(stage: Stage, custom_id: str) -> None:
    result = await stage.alice._dispatch_interaction(_SUBMIT, stage.channel, {"custom_id": custom_id, "components": []})
    assert told(result) == words.STALE()
