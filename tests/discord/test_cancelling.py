"""The Cancel button: for the one who asked and for moderators, until the request is sent."""

import pytest
import simcord

from bot.domain.card import CardState, GoneReason
from bot.domain.errors import StoreError
from bot.domain.generation import Generation, GenerationState
from bot.ui import words
from tests.discord.people import manager
from tests.discord.stage import Stage, told

S = GenerationState


async def asked(stage: Stage) -> Generation:
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    return await stage.newest()


async def press(stage: Stage, actor: simcord.MemberActor, waiting: Generation) -> simcord.InteractionResult:
    return await actor.click(await stage.message(waiting), label=words.CANCEL_BUTTON())


async def state(stage: Stage, generation: Generation) -> GenerationState:
    return (await stage.shown(generation)).generation.state


async def test_the_one_who_asked_calls_it_back_also_after_a_restart(stage: Stage) -> None:
    waiting = await asked(stage)
    await stage.restart()
    assert told(await press(stage, stage.alice, waiting)) == words.CANCELLED_NOW()
    assert await state(stage, waiting) is S.CANCELLED


async def test_a_moderator_may_and_another_member_may_not(stage: Stage) -> None:
    waiting = await asked(stage)
    assert told(await press(stage, stage.bob, waiting)) == words.NOT_YOURS()
    assert await state(stage, waiting) is S.WAITING
    assert told(await press(stage, manager(stage), waiting)) == words.CANCELLED_NOW()


async def test_what_was_sent_cannot_be_called_back(stage: Stage) -> None:
    waiting = await asked(stage)
    sent = waiting.submitting(stage.env.now())
    assert await stage.stores.store.save(waiting, sent)
    said = told(await press(stage, stage.alice, waiting))
    assert "sent" in said
    assert await state(stage, waiting) is S.SUBMITTING


async def asked_and_not_noted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> tuple[Generation, simcord.ResponseMessage]:
    """What a crash between the answer and its note leaves behind: the card stands, and no row names its message."""

    async def lost(generation_id: str, message_id: int) -> bool:
        raise StoreError("out of reach")

    with monkeypatch.context() as away:
        away.setattr(stage.store, "attach", lost)
        result = await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    assert result.response is not None
    return await stage.newest(), result.response


async def test_a_card_that_was_never_noted_says_that_it_was_cancelled(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only rows that wait are looked for by their tokens: once it is cancelled, nobody would find its message."""
    waiting, message = await asked_and_not_noted(stage, monkeypatch)
    result = await stage.alice.click(message, label=words.CANCEL_BUTTON())

    shown = await stage.shown(waiting)
    assert told(result) == words.CANCELLED_NOW()
    assert (shown.generation.state, shown.card.state) == (S.CANCELLED, CardState.LIVE)
    assert (shown.card.message_id, shown.pending) == (message.id, True)


async def test_a_card_that_was_given_up_as_never_sent_is_known_again_once_it_is_pressed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, message = await asked_and_not_noted(stage, monkeypatch)
    assert await stage.store.save(waiting, waiting.cancelled(stage.env.now()))
    await stage.store.note_gone(waiting.id, GoneReason.UNANSWERED)

    assert "over" in told(await stage.alice.click(message, label=words.CANCEL_BUTTON()))
    assert (await stage.shown(waiting)).pending
