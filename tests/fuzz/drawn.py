"""What members may send: any text, any value of an option's type, and what only an older version would have sent."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.commands import (
    CHANNEL,
    FILE,
    FLAG,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ON_A_MESSAGE,
    ROLE,
    SLASH,
    TEXT,
    USER,
    Known,
    all_commands,
)

MOST_INTEGER = 2**53 - 1
"""Discord's bound on an INTEGER and, with one more, on a NUMBER."""
MOST_TEXT = 6_000
"""Characters. Discord's bound on a text option without bounds of its own."""
MOST_ID = 100
"""Characters. Discord's bound on a custom id."""

NAMES = ("finished", "waiting", "uncertain", "elsewhere", "nobody", "link", "link_elsewhere", "user", "channel")
"""What a text may name, in angle brackets: the visit puts the id or link in its place."""

KNOWN = all_commands()

_PIECES = (
    *("", " ", "\n", "\t", "\x00", "\x1b[31m", "\u202e", "\u200b", "\u2028", "\ufeff", "﷽", "🏳️\u200d🌈", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A"),
    *("@everyone", "<@1>", "<t:0:R>", "[x](https://evil.example)", "**", "```", "||", "# ", "> ", "\\", "%s", "{0}"),
    *("{x!r}", "' OR 1=1 --", "../..", "https://", "https://discord.com/channels/1/2/3", "0", "-1", "7d", "1h 30m"),
    *("99999999999d", "١٢", "½", "1e9", "Europe/Berlin", "utc", "dreamreel:", "null", "a", "ß", "İ"),
)

names = st.sampled_from([f"<{name}>" for name in NAMES])
ordinary = st.sampled_from(
    ["a calm sea at dawn", "the tide comes in", "no reason at all", "12h", "7d", "UTC", "herring"]
)
any_text = st.text(max_size=40) | st.sampled_from(_PIECES)
long_text = st.builds(lambda piece, times: piece * times, st.sampled_from(_PIECES), st.integers(1, MOST_TEXT))
texts = st.one_of(ordinary, names, any_text, st.lists(any_text | names, max_size=6).map("".join), long_text)

likely = {
    "duration": ("7d", "1h 30m", "99999999999d", "0 s", "-1d", "1 week 1 week", "forever", "1e9d", "d"),
    "zone": ("utc", "Europe/Berlin", "new york", "../../etc/passwd", "/etc/localtime", "Etc/GMT+12", "a\x00"),
    "video": tuple(f"<{name}>" for name in NAMES),
}
"""By an option's name, what is nearly right for it: chance alone would seldom come so far."""

integers = st.sampled_from([0, 1, -1, 5, 365, 2**31, 2**31 - 1, 2**63 - 1, MOST_INTEGER, -MOST_INTEGER]) | st.integers(
    -MOST_INTEGER, MOST_INTEGER
)
types = (
    *(None, "", "image/png", "image/PNG; charset=x", "image/gif", "image/webp", "image/svg+xml"),
    *("text/html", "video/mp4", "x"),
)
files = st.fixed_dictionaries(
    {
        "filename": st.sampled_from(["a.png", "a.PNG", "b.jpeg", ".gif", "noending", "x" * 300 + ".webp"]) | any_text,
        "size": st.sampled_from([0, 1, 20 * 2**20, 20 * 2**20 + 1, 2**31, MOST_INTEGER]),
        "content_type": st.sampled_from(types),
        "url": st.sampled_from(["https://cdn.discordapp.com/a.png", "http://[", "", "javascript:1", "x" * 5_000]),
    }
)


@dataclass(frozen=True)
class Pick:
    """One of what the server has of a type, by a number."""

    number: int


@dataclass(frozen=True)
class Forged:
    """What makes a command one of another version: a change, and what it is made with.

    A value that is no longer on offer, an option or a command that is gone or new. An option keeps its type: Discord
    itself turns away what a client has of a command that was changed since.
    """

    how: str
    number: int
    value: Any


@dataclass(frozen=True)
class Act:
    """One thing that one member does. `by`, `where` and `at` are numbers of a member, a channel and a message."""

    by: int
    where: int
    at: int
    locale: str


@dataclass(frozen=True)
class Command(Act):
    """A command is sent."""

    known: Known = KNOWN[0]
    options: tuple[tuple[str, Any], ...] = ()
    forged: Forged | None = None


@dataclass(frozen=True)
class Typing(Act):
    """Something is typed into an option that completes itself."""

    command: str = ""
    option: str = ""
    text: str = ""


@dataclass(frozen=True)
class Press(Act):
    """A button is pressed; with `custom_id`, one that an older version drew."""

    custom_id: str | None = None


@dataclass(frozen=True)
class Window(Act):
    """A window is sent, that another process may have opened, with texts in any fields."""

    custom_id: str = ""
    fields: tuple[tuple[str, Any], ...] = ()


_by = st.integers(0, 5)
_where = st.integers(0, 3)
_at = st.integers(0, 30)
_locale = st.sampled_from(["en-US", "en-GB", "de", "fr", "es-ES", "ja", "pt-BR", "zh-CN", "tlh"])
_act = (_by, _where, _at, _locale)


_picks = st.integers(0, 8).map(Pick)
_PLAIN: dict[int, st.SearchStrategy[Any]] = {
    FLAG: st.booleans(),
    NUMBER: st.floats(-MOST_INTEGER, MOST_INTEGER),
    FILE: files,
    **dict.fromkeys((USER, CHANNEL, ROLE, MENTIONABLE), _picks),
}


def _value(option: dict[str, Any]) -> st.SearchStrategy[Any]:
    if option.get("choices"):
        return st.sampled_from([choice["value"] for choice in option["choices"]])
    kind = option["type"]
    if kind == TEXT:
        shortest, longest = option.get("min_length", 0), option.get("max_length", MOST_TEXT)
        drawn = texts | st.sampled_from(near) if (near := likely.get(option["name"])) else texts
        return drawn.map(lambda text: (text + "." * shortest)[:longest])
    if kind == INTEGER:
        least, most = option.get("min_value", -MOST_INTEGER), option.get("max_value", MOST_INTEGER)
        return integers.map(lambda number: min(max(number, least), most)) | st.sampled_from([least, most])
    # Where Discord has a new type, and a command uses it, this says so.
    return _PLAIN[kind]


def _options(known: Known) -> st.SearchStrategy[tuple[tuple[str, Any], ...]]:
    must = {each["name"]: _value(each) for each in known.options if each.get("required")}
    may = {each["name"]: _value(each) for each in known.options if not each.get("required")}
    return st.fixed_dictionaries(must, optional=may).map(lambda chosen: tuple(chosen.items()))


scalars = st.one_of(texts, integers, st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
forgeries = st.builds(Forged, st.sampled_from(["drop", "value", "extra", "rename"]), st.integers(0, 7), scalars)

_slash = [known for known in KNOWN if known.type == SLASH]
_typed = [(known.name, each["name"]) for known in _slash for each in known.options if each.get("autocomplete")]
_on_messages = [known for known in KNOWN if known.type == ON_A_MESSAGE]

_prefixes = [f"dreamreel:{word}:" for word in ("extend", "cancel", "erase", "remove", "report", "extend-modal", "old")]
_numbers = st.sampled_from(["0", "1", "9" * 20, "١٢٣", "<user>"])
ids = st.one_of(
    st.builds(lambda start, name: start + name, st.sampled_from(_prefixes), names | any_text),
    st.builds(lambda start, name, end: f"{start}{name}:{end}", st.sampled_from(_prefixes), names, _numbers | any_text),
    any_text.filter(bool),
).map(lambda text: text[:MOST_ID])
fields = st.lists(st.tuples(st.sampled_from(["prompt", "other"]), texts | st.none()), max_size=3).map(tuple)


def command(known: Known) -> st.SearchStrategy[Command]:
    """One command, with any options; some as another version of the bot knew it."""
    if known.type != SLASH:
        return st.builds(Command, *_act, known=st.just(known))
    return st.builds(Command, *_act, known=st.just(known), options=_options(known), forged=st.none() | forgeries)


commands = st.sampled_from(_slash).flatmap(command)
on_messages = st.sampled_from(_on_messages).flatmap(command)
typings = st.sampled_from(_typed).flatmap(
    lambda named: st.builds(Typing, *_act, command=st.just(named[0]), option=st.just(named[1]), text=texts)
)
presses = st.builds(Press, *_act, custom_id=st.none() | st.none() | ids)
windows = st.builds(Window, *_act, custom_id=ids, fields=fields)

acts = st.one_of(commands, commands, commands, typings, on_messages, presses, presses, windows)
