"""Small facts that outlive a start, such as the hash of the commands last synced."""

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_or  # its ON CONFLICT serves SQLite as it is

from bot.storage.tables import notes

_new = insert_or(notes)
_NOTE = _new.on_conflict_do_update(index_elements=[notes.c.key], set_={"value": _new.excluded.value})
_FORGET = delete(notes).where(notes.c.key == bindparam("which"))
_NOTED = select(notes.c.value).where(notes.c.key == bindparam("which"))


def note(connection: Connection, key: str, value: str) -> None:
    """Keep a fact, in place of an older one."""
    connection.execute(_NOTE, {"key": key, "value": value})


def noted(connection: Connection, key: str) -> str | None:
    """The fact, where one was kept."""
    value: str | None = connection.execute(_NOTED, {"which": key}).scalar_one_or_none()
    return value


def forget(connection: Connection, key: str) -> None:
    """Keep a fact no more."""
    connection.execute(_FORGET, {"which": key})
