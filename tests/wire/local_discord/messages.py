"""The messages of all channels, with what was uploaded to them."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from discord.utils import time_snowflake

from tests.wire.local_discord import rules
from tests.wire.local_discord.answers import Refused
from tests.wire.local_discord.changes import Changes
from tests.wire.local_discord.payloads import BOT, CHANNEL, GUILD, Json, message
from tests.wire.local_discord.rules import EPHEMERAL
from tests.wire.local_discord.tally import Tally
from tests.wire.local_discord.uploads import Upload

NONCE_LIFE = timedelta(minutes=3)
"""Discord speaks of "the past few minutes" (documentation, create message)."""
_WRITTEN = ("content", "embeds", "components")
_REPLY = 19


class Ids:
    """Snowflakes: they tell their time, and a later one is larger."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = itertools.count(1)

    def new(self) -> int:
        return time_snowflake(self._now()) + next(self._numbers)


class Messages:
    """`all` holds every message by its id, `uploads` the bytes of every attachment by its own, `files` all about it."""

    def __init__(self, ids: Ids, now: Callable[[], datetime], tally: Tally) -> None:
        self.all: dict[int, Json] = {}
        self.uploads: dict[int, bytes] = {}
        self.files: dict[int, Upload] = {}
        self.upload_limit = rules.UPLOAD_LIMIT
        self._ids = ids
        self._now = now
        self._tally = tally
        self._by_channel: dict[int, list[int]] = {}
        self._nonces: dict[str, tuple[int, datetime]] = {}
        self._watched: dict[int, Changes] = {}

    def changes_of(self, message_id: int) -> Changes:
        """Tells when this one message changes, and costs nothing when another does."""
        return self._watched.setdefault(message_id, Changes())

    def post(self, *, author: int = BOT, channel: int = CHANNEL, **fields: Any) -> int:
        """Put a message into a channel; its id."""
        message_id = self._ids.new()
        self.all[message_id] = {**message(message_id, channel, author, self._now()), **fields}
        self._by_channel.setdefault(channel, []).append(message_id)
        self._tally.add("messages")
        return message_id

    def known(self, message_id: int) -> Json:
        """One message. Raises Refused."""
        if message_id not in self.all:
            raise Refused(404, 10008, "Unknown Message")
        return self.all[message_id]

    def open_to_all(self, channel: int, message_id: int) -> Json:
        """One that is in this channel, and not for one member alone. Raises Refused."""
        found = self.known(message_id)
        if found["channel_id"] != str(channel) or found["flags"] & EPHEMERAL:
            raise Refused(404, 10008, "Unknown Message")
        return found

    def own(self, channel: int, message_id: int) -> Json:
        """One that the bot itself sent. Raises Refused."""
        found = self.open_to_all(channel, message_id)
        if found["author"]["id"] != str(BOT):
            raise Refused(403, 50005, "Cannot edit a message authored by another user")
        return found

    def after(self, channel: int, message_id: int, limit: int) -> list[Json]:
        """The oldest of those that came later; the newest first, as Discord orders them."""
        ids = self._by_channel.get(channel, [])
        later = itertools.islice(ids, bisect_right(ids, message_id), None)
        return list(itertools.islice(self._shown(later), limit))[::-1]

    def before(self, channel: int, message_id: int, limit: int) -> list[Json]:
        """The newest of those that came earlier, the newest first."""
        ids = self._by_channel.get(channel, [])
        earlier = (ids[place] for place in range(bisect_left(ids, message_id) - 1, -1, -1))
        return list(itertools.islice(self._shown(earlier), limit))

    def create(self, channel: int, payload: Json, files: dict[str, Upload], **facts: Any) -> Json:
        """Send a message, once for each enforced nonce. Raises Refused."""
        nonce = str(payload["nonce"]) if payload.get("nonce") is not None else None
        if nonce is not None and payload.get("enforce_nonce") and (sent := self._sent(nonce)):
            return sent
        written: Json = {key: payload[key] for key in _WRITTEN if payload.get(key)}
        written["flags"] = payload.get("flags") or 0
        if payload.get("message_reference"):
            written |= self._reply(channel, payload["message_reference"])
        made = self.post(channel=channel, **self._checked(written, [], payload, files), **facts)
        if nonce is not None:
            self._nonces[nonce] = made, self._now()
        return self.all[made]

    def change(self, message_id: int, payload: Json, files: dict[str, Upload]) -> Json:
        """Edit a message. Raises Refused."""
        found = self.known(message_id)
        written: Json = {key: payload[key] or type(found[key])() for key in _WRITTEN if key in payload}
        written["flags"] = rules.flags_after(found["flags"], payload.get("flags") or 0)
        whole = {**{key: found[key] for key in _WRITTEN}, **written}
        found.update(self._checked(whole, found["attachments"], payload, files))
        found["edited_timestamp"] = self._now().isoformat()
        self._tally.add("edits")
        self._tell(message_id)
        return found

    def delete(self, message_id: int) -> None:
        """Take a message away. Raises Refused."""
        ids = self._by_channel[int(self.known(message_id)["channel_id"])]
        ids.remove(message_id)
        del self.all[message_id]
        self._tally.add("deleted")
        self._tell(message_id)

    def _checked(self, whole: Json, before: list[Json], payload: Json, files: dict[str, Upload]) -> Json:
        """What a message is to be, its attachments with it. Raises Refused."""
        rules.check_sizes((upload.size for upload in files.values()), self.upload_limit)
        kept = _staying(before, payload)
        names = [*(each["filename"] for each in kept), *files]
        rules.check(whole, names)
        if files and not before:
            self._tally.add("delivered")
        return {**whole, "attachments": [*kept, *(self._uploaded(name, upload) for name, upload in files.items())]}

    def _uploaded(self, name: str, upload: Upload) -> Json:
        number = self._ids.new()
        self.files[number] = upload
        if upload.data is not None:
            self.uploads[number] = upload.data
        url = f"https://cdn.example/{number}/{name}"
        return {"id": str(number), "filename": name, "size": upload.size, "url": url, "proxy_url": url}

    def _reply(self, channel: int, reference: Json) -> Json:
        """What makes a message a reply. Raises Refused where it must be there and is not."""
        there = int(reference["message_id"]) in self.all
        if not there and reference.get("fail_if_not_exists") is not False:
            raise Refused(400, 50035, "Invalid Form Body: message_reference: Unknown message")
        told = {"type": 0, "message_id": str(reference["message_id"]), "channel_id": str(channel)}
        return {"type": _REPLY, "message_reference": {**told, "guild_id": str(GUILD)}}

    def _sent(self, nonce: str) -> Json | None:
        """The message that this nonce sent within the last minutes."""
        # The oldest come first, so that this never looks through all of them.
        while self._nonces and self._now() - next(iter(self._nonces.values()))[1] > NONCE_LIFE:
            del self._nonces[next(iter(self._nonces))]
        return self.all.get(self._nonces[nonce][0]) if nonce in self._nonces else None

    def _shown(self, ids: Iterable[int]) -> Iterable[Json]:
        return (each for each in map(self.all.__getitem__, ids) if not each["flags"] & EPHEMERAL)

    def _tell(self, message_id: int) -> None:
        if message_id in self._watched:
            self._watched[message_id].tell()


def _staying(before: list[Json], payload: Json) -> list[Json]:
    """The attachments that stay: those listed, and all where none are listed."""
    listed = payload.get("attachments")
    stay = {str(item["id"]) for item in listed or ()}
    return before if listed is None else [each for each in before if each["id"] in stay]
