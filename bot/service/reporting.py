"""Reports by members: each is kept, whether or not there is a channel to post it in, and nobody can flood it."""

from datetime import timedelta

from bot.domain.errors import Refusal
from bot.domain.generation import Generation
from bot.ports import Change, Clock, House

REPORTED = "report"
"""The action under which a report is kept in the audit log."""
REMOVED = "remove"
"""The action under which a removed result is kept in the audit log."""
MOST_REPORTS = 5
WITHIN = timedelta(minutes=10)
"""A member may send so many reports of a server in that time."""
LOOKED_AT = 200
"""Rows of the log that are looked at to count a member's reports."""


class ReportedOften(Refusal):
    """The member sent many reports in a short time."""


class Reporting:
    """Keeps reports and removals."""

    def __init__(self, house: House, clock: Clock) -> None:
        self._house = house
        self._clock = clock

    async def report(self, video: Generation, *, by: int, reason: str) -> None:
        """Keep a report. Raises ReportedOften and StoreError, with nothing kept."""
        since = self._clock.now() - WITHIN
        recent = await self._house.audit(video.guild_id, LOOKED_AT)
        own = [each for each in recent if each.action == REPORTED and each.actor_id == by and each.at > since]
        if len(own) >= MOST_REPORTS:
            raise ReportedOften(video.id)
        await self._note(REPORTED, video, by=by, why=reason)

    async def removed(self, video: Generation, *, by: int) -> None:
        """Note that a moderator removed a result. Raises StoreError."""
        await self._note(REMOVED, video, by=by, why="")

    async def _note(self, action: str, video: Generation, *, by: int, why: str) -> None:
        await self._house.note_change(
            Change(video.guild_id, by, action, f"video:{video.id}", "", "", why, self._clock.now())
        )
