"""Stand-ins at the ports, for tests about the services: a relay, a Discord and a disk that remember what was done."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.domain.card import Shown
from bot.domain.errors import Refusal
from bot.domain.generation import Generation, GenerationRequest, GenerationState
from bot.domain.reports import Accepted, NotFound, Report, Running, Submission, Succeeded
from bot.ports import FetchProblem, Film, Gone, Posted, Present, Showing, TryLater


@dataclass
class FakeRelay:
    """A relay that takes everything. Each report moves a task one step on: queued, dreaming, completed.

    `submissions` and `reports`, where filled, are answered first, in their order.
    """

    bills: list[GenerationRequest] = field(default_factory=list)
    steps: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    submissions: list[Submission] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    async def submit(self, request: GenerationRequest) -> Submission:
        if self.submissions:
            return self.submissions.pop(0)
        self.bills.append(request)
        relay_id = f"task-{len(self.bills)}"
        self.steps[relay_id] = 0
        return Accepted(relay_id)

    async def report(self, relay_id: str) -> Report:
        self.asked += 1
        if self.reports:
            return self.reports.pop(0)
        if relay_id not in self.steps:
            return NotFound()
        self.steps[relay_id] += 1
        if self.steps[relay_id] < 3:
            return Running((GenerationState.QUEUED, GenerationState.DREAMING)[self.steps[relay_id] - 1])
        return Succeeded(f"https://cdn.example/{relay_id}.mp4")


@dataclass
class Message:
    """One message in the fake Discord."""

    shows: GenerationState
    videos: int = 0
    refers_to: int | None = None
    edits: int = 0
    part: str | None = None
    says_away: bool = False


@dataclass
class FakeDiscord:
    """Channels as the board sees them. `answers` maps an interaction's token to its message.

    `in_channel` is what is found of a generation's first message once that token is dead.

    `outcomes`, where filled, are returned first, and the message stays as it was.
    """

    messages: dict[int, Message] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    in_channel: dict[str, int | Gone] = field(default_factory=dict)
    outcomes: list[Showing] = field(default_factory=list)
    limit: int = 10_000_000
    lost_answers_unknown: bool = False
    member: Present | TryLater | None = Present()  # noqa: RUF009  # frozen
    told: list[tuple[int | None, Refusal | None]] = field(default_factory=list)

    async def answer(self, token: str, *, says_away: bool = False) -> int:
        """What a command does: answer the interaction with the first card."""
        self.answers[token] = len(self.messages) + 1
        self.messages[self.answers[token]] = Message(GenerationState.WAITING, says_away=says_away)
        return self.answers[token]

    def upload_limit(self, guild_id: int) -> int:  # one limit for all servers here
        return self.limit

    async def edit(self, shown: Shown, video: Path | None) -> Showing:
        if self.outcomes:
            return self.outcomes.pop(0)
        message_id = shown.card.message_id or 0
        message = self.messages[message_id]
        self.messages[message_id] = replace(
            message,
            shows=shown.generation.state,
            videos=message.videos if video is None else 1,
            edits=message.edits + 1,
            says_away=shown.away,
        )
        return Posted(message_id, attached=video is not None)

    async def repost(self, shown: Shown, video: Path | None) -> Showing:
        if self.outcomes:
            return self.outcomes.pop(0)
        old = shown.card.message_id
        for message_id, message in self.messages.items():
            if shown.card.reposting_since is not None and message.refers_to == old and message.part is None:
                message.shows, message.videos = shown.generation.state, int(video is not None)
                return Posted(message_id, attached=message.videos > 0)
        new = len(self.messages) + 1
        self.messages[new] = Message(shown.generation.state, int(video is not None), refers_to=old)
        return Posted(new, attached=video is not None)

    async def post(self, shown: Shown, part_before: int | None, *, tried: bool) -> Showing:
        if self.outcomes:
            return self.outcomes.pop(0)
        earlier = [each for each, message in self.messages.items() if message.part == shown.generation.id]
        if tried and earlier:
            return Posted(earlier[0])
        new = len(self.messages) + 1
        self.messages[new] = Message(
            shown.generation.state, refers_to=part_before, part=shown.generation.id, says_away=shown.away
        )
        return Posted(new)

    async def find(self, generation: Generation) -> Present | TryLater | None:
        return self.member

    async def tell_stopped(self, shown: Shown, why: Refusal | None, *, look: bool) -> TryLater | None:
        if not (look and shown.card.message_id in {message_id for message_id, _ in self.told}):
            self.told.append((shown.card.message_id, why))
        return None

    async def find_answer(self, shown: Shown) -> int | Gone | TryLater | None:
        if self.lost_answers_unknown:
            return TryLater("Discord is away")
        return self.answers.get(shown.card.token or "")

    async def find_in_channel(self, shown: Shown) -> int | Gone | TryLater | None:
        if self.lost_answers_unknown:
            return TryLater("Discord is away")
        return self.in_channel.get(shown.generation.id)


@dataclass
class FakeMedia:
    """A disk that gives every link the same few bytes. `problems`, where filled, are returned first."""

    folder: Path
    fetched: list[str] = field(default_factory=list)
    problems: list[FetchProblem] = field(default_factory=list)
    size: int = 1000

    async def fetch(self, generation_id: str, url: str) -> Path | FetchProblem:
        self.fetched.append(url)
        if self.problems:
            return self.problems.pop(0)
        path = self.folder / f"{generation_id}.mp4"
        path.write_bytes(bytes(self.size))  # a few bytes in a test
        return path

    async def discard(self, generation_id: str) -> None:
        for file in self.folder.glob(f"{generation_id}.*"):  # as above
            file.unlink()


@dataclass
class FakeFilms:
    """A workshop whose films are any bytes: each is 5 s long, and joined they are as large as together.

    `readable` is whether they are films, `fits` whether a copy can be watched. `slow`, where set, is waited for before
    a copy is made.
    """

    readable: bool = True
    fits: bool = True
    slow: asyncio.Event | None = None
    made: list[str] = field(default_factory=list)

    async def seconds(self, films: Sequence[Path]) -> list[float] | None:
        return [5.0 for _ in films] if self.readable else None

    async def fit(self, film: Path, to: Path, most_bytes: int) -> bool:
        if self.slow is not None:
            await self.slow.wait()
        if self.fits:
            _write(to, most_bytes)
        self.made.append(to.name)
        return self.fits

    async def join(self, films: Sequence[Path], to: Path, most_bytes: int) -> Film | None:
        sizes = [film.stat().st_size for film in films]  # as above
        count = next((n for n in range(len(films), 0, -1) if sum(sizes[:n]) <= most_bytes), 0)
        if not count or not self.readable:
            return None
        _write(to, sum(sizes[:count]))
        self.made.append(to.name)
        return Film(to, count, 5.0 * count)


def _write(path: Path, size: int) -> None:
    """So few bytes that no thread is worth it."""
    path.write_bytes(bytes(size))
