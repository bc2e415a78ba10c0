"""How long the address of a picture is good: Discord signs those of attachments for about a day."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""Where Discord keeps attachments (docs.discord.com, reference, signed attachment CDN URLs)."""
FETCH_ROOM = timedelta(minutes=5)
"""So long before its end an address is taken for dead: the relay fetches it some time after it was sent."""

_NEVER_SIGNED = datetime.fromtimestamp(0, UTC)


def signed_until(url: str) -> datetime | None:
    """When the address of an attachment dies, long past where it bears no signature; None for any other address."""
    try:
        parts = urlsplit(url)
        if parts.hostname not in HOSTS:
            return None
        return datetime.fromtimestamp(int(parse_qs(parts.query)["ex"][0], 16), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return _NEVER_SIGNED


def is_dead(url: str | None, now: datetime, room: timedelta = FETCH_ROOM) -> bool:
    """Whether an address will not be good for as long as `room`, as far as can be told from it."""
    until = None if url is None else signed_until(url)
    return until is not None and until <= now + room
