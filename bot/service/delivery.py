"""Brings a finished video to disk for its card, by a fresh link where the stored one has died."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.card import Shown
from bot.domain.generation import Generation, GenerationState
from bot.domain.reports import Succeeded
from bot.ports import FetchProblem, Media, Relay, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A card to show and the file that goes with it.

    `video` is None where there is nothing to attach: not finished, too large for the server, or not to be had.
    `unreachable` tells that another try may bring it.
    """

    shown: Shown
    video: Path | None = None
    unreachable: bool = False


class Delivery:
    """Packs parcels."""

    def __init__(self, store: Store, relay: Relay, media: Media) -> None:
        self._store = store
        self._relay = relay
        self._media = media

    async def pack(self, shown: Shown, most_bytes: int) -> Parcel:
        """The card with its video, where it is completed and the file is at most `most_bytes`. Raises StoreError."""
        generation = shown.generation
        if generation.state is not GenerationState.COMPLETED or generation.video_url is None:
            return Parcel(shown)
        found = await self._media.fetch(generation.id, generation.video_url)
        if found is FetchProblem.LINK_DEAD:
            generation = await self._relinked(generation)
            shown = replace(shown, generation=generation)
            found = await self._media.fetch(generation.id, generation.video_url or "")
        if isinstance(found, FetchProblem):
            log.warning("not fetched: %s", found.name, extra={"generation": generation.id})
            return Parcel(shown, unreachable=found in {FetchProblem.UNREACHABLE, FetchProblem.LINK_DEAD})
        fits = found.stat().st_size <= most_bytes
        return Parcel(shown, found if fits else None)

    async def unpack(self, generation_id: str) -> None:
        """Throw the file away once it is delivered."""
        await self._media.discard(generation_id)

    async def _relinked(self, generation: Generation) -> Generation:
        if generation.relay_id is None:
            return generation
        report = await self._relay.report(generation.relay_id)
        if not isinstance(report, Succeeded) or report.video_url == generation.video_url:
            return generation
        await self._store.relink(generation.id, report.video_url)
        return replace(generation, video_url=report.video_url)
