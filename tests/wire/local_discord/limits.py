"""Discord's rate limits: a bucket for each route and major parameter, and 50 requests a second for the bot's token.

Source: Discord's documentation, rate limits. A bucket is a window that opens with its first request.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from tests.wire.local_discord.answers import answer
from tests.wire.local_discord.paths import BY_THEIR_TOKEN, bucket_of, by_their_token

_SWEEP_EVERY = 4096
"""Windows opened between two looks for those that are over."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    most: int
    per_s: float


_ROUTES = {
    "POST /channels/*/messages": Rate(5, 5.0),
    "PATCH /channels/*/messages/*": Rate(5, 5.0),
    "DELETE /channels/*/messages/*": Rate(5, 1.0),
    "GET /channels/*/messages": Rate(5, 1.0),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed. Discord publishes the bot's 50 a second; the others are what its headers have shown.

    `webhook` is for each interaction's token. What arrives within `in_flight_s` seconds of a 429 was on its way
    already, and does not count as asked again.
    """

    bot: Rate = Rate(50, 1.0)
    webhook: Rate = Rate(5, 2.0)
    other: Rate = Rate(10, 1.0)
    routes: Mapping[str, Rate] = field(default_factory=lambda: dict(_ROUTES))
    in_flight_s: float = 0.25


@dataclass(frozen=True, slots=True)
class Offence:
    """A request that was answered 429; `again` where the one who asked had been told to wait, and did not.

    `at_s` is on the loop's clock, `retry_after_s` is what the answer said, `scope` is "user" or "global".
    """

    at_s: float
    method: str
    path: str
    scope: str
    retry_after_s: float
    again: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The headers of the answer, whatever it will be; and the answer, where it is 429."""

    headers: Mapping[str, str]
    refusal: web.Response | None = None


@dataclass(slots=True)
class _Window:
    rate: Rate
    ends_at: float
    used: int = 0
    refused_at: float | None = None

    def take(self) -> bool:
        """Count one more, where there is room."""
        room = self.used < self.rate.most
        self.used += room
        return room


class Limiter:
    """Counts what is asked. `time` is in seconds and never goes back; `timestamp` is the wall clock's, for a header."""

    def __init__(self, limits: Limits | None, time: Callable[[], float], timestamp: Callable[[], float]) -> None:
        self.limits = limits
        self.offences: list[Offence] = []
        self._time = time
        self._timestamp = timestamp
        self._windows: dict[tuple[str, str], _Window] = {}
        self._opened = 0

    def ask(self, method: str, path: str) -> Verdict:
        """Count one request; `path` begins behind the version."""
        if self.limits is None:
            return Verdict({})
        now = self._time()
        name, major = bucket_of(method, path)
        window = self._window((name, major), self._rate(name, self.limits), now)
        headers = self._headers(name, window, now)
        if not by_their_token(path):  # these do not count against the bot's 50 a second
            every = self._window(("", ""), self.limits.bot, now)
            if not every.take():
                offence = self._offence(every, method, path, "global")
                return Verdict(headers, _refusal(offence))
        if not window.take():
            return Verdict(headers, _refusal(self._offence(window, method, path, "user")))
        return Verdict(self._headers(name, window, now))

    @staticmethod
    def _rate(name: str, limits: Limits) -> Rate:
        return limits.webhook if name in BY_THEIR_TOKEN else limits.routes.get(name, limits.other)

    def _window(self, key: tuple[str, str], rate: Rate, now: float) -> _Window:
        window = self._windows.get(key)
        if window is None or window.ends_at <= now or window.rate != rate:
            self._opened += 1
            if self._opened % _SWEEP_EVERY == 0:
                self._windows = {known: each for known, each in self._windows.items() if each.ends_at > now}
            window = self._windows[key] = _Window(rate, now + rate.per_s)
        return window

    def _headers(self, name: str, window: _Window, now: float) -> dict[str, str]:
        left = window.ends_at - now
        return {
            "X-RateLimit-Limit": str(window.rate.most),
            "X-RateLimit-Remaining": str(window.rate.most - window.used),
            "X-RateLimit-Reset": f"{self._timestamp() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            # The same for every channel: the one who asks puts the major parameter to it.
            "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
        }

    def _offence(self, window: _Window, method: str, path: str, scope: str) -> Offence:
        assert self.limits is not None
        now, told = self._time(), window.refused_at
        again = told is not None and now - told > self.limits.in_flight_s
        window.refused_at = now if told is None else told
        found = Offence(now, method, path, scope, math.ceil((window.ends_at - now) * 1000) / 1000, again)
        self.offences.append(found)
        return found


def _refusal(offence: Offence) -> web.Response:
    headers = {
        "Retry-After": str(math.ceil(offence.retry_after_s)),
        "X-RateLimit-Scope": offence.scope,
        "Via": "1.1 discord",  # discord.py takes a 429 without it for a ban
    }
    everywhere = offence.scope == "global"
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    body = {"message": "You are being rate limited.", "retry_after": offence.retry_after_s, "global": everywhere}
    return answer(body, 429, headers)
