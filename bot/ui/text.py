"""Makes foreign text safe to show: a prompt must never format, mention, link or turn around anything on a card."""

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote as percent_encoded
from urllib.parse import urlsplit

ELLIPSIS = "…"
MOST_HALF_WORD = 24
"""Characters: a word that is cut after more is no word."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that set or override the direction of writing: they could turn the bot's own words around."""
_ONE_SPACE = frozenset("\t\u2028\u2029")
"""Tabs, and line ends that Discord's clients do not all treat alike."""
_UNSEEN = frozenset({"Cc", "Cs"})

_RARE = re.compile(rf"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff{''.join(sorted(_BIDI | _ONE_SPACE))}]")
"""All that `clean` looks for: few texts have any of it, and those that have none are as clean as they come."""

_MEANT = re.compile(r"^[^\S\n]*(?:[-+]|\d+\.)|[\\*_~|`\[\]()<>@:#]", re.MULTILINE)
"""All that Discord gives a meaning to. The colon covers timestamps, emoji names and links (`https\\://` stays text);
the first half covers lists and small print, which count at the start of a line only."""

_URL_SAFE = "!#$%&'*+,-./:;=?@_~"
"""Characters of a URL that neither end a masked link nor start Markdown inside it."""


def utf8(text: str) -> int:
    """Bytes. Never less than Discord's own count of characters, so a bound on it holds for both of its limits."""
    return len(text.encode("utf-8"))


def utf16(text: str) -> int:
    """Characters as Discord's clients count them: an emoji is two or more."""
    return len(text.encode("utf-16-le")) // 2


def clean(text: str) -> str:
    """The text without control characters, lone surrogates and the characters that turn the direction of writing."""
    if not _RARE.search(text):
        return text
    kept = (" " if c in _ONE_SPACE else c for c in text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in kept if c == "\n" or (c not in _BIDI and unicodedata.category(c) not in _UNSEEN))


def plain(text: str) -> str:
    """The text so that Discord shows it as it is written.

    Everything is escaped in one pass: a second pass would escape the escapes and bring masked links back to life.
    Mentions are only made to look like text here; that they notify nobody is the work of `allowed_mentions`.
    """
    return _MEANT.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", clean(text))


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(clean(text).split())


def clip(text: str, most: int, size: Callable[[str], int] = utf8) -> str:
    """The longest beginning whose `size` is at most `most`, without half a character or a torn emoji at its end."""
    if size(text) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= most else (low, middle - 1)
    return text[: _whole(text, low)]


def cut(text: str, most_bytes: int, size: Callable[[str], int] = utf8) -> str:
    """As `clip`, with an ellipsis, which is counted, where anything is left out."""
    if size(text) <= most_bytes:
        return text
    return _without_half_word(clip(text, most_bytes - size(ELLIPSIS), size), text).rstrip() + ELLIPSIS


def fitted(text: str, most_bytes: int) -> str:
    """As `plain`, cut before it is escaped, so that no escape is torn and the result is at most `most_bytes` long."""
    text = clean(text)
    room = min(most_bytes, utf8(text))
    while utf8(shown := plain(cut(text, room))) > most_bytes:
        room = min(room - 1, room * most_bytes // utf8(shown))
    return shown


def quoted(text: str, most_bytes: int, most_lines: int) -> str:
    """Foreign text as a block quote of at most so many bytes and lines; empty lines in a row become one."""
    lines = re.sub(r"\n\s*\n", "\n\n", clean(text).strip()).split("\n")
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], ELLIPSIS]
    escaped = fitted("\n".join(lines), most_bytes - len("> ") * len(lines))
    return "\n".join(f"> {line}" for line in escaped.split("\n"))


def web_address(url: str | None) -> str | None:
    """The URL, safe inside a masked link, or None where it is not one that Discord would take as a link."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port  # raises where it is no port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host.isascii() or "." not in host.strip("."):
        return None
    return percent_encoded(clean(url).strip(), safe=_URL_SAFE)


def _without_half_word(kept: str, text: str) -> str:
    """The beginning of a text without the half of a word at its end.

    What is long, or not written in words between spaces, as Chinese, is cut where it is.
    """
    if not kept or text[len(kept)].isspace():
        return kept
    whole, _, half = kept.rpartition(" ")
    return whole if whole.strip() and len(half) <= MOST_HALF_WORD and half.isascii() else kept


def _whole(text: str, end: int) -> int:
    """The last place at or before `end` where a cut does not part what is read as one character."""
    whole = end
    while 0 < whole < len(text) and _joined(text, whole):
        whole -= 1
    return whole or end


def _joined(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if unicodedata.combining(after) or unicodedata.category(after) in {"Mn", "Me"} or "\u200d" in {before, after}:
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff":  # skin tones
        return True
    return _flag_half(before) and _flag_half(after) and _flag_halves_before(text, at) % 2 == 1


def _flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_halves_before(text: str, at: int) -> int:
    start = at
    while start > 0 and _flag_half(text[start - 1]):
        start -= 1
    return at - start
