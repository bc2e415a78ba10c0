"""The composition root: the only file that knows every concrete class, and how the whole starts and stops."""

import asyncio
import gc
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import cogs
from bot.clock import SystemClock
from bot.domain.errors import StoreError
from bot.domain.finishing import Experience
from bot.domain.generation import Generation
from bot.films.workshop import Workshop
from bot.health import Health
from bot.identity import new_id
from bot.ports import Clock, Restored, Store
from bot.relay.client import RelayClient
from bot.relay.media import MediaStore
from bot.service.absence import Absence
from bot.service.continuing import Continuing
from bot.service.delivery import Delivery
from bot.service.fetching import Fetching
from bot.service.filming import Filming
from bot.service.forecasting import Forecasts
from bot.service.intake import Intake, Terms
from bot.service.notices import Notices
from bot.service.poller import Poller
from bot.service.preferences import PreferenceBook
from bot.service.publisher import Publisher
from bot.service.purse import Purser
from bot.service.queries import Queries
from bot.service.renewing import Renewing
from bot.service.right_of_way import RightOfWay
from bot.service.showing import Showing
from bot.service.story import Stories
from bot.service.upkeep import EVERY_S, Upkeep
from bot.settings import Settings
from bot.storage.files import refuse_damaged
from bot.storage.lock import ProcessLock
from bot.storage.stores import Stores, open_database
from bot.ui.board import DiscordBoard
from bot.ui.client import DreamreelClient
from bot.ui.connect import hold_back, point_at, run_client
from bot.ui.membership import DiscordMembers
from bot.ui.notifying import DiscordMessenger
from bot.ui.pace import Pace
from bot.ui.services import Services
from bot.ui.sync import SYNCED

log = logging.getLogger(__name__)

BUSY_S = 1.0
"""Seconds that a write waits for another process that holds the database: a member must hear of it within 3."""
LAST_EDITS_S = 25.0
"""Seconds that edits under way get when the bot stops; with the paid request's own 25 s, all ends within 30."""


@dataclass(frozen=True, slots=True)
class App:
    """The bot, put together and not yet connected."""

    client: DreamreelClient
    store: Store
    clock: Clock
    intake: Intake
    poller: Poller
    publisher: Publisher
    notices: Notices
    continuing: Continuing
    upkeep: Upkeep
    health: Health

    async def run(self, token: str, stop: asyncio.Event) -> None:
        """Run until `stop` is set, or a part dies: then the others end too, and its error is raised."""
        await self.poller.load()
        # What stands now stays: with 10,000 videos at the relay, each full collection would look through all of it
        # again, for a tenth of a second in which nobody is answered.
        gc.freeze()
        try:
            async with self.health.serving(), asyncio.TaskGroup() as group:
                parts = [
                    group.create_task(self._connect(token), name="discord"),
                    group.create_task(self.poller.run(), name="poller"),
                    group.create_task(self._publish(), name="publisher"),
                    group.create_task(self._tell(), name="notices"),
                    group.create_task(self._go_on(), name="continuing"),
                    group.create_task(self._keep_up(), name="upkeep"),
                ]
                group.create_task(self._close_when(stop, parts), name="stopper")
        finally:
            await self.client.close()

    async def settle(self) -> None:
        """Do all that is due now, without waiting for anything: the loops' own steps, one after the other."""
        await self.upkeep.round()
        await self.poller.tick()
        await self.publisher.tick()
        await self.notices.tick()
        await self.continuing.round()

    async def _connect(self, token: str) -> None:
        """Connect, after a pause where a crash loop must be slowed down: what was paid for is followed meanwhile."""
        await hold_back(self.store, self.clock)
        await run_client(self.client, token)

    async def _publish(self) -> None:
        """Show nothing before READY: until then a server that is not there is unknown, not gone."""
        await self.client.ready.wait()
        await self.publisher.run()

    async def _tell(self) -> None:
        await self.client.ready.wait()
        await self.notices.run()

    async def _go_on(self) -> None:
        await self.client.ready.wait()
        await self.continuing.run()

    async def _keep_up(self) -> None:
        await self.client.ready.wait()
        while True:
            try:
                await self.upkeep.round()
            except StoreError as trouble:
                log.error("chores left for later: %s", trouble)  # noqa: TRY400  # the sentence says all
            await asyncio.sleep(EVERY_S)

    async def _close_when(self, stop: asyncio.Event, parts: list[asyncio.Task[None]]) -> None:
        await stop.wait()
        log.info("stopping: no new work, what is on the wire is finished")
        self.intake.close()
        await asyncio.gather(self.poller.stop(), self.publisher.stop(LAST_EDITS_S))
        await self.client.close()
        for part in parts:
            part.cancel()


