"""The demo in the browser: the bot at work on a page that looks and works like Discord."""

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from simcord.backend.errors import SetupError

from bot.domain.errors import DreamreelError
from sandbox.opening import open_channel
from sandbox.preview import LivePreview
from sandbox.stage import Stage, staged

PACE = ("--queued", "3.5", "--dreaming", "4")
"""Slow enough that each state can be seen."""
ANSWER_S = 1.5
"""Seconds that the relay takes to answer a request, which count as queued: until then a card says Waiting."""
LOOK_S = 0.2
"""Seconds between two looks at whether a card has changed."""
LAST_EDITS_S = 0.3
"""Seconds that edits under way get at the end: nothing of the demo is kept."""


class PageNotShown(DreamreelError):
    """The page could not be served."""


async def show(port: int, stop: asyncio.Event) -> None:
    """Serve the page on `port` (0: a free one) until `stop` is set or the session is ended in the page.

    Raises PageNotShown where the port is taken, and other DreamreelErrors where something does not start.
    """
    logging.disable(logging.WARNING)
    page = asyncio.create_task(_show(port))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({page, stopped}, return_when=asyncio.FIRST_COMPLETED)
    logging.disable()  # what is cut off at the end is no news
    stopped.cancel()
    if not page.done():
        page.cancel()
    await asyncio.gather(page, return_exceptions=True)
    if not page.cancelled() and (error := page.exception()) is not None:
        raise error


async def _show(port: int) -> None:
    with tempfile.TemporaryDirectory(prefix="dreamreel-demo-") as folder:
        async with staged(Path(folder), *PACE) as stage:
            ann, bob = stage.join("ann"), stage.join("bob")
            mo = stage.join("mo", moderator=True)
            preview = LivePreview(
                stage.env,
                stage.channel,
                (ann, bob, mo),
                layout="channel",
                display="responsive",
                width=960,
                height=720,
                locale="en-US",
                timezone="UTC",
                presentation_time=None,
                assets=None,
                port=port,
            )
            async with _served(preview, port):
                await open_channel(stage, bob)
                await stage.slow_down(ANSWER_S)
                await preview.refresh()
                print(f"Open this in your browser: {preview.url}\nCtrl-C ends the demo.", flush=True)
                await _run(stage, preview)


@contextlib.asynccontextmanager
async def _served(preview: LivePreview, port: int) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(preview)
        except SetupError as error:
            taken = isinstance(error.__cause__, OSError)
            raise PageNotShown(
                f"Port {port} cannot be used: choose another with --port." if taken else f"No page: {error}"
            ) from error
        yield


async def _run(stage: Stage, preview: LivePreview) -> None:
    """The bot's own loops, and one that shows in the page what they have done."""
    loops = [
        asyncio.create_task(loop)
        for loop in (
            stage.app.poller.run(),
            stage.app.publisher.run(),
            stage.app.notices.run(),
            _publish(stage, preview),
            preview.wait_closed(),
        )
    ]
    try:
        await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await stage.app.publisher.stop(LAST_EDITS_S)
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    for loop in loops:
        if not loop.cancelled() and (error := loop.exception()) is not None:
            raise error


async def _publish(stage: Stage, preview: LivePreview) -> None:
    """Keep the simulated clock at now, and publish when the bot has told Discord something, only then."""
    published = 0
    while True:
        async with preview.turn:
            await stage.catch_up()
            told = len(stage.env.http_requests)
            if told != published:
                await preview.refresh()
                published = told
        await asyncio.sleep(LOOK_S)
