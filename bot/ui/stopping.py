"""The button of a part with more to follow: ends the chain with this part, for whoever asked and for moderators."""

import re
from typing import Any, Self

import discord

from bot.domain.errors import NotYours
from bot.ui import chain_words
from bot.ui.failures import answering
from bot.ui.language import number
from bot.ui.rights import is_moderator
from bot.ui.services import services_of


class StopButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.LayoutView]],
    template=r"dreamreel:stop:(?P<id>[0-9a-z]{4,32})",
):
    """Lets no more parts follow by themselves. What was begun is still made, and the publisher draws its card anew."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(
            discord.ui.Button(
                label=chain_words.STOP_BUTTON(),
                style=discord.ButtonStyle.secondary,
                custom_id=f"dreamreel:stop:{generation_id}",
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
        """End the chain, where the presser may."""
        async with answering(interaction):
            services = services_of(interaction)
            guild_id = interaction.guild_id or 0
            generation = await services.queries.generation(guild_id, self.generation_id)
            settings = await services.house.settings(guild_id)
            if generation.user_id != interaction.user.id and not is_moderator(interaction, settings):
                raise NotYours(self.generation_id)
            last = await services.intake.stop_chain(guild_id, self.generation_id)
            said = (
                chain_words.ALREADY_STOPPED() if last is None else chain_words.STOPPED(part=number(last.request.part))
            )
            await interaction.response.send_message(said, ephemeral=True)
