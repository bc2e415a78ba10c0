"""What is given up by its age, or tried again at a time, on a clock that is set."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.generation import GenerationRequest, GenerationState, Kind
from bot.domain.reports import NotSent, Unanswered
from bot.ports import TryLater
from bot.service.upkeep import HELD_FOR
from tests.clock import ManualClock
from tests.rig import Rig, World
from tests.storing import NOW

DAY = timedelta(days=1)


class SetClock(ManualClock):
    """The wall clock is set; the monotonic one is not."""

    def set(self, by: timedelta) -> None:
        self._now += by


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def world(tmp_path: Path, clock: SetClock) -> World:
    return World(tmp_path, clock)


@pytest.mark.parametrize("by", [DAY, -DAY])
async def test_an_uncertain_one_is_held_for_a_day_that_has_passed(rig: Rig, clock: SetClock, by: timedelta) -> None:
    rig.world.relay.submissions.append(Unanswered("cut off"))
    generation = await rig.ask()
    await rig.settle()
    await rig.settle()
    clock.set(by)
    await rig.pass_time(60)
    clock.set(-by)
    await rig.pass_time(60)
    assert (await rig.now(generation)).state is GenerationState.UNCERTAIN
    await rig.pass_time(HELD_FOR.total_seconds(), steps=2)
    assert (await rig.now(generation)).state is GenerationState.LOST


async def test_a_picture_that_waits_is_not_old_by_a_clock_set_forward(rig: Rig, clock: SetClock) -> None:
    rig.world.relay.submissions.append(NotSent("no connection"))
    picture = GenerationRequest(
        Kind.IMAGE, "it moves", "ray-v2", 5, "720p", expand_prompt=True, image_url="https://cdn.example/a.png"
    )
    generation = await rig.ask(picture)
    await rig.settle()
    clock.set(DAY)
    await rig.pass_time(60)
    assert (await rig.now(generation)).relay_id == "task-1"


async def test_a_card_stays_the_card_on_a_clock_set_forward(rig: Rig, clock: SetClock) -> None:
    await rig.ask()
    await rig.settle()
    clock.set(DAY)
    await rig.pass_time(60, steps=12)
    (card,) = rig.world.discord.messages.values()
    assert card.videos == 1


async def test_a_card_is_tried_again_soon_on_a_clock_set_back(rig: Rig, clock: SetClock) -> None:
    await rig.ask()
    await rig.settle()
    rig.world.discord.outcomes.append(TryLater("Discord is busy"))
    while rig.world.discord.outcomes:
        await rig.pass_time(5)
    clock.set(-DAY)
    await rig.pass_time(60, steps=12)
    assert rig.world.discord.messages[1].videos == 1


async def test_a_lost_answer_is_looked_for_on_a_clock_set_back(rig: Rig, clock: SetClock) -> None:
    asked = rig.asked()
    generation = (
        await rig.intake.admit(asked, GenerationRequest(Kind.TEXT, "a sea", "ray-v2", 5, "720p", expand_prompt=True))
    ).generation
    await rig.world.discord.answer(asked.token)
    clock.set(-DAY)
    await rig.pass_time(60, steps=2)
    assert (await rig.now(generation)).relay_id == "task-1"
