"""The Cancel button of a card that waits: for whoever asked, and for moderators, until it is sent."""

import re
from typing import Any, Self

import discord

from bot.domain.errors import NotYours
from bot.ui import words
from bot.ui.failures import answering
from bot.ui.rights import is_moderator
from bot.ui.services import services_of


class CancelButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.LayoutView]],
    template=r"dreamreel:cancel:(?P<id>[0-9a-z]{4,32})",
):
    """Calls back a request that was not sent yet. The card is drawn anew by the publisher."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(
            discord.ui.Button(
                label=words.CANCEL_BUTTON(),
                style=discord.ButtonStyle.secondary,
                custom_id=f"dreamreel:cancel:{generation_id}",
            )
        )
        self.generation_id = generation_id

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003 - discord.py's signature
        item: discord.ui.Item[Any],  # noqa: ARG003 - discord.py's signature
        match: re.Match[str],
        /,
    ) -> Self:
        """Make the button anew for one press, from its custom id alone."""
        return cls(match["id"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Cancel, where the presser may and it is not too late."""
        async with answering(interaction):
            services = services_of(interaction)
            guild_id = interaction.guild_id or 0
            generation = await services.queries.generation(guild_id, self.generation_id)
            settings = await services.house.settings(guild_id)
            if generation.user_id != interaction.user.id and not is_moderator(interaction, settings):
                raise NotYours(self.generation_id)
            message_id = None if interaction.message is None else interaction.message.id
            await services.intake.cancel(guild_id, self.generation_id, message_id)
            await interaction.response.send_message(words.CANCELLED_NOW(), ephemeral=True)
