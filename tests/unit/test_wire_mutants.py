"""No answer, however it was mangled on its way, makes the border stumble or lets something unusable through."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.generation import Failure
from bot.domain.reports import Accepted, Failed, Refused, Report, Submission, Succeeded
from bot.relay import wire

SAMPLES = Path(__file__).parents[1] / "samples" / "relay"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODIES = [
    told.get("body", told.get("body_text"))
    for told in (json.loads(path.read_text("utf-8")) for path in sorted(SAMPLES.glob("*.json")))
]
KEYS = ["id", "task_id", "state", "status", "data", "error", "code", "type", "message", "detail", "video", "url"]
WORDS = ["completed", "failed", "success", "insufficient_quota", "task_not_exist", "https://[", "https://a/b", "..", ""]

ODD: list[Any] = [None, True, 0, -1.5, "", " ", "x", "..", "\ud800", [], [[]], {}, [{}], {"": {}}, [None], {"id": [1]}]

odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in the body: what holds it, and its key or index there."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(value, key), *places(value[key])]]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    body = json.loads(json.dumps(draw(st.sampled_from(BODIES))))
    for _ in range(draw(st.integers(0, 3))):
        if found := places(body):
            holder, key = found[draw(st.integers(0, len(found) - 1))]
            holder[key] = draw(odd)
    raw = json.dumps(body, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    if draw(st.booleans()):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.sampled_from([b"", b"\x00", b"\xff\xfe", b'"', b"{", b"}", b",", raw])) + raw[at:]
    return raw[: draw(st.integers(0, len(raw)))] if draw(st.booleans()) else raw


answers = st.builds(
    wire.Answer,
    status=st.sampled_from([200, 201, 204, 303, 307, 400, 401, 403, 404, 408, 429, 500, 503, 524])
    | st.integers(100, 999),
    body=mangled() | st.binary(max_size=200),
    content_type=st.sampled_from(["application/json", "text/html; charset=x", ""]) | st.text(max_size=20),
    retry_after=st.sampled_from(["", "1", "Sun, 01 Mar 2026 12:00:30 GMT"]) | st.text(max_size=40),
    whole=st.booleans(),
)


def usable(failure: Failure) -> bool:
    return len(failure.detail) <= 300 and failure.detail.isprintable()


@pytest.mark.parametrize("body", BODIES)
def test_no_single_odd_value_anywhere_breaks_the_border(body: Any) -> None:
    """Each value of each sample, in the answer or one wrapper down, becomes each odd value once."""
    for wrapped in ({"code": "success", "message": "", "data": body}, {"data": {"data": body}}):
        told = json.loads(json.dumps(wrapped))
        for holder, key in places(told):
            right = holder[key]
            for wrong in ODD:
                holder[key] = wrong
                for status in (200, 400):
                    answer = wire.Answer(status, json.dumps(told).encode())
                    assert isinstance(wire.submission(answer, NOW), Submission)
                    assert isinstance(wire.report(answer, "x", NOW), Report)
            holder[key] = right


@settings(max_examples=300, deadline=None)
@given(answers)
def test_no_answer_to_a_paid_request_breaks_the_border(answer: wire.Answer) -> None:
    outcome = wire.submission(answer, NOW)
    assert isinstance(outcome, Submission)
    if isinstance(outcome, Accepted):
        assert answer.good
        assert wire.task_path(outcome.relay_id)
    if isinstance(outcome, Refused):
        assert usable(outcome.failure)
    assert wire.summary(answer).isprintable()


@settings(max_examples=300, deadline=None)
@given(answers, st.text(max_size=10))
def test_no_answer_to_a_question_breaks_the_border(answer: wire.Answer, relay_id: str) -> None:
    outcome = wire.report(answer, relay_id, NOW)
    assert isinstance(outcome, Report)
    if isinstance(outcome, Failed):
        assert usable(outcome.failure)
    if isinstance(outcome, Succeeded):
        assert outcome.video_url.encode().startswith((b"http://", b"https://"))
