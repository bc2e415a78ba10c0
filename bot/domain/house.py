"""The house rules of a server: where and by whom the bot may be used, who is blocked, which words are not taken."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

MOST_WORDS = 500
"""Words or patterns that one server may forbid."""
MOST_WORD_LENGTH = 60
"""Characters of one forbidden word."""


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What moderators decided for their server. Empty `channels` or `roles`: everywhere, or everyone.

    `timezone` is an IANA name; `log_channel_id` is where the audit log and reports go; `spoiler` hides results until
    they are clicked; `moderator_roles` may do what Manage Server may, in the bot's commands; `language` is the one of
    cards and of the log, None: as the server's own settings in Discord say.
    """

    guild_id: int
    timezone: str = "UTC"
    log_channel_id: int | None = None
    spoiler: bool = False
    channels: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    moderator_roles: frozenset[int] = frozenset()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A member who may not ask for videos in this server. `until` None: until somebody lifts it."""

    guild_id: int
    user_id: int
    until: datetime | None
    reason: str
    by: int
    at: datetime


def normalised(text: str) -> str:
    """Text as words are compared: one form, one case, no accents, nothing invisible."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    spread = unicodedata.normalize("NFD", folded)
    return "".join(c for c in spread if unicodedata.category(c) not in {"Mn", "Cf"})


def forbidden_word(prompt: str, words: Iterable[str]) -> str | None:
    """The first of the words that the prompt holds as a whole word, or None.

    `*` in a word stands for any letters, `?` for one. Words of several parts match over any white space. Letters of
    scripts without spaces (Chinese, Japanese, Thai) have no word borders, so there a word matches anywhere, and a `*`
    stands for at most 30 letters. The time grows with the length of the prompt, whatever the words are.
    """
    text = normalised(prompt)
    return next((word for word in words if _pattern(word).search(text)), None)


@lru_cache(maxsize=4_096)
def _pattern(word: str) -> re.Pattern[str]:
    unspaced = any(_unspaced(c) for c in word)
    parts = [_wild(part, r"\w{0,30}" if unspaced else r"\w*") for part in normalised(word).split()]
    left, right = (r"(?<!\w)", r"(?!\w)") if parts else ("(?!)", "")
    if unspaced:
        left = right = ""
    return re.compile(left + r"\s+".join(parts) + right)


def _wild(part: str, star: str) -> str:
    """A part of a word as a pattern. All stars but the last are settled at their first match.

    That loses nothing, since the first match leaves the most room for what follows; and without it a few stars would
    keep the whole bot busy for minutes, in any server whose moderators mean ill.
    """
    first, *rest = (_literal(each) for each in re.split(r"\*+", part))
    if not rest:
        return first
    *inner, last = rest
    return first + "".join(f"(?>{star}?{each})" for each in inner) + star + last


def _literal(text: str) -> str:
    return "".join(r"\w" if c == "?" else re.escape(c) for c in text)


def _unspaced(character: str) -> bool:
    name = unicodedata.name(character, "")
    return name.startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"))
