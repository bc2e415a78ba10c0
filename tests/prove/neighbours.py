"""Another server in the same database: nothing that members here do may show it, touch it or extend its videos."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.ports import Claim
from bot.storage.stores import Stores
from tests.prove.witness import File
from tests.wire.local_discord import Interaction, Json, text_of

OTHER_GUILD, OTHER_CHANNEL, OTHER_MEMBER = 4000, 5000, 60
SECRET = "what the neighbours dream of"
FINISHED = "neighbours1"
RELAY_ID = "relay-of-the-neighbours"

_KEPT = {
    "generations": "SELECT * FROM generations WHERE guild_id = ? ORDER BY id",
    "ledger": "SELECT * FROM ledger WHERE guild_id = ? ORDER BY id",
    "spending": "SELECT * FROM spending WHERE scope || ':' LIKE '%:' || ? || ':%' ORDER BY scope, period",
    "audit": "SELECT * FROM audit WHERE guild_id = ? ORDER BY id",
}


async def move_in(stores: Stores, now: datetime) -> None:
    """A finished video of theirs, shown long ago, with its charge."""
    request = GenerationRequest(Kind.TEXT, SECRET, "ray-v2", 5, "720p", expand_prompt=True)
    waiting = Generation(
        FINISHED, "interaction:1", OTHER_GUILD, OTHER_CHANNEL, OTHER_MEMBER, request, 1, created_at=now, changed_at=now
    )
    store = stores.store
    await store.admit(waiting, token="over", token_until=now + timedelta(minutes=15), claim=Claim())
    await store.attach(FINISHED, 1)
    sending = waiting.submitting(now)
    queued = sending.accepted(RELAY_ID, now)
    done = queued.completed("https://neighbours.example/v.mp4", now)
    for before, after in ((waiting, sending), (sending, queued), (queued, done)):
        await store.save(before, after)
    await store.note_shown(FINISHED, done.version, 1, forget_token=True)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What was kept of them before the first life."""

    kept: dict[str, list[tuple[Any, ...]]]
    guild_id: int = OTHER_GUILD

    @classmethod
    def as_of(cls, file: File) -> "Neighbours":
        return cls({name: file.ask(question, OTHER_GUILD) for name, question in _KEPT.items()})

    def trespasses(
        self, file: File, messages: Mapping[int, Json], interactions: Mapping[int, Interaction]
    ) -> Iterator[str]:
        """Where they were shown, or touched."""
        for name, question in _KEPT.items():
            if file.ask(question, self.guild_id) != self.kept[name]:
                yield f"has other {name} than before"
        for message in messages.values():
            if SECRET in text_of(message):
                yield f"is told of in message {message['id']}"
        for interaction in interactions.values():
            if FINISHED in json.dumps(interaction.answer) or SECRET in json.dumps(interaction.answer):
                yield f"is told of in an answer to interaction {interaction.id}"
        for (name,) in file.ask("SELECT id FROM generations WHERE parent_id = ?", FINISHED):
            yield f"was extended by {name}"
