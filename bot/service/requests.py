"""Turns what a member typed, picked and attached into a request that may be admitted."""

from dataclasses import dataclass, replace

from bot.domain.camera import checked_camera
from bot.domain.errors import Forgotten, UnfinishedVideo
from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.domain.preferences import MemberPreferences, with_suffix
from bot.domain.request import Offer, Picture, checked_picture, checked_prompt


def text_request(
    offer: Offer,
    prompt: str,
    *,
    model: str | None,
    duration: int | None,
    resolution: str | None,
    expand_prompt: bool,
    camera: str | None = None,
    spoiler: bool = False,
) -> GenerationRequest:
    """A video from words alone. None picks the default. Raises BadPrompt and BadOption."""
    prompt = checked_prompt(prompt)
    return GenerationRequest(
        kind=Kind.TEXT,
        prompt=prompt,
        model=offer.model(model),
        duration=offer.duration(duration),
        resolution=offer.resolution(resolution),
        expand_prompt=expand_prompt,
        camera=checked_camera(prompt, camera),
        spoiler=spoiler,
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
    camera: str | None = None,
    spoiler: bool = False,
) -> GenerationRequest:
    """A video that starts from a picture, and may end at another. Raises BadPrompt, BadOption and BadImage."""
    from_words = text_request(
        offer,
        prompt,
        model=model,
        duration=duration,
        resolution=resolution,
        expand_prompt=expand_prompt,
        camera=camera,
        spoiler=spoiler,
    )
    return replace(
        from_words,
        kind=Kind.IMAGE,
        image_url=checked_picture(image),
        end_image_url=None if end_image is None else checked_picture(end_image),
    )


def animation_request(
    offer: Offer, prompt: str, image_url: str, own: MemberPreferences, *, expand_prompt: bool
) -> GenerationRequest:
    """A video that starts from a picture of a message, as its member prefers of what is on offer.

    `expand_prompt` holds for who prefers neither. Raises BadPrompt, and BadSetting over the suffix.
    """
    from_words = text_request(
        offer,
        with_suffix(prompt, own.suffix),
        model=own.model,
        duration=own.duration,
        resolution=own.resolution,
        expand_prompt=expand_prompt if own.expand_prompt is None else own.expand_prompt,
    )
    return replace(from_words, kind=Kind.IMAGE, image_url=image_url)


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
        spoiler=parent.request.spoiler,
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """What a member wrote and picked in the window of a remix. An extension takes the prompt alone."""

    prompt: str
    model: str
    duration: int
    resolution: str
    camera: str | None


def the_same(generation: Generation) -> Changes:
    """All that a remix may change, as it stands."""
    request = generation.request
    return Changes(request.prompt, request.model, request.duration, request.resolution, request.camera)


def repeated(
    offer: Offer, generation: Generation, changes: Changes, parent: Generation | None = None
) -> GenerationRequest:
    """What was asked for once, asked for again with changes; `parent` is what an extension goes on from.

    Raises Forgotten for one whose prompt was erased, BadPrompt, BadOption where something is not on offer any more,
    and UnfinishedVideo.
    """
    was = generation.request
    if not was.prompt:
        raise Forgotten(generation.id)
    if was.kind is Kind.EXTEND:
        if parent is None:
            raise UnfinishedVideo(generation.id)
        onwards = extension_request(parent, changes.prompt)
        return replace(onwards, camera=checked_camera(onwards.prompt, changes.camera), spoiler=was.spoiler)
    anew = text_request(
        offer,
        changes.prompt,
        model=changes.model,
        duration=changes.duration,
        resolution=changes.resolution,
        expand_prompt=was.expand_prompt,
        camera=changes.camera,
        spoiler=was.spoiler,
    )
    return replace(anew, kind=was.kind, image_url=was.image_url, end_image_url=was.end_image_url)
