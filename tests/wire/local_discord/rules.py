"""What Discord refuses in a message beyond its shape (documentation: component reference, create message, uploads)."""

from collections.abc import Iterable, Sequence

from tests.wire.local_discord.answers import Refused
from tests.wire.local_discord.payloads import Json, parts

EPHEMERAL, LOADING, V2 = 1 << 6, 1 << 7, 1 << 15
_SUPPRESS_EMBEDS = 1 << 2
UPLOAD_LIMIT = 10 * 1024 * 1024
"""Bytes for each file, in a server with no boosts."""
MOST_COMPONENTS, MOST_TEXT = 40, 4000
_TEXT = 10


def check_sizes(sizes: Iterable[int], limit: int) -> None:
    """Raises Refused for a file over the limit, in bytes."""
    if any(size > limit for size in sizes):
        raise Refused(413, 40005, "Request entity too large")


def flags_after(before: int, asked: int) -> int:
    """The flags after an edit: who may see it never changes, V2 is not taken back, and nothing is loading any more."""
    changeable = _SUPPRESS_EMBEDS | V2
    return before & ~(LOADING | _SUPPRESS_EMBEDS) | asked & changeable


def check(whole: Json, filenames: Sequence[str]) -> None:
    """Raises Refused where a message may not be so. `whole` is all that it says, `filenames` what is attached."""
    inside = list(parts(whole.get("components") or []))
    if whole["flags"] & V2:
        if whole.get("content") or whole.get("embeds"):
            raise _invalid("content and embeds cannot stand beside MessageFlags.IS_COMPONENTS_V2")
        if len(inside) > MOST_COMPONENTS:
            raise _invalid(f"{len(inside)} components, {MOST_COMPONENTS} are allowed")
        if sum(len(part["content"]) for part in inside if part["type"] == _TEXT) > MOST_TEXT:
            raise _invalid(f"the texts of the components are longer than {MOST_TEXT}")
    elif any(part["type"] >= 9 for part in inside):  # the first type that came with V2
        raise _invalid("components of V2 need its flag")
    ids = [part["custom_id"] for part in inside if "custom_id" in part]
    if len(ids) != len(set(ids)):
        raise _invalid("Component custom id cannot be duplicated")
    _check_media(inside, filenames)


def _check_media(inside: list[Json], filenames: Sequence[str]) -> None:
    """A component that shows an attachment which is not there is refused."""
    there = {f"attachment://{name}" for name in filenames}
    for part in inside:
        for item in part.get("items", ()):
            url = item["media"]["url"]
            if url.startswith("attachment://") and url not in there:
                raise _invalid("the media refers to no attachment")


def _invalid(why: str) -> Refused:
    return Refused(400, 50035, f"Invalid Form Body: {why}")
