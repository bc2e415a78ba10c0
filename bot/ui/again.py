"""The buttons Again and Try again: the same request anew, paid for by whoever presses."""

from collections.abc import Callable
from typing import Any

import discord

from bot.domain.errors import UnknownVideo
from bot.domain.generation import Generation, Kind
from bot.service.requests import Changes, repeated, the_same
from bot.ui.choosing import found
from bot.ui.extension import extended
from bot.ui.pictures import living
from bot.ui.placing import place
from bot.ui.pressing import GenerationButton
from bot.ui.result_buttons import again_button
from bot.ui.room import check_room
from bot.ui.services import services_of


async def seen(interaction: discord.Interaction[Any], generation_id: str) -> Generation:
    """The generation under whose card something was pressed, looked up and checked again at every step.

    Raises UnknownVideo unless it is one of this server, in a channel that the presser sees, and StoreError.
    """
    generation = await services_of(interaction).queries.generation(interaction.guild_id or 0, generation_id)
    if await _stands_here(interaction, generation):
        return generation

    async def look(can_see: Callable[[int], bool]) -> Generation:
        if not can_see(generation.channel_id):
            raise UnknownVideo(generation_id)
        return generation

    return await found(interaction, look)


async def _stands_here(interaction: discord.Interaction[Any], generation: Generation) -> bool:
    """Whether the message that was pressed shows it, in a channel other than the one where it was asked for."""
    if interaction.message is None:
        return False
    shows = await services_of(interaction).queries.of_message(interaction.guild_id or 0, interaction.message.id)
    return shows is not None and shows.id == generation.id


async def repeat(interaction: discord.Interaction[Any], generation: Generation, changes: Changes) -> None:
    """Ask for it again. Raises a Refusal or a StoreError, with nothing kept: a dead picture is never paid for."""
    check_room(interaction)
    request = generation.request
    onwards = request.kind is Kind.EXTEND and request.prompt
    parent = await extended(interaction, request.parent_id or "") if onwards else None
    anew = repeated(services_of(interaction).offer, generation, changes, parent)
    await place(interaction, await living(interaction, anew))


class AgainButton(GenerationButton, verb="again"):
    """Asks for the same once more. A card that ended badly calls it "Try again"."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(generation_id, again_button(generation_id))

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Place the request, in the presser's name."""
        check_room(interaction)
        generation = await seen(interaction, self.generation_id)
        await repeat(interaction, generation, the_same(generation))
