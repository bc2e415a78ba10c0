"""What the local Discord is made to get wrong, before it has done what was asked or after."""

import random
import socket
import struct
from dataclasses import dataclass, field

from aiohttp import web

from tests.wire.local_discord.answers import refusal
from tests.wire.local_discord.payloads import Json

FOR_EVER = 1 << 62
"""As `times`: never over."""


@dataclass
class Fault:
    """An answer given in place of the right one; with `status` 0 it is the right one, only late or held up.

    `body` may be text, which no part of Discord itself sends. `hang_up` closes the connection, `reset` has it reset.
    With `after`, what was asked is done before the answer is lost. The answer waits for `delay_s` seconds first.
    `hold` stops the reading of an upload in its middle until the test lets it go (`uploads.py`). Of the requests that
    fit, it strikes a `share`, chosen by a dice of its own (`seed`), and no more than `times`.
    """

    status: int = 0
    code: int = 0
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    extra: Json = field(default_factory=dict)
    method: str = "*"
    part_of_path: str = ""
    times: int = 1
    hang_up: bool = False
    reset: bool = False
    after: bool = False
    delay_s: float = 0.0
    hold: bool = False
    share: float = 1.0
    seed: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311  # a repeatable choice, no secret

    def takes(self, method: str, path: str) -> bool:
        """Whether it strikes this request, which is counted then."""
        if self.times <= 0 or self.method not in {"*", method} or self.part_of_path not in path:
            return False
        if self.share < 1 and self._dice.random() >= self.share:
            return False
        self.times -= 1
        self.struck += 1
        return True

    @property
    def cuts(self) -> bool:
        """Whether no answer arrives."""
        return self.hang_up or self.reset

    @property
    def loses(self) -> bool:
        """Whether the right answer does not arrive."""
        return bool(self.status) or self.cuts

    def strike(self, request: web.Request) -> web.Response:
        """What arrives instead."""
        if self.cuts:
            cut(request, reset=self.reset)
        if self.body is not None:
            return web.Response(status=self.status or 200, body=self.body.encode(), headers=self.headers)
        return refusal(self.status or 500, self.code, "made to fail", self.headers, **self.extra)


def cut(request: web.Request, *, reset: bool = False) -> None:
    """End the connection with nothing more said; with `reset`, so that the other side is told (RST)."""
    if request.transport is None:
        return
    found = request.transport.get_extra_info("socket")
    if reset and found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
