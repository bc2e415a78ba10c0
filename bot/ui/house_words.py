"""The sentences about blocks, forbidden words, and where and by whom the bot may be used.

Texts that come in as `reason` or `word` are already escaped. `{when}` is a time as `moment` writes it.
"""

from collections.abc import Callable, Iterable, Sequence

from bot.domain.house import MOST_WORD_LENGTH, MOST_WORDS, Block
from bot.service.house import MOST_LISTED
from bot.ui.language import Message, Plural, in_a_row, listed

MOST_MENTIONED = 15
"""Channels or roles that one sentence names; the rest is counted."""

# Translators: ends a row of channels or roles, as in "a, b and 3 more".
_MORE = Plural("{n} more", "{n} more")


def moment(unix: int) -> str:
    """A date and time, and how far off it is, in the reader's own clock."""
    return f"<t:{unix}:f> (<t:{unix}:R>)"


def some(items: Sequence[str], *, either: bool = False) -> str:
    """Things in a row, as of `listed`; only the first of many are named. Nothing for nothing."""
    rest = len(items) - MOST_MENTIONED
    return listed([*items[:MOST_MENTIONED], *([_MORE(rest)] if rest > 0 else [])], either=either)


# What members are told when the house rules turn them away

_BLOCKED = Message(
    "The moderators of this server have blocked you from asking for videos until a moderator lifts the block."
)
_BLOCKED_UNTIL = Message("The moderators of this server have blocked you from asking for videos until {when}.")
_THEIR_REASON = Message("Their reason: “{reason}”.")
_TALK_TO_THEM = Message(
    "Nothing was sent and nothing was charged. If you think that this is a mistake, talk to one of them."
)


def blocked(until: int | None, reason: str) -> str:
    said = _BLOCKED() if until is None else _BLOCKED_UNTIL(when=moment(until))
    return in_a_row(said, _THEIR_REASON(reason=reason) if reason else "", _TALK_TO_THEM())


WORD_FORBIDDEN = Message(
    "Your prompt holds a word that the moderators of this server do not allow. "
    "Nothing was sent and nothing was charged. Put it in other words and ask again."
)

_ONLY_THERE = Message(
    "In this server I may only be used in {channels}. Nothing was sent and nothing was charged. "
    "Ask for your video there."
)
_ONLY_THEY = Plural(
    "In this server I may only be used by members who have {roles}. Nothing was sent and nothing was charged. "
    "Ask a moderator whether you can have that role.",
    "In this server I may only be used by members who have {roles}. Nothing was sent and nothing was charged. "
    "Ask a moderator whether you can have one of those roles.",
)
_ONLY_THEY_THERE = Plural(
    "In this server I may only be used in {channels}, and by members who have {roles}. "
    "Nothing was sent and nothing was charged. "
    "Ask for your video there; if you do not have that role, ask a moderator for it.",
    "In this server I may only be used in {channels}, and by members who have {roles}. "
    "Nothing was sent and nothing was charged. "
    "Ask for your video there; if you do not have one of those roles, ask a moderator for it.",
)


def not_here(channels: Iterable[int], roles: Iterable[int]) -> str:
    """Where, by whom, and what the reader can do, who knows best which of it is missing."""
    places = some([f"<#{each}>" for each in sorted(channels)], either=True)
    named = [f"<@&{each}>" for each in sorted(roles)]
    if not named:
        return _ONLY_THERE(channels=places)
    people = some(named, either=True)
    if not places:
        return _ONLY_THEY(len(named), roles=people)
    return _ONLY_THEY_THERE(len(named), channels=places, roles=people)


NOT_MODERATOR = Message(
    "Only moderators of this server can do that: members who can manage the server, and those with a role that they "
    "named. Nothing was changed. Ask one of them to do it. What is yours you see with /balance and /privacy show."
)
ONLY_MANAGERS = Message(
    "Only members with the permission Manage Server can say who else moderates, so that no role can pass itself on. "
    "Nothing was changed. Ask one of them to do it."
)

