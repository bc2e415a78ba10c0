"""Makes one film of a story: a few at once, one for each story, from parts that are fetched anew."""

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from bot.domain.card import Shown
from bot.domain.errors import Refusal, UnknownVideo
from bot.domain.house import forbidden_word
from bot.domain.story import LEAST_FILMED, Story
from bot.ports import Door, FetchProblem, Film, Films
from bot.service.fetching import Fetching

log = logging.getLogger(__name__)

MOST_AT_ONCE = 4
"""Films in the making, in all servers. Joining takes its turn, and the files of each lie on disk meanwhile."""
MOST_BYTES = 2_000_000_000
"""Bytes. Where the parts of one film take more than that together, no further one is fetched."""


class WhyNoFilm(Enum):
    """Why no film is begun."""

    TOO_SHORT = auto()  # fewer than two parts can be had
    HIDDEN = auto()  # a part stands in a channel that the member does not see
    WORD = auto()  # a prompt holds a word that the server does not take
    RUNNING = auto()  # a film of this story, or another of this member's, is being made
    BUSY = auto()  # too many films are being made


class NoFilm(Refusal):
    """No film is begun, and `why`."""

    def __init__(self, why: WhyNoFilm) -> None:
        super().__init__(why.name)
        self.why = why


class Trouble(Enum):
    """Why a film that was begun came to nothing."""

    NOT_FETCHED = auto()  # fewer than two parts could be fetched
    NOT_JOINED = auto()  # they are no films, or it took too long
    TOO_LARGE = auto()  # not even two parts fit


class Short(Enum):
    """Why a film does not hold the whole story."""

    NO_ROOM = auto()  # the server takes no larger file
    NOT_FETCHED = auto()  # a part could not be fetched
    TOO_MANY = auto()  # there are more parts than are joined, or the last is not finished


@dataclass(frozen=True, slots=True)
class Filmed:
    """A film of the first parts of a story; `short` where it is not all of it."""

    film: Film
    story: Story
    short: Short | None

    @property
    def parts(self) -> tuple[Shown, ...]:
        """The parts that it holds."""
        return self.story.parts[: self.film.parts]


class Filming:
    """Makes films. `fetching` has a place of its own on disk: what the cards wait for is not touched."""

    def __init__(self, fetching: Fetching, films: Films) -> None:
        self._fetching = fetching
        self._films = films
        self._running: dict[str, int] = {}

    @contextmanager
    def begun(self, story: Story, user_id: int) -> Iterator[None]:
        """Be the only one who makes a film of this story, and make no other. Raises NoFilm."""
        first = story.parts[0].generation.id
        if first in self._running or user_id in self._running.values():
            raise NoFilm(WhyNoFilm.RUNNING)
        if len(self._running) >= MOST_AT_ONCE:
            raise NoFilm(WhyNoFilm.BUSY)
        self._running[first] = user_id
        try:
            yield
        finally:
            del self._running[first]

    @asynccontextmanager
    async def filmed(self, story: Story, most_bytes: int) -> AsyncIterator[Filmed | Trouble]:
        """A film of at most so many bytes, which is gone when the block ends. Raises StoreError."""
        wanted = story.filmable
        try:
            files = await self._fetched(wanted)
            if len(files) < LEAST_FILMED:
                yield Trouble.NOT_FETCHED
                return
            name = f"{wanted[0].generation.id}.joined.mp4"
            film = await self._joined(files, files[0].with_name(name), most_bytes)
            yield film if isinstance(film, Trouble) else Filmed(film, story, _short(story, wanted, files, film))
        finally:
            for part in wanted:
                await self._fetching.discard(part.generation.id)

    async def _fetched(self, wanted: Sequence[Shown]) -> list[Path]:
        """The files of the parts, from the first to the last that can be had."""
        files: list[Path] = []
        size = 0
        for part in wanted:
            _, found = await self._fetching.bring(part.generation)
            if isinstance(found, FetchProblem):
                break
            size += found.stat().st_size
            if size > MOST_BYTES:
                break
            files.append(found)
        return files

    async def _joined(self, files: Sequence[Path], to: Path, most_bytes: int) -> Film | Trouble:
        try:
            film = await self._films.join(files, to, most_bytes)
        except OSError as error:
            log.error("no film: %s", error.strerror)  # noqa: TRY400  # the system's word says all
            return Trouble.NOT_JOINED
        if film is None:
            # Nothing fits, or nothing can be read: the length can be told of what can be read.
            readable = await self._films.seconds(files[:1])
            return Trouble.NOT_JOINED if readable is None else Trouble.TOO_LARGE
        return film if film.parts >= LEAST_FILMED else Trouble.TOO_LARGE


def check_filmable(story: Story, seen: frozenset[int], door: Door) -> None:
    """Hold a story against what the member sees, by the ids of channels, and the server's words.

    Raises UnknownVideo where they do not see the video itself, and NoFilm.
    """
    if story.last.generation.channel_id not in seen:
        raise UnknownVideo(story.last.generation.id)
    if not story.channel_ids <= seen:
        raise NoFilm(WhyNoFilm.HIDDEN)
    if not story.filmable:
        raise NoFilm(WhyNoFilm.TOO_SHORT)
    if any(forbidden_word(part.generation.request.prompt, door.words) for part in story.filmable):
        raise NoFilm(WhyNoFilm.WORD)


def _short(story: Story, wanted: Sequence[Shown], files: Sequence[Path], film: Film) -> Short | None:
    if film.parts < len(files):
        return Short.NO_ROOM
    if len(files) < len(wanted):
        return Short.NOT_FETCHED
    return Short.TOO_MANY if len(wanted) < len(story.parts) else None
