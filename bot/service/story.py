"""Tells the story of a video: the parts that it goes on from, and where the story goes other ways."""

from collections import defaultdict

from bot.domain.card import Card, Shown
from bot.domain.errors import UnknownVideo
from bot.domain.generation import ENDED, Generation, GenerationRequest, GenerationState
from bot.domain.story import MOST_PARTS, Story, Ways
from bot.ports import Chains

MOST_BRANCHES = 200
"""Other ways that are looked at, of all the parts of a story together."""

_WITHOUT_VIDEO = ENDED - {GenerationState.COMPLETED}


class Stories:
    """Looks up stories, each within one server."""

    def __init__(self, chains: Chains) -> None:
        self._chains = chains

    async def told(self, generation: Generation) -> Story:
        """The story up to this video. Raises UnknownVideo where it is not there, and StoreError."""
        parts = await self._chains.line(generation.guild_id, generation.id, MOST_PARTS)
        if not parts:
            raise UnknownVideo(generation.id)
        on_the_line = [part.generation.id for part in parts]
        branches: dict[str, list[Shown]] = defaultdict(list)
        for found in await self._chains.extensions(generation.guild_id, on_the_line, MOST_BRANCHES):
            if found.generation.id not in on_the_line:
                branches[found.generation.request.parent_id or ""].append(found)
        return Story(tuple(parts), {parent: tuple(children) for parent, children in branches.items()})

    async def ways(self, generation: Generation) -> Ways:
        """The next steps from this video, in the same server. Raises StoreError."""
        found = await self._chains.extensions(generation.guild_id, [generation.id], MOST_BRANCHES)
        onwards = tuple(each for each in found if each.generation.state not in _WITHOUT_VIDEO)
        return Ways(await self._before(generation.guild_id, generation.request), onwards)

    async def parent_card(self, guild_id: int, request: GenerationRequest) -> Card | None:
        """The card of the video that is gone on from, in the same server. Raises StoreError."""
        before = await self._before(guild_id, request)
        return None if before is None else before.card

    async def _before(self, guild_id: int, request: GenerationRequest) -> Shown | None:
        if request.parent_id is None:
            return None
        found = await self._chains.line(guild_id, request.parent_id, 1)
        return found[0] if found else None
