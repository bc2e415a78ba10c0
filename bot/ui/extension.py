"""The Extend button and the window it opens: both live in their custom ids, so no restart can lose them."""

import re
from typing import Any, Self, cast

import discord

from bot.domain.generation import Generation
from bot.domain.request import LEAST_PROMPT
from bot.ui import price_words, words
from bot.ui.custom_ids import ID, about
from bot.ui.language import in_a_row, number
from bot.ui.pressing import GenerationButton
from bot.ui.price_tags import MOST, extension_cost
from bot.ui.room import check_room, sees
from bot.ui.services import services_of
from bot.ui.text import clip, utf16

MOST_TYPED = 4_000
"""Characters. Discord's limit on one text field."""
PROMPT_FIELD = "prompt"
WINDOW = re.compile(rf"dreamreel:extend-modal:(?P<id>{ID})")
"""The custom id of the window, from which any process can tell what it extends."""


async def extended(interaction: discord.Interaction[Any], generation_id: str) -> Generation:
    """The video to go on from, looked up and checked again at every step.

    Raises a Refusal unless a card can be shown here and the video is a completed one of this server in a channel
    that the member sees.
    """
    check_room(interaction)
    return await services_of(interaction).queries.extendable(
        interaction.guild_id or 0, generation_id, lambda channel_id: sees(interaction, channel_id) is True
    )


class ExtendButton(GenerationButton, verb="extend"):
    """Offers to go on from a completed video, to whoever sees it."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(
            generation_id,
            discord.ui.Button(
                label=words.EXTEND_BUTTON(),
                emoji="⏩",
                style=discord.ButtonStyle.primary,
                custom_id=about("extend", generation_id),
            ),
        )

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Open the window."""
        generation = await extended(interaction, self.generation_id)
        cost = extension_cost(services_of(interaction).prices, generation)
        await interaction.response.send_modal(ExtendModal(generation, cost))


class ExtendModal(discord.ui.Modal):
    """Asks what happens next, and names the price. It is only drawn: `bot.ui.buttons.taken` takes every submit.

    discord.py knows a window only within the process that sent it. So it is told that this one is over before it
    is sent, keeps no note of it, and there is one way for a submit to go, before a restart and after.
    """

    def __init__(self, generation: Generation, cost: int) -> None:
        super().__init__(title=words.EXTEND_TITLE(), custom_id=f"dreamreel:extend-modal:{generation.id}")
        prompt = generation.request.prompt
        start = clip(prompt, MOST_TYPED, utf16)
        field: discord.ui.TextInput[Self] = discord.ui.TextInput(
            custom_id=PROMPT_FIELD,
            style=discord.TextStyle.paragraph,
            default=start,
            min_length=LEAST_PROMPT,
            max_length=MOST_TYPED,
        )
        hint = extend_hint(cost, whole=start == prompt)
        self.add_item(discord.ui.Label(text=words.EXTEND_LABEL(), description=hint, component=field))
        self.stop()


def extend_hint(cost: int, *, whole: bool) -> str:
    """What stands above the field: the price for sure. `whole` says whether the field holds all of the last prompt."""
    held = price_words.LAST_PROMPT() if whole else price_words.LAST_PROMPT_CUT(most=number(MOST_TYPED))
    price = price_words.submit_costs(cost)
    hint = in_a_row(held, price)
    return hint if utf16(hint) <= MOST else price


def typed(interaction: discord.Interaction[Any]) -> str:
    """What a submitted window holds in its one text field."""
    rows: list[dict[str, Any]] = cast("dict[str, Any]", interaction.data or {}).get("components", [])
    for row in rows:
        for field in (row.get("component"), *row.get("components", ())):
            if field and field.get("custom_id") == PROMPT_FIELD:
                return str(field.get("value") or "")
    return ""
