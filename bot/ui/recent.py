"""The audit log read back: the newest changes as one message."""

import re
from collections.abc import Sequence

from bot.domain.quota import Scope
from bot.ports import Change
from bot.ui import kept_words, log_words, settings_words
from bot.ui.house_words import some
from bot.ui.logbook import packed
from bot.ui.quota_words import SCOPES
from bot.ui.text import fitted, one_line

_BYTES = 300
_NAMED = re.compile(r"(member|role|video):(\w+)")
_MENTIONS = {"member": "<@{}>", "role": "<@&{}>", "video": "`{}`"}
_OF_SETTINGS = {"channels": "<#{}>", "log_channel_id": "<#{}>", "roles": "<@&{}>", "moderator_roles": "<@&{}>"}
_OF_SCOPES = frozenset({"limit", "reset"})
_SCOPES = {str(scope): SCOPES[scope] for scope in (Scope.SERVER, Scope.DEFAULT)}


def told(changes: Sequence[Change]) -> str:
    """As many of the changes as one message holds, the newest first."""
    if not changes:
        return log_words.NOTHING_RECENT()
    text, _ = packed(log_words.RECENT_HEAD(), [_line(change) for change in changes], more=lambda _: "")
    return text


def _line(change: Change) -> str:
    what = log_words.WHAT.get(change.action)
    name = change.subject if change.action == "settings" else ""
    became = " → ".join(_value(name, part) for part in (change.before, change.after) if part)
    return log_words.recent_line(
        int(change.at.timestamp()),
        change.actor_id,
        fitted(change.action, _BYTES) if what is None else what(),
        _subject(change),
        became,
        _text(change.why),
    )


def _subject(change: Change) -> str:
    if change.action == "settings" and change.subject in settings_words.NAMES:
        return settings_words.NAMES[change.subject]()
    if change.action in _OF_SCOPES and change.subject in _SCOPES:
        return _SCOPES[change.subject]()
    return "" if change.subject == "words" else _text(change.subject)


def _value(name: str, kept: str) -> str:
    """A setting's value; the ids of channels and roles are shown as what they are."""
    ids = kept.split()
    if (name, kept) in settings_words.KEPT_AS:
        return settings_words.KEPT_AS[name, kept]()
    if name in _OF_SETTINGS and all(each.isdecimal() for each in ids):
        return some([_OF_SETTINGS[name].format(each) for each in ids])
    if name == "language":
        return settings_words.called(kept)
    return _text(kept) if name else kept_words.told(kept) or _text(kept)


def _text(kept: str) -> str:
    """What was kept, as text; a member, role or video that it names is shown as what it is."""
    found = _NAMED.fullmatch(kept)
    return _MENTIONS[found[1]].format(found[2]) if found else fitted(one_line(kept), _BYTES)
