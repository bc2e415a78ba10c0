"""Pictures of every state of a card and of what members open, in English and Chinese, in a wide and a narrow window.

`python -m tests.browser.states FOLDER` writes them as `LANGUAGE/NAME-wide.png` and `LANGUAGE/NAME-narrow.png`;
`--language` and `--size` leave the others out.
"""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
from playwright.async_api import Page, async_playwright

from bot.domain.camera import Camera
from bot.domain.card import Card, CardState, Copy, Shown
from bot.domain.generation import Failure, FailureKind, Generation, GenerationRequest, GenerationState, Kind
from bot.domain.request import Offer
from bot.domain.story import Ways
from bot.service.queries import everywhere
from bot.ui.cards import card
from bot.ui.language import languages, speaking
from bot.ui.more import panel
from bot.ui.ways import way_lines
from sandbox.film import FilmSpec, render
from sandbox.preview import LivePreview
from tests.browser.panels import open_panels
from tests.discord.people import manager
from tests.discord.stage import Stage, staged

LANGUAGES = ("en", "zh_Hans")
SIZES = {"wide": (1300, 7000), "narrow": (400, 7000)}
"""So high that hardly anything has to be scrolled."""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
PATIENCE_MS = 20_000
PANELS_H = 3
"""What is looked back on was made in the hours before now."""
S = GenerationState
OFFER = Offer(models=("ray-v2", "ray-v1"), durations=(5, 9), resolutions=("720p", "1080p"))
PROMPTS = {
    "en": "A lighthouse in a storm, waves breaking over the rocks",
    "zh_Hans": "暴风雨中的灯塔，海浪拍打着礁石",  # noqa: RUF001  # the comma of Chinese
}
LINK = "https://cdn.example/lighthouse.mp4"


@dataclass(frozen=True)
class Pose:
    """One card to be looked at."""

    name: str
    shown: Shown
    film: bool = False
    usually: datetime | None = None
    late: bool = False
    reposted: bool = False


def poses(stage: Stage, language: str, now: datetime) -> Iterator[Pose]:
    """Every state, and the looks within one that differ."""
    asked = GenerationRequest(Kind.TEXT, PROMPTS[language], "ray-v2", 5, "720p", expand_prompt=True)
    rich = replace(asked, model="ray-v1", duration=9, resolution="1080p", expand_prompt=False, camera=Camera.ORBIT_LEFT)
    base = Generation(
        "k3v9x2ma",
        "interaction:1",
        stage.guild.id,
        stage.channel.id,
        stage.alice.id,
        asked,
        2,
        now - timedelta(minutes=1),
        now,
    )
    sent = replace(base, relay_id="task", submitted_at=now - timedelta(seconds=55))
    ended = replace(sent, finished_at=now, video_url=LINK)
    place = Card(CardState.LIVE, stage.channel.id, stage.channel.id, stage.channel.id)

    def pose(name: str, of: Generation, state: GenerationState, **looks: Any) -> Pose:
        facts = {key: looks.pop(key) for key in ("place", "copy") if key in looks}
        return Pose(name, Shown(replace(of, state=state), place, **facts), **looks)

    yield pose("waiting", base, S.WAITING)
    yield pose("waiting-in-line", replace(base, request=rich), S.WAITING, place=3)
    yield pose("queued", sent, S.QUEUED)
    yield pose("dreaming", replace(sent, request=rich), S.DREAMING, usually=now + timedelta(minutes=1))
    yield pose("dreaming-late", replace(sent, submitted_at=now - timedelta(minutes=12)), S.DREAMING, late=True)
    yield pose("completed", replace(ended, request=rich), S.COMPLETED, film=True)
    yield pose("completed-small", ended, S.COMPLETED, film=True, copy=Copy.ATTACHED)
    yield pose("completed-link", ended, S.COMPLETED, reposted=True)
    refused = Failure(FailureKind.MODERATION, "blocked by the content filter")
    yield pose("failed", replace(ended, failure=refused), S.FAILED)
    yield pose("cancelled", replace(base, finished_at=now), S.CANCELLED)
    yield pose("expired", ended, S.EXPIRED)
    yield pose("uncertain", replace(base, submitted_at=now), S.UNCERTAIN)
    yield pose("lost", replace(base, submitted_at=now, finished_at=now), S.LOST)
    long = " ".join([PROMPTS[language]] * 60)
    yield pose("long-prompt", replace(sent, request=replace(asked, prompt=long)), S.QUEUED)


