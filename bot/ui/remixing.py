"""The Remix button and its window: what was asked for once, all filled in, to be changed and asked for again."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Self, TypeVar, cast

import discord
from discord import ui
from discord.app_commands import locale_str

from bot.domain.camera import Camera
from bot.domain.errors import BadOption, Forgotten
from bot.domain.generation import Generation, Kind
from bot.domain.prices import PriceTable
from bot.domain.request import LEAST_PROMPT, Offer
from bot.service.requests import Changes, the_same
from bot.ui import price_words, result_words, words
from bot.ui.again import repeat, seen
from bot.ui.custom_ids import ID
from bot.ui.extension import MOST_TYPED, PROMPT_FIELD, extend_hint
from bot.ui.language import in_a_row, number, said_in, spoken
from bot.ui.pressing import GenerationButton
from bot.ui.price_tags import PriceTags, extension_cost
from bot.ui.result_buttons import remix_button
from bot.ui.room import check_room
from bot.ui.services import services_of
from bot.ui.text import clip, cut, utf16

REMIX_WINDOW = re.compile(rf"dreamreel:remix-modal:(?P<id>{ID})")
"""The custom id of the window, from which any process can tell what is remixed."""
MOST_LABEL = 100
"""Characters. Discord's limit on the name of a choice."""
NO_CAMERA = "none"
"""The value of the choice that leaves the camera to the prompt."""

T = TypeVar("T", int, str)

_MODEL, _DURATION, _RESOLUTION, _CAMERA = "model", "duration", "resolution", "camera"


class RemixButton(GenerationButton, verb="remix"):
    """Opens the window, to whoever sees the card."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(generation_id, remix_button(generation_id))

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Open the window."""
        check_room(interaction)
        generation = await seen(interaction, self.generation_id)
        if not generation.request.prompt:
            raise Forgotten(generation.id)
        services = services_of(interaction)
        await interaction.response.send_modal(RemixModal(generation, services.offer, services.prices))


class RemixModal(ui.Modal):
    """Holds all that may be changed, and names the price as it stands. `bot.ui.buttons.taken` takes every submit.

    An extension takes its model, duration and resolution from the relay, so only its prompt can be changed.
    """

    def __init__(self, generation: Generation, offer: Offer, prices: PriceTable) -> None:
        super().__init__(title=result_words.REMIX_TITLE(), custom_id=f"dreamreel:remix-modal:{generation.id}")
        request = generation.request
        onwards = request.kind is Kind.EXTEND
        start = clip(request.prompt, MOST_TYPED, utf16)
        field: ui.TextInput[Self] = ui.TextInput(
            custom_id=PROMPT_FIELD,
            style=discord.TextStyle.paragraph,
            default=start,
            min_length=LEAST_PROMPT,
            max_length=MOST_TYPED,
        )
        asks = result_words.REMIX_NEXT if onwards else result_words.REMIX_PROMPT
        whole = start == request.prompt
        hint = (
            extend_hint(extension_cost(prices, generation), whole=whole)
            if onwards
            else _hint(prices.of(request).credits, whole=whole)
        )
        self.add_item(ui.Label(text=asks(), description=hint, component=field))
        if not onwards:
            for text, select in _selects(generation, PriceTags(prices, offer)):
                self.add_item(ui.Label(text=text, component=select))
        self.stop()


def _hint(cost: int, *, whole: bool) -> str:
    held = price_words.LAST_PROMPT() if whole else price_words.LAST_PROMPT_CUT(most=number(MOST_TYPED))
    price = result_words.REMIX_COSTS(cost)
    hint = in_a_row(held, price)
    return hint if utf16(hint) <= MOST_LABEL else price


def _selects(generation: Generation, tags: PriceTags) -> Iterator[tuple[str, ui.Select[Any]]]:
    """Each choice with its price, where it makes a difference."""
    request = generation.request
    models = _named(tags.models())
    yield result_words.REMIX_MODEL(), _select(_MODEL, models, request.model)
    durations = _named(tags.durations())
    yield result_words.REMIX_DURATION(), _select(_DURATION, durations, str(request.duration))
    resolutions = _named(tags.resolutions())
    yield result_words.REMIX_RESOLUTION(), _select(_RESOLUTION, resolutions, request.resolution)
    cameras = [(NO_CAMERA, result_words.REMIX_NO_CAMERA()), *((each, words.CAMERAS[each]()) for each in Camera)]
    yield result_words.REMIX_CAMERA(), _select(_CAMERA, cameras, request.camera or NO_CAMERA)


def _named(names: Mapping[T, locale_str]) -> list[tuple[str, str]]:
    """Values and names, in the language that is spoken."""
    return [(str(value), said_in(name, spoken()) or str(value)) for value, name in names.items()]


def _select(custom_id: str, choices: Iterable[tuple[str, str]], chosen: str) -> ui.Select[Any]:
    """With what was chosen, or the first where that is not on offer any more."""
    options = [discord.SelectOption(value=value, label=cut(label, MOST_LABEL, utf16)) for value, label in choices]
    next((each for each in options if each.value == chosen), options[0]).default = True
    return ui.Select(custom_id=custom_id, options=options, required=True)


async def take_remix(interaction: discord.Interaction[Any], generation_id: str) -> None:
    """Take the submitted window, in the name of whoever submitted it. Raises a Refusal and StoreError."""
    check_room(interaction)
    generation = await seen(interaction, generation_id)
    await repeat(interaction, generation, _changes(the_same(generation), filled(interaction)))


def _changes(was: Changes, fields: dict[str, str]) -> Changes:
    duration = fields.get(_DURATION, str(was.duration))
    if not duration.isdecimal():
        raise BadOption(_DURATION, duration)
    camera = fields.get(_CAMERA, was.camera)
    return replace(
        was,
        prompt=fields.get(PROMPT_FIELD, ""),
        model=fields.get(_MODEL, was.model),
        duration=int(duration),
        resolution=fields.get(_RESOLUTION, was.resolution),
        camera=None if camera == NO_CAMERA else camera,
    )


def filled(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """What a submitted window holds, by the ids of its fields; of a list, the first that was picked."""
    rows: list[dict[str, Any]] = cast("dict[str, Any]", interaction.data or {}).get("components", [])
    found = {}
    for row in rows:
        for field in (row.get("component"), *row.get("components", ())):
            if field and field.get("custom_id"):
                values = field.get("values") or [field.get("value") or ""]
                found[str(field["custom_id"])] = str(values[0])
    return found
