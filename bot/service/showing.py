"""Shows a finished video again: brings its file anew, for as long as the new message needs it."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.domain.card import Shown
from bot.domain.generation import Generation
from bot.ports import Clock, House, Store
from bot.service.delivery import Delivery, Parcel
from bot.service.intake import Asked, let_in

log = logging.getLogger(__name__)

COPY_PAUSE_S = 2.0
"""Seconds between two looks whether a smaller copy is made."""
MOST_LOOKS = 60
"""Looks until the link alone has to do: a member waits for the message."""


class Showing:
    """What `/show` needs besides Discord. It asks for nothing that is paid, and changes no generation but its link.

    Its delivery must be one of its own: a file is thrown away once nobody here needs it.
    """

    def __init__(self, store: Store, house: House, delivery: Delivery, clock: Clock) -> None:
        self._store = store
        self._house = house
        self._delivery = delivery
        self._clock = clock
        self._in_use: Counter[str] = Counter()

    async def let_in(self, asked: Asked, generation: Generation) -> None:
        """Hold a showing against the house rules, as if it were asked for anew. Raises a Refusal and StoreError."""
        let_in(await self._house.door(asked.guild_id, asked.user_id, self._clock.now()), asked, generation.request)

    @asynccontextmanager
    async def packed(self, shown: Shown, most_bytes: int) -> AsyncIterator[Parcel]:
        """The card with its video, whose file stays while this lasts, and with its link as it is now.

        Raises StoreError.
        """
        generation_id = shown.generation.id
        self._in_use[generation_id] += 1
        try:
            yield await self._pack(shown, most_bytes)
        finally:
            self._in_use[generation_id] -= 1
            if not self._in_use[generation_id]:
                del self._in_use[generation_id]
                await self._unpack(generation_id)

    async def note(self, generation_id: str, channel_id: int, message_id: int) -> None:
        """Keep that a message shows it, so that its link and its menu name the video. Raises StoreError."""
        await self._store.note_showing(generation_id, channel_id, message_id, self._clock.now())

    async def _pack(self, shown: Shown, most_bytes: int) -> Parcel:
        parcel = await self._delivery.pack(shown, most_bytes)
        for _ in range(MOST_LOOKS):
            if not parcel.coming:
                return parcel
            await asyncio.sleep(COPY_PAUSE_S)
            parcel = await self._delivery.pack(shown, most_bytes)
        return replace(parcel, shown=replace(parcel.shown, copy=None), coming=False)

    async def _unpack(self, generation_id: str) -> None:
        try:
            await self._delivery.unpack(generation_id)
        except OSError as error:
            log.error("its file could not be thrown away: %s", error.strerror, extra={"generation": generation_id})  # noqa: TRY400  # the system's word says all
