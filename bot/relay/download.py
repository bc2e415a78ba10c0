"""Downloads one video from one link: where it may come from, and what it must be like."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.ports import FetchProblem
from bot.relay.addresses import NotPublic, guarded, is_public
from bot.relay.client import USER_AGENT
from bot.relay.part import PartFile

MOST_REDIRECTS = 5

_BATCH = 1024 * 1024
_SCHEMES = frozenset({"http", "https"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({408, 425, 429})
_NO_VIDEO = re.compile(r"text/.*|.*(html|json|xml).*")
# An mp4 opens with the length of its first box, then the box's name (ISO/IEC 14496-12, 4.3).
_BRAND_AT, _BRAND = slice(4, 8), b"ftyp"


class NoVideo(Exception):
    """Why there is no video; the message is for the log and holds no link."""

    def __init__(self, problem: FetchProblem, why: str) -> None:
        super().__init__(why)
        self.problem = problem


class Downloader:
    """Fetches links: from the relay's own origin, and else over https from the addresses that `allowed` names."""

    def __init__(
        self,
        relay_origin: str,
        *,
        most_bytes: int,
        resolver: AbstractResolver | None = None,
        allowed: Callable[[str], bool] = is_public,
    ) -> None:
        """Open the sessions, in a running loop. Raises ValueError for an origin that is no http or https address."""
        relay = URL(relay_origin)
        if relay.scheme not in _SCHEMES or not relay.host:
            raise ValueError("the relay's origin must be an http or https address")
        self._relay = _origin(relay)
        self._most_bytes = most_bytes
        self._anywhere = _session(aiohttp.TCPConnector(socket_factory=guarded(allowed), resolver=resolver))
        self._at_relay = _session(aiohttp.TCPConnector())

    async def close(self) -> None:
        """Close all connections."""
        await self._anywhere.close()
        await self._at_relay.close()

    async def download(self, link: str, place: Path) -> None:
        """Bring the whole video to `place`, which appears only when all of it is there.

        Raises NoVideo for all that the link and the network do, and OSError where the disk does not take it.
        """
        try:
            await self._follow(_url(link), place)
        except aiohttp.ClientConnectorError as error:
            inside = isinstance(error.os_error, NotPublic)
            problem = FetchProblem.FORBIDDEN if inside else FetchProblem.UNREACHABLE
            raise NoVideo(problem, str(error.os_error)) from error
        except aiohttp.InvalidURL as error:
            raise NoVideo(FetchProblem.FORBIDDEN, "not a link that can be asked for") from error
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise NoVideo(FetchProblem.UNREACHABLE, type(error).__name__) from error

    async def _follow(self, url: URL, place: Path) -> None:
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._session_for(url).get(url, allow_redirects=False)
            try:
                if response.status not in _REDIRECTS:
                    return await self._save(response, place)
                url = url.join(_url(response.headers.get("Location", "")))
            finally:
                response.close()
        raise NoVideo(FetchProblem.UNREACHABLE, f"more than {MOST_REDIRECTS} redirects")

    def _session_for(self, url: URL) -> aiohttp.ClientSession:
        """The session that may go there. Raises NoVideo where none may."""
        # Credentials in a link would be sent as a header.
        plain = url.raw_user is None and url.raw_password is None and bool(url.raw_host)
        if plain and _origin(url) == self._relay:
            return self._at_relay
        if plain and url.scheme == "https":
            return self._anywhere
        raise NoVideo(FetchProblem.FORBIDDEN, "not a plain https link")

    async def _save(self, response: aiohttp.ClientResponse, place: Path) -> None:
        _check_head(response, self._most_bytes)
        part = PartFile(place)
        kept = False
        try:
            rest = await self._copy(response, part)
            # One trip to a thread for all of it, where the video is small.
            await asyncio.to_thread(part.keep, rest)
            kept = True
        finally:
            if not kept:
                await asyncio.to_thread(part.drop)

    async def _copy(self, response: aiohttp.ClientResponse, part: PartFile) -> bytes:
        """Write what comes; the last of it is left to be written."""
        held = bytearray()
        seen = 0
        checked = False
        async for chunk in response.content.iter_any():
            held += chunk
            seen += len(chunk)
            if seen > self._most_bytes:
                raise NoVideo(FetchProblem.TOO_LARGE, f"more than {self._most_bytes} bytes")
            if not checked and seen >= _BRAND_AT.stop:
                _check_brand(held)
                checked = True
            if len(held) >= _BATCH:
                await asyncio.to_thread(part.write, bytes(held))
                held.clear()
        if seen == 0:
            raise NoVideo(FetchProblem.UNREACHABLE, "an empty answer")
        if not checked:
            _check_brand(held)
        return bytes(held)


def _check_head(response: aiohttp.ClientResponse, most_bytes: int) -> None:
    status = response.status
    if status != 200:  # noqa: PLR2004 - the one status that comes with a whole file
        dead = 400 <= status < 500 and status not in _TRY_AGAIN  # noqa: PLR2004 - the class of refusals
        raise NoVideo(FetchProblem.LINK_DEAD if dead else FetchProblem.UNREACHABLE, f"HTTP {status}")
    if _NO_VIDEO.fullmatch(response.content_type.lower()):
        raise NoVideo(FetchProblem.FORBIDDEN, "a page, not a video")
    if (response.content_length or 0) > most_bytes:
        raise NoVideo(FetchProblem.TOO_LARGE, f"{response.content_length} bytes")


def _check_brand(beginning: bytearray) -> None:
    if beginning[_BRAND_AT] != _BRAND:
        raise NoVideo(FetchProblem.FORBIDDEN, "it does not begin like an mp4")


def _url(link: str) -> URL:
    """The link as it stands: a signature holds for exactly these bytes."""
    try:
        url = URL(link, encoded=link.isascii() and link.isprintable() and " " not in link)
        _origin(url)  # a port out of range shows only when it is looked at
    except ValueError as error:
        raise NoVideo(FetchProblem.FORBIDDEN, "not a link") from error
    return url


def _origin(url: URL) -> tuple[str, str, int | None]:
    return url.scheme, (url.host or "").lower(), url.port


def _session(connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, connect=10, sock_read=30),
        # Plain bytes: the length announced is then the file's.
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        auto_decompress=False,
    )
