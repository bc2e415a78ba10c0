"""Deletes a result from its channel, for the one who asked for it and for moderators. What is known of it stays."""

from typing import Any

import discord

from bot.domain.card import Shown
from bot.service.reporting import Reporting
from bot.ui import result_words, trust_words
from bot.ui.failures import NotOver, NotYoursToDelete
from bot.ui.logbook import answer
from bot.ui.reports import delete_messages
from bot.ui.rights import owns_or_moderates
from bot.ui.services import services_of


async def delete(interaction: discord.Interaction[Any], shown: Shown) -> None:
    """Delete its messages, where the presser may. Raises NotYoursToDelete, NotOver and StoreError.

    A moderator who deletes another member's result is named in the log.
    """
    services, video = services_of(interaction), shown.generation
    own = video.user_id == interaction.user.id
    if not await owns_or_moderates(interaction, video):
        raise NotYoursToDelete(video.id)
    if not video.over:
        raise NotOver(video.id)
    await interaction.response.defer(ephemeral=True, thinking=True)
    again = [*await services.queries.copies(video.id), *await services.queries.films(video.id)]
    deleted, trouble = await delete_messages(interaction.client, shown, shown.card.message_id or 0, again)
    if trouble is not None:
        await answer(interaction, trouble())
        return
    await services.intake.taken_down(video.id)
    if not deleted:
        await answer(interaction, trust_words.GONE_ALREADY())
        return
    if not own:
        await Reporting(services.house, services.clock).removed(video, by=interaction.user.id)
    await answer(interaction, (result_words.DELETED if own else result_words.REMOVED_NOW)())
