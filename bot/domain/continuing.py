"""Parts that follow a video by themselves: how many may, what they ask for, and how they are told from others."""

from dataclasses import replace

from bot.domain.errors import UnfinishedVideo
from bot.domain.generation import Generation, GenerationRequest, Kind

MOST_TIMES = 4
"""Parts that one command may ask for: the first at once, the others each as the one before is completed."""
BY_ITSELF = "chain:"
"""How the action keys of such parts begin."""


def key_of_next(part: Generation) -> str:
    """The action by which the part after this one is asked for: the same each time, so that it is admitted once.

    "chain:", the first part's id, and the step.
    """
    if not follows_by_itself(part):
        return f"{BY_ITSELF}{part.id}:2"
    first, _, step = part.action_key.removeprefix(BY_ITSELF).rpartition(":")
    return f"{BY_ITSELF}{first}:{int(step) + 1}"


def follows_by_itself(generation: Generation) -> bool:
    """Whether it was asked for by the part before it, and not by somebody's command or button."""
    return generation.action_key.startswith(BY_ITSELF)


def next_request(part: Generation) -> GenerationRequest:
    """What the next part asks for: the same as this one, from its end. Raises UnfinishedVideo without a relay id."""
    if part.relay_id is None:
        raise UnfinishedVideo(part.id)
    return replace(
        part.request,
        kind=Kind.EXTEND,
        image_url=None,
        end_image_url=None,
        parent_id=part.id,
        parent_relay_id=part.relay_id,
        part=part.request.part + 1,
    )