_DURATION_UNKNOWN = Message(
    "I could not read that duration. Nothing was changed. "
    "Write it like 30m, 12h, 7d or 1d 12h; left out, the block lasts until it is lifted."
)
_DURATION_SHORT = Message("A block lasts one minute at least. Nothing was changed. Write it like 30m, 12h or 7d.")
_DURATION_LONG = Message(
    "A block with an end lasts five years at most. Nothing was changed. "
    "Leave the duration out to block somebody until it is lifted."
)
_MEMBER_YOURSELF = Message("You cannot block yourself. Nothing was changed. Pick another member.")
_MEMBER_BOT = Message("Bots cannot ask for videos anyway. Nothing was changed. Pick a member.")
_OWN_BLOCK = Message("You cannot lift your own block. Nothing was changed. Another moderator can.")
_WORD_EMPTY = Message(
    "A forbidden word needs something besides wildcards, or it would forbid every prompt. Nothing was changed. "
    "Write the word, with `*` for any letters and `?` for one."
)
_WORD_LONG = Plural(
    "A forbidden word has {n} character at most. Nothing was changed. Use a shorter one, or a wildcard.",
    "A forbidden word has {n} characters at most. Nothing was changed. Use a shorter one, or a wildcard.",
)
_MANY_WORDS = Plural(
    "This server forbids {n} word already, which is the most. Nothing was changed. "
    "Take some off the list first, or cover several with one wildcard.",
    "This server forbids {n} words already, which is the most. Nothing was changed. "
    "Take some off the list first, or cover several with one wildcard.",
)
_MANY_CHANNELS = Plural(
    "The list holds {n} channel at most. Nothing was changed. Take one off it first.",
    "The list holds {n} channels at most. Nothing was changed. Take one off it first.",
)
_MANY_ROLES = Plural(
    "The list holds {n} role at most. Nothing was changed. Take one off it first.",
    "The list holds {n} roles at most. Nothing was changed. Take one off it first.",
)
_EVERYONE_USES = Message(
    "That is the role of everyone in this server. Nothing was changed. "
    "To let everyone use me, clear the list: /settings roles clear."
)
_EVERYONE_MODERATES = Message(
    "That is the role of everyone in this server, and then everyone would moderate. Nothing was changed. Pick another."
)
_ZONE_UNKNOWN = Message(
    "I do not know that time zone. Nothing was changed. Pick one from the list: type a city near you, such as Berlin."
)
_LANGUAGE_UNKNOWN = Message("I do not speak that language. Nothing was changed. Pick one from the list.")

BAD_SETTINGS: dict[tuple[str, str], Callable[[], str]] = {
    ("duration", "unknown"): _DURATION_UNKNOWN,
    ("duration", "too_short"): _DURATION_SHORT,
    ("duration", "too_long"): _DURATION_LONG,
    ("member", "yourself"): _MEMBER_YOURSELF,
    ("member", "bot"): _MEMBER_BOT,
    ("member", "own_block"): _OWN_BLOCK,
    ("word", "empty"): _WORD_EMPTY,
    ("word", "too_long"): lambda: _WORD_LONG(MOST_WORD_LENGTH),
    ("word", "too_many"): lambda: _MANY_WORDS(MOST_WORDS),
    ("channels", "too_many"): lambda: _MANY_CHANNELS(MOST_LISTED),
    ("roles", "too_many"): lambda: _MANY_ROLES(MOST_LISTED),
    ("roles", "everyone"): _EVERYONE_USES,
    ("moderator_roles", "too_many"): lambda: _MANY_ROLES(MOST_LISTED),
    ("moderator_roles", "everyone"): _EVERYONE_MODERATES,
    ("timezone", "unknown"): _ZONE_UNKNOWN,
    ("language", "unknown"): _LANGUAGE_UNKNOWN,
}
"""What is told of a BadSetting, by its name and its why."""

# /moderation

MODERATION = Message("Who may not ask for videos, and which words a prompt may not hold.")
BLOCK = Message("Keep a member from asking for videos in this server.")
UNBLOCK = Message("Let a blocked member ask for videos again.")
BLOCKED_LIST = Message("Who is blocked in this server, and until when.")
WORDS = Message("Words that a prompt may not hold in this server.")
WORDS_ADD = Message("Forbid a word in prompts.")
WORDS_REMOVE = Message("Allow a forbidden word again.")
WORDS_LIST = Message("All words that are forbidden here. Only you see the answer.")
MEMBER_OPTION = Message("The member; somebody who has left can be named by id.")
DURATION_OPTION = Message("How long: 30m, 12h, 7d, 1d 12h. Left out: until it is lifted.")
BLOCK_REASON_OPTION = Message("Why. The member reads it too, and it is kept in the log.")
REASON_OPTION = Message("Why. It is kept in the log.")
WORD_OPTION = Message("A whole word or several; * stands for any letters, ? for one: kill*, b?d, some thing.")
WORD_GONE_OPTION = Message("One of the forbidden words.")

