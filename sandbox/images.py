"""The first and last frames that a call names, fetched as a relay fetches them: by URL, once, soon after the call."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
from PIL import Image

from sandbox.scene import open_image

FETCH_TIMEOUT_S = 3.0
MOST_BYTES = 20 * 1024 * 1024
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


@dataclass(frozen=True, slots=True)
class Images:
    first: bytes | None = None
    last: bytes | None = None


class UnreadableImageError(Exception):
    """What stands at this URL is not a picture that the relay can use."""


class ImageFetcher:
    """Fetches in the background, so that the paid call is answered at once."""

    def __init__(self, rewrite: Mapping[str, str]) -> None:
        """`rewrite` maps URL prefixes to the prefixes that are asked instead; the longest match wins."""
        self._rewrite = sorted(rewrite.items(), key=lambda pair: len(pair[0]), reverse=True)
        self._session: aiohttp.ClientSession | None = None
        self._fetches: dict[str, asyncio.Task[Images | None]] = {}

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=FETCH_TIMEOUT_S))

    async def close(self) -> None:
        for fetch in self._fetches.values():
            fetch.cancel()
        await asyncio.gather(*self._fetches.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def begin(self, task_id: str, urls: tuple[str | None, str | None], on_unreadable: Callable[[], None]) -> None:
        if any(urls):
            work = self._both(urls, on_unreadable)
            self._fetches[task_id] = asyncio.create_task(work, name=f"images of {task_id}")

    async def images(self, task_id: str) -> Images | None:
        """Wait for the images of a task; None says that one of them could not be read."""
        if task_id not in self._fetches:
            return Images()
        return await asyncio.shield(self._fetches[task_id])

    async def _both(self, urls: tuple[str | None, str | None], on_unreadable: Callable[[], None]) -> Images | None:
        try:
            first, last = [None if url is None else await self._fetch(url) for url in urls]
        except (UnreadableImageError, aiohttp.ClientError, TimeoutError):
            on_unreadable()
            return None
        return Images(first, last)

    async def _fetch(self, url: str) -> bytes:
        assert self._session is not None  # noqa: S101 - the server has been started
        async with self._session.get(self._rewritten(url)) as response:
            response.raise_for_status()
            data = bytearray()
            async for chunk in response.content.iter_chunked(65536):
                data += chunk
                if len(data) > MOST_BYTES:
                    raise UnreadableImageError("too large")
        await asyncio.to_thread(_check, bytes(data))
        return bytes(data)

    def _rewritten(self, url: str) -> str:
        for here, there in self._rewrite:
            if url.startswith(here):
                return there + url.removeprefix(here)
        return url


def _check(data: bytes) -> None:
    try:
        open_image(data, FORMATS)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableImageError(str(error)) from error
