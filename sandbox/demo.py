"""A conversation with the bot, played from start to end and checked at every step: no token, no key, no cost."""

import asyncio
import io
import logging
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
from PIL import Image
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.domain.generation import GenerationState
from bot.ui import story_words, words
from sandbox.film import FilmFacts, probe
from sandbox.stage import Stage, staged
from sandbox.transcript import Reader

PATIENCE_S = 60.0
"""Seconds that one video may take here before the demo calls it a fault."""
PACE = ("--queued", "0.6", "--dreaming", "1.2")
SUNRISE, NIGHT = (240, 170, 90), (20, 30, 80)
NOT_CHARGED = "nothing was charged"
NEAR = 40
"""How far a colour may be off after the film was encoded, of 255."""


class StepFailed(Exception):
    """Something in the conversation was not as it should be."""


def play(videos: Path) -> int:
    """Play the conversation, print it, and save the films to `videos`. The exit code: 0, or 1 if a step went wrong."""
    videos.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.WARNING)
    try:
        asyncio.run(_play(videos))
    except StepFailed as fault:
        print(f"\nThis is not as it should be: {fault}")
        return 1
    finally:
        logging.disable(logging.NOTSET)
    return 0


async def _play(videos: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="dreamreel-demo-") as folder:
        async with staged(Path(folder), *PACE) as stage:
            await Conversation(stage, videos).play()
    print(f"\nThe films are in {videos}/")


