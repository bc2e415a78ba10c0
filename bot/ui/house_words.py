"""Every sentence about house rules and their log, in one place: the sister of `bot.ui.words`.

Texts that come in as `reason`, `word` or `name` are already escaped.
"""

from collections.abc import Iterable, Sequence

from bot.domain.house import MOST_WORD_LENGTH, MOST_WORDS, Block, GuildSettings
from bot.service.house import MOST_LISTED
from bot.ui.words import NOT_CHARGED

MOST_MENTIONED = 15
"""Channels or roles that one sentence names; the rest is counted."""

# What members are told when the house rules turn them away


def blocked(until: int | None, reason: str) -> str:
    when = "until a moderator lifts the block" if until is None else f"until {moment(until)}"
    why = f" Their reason: “{reason}”." if reason else ""
    return (
        f"The moderators of this server have blocked you from asking for videos {when}.{why} {NOT_CHARGED} "
        "If you think that this is a mistake, talk to one of them."
    )


WORD_FORBIDDEN = (
    f"Your prompt holds a word that the moderators of this server do not allow. {NOT_CHARGED} "
    "Put it in other words and ask again."
)


def not_here(channels: Iterable[int], roles: Iterable[int]) -> str:
    places, people = sorted(channels), sorted(roles)
    only = []
    if places:
        only.append(f"in {_either([f'<#{each}>' for each in places])}")
    if people:
        only.append(f"by members who have {_either([f'<@&{each}>' for each in people])}")
    where = ", and ".join(only) or "elsewhere"
    return f"In this server I may only be used {where}. {NOT_CHARGED} {_way_in(places, people)}"


def _way_in(places: Sequence[int], people: Sequence[int]) -> str:
    """What the reader can do, who knows best which of it is missing."""
    if not people:
        return "Ask for your video there."
    role = "that role" if len(people) == 1 else "one of those roles"
    if not places:
        return f"Ask a moderator whether you can have {role}."
    return f"Ask for your video there; if you do not have {role}, ask a moderator for it."


NOT_MODERATOR = (
    "Only moderators of this server can do that: members who can manage the server, and those with a role that they "
    "named. Nothing was changed. Ask one of them to do it. What is yours you see with /balance and /privacy show."
)
ONLY_MANAGERS = (
    "Only members with the permission Manage Server can say who else moderates, so that no role can pass itself on. "
    "Nothing was changed. Ask one of them to do it."
)

_UNCHANGED = "Nothing was changed."
BAD_SETTINGS = {
    ("duration", "unknown"): (
        f"I could not read that duration. {_UNCHANGED} "
        "Write it like 30m, 12h, 7d or 1d 12h; left out, the block lasts until it is lifted."
    ),
    ("duration", "too_short"): f"A block lasts one minute at least. {_UNCHANGED} Write it like 30m, 12h or 7d.",
    ("duration", "too_long"): (
        f"A block with an end lasts five years at most. {_UNCHANGED} "
        "Leave the duration out to block somebody until it is lifted."
    ),
    ("member", "yourself"): f"You cannot block yourself. {_UNCHANGED} Pick another member.",
    ("member", "bot"): f"Bots cannot ask for videos anyway. {_UNCHANGED} Pick a member.",
    ("member", "own_block"): f"You cannot lift your own block. {_UNCHANGED} Another moderator can.",
    ("word", "empty"): (
        f"A forbidden word needs something besides wildcards, or it would forbid every prompt. {_UNCHANGED} "
        "Write the word, with `*` for any letters and `?` for one."
    ),
    ("word", "too_long"): (
        f"A forbidden word has {MOST_WORD_LENGTH} characters at most. {_UNCHANGED} Use a shorter one, or a wildcard."
    ),
    ("word", "too_many"): (
        f"This server forbids {MOST_WORDS} words already, which is the most. {_UNCHANGED} "
        "Take some off the list first, or cover several with one wildcard."
    ),
    ("channels", "too_many"): f"The list holds {MOST_LISTED} channels at most. {_UNCHANGED} Take one off it first.",
    ("roles", "too_many"): f"The list holds {MOST_LISTED} roles at most. {_UNCHANGED} Take one off it first.",
    ("roles", "everyone"): (
        f"That is the role of everyone in this server. {_UNCHANGED} "
        "To let everyone use me, clear the list: /settings roles clear."
    ),
    ("moderator_roles", "too_many"): (
        f"The list holds {MOST_LISTED} roles at most. {_UNCHANGED} Take one off it first."
    ),
    ("moderator_roles", "everyone"): (
        f"That is the role of everyone in this server, and then everyone would moderate. {_UNCHANGED} Pick another."
    ),
    ("timezone", "unknown"): (
        f"I do not know that time zone. {_UNCHANGED} Pick one from the list: type a city near you, such as Berlin."
    ),
}

