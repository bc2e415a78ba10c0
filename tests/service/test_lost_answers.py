"""Between the answer and its noting there is a gap: what a crash leaves there is found, or costs nothing."""

import asyncio
from datetime import timedelta
from typing import cast

import pytest

from bot.domain.card import CardState, GoneReason, Shown
from bot.domain.errors import StoreError
from bot.domain.generation import Generation, GenerationState
from bot.ports import Board, Gone, TryLater
from bot.service.lost_answers import ANSWER_GRACE, SIDE_BY_SIDE, LostAnswers
from tests.rig import Rig, text_request

S = GenerationState
MINUTE = 60.0
DOWN_S = 20 * MINUTE
"""As long as the bot is down: the interaction's token lives for 15 minutes."""


async def unnoted(rig: Rig) -> Generation:
    """Its card was answered, and nobody noted the message."""
    asked = rig.asked()
    admitted = await rig.intake.admit(asked, text_request())
    await rig.world.discord.answer(asked.token)
    return admitted.generation


async def test_a_message_that_was_never_noted_is_found_by_its_token(rig: Rig) -> None:
    generation = await unnoted(rig)
    await rig.pass_time(2 * MINUTE, steps=12)
    assert (await rig.now(generation)).state is S.COMPLETED
    assert rig.world.discord.messages[1].videos == 1


async def test_one_that_nobody_saw_is_cancelled(rig: Rig) -> None:
    admitted = await rig.intake.admit(rig.asked(), text_request())
    await rig.pass_time(MINUTE)
    assert (await rig.now(admitted.generation)).state is S.CANCELLED
    assert rig.world.relay.bills == []


@pytest.mark.parametrize("down_s", [MINUTE, DOWN_S])
async def test_while_discord_is_away_nothing_is_decided(rig: Rig, down_s: float) -> None:
    rig.world.discord.lost_answers_unknown = True
    generation = (await rig.intake.admit(rig.asked(), text_request())).generation
    await rig.pass_time(down_s, steps=20)
    assert (await rig.now(generation)).state is S.WAITING
    rig.world.discord.lost_answers_unknown = False
    await rig.pass_time(1)
    assert (await rig.now(generation)).state is S.CANCELLED


async def test_an_answer_on_its_way_is_given_time(rig: Rig) -> None:
    admitted = await rig.intake.admit(rig.asked(), text_request())
    await rig.pass_time(10)
    assert (await rig.now(admitted.generation)).state is S.WAITING


async def test_a_message_that_stands_in_the_channel_is_found_when_the_token_is_dead(rig: Rig) -> None:
    generation = await unnoted(rig)
    rig.world.discord.in_channel = {generation.id: 1}
    rig.world.clock.advance(DOWN_S)
    await rig.pass_time(2 * MINUTE, steps=24)
    assert (await rig.now(generation)).state is S.COMPLETED
    assert rig.world.discord.messages[1].videos == 1


async def test_one_that_stands_nowhere_is_cancelled_when_the_token_is_dead(rig: Rig) -> None:
    generation = await unnoted(rig)
    rig.world.clock.advance(DOWN_S)
    await rig.settle()
    assert (await rig.now(generation)).state is S.CANCELLED
    assert rig.world.relay.bills == []


async def test_one_in_a_channel_that_the_bot_cannot_see_is_cancelled_for_that_reason(rig: Rig) -> None:
    generation = await unnoted(rig)
    rig.world.discord.in_channel = {generation.id: Gone(GoneReason.PERMISSION)}
    rig.world.clock.advance(DOWN_S)
    await rig.settle()
    shown = await rig.store.get(generation.id)
    assert shown is not None
    assert shown.generation.state is S.CANCELLED
    assert (shown.card.state, shown.card.gone_reason) == (CardState.GONE, GoneReason.PERMISSION)


class Busy:
    """A Discord that answers once so many ask it at the same time, and lets no more do so."""

    def __init__(self) -> None:
        self.together = asyncio.Barrier(SIDE_BY_SIDE)
        self.asking = 0
        self.most = 0

    async def find_answer(self, _: Shown) -> TryLater:
        self.asking += 1
        self.most = max(self.most, self.asking)
        await self.together.wait()
        self.asking -= 1
        return TryLater("busy")


async def test_several_are_looked_for_side_by_side_and_no_more_than_discord_likes(rig: Rig) -> None:
    for _ in range(3 * SIDE_BY_SIDE):
        await unnoted(rig)
    rig.world.clock.advance(ANSWER_GRACE.total_seconds())
    board = Busy()
    async with asyncio.timeout(5):
        await LostAnswers(rig.store, cast("Board", board), rig.intake, rig.world.clock).find()
    assert board.most == SIDE_BY_SIDE


async def test_a_database_that_takes_no_note_of_one_leaves_it_for_the_next_round(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await unnoted(rig), await unnoted(rig)
    attach = rig.store.attach

    async def full(generation_id: str, message_id: int) -> bool:
        if generation_id == first.id:
            raise StoreError("disk full")
        return await attach(generation_id, message_id)

    rig.world.clock.advance(timedelta(minutes=1).total_seconds())
    with monkeypatch.context() as patch:
        patch.setattr(rig.store, "attach", full)
        await rig.upkeep.round()
    assert [shown.generation.id for shown in await rig.store.unattached(9)] == [first.id]
    await rig.settle()
    assert (await rig.now(first)).state is (await rig.now(second)).state is S.QUEUED
