"""The audit log read back: the newest changes as one message."""

import re
from collections.abc import Sequence

from bot.ports import Change
from bot.ui import house_words
from bot.ui.logbook import packed
from bot.ui.text import fitted, one_line

_BYTES = 300
_NAMED = re.compile(r"(member|role|video):(\w+)")
_MENTIONS = {"member": "<@{}>", "role": "<@&{}>", "video": "`{}`"}
_OF_SETTINGS = {"channels": "<#{}>", "log_channel_id": "<#{}>", "roles": "<@&{}>", "moderator_roles": "<@&{}>"}


def told(changes: Sequence[Change]) -> str:
    """As many of the changes as one message holds, the newest first."""
    if not changes:
        return house_words.NOTHING_RECENT
    text, _ = packed(house_words.RECENT_HEAD, [_line(change) for change in changes], more=lambda _: "")
    return text


def _line(change: Change) -> str:
    what = house_words.WHAT.get(change.action, fitted(change.action, _BYTES))
    name = change.subject if change.action == "settings" else ""
    subject = house_words.SETTING_NAMES.get(name) or ("" if change.subject == "words" else _text(change.subject))
    became = " → ".join(_value(name, part) for part in (change.before, change.after) if part)
    return house_words.recent_line(
        int(change.at.timestamp()), change.actor_id, what, subject, became, _text(change.why)
    )


def _value(name: str, kept: str) -> str:
    """A setting's value; the ids of channels and roles are shown as what they are."""
    ids = kept.split()
    if (name, kept) in house_words.KEPT_AS:
        return house_words.KEPT_AS[name, kept]
    if name in _OF_SETTINGS and all(each.isdecimal() for each in ids):
        return house_words.some([_OF_SETTINGS[name].format(each) for each in ids])
    return _text(kept)


def _text(kept: str) -> str:
    """What was kept, as text; a member, role or video that it names is shown as what it is."""
    found = _NAMED.fullmatch(kept)
    return _MENTIONS[found[1]].format(found[2]) if found else fitted(one_line(kept), _BYTES)
