"""The file of settings of a bot that runs against the local Discord and the sandbox relay."""

import json
from collections.abc import Mapping
from pathlib import Path

Section = Mapping[str, str | float]

ROOMY: Section = {"member_at_once": 1000, "server_at_once": 1000, "member_waiting": 1000, "server_waiting": 1000}
"""The section `limits` where a few members stand for many."""


def write_config(path: Path, *, database: Path, videos: Path, **sections: Section) -> Path:
    """Write it: these places, no health port, and `sections` by their names. The path."""
    everywhere: dict[str, Section] = {
        "database": {"url": f"sqlite+aiosqlite:///{database}"},
        "media": {"folder": str(videos)},
        "health": {"port": 0},
    }
    path.write_text("\n".join(f"[{name}]\n{_lines(keys)}" for name, keys in (sections | everywhere).items()), "utf-8")
    return path


def _lines(keys: Section) -> str:
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
