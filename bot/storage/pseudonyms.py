"""The names under which members are counted, so that to forget one changes no counter and frees nobody of a limit."""

import secrets
from dataclasses import dataclass, field
from hashlib import blake2b

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert as insert_or  # its ON CONFLICT serves SQLite as it is

from bot.storage.tables import notes

_NOTE = "pseudonym_key"
_KEEP = insert_or(notes).on_conflict_do_nothing(index_elements=[notes.c.key])
_KEPT = select(notes.c.value).where(notes.c.key == bindparam("which"))
_SPARE_BITS = 4
"""A digest of 64 bits is cut to 60: positive in every database's signed integers."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Makes a member's number in one server from both ids and a secret key that never leaves the database.

    Without the key nobody can tell which member it is by trying all ids; in another server it is another number.
    """

    key: bytes = field(repr=False)

    def of(self, guild_id: int, user_id: int) -> int:
        """A positive number of 60 bits; where it stands in place of a user id it is negative, as no user id is."""
        digest = blake2b(f"{guild_id}:{user_id}".encode(), key=self.key, digest_size=8).digest()
        return int.from_bytes(digest) >> _SPARE_BITS


def pseudonyms(connection: Connection) -> Pseudonyms:
    """Those of this database; its key is made by whoever opens it first."""
    connection.execute(_KEEP, {"key": _NOTE, "value": secrets.token_hex(32)})
    return Pseudonyms(bytes.fromhex(connection.execute(_KEPT, {"which": _NOTE}).scalar_one()))
