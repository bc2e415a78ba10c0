"""The paid request: committed before it leaves, sent once, and what became of it saved whatever happens."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from bot.domain.errors import StoreError
from bot.domain.generation import FOR_THE_OPERATOR, Failure, FailureKind, Generation, GenerationState
from bot.domain.pictures import is_dead
from bot.domain.reports import Accepted, NotSent, Refused, Submission, Unanswered
from bot.domain.schedule import resend_after
from bot.ports import Clock, Relay, Store
from bot.service.absence import Absence
from bot.service.ages import Ages

log = logging.getLogger(__name__)

SAVE_AGAIN_S = 1.0
"""Seconds between two tries to save an outcome while the database cannot be written."""

PICTURE_LIFE = timedelta(hours=20)
"""How long a picture may wait to be sent: Discord signs its address for about a day, and the relay fetches it later."""
STALE = Refused(Failure(FailureKind.UNREADABLE_IMAGE))
"""What becomes of a request whose picture nobody could fetch any more: it is not paid for in vain."""


class Sending:
    """Sends waiting generations. `on_accepted` follows a task, `on_change` is called after each saved outcome."""

    def __init__(
        self,
        store: Store,
        relay: Relay,
        clock: Clock,
        luck: Callable[[], float],
        *,
        on_accepted: Callable[[Generation], None],
        on_change: Callable[[], None],
        absence: Absence,
    ) -> None:
        self._store = store
        self._absence = absence
        self._relay = relay
        self._clock = clock
        self._ages = Ages(clock)
        self._luck = luck
        self._on_accepted = on_accepted
        self._on_change = on_change
        self._held_until = 0.0
        self._refusals = 0
        self._holds = 0
        self._doubtful = False
        self._closing = asyncio.Event()

    @property
    def held_for(self) -> float:
        """Seconds for which nothing is sent, because the relay asked for a pause or cannot be reached."""
        return max(0.0, self._held_until - self._clock.monotonic())

    @property
    def doubtful(self) -> bool:
        """Whether the last pause has taught nothing yet: then one request is sent, and the others once it was taken."""
        return self._doubtful

    def close(self) -> None:
        """Try no more to save what the database does not take: at the next start it is UNCERTAIN."""
        self._closing.set()

    async def send(self, waiting: Generation) -> None:
        """Send one generation. Must not be cancelled: run it as a task of its own and wait for it."""
        if waiting.state is not GenerationState.WAITING:
            return  # called back between the look at the line and the look at its row
        sending, holds = waiting.submitting(self._clock.now()), self._holds
        try:
            if not await self._store.save(waiting, sending):
                return
        except StoreError as trouble:
            self._hold(None, f"the database cannot be written: {trouble}")
            return
        outcome = STALE if self._stale(sending) else await self._relay.submit(sending.request)
        if outcome is not STALE:
            self._note_pace(outcome, holds)
        settled = self._settled(sending, outcome)
        saved = await self._save(sending, settled)
        if saved is not None:
            if saved.relay_id is not None:
                self._on_accepted(saved)
            self._on_change()

    def _stale(self, sending: Generation) -> bool:
        request = sending.request
        if request.image_url is None:
            return False
        if self._ages.of(sending.created_at) >= PICTURE_LIFE:
            return True
        now = self._clock.now()  # one that was asked for again can have a younger row than its picture's address
        return is_dead(request.image_url, now) or is_dead(request.end_image_url, now)

    def _note_pace(self, outcome: Submission, holds: int) -> None:
        """`holds` is how many pauses there had been when its turn came: what goes before one says nothing of after."""
        silent = isinstance(outcome, Unanswered) or (isinstance(outcome, NotSent) and not outcome.busy)
        (self._absence.unheard if silent else self._absence.heard)()
        if isinstance(outcome, NotSent):
            self._hold(outcome.retry_after_s, outcome.why)
            return
        self._refusals = 0
        if holds == self._holds and not isinstance(outcome, Unanswered):  # a lost answer says nothing at all
            self._doubtful = False

    def _hold(self, retry_after_s: float | None, why: str) -> None:
        if self.held_for == 0:  # what was on its way together is refused together, and that is one refusal in a row
            self._refusals += 1
        self._holds += 1
        self._doubtful = True
        pause = resend_after(self._refusals, retry_after_s, self._luck())
        self._held_until = max(self._held_until, self._clock.monotonic() + pause)
        log.warning("nothing is sent for %.1f s: %s", pause, why)

    def _settled(self, sending: Generation, outcome: Submission) -> Generation:
        now = self._clock.now()
        about = {"generation": sending.id}
        match outcome:
            case Accepted(relay_id):
                log.info("the relay took it", extra=about)
                return sending.accepted(relay_id, now)
            case NotSent():
                return sending.not_sent(now)
            case Refused(failure):
                level = logging.ERROR if failure.kind in FOR_THE_OPERATOR else logging.INFO
                log.log(level, "the relay refused it: %s", failure.kind, extra=about)
                return sending.failed(failure, now)
            case Unanswered(why):
                log.error("nobody knows whether the relay took it: %s", why, extra=about)
                return sending.uncertain(now)

    async def _save(self, sending: Generation, settled: Generation) -> Generation | None:
        """Save the outcome, again and again while the database is away: an id that was answered is worth money."""
        while True:
            try:
                if await self._store.save(sending, settled):
                    return settled
                if settled.relay_id is None:
                    return None
                return await self._store.late_id(settled.id, settled.relay_id, self._clock.now())
            except StoreError:
                log.critical(
                    "cannot save that it is %s (relay id %s)",
                    settled.state,
                    settled.relay_id,
                    extra={"generation": settled.id},
                )
            if self._closing.is_set():
                return None
            try:
                async with asyncio.timeout(SAVE_AGAIN_S):
                    await self._closing.wait()
            except TimeoutError:
                continue
