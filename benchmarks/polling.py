"""What learning when to ask the relay is worth: `python -m benchmarks.polling [TASKS] [SEED]`.

The bot's own `Following`, `PollSchedule` and `Experience` follow made-up tasks on a clock that jumps from one question
to the next. Beside them stand a fixed interval, from the sending on as most bots do it and from the bot's own first
question on, and a back-off that doubles, each tuned to the same number of questions or to the same mean delay. The
delay is the time from a task's end to the question that finds it ended.
"""

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.finishing import Experience, FinishingTimes, Sort
from bot.domain.generation import Kind
from bot.domain.schedule import PollSchedule
from bot.service.following import Following

FULL = 60_000
"""Tasks in the first world; the others have a tenth."""
FIRST_S, LEAST_S, MOST_S = 15.0, 3.0, 20.0
"""The defaults of the settings."""
BETWEEN_S = 2.0
"""Seconds from one sending to the next: some fifty tasks are open at once, and their ends not yet known."""

Task = tuple[Sort, float]
Draw = Callable[[random.Random, float], Task]
"""One task, from dice and how far the run has come, from 0 to 1."""


def _sort(model: str = "ray-v2", duration: int = 5, resolution: str = "720p") -> Sort:
    return Sort(model, duration, resolution, Kind.TEXT)


def one_sort(median_s: float, deviation: float) -> Draw:
    """Tasks whose times are lognormal."""
    return lambda dice, _: (_sort(), dice.lognormvariate(math.log(median_s), deviation))


MENU = (
    (0.35, _sort("ray-v1", 5, "540p"), 35.0),
    (0.70, _sort("ray-v2", 5, "720p"), 75.0),
    (0.90, _sort("ray-v2", 9, "720p"), 120.0),
    (1.00, _sort("ray-v2", 9, "1080p"), 200.0),
)
"""What members choose: the share up to and with this sort, and its median in seconds."""


def a_menu(dice: random.Random, _: float) -> Task:
    """Several sorts, each lognormal: together from 20 s to 6 min, as the providers' pages say."""
    choice = dice.random()
    sort, median_s = next((sort, median_s) for upto, sort, median_s in MENU if choice <= upto)
    return sort, dice.lognormvariate(math.log(median_s), 0.45)


def two_paths(dice: random.Random, _: float) -> Task:
    """Two tasks in three take the quick way."""
    median_s = dice.choice((40.0, 40.0, 150.0))
    return _sort(), dice.lognormvariate(math.log(median_s), 0.25)


def shifting(factor: float) -> Draw:
    """A relay whose speed changes midway."""
    return lambda dice, done: (_sort(), dice.lognormvariate(math.log(75 * factor ** int(2 * done)), 0.4))


def swinging(dice: random.Random, done: float) -> Task:
    """A relay that is twice as slow in every other twentieth of the run."""
    return _sort(), dice.lognormvariate(math.log(75 if int(done * 20) % 2 else 150), 0.4)


def queued(dice: random.Random, _: float) -> Task:
    """A wait of its own before the work: 40 s on average, exponential."""
    return _sort(), dice.expovariate(1 / 40) + dice.lognormvariate(math.log(45), 0.3)


WORLDS: dict[str, Draw] = {
    "four sorts, lognormal": a_menu,
    "one sort, sigma 0.3": one_sort(75, 0.3),
    "one sort, sigma 0.5": one_sort(75, 0.5),
    "one sort, sigma 0.7": one_sort(75, 0.7),
    "two ways, one slow": two_paths,
    "twice as slow midway": shifting(2),
    "twice as fast midway": shifting(0.5),
    "twice as slow, on and off": swinging,
    "a queue before the work": queued,
    "always some 60 s": one_sort(60, 0.05),
}


@dataclass
class VirtualClock:
    """Stands where it was put, in seconds."""

    at: float = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at


class _Deaf(FinishingTimes):
    """The prior alone."""

    __slots__ = ()

    def learn(self, after_s: float, until_s: float) -> None:
        pass


class Unlearning(Experience):
    """An experience that nothing is added to."""

    def of(self, sort: Sort) -> FinishingTimes:  # noqa: ARG002  # all sorts alike
        return _NOBODY


_NOBODY = _Deaf()


@dataclass(frozen=True, slots=True)
class Figures:
    """Questions and seconds of delay for each task, on average."""

    polls: float
    delay_s: float


@dataclass(frozen=True, slots=True)
class Followed:
    """How one task was followed, in the order of sending."""

    polls: int
    delay_s: float


def figures(followed: Sequence[Followed]) -> Figures:
    count = len(followed)
    return Figures(sum(each.polls for each in followed) / count, sum(each.delay_s for each in followed) / count)


def tasks(draw: Draw, count: int, seed: int) -> list[Task]:
    """The same for everybody who follows them."""
    dice = random.Random(seed)  # noqa: S311  # a figure that can be repeated
    return [draw(dice, number / count) for number in range(count)]


