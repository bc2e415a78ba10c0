"""Whatever members, moderators, time and crashes do, in whatever order: no limit is passed, and the books are right.

Played against the real store on SQLite, with a model beside it that decides by adding up the ledger itself.
"""

import asyncio
import shutil
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.generation import TRANSITIONS, Failure, FailureKind, Generation, GenerationState
from bot.domain.period import Span, period_of
from bot.domain.quota import Caps, Limit, Scope
from bot.storage import Stores, open_database
from tests.books import check_books
from tests.clock import ManualClock
from tests.storing import CLAIM, NOW, admitted, asked, granted, new_database, rows

T = TypeVar("T")
S = GenerationState
CAPS = Caps(server_a_day=9, bot_a_day=14)
FAILED = Failure(FailureKind.MODERATION)
ZONES = ("UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati")
ROLE = 900
servers, members = st.sampled_from((1, 2)), st.sampled_from((1, 2))
SUBJECTS = ((Scope.SERVER, 0), (Scope.DEFAULT, 0), (Scope.ROLE, ROLE), (Scope.MEMBER, 1), (Scope.MEMBER, 2))
any_of_them = st.integers(0, 40)
wishes = st.tuples(members, st.integers(0, 4), st.booleans())
limits = st.none() | st.builds(Limit, st.integers(0, 9), st.sampled_from(Span))


