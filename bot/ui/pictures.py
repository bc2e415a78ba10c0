"""Gets a living address for the picture of an earlier request: Discord's own die after about a day."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import discord

from bot.domain.errors import PictureGone
from bot.domain.generation import GenerationRequest
from bot.domain.pictures import HOSTS, is_dead
from bot.ui.outcomes import FAILED
from bot.ui.services import services_of

log = logging.getLogger(__name__)

ROOM = timedelta(hours=1)
"""For so long an address must be good: the request may wait for its turn."""
PATIENCE_S = 0.8
"""Seconds that Discord gets for its answer: a press is to be answered within one."""


async def living(interaction: discord.Interaction[Any], request: GenerationRequest) -> GenerationRequest:
    """The request, with addresses that can be fetched for a while. Raises PictureGone where there are none.

    Discord's clients renew addresses by `POST /attachments/refresh-urls`, which bots may use too, but which Discord
    does not document. So its answer is held against what was asked, and no answer is no address.
    """
    now = services_of(interaction).clock.now()
    dead = [url for url in (request.image_url, request.end_image_url) if is_dead(url, now, ROOM)]
    if not dead:
        return request
    fresh = await _refreshed(interaction, [url for url in dead if url])
    living = {old: new for old, new in fresh.items() if _is_it(old, new, now)}
    if any(url not in living for url in dead):
        raise PictureGone(request.image_url or "")
    return replace(
        request,
        image_url=living.get(request.image_url or "", request.image_url),
        end_image_url=living.get(request.end_image_url or "", request.end_image_url),
    )


async def _refreshed(interaction: discord.Interaction[Any], urls: Sequence[str]) -> dict[str, str]:
    """What Discord answers: new addresses by the old ones; nothing where it does not."""
    route = discord.http.Route("POST", "/attachments/refresh-urls")
    try:
        async with asyncio.timeout(PATIENCE_S):
            answer = await interaction.client.http.request(route, json={"attachment_urls": list(urls)})
            found = {str(each["original"]): str(each["refreshed"]) for each in answer["refreshed_urls"]}
    except FAILED as error:
        log.warning("the address of a picture was not renewed (%s)", type(error).__name__)
        return {}
    return found


def _is_it(old: str, new: str, now: datetime) -> bool:
    """Whether it is the same picture, at Discord, for long enough."""
    try:
        was, parts = urlsplit(old), urlsplit(new)
    except ValueError:
        return False
    same = parts.scheme == "https" and parts.hostname in HOSTS and parts.path == was.path
    return same and not is_dead(new, now, ROOM)
