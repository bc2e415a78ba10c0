"""What members look up: their own finished videos, and the one that a pasted id or link names."""

import re
from collections.abc import Callable

from bot.domain.card import Shown
from bot.domain.errors import UnfinishedVideo, UnknownVideo
from bot.domain.generation import Generation, GenerationState
from bot.ports import Store, VideoMatch

MOST_SUGGESTIONS = 25
"""Discord's limit on the choices of one autocomplete answer."""

_LINK = re.compile(r"https://(?:\w+\.)?discord(?:app)?\.com/channels/(\d{1,20})/(\d{1,20})/(\d{1,20})/?")
_MESSAGE_ID = re.compile(r"\d{15,20}")
_ID = re.compile(r"[0-9a-z]{4,32}")


class Queries:
    """Answers questions about one server at a time: nothing of another server is ever found."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def suggestions(self, guild_id: int, user_id: int, text: str) -> list[VideoMatch]:
        """The member's own completed videos in this server whose prompts hold every word of `text`, newest first."""
        return await self._store.completed(guild_id, user_id, text.split(), MOST_SUGGESTIONS)

    async def generation(self, guild_id: int, generation_id: str) -> Generation:
        """One generation of this server. Raises UnknownVideo."""
        return (await self.shown(guild_id, generation_id)).generation

    async def shown(self, guild_id: int, generation_id: str) -> Shown:
        """One generation of this server beside its card. Raises UnknownVideo."""
        shown = await self._store.get(generation_id) if _ID.fullmatch(generation_id) else None
        if shown is None or shown.generation.guild_id != guild_id:
            raise UnknownVideo(generation_id)
        return shown

    async def of_message(self, guild_id: int, message_id: int) -> Generation | None:
        """The generation that a message of this server shows, or showed before a second one took its place."""
        return await self._store.by_message(guild_id, message_id)

    async def extendable(self, guild_id: int, reference: str, can_see: Callable[[int], bool]) -> Generation:
        """The completed video that an id, a message link or a message id names.

        `can_see` says whether the member sees a channel. Raises UnknownVideo, also for one in a channel that the
        member does not see (so that nobody learns that it is there), and UnfinishedVideo.
        """
        generation = await self._named(guild_id, reference.strip())
        if not can_see(generation.channel_id):
            raise UnknownVideo(reference)
        if generation.state is not GenerationState.COMPLETED or generation.relay_id is None:
            raise UnfinishedVideo(generation.id)
        return generation

    async def _named(self, guild_id: int, reference: str) -> Generation:
        message_id: int | None = None
        if link := _LINK.fullmatch(reference):
            message_id = int(link[3]) if int(link[1]) == guild_id else 0
        elif _MESSAGE_ID.fullmatch(reference):
            message_id = int(reference)
        if message_id is None:
            return await self.generation(guild_id, reference.lower())
        found = await self._store.by_message(guild_id, message_id)
        if found is None:
            raise UnknownVideo(reference)
        return found
