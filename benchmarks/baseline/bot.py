"""The baseline: a loop for each film that asks every 5 s and edits each time, with its state in memory.

It is what a search for Discord bots with a video API brings up: `defer`, `asyncio.sleep(5)` in the command's own
callback, `edit_original_response` at every turn, the whole video in memory, and a new message where the edit fails.
Nothing of it is made worse than it is found, and it is given what many lack: one HTTP session, and that fallback.
"""

import asyncio
import contextlib
import io
import time
from typing import Any

import aiohttp
import discord
from discord import app_commands

POLL_S = 5


class VideoBot(discord.Client):
    """`opened` are films that it is to be in the middle of when it is ready: interaction and task of each."""

    def __init__(self, luma_url: str, luma_key: str, opened: list[dict[str, Any]]) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)
        self.jobs: dict[str, asyncio.Task[None]] = {}
        self._luma_url = luma_url
        self._headers = {"Authorization": f"Bearer {luma_key}"}
        self._opened = opened
        self._http: aiohttp.ClientSession | None = None

    @property
    def luma(self) -> aiohttp.ClientSession:
        """The session for the video API."""
        assert self._http is not None  # noqa: S101  # opened in setup_hook
        return self._http

    async def setup_hook(self) -> None:
        """Add the one command."""
        self._http = aiohttp.ClientSession(headers=self._headers)

        @self.tree.command(name="generate", description="Generate a video")
        async def generate(interaction: discord.Interaction[Any], prompt: str) -> None:
            await interaction.response.defer(thinking=True)
            order = {"user_prompt": prompt, "model_name": "ray-v2", "duration": "5", "resolution": "720p"}
            async with self.luma.post(f"{self._luma_url}/luma/generations", json=order) as response:
                task = (await response.json())["id"]
            await self.follow(interaction, task)

        await self.tree.sync()

    async def on_ready(self) -> None:
        """Go on with what it is to be in the middle of."""
        opened, self._opened = self._opened, []
        for number, job in enumerate(opened):
            interaction = discord.Interaction(data=job["interaction"], state=self._connection)
            # Asked for at different moments, so they are not in step.
            later = POLL_S * number / len(opened)
            self.jobs[job["task"]] = asyncio.create_task(self._rejoin(interaction, job["task"], later))

    async def _rejoin(self, interaction: discord.Interaction[Any], task: str, later: float) -> None:
        await asyncio.sleep(later)
        await self.follow(interaction, task)

    async def follow(self, interaction: discord.Interaction[Any], task: str) -> None:
        """Ask and edit until it is over."""
        began = time.monotonic()
        while True:
            async with self.luma.get(f"{self._luma_url}/luma/generations/{task}") as response:
                data = await response.json()
            if data["state"] == "completed":
                return await self._deliver(interaction, data["video"]["download_url"])
            if data["state"] == "failed":
                await interaction.edit_original_response(content=f"Failed: {data.get('failure_reason')}")
                return None
            await self._tell(interaction, f"{data['state']}: {time.monotonic() - began:.0f} s")
            await asyncio.sleep(POLL_S)

    async def _tell(self, interaction: discord.Interaction[Any], text: str) -> None:
        with contextlib.suppress(discord.HTTPException):  # the token is dead, or Discord is: the next turn tells
            await interaction.edit_original_response(content=text)

    async def _deliver(self, interaction: discord.Interaction[Any], url: str) -> None:
        async with self.luma.get(url) as response:
            video = await response.read()
        try:
            await interaction.edit_original_response(content="Here it is!", attachments=[_file(video)])
        except discord.HTTPException:
            channel = self.get_partial_messageable(interaction.channel_id or 0)
            await channel.send("Here it is!", file=_file(video))


def _file(video: bytes) -> discord.File:
    return discord.File(io.BytesIO(video), "video.mp4")
