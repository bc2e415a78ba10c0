"""`/generate` and `/image-to-video`: a new video, from words or from a picture."""

from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.domain.camera import Camera
from bot.domain.preferences import MemberPreferences, picked, with_suffix
from bot.domain.request import Picture
from bot.service.requests import image_request, text_request
from bot.ui import words
from bot.ui.language import located, number
from bot.ui.placing import place
from bot.ui.price_tags import MOST, PriceTags
from bot.ui.services import Services
from bot.ui.text import cut, utf16

Callback = TypeVar("Callback", bound=Callable[..., Any])


def register(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add both commands, with the choices that are on offer."""
    tags = PriceTags(services.prices, services.offer)
    _add_generate(tree, services, tags)
    _add_image_to_video(tree, services, tags)


def _add_generate(tree: app_commands.CommandTree[Any], services: Services, tags: PriceTags) -> None:
    @tree.command(name="generate", description=tags.new_video(words.GENERATE))
    @_with_options(services, tags)
    async def generate(
        interaction: discord.Interaction[Any],
        *,
        prompt: str,
        model: str | None = None,
        duration: int | None = None,
        resolution: str | None = None,
        expand_prompt: bool | None = None,
        camera: str | None = None,
        spoiler: bool = False,
    ) -> None:
        own = await _own(interaction, services)
        request = text_request(
            services.offer,
            with_suffix(prompt, own.suffix),
            model=picked(model, own.model),
            duration=picked(duration, own.duration),
            resolution=picked(resolution, own.resolution),
            expand_prompt=_expands(services, expand_prompt, own),
            camera=camera,
            spoiler=spoiler,
        )
        await place(interaction, request)


def _add_image_to_video(tree: app_commands.CommandTree[Any], services: Services, tags: PriceTags) -> None:
    @tree.command(name="image-to-video", description=tags.new_video(words.IMAGE_TO_VIDEO))
    @_with_options(services, tags)
    @app_commands.describe(image=words.IMAGE_OPTION.located(), end_image=words.END_IMAGE_OPTION.located())
    async def image_to_video(
        interaction: discord.Interaction[Any],
        *,
        prompt: str,
        image: discord.Attachment,
        end_image: discord.Attachment | None = None,
        model: str | None = None,
        duration: int | None = None,
        resolution: str | None = None,
        expand_prompt: bool | None = None,
        camera: str | None = None,
        spoiler: bool = False,
    ) -> None:
        own = await _own(interaction, services)
        request = image_request(
            services.offer,
            with_suffix(prompt, own.suffix),
            _picture(image),
            None if end_image is None else _picture(end_image),
            model=picked(model, own.model),
            duration=picked(duration, own.duration),
            resolution=picked(resolution, own.resolution),
            expand_prompt=_expands(services, expand_prompt, own),
            camera=camera,
            spoiler=spoiler,
        )
        await place(interaction, request)


async def _own(interaction: discord.Interaction[Any], services: Services) -> MemberPreferences:
    """What the member prefers of what is on offer. Raises StoreError."""
    return (await services.preferences.of(interaction.user.id)).within(services.offer)


def _expands(services: Services, typed: bool | None, own: MemberPreferences) -> bool:
    chosen = picked(typed, own.expand_prompt)
    return services.expand_prompt if chosen is None else chosen


def _picture(attachment: discord.Attachment) -> Picture:
    return Picture(attachment.filename, attachment.url, attachment.content_type, attachment.size)


def _with_options(services: Services, tags: PriceTags) -> Callable[[Callback], Callback]:
    """What both commands have in common: servers only, and the options that the settings put on offer, with prices.

    The prompt has no bounds here: Discord would refuse with a sentence of its own, that says nothing of the cost.
    """
    offer = services.offer

    def decorate(callback: Callback) -> Callback:
        for step in (
            app_commands.allowed_installs(guilds=True, users=False),
            app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False),
            app_commands.choices(duration=[Choice(name=name, value=each) for each, name in tags.durations().items()]),
            app_commands.choices(
                model=[Choice(name=name, value=each) for each, name in tags.models().items()],
                resolution=[Choice(name=name, value=each) for each, name in tags.resolutions().items()],
            ),
            app_commands.choices(
                camera=[Choice(name=words.CAMERAS[each].located(), value=each.value) for each in Camera]
            ),
            app_commands.describe(
                camera=words.CAMERA_OPTION.located(),
                spoiler=words.SPOILER_OPTION.located(),
                prompt=tags.new_video(words.prompt_option),
                model=located(lambda: cut(words.MODEL_OPTION(default=offer.models[0]), MOST, utf16)),
                duration=located(lambda: words.DURATION_OPTION(default=number(offer.durations[0]))),
                resolution=located(lambda: cut(words.RESOLUTION_OPTION(default=offer.resolutions[0]), MOST, utf16)),
                expand_prompt=(words.EXPAND_OPTION if services.expand_prompt else words.NO_EXPAND_OPTION).located(),
            ),
        ):
            callback = step(callback)
        return callback

    return decorate
