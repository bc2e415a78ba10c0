"""How a body is read: its JSON and its files, and how the reading can be held up halfway, while a bot uploads."""

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, web

from tests.wire.local_discord.changes import Changes

_FIRST_READ, _READ_AT_ONCE = 1 << 10, 1 << 16
"""Bytes. The first piece of a file is small, so that a small file too can be held up in its middle."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came. `data` is left out where only sizes and hashes are kept."""

    size: int
    sha256: str
    data: bytes | None


@dataclass
class Held:
    """A request that is held up after `read` bytes of its first file, or before its body where it brings no file.

    What the bot has sent already lies in the buffers between: a small upload may be complete there. So a released one
    can be done although the bot was killed meanwhile, as at Discord.
    """

    number: int
    method: str
    path: str
    read: int
    _let_go: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def release(self) -> None:
        """Read on, and do what is asked."""
        self._decide(go_on=True)

    def abort(self) -> None:
        """Cut the connection; nothing of it is done."""
        self._decide(go_on=False)

    async def wait(self) -> bool:
        return await self._let_go

    def _decide(self, *, go_on: bool) -> None:
        if not self._let_go.done():
            self._let_go.set_result(go_on)


class Uploads:
    """Reads bodies. `uploading` lists those held up just now, `log` all that ever were."""

    def __init__(self, changes: Changes, *, keep: bool) -> None:
        self.uploading: list[Held] = []
        self.log: list[Held] = []
        self._keep = keep
        self._changes = changes

    async def read(self, request: web.Request, path: str, *, hold: bool) -> tuple[Any, dict[str, Upload]]:
        """The JSON and the files of a request. Raises OSError where it ends before its body does."""
        if not request.content_type.startswith("multipart/"):
            if hold:
                await self._hold(request, path, 0)
            text = await request.content.read()
            return (json.loads(text) if text else {}), {}
        payload: Any = {}
        files: dict[str, Upload] = {}
        async for part in MultipartReader(request.headers, request.content):
            assert isinstance(part, BodyPartReader)
            if part.name == "payload_json":
                payload = await part.json() or {}
                continue
            begun = await part.read_chunk(_FIRST_READ)
            if hold and not files:
                await self._hold(request, path, len(begun))
            files[part.filename or ""] = await self._file(part, begun)
        return payload, files

    async def _file(self, part: BodyPartReader, begun: bytes) -> Upload:
        pieces: list[bytes] = []
        size, digest, piece = 0, hashlib.sha256(), begun
        while piece:
            size += len(piece)
            digest.update(piece)
            if self._keep:
                pieces.append(piece)
            piece = await part.read_chunk(_READ_AT_ONCE)
        return Upload(size, digest.hexdigest(), b"".join(pieces) if self._keep else None)

    async def _hold(self, request: web.Request, path: str, read: int) -> None:
        held = Held(len(self.log), request.method, path, read)
        self.log.append(held)
        self.uploading.append(held)
        self._changes.tell()
        try:
            if not await held.wait():
                raise ConnectionAbortedError("held up, and cut")
        finally:
            self.uploading.remove(held)
