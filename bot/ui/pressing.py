"""The base of every button and list: each lives in its custom id alone, so no restart can lose it."""

import re
from typing import Any, Self, TypeVar

import discord
from discord import ui

from bot.ui.custom_ids import ID
from bot.ui.failures import answering

NOTHING = "(?!)"
"""Matches no custom id: the template of a class that is only a base."""

ItemT_co = TypeVar("ItemT_co", bound=ui.Item[Any], covariant=True)


class Pressable(ui.DynamicItem[ItemT_co], template=NOTHING):
    """What can be pressed or picked from. The groups of a `template` are named as the constructor's parameters are."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003  # discord.py's signature
        item: ui.Item[Any],  # noqa: ARG003  # discord.py's signature
        match: re.Match[str],
        /,
    ) -> Self:
        """Make it anew for one press, from its custom id alone."""
        return cls.of(match)

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Made from what its custom id holds."""
        fields: dict[str, Any] = match.groupdict()
        return cls(**fields)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the press asks for; whatever goes wrong ends in a sentence."""
        async with answering(interaction):
            await self.pressed(interaction)

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press, in the presser's language. May raise anything."""
        raise NotImplementedError


class GenerationButton(Pressable[ui.Button[Any]], template=NOTHING):
    """A button about one generation. A subclass names what it does by its `verb`."""

    def __init_subclass__(cls, *, verb: str) -> None:
        super().__init_subclass__(template=rf"dreamreel:{verb}:(?P<generation_id>{ID})")

    def __init__(self, generation_id: str, button: ui.Button[Any]) -> None:
        super().__init__(button)
        self.generation_id = generation_id
