"""The relay client against a real relay on loopback: what each misbehaviour becomes, and what it cost."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.generation import Failure, FailureKind, GenerationRequest, GenerationState, Kind
from bot.domain.reports import (
    Accepted,
    Failed,
    Finishing,
    NotFound,
    NotSent,
    Refused,
    Report,
    Running,
    Submission,
    Succeeded,
    Unanswered,
    Unavailable,
)
from bot.ports import Relay
from bot.relay.client import RelayClient, Timeouts
from sandbox.relay_server import RelayServer
from tests.clock import ManualClock

KEY = "sandbox-key"
PROMPT = "a lighthouse in a storm"
TEXT = GenerationRequest(Kind.TEXT, PROMPT, "ray-v2", 5, "720p", expand_prompt=True)
CLOCK = ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
IN_A_HURRY = Timeouts(total_s=0.3)


@pytest.fixture
async def server() -> AsyncIterator[RelayServer]:
    async with RelayServer(pace=None, render=False, api_key=KEY) as server:
        yield server


@pytest.fixture
async def client(server: RelayServer) -> AsyncIterator[RelayClient]:
    async with RelayClient(server.base_url, KEY, clock=CLOCK) as client:
        yield client


@pytest.fixture
async def hurried(server: RelayServer) -> AsyncIterator[RelayClient]:
    async with RelayClient(server.base_url, KEY, clock=CLOCK, timeouts=IN_A_HURRY) as client:
        yield client


async def accepted(client: RelayClient, request: GenerationRequest = TEXT) -> str:
    outcome = await client.submit(request)
    assert isinstance(outcome, Accepted)
    return outcome.relay_id


async def extension(client: RelayClient, server: RelayServer) -> GenerationRequest:
    parent = await accepted(client)
    server.move(parent, "completed")
    return replace(TEXT, kind=Kind.EXTEND, parent_relay_id=parent, part=2)


def refused(kind: FailureKind, detail: str = "") -> Refused:
    return Refused(Failure(kind, detail))


def test_the_client_is_a_relay() -> None:
    relay: Relay = RelayClient("https://relay.example", KEY, clock=CLOCK)
    assert KEY not in repr(relay)


async def test_a_request_reaches_the_relay_as_the_contract_has_it(server: RelayServer, client: RelayClient) -> None:
    await accepted(client, replace(TEXT, kind=Kind.IMAGE, image_url="http://127.0.0.1:9/1.png"))
    (bill,) = server.bills
    assert bill.charged
    assert bill.body == {
        "user_prompt": PROMPT,
        "model_name": "ray-v2",
        "duration": "5",
        "resolution": "720p",
        "expand_prompt": True,
        "image_url": "http://127.0.0.1:9/1.png",
    }


async def test_an_extension_is_asked_of_its_parent(server: RelayServer, client: RelayClient) -> None:
    request = await extension(client, server)
    relay_id = await accepted(client, request)
    bill = server.bills[1]
    assert (bill.kind, bill.parent, bill.body) == ("extend", request.parent_relay_id, {"user_prompt": PROMPT})
    assert relay_id != request.parent_relay_id


async def test_an_extension_of_an_unfinished_video_is_refused(server: RelayServer, client: RelayClient) -> None:
    parent = await accepted(client)
    outcome = await client.submit(replace(TEXT, kind=Kind.EXTEND, parent_relay_id=parent))
    assert isinstance(outcome, Refused)
    assert outcome.failure.kind is FailureKind.REFUSED


async def test_an_extension_of_nothing_is_never_sent(server: RelayServer, client: RelayClient) -> None:
    assert await client.submit(replace(TEXT, kind=Kind.EXTEND)) == refused(FailureKind.REFUSED)
    assert server.requests.posts == 0


WAIT = "Sun, 01 Mar 2026 12:00:45 GMT"
NO_CHANNEL = "No available channel for this model (distributor)"
BUSY = "this model is temporarily unavailable, please try again later"
# The fault, its value, what becomes of the request (a type where its words are for the log), and how many were charged.
STRUCK: list[tuple[str, Any, Submission | type[Submission], int]] = [
    ("429", None, NotSent, 0),
    ("429_empty", None, NotSent, 0),
    ("no_balance", None, refused(FailureKind.NO_BALANCE), 0),
    ("no_balance_cn", None, refused(FailureKind.NO_BALANCE), 0),
    ("bad_key", None, refused(FailureKind.KEY), 0),
    ("model_not_found", None, refused(FailureKind.NOT_SOLD, NO_CHANNEL), 0),
    ("get_channel_failed", None, refused(FailureKind.NOT_SOLD, BUSY), 0),
    ("200_error", "no_balance", refused(FailureKind.NO_BALANCE), 0),
    ("200_error", "no_balance_cn", refused(FailureKind.NO_BALANCE), 0),
    ("200_error", "bad_key", refused(FailureKind.KEY), 0),
    ("200_error", "get_channel_failed", refused(FailureKind.NOT_SOLD, BUSY), 0),
    ("200_error", "500", Unanswered, 0),
    ("200_error", {"error": "odd"}, Unanswered, 0),
    ("detail", None, refused(FailureKind.REFUSED, "Invalid request is provided"), 0),
    ("detail", {"status": 401, "detail": "Invalid API key is provided"}, refused(FailureKind.KEY), 0),
    (
        "detail",
        {"status": 400, "detail": "Prompt processing failed"},
        refused(FailureKind.PROMPT, "Prompt processing failed"),
        0,
    ),
    ("not_found", None, refused(FailureKind.REFUSED, "task_not_exist"), 0),
    ("redirect", None, refused(FailureKind.REFUSED), 0),
    ("cut_before", None, Unanswered, 0),
    ("500", "before", Unanswered, 0),
    ("500", "after", Unanswered, 1),
    ("502_html", "before", Unanswered, 0),
    ("502_html", "after", Unanswered, 1),
    ("html", "before", Unanswered, 0),
    ("html", "after", Unanswered, 1),
    ("524_html_accepted", None, Unanswered, 1),
    ("empty", None, Unanswered, 1),
    ("cut_after", None, Unanswered, 1),
    ("no_id", None, Unanswered, 1),
    ("half", None, Accepted, 1),
    ("doubled", None, Accepted, 1),
    ("201", None, Accepted, 1),
    ("wrapper", None, Accepted, 1),
    ("task_id_only", None, Accepted, 1),
    ("numeric_id", None, Accepted, 1),
    ("odd_id", None, Accepted, 1),
    ("nonsense_created_at", None, Accepted, 1),
    ("slow", 0.01, Accepted, 1),
]


@pytest.mark.parametrize("on", ["submit", "extend"])
@pytest.mark.parametrize("case", STRUCK, ids=lambda case: f"{case[0]}-{case[1]}")
async def test_a_paid_request_is_sent_once_whatever_happens_to_it(
    server: RelayServer, client: RelayClient, on: str, case: tuple[str, Any, Submission | type[Submission], int]
) -> None:
    fault, value, meaning, charged = case
    request = TEXT if on == "submit" else await extension(client, server)
    sent, paid = server.requests.posts, len(server.bills)
    struck = server.fault(on, fault, value=value)
    outcome = await client.submit(request)
    assert isinstance(outcome, meaning) if isinstance(meaning, type) else outcome == meaning
    assert struck.struck == 1
    assert server.requests.posts - sent == 1
    assert len(server.bills) - paid == charged
    if isinstance(outcome, Accepted):
        assert outcome.relay_id == server.bills[-1].task_id
        assert await client.report(outcome.relay_id) == Running(GenerationState.QUEUED)


@pytest.mark.parametrize(("value", "seconds"), [(7, 7.0), ("0.5", 0.5), (WAIT, 45.0), ("soon", None)])
async def test_a_busy_relay_says_when_to_come_back(
    server: RelayServer, client: RelayClient, value: Any, seconds: float | None
) -> None:
    server.fault("submit", "429_retry_after", value=value)
    outcome = await client.submit(TEXT)
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after_s == seconds
    assert not server.bills


@pytest.mark.parametrize(("when", "charged"), [("before", 0), ("after", 1)])
async def test_a_relay_that_never_answers_leaves_the_request_uncertain(
    server: RelayServer, hurried: RelayClient, when: str, charged: int
) -> None:
    server.fault("submit", "hang", value=when)
    assert await hurried.submit(TEXT) == Unanswered("TimeoutError")
    assert (server.requests.posts, len(server.bills)) == (1, charged)


@pytest.mark.parametrize(
    ("state", "standing"),
    [("queued", Running(GenerationState.QUEUED)), ("dreaming", Running(GenerationState.DREAMING))],
)
async def test_a_running_task_is_reported_so(
    server: RelayServer, client: RelayClient, state: str, standing: Report
) -> None:
    relay_id = await accepted(client)
    server.move(relay_id, state)
    assert await client.report(relay_id) == standing


async def test_a_finished_task_gives_its_link(server: RelayServer, client: RelayClient) -> None:
    relay_id = await accepted(client)
    server.move(relay_id, "completed")
    outcome = await client.report(relay_id)
    assert isinstance(outcome, Succeeded)
    assert outcome.video_url.startswith(f"{server.base_url}/videos/")


async def test_a_failed_task_says_why(server: RelayServer, client: RelayClient) -> None:
    relay_id = await accepted(client)
    server.move(relay_id, "failed", failure_reason="Frame moderation failed")
    assert await client.report(relay_id) == Failed(Failure(FailureKind.MODERATION, "Frame moderation failed"))


@pytest.mark.parametrize("relay_id", ["nobody", "..", ".", "", " ", "a/b?c#d", "ü片", "x" * 600])
async def test_an_id_that_nobody_gave_is_not_found(client: RelayClient, relay_id: str) -> None:
    assert await client.report(relay_id) == NotFound()


# The fault, its value, and what is reported of a completed task.
SEEN: list[tuple[str, Any, Report | type[Report]]] = [
    ("429", None, Unavailable),
    ("429_empty", None, Unavailable),
    ("no_balance", None, Unavailable),
    ("bad_key", None, Unavailable),
    ("model_not_found", None, Unavailable),
    ("200_error", None, Unavailable),
    ("detail", None, Unavailable),
    ("not_found", None, NotFound()),
    ("redirect", None, Unavailable),
    ("500", None, Unavailable),
    ("502_html", None, Unavailable),
    ("html", None, Unavailable),
    ("524_html_accepted", None, Unavailable),
    ("empty", None, Unavailable),
    ("half", None, Unavailable),
    ("cut_before", None, Succeeded),  # a question that was cut off is asked once more
    ("doubled", None, Succeeded),
    ("wrapper", None, Succeeded),
    ("no_id", None, Succeeded),
    ("nonsense_created_at", None, Succeeded),
    ("download_url_empty", None, Succeeded),
    ("completed_no_url", None, Finishing()),
    ("completed_no_url", {}, Finishing()),
    ("completed_no_url", {"url": "", "download_url": None}, Finishing()),
    ("state_spelling", {"key": "status", "text": "SUCCESS"}, Succeeded),
    ("state_spelling", {"key": "task_status", "text": "Succeed"}, Succeeded),
    ("state_spelling", {"key": "state", "text": "IN_PROGRESS"}, Running(GenerationState.DREAMING)),
    ("state_spelling", {"key": "status", "text": "a new word"}, Running(GenerationState.QUEUED)),
    ("fail", None, Failed(Failure(FailureKind.UNKNOWN))),
    (
        "fail",
        {"key": "error.message", "text": "Contains blacklisted words"},
        Failed(Failure(FailureKind.MODERATION, "Contains blacklisted words")),
    ),
    ("fail", {"key": "message", "text": "生成失败"}, Failed(Failure(FailureKind.UNKNOWN, "生成失败"))),
]


@pytest.mark.parametrize(("fault", "value", "meaning"), SEEN)
async def test_a_question_says_something_of_the_task_or_that_it_is_not_known(
    server: RelayServer, client: RelayClient, fault: str, value: Any, meaning: Report | type[Report]
) -> None:
    relay_id = await accepted(client)
    server.move(relay_id, "completed")
    server.fault("get", fault, value=value)
    outcome = await client.report(relay_id)
    assert isinstance(outcome, meaning) if isinstance(meaning, type) else outcome == meaning


async def test_a_question_that_is_cut_off_again_and_again_ends(server: RelayServer, client: RelayClient) -> None:
    server.fault("get", "cut_before", times=-1)
    assert isinstance(await client.report("t1"), Unavailable)
    assert server.requests.get == 2


async def test_a_question_that_is_never_answered_ends(server: RelayServer, hurried: RelayClient) -> None:
    relay_id = await accepted(hurried)
    server.fault("get", "hang")
    assert await hurried.report(relay_id) == Unavailable("TimeoutError")


async def test_a_closed_client_sends_nothing(server: RelayServer, client: RelayClient) -> None:
    await client.close()
    assert isinstance(await client.submit(TEXT), NotSent)
    assert isinstance(await client.report("t1"), Unavailable)
    assert server.requests.posts == server.requests.get == 0


async def test_neither_the_key_nor_a_prompt_nor_a_link_is_ever_logged_or_told(
    server: RelayServer, client: RelayClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    echo = {"detail": f"{PROMPT}: the key {KEY} is unknown, see https://cdn/x?sig=1"}
    outcomes: list[object] = []
    for fault, value, _, _ in [*STRUCK, ("detail", {"status": 403, **echo}, None, 0), ("200_error", echo, None, 0)]:
        server.fault("submit", fault, value=value)
        outcomes.append(await client.submit(TEXT))
    for _ in range(2):
        server.fault("get", "bad_key")
        outcomes.append(await client.report("t1"))
    assert caplog.records
    assert KEY not in caplog.text + str(outcomes)
    assert PROMPT not in caplog.text
    assert "https://" not in caplog.text
    assert sum("does not answer questions" in record.message for record in caplog.records) == 1


@pytest.mark.parametrize(
    "base_url",
    ["", "relay.example", "ftp://relay.example", "https://", "https://me:pw@relay.example", "https://r.example/?a=b"],
)
def test_an_address_that_cannot_be_the_relays_is_told_at_once(base_url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        RelayClient(base_url, KEY, clock=CLOCK)


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "schlüssel"])
def test_a_key_that_no_header_can_carry_is_told_at_once_and_not_repeated(key: str) -> None:
    with pytest.raises(ValueError, match="key") as error:
        RelayClient("https://relay.example", key, clock=CLOCK)
    assert not key or key not in str(error.value)
