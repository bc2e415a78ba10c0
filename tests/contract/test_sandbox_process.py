"""The sandbox relay runs as a process of its own, and ends when it is told to."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).parents[2]
HEADERS = {"Authorization": "Bearer other-key"}


@asynccontextmanager
async def process(*options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    command = (sys.executable, "-m", "sandbox.relay_server", "--api-key", "other-key", *options)
    running = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert running.stdout is not None
    try:
        line = (await asyncio.wait_for(running.stdout.readline(), 20)).decode()
        assert line.startswith("listening on http://127.0.0.1:")
        yield running, line.removeprefix("listening on ").strip()
    finally:
        # Not killed: it is to remove its films.
        if running.returncode is None:
            running.terminate()
        await running.communicate()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_at_once_in_the_middle_of_its_work(ending: signal.Signals) -> None:
    """A film is being drawn and a client is kept waiting; neither holds it up, and it leaves no error behind."""
    async with (
        process("--queued", "0", "--dreaming", "0") as (running, url),
        aiohttp.ClientSession(headers=HEADERS) as http,
    ):
        order = {"user_prompt": "A long film", "duration": "30", "resolution": "1080p"}
        async with http.post(f"{url}/luma/generations", json=order) as response:
            task_id = (await response.json())["id"]
        hang = {"on": "get", "fault": "hang"}
        async with http.post(f"{url}/_sandbox/faults", json=hang) as response:
            assert response.status == 201
        waiting = [
            asyncio.create_task(http.get(f"{url}/videos/{task_id}.mp4")),
            asyncio.create_task(http.get(f"{url}/luma/generations/{task_id}")),
        ]
        counts = {"get": 0, "video": 0}
        while not (counts["get"] and counts["video"]):
            async with http.get(f"{url}/_sandbox/requests") as response:
                counts = await response.json()
        running.send_signal(ending)
        # The film alone is a quarter of a minute's work; a quiet machine needs half a second to end.
        _, errors = await asyncio.wait_for(running.communicate(), 5)
        assert running.returncode == 0
        assert errors == b""
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(result, aiohttp.ClientError) for result in results)


async def test_its_options_reach_the_server() -> None:
    async with (
        process("--by-hand", "--no-render", "--model", "ray-v1", "--rewrite", "http://a/=http://b/") as (_, url),
        aiohttp.ClientSession(headers=HEADERS) as http,
    ):
        for model, status in (("ray-v1", 200), ("ray-v2", 503)):
            order = {"user_prompt": "A film", "model_name": model}
            async with http.post(f"{url}/luma/generations", json=order) as response:
                assert response.status == status
