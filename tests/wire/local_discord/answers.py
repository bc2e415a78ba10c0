"""How the local Discord answers: JSON under the one content type that discord.py reads, and Discord's own noes."""

import json
from typing import Any

from aiohttp import web


class Refused(Exception):
    """Discord's own no: a status, and a code of its documentation (opcodes and status codes)."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code

    def response(self) -> web.Response:
        return refusal(self.status, self.code, str(self))


def refusal(status: int, code: int, message: str, headers: dict[str, str] | None = None, **extra: Any) -> web.Response:
    return answer({"code": code, "message": message, **extra}, status, headers)


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Exactly this content type: discord.py reads JSON under no other.
    headers = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=headers)