async def shoot(folder: Path, spoken: Sequence[str] = LANGUAGES, sizes: Sequence[str] = tuple(SIZES)) -> list[Path]:
    """Write the pictures; a language without a file is left out. Which there are."""
    with tempfile.TemporaryDirectory(prefix="dreamreel-states-") as work:
        film = Path(work) / "film.mp4"
        await asyncio.to_thread(render, FilmSpec(PROMPTS["en"], seconds=1, width=640, height=360), film)
        return [
            path
            for language in spoken
            if language in languages()
            for path in await _shot(_made(Path(work) / language), film, _made(folder / language), language, sizes)
        ]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def _shot(work: Path, film: Path, folder: Path, language: str, sizes: Sequence[str]) -> list[Path]:
    async with staged(work) as stage:
        mo = manager(stage, name="mo")
        await _move_clock(stage, timedelta(hours=-PANELS_H))
        posted = {name: message_id async for name, message_id in open_panels(stage, mo, language)}
        await _move_clock(stage, timedelta())  # the page's times tick
        posted |= await _hang(stage, film, language)
        options: dict[str, Any] = {"layout": "channel", "display": "responsive", "width": 960, "height": 720}
        options |= {"locale": language.replace("_", "-").replace("zh-Hans", "zh-CN"), "timezone": "UTC"}
        options |= {"presentation_time": None, "assets": None}
        async with LivePreview(stage.env, stage.channel, (mo, stage.alice), port=0, **options) as preview:
            return await _photographed(preview.url, posted, folder, sizes)


async def _move_clock(stage: Stage, from_now: timedelta) -> None:
    await stage.env.advance_time((datetime.now(UTC) + from_now - stage.env.now()).total_seconds())


async def _hang(stage: Stage, film: Path, language: str) -> dict[str, int]:
    """Post every card, and the panel of one of them; their messages by name."""
    client, posted = stage.env.bot, dict[str, int]()
    if client.user is not None:
        await client.user.edit(username="Dreamreel")
    channel = client.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    with speaking(language):
        for pose in poses(stage, language, stage.env.now()):
            view = card(
                pose.shown,
                offer=OFFER,
                expand_prompt=True,
                attached=film.name if pose.film else None,
                usually=pose.usually,
                late=pose.late,
                reposted=pose.reposted,
            )
            view.stop()
            message = await channel.send(view=view, files=[discord.File(film)] if pose.film else [])
            posted[pose.name] = message.id
            if pose.name == "completed":
                takes = (_as_part(pose.shown, 3), _as_part(pose.shown, 3))
                lines = list(way_lines(Ways(_as_part(pose.shown, 1), takes), everywhere))
                opened, files = panel(_as_part(pose.shown, 2), lines, may_delete=True, own=False)
                posted["more"] = (await channel.send(view=opened, files=files)).id
    return posted


def _as_part(shown: Shown, number: int) -> Shown:
    request = replace(shown.generation.request, part=number)
    return replace(shown, generation=replace(shown.generation, request=request))


async def _photographed(address: str, posted: Mapping[str, int], folder: Path, sizes: Sequence[str]) -> list[Path]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), headless=True, args=list(FLAGS)
        )
        page = await browser.new_page(reduced_motion="reduce")
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(address)
        messages = {name: page.locator(f'article[data-message-id="{each}"]') for name, each in posted.items()}
        await messages["long-prompt"].wait_for()
        taken = []
        for size in sizes:
            await _resize(page, *SIZES[size])
            for name, message in messages.items():
                path = folder / f"{name}-{size}.png"
                await message.screenshot(path=path)
                taken.append(path)
        await browser.close()
    return taken


async def _resize(page: Page, width: int, height: int) -> None:
    """Make the window that large, and wait until the page has taken it in."""
    await page.set_viewport_size({"width": width, "height": height})
    fits = """() => {
        const state = window.simcordPreview, stage = document.querySelector("#preview-stage");
        return state.ready && state.presentation?.host.width === stage.clientWidth;
    }"""
    async with asyncio.timeout(PATIENCE_MS / 1_000):
        while not await page.evaluate(fits):  # noqa: ASYNC110  # nothing tells us but the page
            await asyncio.sleep(0.05)


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.states", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--size", nargs="+", default=tuple(SIZES), choices=tuple(SIZES))
    asked = parser.parse_args()
    for each in asyncio.run(shoot(asked.folder, asked.language, asked.size)):
        print(each)  # noqa: T201  # a tool's own word


if __name__ == "__main__":
    _main()
