"""The services over a real SQLite file and the fakes, put together as the bot does it, on a clock that tests move."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.domain.card import Card
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.domain.schedule import PollSchedule
from bot.domain.turns import AtOnce
from bot.ports import Board, Media, Members, Relay, Store
from bot.service.absence import Absence
from bot.service.continuing import Continuing
from bot.service.delivery import Delivery
from bot.service.intake import Asked, Intake, Terms
from bot.service.poller import Poller
from bot.service.publisher import Publisher
from bot.service.upkeep import Upkeep
from bot.storage.stores import Stores, open_database
from tests.clock import ManualClock
from tests.fakes import FakeDiscord, FakeFilms, FakeMedia, FakeRelay

GUILD, CHANNEL, MEMBER = 10, 20, 30
_numbers = itertools.count(1)


def text_request(prompt: str = "a calm sea at dawn") -> GenerationRequest:
    return GenerationRequest(Kind.TEXT, prompt, "ray-v2", 5, "720p", expand_prompt=True)


@dataclass
class World:
    """What a death of the bot does not touch: the relay, Discord, the clock and the database's file."""

    folder: Path
    clock: ManualClock
    relay: FakeRelay = field(default_factory=FakeRelay)
    discord: FakeDiscord = field(default_factory=FakeDiscord)
    films: FakeFilms = field(default_factory=FakeFilms)
    disk: FakeMedia = field(init=False)
    beside: Stores = field(init=False)

    def __post_init__(self) -> None:
        self.disk = FakeMedia(self.folder)

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'dreamreel.db'}"

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """The store of generations; what lies beside it in the database is `beside`."""
        async with open_database(self.url, self.clock) as stores:
            self.beside = stores
            yield stores.store


@dataclass
class Rig:
    """One life of the bot in a world."""

    world: World
    store: Store
    intake: Intake
    poller: Poller
    publisher: Publisher
    upkeep: Upkeep
    continuing: Continuing

    def asked(self, action_key: str | None = None) -> Asked:
        number = next(_numbers)
        return Asked(
            action_key or f"interaction:{number}", GUILD, CHANNEL, MEMBER, f"token-{number}", self.world.clock.now()
        )

    async def ask(
        self, request: GenerationRequest | None = None, asked: Asked | None = None, *, more_parts: int = 0
    ) -> Generation:
        """What a command does: admit, answer, attach."""
        asked = asked or self.asked()
        admitted = await self.intake.admit(asked, request or text_request(), more_parts=more_parts)
        shown = await self.intake.first_look(admitted.generation, Card())
        message_id = await self.world.discord.answer(asked.token, says_away=shown.away)
        await self.intake.attach(admitted.generation.id, message_id)
        return admitted.generation

    async def settle(self) -> None:
        """Do all that is due at this moment."""
        await self.upkeep.round()
        await self.poller.tick()
        await self.publisher.tick()
        await self.continuing.round()

    async def pass_time(self, seconds: float, steps: int = 1) -> None:
        """Let time go by in equal steps, with everything due done at the end of each."""
        for _ in range(steps):
            self.world.clock.advance(seconds / steps)
            await self.settle()

    async def now(self, generation: Generation) -> Generation:
        """The generation as the store has it."""
        shown = await self.store.get(generation.id)
        assert shown is not None
        return shown.generation


@asynccontextmanager
async def living(
    world: World,
    *,
    store: Store,
    relay: Relay | None = None,
    board: Board | None = None,
    members: Members | None = None,
    media: Media | None = None,
    concurrency: int = 8,
    at_once: AtOnce = AtOnce(100, 100),  # noqa: B008  # frozen
    schedule: PollSchedule = PollSchedule(first_poll_s=5, min_interval_s=4.5, max_interval_s=5),  # noqa: B008  # frozen
    luck: Callable[[], float] = lambda: 0.5,
    patience_s: float = 1.0,
) -> AsyncIterator[Rig]:
    """One life: swept and loaded at its start, stopped at its end. By itself all is due at each step of 5 s."""
    relay, board, media = relay or world.relay, board or world.discord, media or world.disk
    absence = Absence(world.clock)
    ids = (f"gen{number:04d}" for number in _numbers)
    intake = Intake(
        store,
        world.beside.house,
        world.clock,
        lambda: next(ids),
        terms=Terms(most_waiting_member=100),
        on_attached=lambda: poller.wake(),  # noqa: PLW0108  # bound later
        on_change=lambda: publisher.wake(),  # noqa: PLW0108  # bound later
        absence=absence,
    )
    delivery = Delivery(store, relay, media, world.films, patience_s=patience_s)
    publisher = Publisher(store, board, delivery, world.clock, absence=absence)
    poller = Poller(
        store,
        relay,
        world.clock,
        schedule,
        concurrency=concurrency,
        at_once=at_once,
        luck=luck,
        on_change=publisher.wake,
        absence=absence,
    )
    upkeep = Upkeep(
        store,
        board,
        intake,
        world.beside.privacy,
        world.clock,
        retention=timedelta(days=30),
        on_change=publisher.wake,
        redraw=publisher.redraw,
        is_followed=poller.follows,
        on_settled=poller.take_up,
        newly_late=poller.newly_late,
        absence=absence,
    )
    continuing = Continuing(store, board, members or world.discord, intake)
    await store.sweep(world.clock.now())
    await poller.load()
    try:
        yield Rig(world, store, intake, poller, publisher, upkeep, continuing)
    finally:
        await poller.stop()
        await publisher.stop(timedelta(seconds=1).total_seconds())
        await delivery.close()
