"""Interactions and Discord's rules for them: answered once, within 3 s, with a token that lives for 15 minutes."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.wire.local_discord.answers import Refused
from tests.wire.local_discord.messages import Ids, Messages
from tests.wire.local_discord.payloads import APPLICATION, CHANNEL, GUILD, Json, interaction, user
from tests.wire.local_discord.rules import EPHEMERAL, LOADING
from tests.wire.local_discord.tally import Tally
from tests.wire.local_discord.uploads import Upload

ANSWER_WITHIN = timedelta(seconds=3)
TOKEN_LIFE = timedelta(minutes=15)
_MESSAGE, _DEFERRED, _UPDATE, _WINDOW = 4, 5, 7, 9
"""The types of an answer."""


@dataclass
class Interaction:
    """One interaction. `sent_at` and `answered_at` are seconds on the loop's clock; `refused` are codes of answers."""

    id: int
    token: str
    made_at: datetime
    payload: Json
    sent_at: float = 0.0
    answered_at: float | None = None
    answer: Json | None = None
    message_id: int | None = None
    refused: list[int] = field(default_factory=list)
    follow_ups: set[int] = field(default_factory=set)
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once it is answered, or an answer to it was refused."""

    @property
    def took_s(self) -> float | None:
        """Seconds from its sending to its answer."""
        return None if self.answered_at is None else self.answered_at - self.sent_at

    @property
    def window(self) -> Json:
        """The window that it was answered with. Raises ValueError."""
        if self.answer is None or self.answer["type"] != _WINDOW:
            raise ValueError("it was not answered with a window")
        found: Json = self.answer["data"]
        return found


class Interactions:
    """All of them, by id and by token."""

    def __init__(self, ids: Ids, messages: Messages, now: Callable[[], datetime], tally: Tally) -> None:
        self.all: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._ids = ids
        self._messages = messages
        self._now = now
        self._tally = tally

    def make(self, kind: int, data: Json, by: int, channel_id: int = CHANNEL, **more: Any) -> Interaction:
        """A new one, not sent yet."""
        number, token = self._ids.new(), secrets.token_urlsafe(48)
        payload = {**interaction(number, token, kind, data, by, channel_id=channel_id), **more}
        self._tally.add("interactions")
        return self._keep(Interaction(number, token, self._now(), payload))

    def answered_before(self, token: str) -> int:
        """What an interaction of earlier leaves behind: a message, and a token that leads to it."""
        made = self._keep(Interaction(self._ids.new(), token, self._now(), {}, answer={"type": _MESSAGE}))
        made.message_id = self._messages.post()
        return made.message_id

    def forget_tokens(self) -> None:
        """Let every token be dead."""
        self._by_token.clear()

    def answer(self, interaction_id: int, token: str, body: Json, files: dict[str, Upload]) -> Json:
        """Take the one answer; what the callback says to it. Raises Refused."""
        found = self.all.get(interaction_id)
        if found is None or found.token != token:
            raise Refused(404, 10062, "Unknown interaction")
        if found.answer is not None:
            raise self._refused(found, Refused(400, 40060, "Interaction has already been acknowledged."))
        if self._now() - found.made_at > ANSWER_WITHIN:
            raise self._refused(found, Refused(404, 10062, "Unknown interaction"))
        shown = self._show(found, body, files)
        found.answer, found.answered_at = body, asyncio.get_running_loop().time()
        found.settled.set()
        self._tally.add("answered")
        return _callback(found, body["type"], shown)

    def by_token(self, token: str) -> Interaction:
        """The one whose token this is, while it lives. Raises Refused."""
        found = self._by_token.get(token)
        if found is None or self._now() - found.made_at >= TOKEN_LIFE:
            raise Refused(401, 50027, "Invalid Webhook Token")
        if found.answer is None:
            raise Refused(404, 10015, "Unknown Webhook")
        return found

    def message_of(self, token: str, which: str) -> int:
        """The id of the message that a token may read and change. Raises Refused."""
        found = self.by_token(token)
        if which.isdigit() and int(which) in found.follow_ups:
            return int(which)
        if found.message_id is None or which not in {"@original", str(found.message_id)}:
            raise Refused(404, 10008, "Unknown Message")
        return found.message_id

    def follow_up(self, token: str, body: Json, files: dict[str, Upload]) -> Json:
        """One more message; after a mere defer it fills that in, as Discord still does. Raises Refused."""
        found = self.by_token(token)
        if found.message_id is not None and self._messages.known(found.message_id)["flags"] & LOADING:
            return self._messages.change(found.message_id, body, files)
        shown = self._messages.create(self._channel(found), body, files, application_id=str(APPLICATION))
        found.follow_ups.add(int(shown["id"]))
        return shown

    @staticmethod
    def _channel(found: Interaction) -> int:
        return int(found.payload.get("channel_id", CHANNEL))

    def _refused(self, found: Interaction, no: Refused) -> Refused:
        found.refused.append(no.code)
        found.settled.set()
        self._tally.add("refused")
        return no

    def _keep(self, made: Interaction) -> Interaction:
        self.all[made.id] = self._by_token[made.token] = made
        return made

    def _show(self, found: Interaction, body: Json, files: dict[str, Upload]) -> Json | None:
        """The message that an answer makes or changes."""
        data = body.get("data") or {}
        if body["type"] == _UPDATE:
            return self._messages.change(int(found.payload["message"]["id"]), data, files)
        if body["type"] not in {_MESSAGE, _DEFERRED}:
            return None
        if body["type"] == _DEFERRED:
            data = {"flags": data.get("flags", 0) & EPHEMERAL | LOADING}
        by = int(found.payload["member"]["user"]["id"])
        metadata = {"id": str(found.id), "type": found.payload["type"], "user": user(by)}
        metadata["authorizing_integration_owners"] = {"0": str(GUILD)}
        shown = self._messages.create(
            self._channel(found), data, files, application_id=str(APPLICATION), interaction_metadata=metadata
        )
        found.message_id = int(shown["id"])
        return shown


def _callback(found: Interaction, kind: int, shown: Json | None) -> Json:
    """Discord's documentation: interaction callback response object."""
    about: Json = {"id": str(found.id), "type": found.payload["type"]}
    if shown is None:
        return {"interaction": about}
    about["response_message_id"] = shown["id"]
    about["response_message_loading"] = bool(shown["flags"] & LOADING)
    about["response_message_ephemeral"] = bool(shown["flags"] & EPHEMERAL)
    return {"interaction": about, "resource": {"type": kind, "message": shown}}
