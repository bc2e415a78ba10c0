"""The Cancel button of a card that waits: for whoever asked, and for moderators, until it is sent."""

from typing import Any

import discord

from bot.ui import words
from bot.ui.custom_ids import about
from bot.ui.pressing import GenerationButton
from bot.ui.rights import in_charge_of
from bot.ui.services import services_of


class CancelButton(GenerationButton, verb="cancel"):
    """Calls back a request that was not sent yet. The card is drawn anew by the publisher."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(
            generation_id,
            discord.ui.Button(
                label=words.CANCEL_BUTTON(),
                style=discord.ButtonStyle.secondary,
                custom_id=about("cancel", generation_id),
            ),
        )

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Cancel, where the presser may and it is not too late."""
        generation = await in_charge_of(interaction, self.generation_id)
        message_id = None if interaction.message is None else interaction.message.id
        await services_of(interaction).intake.cancel(generation.guild_id, generation.id, message_id)
        await interaction.response.send_message(words.CANCELLED_NOW(), ephemeral=True)
