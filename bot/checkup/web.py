"""Asks a server one question, with short patience, and notes what its clock says."""

import json
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.ports import Clock
from bot.relay.wire import Answer

TIMEOUT = aiohttp.ClientTimeout(total=8.0, connect=5.0, ceil_threshold=60.0)
"""Seconds for one question; all questions together have those of `bot.checkup.report`."""
MOST_BODY = 4 * 1024 * 1024
"""Bytes of an answer that are read. 200 servers are some 100,000."""
_CHUNK = 64 * 1024
_HALF_A_SECOND = 0.5
"""A Date header names whole seconds, so on average it is so much behind."""


@dataclass(frozen=True, slots=True)
class Silent:
    """No answer came; `why` reads after "cannot be reached"."""

    why: str


@dataclass(frozen=True, slots=True)
class Web:
    """`offsets` gathers by how many seconds this machine's clock is ahead of each server's that answered."""

    session: aiohttp.ClientSession
    clock: Clock
    offsets: dict[str, float] = field(default_factory=dict)

    async def get(self, url: str, headers: dict[str, str]) -> Answer | Silent:
        """One GET. No redirect is followed: the credentials are for this host alone."""
        sent_at, started = self.clock.now(), self.clock.monotonic()
        try:
            async with self.session.get(url, headers=headers, allow_redirects=False, timeout=TIMEOUT) as response:
                took = self.clock.monotonic() - started
                self._compare(url, response.headers.get("Date", ""), sent_at.timestamp() + took / 2)
                body = bytearray()
                while len(body) < MOST_BODY and (more := await response.content.read(_CHUNK)):
                    body += more
                return Answer(response.status, bytes(body), response.headers.get("Content-Type", ""))
        except TimeoutError:
            return Silent("no answer in time")
        except aiohttp.ClientConnectorCertificateError:
            return Silent("its certificate is not trusted here")
        except aiohttp.ClientConnectorDNSError:
            return Silent("its name is not known here")
        except aiohttp.ClientConnectorError as error:
            return Silent(error.os_error.strerror or "no connection")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Silent(type(error).__name__)

    def _compare(self, url: str, date: str, here: float) -> None:
        try:
            there = parsedate_to_datetime(date).timestamp()
        except (ValueError, OverflowError):
            return
        self.offsets[urlsplit(url).hostname or url] = here - there - _HALF_A_SECOND


def parsed(answer: Answer) -> Any:
    """The JSON of an answer, None where there is none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def as_object(value: Any) -> dict[str, Any]:
    """The JSON object, an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[dict[str, Any]]:
    """The objects of a JSON list; what else is in it is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
