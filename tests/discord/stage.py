"""A server with the bot in it: real discord.py, real services and a real database under a simulated Discord."""

import copy
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import simcord
from discord import app_commands
from simcord.components import walk_components

import cogs
from bot.domain.card import Shown
from bot.domain.errors import Refusal
from bot.domain.generation import Generation
from bot.domain.request import Offer
from bot.identity import new_id
from bot.service.delivery import Delivery
from bot.service.fetching import Fetching
from bot.service.filming import Filming
from bot.service.intake import Intake, Terms
from bot.service.preferences import PreferenceBook
from bot.service.purse import Purser
from bot.service.queries import Queries
from bot.service.renewing import Renewing
from bot.service.right_of_way import RightOfWay
from bot.service.showing import Showing
from bot.service.story import Stories
from bot.settings import Database, Discord, Media, Relay, Settings
from bot.storage.generations import SqlStore
from bot.storage.stores import Stores, open_database
from bot.ui.cards import card
from bot.ui.client import DreamreelClient
from bot.ui.services import Services
from tests.fakes import FakeFilms, FakeMedia, FakeRelay

OFFER = Offer(models=("ray-v2", "ray-v1"), durations=(5, 9), resolutions=("720p", "1080p"))
LINK = "https://cdn.example/video.mp4"
_INTERACTION = "INTERACTION_CREATE"


class StageClock:
    """The simulated Discord's clock, once there is one."""

    def __init__(self) -> None:
        self.env: simcord.Env | None = None

    def now(self) -> datetime:
        assert self.env is not None
        return self.env.now()

    def monotonic(self) -> float:
        return 0.0 if self.env is None else self.now().timestamp()


@dataclass
class Stage:
    """One server with a channel, two members, and the bot; and what a test needs to see behind it.

    `ids` are those of all generations that were ever to be admitted, the oldest first.
    """

    env: simcord.Env
    stores: Stores
    services: Services
    make_client: Callable[[], DreamreelClient]
    closing: AsyncExitStack
    ids: list[str]
    relay: FakeRelay
    disk: FakeMedia
    films: FakeFilms

    def __post_init__(self) -> None:
        self.store: SqlStore = self.stores.store
        self.guild = self.env.create_guild("Studio")
        self.channel = self.guild.create_text_channel("videos")
        self.alice = self.guild.add_member(self.env.create_user("alice"))
        self.bob = self.guild.add_member(self.env.create_user("bob"))

    async def restart(self) -> None:
        """A new process: nothing in memory is left of the old one."""
        await self.env.restart_bot(self.make_client())

    async def lose_the_database(self) -> None:
        await self.closing.aclose()

    async def admitted(self) -> list[Shown]:
        """Every generation ever admitted, the oldest first."""
        found = [await self.store.get(each) for each in self.ids]
        return [shown for shown in found if shown is not None]

    async def newest(self) -> Generation:
        return (await self.admitted())[-1].generation

    async def finished(
        self,
        actor: simcord.MemberActor,
        prompt: str = "a calm sea",
        channel: simcord.ChannelHandle | None = None,
    ) -> Generation:
        """A video of a member's, made and shown."""
        result = await actor.slash(channel or self.channel, "generate", prompt=prompt)
        assert result.response is not None
        shown = (await self.admitted())[-1]
        generation = await self.complete(shown.generation)
        await self.draw(result.response, replace(shown, generation=generation))
        return generation

    async def complete(self, generation: Generation) -> Generation:
        """What the poller does of it, from the first step to the last."""
        now = self.services.clock.now()
        sending = generation.submitting(now)
        accepted = sending.accepted(f"task-{generation.id}", now)
        completed = accepted.completed(LINK, now)
        for before, after in ((generation, sending), (sending, accepted), (accepted, completed)):
            assert await self.store.save(before, after)
        return completed

    async def draw(self, message: simcord.ResponseMessage, shown: Shown) -> None:
        """Draw a card into a message, as the board does."""
        await message.message.edit(view=card(shown, offer=OFFER, expand_prompt=True))

    async def shown(self, generation: Generation) -> Shown:
        shown = await self.store.get(generation.id)
        assert shown is not None
        return shown

    async def link(self, generation: Generation) -> str:
        """What Discord's "Copy Message Link" gives."""
        message_id = (await self.shown(generation)).card.message_id
        return f"https://discord.com/channels/{generation.guild_id}/{generation.channel_id}/{message_id}"

    async def message(self, generation: Generation) -> Any:
        """The message that shows it."""
        message_id = (await self.shown(generation)).card.message_id
        handles = self.guild.channels.values()
        return next(m for channel in handles for m in channel.history() if m.id == message_id)

    async def deliver(self, change: Callable[[dict[str, Any]], None] | None = None) -> int:
        """Deliver the last interaction again, changed; how many requests the bot made of Discord for it."""
        payload = next(p for _, event, p in reversed(self.env.backend.transcript) if event == _INTERACTION)
        payload = copy.deepcopy(payload)
        if change is not None:
            change(payload)
        before = len(self.env.http_requests)
        self.env.backend.emit(_INTERACTION, payload)
        await self.env.settle()
        return len(self.env.http_requests) - before

    def answers(self) -> list[dict[str, Any]]:
        """All that the bot tried to answer interactions with, whether or not Discord took it."""
        sent = [body for kind, path, body in self.env.backend.transcript if kind == "HTTP" and "callback" in path]
        return [body["data"] for body in sent if "data" in body]

    def said(self) -> str:
        """The text of the last answer."""
        return str(self.answers()[-1].get("content"))


