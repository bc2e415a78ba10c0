"""The line of steps on a card: what is behind, where it stands, what is to come; told by a sign, not by colour."""

from collections.abc import Iterator

from bot.domain.generation import Generation, GenerationState
from bot.ui import words

S = GenerationState

EMOJI = {
    S.WAITING: "⏳",
    S.SUBMITTING: "⏳",
    S.QUEUED: "📥",
    S.DREAMING: "💭",
    S.COMPLETED: "🎬",
    S.FAILED: "❌",
    S.CANCELLED: "🚫",
    S.EXPIRED: "⌛",
    S.UNCERTAIN: "❔",
    S.LOST: "❓",
}
"""What tells the states apart beside their names."""

_PRESENT, _DONE = "●", "✓"
_GLUE = "\u00a0"
"""A space where no line ends: a narrow window parts the line before an arrow only."""
_ARROW = f" →{_GLUE}"
_ROAD = (S.WAITING, S.QUEUED, S.DREAMING, S.COMPLETED)
_STOPS = {S.FAILED: "✕", S.CANCELLED: "✕", S.EXPIRED: "✕", S.UNCERTAIN: "?", S.LOST: "?"}
"""States that lie beside the road, with their signs."""


def steps(generation: Generation) -> str:
    """Waiting → Queued → Dreaming → Done, with the present one in bold and behind a sign.

    A sign before each step would break the line in two in a telephone's window.
    """
    return _ARROW.join(_parts(generation))


def _parts(generation: Generation) -> Iterator[str]:
    state = S.WAITING if generation.state is S.SUBMITTING else generation.state
    if state in _STOPS:
        reached = _ROAD[: 1 if generation.relay_id is None else 2]
        yield from map(_name, reached)
        yield f"{_STOPS[state]}{_GLUE}**{_name(state)}**"
        return
    for each in _ROAD:
        sign = _DONE if each is S.COMPLETED else _PRESENT
        yield f"{sign}{_GLUE}**{_name(each)}**" if each is state else _name(each)


def _name(state: GenerationState) -> str:
    name = words.DONE() if state is S.COMPLETED else words.STATES[state]()
    return name.replace(" ", _GLUE)