@asynccontextmanager
async def assembled(
    settings: Settings,
    *,
    clock: Clock | None = None,
    luck: Callable[[], float] = random.random,
    check: Callable[[], None] | None = None,
) -> AsyncIterator[App]:
    """The bot over its opened, migrated and swept database; all is closed again at the end.

    `check` waits for a look at the database file that has begun, and raises StoreDamaged; else it is looked at here.

    Raises StoreBusy when another process has the database, and StoreError when it cannot be used.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        url = settings.database.url.get_secret_value()
        stack.enter_context(ProcessLock(url))
        await asyncio.to_thread(check or partial(refuse_damaged, url, clock))
        stores = await stack.enter_async_context(open_database(url, clock, busy_timeout_s=BUSY_S))
        store = stores.store
        await _take_up(store, clock)
        relay = await stack.enter_async_context(
            RelayClient(settings.relay.base_url, settings.relay.api_key.get_secret_value(), clock=clock)
        )
        media = await stack.enter_async_context(_media(settings, settings.media.folder))
        # What films are put together from, apart from what cards wait for; a film that was begun dies with the bot.
        cuttings = await stack.enter_async_context(_media(settings, settings.media.folder / "films", emptied=True))
        workshop, absence = Workshop(), Absence(clock)
        intake = Intake(
            store,
            stores.house,
            clock,
            new_id,
            terms=terms(settings),
            on_attached=lambda: poller.wake(),  # noqa: PLW0108  # the poller is made further down
            on_change=lambda: publisher.wake(),  # noqa: PLW0108  # as above
            absence=absence,
        )
        # What is shown again is brought apart too: a card's file is thrown away as soon as the card has it.
        fetched = await stack.enter_async_context(_media(settings, settings.media.folder / "again", emptied=True))
        again = Delivery(store, relay, fetched, workshop)
        stack.push_async_callback(again.close)
        showing = Showing(store, stores.house, again, clock)
        filming = Filming(Fetching(store, relay, cuttings), workshop)
        experience, pace = Experience(), Pace()
        services = services_over(
            settings,
            stores,
            intake,
            filming,
            clock,
            pace=pace,
            showing=showing,
            renewing=Renewing(store, relay),
            on_settled=lambda it: poller.take_up(it),  # noqa: PLW0108  # as above
        )
        await services.preferences.load()
        client = DreamreelClient(services, cogs.register, store)
        board = DiscordBoard(
            client,
            clock,
            services.offer,
            expand_prompt=services.expand_prompt,
            pace=pace,
            house=stores.house,
            stories=services.stories,
            forecast=Forecasts(experience, clock),
        )
        notices = Notices(stores.notices, DiscordMessenger(client, services.preferences, stores.house, pace), clock)
        delivery = Delivery(store, relay, media, workshop)
        stack.push_async_callback(delivery.close)
        publisher = Publisher(store, board, delivery, clock, on_end_shown=notices.wake, absence=absence)
        continuing = Continuing(store, board, DiscordMembers(client, stores.house, pace), intake)

        def look() -> None:
            publisher.wake()
            continuing.wake()

        poller = Poller(
            store,
            relay,
            clock,
            settings.schedule(),
            concurrency=settings.poller.concurrency,
            at_once=settings.limits.at_once(),
            luck=luck,
            on_change=look,
            experience=experience,
            gives_way=lambda: services.right_of_way.taken,
            absence=absence,
        )
        upkeep = Upkeep(
            store,
            board,
            intake,
            stores.privacy,
            clock,
            retention=timedelta(days=settings.privacy.retention_days),
            on_change=publisher.wake,
            redraw=publisher.redraw,
            is_followed=poller.follows,
            on_settled=poller.take_up,
            newly_late=poller.newly_late,
            absence=absence,
        )
        health = Health(
            settings.health.host,
            settings.health.port,
            store,
            clock,
            connected=lambda: client.connected,
            last_round=lambda: poller.last_round,
        )
        yield App(client, store, clock, intake, poller, publisher, notices, continuing, upkeep, health)


def _media(settings: Settings, folder: Path, *, emptied: bool = False) -> MediaStore:
    return MediaStore(
        folder, relay_origin=settings.relay.base_url, most_bytes=settings.media.most_bytes, emptied=emptied
    )


def terms(settings: Settings) -> Terms:
    """What the operator decided about money and queues."""
    limits = settings.limits
    return Terms(settings.prices.table(), limits.caps(), limits.member_waiting, limits.server_waiting)


def services_over(
    settings: Settings,
    stores: Stores,
    intake: Intake,
    filming: Filming,
    clock: Clock,
    *,
    pace: Pace,
    showing: Showing,
    renewing: Renewing,
    on_settled: Callable[[Generation], None] = lambda _: None,
) -> Services:
    """The services behind the commands."""
    return Services(
        intake,
        Queries(stores.store),
        stores.purse,
        stores.house,
        stores.privacy,
        clock,
        settings.offer(),
        settings.relay.expand_prompt,
        Purser(stores.purse, stores.store, clock, claim=intake.claim, on_settled=on_settled),
        settings.prices.table(),
        retention_days=settings.privacy.retention_days,
        preferences=PreferenceBook(stores.preferences, clock),
        stories=Stories(stores.chains),
        filming=filming,
        showing=showing,
        renewing=renewing,
        pace=pace,
        right_of_way=RightOfWay(clock),
    )


async def _take_up(store: Store, clock: Clock) -> None:
    """Settle what no life of the bot may go on with: what was open in a backup, and what was being sent."""
    restored = await store.settle_restored(clock.now())
    if restored is not None:
        _log_restored(restored)
        await store.note(SYNCED, "")  # the commands may have been changed after the copy was made
    for generation_id in await store.sweep(clock.now()):
        log.error("was being sent when the bot ended: uncertain", extra={"generation": generation_id})


def _log_restored(restored: Restored) -> None:
    log.warning(
        "started from a backup made at %s: %d cancelled, %d uncertain; what came after it is not known",
        restored.made_at,
        len(restored.cancelled),
        len(restored.uncertain),
    )
    for generation_id in restored.cancelled:
        log.warning("waited when the backup was made: cancelled", extra={"generation": generation_id})
    for generation_id in restored.uncertain:
        log.error("was being sent when the backup was made: uncertain", extra={"generation": generation_id})


async def run(settings: Settings, stop: asyncio.Event, check: Callable[[], None] | None = None) -> None:
    """Run the bot until `stop` is set; `check` as in `assembled`. Raises DreamreelError with a sentence."""
    point_at(settings.discord.api_url, settings.discord.gateway_url)
    async with assembled(settings, check=check) as app:
        await app.run(settings.discord.token.get_secret_value(), stop)
