"""The button of a part with more to follow: ends the chain with this part, for whoever asked and for moderators."""

from typing import Any

import discord

from bot.ui import chain_words
from bot.ui.custom_ids import about
from bot.ui.language import number
from bot.ui.pressing import GenerationButton
from bot.ui.rights import in_charge_of
from bot.ui.services import services_of


class StopButton(GenerationButton, verb="stop"):
    """Lets no more parts follow by themselves. What was begun is still made, and the publisher draws its card anew."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(
            generation_id,
            discord.ui.Button(
                label=chain_words.STOP_BUTTON(),
                style=discord.ButtonStyle.secondary,
                custom_id=about("stop", generation_id),
            ),
        )

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """End the chain, where the presser may."""
        generation = await in_charge_of(interaction, self.generation_id)
        last = await services_of(interaction).intake.stop_chain(generation.guild_id, generation.id)
        said = chain_words.ALREADY_STOPPED() if last is None else chain_words.STOPPED(part=number(last.request.part))
        await interaction.response.send_message(said, ephemeral=True)
