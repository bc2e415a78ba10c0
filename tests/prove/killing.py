"""Kills the bot under traffic, lets it rise again, and holds what it left and what it shows against the invariants."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from bot.clock import SystemClock
from bot.domain.card import CardState
from bot.domain.generation import GenerationState
from bot.service.lost_answers import ANSWER_GRACE
from tests.prove.autopsy import Death, came_at_its_point, counted, in_state, indiscretions, uncertain_as_owed, victim
from tests.prove.books import Evidence, Finding, Harm, broken, unsettled
from tests.prove.dying import die, end, runs_through
from tests.prove.kill_points import Kill, Point
from tests.prove.surroundings import Surroundings
from tests.prove.traffic import Traffic
from tests.prove.witness import Row, rows_now
from tests.wire.bot_process import BotProcess
from tests.wire.local_discord import GUILD

S = GenerationState

SETTLES_WITHIN_S = 30.0
"""Seconds from READY in which all that the last life left must be over, and shown to be."""
_SHOWS_WITHIN = timedelta(seconds=2)
"""From an answer's being old enough to be looked for, to its being found, in the round of chores at READY."""
_LOOK_S = 0.1
"""Seconds between two looks at whether all is shown."""
_PLENTY, _SCARCE = 1_000, 3
"""Credits that the server may spend in one life. One that dies anywhere may as well meet the operator's cap."""


