"""What members look up: their own past page by page, and the video that a pasted id or link names."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.card import Shown
from bot.domain.errors import UnfinishedVideo, UnknownVideo
from bot.domain.generation import Generation, GenerationState
from bot.ports import PlaceInTime, Side, Sought, Store, VideoMatch

MOST_SUGGESTIONS = 25
"""Discord's limit on the choices of one autocomplete answer."""
MOST_LOOKED_AT = 2_000
"""Videos looked at for one page of what a moderator may see; a member who made more in hidden channels is rare."""

_LINK = re.compile(r"https://(?:\w+\.)?discord(?:app)?\.com/channels/(\d{1,20})/(\d{1,20})/(\d{1,20})/?")
_MESSAGE_ID = re.compile(r"\d{15,20}")
_ID = re.compile(r"[0-9a-z]{4,32}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a member's past, the newest first, and whether there is more on either side."""

    rows: tuple[Shown, ...]
    newer: bool
    older: bool


def place_of(shown: Shown) -> PlaceInTime:
    """Where it stands in its member's past."""
    return PlaceInTime(shown.generation.created_at, shown.generation.id)


def everywhere(_channel_id: int) -> bool:
    """See every channel: what is one's own may be seen wherever it stands."""
    return True


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
        """The generation that a message of this server shows, shows again, or showed before a second one came."""
        return await self._store.by_message(guild_id, message_id)

    async def copies(self, generation_id: str) -> list[tuple[int, int]]:
        """Channel and message of each message that shows it again, beside its card."""
        return await self._store.copies(generation_id)

    async def films(self, generation_id: str) -> list[tuple[int, int]]:
        """Channel and message of each film that it is a part of."""
        return await self._store.films(generation_id)

    async def note_film(self, generation_ids: Sequence[str], channel_id: int, message_id: int, now: datetime) -> None:
        """Keep which parts a film holds, so that it goes with any of them, and can be reported. Raises StoreError."""
        await self._store.note_film(generation_ids, channel_id, message_id, now)

    async def history(self, sought: Sought, can_see: Callable[[int], bool] = everywhere) -> Page:
        """A page of a member's past, without what stands in channels that whoever asks does not see."""
        found = await self._visible(replace(sought, most=sought.most + 1), can_see)
        rows, more = found[: sought.most], len(found) > sought.most
        if sought.side is Side.NEWER:
            rows.reverse()
        if sought.start is None:
            return Page(tuple(rows), newer=False, older=more)
        if not rows:
            return Page((), newer=False, older=False)
        if sought.side is Side.NEWER:
            return Page(tuple(rows), newer=more, older=True)  # the place that it was asked from is older
        before = replace(sought, side=Side.NEWER, start=place_of(rows[0]), most=1)
        return Page(tuple(rows), newer=bool(await self._visible(before, can_see)), older=more)

    async def _visible(self, sought: Sought, can_see: Callable[[int], bool]) -> list[Shown]:
        found: list[Shown] = []
        looked_at = 0
        while looked_at < MOST_LOOKED_AT:
            rows = await self._store.history(sought)
            looked_at += len(rows)
            found += [each for each in rows if can_see(each.generation.channel_id)]
            if len(found) >= sought.most or len(rows) < sought.most:
                break
            onwards = Side.NEWER if sought.side is Side.NEWER else Side.OLDER
            sought = replace(sought, side=onwards, start=place_of(rows[-1]))
        return found[: sought.most]

    async def is_first(self, generation: Generation) -> bool:
        """Whether its member had asked for nothing in this server before it, as far as that is still kept."""
        place = PlaceInTime(generation.created_at, generation.id)
        return not await self._store.history(Sought(generation.guild_id, generation.user_id, Side.OLDER, 1, place))

    async def keep_picture(self, interaction_id: int, url: str, now: datetime) -> None:
        """Keep the picture that a window is about, by the interaction that opens it."""
        await self._store.keep_picture(interaction_id, url, now)

    async def picture(self, interaction_id: int) -> str | None:
        """The picture that a window is about; None once it is not kept any more."""
        return await self._store.picture(interaction_id)

    async def presentable(self, guild_id: int, user_id: int, reference: str, can_see: Callable[[int], bool]) -> Shown:
        """The completed video that an id, a message link or a message id names, beside its card, to be shown again.

        One's own may stand anywhere; of others' those in channels that the member sees. Raises UnknownVideo, also for
        one whose link was erased, and UnfinishedVideo.
        """
        generation = await self._named(guild_id, reference.strip())
        if generation.user_id != user_id and not await self._may_see(generation, can_see):
            raise UnknownVideo(reference)
        if generation.state is not GenerationState.COMPLETED:
            raise UnfinishedVideo(generation.id)
        if generation.video_url is None:
            raise UnknownVideo(reference)
        return await self.shown(guild_id, generation.id)

    async def visible(self, guild_id: int, reference: str, can_see: Callable[[int], bool]) -> Generation:
        """The video, finished or not, that an id, a message link or a message id names.

        `can_see` says whether the member sees a channel. Raises UnknownVideo, also for one in a channel that the
        member does not see (so that nobody learns that it is there).
        """
        generation = await self._named(guild_id, reference.strip())
        if not await self._may_see(generation, can_see):
            raise UnknownVideo(reference)
        return generation

    async def _may_see(self, generation: Generation, can_see: Callable[[int], bool]) -> bool:
        """Whether any message that shows it stands in a channel that the member sees."""
        if can_see(generation.channel_id):
            return True
        return any(can_see(channel_id) for channel_id, _ in await self._store.copies(generation.id))

    async def extendable(self, guild_id: int, reference: str, can_see: Callable[[int], bool]) -> Generation:
        """The same where it can be extended. Raises UnfinishedVideo too."""
        generation = await self.visible(guild_id, reference, can_see)
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
