"""A small Discord on loopback: the gateway and the REST calls that a bot makes, answered as Discord answers them.

SimCord stands in for discord.py's HTTP client; this stands in for the other end of the wire, so that statuses,
headers, retries, nonces, uploads, sessions and heartbeats are discord.py's own. It runs within a test, or as a process
of its own: `python -m tests.wire.local_discord --port 0`, steered over HTTP (`control.py`).
"""

from tests.wire.local_discord.faults import FOR_EVER, Fault
from tests.wire.local_discord.interactions import Interaction
from tests.wire.local_discord.limits import Limits, Offence, Rate
from tests.wire.local_discord.payloads import APPLICATION, BOT, CHANNEL, GUILD, MEMBER, Json, headline_of, text_of
from tests.wire.local_discord.seen import Seen
from tests.wire.local_discord.server import LocalDiscord
from tests.wire.local_discord.shapes import Misshapen
from tests.wire.local_discord.uploads import Held

__all__ = [
    "APPLICATION",
    "BOT",
    "CHANNEL",
    "FOR_EVER",
    "GUILD",
    "MEMBER",
    "Fault",
    "Held",
    "Interaction",
    "Json",
    "Limits",
    "LocalDiscord",
    "Misshapen",
    "Offence",
    "Rate",
    "Seen",
    "headline_of",
    "text_of",
]
