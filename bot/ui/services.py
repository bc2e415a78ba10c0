"""What commands and buttons may call: handed to the client once, found on every interaction."""

from dataclasses import dataclass, field
from typing import Any, cast

import discord

from bot.domain.prices import PriceTable
from bot.domain.request import Offer
from bot.ports import Clock, House, Privacy, Purse
from bot.service.filming import Filming
from bot.service.intake import Intake
from bot.service.preferences import PreferenceBook
from bot.service.purse import Purser
from bot.service.queries import Queries
from bot.service.renewing import Renewing
from bot.service.right_of_way import RightOfWay
from bot.service.showing import Showing
from bot.service.story import Stories
from bot.ui.pace import Pace


@dataclass(frozen=True, slots=True)
class Services:
    """The services behind the commands, and what is on offer. `expand_prompt` is the default of that option.

    `retention_days` after its end, a video's prompt and links are erased; None: never. `pace` is that of all that the
    bot sends by its own token.
    """

    intake: Intake
    queries: Queries
    purse: Purse
    house: House
    privacy: Privacy
    clock: Clock
    offer: Offer
    expand_prompt: bool
    purser: Purser
    prices: PriceTable
    retention_days: int | None = field(default=30, kw_only=True)
    preferences: PreferenceBook = field(kw_only=True)
    stories: Stories = field(kw_only=True)
    filming: Filming = field(kw_only=True)
    showing: Showing = field(kw_only=True)
    renewing: Renewing = field(kw_only=True)
    pace: Pace = field(default_factory=Pace, kw_only=True)
    right_of_way: RightOfWay = field(kw_only=True)


def services_of(interaction: discord.Interaction[Any]) -> Services:
    """The services of the client that met the interaction: all that a button has after a restart."""
    return cast("Services", interaction.client.services)
