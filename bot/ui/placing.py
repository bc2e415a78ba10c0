"""The one way in which a member's wish becomes a paid request with a message of its own."""

import logging
from dataclasses import replace
from typing import Any

import discord

from bot.domain.card import Card
from bot.domain.errors import StoreError
from bot.domain.generation import Generation, GenerationRequest
from bot.service.intake import Asked, Intake
from bot.ui.action_keys import key_of
from bot.ui.cards import card
from bot.ui.failures import ADMITTED, NETWORK_ERRORS
from bot.ui.help import hint_at_help
from bot.ui.language import speaking
from bot.ui.outcomes import UNKNOWN_INTERACTION
from bot.ui.posting import SILENT
from bot.ui.reader import server_language
from bot.ui.rights import roles_of
from bot.ui.room import check_room
from bot.ui.services import services_of

log = logging.getLogger(__name__)

ALREADY_ANSWERED = 40060
"""Discord's code: an earlier try of the same answer went through."""
AGAIN_WITHIN_S = 2.0
"""Seconds that a first try may have taken for a second to make sense: Discord takes an answer for 3 s."""
_REQUEST_TIMEOUT = 408


def asked_by(interaction: discord.Interaction[Any], action_key: str | None = None) -> Asked:
    """Who asks, where, and by which action: the interaction itself where no other is named."""
    return Asked(
        action_key=action_key or key_of(interaction.id),
        guild_id=interaction.guild_id or 0,
        channel_id=interaction.channel_id or 0,
        user_id=interaction.user.id,
        token=interaction.token,
        asked_at=interaction.created_at,
        role_ids=roles_of(interaction.user),
        parent_channel_id=interaction.channel.parent_id if isinstance(interaction.channel, discord.Thread) else None,
    )


async def place(
    interaction: discord.Interaction[Any],
    request: GenerationRequest,
    *,
    action_key: str | None = None,
    more_parts: int = 0,
) -> None:
    """Admit a request and answer with its card, which is then due to be sent; `more_parts` are to follow by themselves.

    Raises a Refusal or a StoreError, with nothing kept. An answer of which nobody knows whether it arrived is left
    as it is: `LostAnswers` looks for its message.
    """
    check_room(interaction)
    services = services_of(interaction)
    asked = asked_by(interaction, action_key)
    parent = await services.stories.parent_card(asked.guild_id, request)
    admitted = await services.intake.admit(asked, request, more_parts=more_parts)
    interaction.extras[ADMITTED] = admitted.generation.id
    if not admitted.fresh:
        log.info("delivered again", extra={"generation": admitted.generation.id})
        return
    shown = await services.intake.first_look(admitted.generation, Card(channel_id=asked.channel_id))
    with speaking(server_language(interaction.client.get_guild(asked.guild_id), admitted.settings.language)):
        view = card(replace(shown, parent=parent), offer=services.offer, expand_prompt=services.expand_prompt)
    view.stop()  # known by the ids of its buttons alone: discord.py need not keep it
    message_id = await _answer(interaction, admitted.generation, view)
    if message_id is not None:
        await _attach(services.intake, admitted.generation, message_id)
        await hint_at_help(interaction, admitted.generation)


async def _answer(
    interaction: discord.Interaction[Any], generation: Generation, view: discord.ui.LayoutView
) -> int | None:
    """The id of the message, or None where there is none or nobody knows. Raises HTTPException once withdrawn."""
    about = {"generation": generation.id}
    clock = services_of(interaction).clock
    began = clock.monotonic()
    try:
        return await _sent(interaction, view)
    except discord.HTTPException as error:
        if not _surely_refused(error):
            log.warning("its answer may have arrived: %s", error, extra=about)
            return await _standing(interaction) if error.code == ALREADY_ANSWERED else None
        log.warning("its answer was refused: %s", error, extra=about)
        if await _withdraw(services_of(interaction).intake, generation) and error.code != UNKNOWN_INTERACTION:
            del interaction.extras[ADMITTED]
            raise
        return None
    except NETWORK_ERRORS as error:
        log.warning("its answer may have arrived: %s", error, extra=about)
        return await _again(interaction, generation, view) if clock.monotonic() - began < AGAIN_WITHIN_S else None


async def _again(
    interaction: discord.Interaction[Any], generation: Generation, view: discord.ui.LayoutView
) -> int | None:
    """Answer once more: Discord takes one answer alone, so this makes no second card.

    Where it says no, the first try may have arrived all the same, so nothing is withdrawn for it.
    """
    about = {"generation": generation.id}
    try:
        return await _sent(interaction, view)
    except discord.HTTPException as error:
        if error.code == ALREADY_ANSWERED:
            log.info("its answer had arrived", extra=about)
            return await _standing(interaction)
        log.warning("its answer is looked for: %s", error, extra=about)
    except NETWORK_ERRORS as error:
        log.warning("its answer is looked for: %s", error, extra=about)
    return None


async def _sent(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> int | None:
    return (await interaction.response.send_message(view=view, allowed_mentions=SILENT)).message_id


async def _standing(interaction: discord.Interaction[Any]) -> int | None:
    """The message that an earlier try left; None where Discord does not name it now, and it is looked for later.

    A private one is no card: an earlier life may have refused the same interaction.
    """
    try:
        answer = await interaction.original_response()
    except (discord.DiscordException, *NETWORK_ERRORS):
        return None
    return None if answer.flags.ephemeral else answer.id


def _surely_refused(error: discord.HTTPException) -> bool:
    return 400 <= error.status < 500 and error.status != _REQUEST_TIMEOUT and error.code != ALREADY_ANSWERED  # noqa: PLR2004 - the 4xx of HTTP


async def _withdraw(intake: Intake, generation: Generation) -> bool:
    try:
        await intake.withdraw(generation.id)
    except StoreError as error:
        log.error("could not be withdrawn, is found later: %s", error, extra={"generation": generation.id})  # noqa: TRY400 - the error says all
        return False
    return True


async def _attach(intake: Intake, generation: Generation, message_id: int) -> None:
    """Note the message. The card stands already, so a database that fails now is no news for the member."""
    try:
        await intake.attach(generation.id, message_id)
    except StoreError as error:
        log.error("its message is found later: %s", error, extra={"generation": generation.id})  # noqa: TRY400 - the error says all
