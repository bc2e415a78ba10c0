"""Learns how long tasks take, for each sort of task, from the tasks that ended lately.

Each sort leans on a wider one, and the widest on `PRIOR`, as if a few tasks had been seen that took as long as those
usually do: so a sort that is new is asked for as others are, and its own ends count for more the more there are of
them. What was seen fades with each further end, so that a relay that becomes slower or faster is noticed.

Learning earns its place: `python -m benchmarks.polling` compares it with the prior alone.
"""

from itertools import accumulate
from typing import NamedTuple, Self

from bot.domain.generation import GenerationRequest, Kind
from bot.domain.hazard import EDGES, WIDTHS, Hazard, lognormal, step_of

PRIOR = lognormal(85.0, 0.88)
"""Before anything was seen: most clips take 20 s to 6 min, with a long tail (providers' pages and their users)."""

LATE_SHARE = 0.95
"""Of tasks that end, those that a late one outlasts."""
LATE_AFTER_S = 600.0
"""Seconds after which a task is late where too few of its form were seen: most clips take 20 s to 6 min."""

_MEMORY = 100.0
"""Ends of one sort after which an earlier one counts for 1/e: soon enough to follow a relay that changes its speed."""
_BELIEF = 8.0
"""Ends that the wider sort counts for in a narrower one."""
_ENOUGH = 20.0
"""Ends of which one may say "usually"."""
_NEWS_SHARE = 0.1
"""The share of new ends at which the hazard is worked out anew: for each single one it would be of no use."""
_HEARD_WITHIN = 0.93
"""The share of its age at which a task that was heard of had surely not ended: about one question earlier."""
_LEAST_SHARE = 1e-9
_LEAST_WIDTH_S = 1e-3
_MOST_WEIGHT = 1e12


class Sort(NamedTuple):
    """What a task's duration may depend on. `duration` is that of the film, in seconds."""

    model: str
    duration: int
    resolution: str
    kind: Kind

    @classmethod
    def of(cls, request: GenerationRequest) -> Self:
        """The sort of task that a request makes."""
        return cls(request.model, request.duration, request.resolution, request.kind)


class FinishingTimes:
    """When the tasks of one sort end. Every open task of the sort refers to the same one."""

    __slots__ = ("_at_risk", "_base", "_ends", "_hazard", "_news", "_outlasted", "_weight", "seen", "wider")

    def __init__(self, wider: "FinishingTimes | None" = None) -> None:
        self.wider = wider
        self.seen = 0.0
        """How many ends are remembered; an older one counts for less than 1."""
        self._weight = 1.0
        self._ends = [0.0] * len(EDGES)
        self._at_risk = [0.0] * len(EDGES)
        self._outlasted = [0.0] * len(EDGES)
        self._news = 0
        self._base = PRIOR
        self._hazard = PRIOR

    @property
    def enough(self) -> bool:
        """Whether so many ends are remembered that one may say "usually"."""
        return self.seen >= _ENOUGH

    @property
    def known(self) -> bool:
        """Whether the hazard stands on what was seen, of this sort or of a wider one, rather than on the prior."""
        return self.enough or (self.wider is not None and self.wider.known)

    @property
    def late_after_s(self) -> float:
        """The age in seconds from which such a task takes longer than usual."""
        if self.wider is None or not self.wider.enough:
            return LATE_AFTER_S
        return min(self.hazard.remaining_s(0.0, LATE_SHARE), LATE_AFTER_S * 6)

    @property
    def hazard(self) -> Hazard:
        """The chance per second that such a task ends at each age, as far as is known now."""
        stale = self._news > self.seen * _NEWS_SHARE
        if stale or not self.enough:  # one that stands on its own ends need not look what the wider sort does
            base = PRIOR if self.wider is None else self.wider.hazard
            if stale or base is not self._base:
                self._base, self._news = base, 0
                self._hazard = self._worked_out(base)
        return self._hazard

    def learn(self, after_s: float, until_s: float) -> None:
        """A task ended at an age above `after_s`, when it was last seen unfinished, and at most `until_s`.

        Nobody saw the moment itself, so the end is shared out evenly over the time between: taking the moment of the
        answer for it would make each question a little later than the one that it was learnt from.
        """
        if self.wider is not None:
            self.wider.learn(after_s, until_s)
        self._fade()
        until_s = max(until_s, after_s + _LEAST_WIDTH_S)
        first, width = step_of(after_s), until_s - after_s
        self._outlasted[first] += self._weight
        self._at_risk[first] += self._weight * (after_s - EDGES[first])
        for step in range(first, step_of(until_s) + 1):
            begins = max(EDGES[step], after_s)
            ends = min(EDGES[step + 1], until_s) if step < len(WIDTHS) else until_s
            left = (until_s - (begins + ends) / 2) / width
            self._ends[step] += self._weight * (ends - begins) / width
            self._at_risk[step] += self._weight * (ends - begins) * left

    def _fade(self) -> None:
        """Let the newest count for more instead of each older one for less: the ratio is the same."""
        self.seen = self.seen * (1 - 1 / _MEMORY) + 1
        self._news += 1
        self._weight /= 1 - 1 / _MEMORY
        if self._weight > _MOST_WEIGHT:
            for figures in (self._ends, self._at_risk, self._outlasted):
                figures[:] = [figure / self._weight for figure in figures]
            self._weight = 1.0

    def _worked_out(self, base: Hazard) -> Hazard:
        """Ends divided by time at risk, with those of `_BELIEF` tasks of the wider sort added (a gamma prior)."""
        outlasted = [0.0, *accumulate(reversed(self._outlasted))]  # from the last step to the first
        rates = []
        for step, (share, rate) in enumerate(zip(base.shares(), base.rates, strict=True)):
            full = outlasted[len(EDGES) - 1 - step] * WIDTHS[step] if step < len(WIDTHS) else 0.0
            believed = _BELIEF * max(share, _LEAST_SHARE)
            ends, at_risk = self._ends[step] / self._weight, (self._at_risk[step] + full) / self._weight
            rates.append((ends + believed) / (at_risk + believed / rate))
        return Hazard(tuple(rates))


class Experience:
    """The finishing times of every sort of task: all, those of a model, of its form of film, and of a kind of these."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], FinishingTimes] = {(): FinishingTimes()}

    def of(self, sort: Sort) -> FinishingTimes:
        """The times of this sort: the same object each time."""
        found = self._known.get(sort)
        if found is None:
            wider = self._wider(sort[:1], self._known[()])
            found = self._known[sort] = FinishingTimes(self._wider(sort[:3], wider))
        return found

    def _wider(self, key: tuple[object, ...], wider: FinishingTimes) -> FinishingTimes:
        return self._known.setdefault(key, FinishingTimes(wider))

    def recall(self, sort: Sort, took_s: float) -> None:
        """Learn from a row, which tells when the bot heard of the end: the end was a little before."""
        self.of(sort).learn(took_s * _HEARD_WITHIN, took_s)

    def usually_within_s(self, sort: Sort, age_s: float, share: float) -> float | None:
        """Seconds within which `share` of such tasks of this age end; None where too few films of this form were seen.

        The prior, and even other models, are good enough to decide when to ask, but no promise to a member.
        """
        times = self.of(sort)
        if times.wider is None or not times.wider.enough:
            return None
        return times.hazard.remaining_s(age_s, share)