class Quotas(RuleBasedStateMachine):
    """Two servers with the same members, one clock, and a database that may be torn from the process at any time."""

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.clock = ManualClock(NOW)
        self.folders = [Path(mkdtemp())]
        self.url = new_database(self.folders[-1])
        self.zones = {1: "UTC", 2: "UTC"}
        self.set: dict[tuple[int, Scope, int], Limit | None] = {}
        self.states: dict[str, Generation] = {}
        self.count = 0
        self._open()
        for guild in self.zones:
            self.set_limit(guild, (Scope.DEFAULT, 0), Limit(3, Span.WEEK))

    def _open(self) -> None:
        self.stack = AsyncExitStack()
        self.stores: Stores = self.run(self.stack.enter_async_context(open_database(self.url, self.clock)))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @property
    def path(self) -> Path:
        return self.folders[-1] / "bot.db"

    @rule(guild=servers, wanted=st.lists(wishes, min_size=1, max_size=5))
    def admit(self, guild: int, wanted: list[tuple[int, int, bool]]) -> None:
        for wish in wanted:
            self._admit(guild, *wish)

    @rule(which=any_of_them)
    def admit_again(self, which: int) -> None:
        """The same action once more: found, and charged once."""
        for known in self._picked(which):
            self.run(admitted(self.stores.store, replace(known, state=S.WAITING, version=1)))

    @rule(them=st.lists(any_of_them, min_size=1, max_size=4), step=st.integers(0, 5))
    def go_on(self, them: list[int], step: int) -> None:
        for which in them:
            for before in self._picked(which):
                if steps := sorted(TRANSITIONS[before.state]):
                    self._move(before, self._step(before, steps[step % len(steps)]))

    @rule(which=any_of_them, keep=st.booleans(), lost=st.booleans())
    def resolve(self, which: int, *, keep: bool, lost: bool) -> None:
        for waiting in self._picked(which, S.WAITING):
            self._move(waiting, sending := waiting.submitting(self.clock.now()))
            if waiting.id in self.states and self.states[waiting.id] == sending:
                self._move(sending, sending.uncertain(self.clock.now()))
        for before in self._picked(which, S.UNCERTAIN):
            now = self.clock.now()
            after = before.lost(now) if lost else before.failed(FAILED, now)
            assert self.run(self.stores.purse.resolve(before, after, keep_charge=keep, by=9, why=""))
            self.states[before.id] = after

    @rule(which=any_of_them)
    def save_late(self, which: int) -> None:
        """A save that comes from an older version changes nothing."""
        for now in self._picked(which):
            old = replace(now, version=now.version - 1)
            assert not self.run(self.stores.store.save(old, replace(old, state=S.FAILED, version=now.version)))

    @rule(guild=servers, of=st.sampled_from(SUBJECTS), limit=limits)
    def set_limit(self, guild: int, of: tuple[Scope, int], limit: Limit | None) -> None:
        before = self.run(self.stores.purse.set_limit(guild, *of, limit, by=9, why="", now=self.clock.now()))
        assert before == self.set.get((guild, *of))
        self.set[guild, *of] = limit

    @rule(guild=servers, user=members, amount=st.integers(1, 6), days=st.none() | st.integers(1, 9))
    def grant(self, guild: int, user: int, amount: int, days: int | None) -> None:
        now = self.clock.now()
        ends_at = None if days is None else now + timedelta(days=days)
        self.run(self.stores.purse.grant(guild, user, amount, ends_at, by=9, why="", now=now))

    @rule(guild=servers, user=members)
    def take_back(self, guild: int, user: int) -> None:
        left = self._bonus(guild, user)
        taken = self.run(self.stores.purse.take_back(guild, user, by=9, why="", now=self.clock.now()))
        assert taken == left
        assert self._bonus(guild, user) == 0

    @rule(guild=servers, user=st.none() | members)
    def reset(self, guild: int, user: int | None) -> None:
        self.run(self.stores.purse.reset(guild, user, self.zones[guild], by=9, why="", now=self.clock.now()))

    @rule(guild=servers, user=members)
    def forget(self, guild: int, user: int) -> None:
        self.run(self.stores.privacy.forget(user, guild, self.clock.now()))
        self.run(self.stores.privacy.erase_old(NOW, 9))

    @rule(hours=st.sampled_from((1, 7, 24, 24 * 8, 24 * 31)), zone=st.sampled_from(ZONES), guild=servers)
    def pass_time_or_move_elsewhere(self, hours: int, zone: str, guild: int) -> None:
        if zone == self.zones[guild]:
            self.clock.advance(hours * 3600)
        self.zones[guild] = zone

    @rule()
    def crash(self) -> None:
        """What a kill leaves is the files as they are, with the journal not folded in."""
        old = self.folders[-1]
        self.folders.append(Path(mkdtemp()))
        for file in old.iterdir():
            shutil.copy(file, self.folders[-1])
        self.run(self.stack.aclose())
        self.url = f"sqlite:///{self.path}"
        self._open()

    @invariant()
    def the_books_are_right(self) -> None:
        check_books(self.path)

    @invariant()
    def only_legal_steps_were_taken(self) -> None:
        assert dict(rows(self.path, "SELECT id, state FROM generations")) == {
            name: each.state for name, each in self.states.items()
        }

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.run(self.stack.aclose())
            self.runner.close()
            for folder in self.folders:
                shutil.rmtree(folder)

    def _picked(self, which: int, state: GenerationState | None = None) -> list[Generation]:
        """One of all, or none where there are none, or it is in another state."""
        every = list(self.states.values())
        picked = every[-1 - which % len(every)] if every else None
        return [picked] if picked is not None and state in {None, picked.state} else []

    def _admit(self, guild: int, user: int, price: int, has_role: bool) -> None:
        self.count += 1
        wanted = asked(f"g{self.count}", guild=guild, user=user, price=price, at=self.clock.now())
        roles = (ROLE,) if has_role else ()
        fits = self._fits(wanted, roles)
        claim = replace(CLAIM, role_ids=roles, timezone=self.zones[guild], caps=CAPS)
        assert self.run(granted(self.stores.store, wanted, claim)) == fits
        if fits:
            self.states[wanted.id] = wanted

    def _step(self, before: Generation, state: GenerationState) -> Generation:
        now = self.clock.now()
        match state:
            case S.WAITING:
                return before.not_sent(now)
            case S.QUEUED:
                return before.accepted(f"relay-{before.id}", now)
            case S.COMPLETED:
                return before.completed("https://relay.test/v.mp4", now)
            case S.FAILED:
                return before.failed(FAILED, now)
            case _:
                after: Generation = getattr(before, state)(now)
                return after

    def _move(self, before: Generation, after: Generation) -> None:
        query = f"SELECT count(*) FROM generations WHERE id = '{before.id}' AND erased_at IS NULL"  # noqa: S608  # a name of our own
        kept = rows(self.path, query) == [(1,)]
        assert self.run(self.stores.store.save(before, after)) == kept
        if kept:
            self.states[before.id] = after

    def _fits(self, wanted: Generation, roles: tuple[int, ...]) -> bool:
        """Decided by simple sums: all counters have been seen to be right by now."""
        guild, cost = wanted.guild_id, wanted.price
        today = f"{self.clock.now():%Y-%m-%d}"
        shared = [
            (CAPS.bot_a_day, self._used("bot", today)),
            (CAPS.server_a_day, self._used(f"operator:{guild}", today)),
        ]
        if pool := self.set.get((guild, Scope.SERVER, 0)):
            shared.append((pool.credits, self._used(f"server:{guild}", self._period(guild, pool.span))))
        if any(limit is not None and cost > max(0, limit - used) for limit, used in shared):
            return False
        own = self._own(guild, wanted.user_id, roles)
        if own is None:
            return True
        member = f"member:{guild}:{self._pseudonym(guild, wanted.user_id)}"
        left = max(0, own.credits - self._used(member, self._period(guild, own.span)))
        return cost <= left + self._bonus(guild, wanted.user_id)

    def _own(self, guild: int, user: int, roles: tuple[int, ...]) -> Limit | None:
        role = self.set.get((guild, Scope.ROLE, ROLE)) if roles else None
        return self.set.get((guild, Scope.MEMBER, user)) or role or self.set.get((guild, Scope.DEFAULT, 0))

    def _used(self, scope: str, period: str) -> int:
        query = f"SELECT used FROM spending WHERE scope = '{scope}' AND period = '{period}'"  # noqa: S608  # names of our own
        return sum(used for (used,) in rows(self.path, query))

    def _bonus(self, guild: int, user: int) -> int:
        now = round(self.clock.now().timestamp() * 1_000_000)
        query = (
            f"SELECT coalesce(sum(credits - used), 0) FROM grants WHERE guild_id = {guild} "  # noqa: S608  # numbers of our own
            f"AND member = {self._pseudonym(guild, user)} AND (ends_at IS NULL OR ends_at > {now})"
        )
        return int(rows(self.path, query)[0][0])

    def _period(self, guild: int, span: Span) -> str:
        return period_of(span, self.clock.now(), ZoneInfo(self.zones[guild])).name

    def _pseudonym(self, guild: int, user: int) -> int:
        return self.stores.purse._pseudonyms.of(guild, user)


Quotas.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_whatever_happens_the_limits_hold_and_the_books_are_right = Quotas.TestCase
