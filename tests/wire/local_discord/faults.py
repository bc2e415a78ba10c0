"""What was asked of the local Discord, what it refuses by Discord's rules, and what it is made to get wrong."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wire.local_discord.payloads import Json


class Refused(Exception):
    """Discord's own no: a status, and a code of its documentation (opcodes and status codes)."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code

    def response(self) -> web.Response:
        return refusal(self.status, self.code, str(self))


@dataclass
class Fault:
    """An answer given in place of the right one. `body` may be text, which no part of Discord itself sends."""

    status: int
    code: int = 0
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    extra: Json = field(default_factory=dict)
    method: str = "*"
    part_of_path: str = ""
    times: int = 1
    hang_up: bool = False

    def fits(self, request: web.Request) -> bool:
        return self.times > 0 and self.method in {"*", request.method} and self.part_of_path in request.path

    def strike(self, request: web.Request) -> web.Response:
        """Answer so, and count it."""
        self.times -= 1
        if self.hang_up and request.transport is not None:
            request.transport.abort()
        if self.body is not None:
            return web.Response(status=self.status, body=self.body.encode(), headers=self.headers)
        return refusal(self.status, self.code, "made to fail", self.headers, **self.extra)


@dataclass
class Seen:
    """One request: what was asked, by whom, with which JSON and files (by name)."""

    method: str
    path: str
    by_bot: bool
    json: Any
    files: dict[str, bytes]


def refusal(status: int, code: int, message: str, headers: dict[str, str] | None = None, **extra: Any) -> web.Response:
    return answer({"code": code, "message": message, **extra}, status, headers)


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Exactly this content type: discord.py reads JSON under no other.
    headers = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=headers)
