"""Interactions and Discord's rules for them: answered once, within 3 s, with a token that lives for 15 minutes."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.wire.local_discord.faults import Refused
from tests.wire.local_discord.messages import EPHEMERAL, Ids, Messages
from tests.wire.local_discord.payloads import APPLICATION, GUILD, Json, interaction, user

ANSWER_WITHIN = timedelta(seconds=3)
TOKEN_LIFE = timedelta(minutes=15)
_MESSAGE, _DEFERRED, _UPDATE, _WINDOW = 4, 5, 7, 9
"""The types of an answer."""
_LOADING = 1 << 7


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

    def __init__(self, ids: Ids, messages: Messages, now: Callable[[], datetime]) -> None:
        self.all: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._ids = ids
        self._messages = messages
        self._now = now

    def make(self, kind: int, data: Json, by: int, **more: Any) -> Interaction:
        """A new one, not sent yet."""
        number, token = self._ids.new(), secrets.token_urlsafe(48)
        return self._keep(
            Interaction(number, token, self._now(), {**interaction(number, token, kind, data, by), **more})
        )

    def answered_before(self, token: str) -> int:
        """What an interaction of earlier leaves behind: a message, and a token that leads to it."""
        made = self._keep(Interaction(self._ids.new(), token, self._now(), {}, answer={"type": _MESSAGE}))
        made.message_id = self._messages.post()
        return made.message_id

    def forget_tokens(self) -> None:
        """Let every token be dead."""
        self._by_token.clear()

    def answer(self, interaction_id: int, token: str, body: Json, files: dict[str, bytes]) -> Json:
        """Take the one answer; what the callback says to it. Raises Refused."""
        found = self.all.get(interaction_id)
        if found is None or found.token != token:
            raise Refused(404, 10062, "Unknown interaction")
        if found.answer is not None:
            found.refused.append(40060)
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        if self._now() - found.made_at > ANSWER_WITHIN:
            found.refused.append(10062)
            raise Refused(404, 10062, "Unknown interaction")
        shown = self._show(found, body, files)
        found.answer, found.answered_at = body, asyncio.get_running_loop().time()
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
        message_id = self.by_token(token).message_id
        if message_id is None or which not in {"@original", str(message_id)}:
            raise Refused(404, 10008, "Unknown Message")
        return message_id

    def _keep(self, made: Interaction) -> Interaction:
        self.all[made.id] = self._by_token[made.token] = made
        return made

    def _show(self, found: Interaction, body: Json, files: dict[str, bytes]) -> Json | None:
        """The message that an answer makes or changes."""
        data = body.get("data") or {}
        if body["type"] == _UPDATE:
            return self._messages.change(int(found.payload["message"]["id"]), data, files)
        if body["type"] not in {_MESSAGE, _DEFERRED}:
            return None
        if body["type"] == _DEFERRED:
            data = {"flags": data.get("flags", 0) & EPHEMERAL | _LOADING}
        by = int(found.payload["member"]["user"]["id"])
        metadata = {"id": str(found.id), "type": found.payload["type"], "user": user(by)}
        metadata["authorizing_integration_owners"] = {"0": str(GUILD)}
        shown = self._messages.create(data, files, application_id=str(APPLICATION), interaction_metadata=metadata)
        found.message_id = int(shown["id"])
        return shown


def _callback(found: Interaction, kind: int, shown: Json | None) -> Json:
    """Discord's documentation: interaction callback response object."""
    about: Json = {"id": str(found.id), "type": found.payload["type"]}
    if shown is None:
        return {"interaction": about}
    about["response_message_id"] = shown["id"]
    about["response_message_loading"] = bool(shown["flags"] & _LOADING)
    about["response_message_ephemeral"] = bool(shown["flags"] & EPHEMERAL)
    return {"interaction": about, "resource": {"type": kind, "message": shown}}
