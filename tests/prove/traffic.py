"""Members at work: all that can be asked of the bot, at any moment, whether the bot is there or not."""

import asyncio
import io
import itertools
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from PIL import Image

from tests.prove import neighbours
from tests.prove.ledgers import MEMBER_WAITING
from tests.wire.local_discord import CHANNEL, Interaction, Json, LocalDiscord, acts
from tests.wire.local_discord.payloads import parts

PICTURES = "https://cdn.discordapp.example/pictures/"
"""Where members' pictures lie. The relay is told to look for them at the local Discord."""
CHANNELS = 3
"""Of the server; each member asks in one of them."""
_GAP_S = 0.15
"""Seconds between two acts, in the mean."""
_ROUNDS_OF_A_GROUP, _GROUP = 8, 6
"""So many members act for so many lives of the bot, then others come: each meets the day's limit in that time."""
_FIRST_MEMBER = 1_000
_REMEMBERED = 60
"""Asked for most recently: what buttons are looked for on."""


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(file, "PNG")
    return file.getvalue()


def picture_route() -> web.RouteDef:
    """Serves the one picture that members attach."""
    data = _picture()

    async def picture(_: web.Request) -> web.Response:
        return web.Response(body=data, content_type="image/png")

    return web.get("/pictures/{name}", picture)


@dataclass(frozen=True, slots=True)
class Ask:
    """A video that was asked for, and by whom."""

    interaction: Interaction
    member: int


class Traffic:
    """Acts one after the other. Each has words of its own, so that it can be told from all others on any bill."""

    def __init__(self, local: LocalDiscord) -> None:
        self._local = local
        self._numbers = itertools.count(1)
        self._asked: list[Ask] = []
        self._dice = random.Random()  # noqa: S311  # a repeatable choice, no secret
        self._first = _FIRST_MEMBER
        self.acts = 0

    def begin(self, number: int, seed: str) -> None:
        """What chance brings in one life of the bot."""
        self._dice = random.Random(f"{seed}:traffic")  # noqa: S311  # as above
        self._first = _FIRST_MEMBER + number // _ROUNDS_OF_A_GROUP * _GROUP

    async def go_on(self) -> None:
        """Act until cancelled."""
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / _GAP_S))
            if self._local.rest.commands:
                await self.act()

    async def act(self) -> None:
        """Do one thing."""
        chances: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (40, self._generate),
            (8, self._generate_in_vain),
            (8, self._image_to_video),
            (12, self._press_extend),
            (8, self._extend),
            (6, self._cancel),
            (4, self._crowd_the_line),
            (3, self._deliver_again),
            (3, self._trespass),
            (3, self._search),
        ]
        weights, doings = zip(*chances, strict=True)
        (do,) = self._dice.choices(doings, weights)
        await do()
        self.acts += 1

    # Videos

    async def _generate(self) -> None:
        member = self._member()
        await self._ask("generate", member, prompt=self._words("a film"))

    async def _generate_in_vain(self) -> None:
        """The words that the sandbox knows to fail by."""
        member, why = self._member(), self._dice.choice(("a forbidden film", "nobody knows the film"))
        await self._ask("generate", member, prompt=self._words(why))

    async def _image_to_video(self) -> None:
        number, member = next(self._numbers), self._member()
        options = {"prompt": f"a picture that moves {number}", "image": str(number)}
        attached = {
            "id": str(number),
            "filename": "picture.png",
            "size": 200,
            "content_type": "image/png",
            "url": f"{PICTURES}{number}.png",
            "proxy_url": f"{PICTURES}{number}.png",
        }
        data = acts.command(self._local.rest.commands["image-to-video"], options)
        data["resolved"] = {"attachments": {str(number): attached}}
        self._note(await self._local._send(acts.COMMAND, data, member, channel_id=self._channel(member)), member)

    async def _press_extend(self) -> None:
        """Click Extend, and fill the window in once it is there; the bot may die before, between and after."""
        found = self._button("dreamreel:extend:")
        if found is None:
            return
        message, custom_id = found
        member, prompt = self._member(), self._words("and then")
        pressed = await self._local.press(message, custom_id, by=member)

        async def fill_in() -> None:
            if (await self._local.answered(pressed)).answer is not None and "components" in str(pressed.answer):
                self._note(await self._local.submit(pressed, by=member, prompt=prompt), member)

        await self._within(fill_in(), 0.5)

    async def _extend(self) -> None:
        found = self._button("dreamreel:extend:")
        if found is not None:
            member, video = self._member(), found[1].rpartition(":")[2]
            await self._ask("extend", member, video=video, prompt=self._words("and then, in words"))

    # What else they do

    async def _cancel(self) -> None:
        """Click Cancel on a card that waits, mostly on one's own."""
        found = self._button("dreamreel:cancel:")
        if found is not None:
            message, custom_id = found
            member = next(ask.member for ask in self._asked if ask.interaction.message_id == message)
            await self._local.press(message, custom_id, by=self._dice.choice((member, member, self._member())))

    async def _crowd_the_line(self) -> None:
        """One member asks for more than may wait at once."""
        member = self._member()
        for _ in range(MEMBER_WAITING + 3):
            await self._ask("generate", member, prompt=self._words("one of many films"))

    async def _deliver_again(self) -> None:
        if self._asked:
            await self._local.again(self._dice.choice(self._asked).interaction)

    async def _trespass(self) -> None:
        """Reach for a video of another server, whose id somebody told."""
        await self._ask("extend", self._member(), video=neighbours.FINISHED, prompt=self._words("a film of theirs"))

    async def _search(self) -> None:
        await self._local.type_in("extend", "video", self._dice.choice(("film", "dream", "")), by=self._member())

    # Chance

    async def _ask(self, command: str, member: int, **options: str) -> None:
        self._note(await self._local.slash(command, by=member, channel_id=self._channel(member), **options), member)

    @staticmethod
    def _channel(member: int) -> int:
        return CHANNEL + member % CHANNELS

    def _member(self) -> int:
        """One of the present group, or somebody who was never here before."""
        if self._dice.random() < 0.3:  # so that there is always somebody with credits
            return 100_000 + next(self._numbers)
        return self._first + self._dice.randrange(_GROUP)

    def _words(self, text: str) -> str:
        return f"{text} {next(self._numbers)}"

    def _note(self, interaction: Interaction, member: int) -> None:
        self._asked = [*self._asked[-_REMEMBERED:], Ask(interaction, member)]

    def _button(self, prefix: str) -> tuple[int, str] | None:
        """A button of that kind on one of the cards, if there is any."""
        found = [
            (int(message["id"]), str(part["custom_id"]))
            for message in self._cards()
            for part in parts(message["components"])
            if str(part.get("custom_id", "")).startswith(prefix)
        ]
        return self._dice.choice(found) if found else None

    def _cards(self) -> list[Json]:
        places = [ask.interaction.message_id for ask in self._asked]
        return [self._local.messages[place] for place in places if place is not None]

    @staticmethod
    async def _within(work: Awaitable[None], seconds: float) -> None:
        """Wait so long for the bot, as members do, and no longer."""
        try:
            async with asyncio.timeout(seconds):
                await work
        except TimeoutError:
            return
