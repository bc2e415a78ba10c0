"""Keeps finished videos on disk: each is downloaded once, however many ask for it at the same time."""

import asyncio
import logging
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp.abc import AbstractResolver

from bot.ports import FetchProblem
from bot.relay.addresses import is_public
from bot.relay.download import Downloader, NoVideo

log = logging.getLogger(__name__)

MOST_BYTES = 500_000_000
"""Bytes of one video. The longest chains stay far below it."""


class MediaStore:
    """Videos on disk, as `bot.ports.Media`; to be entered before use."""

    def __init__(
        self,
        folder: Path,
        *,
        relay_origin: str,
        most_bytes: int = MOST_BYTES,
        total_s: float = 300.0,
        emptied: bool = False,
        resolver: AbstractResolver | None = None,
        allowed: Callable[[str], bool] = is_public,
    ) -> None:
        """Keep videos in `folder`; each download may take `total_s` seconds in all.

        With `emptied`, nothing is kept from one life to the next.

        Of `relay_origin`, scheme, host and port count: links there may be plain http at a private address. Any other
        link must be https, at an address that `allowed` says yes to.
        """
        self._folder = folder
        self._total_s = total_s
        self._emptied = emptied
        # Sessions can be opened in a running loop only.
        self._open = partial(Downloader, relay_origin, most_bytes=most_bytes, resolver=resolver, allowed=allowed)
        self._downloader: Downloader | None = None
        self._running: dict[str, asyncio.Task[Path | FetchProblem]] = {}

    async def __aenter__(self) -> Self:
        """Raise ValueError for a bad `relay_origin`, and OSError where the folder cannot be made."""
        await asyncio.to_thread(_prepare, self._folder, emptied=self._emptied)
        self._downloader = self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop the downloads that run, and close all connections. Later ones come to nothing, and say so."""
        downloader, self._downloader = self._downloader, None
        for generation_id in list(self._running):
            await self._stop(generation_id)
        if downloader is not None:
            await downloader.close()

    async def fetch(self, generation_id: str, url: str) -> Path | FetchProblem:
        """Bring the whole video to disk. See `bot.ports.Media`. Raises ValueError for an id that is none of ours."""
        place = self._place(generation_id)
        bringing = self._running.get(generation_id)
        if bringing is None:
            bringing = asyncio.create_task(self._bring(generation_id, place, url), name=f"download {generation_id}")
            self._running[generation_id] = bringing
            bringing.add_done_callback(lambda _: self._running.pop(generation_id, None))
        # Whoever stops waiting stops neither the others nor the download.
        await asyncio.wait({bringing})
        return FetchProblem.UNREACHABLE if bringing.cancelled() else bringing.result()

    async def discard(self, generation_id: str) -> None:
        """Forget the file, what was made of it, and a download on its way.

        Raises OSError where the disk does not let go.
        """
        place = self._place(generation_id)
        await self._stop(generation_id)
        await asyncio.to_thread(_clear, place.parent, f"{generation_id}.*")

    async def _stop(self, generation_id: str) -> None:
        bringing = self._running.get(generation_id)
        if bringing is not None:
            bringing.cancel()
            await asyncio.wait({bringing})

    def _place(self, generation_id: str) -> Path:
        if not re.fullmatch(r"[a-z0-9]+", generation_id):
            raise ValueError("a generation's id has only small letters and digits")
        return self._folder / f"{generation_id}.mp4"

    async def _bring(self, generation_id: str, place: Path, url: str) -> Path | FetchProblem:
        about = {"generation": generation_id}
        try:
            if _is_there(place):
                return place
            if self._downloader is None:
                return FetchProblem.UNREACHABLE
            async with asyncio.timeout(self._total_s):
                await self._downloader.download(url, place)
        except NoVideo as error:
            log.info("no video: %s, %s", error.problem.name, error, extra=about)
            return error.problem
        except TimeoutError:
            log.info("no video: not here within %g s", self._total_s, extra=about)
            return FetchProblem.UNREACHABLE
        except OSError as error:
            log.error("the disk does not take a video: %s", error.strerror, extra=about)  # noqa: TRY400 - this says all
            return FetchProblem.UNREACHABLE
        return place


def _is_there(place: Path) -> bool:
    """Not worth a thread: that costs ten times as much as a look at a folder that is in use."""
    return place.is_file()


def _prepare(folder: Path, *, emptied: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder, "*.part")  # what a crash left half done
    if emptied:
        _clear(folder, "*.mp4")


def _clear(folder: Path, pattern: str) -> None:
    for file in folder.glob(pattern):
        file.unlink(missing_ok=True)
