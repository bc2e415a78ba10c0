"""What members chose for themselves, at hand: each is spoken to in a language that is known before the first word."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.domain.preferences import MemberPreferences
from bot.ports import Clock, Preferences

Step = Callable[[MemberPreferences], MemberPreferences]


class PreferenceBook:
    """Reads and changes preferences. The languages that were chosen are in memory once `load` is done.

    Preferences must be changed through one and the same book: it lets two changes pass one after the other only.
    """

    def __init__(self, preferences: Preferences, clock: Clock) -> None:
        self._preferences = preferences
        self._clock = clock
        self._languages: dict[int, str] = {}
        self._one_at_a_time = asyncio.Lock()

    async def load(self) -> None:
        """Read which languages were chosen. Raises StoreError."""
        self._languages = await self._preferences.languages()

    def language_of(self, user_id: int) -> str | None:
        """The language that a member chose, by its file's name; None where it is Discord's."""
        return self._languages.get(user_id)

    async def of(self, user_id: int) -> MemberPreferences:
        """What a member chose, or the defaults. Raises StoreError."""
        return await self._preferences.of(user_id)

    async def change(self, user_id: int, step: Step) -> MemberPreferences:
        """Take one step from the preferences as they are now: those after it. Raises what the step does, StoreError."""
        async with self._one_at_a_time:
            before = await self._preferences.of(user_id)
            after = replace(step(before), changed_at=self._clock.now())
            await self._preferences.keep(after)
            self._remember(after)
        return after

    def forget(self, user_id: int) -> None:
        """Forget the language of a member whose preferences were erased."""
        self._languages.pop(user_id, None)

    def _remember(self, preferences: MemberPreferences) -> None:
        if preferences.language is None:
            self.forget(preferences.user_id)
        else:
            self._languages[preferences.user_id] = preferences.language
