"""The one background loop: sends what waits, asks after what the relay has, and saves what it hears."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

from bot.domain.errors import StoreError
from bot.domain.finishing import Experience, Sort
from bot.domain.generation import WITH_RELAY, Generation, GenerationState
from bot.domain.reports import Failed, Finishing, NotFound, Report, Running, Succeeded, Unavailable
from bot.domain.schedule import GIVE_UP_AFTER_S, LOOK_AGAIN_FOR_S, NO_LINK_GRACE_S, NOT_FOUND_GRACE_S, PollSchedule
from bot.domain.turns import AtOnce, may_go
from bot.log import about
from bot.ports import Clock, Relay, Store
from bot.service.absence import Absence
from bot.service.bell import Bell
from bot.service.following import Following, Task
from bot.service.sending import Sending
from bot.service.throttle import Throttle

log = logging.getLogger(__name__)

IDLE_S = 30.0
"""Seconds. The longest the loop waits when nothing is due and nobody wakes it."""
REST_AFTER_TROUBLE_S = 1.0
"""Seconds. How long the loop rests when the database cannot be read."""

MOST_PER_S = 500.0
"""Questions to the relay a second. Each takes half a millisecond of this process's only loop, and what is due with
10,000 videos at the relay, which is every one's turn each 6 s, would leave nothing of it to anybody else."""
AT_ONCE = 10
"""Questions that are begun together: an answer to a member waits for no more of them."""
GIVE_WAY_S = 0.005
"""Seconds between two looks whether those who wait for an answer have it."""
MOST_GIVEN_S = 0.25
"""Seconds. The longest that questions give way in a row, however many members ask."""

REMEMBERED = 1000
"""Ends, of any kind, that are looked at when the bot starts: several times what is kept of one sort of task."""

FOLLOWED = WITH_RELAY | {GenerationState.EXPIRED}
"""States in which news from the relay still counts."""

Step = Callable[[Generation], Generation]


