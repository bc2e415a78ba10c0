"""Talks to the relay over HTTP, and lets nothing of HTTP or of its failures through to the services."""

import logging
import re
from dataclasses import dataclass
from importlib import metadata
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from bot.domain.generation import Failure, FailureKind, GenerationRequest
from bot.domain.reports import NotFound, NotSent, Refused, Report, Submission, Unanswered, Unavailable
from bot.ports import Clock
from bot.relay import wire
from bot.relay.deadline import NO_BOUNDS, Bounds, deadline

log = logging.getLogger(__name__)


def _version() -> str:
    try:
        return metadata.version("dreamreel")
    except metadata.PackageNotFoundError:
        return "unpackaged"  # run from a checkout that is not installed


USER_AGENT = f"Dreamreel/{_version()} (Discord bot)"
MOST_BODY = 1024 * 1024
"""Bytes of an answer that are read. The largest known one is a few thousand."""

_CHUNK = 64 * 1024
_LOST = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
"""All that aiohttp raises for what the network and the relay do; asyncio's cancellation is none of it."""
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""What is raised before there is a connection to write to: no name, refused, no TLS, too slow to connect.

aiohttp raises ConnectionTimeoutError around its connector's `connect` alone; its total timeout is another error.
"""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: for the connection (name and TLS included), until an answer begins and between its parts, for all."""

    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 25.0


class RelayClient:
    """The relay, as `bot.ports.Relay`; to be entered before use. It never shows its key."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        clock: Clock,
        timeouts: Timeouts | None = None,
        user_agent: str = USER_AGENT,
    ) -> None:
        """Raise ValueError for a base URL or a key that no request could carry."""
        self._base = checked_base(base_url)
        if not re.fullmatch(r"[!-~]+", api_key):
            raise ValueError("the relay's key must be printable ASCII without spaces")
        self._key = api_key
        self._key_as_told = _in_json(api_key)
        self._clock = clock
        self._user_agent = user_agent
        self._limits = timeouts or Timeouts()
        self._asking: aiohttp.ClientSession | None = None
        self._paying: aiohttp.ClientSession | None = None
        self._denied = False

    async def __aenter__(self) -> Self:
        # A kept connection may be closed by the relay while a POST is written to it, and nobody could say whether
        # the POST was read. So each paid request has a connection of its own; only questions share theirs.
        # And once it is connected, a deadline of our own keeps its time.
        self._paying = self._session(aiohttp.TCPConnector(force_close=True, limit=0), timed=False)
        self._asking = self._session(aiohttp.TCPConnector(), timed=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections. Later requests are not sent, and say so."""
        for session in (self._paying, self._asking):
            if session is not None:
                await session.close()

    async def submit(self, request: GenerationRequest) -> Submission:
        """Send one paid request, at most once. See `bot.ports.Relay`."""
        call = wire.paid_call(request)
        if call is None:
            log.error("an extension names no video that the relay knows: not sent")
            return Refused(Failure(FailureKind.REFUSED))
        if self._paying is None or self._paying.closed:
            return NotSent("the relay client is closed")
        try:
            bounds = deadline(self._limits.total_s, self._limits.read_s)
            answer = await self._exchange(self._paying, "POST", call.path, call.body, bounds=bounds)
        except _NEVER_SENT as error:
            return NotSent(_why(error))
        except _LOST as error:
            log.warning("no answer to a paid request: %s", _why(error))
            return Unanswered(_why(error))
        outcome = wire.submission(answer, self._clock.now())
        _log_submission(outcome, answer)
        return outcome

    async def report(self, relay_id: str) -> Report:
        """Ask once what became of a task. See `bot.ports.Relay`."""
        path = wire.task_path(relay_id)
        if path is None:
            log.error("an id that no request can carry was never the relay's")
            return NotFound()
        if self._asking is None or self._asking.closed:
            return Unavailable("the relay client is closed")
        try:
            answer = await self._exchange(self._asking, "GET", path)
        except _LOST as error:
            return Unavailable(_why(error))
        self._log_denial(answer)
        return wire.report(answer, relay_id, self._clock.now())

    def _session(self, connector: aiohttp.BaseConnector, *, timed: bool) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(
                total=self._limits.total_s if timed else None,
                connect=self._limits.connect_s,
                sock_read=self._limits.read_s if timed else None,
                # Beyond this aiohttp rounds up to whole seconds, and 25 s are promised.
                ceil_threshold=self._limits.total_s + 1,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={
                "Authorization": f"Bearer {self._key}",
                "User-Agent": self._user_agent,
                "Accept": "application/json",
            },
        )

    async def _exchange(
        self,
        session: aiohttp.ClientSession,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        bounds: Bounds = NO_BOUNDS,
    ) -> wire.Answer:
        # No redirect is followed: aiohttp would send a POST's body again, and drop the key at another host.
        async with bounds():
            response = await session.request(
                method,
                URL(self._base + path, encoded=True),
                data=body,
                headers={"Content-Type": "application/json"} if body is not None else None,
                allow_redirects=False,
            )
        try:
            read, whole = await _read(response, bounds)
        finally:
            response.release()
        return wire.Answer(
            status=response.status,
            # A relay that repeats the key in an error must not get it shown to members.
            body=self._key_as_told.sub(b"***", read),
            content_type=response.headers.get("Content-Type", ""),
            retry_after=response.headers.get("Retry-After", ""),
            whole=whole,
        )

    def _log_denial(self, answer: wire.Answer) -> None:
        """Tell the operator once, not at every poll, that questions are turned away."""
        denied = answer.status in {401, 403} or answer.redirects
        if denied and not self._denied:
            log.error("the relay does not answer questions (%s): check its key and address", wire.summary(answer))
        self._denied = denied