def settings_in(folder: Path) -> Settings:
    """Those of a bot that is put together and never connected."""
    return Settings(
        discord=Discord.model_validate({"token": "a.b.c"}),
        relay=Relay.model_validate({"api_key": "sk-none", "base_url": "http://127.0.0.1:9"}),
        database=Database.model_validate({"url": f"sqlite+aiosqlite:///{folder / 'bot.db'}"}),
        media=Media(folder=folder / "media"),
    )


def text_of(message: simcord.ResponseMessage | None) -> str:
    """All text of a card."""
    assert message is not None
    return "\n".join(part["content"] for part in walk_components(message.components) if part["type"] == 10)


def headline_of(message: simcord.ResponseMessage | None) -> str:
    """A card's first line: the state it is in, where the line of steps below names the others too."""
    return text_of(message).partition("\n")[0]


def told(result: simcord.InteractionResult) -> str:
    """What a member was told, in a message that only they see."""
    assert result.response is not None
    assert result.response.ephemeral
    return result.response.content


def original(error: BaseException) -> BaseException:
    return error.original if isinstance(error, app_commands.CommandInvokeError) else error


@asynccontextmanager
async def staged(folder: Path, terms: Terms | None = None) -> AsyncIterator[Stage]:
    """A stage, without prices or caps of the operator's but where `terms` say so.

    Any error of the bot's but a refusal, that a test did not look at, fails it.
    """
    clock, ids, terms = StageClock(), list[str](), terms or Terms()

    def noted_id() -> str:
        ids.append(new_id())
        return ids[-1]

    relay, disk, films = FakeRelay(), FakeMedia(folder), FakeFilms()

    async with AsyncExitStack() as closing:
        stores = await closing.enter_async_context(open_database(f"sqlite:///{folder / 'dreamreel.db'}", clock))
        intake = Intake(
            stores.store,
            stores.house,
            clock,
            noted_id,
            terms=terms,
            on_attached=lambda: None,
            on_change=lambda: None,
        )
        services = Services(
            intake,
            Queries(stores.store),
            stores.purse,
            stores.house,
            stores.privacy,
            clock,
            OFFER,
            expand_prompt=True,
            purser=Purser(stores.purse, stores.store, clock, claim=intake.claim),
            prices=terms.prices,
            preferences=PreferenceBook(stores.preferences, clock),
            stories=Stories(stores.chains),
            filming=Filming(Fetching(stores.store, relay, disk), films),
            showing=Showing(stores.store, stores.house, Delivery(stores.store, relay, disk, films), clock),
            renewing=Renewing(stores.store, relay),
            right_of_way=RightOfWay(clock),
        )

        def make_client() -> DreamreelClient:
            return DreamreelClient(services, cogs.register, stores.store)

        env = simcord.Env(make_client())
        await env.start()
        try:
            clock.env = env
            yield Stage(env, stores, services, make_client, closing, ids, relay, disk, films)
        finally:
            await env.shutdown()
        unseen = env.errors_since(env._errors_acknowledged)
        assert not [error for error in unseen if not isinstance(original(error), Refusal)]
