"""The line of steps on a card: what is behind, where it stands, what is to come; told by signs, not by colour alone."""

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

_PASSED, _PRESENT, _AHEAD = "✓", "●", "○"
_ARROW = " → "
_ROAD = (S.WAITING, S.QUEUED, S.DREAMING, S.COMPLETED)
_STOPS = {S.FAILED: "✕", S.CANCELLED: "✕", S.EXPIRED: "✕", S.UNCERTAIN: "?", S.LOST: "?"}
"""States that lie beside the road, with their signs."""


def steps(generation: Generation) -> str:
    """Waiting → Queued → Dreaming → Done, with the present one in bold and behind a sign of its own."""
    return _ARROW.join(_parts(generation))


def _parts(generation: Generation) -> Iterator[str]:
    state = S.WAITING if generation.state is S.SUBMITTING else generation.state
    if state in _STOPS:
        reached = _ROAD[: 1 if generation.relay_id is None else 2]
        yield from (f"{_PASSED} {_name(each)}" for each in reached)
        yield f"{_STOPS[state]} **{_name(state)}**"
        return
    present = _ROAD.index(state)
    for place, each in enumerate(_ROAD):
        if place == present:
            yield f"{_PASSED if each is S.COMPLETED else _PRESENT} **{_name(each)}**"
        else:
            yield f"{_PASSED if place < present else _AHEAD} {_name(each)}"


def _name(state: GenerationState) -> str:
    return words.DONE() if state is S.COMPLETED else words.STATES[state]()