# Parts of sentences


def moment(unix: int) -> str:
    """A date and time, and how far off it is, in the reader's own clock."""
    return f"<t:{unix}:f> (<t:{unix}:R>)"


def until(block: Block) -> str:
    """When a block ends, as it is told in lists and in the log."""
    return "blocked until lifted" if block.until is None else f"blocked until {moment(int(block.until.timestamp()))}"


def reason_given(reason: str) -> str:
    return f" Reason: “{reason}”." if reason else ""


def _either(items: Sequence[str]) -> str:
    return _joined(items, "or")


def _joined(items: Sequence[str], word: str) -> str:
    shown = list(items[:MOST_MENTIONED])
    if len(items) > MOST_MENTIONED:
        shown.append(f"{len(items) - MOST_MENTIONED} more")
    return f" {word} ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


# /moderation

MODERATION = "Who may not ask for videos, and which words a prompt may not hold."
BLOCK = "Keep a member from asking for videos in this server."
UNBLOCK = "Let a blocked member ask for videos again."
BLOCKED_LIST = "Who is blocked in this server, and until when."
WORDS = "Words that a prompt may not hold in this server."
WORDS_ADD = "Forbid a word in prompts."
WORDS_REMOVE = "Allow a forbidden word again."
WORDS_LIST = "All words that are forbidden here. Only you see the answer."
MEMBER_OPTION = "The member; somebody who has left can be named by id."
DURATION_OPTION = "How long: 30m, 12h, 7d, 1d 12h. Left out: until it is lifted."
BLOCK_REASON_OPTION = "Why. The member reads it too, and it is kept in the log."
REASON_OPTION = "Why. It is kept in the log."
WORD_OPTION = "A whole word or several; * stands for any letters, ? for one: kill*, b?d, some thing."
WORD_GONE_OPTION = "One of the forbidden words."


def now_blocked(block: Block, earlier: Block | None, reason: str) -> str:
    ends = "until a moderator lifts the block"
    if block.until is not None:
        ends = f"until {moment(int(block.until.timestamp()))}"
    before = "" if earlier is None else f" Before, the member was {until(earlier)}."
    return (
        f"<@{block.user_id}> is blocked from asking for videos in this server {ends}.{reason_given(reason)}{before} "
        "What is under way already is still made."
    )


def now_unblocked(user_id: int) -> str:
    return f"<@{user_id}> can ask for videos in this server again."


def not_blocked(user_id: int) -> str:
    return f"<@{user_id}> is not blocked in this server, so there is nothing to lift."


NOBODY_BLOCKED = "Nobody is blocked in this server."


def blocked_head(number: int) -> str:
    return f"**Blocked in this server: {number}**"


def blocked_line(block: Block, reason: str) -> str:
    ends = "until lifted" if block.until is None else f"until {moment(int(block.until.timestamp()))}"
    return f"- <@{block.user_id}> {ends}, by <@{block.by}>{f': {reason}' if reason else ''}"


def word_forbidden_now(word: str, number: int) -> str:
    return (
        f"Prompts in this server may not hold “{word}” from now on. {_words_kept(number)} A word is found as a whole "
        "word, in any case, with or without accents; `*` stands for any letters and `?` for one. "
        "A member whose prompt is refused is not told which word it was."
    )


def word_forbidden_already(word: str) -> str:
    return f"“{word}” is forbidden here already, so nothing was changed."