class Poller:
    """Follows every open generation. `on_change` is called after each change that a card must show.

    At most `concurrency` requests to the relay are on their way at once. `tick` does all that is due and returns
    when it is done; `run` does the same for ever, without waiting for the slowest.
    """

    def __init__(
        self,
        store: Store,
        relay: Relay,
        clock: Clock,
        schedule: PollSchedule,
        *,
        concurrency: int,
        at_once: AtOnce,
        luck: Callable[[], float],
        on_change: Callable[[], None],
        experience: Experience | None = None,
        gives_way: Callable[[], bool] = lambda: False,
        absence: Absence | None = None,
    ) -> None:
        """`experience` is what is known of how long tasks take; by itself the poller begins with none.

        `gives_way` tells whether somebody waits for an answer, before whom no new question to the relay goes.
        `absence` is told whether the relay answers.
        """
        self._store = store
        self._relay = relay
        self._clock = clock
        self._concurrency = concurrency
        self._at_once = at_once
        self._on_change = on_change
        self._experience = experience or Experience()
        self._absence = absence or Absence(clock)
        self._following = Following(schedule, clock, luck, self._experience)
        self._sending = Sending(
            store, relay, clock, luck, on_accepted=self._follow, on_change=on_change, absence=self._absence
        )
        self._sends: dict[str, asyncio.Task[None]] = {}
        self._probes: set[str] = set()
        self._polls: set[asyncio.Task[None]] = set()
        self._ready: deque[Task] = deque()
        self._throttle = Throttle(clock, per_second=MOST_PER_S, at_once=AT_ONCE)
        self._unsent = True
        self._line_waits = True
        self._gives_way = gives_way
        self._given_way_since: float | None = None
        self._stopping = False
        self._bell = Bell()
        self.last_round: float | None = None
        """The monotonic second of the last round in which the database could be read."""

    @property
    def following(self) -> int:
        """How many tasks are followed."""
        return len(self._following)

    def follows(self, generation_id: str) -> bool:
        """Whether the relay is asked after a generation."""
        return generation_id in self._following

    def newly_late(self) -> list[str]:
        """The ids of those that take longer than usual since the last question."""
        return self._following.newly_late()

    def wake(self) -> None:
        """Look at once for what waits to be sent."""
        self._unsent = True
        self._bell.ring()

    def take_up(self, generation: Generation) -> None:
        """Follow one that somebody gave its relay id by hand; any other change only needs showing."""
        if generation.state in WITH_RELAY and generation.id not in self._following:
            self._follow(generation)
        self._bell.ring()
        self._on_change()

    async def load(self) -> None:
        """Learn how long tasks took lately, and take up what the store says the relay has. Raises StoreError."""
        for ended in await self._store.ended(REMEMBERED):
            self._experience.recall(ended.sort, ended.took_s)
        since = self._clock.now() - timedelta(seconds=LOOK_AGAIN_FOR_S)
        for row in await self._store.followed(since):
            self._following.follow(row)

    async def tick(self) -> None:
        """Do all that is due now, at once, and wait until it is done."""
        while await self._start_due(at_once=True):
            await asyncio.wait(self._running())

    async def run(self) -> None:
        """Do what is due, when it is due, until stopped. What is being sent is finished even when cancelled."""
        try:
            while not self._stopping:
                rest = await self._round()
                await self._bell.wait(rest)
                self._bell.hush()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Start nothing more, let the paid requests on the wire end and be saved, and drop the polls."""
        self._stopping = True
        self._bell.ring()
        self._sending.close()
        for poll in self._polls:
            poll.cancel()
        if running := self._running():
            await asyncio.wait(running)

    async def _round(self) -> float:
        try:
            await self._start_due()
        except StoreError as trouble:
            log.error("cannot read the database: %s", trouble)  # noqa: TRY400  # the sentence says all; it may repeat every second
            return REST_AFTER_TROUBLE_S
        self.last_round = self._clock.monotonic()
        if self._free() == 0:
            return IDLE_S
        if self._given_way_since is not None:
            return GIVE_WAY_S
        if self._ready:
            return max(GIVE_WAY_S, self._throttle.next_in)
        may_send = self._unsent and self._room() > 0  # where there is none, the bell is rung once there is
        moments = [self._following.next_in(), self._sending.held_for if may_send else None, IDLE_S]
        return min(moment for moment in moments if moment is not None)

    def _running(self) -> set[asyncio.Task[None]]:
        return {*self._sends.values(), *self._polls}

    def _free(self) -> int:
        return max(0, self._concurrency - len(self._sends) - len(self._polls))

    def _room(self) -> int:
        """How many may be sent now: after a pause one at a time, until the relay has taken one.

        What was on its way before the pause is not counted: it may take long, and tells nothing of now.
        """
        return min(self._free(), 1 - len(self._probes)) if self._sending.doubtful else self._free()

    async def _start_due(self, *, at_once: bool = False) -> int:
        """Start what is due and has a slot: what waits to be sent first, then the polls. How many were started.

        Polls give way and go a few at a time, unless `at_once`.
        """
        if self._stopping:
            return 0
        started = await self._start_sends()
        self._ready.extend(self._following.due())
        count = min(len(self._ready), self._free())
        if not at_once:
            count = 0 if count and self._must_give_way() else self._throttle.take(count)
        for _ in range(count):
            task = self._ready.popleft()
            self._polls.add(self._start(self._poll(task), f"poll-{task.id}", self._polls.discard))
        return started + count

    def _must_give_way(self) -> bool:
        now = self._clock.monotonic()
        since = now if self._given_way_since is None else self._given_way_since
        give_way = now - since < MOST_GIVEN_S and self._gives_way()
        self._given_way_since = since if give_way else None
        return give_way

    async def _start_sends(self) -> int:
        if not self._unsent or self._sending.held_for > 0 or (free := self._room()) <= 0:
            return 0
        self._unsent = False
        fresh = await self._next_in_line(free)
        self._unsent = self._unsent or len(fresh) >= free  # somebody may have come while the line was read
        if self._sending.doubtful:
            self._probes.update(row.id for row in fresh)
        for row in fresh:
            self._sends[row.id] = self._start(self._send(row), f"send-{row.id}", partial(self._sent, row.id))
        return len(fresh)

    async def _next_in_line(self, free: int) -> list[Generation]:
        """Whose turn it is: one that is being sent but not yet committed counts as with the relay."""
        line, busy = await self._store.line()
        self._line_waits = bool(line)
        for one in line:
            if one.id in self._sends:
                busy[one.guild_id, one.user_id] = busy.get((one.guild_id, one.user_id), 0) + 1
        waiting = [one for one in line if one.id not in self._sends]
        going = may_go(waiting, busy, self._at_once, free)
        return await self._store.several([one.id for one in going]) if going else []

    def _start(
        self, work: Coroutine[Any, Any, None], name: str, done: Callable[[asyncio.Task[None]], object]
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(done)
        task.add_done_callback(lambda _: self._bell.ring())
        return task

    async def _send(self, waiting: Generation) -> None:
        about(waiting.id)
        try:
            await self._sending.send(waiting)
        except Exception:  # one generation's trouble is its own; what was being sent is UNCERTAIN at the next start
            log.exception("sending failed", extra={"generation": waiting.id})

    def _sent(self, generation_id: str, _: asyncio.Task[None]) -> None:
        self._sends.pop(generation_id, None)
        self._probes.discard(generation_id)
        self._unsent = True

    def _follow(self, generation: Generation) -> None:
        if generation.relay_id is not None and generation.submitted_at is not None:
            sort = Sort.of(generation.request)
            self._following.begin(generation.id, generation.relay_id, generation.submitted_at, sort)

    async def _poll(self, task: Task) -> None:
        about(task.id)
        try:
            report = await self._relay.report(task.relay_id)
            self._note_silence(task, report)
            await self._hear(task, report)
        except StoreError as trouble:
            log.error("cannot save what the relay says, it is asked again: %s", trouble, extra={"generation": task.id})  # noqa: TRY400  # the sentence says all
            self._following.again_after_silence(task, None)
        except Exception:  # one generation's trouble is its own, and it is asked after again
            log.exception("following failed", extra={"generation": task.id})
            self._following.again_after_silence(task, None)

    def _note_silence(self, task: Task, report: Report) -> None:
        if isinstance(report, Unavailable) and not report.busy:
            self._absence.unheard(task.id if len(self._following) > 1 else "")
        else:
            self._absence.heard()

    async def _hear(self, task: Task, report: Report) -> None:
        match report:
            case Running(state):
                await self._hear_running(task, state)
            case Finishing():
                await self._hear_linkless(task)
            case Succeeded(url):
                await self._end(task, lambda it: it.completed(url, self._clock.now()))
            case Failed() if task.state is GenerationState.EXPIRED:
                self._following.drop(task)
            case Failed(failure):
                await self._end(task, lambda it: it.failed(failure, self._clock.now()))
            case NotFound():
                await self._hear_not_found(task)
            case Unavailable(why, retry_after_s):
                log.debug("no news: %s", why, extra={"generation": task.id})
                self._following.again_after_silence(task, retry_after_s)

    async def _hear_running(self, task: Task, state: GenerationState) -> None:
        task.heard()
        task.linkless_since = None
        if self._following.age(task) >= GIVE_UP_AFTER_S:
            await self._expire(task)
            return
        if state is GenerationState.DREAMING and task.state is GenerationState.QUEUED:
            await self._advance(task, lambda it: it.dreaming(self._clock.now()))
            task.state = GenerationState.DREAMING
        self._following.again(task)

    async def _hear_linkless(self, task: Task) -> None:
        task.heard()
        now = self._clock.monotonic()
        task.linkless_since = now if task.linkless_since is None else task.linkless_since
        if now - task.linkless_since >= NO_LINK_GRACE_S:
            await self._expire(task)
        else:
            self._following.again(task)

    async def _hear_not_found(self, task: Task) -> None:
        now = self._clock.monotonic()
        task.missing_since = now if task.missing_since is None else task.missing_since
        if now - task.missing_since >= NOT_FOUND_GRACE_S:
            await self._expire(task)
        else:
            self._following.again_after_silence(task, None)

    async def _expire(self, task: Task) -> None:
        if task.state in WITH_RELAY:
            await self._advance(task, lambda it: it.expired(self._clock.now()))
            task.state = GenerationState.EXPIRED
            log.warning("the relay does not finish it", extra={"generation": task.id})
        task.missing_since = task.linkless_since = None
        self._following.again(task)

    async def _end(self, task: Task, step: Step) -> None:
        await self._advance(task, step)
        self._following.end(task)

    async def _advance(self, task: Task, step: Step) -> None:
        """Take one step on the row as it stands now. A row that has moved elsewhere meanwhile is left as it is."""

        def next_of(row: Generation) -> Generation | None:
            return step(row) if row.state in FOLLOWED else None

        after = await self._store.advance(task.id, next_of)
        if after is not None:
            log.info("now %s", after.state, extra={"generation": task.id})
            # Its place with the relay is free for the next in line, where there is one.
            self._unsent = self._unsent or (after.over and self._line_waits)
            self._on_change()
