"""What the menu of a message leads to: a window to animate its picture, or to go on from its video.

The link of a picture is longer than a window's id may be. So it is kept in the database by the id of the interaction
that opened the window, and a window outlives a restart. Asking Discord for the message again would not do: without the
message content intent, it leaves out what others attached.
"""

import re
from typing import Any, Self

import discord
from discord import ui

from bot.domain.generation import GenerationRequest, Kind
from bot.domain.preferences import MemberPreferences
from bot.domain.request import LEAST_PROMPT, Offer
from bot.service.requests import animation_request
from bot.ui import finding_words, price_words
from bot.ui.extension import MOST_TYPED, PROMPT_FIELD, ExtendModal, extended, typed
from bot.ui.failures import NotAVideo, PictureForgotten
from bot.ui.language import in_a_row
from bot.ui.menus_pictures import picture_of
from bot.ui.pictures import living
from bot.ui.placing import place
from bot.ui.price_tags import MOST, extension_cost
from bot.ui.room import check_room
from bot.ui.services import services_of
from bot.ui.text import utf16

ANIMATE_WINDOW = re.compile(r"dreamreel:animate:(?P<opened_by>\d{1,20})")
"""The custom id of the window, from which any process can tell by which interaction it was opened."""


async def ask_to_animate(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Open the window for a message's first picture. Raises a Refusal and StoreError."""
    check_room(interaction)
    services = services_of(interaction)
    url = picture_of(message)
    await services.queries.keep_picture(interaction.id, url, services.clock.now())
    cost = services.prices.of(_as_priced(services.offer, await _own(interaction))).credits
    await interaction.response.send_modal(AnimateModal(interaction.id, cost))


async def take_animation(interaction: discord.Interaction[Any], opened_by: int) -> None:
    """Take the submitted window. Raises a Refusal and StoreError."""
    services, prompt = services_of(interaction), typed(interaction)
    url = await services.queries.picture(opened_by)
    if url is None:
        raise PictureForgotten(prompt)
    own = await _own(interaction)
    request = animation_request(services.offer, prompt, url, own, expand_prompt=services.expand_prompt)
    await place(interaction, await living(interaction, request))


async def ask_to_extend(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    """Open the Extend window for the video that a message shows, for the first time or again. Raises a Refusal."""
    check_room(interaction)
    services = services_of(interaction)
    found = await services.queries.of_message(interaction.guild_id or 0, message.id)
    if found is None:
        raise NotAVideo(str(message.id))
    video = await extended(interaction, found.id)
    await interaction.response.send_modal(ExtendModal(video, extension_cost(services.prices, video)))


class AnimateModal(ui.Modal):
    """Asks what the picture is to do, and names the price. It is only drawn: `bot.ui.buttons.taken` takes every submit.

    It is told that it is over before it is sent, for the reason that `ExtendModal` gives.
    """

    def __init__(self, opened_by: int, cost: int) -> None:
        super().__init__(title=finding_words.ANIMATE_TITLE(), custom_id=f"dreamreel:animate:{opened_by}")
        field: ui.TextInput[Self] = ui.TextInput(
            custom_id=PROMPT_FIELD,
            style=discord.TextStyle.paragraph,
            min_length=LEAST_PROMPT,
            max_length=MOST_TYPED,
        )
        self.add_item(ui.Label(text=finding_words.ANIMATE_LABEL(), description=_hint(cost), component=field))
        self.stop()


def _hint(cost: int) -> str:
    """What stands above the field: the price for sure."""
    price = price_words.submit_costs(cost)
    hint = in_a_row(finding_words.ANIMATE_HINT(), price)
    return hint if utf16(hint) <= MOST else price


async def _own(interaction: discord.Interaction[Any]) -> MemberPreferences:
    """What the presser prefers of what is on offer, as `/image-to-video` would take it. Raises StoreError."""
    services = services_of(interaction)
    return (await services.preferences.of(interaction.user.id)).within(services.offer)


def _as_priced(offer: Offer, own: MemberPreferences) -> GenerationRequest:
    """The request as it will be, but for its words, on which no price depends."""
    return GenerationRequest(
        Kind.IMAGE,
        "",
        offer.model(own.model),
        offer.duration(own.duration),
        offer.resolution(own.resolution),
        expand_prompt=True,
    )