def word_allowed_now(word: str, number: int) -> str:
    return f"Prompts in this server may hold “{word}” again. {_words_kept(number)}"


def word_not_forbidden(word: str) -> str:
    return f"“{word}” is not on the list, so nothing was changed. /moderation words list shows what is."


def _words_kept(number: int) -> str:
    return "No word is forbidden now." if number == 0 else f"Forbidden words: {number}."


NO_WORDS = (
    "No word is forbidden in this server. Forbid one with /moderation words add: it is found as a whole word, in any "
    "case; `*` stands for any letters and `?` for one."
)


def words_head(number: int) -> str:
    return f"**Forbidden in this server: {number}**\n-# `*` stands for any letters, `?` for one. Only you see this."


def words_counted(number: int) -> str:
    return "1 forbidden word" if number == 1 else f"{number} forbidden words"


def more_in_file(number: int) -> str:
    return f"-# And {number} more: the file has them all."


# /settings

SETTINGS = "Where the bot may be used in this server, by whom, and how."
SETTINGS_SHOW = "All settings of this server."
CHANNELS = "Where the bot may be used. A thread counts as its channel."
CHANNELS_ADD = "Let the bot be used in a channel; with a list, it is used nowhere else."
CHANNELS_REMOVE = "Take a channel off the list."
CHANNELS_CLEAR = "Let the bot be used in every channel again."
ROLES = "Who may use the bot."
ROLES_ADD = "Let members with a role use the bot; with a list, nobody else does."
ROLES_REMOVE = "Take a role off the list."
ROLES_CLEAR = "Let everyone use the bot again."
MODERATORS = "Which roles moderate besides Manage Server. Only Manage Server can change this."
MODERATORS_ADD = "Let members with a role do what moderators do here."
MODERATORS_REMOVE = "Take the moderators' rights from a role."
MODERATORS_CLEAR = "Leave moderating to Manage Server alone."
LOG = "Where changes by moderators and reports by members are posted."
LOG_SET = "Post changes and reports in a channel."
LOG_OFF = "Post changes and reports nowhere. They are kept all the same."
LOG_RECENT = "What was changed and reported lately. Only you see the answer."
TIMEZONE = "The time zone in which days, weeks and months of limits begin."
SPOILER = "Whether videos are hidden until they are clicked."
CHANNEL_OPTION = "The channel."
ROLE_OPTION = "The role."
LOG_CHANNEL_OPTION = "The channel. Prompts of reported videos are shown in it."
TIMEZONE_OPTION = "Type a city or region, and pick from the list."
SPOILER_OPTION = "on: hidden until clicked. off: shown openly."

EVERYWHERE = "everywhere"
EVERYONE = "everyone"
MANAGERS = "members with Manage Server"
NO_LOG = "nowhere"
HIDDEN = "hidden until clicked"
OPEN = "shown openly"

SETTING_NAMES = {
    "channels": "Used in",
    "roles": "Used by",
    "moderator_roles": "Moderated by",
    "log_channel_id": "Log and reports",
    "timezone": "Time zone",
    "spoiler": "Videos",
}
"""The settings by their field in `GuildSettings`, in the order in which they are shown."""

KEPT_AS = {
    ("channels", "none"): EVERYWHERE,
    ("roles", "none"): EVERYONE,
    ("moderator_roles", "none"): MANAGERS,
    ("log_channel_id", "none"): NO_LOG,
    ("spoiler", "on"): HIDDEN,
    ("spoiler", "off"): OPEN,
}
"""What the audit log keeps of a setting in one word, said as a confirmation says it."""


def setting(settings: GuildSettings, name: str) -> str:
    """One setting's value, in words."""
    match name:
        case "channels":
            return some([f"<#{each}>" for each in sorted(settings.channels)]) or EVERYWHERE
        case "roles":
            return some([f"<@&{each}>" for each in sorted(settings.roles)]) or EVERYONE
        case "moderator_roles":
            roles = [f"<@&{each}>" for each in sorted(settings.moderator_roles)]
            return some([MANAGERS, *roles])
        case "log_channel_id":
            return NO_LOG if settings.log_channel_id is None else f"<#{settings.log_channel_id}>"
        case "timezone":
            return settings.timezone
    return HIDDEN if settings.spoiler else OPEN


