"""Brings the file of a finished video, by a fresh link from the relay where the stored one has died."""

import logging
from pathlib import Path

from bot.domain.generation import Generation
from bot.ports import FetchProblem, Media, Relay, Store
from bot.service.renewing import NoLink, Renewing

log = logging.getLogger(__name__)


class Fetching:
    """Fetches into one place on disk."""

    def __init__(self, store: Store, relay: Relay, media: Media) -> None:
        self._renewing = Renewing(store, relay)
        self._media = media

    async def bring(self, generation: Generation) -> tuple[Generation, Path | FetchProblem]:
        """The file of a completed video, and the video with the link by which it came. Raises StoreError."""
        found = await self._media.fetch(generation.id, generation.video_url or "")
        if found is FetchProblem.LINK_DEAD:
            renewed = await self._renewing.renewed(generation)
            generation = generation if isinstance(renewed, NoLink) else renewed
            found = await self._media.fetch(generation.id, generation.video_url or "")
        if isinstance(found, FetchProblem):
            log.warning("not fetched: %s", found.name, extra={"generation": generation.id})
        return generation, found

    async def discard(self, generation_id: str) -> None:
        """Throw the file away, and what was made of it."""
        await self._media.discard(generation_id)
