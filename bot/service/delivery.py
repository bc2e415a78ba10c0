"""Packs a card with its video, or with a smaller copy where the server takes no file that large."""

import asyncio
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.card import Copy, Shown
from bot.domain.generation import GenerationState
from bot.ports import FetchProblem, Films, Media, Relay, Store
from bot.service.fetching import Fetching

log = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""Seconds that a card waits for its smaller copy. One that takes longer is shown with the link alone meanwhile: a
second edit costs a request, and most copies of a few seconds of film need none."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A card to show and the file that goes with it.

    `video` is None where there is nothing to attach: not finished, too large for the server, or not to be had.
    `unreachable` tells that another try may bring it, `coming` that a smaller copy is being made.
    """

    shown: Shown
    video: Path | None = None
    unreachable: bool = False
    coming: bool = False


@dataclass(frozen=True, slots=True)
class _Making:
    """A smaller copy on its way, or done; the task says whether it stands at `path`."""

    path: Path
    most_bytes: int
    task: asyncio.Task[bool]


class Delivery:
    """Packs parcels. To be closed at the end: copies are made in the background.

    A copy lies beside its original until both are discarded, so nothing but time is lost when the bot dies over one.
    """

    def __init__(
        self, store: Store, relay: Relay, media: Media, films: Films, *, patience_s: float = PATIENCE_S
    ) -> None:
        self._fetching = Fetching(store, relay, media)
        self._films = films
        self._patience_s = patience_s
        self._copies: dict[str, _Making] = {}

    async def pack(self, shown: Shown, most_bytes: int) -> Parcel:
        """The card with its video, where it is completed, in a file of at most `most_bytes`. Raises StoreError."""
        if shown.generation.state is not GenerationState.COMPLETED or shown.generation.video_url is None:
            return Parcel(shown)
        generation, found = await self._fetching.bring(shown.generation)
        shown = replace(shown, generation=generation)
        if isinstance(found, FetchProblem):
            return Parcel(shown, unreachable=found in {FetchProblem.UNREACHABLE, FetchProblem.LINK_DEAD})
        if found.stat().st_size <= most_bytes:
            return Parcel(shown, found)
        return await self._copied(shown, found, most_bytes)

    async def unpack(self, generation_id: str) -> None:
        """Throw the file and its copy away once they are delivered."""
        await self._stop(generation_id)
        await self._fetching.discard(generation_id)

    async def close(self) -> None:
        """Stop making copies. The next life makes them."""
        for generation_id in list(self._copies):
            await self._stop(generation_id)

    async def _copied(self, shown: Shown, film: Path, most_bytes: int) -> Parcel:
        generation_id = shown.generation.id
        making = self._copies.get(generation_id)
        if making is None or making.most_bytes != most_bytes:
            await self._stop(generation_id)
            making = self._start(generation_id, film, most_bytes)
            # Whoever stops waiting does not stop the work.
            await asyncio.wait({making.task}, timeout=self._patience_s)
        if not making.task.done():
            return Parcel(replace(shown, copy=Copy.COMING), coming=True)
        if not making.task.result():
            return Parcel(shown)
        return Parcel(replace(shown, copy=Copy.ATTACHED), making.path)

    def _start(self, generation_id: str, film: Path, most_bytes: int) -> _Making:
        to = film.with_name(f"{generation_id}.small.mp4")
        task = asyncio.create_task(self._fit(generation_id, film, to, most_bytes), name=f"copy {generation_id}")
        self._copies[generation_id] = _Making(to, most_bytes, task)
        return self._copies[generation_id]

    async def _fit(self, generation_id: str, film: Path, to: Path, most_bytes: int) -> bool:
        about = {"generation": generation_id}
        try:
            if _stands(to, most_bytes):
                return True  # it was made before the bot died
            fits = await self._films.fit(film, to, most_bytes)
        except OSError as error:
            log.error("no smaller copy: %s", error.strerror, extra=about)  # noqa: TRY400  # the system's word says all
            return False
        log.info("a smaller copy is made" if fits else "no watchable copy is small enough", extra=about)
        return fits

    async def _stop(self, generation_id: str) -> None:
        making = self._copies.pop(generation_id, None)
        if making is not None and not making.task.done():
            making.task.cancel()
            await asyncio.wait({making.task})


def _stands(copy: Path, most_bytes: int) -> bool:
    return copy.is_file() and copy.stat().st_size <= most_bytes
