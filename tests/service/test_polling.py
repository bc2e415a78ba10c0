"""The poller learns how long videos take, asks accordingly, and says what it knows."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from bot.domain.finishing import Experience, Sort
from bot.domain.generation import Failure, FailureKind, GenerationRequest, GenerationState
from bot.domain.reports import Accepted, Failed, Report, Running, Submission, Succeeded, Unavailable
from bot.domain.schedule import PollSchedule
from bot.domain.turns import AtOnce
from bot.ports import Followed, Relay, Store
from bot.service.following import Following
from bot.service.forecasting import Forecasts
from bot.service.poller import Poller
from tests.rig import Rig, World, living, text_request

S = GenerationState
SORT = Sort.of(text_request())
SCHEDULE = PollSchedule(first_poll_s=15, min_interval_s=3, max_interval_s=20)
MINUTE = 60.0


class PunctualRelay:
    """Each task is done a minute after it was sent."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sent: dict[str, float] = {}
        self.asked: list[float] = []

    async def submit(self, request: GenerationRequest) -> Submission:  # the port's signature
        self.sent[f"task-{len(self.sent)}"] = self._world.clock.monotonic()
        return Accepted(f"task-{len(self.sent) - 1}")

    async def report(self, relay_id: str) -> Report:
        age = self._world.clock.monotonic() - self.sent[relay_id]
        self.asked.append(age)
        return Succeeded(f"https://cdn.example/{relay_id}.mp4") if age >= MINUTE else Running(S.DREAMING)


def learner(world: World, store: Store, relay: Relay, experience: Experience) -> Poller:
    return Poller(
        store,
        relay,
        world.clock,
        SCHEDULE,
        concurrency=100,
        at_once=AtOnce(1000, 1000),
        luck=lambda: 0.5,
        on_change=lambda: None,
        experience=experience,
    )


async def one_video(rig: Rig, poller: Poller, relay: PunctualRelay) -> list[float]:
    """The ages at which the relay is asked for one more video."""
    relay.asked.clear()
    generation = await rig.ask()
    poller.wake()
    for _ in range(120):
        await poller.tick()
        rig.world.clock.advance(1)
    assert (await rig.now(generation)).state is S.COMPLETED
    return list(relay.asked)


async def test_it_learns_to_ask_when_a_video_is_likely_to_be_done_and_still_knows_after_a_start(world: World) -> None:
    relay = PunctualRelay(world)
    async with world.store() as store, living(world, store=store) as rig:
        poller = learner(world, store, cast("Relay", relay), Experience())
        first = await one_video(rig, poller, relay)
        for _ in range(30):
            last = await one_video(rig, poller, relay)
        assert 15 <= first[0] <= 16
        assert last[0] > 35
        assert len(last) <= len(first) / 2
        assert last[-1] <= 64
        await rig.publisher.tick()  # what is not shown yet is no history yet
        again = learner(world, store, cast("Relay", relay), Experience())
        await again.load()
        assert (await one_video(rig, again, relay))[0] > 35


def following(world: World, experience: Experience) -> Following:
    return Following(SCHEDULE, world.clock, lambda: 0.5, experience)


def seen(experience: Experience) -> float:
    return experience.of(SORT).seen


async def test_an_end_is_known_to_lie_between_the_last_two_answers(world: World) -> None:
    experience = Experience()
    tasks = following(world, experience)
    for number in range(100):
        tasks.begin(str(number), "relay", world.clock.now(), SORT)
    for age in (50, 60):
        world.clock.advance(age - world.clock.monotonic())
        for task in list(tasks.due()):
            tasks.again(task) if age < MINUTE else tasks.end(task)
    assert len(tasks) == 0
    times = experience.of(SORT).hazard
    assert 49 < times.remaining_s(0, 0.1) < times.remaining_s(0, 0.9) < 61


async def test_nothing_is_learnt_where_the_relay_could_not_be_asked_in_between(world: World) -> None:
    experience = Experience()
    tasks = following(world, experience)
    tasks.begin("a", "relay", world.clock.now(), SORT)
    world.clock.advance(20)
    (task,) = tasks.due()
    tasks.again_after_silence(task, None)
    world.clock.advance(3600)
    (task,) = tasks.due()
    tasks.end(task)
    assert (seen(experience), len(tasks)) == (0, 0)


async def test_nothing_is_learnt_from_what_may_have_ended_while_the_bot_was_away(world: World) -> None:
    experience = Experience()
    tasks = following(world, experience)
    an_hour_ago = world.clock.now() - timedelta(hours=1)
    tasks.follow(Followed("taken up at a start", "relay", S.DREAMING, an_hour_ago, SORT))
    tasks.begin("settled by hand", "relay", an_hour_ago, SORT)
    world.clock.advance(20)
    for task in list(tasks.due()):
        tasks.end(task)
    assert (seen(experience), len(tasks)) == (0, 0)


async def test_after_a_start_one_that_is_seen_unfinished_teaches_again(world: World) -> None:
    experience = Experience()
    tasks = following(world, experience)
    tasks.follow(Followed("a", "relay", S.DREAMING, world.clock.now() - timedelta(minutes=2), SORT))
    world.clock.advance(5)
    (task,) = tasks.due()
    tasks.again(task)
    world.clock.advance(25)
    (task,) = tasks.due()
    tasks.end(task)
    assert seen(experience) == 1


async def test_a_failure_is_an_end_too(rig: Rig) -> None:
    rig.world.relay.reports = [Unavailable("502"), Running(S.DREAMING), Failed(Failure(FailureKind.UNKNOWN))]
    await rig.ask()
    await rig.pass_time(60, steps=12)
    assert seen(rig.poller._experience) == 1


async def test_the_usual_time_is_told_for_what_is_being_made_and_only_where_it_is_known(rig: Rig) -> None:
    generation = await rig.ask()
    await rig.settle()
    queued = await rig.now(generation)
    experience = Experience()
    forecasts = Forecasts(experience, rig.world.clock)
    assert queued.state is S.QUEUED
    assert forecasts.usually_done(queued) is None
    for _ in range(50):
        experience.of(SORT).learn(55, 60)
    usually = forecasts.usually_done(queued)
    assert usually is not None
    assert 55 < (usually - rig.world.clock.now()).total_seconds() < 62
    assert forecasts.usually_done(replace(queued, state=S.COMPLETED)) is None
    assert forecasts.usually_done(replace(queued, submitted_at=None)) is None


async def test_of_what_takes_more_than_an_hour_no_time_is_told(rig: Rig) -> None:
    generation = await rig.ask()
    await rig.settle()
    experience = Experience()
    for _ in range(50):
        experience.of(SORT).learn(7_000, 7_200)
    assert Forecasts(experience, rig.world.clock).usually_done(await rig.now(generation)) is None
