"""Bytes that should have been JSON, read as far as they go: a relay's id may stand in a damaged answer."""

import json
import re
from collections.abc import Iterator

Json = dict[str, object]

MOST_MENDED = 64 * 1024
"""Characters. An answer that names a new task is far smaller; a larger damaged one is not worth the time."""
MOST_DEPTH = 20
"""Brackets. Deeper ones are no answer of this family, and closing them would take time without end."""

# Numbers are kept as they were written: an id may have more digits than a float or Python's own limit holds.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=lambda _: None)
# A string without an end goes on to the end of the text: the commas and brackets in it are no structure.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[{}\[\],]', re.DOTALL)
_CLOSER = {"{": "}", "[": "]"}


def first_object(body: bytes) -> Json | None:
    """The first JSON object in the body, whatever follows it; None where there is none. Numbers become text."""
    return _object(_text(body))


def mended_object(body: bytes) -> Json | None:
    """Like `first_object`, but of a body cut off in the middle it gives the members that stand whole."""
    text = _text(body)
    whole = _object(text)
    if whole is not None:
        return whole
    closed = (_object(candidate) for candidate in _closed(text[:MOST_MENDED]))
    return next((told for told in closed if told is not None), None)


def _text(body: bytes) -> str:
    # What is not UTF-8 becomes a mark that no key and no state contains.
    return body.decode("utf-8-sig", errors="replace").lstrip()


def _object(text: str) -> Json | None:
    if not text.startswith(("{", "[")):
        return None
    try:
        value, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None


def _closed(text: str) -> Iterator[str]:
    """The text with its open brackets closed: at its end, then before its last comma."""
    opened: list[str] = []
    at_comma: tuple[int, str] | None = None
    for token in _TOKEN.finditer(text):
        sign = token.group()
        if sign in _CLOSER:
            opened.append(_CLOSER[sign])
        elif sign in {"}", "]"} and opened:
            opened.pop()
        elif sign == ",":
            at_comma = (token.start(), "".join(reversed(opened)))
        if len(opened) > MOST_DEPTH:
            return
    # A number or a word at the end may be cut; a quote or a bracket there says that the value is whole.
    if text.rstrip().endswith(('"', "}", "]")):
        yield text + "".join(reversed(opened))
    if at_comma is not None:
        yield text[: at_comma[0]] + at_comma[1]