class Conversation:
    """Ann and Bob make videos."""

    def __init__(self, stage: Stage, videos: Path) -> None:
        self.stage = stage
        self.videos = videos
        self.ann = stage.join("ann")
        self.bob = stage.join("bob")
        self.mo = stage.join("mo", moderator=True)
        self.said: dict[int, list[str]] = {}
        self.films = 0

    async def play(self) -> None:
        """Every scene, in order; each builds on those before it."""
        lighthouse = await self.words_alone()
        await self.pictures()
        second = await self.extended_by_command(lighthouse)
        third = await self.extended_by_button(second)
        await self.one_film(third)
        await self.refused()
        await self.limited()
        await self.failed()
        await self.restarted()
        await self.paid_once()

    async def words_alone(self) -> discord.Message:
        prompt = "A lighthouse in a storm, waves breaking over the rocks"
        self._types(self.ann, f"/generate prompt:{prompt}")
        asked = await self.ann.slash(self.stage.channel, "generate", prompt=prompt)
        message = await self._follow(asked, GenerationState.COMPLETED)
        facts = self._save(message, "lighthouse")
        self._expect((facts.width, facts.height) == (1280, 720), f"720p, not {facts.width}x{facts.height}")
        self._expect(abs(facts.seconds - 5) < 0.2, f"5 seconds, not {facts.seconds:.1f}")  # noqa: PLR2004  # a frame or two
        return message

    async def pictures(self) -> None:
        prompt = "The day goes by over the bay"
        pictures = {"image": ("sunrise.png", _picture(SUNRISE)), "end_image": ("night.png", _picture(NIGHT))}
        self._types(self.ann, f"/image-to-video prompt:{prompt} image:sunrise.png end_image:night.png resolution:540p")
        asked = await self.ann.slash(
            self.stage.channel, "image-to-video", prompt=prompt, resolution="540p", duration=9, **pictures
        )
        facts = self._save(await self._follow(asked, GenerationState.COMPLETED), "bay")
        self._expect(_near(facts.first_rgb, SUNRISE), f"the first frame is the sunrise, not {facts.first_rgb}")
        self._expect(_near(facts.last_rgb, NIGHT), f"the last frame is the night, not {facts.last_rgb}")
        self._expect(abs(facts.seconds - 9) < 0.2, f"9 seconds, not {facts.seconds:.1f}")  # noqa: PLR2004  # a frame or two

    async def extended_by_command(self, first: discord.Message) -> discord.Message:
        choices = await self.ann.autocomplete(self.stage.channel, "extend", "video", "light storm")
        print(f'\nann looks for "light storm" in /extend\'s list: {", ".join(c["name"] for c in choices)}')
        self._expect(len(choices) == 1, "the list holds the one video with these words")
        prompt = "The storm passes and the sun comes out"
        self._types(self.ann, f"/extend video:{choices[0]['name']} prompt:{prompt}")
        asked = await self.ann.slash(self.stage.channel, "extend", video=choices[0]["value"], prompt=prompt)
        message = await self._follow(asked, GenerationState.COMPLETED)
        self._expect(message.id != first.id, "an extension has a message of its own")
        self._save(message, "lighthouse-part-2")
        return message

    async def extended_by_button(self, message: discord.Message) -> discord.Message:
        print("\nbob presses Extend under ann's video")
        window = await self.bob.click(message, label=words.EXTEND_BUTTON())
        held = _text_field(window.modal)
        print(f'  a window opens: "{words.EXTEND_LABEL()}" It holds: {held}')
        self._expect(held == "The storm passes and the sun comes out", "the window holds the old prompt")
        asked = await self.bob.submit_modal(window, {"prompt": "A rainbow stands over the lighthouse"})
        print("bob writes: A rainbow stands over the lighthouse")
        message = await self._follow(asked, GenerationState.COMPLETED)
        self._save(message, "lighthouse-part-3")
        return message

    async def one_film(self, last: discord.Message) -> None:
        """Bob looks up how the rainbow came about, and has one film made of it."""
        link = f"https://discord.com/channels/{self.stage.guild.id}/{self.stage.channel.id}/{last.id}"
        self._types(self.bob, f"/story video:{link}")
        asked = await self.bob.slash(self.stage.channel, "story", video=link)
        self._expect(asked.response is not None and asked.ephemeral, "bob alone sees the story")
        if asked.response is None:
            return
        reader = Reader(self.stage.people, datetime.now(UTC))
        print("\n".join(f"  (only bob sees this) {line}" for line in reader.lines(asked.response.components)))
        print(f"bob presses {story_words.FILM_BUTTON()}")
        await self.bob.click(asked.response, label=story_words.FILM_BUTTON())
        film = self.stage.channel.last_message
        self._expect(film is not None and film.id != last.id, "the film is posted")
        if film is not None:
            print("\n".join(f"  | {line}" for line in self._lines(film)))
            facts = self._save(film, "lighthouse-one-film")
            self._expect(abs(facts.seconds - 15) < 0.5, f"15 seconds, not {facts.seconds:.1f}")  # noqa: PLR2004  # a few frames

    async def refused(self) -> None:
        self._types(self.bob, "/generate prompt:hi")
        asked = await self.bob.slash(self.stage.channel, "generate", prompt="hi")
        said = self._hears(asked, "bob")
        self._expect(NOT_CHARGED in said, "a refusal says that it cost nothing")

    async def limited(self) -> None:
        """A moderator sets a limit that ann has used up by now; she meets it, and it is raised."""
        await self._limit(3)
        prompt = "A kite over the dunes"
        self._types(self.ann, f"/generate prompt:{prompt}")
        asked = await self.ann.slash(self.stage.channel, "generate", prompt=prompt)
        said = self._hears(asked, "ann")
        self._expect(NOT_CHARGED in said, "a limit that is met costs nothing")
        await self._limit(20)
        self._types(self.ann, "/balance")
        said = self._hears(await self.ann.slash(self.stage.channel, "balance"), "ann")
        self._expect("17" in said, "ann has 17 of 20 credits left")

    async def _limit(self, credits_: int) -> None:
        self._types(self.mo, f"/quota set scope:default credits:{credits_} period:day")
        asked = await self.mo.slash(self.stage.channel, "quota set", scope="default", credits=credits_, period="day")
        self._expect(str(credits_) in self._hears(asked, "mo"), "the moderator is told the new limit")

    def _hears(self, asked: InteractionResult, name: str) -> str:
        """What one person alone is answered."""
        self._expect(asked.response is not None and asked.ephemeral, f"{name} alone is answered")
        said = asked.response.content if asked.response else ""
        lines = Reader(self.stage.people, datetime.now(UTC)).lines([{"content": said}])
        print("\n".join(f"  (only {name} sees this) {line}" for line in lines))
        return said

    async def failed(self) -> None:
        prompt = "A forbidden castle in the clouds"
        self._types(self.bob, f"/generate prompt:{prompt}")
        asked = await self.bob.slash(self.stage.channel, "generate", prompt=prompt)
        message = await self._follow(asked, GenerationState.FAILED)
        self._expect("cost you nothing" in "\n".join(self._lines(message)), "a failure says that it cost nothing")

    async def restarted(self) -> None:
        prompt = "A paper boat sails down a rainy street"
        self._types(self.bob, f"/generate prompt:{prompt} resolution:540p")
        asked = await self.bob.slash(self.stage.channel, "generate", prompt=prompt, resolution="540p")
        await self._follow(asked, GenerationState.DREAMING)
        print("\n* the bot is stopped and started again *")
        await self.stage.restart()
        message = await self._follow(asked, GenerationState.COMPLETED)
        self._save(message, "paper-boat")
        print("\nann presses Extend under it: the button is older than this process")
        window = await self.ann.click(message, label=words.EXTEND_BUTTON())
        self._expect(_text_field(window.modal) == prompt, "the button works after a restart")

    async def paid_once(self) -> None:
        bills = await self.stage.bills()
        charged = [bill for bill in bills if bill["charged"]]
        given_back = [bill for bill in charged if bill["refunded"]]
        broken = [bill for bill in bills if bill["kind"] == "violation"]
        print(f"\nThe relay charged {len(charged)} times and gave {len(given_back)} back.")
        self._expect((len(charged), len(given_back)) == (6, 1), "six paid requests, one of them given back")
        self._expect(not broken, f"the relay's contract is kept: {broken}")

    async def _follow(self, asked: InteractionResult, wanted: GenerationState) -> discord.Message:
        """Let time pass until the card says so, printing it each time it says something new."""
        self._expect(asked.response is not None, "the command is answered")
        message_id = asked.response.id if asked.response else 0
        deadline = time.monotonic() + PATIENCE_S
        while True:
            message = self.stage.message(message_id)
            lines = self._lines(message)
            if lines[0] != self.said.get(message_id, [""])[0]:
                self.said[message_id] = lines
                print("\n".join(f"  | {line}" for line in lines) + "\n")
            if lines[0].endswith(words.STATES[wanted]()):
                return message
            self._expect(time.monotonic() < deadline, f"{words.STATES[wanted]()} in {PATIENCE_S:.0f} s, not {lines[0]}")
            await self.stage.step()

    def _lines(self, message: discord.Message) -> list[str]:
        reader = Reader(self.stage.people, datetime.now(UTC))
        return reader.lines([component.to_dict() for component in message.components])  # type: ignore[misc]  # a TypedDict is a dict

    def _save(self, message: discord.Message, name: str) -> FilmFacts:
        self._expect(len(message.attachments) == 1, "the film is attached, once")
        film = self.stage.file(message.attachments[0].url)
        self.films += 1
        path = self.videos / f"{self.films}-{name}.mp4"
        path.write_bytes(film)
        facts = probe(film)
        print(f"  {path.name}: {facts.seconds:.1f} s, {facts.width}x{facts.height}, {len(film):,} bytes")
        return facts

    def _types(self, who: MemberActor, text: str) -> None:
        print(f"\n{who.name} types {text}")

    def _expect(self, well: bool, what: str) -> None:
        if not well:
            raise StepFailed(what)


def _picture(colour: tuple[int, int, int]) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (960, 540), colour).save(data, "PNG")
    return data.getvalue()


def _near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) <= NEAR for a, b in zip(one, other, strict=True))


def _text_field(modal: dict[str, Any] | None) -> str:
    row = (modal or {}).get("components", [{}])[0]
    return str((row.get("component") or row.get("components", [{}])[0]).get("value", ""))
