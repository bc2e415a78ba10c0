"""A member's own data: handed over as a file, or erased."""

import gzip
import json
from dataclasses import dataclass

from bot.ports import Clock, Privacy


@dataclass(frozen=True, slots=True)
class Export:
    """A file for the member: its name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Erased:
    """How many videos were erased, and how many are still being made."""

    videos: int
    still_open: int


class PrivacyDesk:
    """Gives members what is theirs, one server at a time."""

    def __init__(self, privacy: Privacy, clock: Clock) -> None:
        self._privacy = privacy
        self._clock = clock

    async def export(self, user_id: int, guild_id: int, most_bytes: int) -> Export | None:
        """All that is kept about a member in a server, as JSON; packed where it is large, None where still too large.

        Raises StoreError.
        """
        kept = await self._privacy.export(user_id, guild_id)
        content = json.dumps(kept, ensure_ascii=False, indent=2).encode()
        export = Export(f"dreamreel-{guild_id}.json", content)
        if len(export.content) > most_bytes:
            export = Export(f"{export.name}.gz", gzip.compress(content, mtime=0))
        return export if len(export.content) <= most_bytes else None

    async def forget(self, user_id: int, guild_id: int) -> Erased:
        """Erase a member's prompts and links in a server. Raises StoreError."""
        return Erased(*await self._privacy.forget(user_id, guild_id, self._clock.now()))
