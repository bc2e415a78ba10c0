"""The local Discord goes wrong as a test wants it: before it has done what was asked, after it, or halfway."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bot.clock import SystemClock
from tests.wire.local_discord import CHANNEL, FOR_EVER, Fault, LocalDiscord
from tests.wire.local_discord.control import Control

FILM = bytes(500_000)


@dataclass
class Wire:
    """A local Discord with one message, and someone who edits it."""

    local: LocalDiscord
    http: aiohttp.ClientSession
    number: int

    @property
    def address(self) -> str:
        return f"{self.local.api_url}/channels/{CHANNEL}/messages/{self.number}"

    async def edit(self, words: str = "new") -> int:
        """The status that came back."""
        async with self.http.patch(self.address, json={"content": words}) as response:
            return response.status

    async def upload(self) -> int:
        form = aiohttp.FormData(quote_fields=False)
        payload = {"attachments": [{"id": "0", "filename": "film.mp4"}]}
        form.add_field("payload_json", json.dumps(payload), content_type="application/json")
        form.add_field("files[0]", io.BytesIO(FILM), filename="film.mp4", content_type="video/mp4")
        async with self.http.patch(self.address, data=form) as response:
            return response.status

    def content(self) -> str:
        found: str = self.local.messages[self.number]["content"]
        return found

    def attached(self) -> int:
        return len(self.local.messages[self.number]["attachments"])


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    local = LocalDiscord(SystemClock().now)
    async with local.serving(), aiohttp.ClientSession() as http:
        yield Wire(local, http, local.post(content="old"))


@pytest.mark.parametrize("after", [False, True])
async def test_a_server_error_comes_before_the_edit_is_done_or_after_it(wire: Wire, after: bool) -> None:
    wire.local.fail(Fault(502, after=after))

    assert await wire.edit() == 502
    assert wire.content() == ("new" if after else "old")
    assert [(seen.status, seen.done) for seen in wire.local.seen] == [(502, after)]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("way", ["hang_up", "reset"])
async def test_a_connection_ends_before_the_edit_is_done_or_after_it(wire: Wire, way: str, after: bool) -> None:
    wire.local.fail(Fault(after=after, hang_up=way == "hang_up", reset=way == "reset"))

    with pytest.raises(aiohttp.ClientOSError if way == "reset" else aiohttp.ServerDisconnectedError):
        await wire.edit()
    assert wire.content() == ("new" if after else "old")
    assert wire.local.tally.counts["lost"] == 1


@pytest.mark.parametrize("after", [False, True])
async def test_an_answer_is_held_back_and_right_all_the_same(wire: Wire, after: bool) -> None:
    wire.local.fail(Fault(delay_s=0.2, after=after))
    began = asyncio.get_running_loop().time()
    editing = asyncio.create_task(wire.edit())
    await wire.local.until(lambda: wire.content() == "new" if after else wire.local.seen)

    assert not editing.done()
    assert wire.content() == ("new" if after else "old")
    assert await editing == 200
    assert asyncio.get_running_loop().time() - began >= 0.2
    assert wire.content() == "new"


def test_a_share_of_the_requests_fails_and_the_same_ones_by_the_same_seed() -> None:
    def struck(seed: int) -> list[bool]:
        fault = Fault(500, method="PATCH", share=0.2, seed=seed, times=FOR_EVER)
        return [fault.takes("PATCH", "/channels/1/messages/2") for _ in range(5000)]

    assert 900 < sum(struck(1)) < 1100
    assert struck(1) == struck(1) != struck(2)


# Uploads


async def test_an_upload_is_held_up_in_its_middle_and_done_once_it_is_released(wire: Wire) -> None:
    wire.local.fail(Fault(hold=True))
    uploading = asyncio.create_task(wire.upload())
    await wire.local.until(lambda: wire.local.uploading)
    (held,) = wire.local.uploading

    assert 0 < held.read < len(FILM)
    assert wire.attached() == 0
    held.release()
    assert await uploading == 200
    assert wire.local.delivered() == {"film.mp4": [wire.number]}
    assert wire.local.uploading == []


async def test_an_upload_that_is_held_up_can_be_cut_off_and_is_not_done(wire: Wire) -> None:
    wire.local.fail(Fault(hold=True))
    uploading = asyncio.create_task(wire.upload())
    await wire.local.until(lambda: wire.local.uploading)
    wire.local.uploading[0].abort()

    with pytest.raises(aiohttp.ClientError):
        await uploading
    assert wire.attached() == 0
    assert await wire.upload() == 200
    assert [seen.done for seen in wire.local.seen] == [False, True]


async def test_an_upload_whose_sender_dies_is_not_done(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    origin = wire.local.rest.origin.removeprefix("http://")
    host, _, port = origin.partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"PATCH /api/v10/channels/{CHANNEL}/messages/{wire.number} HTTP/1.1\r\nHost: {origin}\r\n"
    kind = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n"
    part = '--x\r\nContent-Disposition: form-data; name="files[0]"; filename="film.mp4"\r\n\r\n'
    writer.write(f"{head}{kind}{part}".encode() + b"0" * 50_000)
    await writer.drain()
    writer.transport.abort()

    await wire.local.counts("lost", 1)
    assert wire.attached() == 0
    assert caplog.text == ""


async def test_a_file_over_the_limit_is_refused(wire: Wire) -> None:
    wire.local.book.upload_limit = len(FILM) - 1

    assert await wire.upload() == 413
    assert wire.attached() == 0


async def test_a_lean_one_keeps_sizes_and_hashes_alone() -> None:
    local = LocalDiscord(SystemClock().now, lean=True)
    async with local.serving(), aiohttp.ClientSession() as http:
        wire = Wire(local, http, local.post())
        assert await wire.upload() == 200

    (seen,) = local.seen
    assert (seen.json, seen.files, local.book.uploads) == (None, {}, {})
    assert [(name, each.size) for name, each in seen.uploads.items()] == [("film.mp4", len(FILM))]
    assert local.messages[wire.number]["attachments"][0]["size"] == len(FILM)


# Over HTTP, for a test in another process


async def test_faults_limits_and_uploads_are_steered_over_http(wire: Wire) -> None:
    local = LocalDiscord(SystemClock().now)
    async with local.serving(more=Control(local).routes()):
        far = Wire(local, wire.http, local.post(content="old"))
        control = f"{local.rest.origin}/_control"

        async def told(path: str) -> Any:
            async with wire.http.get(f"{control}/{path}") as response:
                return await response.json()

        await wire.http.post(f"{control}/faults", json={"status": 503, "after": True, "share": 1, "method": "PATCH"})
        assert await far.edit() == 503
        async with wire.http.post(f"{control}/faults", json={"statsu": 503}) as response:
            assert (response.status, await response.json()) == (400, {"error": "a fault has no statsu"})
        assert [fault["struck"] for fault in await told("faults")] == [1]

        await wire.http.post(f"{control}/faults", json={"hold": True})
        uploading = asyncio.create_task(far.upload())
        assert [held["method"] for held in await told("uploading?wait=5")] == ["PATCH"]
        await wire.http.post(f"{control}/uploading", json={"go": "on"})
        assert await uploading == 200
        assert (await told("tally?name=delivered&reaches=1&wait=5"))["delivered"] == 1
        assert await told("delivered") == {"film.mp4": [str(far.number)]}

        await wire.http.put(f"{control}/limits", json={"routes": {"PATCH /channels/*/messages/*": [1, 60]}})
        assert [await far.edit(), await far.edit()] == [200, 429]
        assert [offence["scope"] for offence in await told("offences")] == ["user"]
        await wire.http.delete(f"{control}/limits")
        assert await far.edit("newest") == 200
        assert (await told(f"messages/{far.number}?says=newest&wait=5"))["content"] == "newest"
        assert await told("misshapen") == []