def some(items: Sequence[str]) -> str:
    """Things in a row; only the first of many are named. Nothing for nothing."""
    return _joined(items, "and") if items else ""


def settings_line(settings: GuildSettings, name: str) -> str:
    return f"**{SETTING_NAMES[name]}:** {setting(settings, name)}"


def settings_shown(settings: GuildSettings, time: str, blocks: int, forbidden: int) -> str:
    """All settings. `time` is the server's clock now, as in 14:05."""
    lines = [settings_line(settings, name) for name in SETTING_NAMES]
    lines[4] += f", where it is {time} now"
    lines.append(f"**Blocked members:** {blocks} · **Forbidden words:** {forbidden}")
    return "\n".join(["### How I am set up in this server", *lines])


CHANGED = "Done."
SAME = "That was so already, so nothing was changed."
SAYS_MORE = {
    "channels": "A thread counts as the channel that it is in.",
    "log_channel_id": "What moderators change and members report is kept in any case: /settings log recent shows it.",
    "timezone": "Days, weeks and months of limits begin at midnight there.",
    "spoiler": "This holds for videos that are finished from now on.",
}
EVERYWHERE_NOW = "The list is empty, so I may be used in every channel."
EVERYONE_NOW = "The list is empty, so everyone may use me."
MODERATORS_SEE = (
    "Discord shows these commands to members with Manage Server only. To show them to a role too, add it in "
    "Server Settings > Integrations, under my name. What the role may do is up to this list alone."
)
LOG_IS_PUBLIC = "Everyone in this server can read that channel, so reports will be public. A private one may be better."

# The log

WHAT = {
    "block": "Member blocked",
    "unblock": "Block lifted",
    "forbid word": "Word forbidden",
    "allow word": "Word allowed again",
    "settings": "Setting changed",
    "limit": "Limit changed",
    "grant": "Bonus credits",
    "take back": "Bonus credits taken back",
    "reset": "Limit starts over",
    "resolve": "Uncertain video settled",
    "report": "Video reported",
    "remove": "Result removed",
}
"""Changes by the action under which the audit log keeps them."""


def entry(what: str, subject: str, *, by: int, before: str = "", after: str = "", why: str = "") -> str:
    """One change as the log channel shows it: who, what, before, after, why. All texts are already escaped."""
    lines = [f"**{what}**{f': {subject}' if subject else ''} · by {actor(by)}"]
    lines.extend(f"-# {name}: {text}" for name, text in (("Before", before), ("Now", after), ("Why", why)) if text)
    return "\n".join(lines)


def setting_entry(name: str, before: GuildSettings, after: GuildSettings, *, by: int, why: str) -> str:
    what = f"{WHAT['settings']}: {SETTING_NAMES[name]}"
    return entry(what, "", by=by, before=setting(before, name), after=setting(after, name), why=why)


def actor(user_id: int) -> str:
    return "whoever runs the bot" if user_id == 0 else f"<@{user_id}>"


NOT_BLOCKED = "not blocked"
LOG_FORBIDDEN = (
    "I could not post this in the log channel: I may not see it or write in it. Grant me View Channel and Send "
    "Messages there, or set another with /settings log set. What you did stands, and is kept in the log."
)
LOG_GONE = (
    "I could not post this in the log channel: it is gone. Set another with /settings log set. "
    "What you did stands, and is kept in the log."
)
LOG_TROUBLE = (
    "I could not post this in the log channel: Discord did not take it. "
    "What you did stands, and is kept in the log: /settings log recent shows it."
)
NOTHING_RECENT = "Nothing was changed or reported in this server yet."
RECENT_HEAD = "### What was changed and reported lately"


def recent_line(unix: int, by: int, *parts: str) -> str:
    """One line of the log: what, about whom or what, from what to what, and why; parts that are empty are left out."""
    return f"- <t:{unix}:R> {actor(by)}: {' · '.join(filter(None, parts))}"