def follow(given: Sequence[Task], schedule: PollSchedule, experience: Experience, seed: int) -> list[Followed]:
    """Follow all tasks with the bot's own means."""
    clock = VirtualClock()
    following = Following(schedule, clock, random.Random(seed).random, experience)  # noqa: S311  # as above
    ends = [number * BETWEEN_S + took_s for number, (_, took_s) in enumerate(given)]
    polls = [0] * len(given)
    delays = [0.0] * len(given)
    for number in _sendings(given, following, clock):
        if number is not None:
            following.begin(str(number), "", clock.now(), given[number][0])
            continue
        for task in following.due():
            which = int(task.id)
            polls[which] += 1
            if clock.at >= ends[which]:
                delays[which] = clock.at - ends[which]
                following.end(task)
            else:
                following.again(task)
    return [Followed(count, delay_s) for count, delay_s in zip(polls, delays, strict=True)]


def _sendings(given: Sequence[Task], following: Following, clock: VirtualClock) -> Iterator[int | None]:
    """The number of the next task to be sent when it is its time; None when one is to be asked for."""
    number = 0
    while number < len(given) or len(following):
        sending_in = number * BETWEEN_S - clock.at if number < len(given) else math.inf
        asking_in = following.next_in()
        if asking_in is not None and asking_in <= sending_in:
            clock.at += asking_in
            yield None
        else:
            clock.at += sending_in
            yield number
            number += 1


def fixed(times: Sequence[float], interval_s: float, first_s: float) -> Figures:
    """A question at `first_s` and every `interval_s` from then on."""
    polls = delay_s = 0.0
    for took_s in times:
        more = max(0, math.ceil((took_s - first_s) / interval_s))
        polls += 1 + more
        delay_s += first_s + more * interval_s - took_s
    return Figures(polls / len(times), delay_s / len(times))


def backing_off(times: Sequence[float], first_s: float, factor: float) -> Figures:
    """Each wait is `factor` times the one before."""
    polls = delay_s = 0.0
    for took_s in times:
        count = max(1, math.ceil(math.log1p(took_s * (factor - 1) / first_s) / math.log(factor)))
        polls += count
        delay_s += first_s * (factor**count - 1) / (factor - 1) - took_s
    return Figures(polls / len(times), delay_s / len(times))


def tuned(policy: Callable[[float], Figures], *, polls: float | None = None, delay_s: float | None = None) -> Figures:
    """A policy whose one figure, in seconds, is chosen so that it makes as many questions, or has the same delay."""
    low, high = 1e-3, 1e3
    for _ in range(22):
        middle = math.sqrt(low * high)
        found = policy(middle)
        too_often = found.polls > polls if polls is not None else found.delay_s < (delay_s or 0.0)
        low, high = (middle, high) if too_often else (low, middle)
    return policy(math.sqrt(low * high))


@dataclass(frozen=True, slots=True)
class Gain:
    """By which share there are fewer questions at the same mean delay, and less delay for as many questions."""

    fewer: float
    sooner: float

    def __str__(self) -> str:
        return f"{self.fewer:6.1%} {self.sooner:6.1%}"


def gain(ours: Figures, policy: Callable[[float], Figures]) -> Gain:
    """Over a policy that is tuned to be as good in the other respect."""
    as_soon, as_many = tuned(policy, delay_s=ours.delay_s), tuned(policy, polls=ours.polls)
    return Gain(1 - ours.polls / as_soon.polls, 1 - ours.delay_s / as_many.delay_s)


def rivals(given: Sequence[Task]) -> dict[str, Callable[[float], Figures]]:
    """What others do, with the one figure that each may choose."""
    times = [took_s for _, took_s in given]
    return {
        "fixed": lambda interval_s: fixed(times, interval_s, interval_s),
        "fixed, same first": lambda interval_s: fixed(times, interval_s, FIRST_S),
        "doubling": lambda first_s: backing_off(times, first_s, 2.0),
    }


SCHEDULE = PollSchedule(FIRST_S, LEAST_S, MOST_S)


def main(count: int, seed: int) -> None:
    """Print a row for each world: the first at full size, the others at a tenth of it."""
    print(f"seed {seed}; first question from {FIRST_S:.0f} s, then every {LEAST_S:.0f} to {MOST_S:.0f} s")
    print("fewer: questions at the same mean delay; sooner: mean delay for as many questions\n")
    head = ("polls", "delay", "fixed interval", "same first poll", "doubling", "prior alone*")
    print(f"{'':26s} {head[0]:>6s} {head[1]:>7s}  " + " ".join(f"{name:^16s}" for name in head[2:]))
    print(f"{'':41s}  " + " ".join(f"{'fewer':>8s} {'sooner':<7s}" for _ in head[2:]))
    for name, draw in WORLDS.items():
        given = tasks(draw, count if draw is a_menu else count // 10, seed)
        ours = figures(follow(given, SCHEDULE, Experience(), seed))
        prior = figures(follow(given, SCHEDULE, Unlearning(), seed))
        over = rivals(given)
        gains = [gain(ours, policy) for policy in over.values()] + [gain(prior, over["fixed"])]
        print(f"{name:26s} {ours.polls:6.2f} {ours.delay_s:5.2f} s  " + " ".join(f"{each!s:^16s}" for each in gains))
    print("\n* the schedule without learning, over the fixed interval")


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(arguments[0] if arguments else FULL, arguments[1] if len(arguments) > 1 else 1)
