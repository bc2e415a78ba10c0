"""The house rules as moderators change them: a value is checked, one thing is changed, and what it was is told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal
from unicodedata import normalize
from zoneinfo import available_timezones

from bot.domain.errors import BadSetting
from bot.domain.house import MOST_WORD_LENGTH, MOST_WORDS, Block, GuildSettings, normalised
from bot.ports import Change, Clock, House
from bot.service.durations import duration_of

MOST_LISTED = 40
"""Channels or roles in one list of the settings: a confirmation shows them all in one message."""
MOST_SUGGESTIONS = 25
"""Discord's limit on the choices of one autocomplete answer."""
MOST_RECENT = 100
"""Changes looked at when the log is read back."""

Listed = Literal["channels", "roles", "moderator_roles"]
"""The settings that are lists of ids."""

_COMMON = (
    "UTC",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
)


@dataclass(frozen=True, slots=True)
class Changed:
    """Settings before and after; the same where there was nothing to change, and then nothing was noted."""

    before: GuildSettings
    after: GuildSettings

    @property
    def anything(self) -> bool:
        """Whether anything was changed."""
        return self.before != self.after


class HouseRules:
    """What moderators may change of their server. Whether somebody is a moderator is for the caller to ask.

    Settings must be changed through one and the same HouseRules: it lets two changes pass one after the other only.
    """

    def __init__(self, house: House, clock: Clock) -> None:
        self._house = house
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def change(
        self, guild_id: int, step: Callable[[GuildSettings], GuildSettings], *, by: int, why: str
    ) -> Changed:
        """Take one step from the settings as they are now. Raises BadSetting where the step does, and StoreError."""
        async with self._one_at_a_time:
            before = await self._house.settings(guild_id)
            after = step(before)
            if after != before:
                await self._house.change_settings(after, by=by, why=why, now=self._clock.now())
        return Changed(before, after)

    async def block(
        self, guild_id: int, user_id: int, duration: str | None, *, by: int, reason: str
    ) -> tuple[Block | None, Block]:
        """Block a member, in place of an earlier block: both. Raises BadSetting and StoreError."""
        if user_id == by:
            raise BadSetting("member", "yourself")
        length, now = duration_of(duration), self._clock.now()
        earlier = await self._house.block_of(guild_id, user_id, now)
        block = Block(guild_id, user_id, None if length is None else now + length, reason, by, now)
        await self._house.block(block)
        return earlier, block

    async def unblock(self, guild_id: int, user_id: int, *, by: int, why: str, manages: bool) -> Block | None:
        """Lift a block: the one that was in force, or None.

        Who moderates by a role alone (not `manages`) cannot lift the own block. Raises BadSetting and StoreError.
        """
        now = self._clock.now()
        if await self._house.block_of(guild_id, user_id, now) is None:
            return None
        if user_id == by and not manages:
            raise BadSetting("member", "own_block")
        return await self._house.unblock(guild_id, user_id, by=by, why=why, now=now)

    async def blocks(self, guild_id: int) -> list[Block]:
        """All blocks in force, the newest first."""
        return await self._house.blocks(guild_id, self._clock.now())

    async def words(self, guild_id: int) -> list[str]:
        """The forbidden words, in order of the alphabet."""
        return await self._house.words(guild_id)

    async def forbid(self, guild_id: int, typed: str, *, by: int) -> tuple[str, bool]:
        """Forbid a word: as it is kept, and whether it is new. Raises BadSetting and StoreError."""
        word = _checked_word(typed)
        words = await self._house.words(guild_id)
        if (same := _same(words, word)) is not None:
            return same, False
        if len(words) >= MOST_WORDS:
            raise BadSetting("word", "too_many")
        return word, await self._house.change_word(guild_id, word, forbid=True, by=by, now=self._clock.now())

    async def allow(self, guild_id: int, typed: str, *, by: int) -> tuple[str, bool]:
        """Take a word off the list: as it was kept, and whether it was there. Raises BadSetting and StoreError."""
        word = _kept(typed)
        same = _same(await self._house.words(guild_id), word)
        if same is None:
            return word, False
        return same, await self._house.change_word(guild_id, same, forbid=False, by=by, now=self._clock.now())

    async def recent(self, guild_id: int) -> list[Change]:
        """What was changed, the newest first."""
        return await self._house.audit(guild_id, MOST_RECENT)


def listed(settings: GuildSettings, name: Listed, item: int, *, on: bool) -> GuildSettings:
    """Settings with an id on one of the lists, or off it. Raises BadSetting.

    The role of everyone, which has the server's own id, is in no list: an empty list says the same of who may use the
    bot, and a server where everyone moderates has no moderators.
    """
    if on and name != "channels" and item == settings.guild_id:
        raise BadSetting(name, "everyone")
    before: frozenset[int] = getattr(settings, name)
    after = before | {item} if on else before - {item}
    if len(after) > MOST_LISTED:
        raise BadSetting(name, "too_many")
    return _with(settings, name, after)


def cleared(settings: GuildSettings, name: Listed) -> GuildSettings:
    """Settings with one of the lists empty."""
    return _with(settings, name, frozenset())


def _with(settings: GuildSettings, name: Listed, ids: frozenset[int]) -> GuildSettings:
    match name:
        case "channels":
            return replace(settings, channels=ids)
        case "roles":
            return replace(settings, roles=ids)
        case "moderator_roles":
            return replace(settings, moderator_roles=ids)


def zone_named(typed: str) -> str:
    """The IANA name that is meant: exactly, but for its case, or the only one that holds all the words typed.

    Raises BadSetting.
    """
    name = typed.strip()
    exact = [zone for zone in _zones() if zone.casefold() == name.replace(" ", "_").casefold()]
    found = exact or (zones_like(typed, most=2) if name else [])
    if len(found) != 1:
        raise BadSetting("timezone", "unknown")
    return found[0]


def zones_like(typed: str, most: int = MOST_SUGGESTIONS) -> list[str]:
    """Time zones whose names hold all the words typed, those where a part begins with the first of them first."""
    wanted = _spaced(typed).split()
    if not wanted:
        return list(_COMMON[:most])
    found = [zone for zone in _zones() if all(word in _spaced(zone) for word in wanted)]
    return sorted(found, key=lambda zone: (f" {wanted[0]}" not in f" {_spaced(zone)}", zone))[:most]


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace("/", " ").casefold()


@cache
def _zones() -> tuple[str, ...]:
    """Read from the system's files, or from the package tzdata, once."""
    return tuple(sorted(available_timezones()))


def _kept(typed: str) -> str:
    """A word as it is kept: as it was typed, for moderators to know again, but in one form and with single spaces."""
    return " ".join(normalize("NFC", typed).split())


def _checked_word(typed: str) -> str:
    word = _kept(typed)
    if not normalised(word).translate({ord(c): None for c in "*? "}):
        raise BadSetting("word", "empty")
    if len(word) > MOST_WORD_LENGTH:
        raise BadSetting("word", "too_long")
    return word


def _same(words: list[str], word: str) -> str | None:
    """The word of the list that matches exactly what this one does."""
    form = normalised(word).split()
    return next((each for each in words if normalised(each).split() == form), None)
