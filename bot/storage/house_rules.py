"""A server's settings, blocks and forbidden words: what is read and written of them, each change with its record."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import BigInteger, Connection, bindparam, delete, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_or  # its ON CONFLICT serves SQLite as it is

from bot.domain.house import Block, GuildSettings
from bot.ports import Door
from bot.storage import audit, preferences
from bot.storage.audit import Act
from bot.storage.columns import Moment
from bot.storage.house_tables import blocks, guild_settings, words
from bot.storage.rows import AnyRow

_NOT_BLOCKED = "not blocked"

_guild = bindparam("guild", type_=BigInteger)
_now = bindparam("now", type_=Moment)
_in_force = or_(blocks.c.until.is_(None), blocks.c.until > _now)
_of_member = (blocks.c.guild_id == _guild, blocks.c.user_id == bindparam("user", type_=BigInteger))

SETTINGS = select(guild_settings).where(guild_settings.c.guild_id == _guild)
_kept = insert_or(guild_settings)
KEEP_SETTINGS = _kept.on_conflict_do_update(
    index_elements=[guild_settings.c.guild_id],
    set_={column.name: _kept.excluded[column.name] for column in guild_settings.c if not column.primary_key},
)
BLOCK_OF = select(blocks).where(*_of_member, _in_force)
BLOCKS = select(blocks).where(blocks.c.guild_id == _guild, _in_force).order_by(blocks.c.at.desc(), blocks.c.user_id)
LIFT = delete(blocks).where(*_of_member)
BLOCK = insert(blocks)
WORDS = select(words.c.word).where(words.c.guild_id == _guild)
FORBID = insert_or(words).on_conflict_do_nothing(index_elements=[words.c.guild_id, words.c.word])
ALLOW = delete(words).where(words.c.guild_id == _guild, words.c.word == bindparam("which"))


def door(connection: Connection, guild_id: int, user_id: int, now: datetime) -> Door:
    """All as of one moment."""
    return Door(
        settings(connection, guild_id),
        block_of(connection, guild_id, user_id, now),
        tuple(words_of(connection, guild_id)),
        preferences.of(connection, user_id).notify,
    )


def settings(connection: Connection, guild_id: int) -> GuildSettings:
    """Those kept, or the defaults."""
    row = connection.execute(SETTINGS, {"guild": guild_id}).one_or_none()
    if row is None:
        return GuildSettings(guild_id)
    return GuildSettings(
        guild_id=row.guild_id,
        timezone=row.timezone,
        log_channel_id=row.log_channel_id,
        spoiler=row.spoiler,
        channels=_ids(row.channels),
        roles=_ids(row.roles),
        moderator_roles=_ids(row.moderator_roles),
        language=row.language,
    )


def change_settings(connection: Connection, act: Act, after: GuildSettings) -> GuildSettings:
    """Keep them, with a record for each that is another now."""
    before = settings(connection, after.guild_id)
    changed = [field.name for field in fields(after) if getattr(before, field.name) != getattr(after, field.name)]
    if changed:
        connection.execute(KEEP_SETTINGS, {field.name: _stored(getattr(after, field.name)) for field in fields(after)})
    for name in changed:
        audit.note(connection, act.change("settings", name, _told(getattr(before, name)), _told(getattr(after, name))))
    return before


def block(connection: Connection, new: Block) -> Block | None:
    """Put a block in place of what was there."""
    earlier = block_of(connection, new.guild_id, new.user_id, new.at)
    connection.execute(LIFT, {"guild": new.guild_id, "user": new.user_id})
    connection.execute(BLOCK, {field.name: getattr(new, field.name) for field in fields(new)})
    act = Act(new.guild_id, new.by, new.reason, new.at)
    audit.note(connection, act.change("block", audit.of_member(new.user_id), _block_told(earlier), _block_told(new)))
    return earlier


def unblock(connection: Connection, act: Act, user_id: int) -> Block | None:
    """Lift a block; one that was over by itself goes without a record."""
    earlier = block_of(connection, act.guild_id, user_id, act.now)
    connection.execute(LIFT, {"guild": act.guild_id, "user": user_id})
    if earlier is not None:
        audit.note(connection, act.change("unblock", audit.of_member(user_id), _block_told(earlier), _NOT_BLOCKED))
    return earlier


def block_of(connection: Connection, guild_id: int, user_id: int, now: datetime) -> Block | None:
    """The one in force."""
    row = connection.execute(BLOCK_OF, {"guild": guild_id, "user": user_id, "now": now}).one_or_none()
    return None if row is None else _block(row)


def blocks_of(connection: Connection, guild_id: int, now: datetime) -> list[Block]:
    """Those in force, the newest first."""
    return [_block(row) for row in connection.execute(BLOCKS, {"guild": guild_id, "now": now})]


def words_of(connection: Connection, guild_id: int) -> list[str]:
    """In order of the alphabet, which databases do not agree on."""
    return sorted(connection.execute(WORDS, {"guild": guild_id}).scalars())


def change_word(connection: Connection, act: Act, word: str, *, forbid: bool) -> bool:
    """Forbid or allow; the record says how many words there are, and not which."""
    count = len(words_of(connection, act.guild_id))
    if forbid:
        done = connection.execute(FORBID, {"guild_id": act.guild_id, "word": word}).rowcount > 0
    else:
        done = connection.execute(ALLOW, {"guild": act.guild_id, "which": word}).rowcount > 0
    if done:
        action, after = ("forbid word", count + 1) if forbid else ("allow word", count - 1)
        audit.note(connection, act.change(action, "words", _words_told(count), _words_told(after)))
    return done


def _block(row: AnyRow) -> Block:
    return Block(row.guild_id, row.user_id, row.until, row.reason, row.by, row.at)


def _block_told(block: Block | None) -> str:
    return _NOT_BLOCKED if block is None else f"blocked {audit.until(block.until)}"


def _words_told(count: int) -> str:
    return "1 word" if count == 1 else f"{count} words"


def _ids(text: str) -> frozenset[int]:
    return frozenset(map(int, text.split()))


def _stored(value: object) -> object:
    return " ".join(map(str, sorted(value))) if isinstance(value, frozenset) else value


def _told(value: object) -> str:
    if value is None or value == frozenset():
        return audit.NOTHING
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(_stored(value))
