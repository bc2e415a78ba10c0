"""The sentences of the log: each change as the log channel shows it, and as it is read back."""

from bot.domain.house import Block, GuildSettings
from bot.ui import settings_words
from bot.ui.house_words import moment
from bot.ui.language import Message, Plural

WHAT = {
    "block": Message("Member blocked"),
    "unblock": Message("Block lifted"),
    "forbid word": Message("Word forbidden"),
    "allow word": Message("Word allowed again"),
    "settings": Message("Setting changed"),
    "limit": Message("Limit changed"),
    "grant": Message("Bonus credits"),
    "take back": Message("Bonus credits taken back"),
    "reset": Message("Limit starts over"),
    "resolve": Message("Uncertain video settled"),
    "report": Message("Video reported"),
    "remove": Message("Result removed"),
}
"""Changes by the action under which the audit log keeps them."""

_HEAD = Message("**{what}** · by <@{by}>")
_HEAD_ABOUT = Message("**{what}**: {subject} · by <@{by}>")
_HEAD_SETTING = Message("**Setting changed: {setting}** · by <@{by}>")
_BEFORE = Message("-# Before: {value}")
_NOW = Message("-# Now: {value}")
_WHY = Message("-# Why: {value}")


def entry(what: Message, subject: str, *, by: int, before: str = "", after: str = "", why: str = "") -> str:
    """One change as the log channel shows it: who, what, before, after, why. All texts are already escaped.

    Everyone there reads it, so it is to be written while the server's language is spoken.
    """
    head = _HEAD_ABOUT(what=what(), subject=subject, by=by) if subject else _HEAD(what=what(), by=by)
    return _below(head, before, after, why)


def setting_entry(name: str, before: GuildSettings, after: GuildSettings, *, by: int, why: str) -> str:
    """As `entry`, of one setting."""
    head = _HEAD_SETTING(setting=settings_words.NAMES[name](), by=by)
    return _below(head, settings_words.value(before, name), settings_words.value(after, name), why)


def _below(head: str, before: str, after: str, why: str) -> str:
    told = ((_BEFORE, before), (_NOW, after), (_WHY, why))
    return "\n".join([head, *(says(value=text) for says, text in told if text)])


NOT_BLOCKED = Message("not blocked")
_BLOCKED = Message("blocked until lifted")
_BLOCKED_UNTIL = Message("blocked until {when}")
WORDS_COUNTED = Plural("{n} forbidden word", "{n} forbidden words")


def standing(block: Block | None) -> str:
    """Whether a member is blocked, and until when."""
    if block is None:
        return NOT_BLOCKED()
    return blocked(None if block.until is None else int(block.until.timestamp()))


def blocked(until: int | None) -> str:
    """When a block ends."""
    return _BLOCKED() if until is None else _BLOCKED_UNTIL(when=moment(until))


# What a moderator is told besides

LOG_FORBIDDEN = Message(
    "I could not post this in the log channel: I may not see it or write in it. Grant me View Channel and Send "
    "Messages there, or set another with /settings log set. What you did stands, and is kept in the log."
)
LOG_GONE = Message(
    "I could not post this in the log channel: it is gone. Set another with /settings log set. "
    "What you did stands, and is kept in the log."
)
LOG_TROUBLE = Message(
    "I could not post this in the log channel: Discord did not take it. "
    "What you did stands, and is kept in the log: /settings log recent shows it."
)
MORE_IN_FILE = Plural("-# And {n} more: the file has them all.", "-# And {n} more: the file has them all.")

# The log read back

NOTHING_RECENT = Message("Nothing was changed or reported in this server yet.")
RECENT_HEAD = Message("### What was changed and reported lately")
_RECENT = Message("- <t:{unix}:R> <@{by}>: {what}")
_RECENT_OPERATOR = Message("- <t:{unix}:R> whoever runs the bot: {what}")
CREDITS_KEPT = Message("{state}, credits kept")
CREDITS_GIVEN_BACK = Message("{state}, credits given back")


def recent_line(unix: int, by: int, *parts: str) -> str:
    """One line of the log: what, about whom or what, from what to what, and why; parts that are empty are left out."""
    says = _RECENT if by else _RECENT_OPERATOR
    return says(unix=unix, by=by, what=" · ".join(filter(None, parts)))
