"""A message of the simulated Discord as a person would read it, line by line."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

_TIME = re.compile(r"<t:(\d+):R>")
_MENTION = re.compile(r"<@!?(\d+)>")
_ESCAPED = re.compile(r"\\([^\w\s])")
_LINK = re.compile(r"\[([^\]]+)\]\(<?([^)>]+)>?\)")
_MARKS = re.compile(r"^(?:### |-# |> )|\*\*", re.MULTILINE)


class Reader:
    """Reads components aloud. `names` maps the ids of users to their names, `now` is when they are read."""

    def __init__(self, names: Mapping[int, str], now: datetime) -> None:
        self._names = names
        self._now = now

    def lines(self, components: list[dict[str, Any]]) -> list[str]:
        """Every line of text, every film and every button, from top to bottom."""
        return [line for component in components for line in self._component(component)]

    def _component(self, component: Mapping[str, Any]) -> Iterator[str]:
        if "content" in component:
            yield from self._words(component["content"]).splitlines()
        for item in component.get("items", ()):
            yield f"[film: {item['media']['url'].rpartition('/')[2]}]"
        children: list[dict[str, Any]] = component.get("components", [])
        if children and all("label" in child for child in children):
            yield "  ".join(f"[{child['label']}{' ↗' if child.get('url') else ''}]" for child in children)
        else:
            yield from self.lines(children)

    def _words(self, text: str) -> str:
        text = _LINK.sub(r"\1: \2", text)
        text = _MENTION.sub(lambda found: f"@{self._names.get(int(found[1]), 'someone')}", text)
        text = _TIME.sub(lambda found: self._ago(int(found[1])), text)
        return _ESCAPED.sub(r"\1", _MARKS.sub("", text))

    def _ago(self, unix: int) -> str:
        seconds = round((self._now - datetime.fromtimestamp(unix, UTC)).total_seconds())
        return f"{seconds} seconds ago" if seconds >= 0 else f"in {-seconds} seconds"
