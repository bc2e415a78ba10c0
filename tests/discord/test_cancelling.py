"""The Cancel button: for the one who asked and for moderators, until the request is sent."""

import simcord

from bot.domain.generation import Generation, GenerationState
from bot.ui import words
from tests.discord.people import manager
from tests.discord.stage import Stage, told

S = GenerationState


async def asked(stage: Stage) -> Generation:
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    return await stage.newest()


async def press(stage: Stage, actor: simcord.MemberActor, waiting: Generation) -> simcord.InteractionResult:
    return await actor.click(await stage.message(waiting), label=words.CANCEL_BUTTON)


async def state(stage: Stage, generation: Generation) -> GenerationState:
    return (await stage.shown(generation)).generation.state


async def test_the_one_who_asked_calls_it_back_also_after_a_restart(stage: Stage) -> None:
    waiting = await asked(stage)
    await stage.restart()
    assert told(await press(stage, stage.alice, waiting)) == words.CANCELLED_NOW
    assert await state(stage, waiting) is S.CANCELLED


async def test_a_moderator_may_and_another_member_may_not(stage: Stage) -> None:
    waiting = await asked(stage)
    assert told(await press(stage, stage.bob, waiting)) == words.NOT_YOURS
    assert await state(stage, waiting) is S.WAITING
    assert told(await press(stage, manager(stage), waiting)) == words.CANCELLED_NOW


async def test_what_was_sent_cannot_be_called_back(stage: Stage) -> None:
    waiting = await asked(stage)
    sent = waiting.submitting(stage.env.now())
    assert await stage.stores.store.save(waiting, sent)
    said = told(await press(stage, stage.alice, waiting))
    assert "sent" in said
    assert await state(stage, waiting) is S.SUBMITTING
