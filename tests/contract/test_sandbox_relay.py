"""The sandbox relay keeps the contract that the bot relies on, and its log says what was charged."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from PIL import Image

from sandbox.film import probe
from sandbox.relay_server import RelayServer
from sandbox.tasks import Pace, State

PROMPT = {"user_prompt": "A drone shot flying over a tropical island"}
QUICK = PROMPT | {"duration": "1", "resolution": "540p"}
HEADERS = {"Authorization": "Bearer sandbox-key"}
RED, BLUE = (200, 30, 30), (20, 40, 210)


class Clock:
    def __init__(self) -> None:
        self.now = 1_709_294_400.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def relay(clock: Clock) -> AsyncIterator[RelayServer]:
    async with RelayServer(pace=Pace(queued_s=2, dreaming_s=6), render=False, clock=clock) as server:
        yield server


@pytest.fixture
async def by_hand() -> AsyncIterator[RelayServer]:
    async with RelayServer(pace=None) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        yield session


async def submit(http: aiohttp.ClientSession, relay: RelayServer, body: Any = PROMPT) -> dict[str, Any]:
    async with http.post(f"{relay.base_url}/luma/generations", json=body) as response:
        answer: dict[str, Any] = await response.json()
        return answer | {"status": response.status}


async def look(http: aiohttp.ClientSession, relay: RelayServer, task_id: str) -> dict[str, Any]:
    async with http.get(f"{relay.base_url}/luma/generations/{task_id}") as response:
        answer: dict[str, Any] = await response.json()
        return answer | {"status": response.status}


async def extend(http: aiohttp.ClientSession, relay: RelayServer, task_id: str, body: Any) -> dict[str, Any]:
    async with http.post(f"{relay.base_url}/luma/generations/{task_id}/extend", json=body) as response:
        answer: dict[str, Any] = await response.json()
        return answer | {"status": response.status}


async def download(http: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, bytes]:
    async with http.get(url, headers=headers) as response:
        return response.status, await response.read()


# The calls


async def test_a_generation_goes_from_queued_over_dreaming_to_completed(
    relay: RelayServer, clock: Clock, http: aiohttp.ClientSession
) -> None:
    made = await submit(http, relay)
    assert made == {
        "id": made["id"],
        "state": "queued",
        "created_at": "2024-03-01T12:00:00Z",
        "status": 200,
    }
    states = []
    for seconds in (0, 1.9, 2, 7.9, 8):
        clock.now = 1_709_294_400.0 + seconds
        states.append((await look(http, relay, made["id"]))["state"])
    assert states == ["queued", "queued", "dreaming", "dreaming", "completed"]


async def test_a_completed_one_has_its_video(relay: RelayServer, clock: Clock, http: aiohttp.ClientSession) -> None:
    made = await submit(http, relay)
    assert (await look(http, relay, made["id"]))["video"] is None
    clock.now += 8
    video = (await look(http, relay, made["id"]))["video"]
    assert set(video) == {"url", "download_url"}
    status, film = await download(http, video["download_url"])
    assert (status, probe(film).seconds) == (200, 1)


async def test_without_a_pace_only_a_hand_moves_a_generation(by_hand: RelayServer, http: aiohttp.ClientSession) -> None:
    one, two = await submit(http, by_hand), await submit(http, by_hand)
    assert (await look(http, by_hand, one["id"]))["state"] == "queued"
    by_hand.move(one["id"], "failed", failure_reason="Frame moderation failed")
    by_hand.move_all("dreaming")
    failed = await look(http, by_hand, one["id"])
    assert (failed["state"], failed["failure_reason"]) == ("failed", "Frame moderation failed")
    assert (await look(http, by_hand, two["id"]))["state"] == "dreaming"


async def test_generations_are_moved_over_http(by_hand: RelayServer, http: aiohttp.ClientSession) -> None:
    made = await submit(http, by_hand)
    url = f"{by_hand.base_url}/_sandbox/tasks"
    async with http.post(f"{url}/{made['id']}", json={"state": "dreaming"}) as response:
        assert response.status == 204
    async with http.get(url) as response:
        assert [row["state"] for row in await response.json()] == ["dreaming"]
    async with http.post(url, json={"state": "completed"}) as response:
        assert response.status == 204
    assert by_hand.state(made["id"]) is State.COMPLETED
    async with http.post(f"{url}/{made['id']}", json={"state": "asleep"}) as response:
        assert response.status == 400
    async with http.post(f"{url}/nobody", json={"state": "failed"}) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("A Forbidden, dark forest", "Contains blacklisted words"),
        ("What nobody knows", None),
        ("Unforbiddenly nice", "not failed"),
    ],
)
async def test_some_prompts_fail_and_are_refunded(
    relay: RelayServer, clock: Clock, http: aiohttp.ClientSession, prompt: str, reason: str | None
) -> None:
    made = await submit(http, relay, {"user_prompt": prompt})
    assert (await look(http, relay, made["id"]))["state"] == "queued"
    clock.now += 8
    refunds = [bill.refunded for bill in relay.bills]
    seen = await look(http, relay, made["id"])
    if reason == "not failed":
        assert (seen["state"], refunds) == ("completed", [False])
    else:
        assert (seen["state"], seen["failure_reason"], refunds) == ("failed", reason, [True])


async def test_an_unknown_id_is_a_400_of_the_family(relay: RelayServer, http: aiohttp.ClientSession) -> None:
    expected = {"code": "task_not_exist", "message": "task_not_exist", "data": None, "status": 400}
    assert await look(http, relay, "nobody") == expected
    assert await extend(http, relay, "nobody", PROMPT) == expected
    assert relay.bills == ()


@pytest.mark.parametrize("authorization", [None, "Bearer other", "sandbox-key", "Bearer schlüssel"])
async def test_without_its_key_nothing_is_served_or_charged(relay: RelayServer, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    async with aiohttp.ClientSession(headers=headers) as stranger:
        for answer in (await submit(stranger, relay), await look(stranger, relay, "x")):
            assert answer["status"] == 401
            assert "未提供令牌" in answer["error"]["message"]
    assert relay.bills == ()
    assert relay.requests.unauthorised == 2


async def test_a_model_that_is_not_sold_is_refused(http: aiohttp.ClientSession) -> None:
    async with RelayServer(pace=None, render=False, models={"ray-v1"}) as relay:
        refused = await submit(http, relay, PROMPT | {"model_name": "ray-v2"})
        assert (refused["status"], refused["error"]["code"]) == (503, "model_not_found")
        assert (await submit(http, relay, PROMPT | {"model_name": "ray-v1"}))["status"] == 200
        assert len(relay.bills) == 1


# What breaks the contract

FULL = {
    "user_prompt": "abc",
    "model_name": "ray-v1",
    "duration": "9",
    "resolution": "1080p",
    "expand_prompt": False,
    "image_url": "http://127.0.0.1:1/a.png",
    "image_end_url": "http://127.0.0.1:1/b.png",
}


async def test_every_field_of_the_contract_is_taken(relay: RelayServer, http: aiohttp.ClientSession) -> None:
    assert (await submit(http, relay, FULL))["status"] == 200
    assert [(bill.kind, bill.body, bill.charged, bill.answered) for bill in relay.bills] == [
        ("submit", FULL, True, True)
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_prompt", "ab"),
        ("user_prompt", "a" * 5001),
        ("user_prompt", 7),
        ("model_name", "ray-2"),
        ("model_name", None),
        ("model_name", ["ray-v2"]),
        ("duration", 5),
        ("duration", "5s"),
        ("duration", "\uff15"),  # a digit to Python, but of another alphabet
        ("duration", "0"),
        ("duration", "99999"),
        ("resolution", "4k"),
        ("resolution", 720),
        ("expand_prompt", "true"),
        ("expand_prompt", 1),
        ("image_url", "data:image/png;base64,AAAA"),
        ("image_url", "http://"),
        ("image_url", "http://[1"),
        ("image_end_url", None),
        ("prompt", "the official name"),
    ],
)
async def test_a_violation_names_its_field_and_is_recorded(
    relay: RelayServer, http: aiohttp.ClientSession, field: str, value: Any
) -> None:
    body = PROMPT | {field: value}
    refused = await submit(http, relay, body)
    assert (refused["status"], refused["error"]["param"]) == (400, field)
    assert field in refused["error"]["message"]
    [bill] = relay.bills
    assert (bill.kind, bill.charged, bill.body) == ("violation", False, body)
    assert bill.problem is not None
    assert bill.problem.startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("content_type", "data", "field"),
    [
        ("text/plain", '{"user_prompt": "abc"}', "Content-Type"),
        ("application/json", '{"user_prompt": ', "body"),
        ("application/json", "[1]", "body"),
        ("application/json", "{}", "user_prompt"),
    ],
)
async def test_what_is_not_a_json_object_is_a_violation(
    relay: RelayServer, http: aiohttp.ClientSession, content_type: str, data: str, field: str
) -> None:
    url = f"{relay.base_url}/luma/generations"
    async with http.post(url, data=data, headers={"Content-Type": content_type}) as response:
        assert (response.status, (await response.json())["error"]["param"]) == (400, field)
    assert [bill.kind for bill in relay.bills] == ["violation"]


async def test_an_unknown_path_is_a_violation(relay: RelayServer, http: aiohttp.ClientSession) -> None:
    """An id with a slash that was not escaped ends up here too."""
    assert (await look(http, relay, "a/b"))["status"] == 404
    assert [bill.kind for bill in relay.bills] == ["violation"]
    assert relay.requests.unknown == 1


async def test_only_a_completed_one_is_extended_and_only_by_a_prompt(
    by_hand: RelayServer, http: aiohttp.ClientSession
) -> None:
    made = await submit(http, by_hand)
    early = await extend(http, by_hand, made["id"], PROMPT)
    assert (early["status"], early["error"]["param"]) == (400, "state")
    by_hand.move(made["id"], "completed")
    wordy = await extend(http, by_hand, made["id"], PROMPT | {"duration": "5"})
    assert (wordy["status"], wordy["error"]["param"]) == (400, "duration")
    made_longer = await extend(http, by_hand, made["id"], PROMPT)
    assert set(made_longer) == {"id", "state", "created_at", "status"}
    assert [(bill.kind, bill.parent, bill.charged) for bill in by_hand.bills] == [
        ("submit", None, True),
        ("violation", None, False),
        ("violation", None, False),
        ("extend", made["id"], True),
    ]


# The log


async def test_bills_and_counts_are_served_over_http(
    relay: RelayServer, http: aiohttp.ClientSession, clock: Clock
) -> None:
    made = await submit(http, relay, {"user_prompt": "forbidden"})
    await look(http, relay, made["id"])
    clock.now += 8
    async with http.get(f"{relay.base_url}/_sandbox/bills") as response:
        [bill] = await response.json()
    assert bill == {
        "seq": 1,
        "task_id": made["id"],
        "kind": "submit",
        "parent": None,
        "body": {"user_prompt": "forbidden"},
        "charged": True,
        "refunded": True,
        "answered": True,
        "at": 1_709_294_400.0,
        "problem": None,
    }
    async with http.get(f"{relay.base_url}/_sandbox/requests") as response:
        counts = await response.json()
    assert (counts["posts"], counts["submit"], counts["extend"], counts["get"]) == (1, 1, 0, 1)
    assert counts["gets"] == {made["id"]: 1}


async def test_two_servers_share_nothing(relay: RelayServer, http: aiohttp.ClientSession) -> None:
    async with RelayServer(pace=None, render=False) as other:
        other.fault(on="submit", fault="500", times=-1)
        made = await submit(http, relay)
        assert made["status"] == 200
        assert other.bills == ()
        assert (await look(http, other, made["id"]))["status"] == 400


# The films


async def completed_film(http: aiohttp.ClientSession, relay: RelayServer, task_id: str) -> tuple[dict[str, Any], bytes]:
    relay.move(task_id, "completed")
    seen = await look(http, relay, task_id)
    status, film = await download(http, seen["video"]["url"])
    assert status == 200
    return seen, film


async def test_a_film_is_drawn_as_ordered_and_served_in_ranges(
    by_hand: RelayServer, http: aiohttp.ClientSession
) -> None:
    made = await submit(http, by_hand, QUICK)
    assert (await download(http, f"{by_hand.base_url}/videos/{made['id']}.mp4"))[0] == 404
    seen, film = await completed_film(http, by_hand, made["id"])
    facts = probe(film)
    assert (facts.seconds, facts.width, facts.height) == (1, 960, 540)
    assert await download(http, seen["video"]["url"], Range="bytes=4-7") == (206, b"ftyp")


async def test_a_film_is_drawn_once_and_the_relay_answers_meanwhile(
    by_hand: RelayServer, http: aiohttp.ClientSession
) -> None:
    made = await submit(http, by_hand, PROMPT | {"duration": "3"})
    by_hand.move(made["id"], "completed")
    url = f"{by_hand.base_url}/videos/{made['id']}.mp4"
    order: list[str] = []

    async def watch() -> str:
        """Return the tag of the file: its size and the moment it was written."""
        async with http.get(url) as response:
            await response.read()
            order.append("film")
            return response.headers["ETag"]

    async def ask() -> None:
        for _ in range(5):
            await look(http, by_hand, made["id"])
        order.append("answers")

    first, second, _ = await asyncio.gather(watch(), watch(), ask())
    assert first == second
    assert order == ["answers", "film", "film"]


@pytest.mark.parametrize(("extension", "seconds"), [("part", 5.0), ("whole", 6.0)])
async def test_an_extension_is_five_seconds_more_alone_or_with_all_before(
    http: aiohttp.ClientSession, extension: Any, seconds: float
) -> None:
    async with RelayServer(pace=None, extension=extension) as relay:
        made = await submit(http, relay, QUICK)
        _, film = await completed_film(http, relay, made["id"])
        longer = await extend(http, relay, made["id"], PROMPT)
        _, longer_film = await completed_film(http, relay, longer["id"])
        assert [task.part for task in relay.tasks] == [1, 2]
    before, after = probe(film), probe(longer_film)
    assert (after.seconds, after.height) == (seconds, 540)
    start = before.last_rgb if extension == "part" else before.first_rgb
    assert all(abs(a - b) <= 3 for a, b in zip(after.first_rgb, start, strict=True))


async def test_a_signed_url_expires_and_a_fresh_look_gives_a_fresh_one(
    clock: Clock, http: aiohttp.ClientSession
) -> None:
    async with RelayServer(pace=Pace(0, 0), render=False, clock=clock, url_lifetime_s=3600) as relay:
        made = await submit(http, relay)
        stale = (await look(http, relay, made["id"]))["video"]["download_url"]
        assert (await download(http, stale))[0] == 200
        assert (await download(http, stale.replace("expires=1", "expires=2")))[0] == 403
        assert (await download(http, stale.partition("?")[0]))[0] == 403
        clock.now += 3601
        assert (await download(http, stale))[0] == 403
        fresh = (await look(http, relay, made["id"]))["video"]["download_url"]
        assert (await download(http, fresh))[0] == 200


# The images


@pytest.fixture
async def gallery() -> AsyncIterator[str]:
    """A server with two pictures, a text, and something far too large; yields its address."""

    def picture(colour: tuple[int, int, int], form: str) -> bytes:
        data = BytesIO()
        Image.new("RGB", (64, 64), colour).save(data, form)
        return data.getvalue()

    shown = {
        "red.png": picture(RED, "PNG"),
        "blue.webp": picture(BLUE, "WEBP"),
        "red.bmp": picture(RED, "BMP"),
        "text.png": b"not a picture",
        "huge.png": picture(RED, "PNG") + bytes(20 * 1024 * 1024),
    }

    async def show(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return web.Response(body=shown[name]) if name in shown else web.Response(status=404)

    app = web.Application()
    app.add_routes([web.get("/{name}", show)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_the_images_are_fetched_and_are_the_first_and_last_frames(
    gallery: str, http: aiohttp.ClientSession
) -> None:
    """The URLs are those of another place, as a simulated Discord's are; the relay is told where that is."""
    async with RelayServer(pace=None, rewrite={"https://cdn.example/a": gallery}) as relay:
        images = {
            "image_url": "https://cdn.example/a/red.png?ex=1",
            "image_end_url": "https://cdn.example/a/blue.webp",
        }
        made = await submit(http, relay, QUICK | images)
        _, film = await completed_film(http, relay, made["id"])
    facts = probe(film)
    assert all(abs(a - b) <= 3 for a, b in zip(facts.first_rgb, RED, strict=True))
    assert all(abs(a - b) <= 3 for a, b in zip(facts.last_rgb, BLUE, strict=True))


@pytest.mark.parametrize("name", ["missing.png", "text.png", "red.bmp", "huge.png"])
async def test_an_image_that_cannot_be_read_fails_the_generation_and_is_refunded(
    relay: RelayServer, clock: Clock, gallery: str, http: aiohttp.ClientSession, name: str
) -> None:
    images = {"image_url": f"{gallery}/red.png", "image_end_url": f"{gallery}/{name}"}
    made = await submit(http, relay, PROMPT | images)
    assert made["status"] == 200
    clock.now += 8
    seen = await look(http, relay, made["id"])
    assert (seen["state"], seen["failure_reason"]) == ("failed", "Failed to read user input frames")
    assert [bill.refunded for bill in relay.bills] == [True]
