"""What takes longer than usual says so on its card, once, although nothing else about it has changed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.finishing import LATE_AFTER_S, Experience, Sort
from bot.domain.generation import FailureKind, Generation, GenerationState, Kind
from bot.domain.reports import Running
from bot.service.forecasting import Forecasts
from tests.rig import Rig, text_request

S = GenerationState
PICTURE = "https://cdn.discordapp.com/ephemeral-attachments/1/2/a.png"


async def dreaming(rig: Rig) -> Generation:
    """One that stays with the relay."""
    rig.world.relay.reports = [Running(S.DREAMING)] * 10_000
    generation = await rig.ask()
    await rig.pass_time(60, steps=12)
    return generation


def edits(rig: Rig) -> int:
    (message,) = rig.world.discord.messages.values()
    return message.edits


async def test_a_card_is_drawn_once_more_when_it_is_late(rig: Rig) -> None:
    await dreaming(rig)
    await rig.pass_time(LATE_AFTER_S - 120, steps=60)
    before = edits(rig)
    await rig.pass_time(120, steps=12)
    assert edits(rig) == before + 1
    await rig.pass_time(1_200, steps=60)
    assert edits(rig) == before + 1


async def test_a_card_too_old_to_be_edited_is_left_alone(rig: Rig) -> None:
    generation = await dreaming(rig)
    before = edits(rig)
    rig.world.clock.advance(3_600)
    rig.publisher.redraw({generation.id: None})
    await rig.publisher.tick()
    assert edits(rig) == before


async def test_late_is_what_outlasts_nearly_all_of_its_sort(rig: Rig) -> None:
    generation = await rig.now(await dreaming(rig))
    experience = Experience()
    forecasts = Forecasts(experience, rig.world.clock)
    assert not forecasts.is_late(generation)
    for _ in range(50):
        experience.of(Sort.of(generation.request)).learn(20, 25)
    rig.world.clock.advance(60)
    assert forecasts.is_late(generation)
    assert not forecasts.is_late(replace(generation, state=S.EXPIRED))
    assert not forecasts.is_late(replace(generation, submitted_at=None))
    assert not Forecasts(Experience(), rig.world.clock).is_late(generation)


@pytest.mark.parametrize(("minutes", "sent"), [(3, 0), (30, 1)])
async def test_a_picture_whose_address_dies_is_not_paid_for(rig: Rig, minutes: int, sent: int) -> None:
    """However young the request is: it may be an old one that was asked for again."""
    until = rig.world.clock.now() + timedelta(minutes=minutes)
    lives = "https://pictures.example/a.png"
    url = f"{PICTURE}?ex={int(until.timestamp()):x}"
    for first, last in ((url, None), (lives, url)):
        request = replace(text_request(), kind=Kind.IMAGE, image_url=first, end_image_url=last)
        generation = await rig.ask(request)
        await rig.settle()
        failure = (await rig.now(generation)).failure
        assert (failure is None) == bool(sent)
        assert failure is None or failure.kind is FailureKind.UNREADABLE_IMAGE
    assert len(rig.world.relay.bills) == 2 * sent
