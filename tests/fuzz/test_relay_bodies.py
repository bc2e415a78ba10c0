"""Whatever a relay answers, on the wire: the client makes one of the domain's words of it, and shows no secret."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from discord.ui import LayoutView
from hypothesis import example, given
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.domain.card import Card, Shown
from bot.domain.generation import Failure, Generation, GenerationRequest, GenerationState, Kind
from bot.domain.reports import Accepted, Failed, Refused, Report, Submission, Succeeded
from bot.relay.client import RelayClient
from bot.ui.cards import card
from tests.discord.stage import OFFER
from tests.fuzz.effort import share
from tests.fuzz.manners import listening
from tests.unit.test_wire_mutants import BODIES, mangled

KEY = "sk-a/secret+of<the>relay&its\"'\\own"
PROMPT = "a lighthouse that whispers to the herring"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

_KEY_IN_JSON = json.dumps(KEY)[1:-1]
SPELLINGS = [
    KEY,
    _KEY_IN_JSON,
    _KEY_IN_JSON.replace("/", "\\/"),  # as PHP writes it
    "".join(f"\\u{ord(c):04x}" for c in KEY),
    "".join(f"\\u{ord(c):04X}" if c in "<>&+'" else c for c in _KEY_IN_JSON),  # as Go and .NET write it
]
"""The key as JSON may hold it."""

OBJECTS = [body for body in BODIES if isinstance(body, dict)]


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A sample, mangled; in some the relay repeats what it was sent, the key too."""
    body = draw(mangled())
    echo = draw(st.none() | st.sampled_from(SPELLINGS))
    if echo is None:
        return body
    key = draw(st.sampled_from(["message", "failure_reason", "error", "detail", "id"]))
    told = json.dumps(draw(st.sampled_from(OBJECTS)) | {key: "KEY"}) if draw(st.booleans()) else f'{{"{key}": "KEY"}}'
    return told.replace("KEY", f"no: {echo} and {PROMPT}").encode()


statuses = st.sampled_from([200, 201, 202, 204, 304, 307, 400, 401, 403, 404, 408, 422, 429, 500, 502, 503, 504, 524])
headers = st.lists(
    st.sampled_from(
        [
            b"Content-Type: application/json",
            b"Content-Type: text/html; charset=nonsense",
            b"Content-Type: ",
            b"Content-Encoding: gzip",
            b"Content-Encoding: deflate",
            b"Content-Encoding: br",
            b"Content-Length: 5",
            b"Content-Length: 999999",
            b"Content-Length: -1",
            b"Transfer-Encoding: chunked",
            b"Retry-After: 1",
            b"Retry-After: 999999999999999999999999",
            b"Retry-After: Sun, 06 Nov 1994 08:49:37 GMT",
            b"Location: http://[",
            b"Connection: close",
            b"X: " + b"y" * 20_000,
            b"no colon",
            b"\xff\xfe: \x00",
        ]
    ),
    max_size=4,
)


@st.composite
def raw_answers(draw: st.DrawFn) -> bytes:
    """All bytes of an HTTP answer, or of something else; cut anywhere."""
    line = draw(
        st.builds(lambda status: f"HTTP/1.1 {status} X".encode(), statuses)
        | st.sampled_from([b"HTTP/1.1 999 ", b"HTTP/0.9 200", b"ICY 200 OK", b"\x16\x03\x01", b""])
    )
    body = draw(bodies())
    fields = draw(headers)
    if draw(st.integers(0, 3)):
        fields = [*fields[:1], f"Content-Length: {len(body)}".encode()]
    raw = b"\r\n".join([line, *fields, b"", body])
    return raw[: draw(st.integers(0, len(raw)))] if draw(st.integers(0, 5)) == 0 else raw


@asynccontextmanager
async def answering(raw: bytes) -> AsyncIterator[str]:
    """A relay that answers everything with these bytes, and leaves."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
        await reader.readexactly(int(length.partition(b":")[2]))
        writer.write(raw)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@dataclass(frozen=True)
class Heard:
    """What came of one paid request and one question, and all that was logged meanwhile."""

    submission: Submission
    report: Report
    log: str


async def ask(raw: bytes) -> Heard:
    request = GenerationRequest(Kind.TEXT, PROMPT, "ray-v2", 5, "720p", expand_prompt=True)
    with listening() as ear:
        async with answering(raw) as url, RelayClient(url, KEY, clock=SystemClock()) as client:
            submission, report = await client.submit(request), await client.report("task-1")
        await asyncio.sleep(0)
    return Heard(submission, report, "\n".join(ear.lines))


def letters(text: str) -> str:
    """Without what a card escapes, or escapes with."""
    return "".join(c for c in text if c.isalnum())


def texts_of(failure: Failure) -> list[str]:
    """What a member reads of it."""
    request = GenerationRequest(Kind.TEXT, PROMPT, "ray-v2", 5, "720p", expand_prompt=True)
    asked = Generation("gen1", "interaction:1", 1, 2, 3, request, 1, NOW, NOW)
    failed = asked.submitting(NOW).failed(failure, NOW)
    assert failed.state is GenerationState.FAILED
    view: LayoutView = card(Shown(failed, Card(channel_id=2)), offer=OFFER, expand_prompt=True)
    return [text for part in view.walk_children() if isinstance(text := getattr(part, "content", None), str)]


def told(key: str) -> bytes:
    """A refusal that repeats the key, as JSON may spell it."""
    return b'HTTP/1.1 400 X\r\n\r\n{"message": "no: ' + key.encode() + b'"}'


@share(1)
@given(raw_answers())
@example(told(SPELLINGS[0]))
@example(told(SPELLINGS[1]))
@example(told(SPELLINGS[2]))
@example(told(SPELLINGS[3]))
@example(told(SPELLINGS[4]))
def test_whatever_comes_over_the_wire_is_one_of_the_domains_words_and_shows_no_secret(raw: bytes) -> None:
    heard = asyncio.run(ask(raw))
    assert isinstance(heard.submission, Submission)
    assert isinstance(heard.report, Report)
    assert KEY not in heard.log
    assert PROMPT not in heard.log
    assert "Traceback" not in heard.log
    shown = [heard.submission.relay_id] if isinstance(heard.submission, Accepted) else []
    for outcome in (heard.submission, heard.report):
        if isinstance(outcome, Refused | Failed):
            shown += texts_of(outcome.failure)
        if isinstance(outcome, Succeeded):
            shown.append(outcome.video_url)
    assert not any(letters(KEY) in letters(text) for text in shown)