async def _read(response: aiohttp.ClientResponse, bounds: Bounds) -> tuple[bytes, bool]:
    """What came of the body, and whether that is all: an id may stand in the part that came."""
    kept = bytearray()
    try:
        while True:
            async with bounds():
                chunk = await response.content.read(_CHUNK)
            if not chunk:
                return bytes(kept), True
            kept += chunk
            if len(kept) > MOST_BODY:
                return bytes(kept[:MOST_BODY]), False
    except _LOST:
        return bytes(kept), False


def _log_submission(outcome: Submission, answer: wire.Answer) -> None:
    said = wire.summary(answer)
    match outcome:
        case Unanswered():
            log.warning("a paid request was answered without a word on what became of it: %s", said)
        case Refused() if answer.redirects:
            log.error("the relay's address redirects elsewhere, and a paid request does not follow: %s", said)
        case Refused():  # whom that concerns is told by whoever sent it, with the id of the video
            log.info("the relay refused a paid request: %s", said)
        case _:
            pass


def _why(error: BaseException) -> str:
    """The error for a log. A connector's own words name host and port; others might quote what was sent."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, aiohttp.ClientConnectorError) else name


def _in_json(key: str) -> re.Pattern[bytes]:
    r"""The key as JSON may spell it: each character as it is, behind a backslash (PHP's \/), or as \u002f (Go's &)."""
    spelled = (rb"(?:\\?%b|(?i:\\u00%02x))" % (re.escape(c.encode()), ord(c)) for c in key)
    return re.compile(b"".join(spelled))


def checked_base(base_url: str) -> str:
    """The base URL without a slash at its end. Raises ValueError where it is not a plain http or https address."""
    url = URL(base_url.strip())
    if url.scheme not in {"http", "https"} or not url.host or url.user or url.password:
        raise ValueError("the relay's base URL must be http or https, with a host and without credentials")
    if url.query_string or url.fragment:
        raise ValueError("the relay's base URL must end with its path")
    return str(url).rstrip("/")
