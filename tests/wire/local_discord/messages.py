"""The messages of the one channel, with what was uploaded to them."""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from discord.utils import time_snowflake

from tests.wire.local_discord.faults import Refused
from tests.wire.local_discord.payloads import BOT, Json, message, parts

EPHEMERAL = 1 << 6
_WRITTEN = ("content", "embeds", "components", "flags", "message_reference")


class Ids:
    """Snowflakes: they tell their time, and a later one is larger."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = itertools.count(1)

    def new(self) -> int:
        return time_snowflake(self._now()) + next(self._numbers)


class Messages:
    """`all` holds every message by its id, `uploads` the bytes of every attachment by its own."""

    def __init__(self, ids: Ids, now: Callable[[], datetime]) -> None:
        self.all: dict[int, Json] = {}
        self.uploads: dict[int, bytes] = {}
        self._ids = ids
        self._now = now
        self._nonces: dict[str, int] = {}

    def post(self, *, author: int = BOT, **fields: Any) -> int:
        """Put a message into the channel; its id."""
        message_id = self._ids.new()
        self.all[message_id] = {**message(message_id, author, self._now()), **fields}
        return message_id

    def known(self, message_id: int) -> Json:
        """One message. Raises Refused."""
        if message_id not in self.all:
            raise Refused(404, 10008, "Unknown Message")
        return self.all[message_id]

    def history(self, after: int, limit: int) -> list[Json]:
        """What everybody sees, the newest first, as Discord orders it."""
        found = [each for key, each in self.all.items() if key > after and not each["flags"] & EPHEMERAL]
        return found[:limit][::-1]

    def create(self, payload: Json, files: dict[str, bytes], **facts: Any) -> Json:
        """Send a message, once for each enforced nonce. Raises Refused."""
        nonce = payload.get("nonce")
        if payload.get("enforce_nonce") and nonce in self._nonces:
            return self.all[self._nonces[nonce]]
        written = {key: payload[key] for key in _WRITTEN if key in payload}
        attachments = self._kept([], payload, files)
        _check_media(written.get("components", []), attachments)
        made = self.post(**written, attachments=attachments, **facts)
        if nonce is not None:
            self._nonces[nonce] = made
        return self.all[made]

    def change(self, message_id: int, payload: Json, files: dict[str, bytes]) -> Json:
        """Edit a message. Raises Refused."""
        found = self.known(message_id)
        written = {key: payload[key] for key in _WRITTEN if key in payload}
        attachments = self._kept(found["attachments"], payload, files)
        _check_media(written.get("components", []), attachments)
        found.update(written, attachments=attachments, edited_timestamp=self._now().isoformat())
        return found

    def _kept(self, before: list[Json], payload: Json, files: dict[str, bytes]) -> list[Json]:
        """The attachments after a change: those listed stay, files are added, and all stay where none are listed."""
        listed = payload.get("attachments")
        stay = {str(item["id"]) for item in listed or ()}
        kept = before if listed is None else [each for each in before if each["id"] in stay]
        return [*kept, *(self._uploaded(name, data) for name, data in files.items())]

    def _uploaded(self, name: str, data: bytes) -> Json:
        number = self._ids.new()
        self.uploads[number] = data
        url = f"https://cdn.example/{number}/{name}"
        return {"id": str(number), "filename": name, "size": len(data), "url": url, "proxy_url": url}


def _check_media(components: list[Json], attachments: list[Json]) -> None:
    """A component that shows an attachment which is not there is refused, as Discord does."""
    there = {f"attachment://{each['filename']}" for each in attachments}
    for part in parts(components):
        for item in part.get("items", ()):
            url = item["media"]["url"]
            if url.startswith("attachment://") and url not in there:
                raise Refused(400, 50035, "Invalid Form Body: the media refers to no attachment")
