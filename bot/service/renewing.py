"""Asks the relay for a finished video's link anew: the links of most relays die after a while."""

import logging
from dataclasses import replace
from enum import Enum, auto

from bot.domain.generation import Generation, GenerationState
from bot.domain.reports import Failed, NotFound, Succeeded
from bot.ports import Relay, Store

log = logging.getLogger(__name__)


class NoLink(Enum):
    """Why there is no new link."""

    SAME = auto()  # the relay gives the link that is known
    GONE = auto()  # the relay has the video no more
    LATER = auto()  # no useful answer this time


class Renewing:
    """Renews links. Nothing here is paid for."""

    def __init__(self, store: Store, relay: Relay) -> None:
        self._store = store
        self._relay = relay

    async def renewed(self, generation: Generation) -> Generation | NoLink:
        """The video with a new link, which is kept. Raises StoreError."""
        if generation.state is not GenerationState.COMPLETED or generation.relay_id is None:
            return NoLink.GONE
        match await self._relay.report(generation.relay_id):
            case Succeeded(video_url=url) if url != generation.video_url:
                await self._store.relink(generation.id, url)
                log.info("its link was renewed", extra={"generation": generation.id})
                return replace(generation, video_url=url)
            case Succeeded():
                return NoLink.SAME
            case NotFound() | Failed():
                return NoLink.GONE
        return NoLink.LATER
