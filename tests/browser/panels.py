"""What the bot answers to one member alone, to be photographed: history, help, preferences, a story, a report."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import simcord
from simcord.components import walk_components

from bot.domain.generation import Failure, FailureKind, Generation
from tests.discord.stage import Stage

PROMPTS = {
    "en": (
        "A lighthouse in a storm, waves breaking over the rocks",
        "The storm passes and the sun comes out",
        "A rainbow stands over the lighthouse, and the keeper steps out of his door to look at it for a long while",
        "A paper boat sails down a rainy street",
        "A red fox trots through fresh snow",
    ),
    "zh_Hans": (
        "暴风雨中的灯塔，海浪拍打着礁石",  # noqa: RUF001  # the comma of Chinese, here and below
        "风暴过去，太阳出来了",  # noqa: RUF001
        "一道彩虹挂在灯塔上空，守塔人走出门来，久久地望着它，海鸥在他头顶盘旋",  # noqa: RUF001
        "一只纸船沿着雨中的街道漂流",
        "一只红狐狸在新雪中小跑",
    ),
}
MENU = 3
"""Discord's type of a list to pick from."""


async def open_panels(stage: Stage, mo: simcord.MemberActor, language: str) -> AsyncIterator[tuple[str, int]]:
    """Post them for `mo`, over what looks like hours: the name of each, and its message."""
    await stage.services.preferences.change(mo.id, lambda now: replace(now, language=language))
    first, second, third, boat, fox = PROMPTS[language]
    part = await stage.finished(mo, first)
    for prompt in (second, third):
        await stage.env.advance_time(180)
        part = await _next_part(stage, mo, part, prompt)
    for prompt, fails in ((boat, True), (fox, False)):
        await stage.env.advance_time(4_000)
        await mo.slash(stage.channel, "generate", prompt=prompt)
        await _ended(stage, fails=fails)
    for name, command, options in (
        ("history", "history", {}),
        ("history-picked", "history", {}),
        ("help", "help", {}),
        ("help-moderators", "help", {}),
        ("preferences", "preferences", {}),
        ("balance", "balance", {}),
        ("story", "story", {"video": part.id}),
        ("report", "quota report", {}),
    ):
        answer = (await mo.slash(stage.channel, command, **options)).response
        assert answer is not None
        if name == "history-picked":
            await _pick(mo, answer, part.id)
        elif name == "help-moderators":
            await _pick(mo, answer, "moderators:0")
        yield name, answer.id


async def _next_part(stage: Stage, actor: simcord.MemberActor, parent: Generation, prompt: str) -> Generation:
    answer = (await actor.slash(stage.channel, "extend", video=parent.id, prompt=prompt)).response
    assert answer is not None
    completed = await stage.complete(await stage.newest())
    await stage.draw(answer, await stage.shown(completed))
    return completed


async def _ended(stage: Stage, *, fails: bool) -> None:
    waiting = await stage.newest()
    if not fails:
        await stage.complete(waiting)
        return
    now = stage.env.now()
    sending = waiting.submitting(now)
    assert await stage.store.save(waiting, sending)
    assert await stage.store.save(sending, sending.failed(Failure(FailureKind.MODERATION), now))


async def _pick(actor: simcord.MemberActor, message: simcord.ResponseMessage, value: str) -> None:
    parts: list[dict[str, Any]] = list(walk_components(message.components))
    menu = next(part for part in parts if part["type"] == MENU)
    await actor.select(message, [value], custom_id=menu["custom_id"])