_NOW_BLOCKED = Message(
    "<@{member}> is blocked from asking for videos in this server until a moderator lifts the block."
)
_NOW_BLOCKED_UNTIL = Message("<@{member}> is blocked from asking for videos in this server until {when}.")
_REASON = Message("Reason: “{reason}”.")
_WAS_BLOCKED = Message("Before, the member was blocked until lifted.")
_WAS_BLOCKED_UNTIL = Message("Before, the member was blocked until {when}.")
_STILL_MADE = Message("What is under way already is still made.")
NOW_UNBLOCKED = Message("<@{member}> can ask for videos in this server again.")
NOTHING_TO_LIFT = Message("<@{member}> is not blocked in this server, so there is nothing to lift.")


def now_blocked(block: Block, earlier: Block | None, reason: str) -> str:
    return in_a_row(
        _ending(block, _NOW_BLOCKED, _NOW_BLOCKED_UNTIL, member=block.user_id),
        _REASON(reason=reason) if reason else "",
        "" if earlier is None else _ending(earlier, _WAS_BLOCKED, _WAS_BLOCKED_UNTIL),
        _STILL_MADE(),
    )


NOBODY_BLOCKED = Message("Nobody is blocked in this server.")
BLOCKED_HEAD = Message("**Blocked in this server: {blocks}**")
_LINE = Message("- <@{member}> until lifted, by <@{by}>")
_LINE_UNTIL = Message("- <@{member}> until {when}, by <@{by}>")
_LINE_WHY = Message("- <@{member}> until lifted, by <@{by}>: {reason}")
_LINE_UNTIL_WHY = Message("- <@{member}> until {when}, by <@{by}>: {reason}")


def blocked_line(block: Block, reason: str) -> str:
    says = (_LINE_WHY, _LINE_UNTIL_WHY) if reason else (_LINE, _LINE_UNTIL)
    return _ending(block, *says, member=block.user_id, by=block.by, reason=reason)


_ROW = Message("{member}\tuntil lifted\tby {by}\t{reason}")
_ROW_UNTIL = Message("{member}\tuntil {time} UTC\tby {by}\t{reason}")


def blocked_row(block: Block, reason: str) -> str:
    """A line of the file that holds all blocks; its columns are parted by tabs."""
    facts = {"member": block.user_id, "by": block.by, "reason": reason}
    return _ROW(**facts) if block.until is None else _ROW_UNTIL(time=f"{block.until:%Y-%m-%d %H:%M}", **facts)


_NO_WORD_LEFT = Message("No word is forbidden now.")
_WORDS_KEPT = Plural("{n} word is forbidden now.", "{n} words are forbidden now.")
_WORD_FORBIDDEN = Message("Prompts in this server may not hold “{word}” from now on.")
_HOW_WORDS_ARE_FOUND = Message(
    "A word is found as a whole word, in any case, with or without accents; `*` stands for any letters and `?` for "
    "one. A member whose prompt is refused is not told which word it was."
)
_WORD_ALLOWED = Message("Prompts in this server may hold “{word}” again.")
WORD_FORBIDDEN_ALREADY = Message("“{word}” is forbidden here already, so nothing was changed.")
WORD_NOT_FORBIDDEN = Message(
    "“{word}” is not on the list, so nothing was changed. /moderation words list shows what is."
)
NO_WORDS = Message(
    "No word is forbidden in this server. Forbid one with /moderation words add: it is found as a whole word, in any "
    "case; `*` stands for any letters and `?` for one."
)
WORDS_HEAD = Message(
    "**Forbidden in this server: {words}**\n-# `*` stands for any letters, `?` for one. Only you see this."
)


def word_forbidden_now(word: str, words: int) -> str:
    return in_a_row(_WORD_FORBIDDEN(word=word), _words_kept(words), _HOW_WORDS_ARE_FOUND())


def word_allowed_now(word: str, words: int) -> str:
    return in_a_row(_WORD_ALLOWED(word=word), _words_kept(words))


def _words_kept(words: int) -> str:
    return _WORDS_KEPT(words) if words else _NO_WORD_LEFT()


def _ending(block: Block, lifted: Message, until: Message, **facts: object) -> str:
    """One of two sentences, by whether the block has an end."""
    if block.until is None:
        return lifted(**facts)
    return until(when=moment(int(block.until.timestamp())), **facts)