class Killing:
    """A bot's many lives in one place; what members did in them is `traffic`, what was found last is `evidence`."""

    def __init__(self, around: Surroundings) -> None:
        self.traffic = Traffic(around.local)
        self.evidence: Evidence | None = None
        self._around = around
        self._clock = SystemClock()
        self._caps: list[tuple[int, int]] = []
        self._spent, self._entries = 0, 0
        self._owed: set[str] = set()
        self._restless: set[str] = set()

    async def live_and_die(self, kill: Kill) -> Death:
        """One life from its start to its kill, and the look at what it left."""
        death = Death(kill)
        identifies = self._around.local.gateway.identifies
        before = len(identifies)
        self.traffic.begin(kill.number, kill.seed)
        cap = self._cap(_SCARCE if kill.point is Point.RANDOM else _PLENTY)
        async with self._around.life(cap, runs_through(kill)) as bot, self._members():
            try:
                told = await self._lived(death, bot, lambda: len(identifies) > before)
            except TimeoutError:
                death.findings.append(Finding(Harm.BROKEN, "the bot", "never came so far"))
                await end(bot)
                told = None
        death.log = bot.output
        if bot.process.returncode != -signal.SIGKILL:
            death.findings.append(Finding(Harm.BROKEN, "the bot", f"ended by itself ({bot.process.returncode})"))
        await self._look(death, told, swept=len(identifies) > before)
        death.findings += indiscretions(bot)
        return death

    async def _lived(self, death: Death, bot: BotProcess, connected: Callable[[], bool]) -> str | None:
        """One life; what tells whose step it died of. Raises TimeoutError where it never came to its point."""
        kill = death.kill
        if kill.point is Point.RANDOM:
            await asyncio.sleep(kill.after_s)  # an instant of real time is what is tried
            await end(bot)
            return None
        await self._around.local.until(connected)
        if not kill.early:
            death.findings += await self._settled(bot)
        return await die(kill, bot, self._around)

    async def rest(self) -> list[Finding]:
        """The last life: nobody asks for anything more, and everything comes to its end."""
        await asyncio.sleep(self._youngest_unseen().total_seconds())  # to be looked for, an answer must be that old
        async with self._around.life(self._cap(_PLENTY), ("bot",)) as bot:
            try:
                findings = await self._settled(bot)
            except TimeoutError:
                findings = [Finding(Harm.BROKEN, "the last life", "was never ready")]
            code, _ = await bot.stop()
        if code:
            findings.append(Finding(Harm.BROKEN, "the last life", f"ended with {code}"))
        evidence = await self._gather()
        for row in _here(evidence):
            if says := unsettled(row, evidence.messages, evidence.interactions):
                findings.append(Finding(Harm.LOST, row.id, says))
        return [
            *findings,
            *uncertain_as_owed(evidence.rows, self._owed, swept=True),
            *broken(evidence),
            *indiscretions(bot),
            *(Finding(Harm.BROKEN, "a request to Discord", str(each)) for each in self._around.local.misshapen),
        ]

    # What it left

    async def _look(self, death: Death, told: str | None, *, swept: bool) -> None:
        evidence = await self._gather()
        row = victim(death.kill, told, evidence)
        submitting = in_state(evidence.rows, S.SUBMITTING)
        death.findings += uncertain_as_owed(evidence.rows, self._owed, swept=swept)
        if not came_at_its_point(death.kill, row, evidence):
            death.findings.append(Finding(Harm.BROKEN, "the kill", f"did not come at its point: {told}, {row}"))
        death.own, death.beside, wrong = counted(death.kill, row, submitting - self._owed)
        death.findings += [*wrong, *broken(evidence)]
        self._owed = submitting | in_state(evidence.rows, S.UNCERTAIN)
        self._restless = {
            row.id for row in _here(evidence) if unsettled(row, evidence.messages, evidence.interactions)
        } | self._restless

    async def _gather(self) -> Evidence:
        """What is known now that no bot runs. Its file is read before the bills: none can be missing there."""
        local = self._around.local
        file = await self._around.left_behind()
        rows = {row.id: row for row in file.rows()}
        bills = await self._around.relay.bills()
        local.seen.clear()  # the bytes of every upload
        self.evidence = Evidence(
            file, rows, bills, local.messages, local.interactions.all, self._caps, self._around.neighbours
        )
        self._entries = file.ask("SELECT MAX(id) FROM ledger")[0][0]
        today = self._clock.now().date().isoformat()
        spent = file.ask("SELECT used FROM spending WHERE scope = ? AND period = ?", f"operator:{GUILD}", today)
        self._spent = spent[0][0] if spent else 0
        return self.evidence

    # What it shows

    async def _settled(self, bot: BotProcess) -> list[Finding]:
        """Wait until all that earlier lives left is over and shown to be. What is not in time is lost.

        An answer that is too young to be looked for yet is left to a later life.
        """
        await bot.says("ready, in")
        old = self._clock.now() - ANSWER_GRACE - _SHOWS_WITHIN
        until = self._clock.monotonic() + SETTLES_WITHIN_S
        while late := list(self._late(old.timestamp() * 1_000_000)):
            if self._clock.monotonic() > until:
                self._restless.clear()  # told once
                return late
            await asyncio.sleep(_LOOK_S)  # nobody tells of a row that is written
        return []

    def _late(self, old: float) -> Iterator[Finding]:
        local = self._around.local
        for row in rows_now(self._around.database, self._restless):
            says = unsettled(row, local.messages, local.interactions.all)
            if says is None:
                self._restless.discard(row.id)
            elif row.card_state != CardState.UNATTACHED or row.created_at < old:
                yield Finding(Harm.LOST, row.id, says)

    def _youngest_unseen(self) -> timedelta:
        """How long until every answer that was never noted is old enough to be looked for."""
        unseen = [row.created_at for row in _here(self.evidence) if row.card_state == CardState.UNATTACHED]
        age = self._clock.now().timestamp() - max(unseen, default=0) / 1_000_000
        return max(timedelta(), ANSWER_GRACE + _SHOWS_WITHIN - timedelta(seconds=age))

    # What is around it

    def _cap(self, credits_: int) -> int:
        """What the server may spend today in this life; noted with the last ledger row before it."""
        cap = self._spent + credits_
        self._caps.append((self._entries, cap))
        return cap

    @asynccontextmanager
    async def _members(self) -> AsyncIterator[None]:
        """Members act meanwhile. What goes wrong with them is raised."""
        acting = asyncio.create_task(self.traffic.go_on())
        try:
            yield
        finally:
            acting.cancel()
            with suppress(asyncio.CancelledError):
                await acting


def _here(evidence: Evidence | None) -> list[Row]:
    """The generations of this server."""
    return [] if evidence is None else [row for row in evidence.rows.values() if row.guild_id == GUILD]
