"""The button that erases a member's own data: it asks nothing more, since what goes and what stays stands above it."""

import re
from typing import Any, Self

import discord
from discord import ui

from bot.service.privacy import PrivacyDesk
from bot.ui import trust_words
from bot.ui.failures import NotYourData, ServerOnly
from bot.ui.pressing import Pressable
from bot.ui.services import services_of


def confirmation(user_id: int) -> ui.View:
    """The button, for one member."""
    view = ui.View(timeout=None)
    view.add_item(EraseButton(user_id))
    view.stop()
    return view


class EraseButton(Pressable[ui.Button[ui.View]], template=r"dreamreel:erase:(?P<user>\d{1,20})"):
    """Erases the presser's own data in this server."""

    def __init__(self, user_id: int) -> None:
        super().__init__(
            ui.Button(
                label=trust_words.DELETE_BUTTON(),
                style=discord.ButtonStyle.danger,
                custom_id=f"dreamreel:erase:{user_id}",
            )
        )
        self.user_id = user_id

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003 - discord.py's signature
        item: ui.Item[Any],  # noqa: ARG003 - discord.py's signature
        match: re.Match[str],
        /,
    ) -> Self:
        """Make the button anew for one press, from its custom id alone."""
        return cls(int(match["user"]))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Made from the number that its custom id holds."""
        return cls(int(match["user"]))

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Erase, and say how much it was in place of the question."""
        if interaction.guild_id is None:
            raise ServerOnly("not in a server")
        if interaction.user.id != self.user_id:
            raise NotYourData("made for another member")
        services = services_of(interaction)
        await interaction.response.defer()
        erased = await PrivacyDesk(services.privacy, services.clock).forget(self.user_id, interaction.guild_id)
        services.preferences.forget(self.user_id)
        await interaction.edit_original_response(
            content=trust_words.deleted(erased.videos, erased.still_open), view=None
        )
