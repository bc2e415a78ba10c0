"""A story: the parts of a video that was extended, from the first to the one that was asked about."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.card import Shown
from bot.domain.generation import GenerationRequest, GenerationState

EXTENSION_S = 5
"""Seconds that an extension adds, about: the relay takes no length for it."""
MOST_PARTS = 100
"""Parts of one story that are looked at; of a longer one, the last."""
MOST_FILMED = 20
"""Parts that are joined into one film."""
LEAST_FILMED = 2


def length_s(request: GenerationRequest) -> int:
    """About how long a story is up to this part, in seconds: the first part's duration stands in each extension."""
    return request.duration + EXTENSION_S * (request.part - 1)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways from one part, up and down: what it goes on from, and what goes on from it, the oldest first.

    A part that ended without a video is no way on.
    """

    before: Shown | None
    onwards: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """At least one part, in order. `branches` are the other videos that go on from a part, by the part's id.

    Behind the last part, those are all that go on from it.
    """

    parts: tuple[Shown, ...]
    branches: Mapping[str, tuple[Shown, ...]]

    @property
    def last(self) -> Shown:
        """The part that was asked about."""
        return self.parts[-1]

    @property
    def channel_ids(self) -> frozenset[int]:
        """Where its parts are shown."""
        return frozenset(part.generation.channel_id for part in self.parts)

    @property
    def filmable(self) -> tuple[Shown, ...]:
        """The parts, from the first, that one film can be made of. None where that would be fewer than two."""
        found: list[Shown] = []
        for number, part in enumerate(self.parts[:MOST_FILMED], 1):
            video = part.generation
            # One that was erased has no link; of a story that is too long to be looked at, the first part is missing.
            if video.state is not GenerationState.COMPLETED or not video.video_url or video.request.part != number:
                break
            found.append(part)
        return tuple(found) if len(found) >= LEAST_FILMED else ()
