"""The movements of the camera that members may choose, and how one is worded into what is sent.

Luma's models take camera motion as plain words in the prompt. Its API lists most of these names (docs.lumalabs.ai,
camera motion); tilt and handheld are common words of the trade beside them.
"""

from enum import StrEnum

from bot.domain.errors import BadOption, BadPrompt
from bot.domain.request import LEAST_PROMPT, MOST_PROMPT


class Camera(StrEnum):
    """A movement, by the words that the model reads, which are also what is stored."""

    STATIC = "static"
    PUSH_IN = "push in"
    PULL_OUT = "pull out"
    ZOOM_IN = "zoom in"
    ZOOM_OUT = "zoom out"
    PAN_LEFT = "pan left"
    PAN_RIGHT = "pan right"
    TILT_UP = "tilt up"
    TILT_DOWN = "tilt down"
    ORBIT_LEFT = "orbit left"
    ORBIT_RIGHT = "orbit right"
    CRANE_UP = "crane up"
    CRANE_DOWN = "crane down"
    MOVE_LEFT = "move left"
    MOVE_RIGHT = "move right"
    MOVE_UP = "move up"
    MOVE_DOWN = "move down"
    HANDHELD = "handheld"


_AFTER = ", camera {camera}"
_STOPS = " \t\n.,;:。,、;"
"""What would stand oddly before the comma; the member's own prompt is kept as it was written."""


def worded(prompt: str, camera: str | None) -> str:
    """What is sent: the prompt with the camera's movement behind it."""
    if camera is None:
        return prompt
    return (prompt.rstrip(_STOPS) or prompt) + _AFTER.format(camera=camera)


def checked_camera(prompt: str, chosen: str | None) -> str | None:
    """The movement chosen. Raises BadOption for one that is not known, and BadPrompt where both together are too long.

    Luma's bound of 5,000 characters holds for what it reads, so the prompt has so many fewer.
    """
    if chosen is None:
        return None
    if chosen not in set(Camera):
        raise BadOption("camera", chosen)
    if len(worded(prompt, chosen)) > MOST_PROMPT:
        raise BadPrompt(len(prompt), LEAST_PROMPT, MOST_PROMPT - len(_AFTER.format(camera=chosen)))
    return chosen
