"""Turns what a member typed, picked and attached into a request that may be admitted."""

from dataclasses import replace

from bot.domain.errors import UnfinishedVideo
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.domain.request import Offer, Picture, checked_picture, checked_prompt


def text_request(
    offer: Offer,
    prompt: str,
    *,
    model: str | None,
    duration: int | None,
    resolution: str | None,
    expand_prompt: bool,
) -> GenerationRequest:
    """A video from words alone. None picks the default. Raises BadPrompt and BadOption."""
    return GenerationRequest(
        kind=Kind.TEXT,
        prompt=checked_prompt(prompt),
        model=offer.model(model),
        duration=offer.duration(duration),
        resolution=offer.resolution(resolution),
        expand_prompt=expand_prompt,
    )


def image_request(
    offer: Offer,
    prompt: str,
    image: Picture,
    end_image: Picture | None,
    *,
    model: str | None,
    duration: int | None,
    resolution: str | None,
    expand_prompt: bool,
) -> GenerationRequest:
    """A video that starts from a picture, and may end at another. Raises BadPrompt, BadOption and BadImage."""
    from_words = text_request(
        offer, prompt, model=model, duration=duration, resolution=resolution, expand_prompt=expand_prompt
    )
    return replace(
        from_words,
        kind=Kind.IMAGE,
        image_url=checked_picture(image),
        end_image_url=None if end_image is None else checked_picture(end_image),
    )


def extension_request(parent: Generation, prompt: str) -> GenerationRequest:
    """What happens next in a completed video. Raises BadPrompt, and UnfinishedVideo for one without a relay id."""
    if parent.relay_id is None:
        raise UnfinishedVideo(parent.id)
    return GenerationRequest(
        kind=Kind.EXTEND,
        prompt=checked_prompt(prompt),
        model=parent.request.model,
        duration=parent.request.duration,
        resolution=parent.request.resolution,
        expand_prompt=parent.request.expand_prompt,
        parent_id=parent.id,
        parent_relay_id=parent.relay_id,
        part=parent.request.part + 1,
    )
