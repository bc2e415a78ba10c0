"""Each fault of the sandbox relay shows on the wire as it was asked for, and the log tells whether it cost money."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from sandbox.fault_names import FaultName
from sandbox.film import probe
from sandbox.relay_server import RelayServer
from sandbox.tasks import State

PROMPT = {"user_prompt": "A drone shot"}
JSON = "application/json"
HTML = "text/html"


@pytest.fixture
async def relay() -> AsyncIterator[RelayServer]:
    async with RelayServer(pace=None, render=False) as server:
        yield server


@dataclass(frozen=True, slots=True)
class Seen:
    status: int
    content_type: str
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Client:
    def __init__(self, session: aiohttp.ClientSession, relay: RelayServer) -> None:
        self._session = session
        self._url = f"{relay.base_url}/luma/generations"

    async def submit(self, prompt: str = "A drone shot", **options: Any) -> Seen:
        return await self.call("POST", self._url, json={"user_prompt": prompt}, **options)

    async def look(self, task_id: str | int, **options: Any) -> Seen:
        return await self.call("GET", f"{self._url}/{quote(str(task_id), safe='')}", **options)

    async def extend(self, task_id: str | int, **options: Any) -> Seen:
        url = f"{self._url}/{quote(str(task_id), safe='')}/extend"
        return await self.call("POST", url, json=PROMPT, **options)

    async def do(self, operation: str, task_id: str) -> Seen:
        match operation:
            case "submit":
                return await self.submit()
            case "extend":
                return await self.extend(task_id)
        return await self.look(task_id)

    async def call(self, method: str, url: str, **options: Any) -> Seen:
        options = {"allow_redirects": False} | options
        # Already escaped: the session must not do it a second time.
        async with self._session.request(method, URL(url, encoded=True), **options) as response:
            text = (await response.read()).decode("utf-8", "replace")
            return Seen(response.status, response.content_type, text, dict(response.headers))


@pytest.fixture
async def client(relay: RelayServer) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer sandbox-key"}) as session:
        yield Client(session, relay)


async def completed(client: Client, relay: RelayServer) -> str:
    task_id: str = (await client.submit()).json["id"]
    relay.move(task_id, "completed")
    return task_id


# The fault and its value; the status, the content type, and what the body says (or its `error`).
REFUSALS: list[tuple[str, Any, int, str, Any]] = [
    ("429", None, 429, JSON, {"code": "rate_limit_exceeded"}),
    ("429_retry_after", 7, 429, JSON, {"code": "rate_limit_exceeded"}),
    ("429_empty", None, 429, JSON, None),
    ("no_balance", None, 403, JSON, {"code": "insufficient_quota"}),
    ("no_balance_cn", None, 403, JSON, {"code": "insufficient_user_quota"}),
    ("bad_key", None, 401, JSON, {"type": "new_api_error"}),
    ("model_not_found", None, 503, JSON, {"code": "model_not_found"}),
    ("get_channel_failed", None, 503, JSON, {"code": "get_channel_failed", "data": None}),
    ("200_error", None, 200, JSON, {"code": "insufficient_user_quota", "data": None}),
    ("200_error", "model_not_found", 200, JSON, {"code": "model_not_found"}),
    ("200_error", "quota_not_enough", 200, JSON, {"code": "quota_not_enough"}),
    ("200_error", {"code": "odd"}, 200, JSON, {"code": "odd"}),
    ("detail", None, 422, JSON, {"detail": "Invalid request is provided"}),
    ("detail", 401, 401, JSON, {"detail": "Invalid request is provided"}),
    ("detail", {"status": 400, "detail": [{"msg": "no"}]}, 400, JSON, {"detail": [{"msg": "no"}]}),
    ("not_found", None, 400, JSON, {"code": "task_not_exist"}),
    ("redirect", "https://elsewhere.example/", 307, "application/octet-stream", None),
    ("500", None, 500, JSON, {"code": "do_request_failed"}),
    ("502_html", None, 502, HTML, None),
    ("html", None, 200, HTML, None),
]


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_refusal_looks_as_observed_and_costs_nothing(
    relay: RelayServer, client: Client, refusal: tuple[str, Any, int, str, Any]
) -> None:
    fault, value, status, content_type, says = refusal
    task_id = await completed(client, relay)
    for operation in ("submit", "extend", "get"):
        charged = len(relay.bills)
        relay.fault(on=operation, fault=fault, value=value)
        seen = await client.do(operation, task_id)
        assert (seen.status, seen.content_type) == (status, content_type)
        if says is not None:
            body = seen.json.get("error", seen.json)
            assert says.items() <= body.items()
        assert len(relay.bills) == charged
        assert (await client.do(operation, task_id)).status == 200


async def test_headers_of_refusals(relay: RelayServer, client: Client) -> None:
    relay.fault(on="submit", fault="429")
    relay.fault(on="submit", fault="429_empty")
    relay.fault(on="submit", fault="429_retry_after", value=7)
    relay.fault(on="submit", fault="502_html")
    relay.fault(on="submit", fault="redirect", value="https://elsewhere.example/")
    plain, empty, timed, page, moved = [await client.submit() for _ in range(5)]
    assert "Retry-After" not in plain.headers
    assert ("Retry-After" in empty.headers, empty.text) == (False, "")
    assert timed.headers["Retry-After"] == "7"
    assert page.text.startswith("<!DOCTYPE html>")
    assert moved.headers["Location"] == "https://elsewhere.example/"


async def test_a_client_that_follows_a_redirect_pays_and_the_log_shows_it(relay: RelayServer, client: Client) -> None:
    relay.fault(on="submit", fault="redirect")
    assert (await client.submit(allow_redirects=False)).status == 307
    assert relay.bills == ()
    relay.fault(on="submit", fault="redirect")
    assert (await client.submit(allow_redirects=True)).status == 200
    assert len(relay.bills) == 1
    assert relay.requests.posts == 3


USELESS: list[tuple[str, Any, int]] = [
    ("524_html_accepted", None, 524),
    ("empty", None, 200),
    ("half", None, 200),
    ("doubled", None, 200),
    ("500", "after", 500),
    ("502_html", "after", 502),
    ("html", "after", 200),
]


@pytest.mark.parametrize(("fault", "value", "status"), USELESS)
async def test_an_answer_of_no_use_was_charged_all_the_same(
    relay: RelayServer, client: Client, fault: str, value: Any, status: int
) -> None:
    relay.fault(on="submit", fault=fault, value=value)
    seen = await client.submit()
    assert seen.status == status
    with pytest.raises(json.JSONDecodeError if fault != "500" else KeyError):
        _ = seen.json["id"]
    assert [(bill.charged, bill.answered) for bill in relay.bills] == [(True, False)]
    assert (await client.look(str(relay.bills[0].task_id))).json["state"] == "queued"


@pytest.mark.parametrize(("fault", "value", "bills"), [("cut_before", None, 0), ("cut_after", None, 1)])
async def test_a_cut_connection_costs_or_not(
    relay: RelayServer, client: Client, fault: str, value: Any, bills: int
) -> None:
    relay.fault(on="any", fault=fault, value=value)
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.submit()
    assert [bill.answered for bill in relay.bills] == [False] * bills


@pytest.mark.parametrize(("when", "bills"), [("before", 0), ("after", 1)])
async def test_a_relay_that_hangs_may_have_charged(relay: RelayServer, client: Client, when: str, bills: int) -> None:
    relay.fault(on="submit", fault="hang", value=when)
    with pytest.raises(TimeoutError):
        await client.submit(timeout=aiohttp.ClientTimeout(total=0.1))
    assert [bill.answered for bill in relay.bills] == [False] * bills


async def test_a_late_answer_was_accepted_at_once(relay: RelayServer, client: Client) -> None:
    relay.fault(on="submit", fault="slow", value=0.2, times=2)
    with pytest.raises(TimeoutError):
        await client.submit(timeout=aiohttp.ClientTimeout(total=0.05))
    assert [(bill.charged, bill.answered) for bill in relay.bills] == [(True, False)]
    # As slow and begun later: when this one is answered, the first has ended too.
    assert (await client.submit()).status == 200
    assert [bill.answered for bill in relay.bills] == [False, True]


async def test_other_dresses_of_a_good_submit(relay: RelayServer, client: Client) -> None:
    for fault in ("201", "wrapper", "task_id_only", "no_id", "nonsense_created_at", "numeric_id"):
        relay.fault(on="submit", fault=fault)
        seen = await client.submit()
        body = seen.json
        task_id = relay.bills[-1].task_id
        assert seen.status == (201 if fault == "201" else 200)
        match fault:
            case "201":
                assert body["id"] == task_id
            case "wrapper":
                assert (body["code"], body["message"], body["data"]["id"]) == ("success", "", task_id)
            case "task_id_only":
                assert body == {"task_id": task_id}
            case "no_id":
                assert set(body) == {"state", "created_at"}
            case "nonsense_created_at":
                assert body["created_at"] == "0001-01-01T00:00:00Z"
            case "numeric_id":
                assert isinstance(body["id"], int)
                assert (await client.look(body["id"])).json["id"] == body["id"]
        assert relay.bills[-1].answered is (fault != "no_id")


async def test_dresses_are_worn_together(relay: RelayServer, client: Client) -> None:
    for fault in ("201", "wrapper", "task_id_only"):
        relay.fault(on="submit", fault=fault)
    seen = await client.submit()
    assert seen.status == 201
    assert seen.json["data"] == {"task_id": relay.bills[0].task_id}


async def test_an_odd_id_works_everywhere_once_it_is_escaped(relay: RelayServer, client: Client) -> None:
    relay.fault(on="submit", fault="odd_id")
    task_id = (await client.submit()).json["id"]
    assert {"/", " ", "ü", "%", "?", "#"} <= set(task_id)
    relay.move(task_id, "completed")
    seen = (await client.look(task_id)).json
    assert seen["id"] == task_id
    assert (await client.call("GET", seen["video"]["download_url"])).status == 200
    assert (await client.extend(task_id)).status == 200
    assert relay.bills[1].parent == task_id
    assert relay.requests.gets == {task_id: 1}


@pytest.mark.parametrize("key", ["state", "status", "task_status"])
async def test_a_state_is_spelled_as_asked_and_only_then(relay: RelayServer, client: Client, key: str) -> None:
    task_id = (await client.submit()).json["id"]
    spelling = {"key": key, "text": "SUCCESS", "while": "completed"}
    relay.fault(on="get", fault="state_spelling", times=-1, value=spelling)
    assert (await client.look(task_id)).json["state"] == "queued"
    relay.move(task_id, State.COMPLETED)
    seen = (await client.look(task_id)).json
    assert seen[key] == "SUCCESS"
    assert ("state" in seen) is (key == "state")
    assert seen["video"]["url"]


async def test_completed_without_a_url_for_some_looks(relay: RelayServer, client: Client) -> None:
    relay.fault(on="get", fault="completed_no_url", times=2)
    task_id = (await client.submit()).json["id"]
    assert (await client.look(task_id)).json["state"] == "queued"
    relay.move(task_id, "completed")
    videos = [(await client.look(task_id)).json["video"] for _ in range(3)]
    assert videos[:2] == [None, None]
    assert videos[2]["download_url"]
    relay.fault(on="get", fault="download_url_empty")
    video = (await client.look(task_id)).json["video"]
    assert (bool(video["url"]), video["download_url"]) == (True, "")


@pytest.mark.parametrize("text", ["Frame moderation failed", "", None, "内容违规"])
@pytest.mark.parametrize("key", ["failure_reason", "fail_reason", "error.message", "message"])
@pytest.mark.parametrize("operation", ["submit", "get"])
async def test_a_failure_stands_under_its_key_and_is_refunded(
    relay: RelayServer, client: Client, operation: str, key: str, text: str | None
) -> None:
    relay.fault(on=operation, fault="fail", value={"key": key, "text": text})
    task_id = (await client.submit()).json["id"]
    if operation == "submit":
        assert (await client.look(task_id)).json["state"] == "queued"
        relay.move(task_id, "failed")
    seen = (await client.look(task_id)).json
    assert seen["state"] == "failed"
    assert (seen["error"]["message"] if key == "error.message" else seen[key]) == text
    assert [bill.refunded for bill in relay.bills] == [True]


# The file


async def film_url(client: Client, relay: RelayServer) -> str:
    url: str = (await client.look(await completed(client, relay))).json["video"]["url"]
    return url


async def test_files_that_are_not_the_film(relay: RelayServer, client: Client) -> None:
    url = await film_url(client, relay)
    relay.fault(on="video", fault="video_403")
    relay.fault(on="video", fault="video_wrong_type")
    relay.fault(on="video", fault="video_redirect", value="http://169.254.169.254/latest")
    relay.fault(on="video", fault="500")
    refused, page, moved, broken, film = [await client.call("GET", url) for _ in range(5)]
    assert refused.status == 403
    assert (page.status, page.content_type) == (200, HTML)
    assert (moved.status, moved.headers["Location"]) == (302, "http://169.254.169.254/latest")
    assert broken.status == 500
    assert (film.status, film.content_type) == (200, "video/mp4")


@pytest.mark.parametrize("fault", ["video_half", "cut_before", "video_huge_header"])
async def test_a_download_breaks_off(relay: RelayServer, client: Client, fault: str) -> None:
    url = await film_url(client, relay)
    # For ever: aiohttp itself repeats a GET once whose kept connection was cut before the answer.
    relay.fault(on="video", fault=fault, times=-1)
    with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await client.call("GET", url)


async def test_a_download_with_no_end(relay: RelayServer) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer sandbox-key"}) as session:
        url = await film_url(Client(session, relay), relay)
        relay.fault(on="video", fault="video_endless")
        async with session.get(url) as response:
            assert response.content_length is None
            assert len(await response.content.readexactly(1_000_000)) == 1_000_000


async def test_the_huge_header_stands_before_any_byte(relay: RelayServer) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer sandbox-key"}) as session:
        url = await film_url(Client(session, relay), relay)
        relay.fault(on="video", fault="video_huge_header")
        async with session.get(url) as response:
            assert response.content_length == 10**12


async def test_the_canned_film_is_a_real_one(relay: RelayServer) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer sandbox-key"}) as session:
        url = await film_url(Client(session, relay), relay)
        async with session.get(url) as response:
            assert probe(await response.read()).seconds == 1


# Asking


async def test_a_fault_strikes_only_what_it_names_and_as_often(relay: RelayServer, client: Client) -> None:
    fault = relay.fault(on="any", fault="500", times=2, prompt_contains="cat")
    statuses = [(await client.submit(prompt)).status for prompt in ("a dog", "a cat", "a cat", "a cat")]
    assert statuses == [200, 500, 500, 200]
    assert fault.struck == 2


async def test_a_fault_can_strike_each_prompt_once(relay: RelayServer, client: Client) -> None:
    fault = relay.fault(on="submit", fault="429", times=-1, each=1)
    statuses = [(await client.submit(prompt)).status for prompt in ("a dog", "a cat", "a dog", "a cat", "a dog")]
    assert statuses == [429, 429, 200, 200, 200]
    assert fault.struck == 2


async def test_a_fault_for_ever_ends_when_the_faults_are_cleared(relay: RelayServer, client: Client) -> None:
    relay.fault(on="submit", fault="429", times=-1)
    assert [(await client.submit()).status for _ in range(3)] == [429, 429, 429]
    relay.clear_faults()
    assert (await client.submit()).status == 200


async def test_the_same_seed_strikes_the_same_calls(relay: RelayServer, client: Client) -> None:
    runs = []
    for _ in range(2):
        relay.fault(on="submit", fault="500", times=-1, probability=0.5, seed=7)
        runs.append([(await client.submit()).status for _ in range(12)])
        relay.clear_faults()
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


async def test_a_broken_call_is_a_violation_whatever_the_faults(relay: RelayServer, client: Client) -> None:
    fault = relay.fault(on="submit", fault="500")
    assert (await client.submit("x")).status == 400
    assert fault.struck == 0


async def test_faults_are_asked_for_over_http(relay: RelayServer, client: Client) -> None:
    url = f"{relay.base_url}/_sandbox/faults"
    made = await client.call("POST", url, json={"on": "submit", "fault": "429", "times": -1})
    assert made.status == 201
    assert (await client.submit()).status == 429
    listed = (await client.call("GET", url)).json
    assert [(row["fault"], row["left"], row["struck"]) for row in listed["asked"]] == [("429", -1, 1)]
    assert set(listed["names"]) == {name.value for name in FaultName}
    assert (await client.call("DELETE", url)).status == 204
    assert (await client.submit()).status == 200


@pytest.mark.parametrize(
    "wanted",
    [
        {"on": "submit"},
        {"on": "submit", "fault": "unheard of"},
        {"on": "lunch", "fault": "500"},
        {"on": "submit", "fault": "500", "tmies": 3},
        {"on": "submit", "fault": "video_403"},
        {"on": "get", "fault": "odd_id"},
        {"on": "submit", "fault": "hang", "value": "sometimes"},
        {"on": "submit", "fault": "slow"},
        {"on": "get", "fault": "state_spelling", "value": "SUCCESS"},
        ["on"],
    ],
)
async def test_a_fault_that_cannot_be_is_refused(relay: RelayServer, client: Client, wanted: Any) -> None:
    """A typing error in a test must not become a test of nothing."""
    seen = await client.call("POST", f"{relay.base_url}/_sandbox/faults", json=wanted)
    assert (seen.status, set(seen.json)) == (400, {"error"})
