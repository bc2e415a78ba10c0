"""What members chose for themselves: what is read and written of it, and how it goes."""

from dataclasses import fields

from sqlalchemy import BigInteger, Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_or  # its ON CONFLICT serves SQLite as it is

from bot.domain.preferences import MemberPreferences, Notify
from bot.storage.engine import Database
from bot.storage.tables import preferences

_of_member = preferences.c.user_id == bindparam("user", type_=BigInteger)
OF_MEMBER = select(preferences).where(_of_member)
LANGUAGES = select(preferences.c.user_id, preferences.c.language).where(preferences.c.language.is_not(None))
FORGET = delete(preferences).where(_of_member)
_kept = insert_or(preferences)
KEEP = _kept.on_conflict_do_update(
    index_elements=[preferences.c.user_id],
    set_={column.name: _kept.excluded[column.name] for column in preferences.c if not column.primary_key},
)


class SqlPreferences:
    """`bot.ports.Preferences` on SQL; every method is documented there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user_id: int) -> MemberPreferences:
        return await self._database.read(of, user_id)

    async def keep(self, preferences: MemberPreferences) -> None:
        await self._database.write(keep, preferences)

    async def languages(self) -> dict[int, str]:
        return await self._database.read(languages)


def of(connection: Connection, user_id: int) -> MemberPreferences:
    """What is kept, or the defaults."""
    row = connection.execute(OF_MEMBER, {"user": user_id}).mappings().one_or_none()
    if row is None:
        return MemberPreferences(user_id)
    return MemberPreferences(**{**row, "notify": Notify(row["notify"])})


def keep(connection: Connection, preferences: MemberPreferences) -> None:
    """Put them in place of what was there."""
    connection.execute(KEEP, {field.name: getattr(preferences, field.name) for field in fields(preferences)})


def languages(connection: Connection) -> dict[int, str]:
    """By member; a few bytes for each that chose one."""
    return {row.user_id: row.language for row in connection.execute(LANGUAGES)}


def forget(connection: Connection, user_id: int) -> None:
    """Leave all to the bot again."""
    connection.execute(FORGET, {"user": user_id})
