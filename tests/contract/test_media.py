"""Finished videos brought to disk from a real server: whole or not at all, once, and from nowhere they should not."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.domain.generation import GenerationRequest, Kind
from bot.domain.reports import Accepted, Succeeded
from bot.ports import FetchProblem, Media
from bot.relay.client import RelayClient
from bot.relay.media import MediaStore
from bot.relay.part import PartFile
from sandbox.relay_server import RelayServer
from tests.clock import ManualClock

KEY = "sandbox-key"
ID = "k7m2q9xw"
CLOCK = ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
FILM = b"\x00\x00\x00\x20ftypisom" + b"\x00" * 3_000_000
F = FetchProblem


@pytest.fixture
async def server() -> AsyncIterator[RelayServer]:
    async with RelayServer(pace=None, render=False, api_key=KEY) as server:
        yield server


@pytest.fixture
async def media(server: RelayServer, tmp_path: Path) -> AsyncIterator[MediaStore]:
    async with MediaStore(tmp_path, relay_origin=f"{server.base_url}/a/path", most_bytes=1_000_000) as media:
        yield media


async def finished(server: RelayServer) -> str:
    """The link of a video that is ready."""
    async with RelayClient(server.base_url, KEY, clock=CLOCK) as client:
        sent = await client.submit(
            GenerationRequest(Kind.TEXT, "a lighthouse", "ray-v2", 5, "720p", expand_prompt=True)
        )
        assert isinstance(sent, Accepted)
        server.move(sent.relay_id, "completed")
        done = await client.report(sent.relay_id)
    assert isinstance(done, Succeeded)
    return done.video_url


def on_disk(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Names(AbstractResolver):
    """A name server of our own; it counts how often it is asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.addresses
        ]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def site(answer: Any) -> AsyncIterator[str]:
    """A server that gives one answer to all requests; its origin."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "http://{}:{}".format(*runner.addresses[0])
    finally:
        await runner.cleanup()


def test_the_store_is_a_media(tmp_path: Path) -> None:
    media: Media = MediaStore(tmp_path, relay_origin="https://relay.example")
    assert media


async def test_a_video_is_brought_whole(server: RelayServer, media: MediaStore, tmp_path: Path) -> None:
    path = await media.fetch(ID, await finished(server))
    assert path == tmp_path / f"{ID}.mp4"
    assert path.read_bytes()[4:8] == b"ftyp"
    assert on_disk(tmp_path) == [f"{ID}.mp4"]


async def test_a_video_larger_than_a_batch_keeps_every_byte(tmp_path: Path) -> None:
    async def film(_: web.Request) -> web.Response:
        return web.Response(body=FILM, content_type="application/octet-stream")

    async with site(film) as origin, MediaStore(tmp_path, relay_origin=origin) as media:
        path = await media.fetch(ID, f"{origin}/film")
        assert isinstance(path, Path)
        assert path.read_bytes() == FILM


async def test_a_video_is_downloaded_once_however_many_ask(server: RelayServer, media: MediaStore) -> None:
    url = await finished(server)
    paths = await asyncio.gather(*(media.fetch(ID, url) for _ in range(5)))
    assert len(set(paths)) == 1
    assert await media.fetch(ID, "https://relay.invalid/gone") == paths[0]
    assert server.requests.video == 1


async def test_who_stops_waiting_does_not_stop_the_others(server: RelayServer, media: MediaStore) -> None:
    url = await finished(server)
    first, second = (asyncio.create_task(media.fetch(ID, url)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert isinstance(await second, Path)
    assert first.cancelled()


async def test_a_discarded_video_is_gone_and_can_be_brought_again(
    server: RelayServer, media: MediaStore, tmp_path: Path
) -> None:
    url = await finished(server)
    await media.fetch(ID, url)
    await media.discard(ID)
    await media.discard(ID)
    assert on_disk(tmp_path) == []
    assert isinstance(await media.fetch(ID, url), Path)
    assert server.requests.video == 2


async def test_discarding_ends_a_download_on_its_way(tmp_path: Path) -> None:
    arrived = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(FILM[:2_000_000])
        arrived.set()
        await asyncio.Event().wait()
        return response

    async with site(slow) as origin, MediaStore(tmp_path, relay_origin=origin) as media:
        fetching = asyncio.create_task(media.fetch(ID, f"{origin}/film"))
        await arrived.wait()
        async with asyncio.timeout(5):
            await media.discard(ID)
        assert await fetching is F.UNREACHABLE
        assert on_disk(tmp_path) == []


@pytest.mark.parametrize("generation_id", ["", "..", "../x", "a/b", "A", "a.b", "é", "a\n"])
async def test_an_id_never_leads_out_of_the_folder(media: MediaStore, generation_id: str) -> None:
    with pytest.raises(ValueError, match="id"):
        await media.fetch(generation_id, "https://cdn.example/x.mp4")
    with pytest.raises(ValueError, match="id"):
        await media.discard(generation_id)


@pytest.mark.parametrize(
    "case",
    [
        ("video_403", None, F.LINK_DEAD),
        ("429", None, F.UNREACHABLE),
        ("detail", 404, F.LINK_DEAD),
        ("detail", 410, F.LINK_DEAD),
        ("500", None, F.UNREACHABLE),
        ("502_html", None, F.UNREACHABLE),
        ("video_half", None, F.UNREACHABLE),
        ("cut_before", None, F.UNREACHABLE),
        ("video_wrong_type", None, F.FORBIDDEN),
        ("200_error", None, F.FORBIDDEN),
        ("video_huge_header", None, F.TOO_LARGE),
        ("video_huge_header", 1_000_001, F.TOO_LARGE),
        ("video_redirect", "http://127.0.0.1:1/x.mp4", F.FORBIDDEN),
        ("video_redirect", "https://127.0.0.1:1/x.mp4", F.FORBIDDEN),
        ("video_redirect", "https://[::ffff:127.0.0.1]/x.mp4", F.FORBIDDEN),
        ("video_redirect", "https://169.254.169.254/latest", F.FORBIDDEN),
        ("video_redirect", "file:///etc/passwd", F.FORBIDDEN),
        ("video_redirect", "https://[bad", F.FORBIDDEN),
    ],
)
async def test_what_is_no_whole_video_leaves_no_file(
    server: RelayServer, media: MediaStore, tmp_path: Path, case: tuple[str, Any, FetchProblem]
) -> None:
    fault, value, problem = case
    url = await finished(server)
    struck = server.fault("video", fault, value=value, times=-1)
    assert await media.fetch(ID, url) is problem
    assert struck.struck
    assert on_disk(tmp_path) == []
    server.clear_faults()
    assert isinstance(await media.fetch(ID, url), Path)


async def test_a_file_that_is_not_an_mp4_is_not_taken(tmp_path: Path) -> None:
    for body, problem in ((b"GIF89a" + b"x" * 50, F.FORBIDDEN), (b"\0\0\0", F.FORBIDDEN), (b"", F.UNREACHABLE)):

        async def other(_: web.Request, body: bytes = body) -> web.Response:
            return web.Response(body=body, content_type="video/mp4")

        async with site(other) as origin, MediaStore(tmp_path, relay_origin=origin) as media:
            assert await media.fetch(ID, f"{origin}/x.mp4") is problem
        assert on_disk(tmp_path) == []


async def test_a_film_without_end_is_left_at_the_limit(tmp_path: Path) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(FILM)
        while True:
            await response.write(b"\0" * 65536)

    async with site(endless) as origin, MediaStore(tmp_path, relay_origin=origin, most_bytes=4_000_000) as media:
        assert await media.fetch(ID, f"{origin}/x.mp4") is F.TOO_LARGE
    assert on_disk(tmp_path) == []


async def test_a_film_that_takes_too_long_is_left(server: RelayServer, tmp_path: Path) -> None:
    url = await finished(server)
    server.fault("video", "hang")
    async with MediaStore(tmp_path, relay_origin=server.base_url, total_s=0.2) as media, asyncio.timeout(5):
        assert await media.fetch(ID, url) is F.UNREACHABLE


async def test_the_relays_own_files_may_move_a_few_times(server: RelayServer, media: MediaStore) -> None:
    url = await finished(server)
    server.fault("video", "video_redirect", value=url, times=5)
    assert isinstance(await media.fetch(ID, url), Path)
    await media.discard(ID)
    server.fault("video", "video_redirect", value=url, times=6)
    assert await media.fetch(ID, url) is F.UNREACHABLE


@pytest.mark.parametrize(
    "link",
    [
        "http://cdn.example/x.mp4",
        "ftp://cdn.example/x.mp4",
        "cdn.example/x.mp4",
        "/x.mp4",
        "",
        "https://",
        "https:///x.mp4",
        "https://me:secret@cdn.example/x.mp4",
        "https://cdn.example:99999/x.mp4",
        "https://127.0.0.1/x.mp4",
        "https://[::1]/x.mp4",
        "https://10.0.0.1/x.mp4",
        "https://0/x.mp4",
        "https://127.1/x.mp4",
        "https://2130706433/x.mp4",
        "https://[64:ff9b::7f00:1]/x.mp4",
        "https://localhost/x.mp4",
    ],
)
async def test_a_link_to_anywhere_but_the_public_web_is_not_followed(media: MediaStore, link: str) -> None:
    assert await media.fetch(ID, link) is F.FORBIDDEN


@pytest.mark.parametrize("other", ["http://127.0.0.1:1", "http://localhost:{port}", "https://127.0.0.1:{port}"])
async def test_the_relays_exception_is_for_its_exact_origin(server: RelayServer, media: MediaStore, other: str) -> None:
    port = server.base_url.rpartition(":")[2]
    assert await media.fetch(ID, f"{other.format(port=port)}/videos/x.mp4") is F.FORBIDDEN
    assert server.requests.video == 0


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("10.0.0.1", "127.0.0.1"), ("::1",), ("nonsense",)])
async def test_a_public_name_that_leads_inside_is_not_followed(tmp_path: Path, addresses: tuple[str, ...]) -> None:
    names = Names(*addresses)
    async with MediaStore(tmp_path, relay_origin="https://relay.example", resolver=names) as media:
        assert await media.fetch(ID, "https://cdn.example/x.mp4") is F.FORBIDDEN
    assert names.asked


async def test_the_address_that_is_checked_is_the_one_that_is_connected_to(tmp_path: Path) -> None:
    """Where the check says yes, a connection does come; where it says no, none does, and nothing else is at fault."""
    came: list[bytes] = []
    asked: list[str] = []

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.read(1))
        writer.transport.abort()

    listener = await asyncio.start_server(connection, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    for verdict, problem in ((True, F.UNREACHABLE), (False, F.FORBIDDEN)):

        def allowed(address: str, verdict: bool = verdict) -> bool:
            asked.append(address)
            return verdict

        names = Names("127.0.0.1")
        async with MediaStore(tmp_path, relay_origin="https://relay.example", resolver=names, allowed=allowed) as media:
            assert await media.fetch(ID, f"https://cdn.example:{port}/x.mp4") is problem
    listener.close()
    assert set(asked) == {"127.0.0.1"}
    assert came == [b"\x16"]  # the first byte of a TLS handshake, from the one that was allowed


async def test_a_download_carries_neither_key_nor_cookies(tmp_path: Path) -> None:
    seen: list[dict[str, str]] = []

    async def nosy(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        if len(seen) == 1:
            return web.Response(status=302, headers={"Location": "/again?sig=a%2Fb+c", "Set-Cookie": "a=b; Path=/"})
        assert request.raw_path == "/again?sig=a%2Fb+c"
        return web.Response(body=FILM)

    async with site(nosy) as origin, MediaStore(tmp_path, relay_origin=origin) as media:
        assert isinstance(await media.fetch(ID, f"{origin}/x.mp4"), Path)
    assert len(seen) == 2
    assert not any({"Authorization", "Cookie"} & headers.keys() for headers in seen)


async def test_a_full_disk_is_told_to_the_operator_and_leaves_no_file(
    server: RelayServer,
    media: MediaStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    caplog.set_level(logging.DEBUG, "bot")
    url = await finished(server)
    with monkeypatch.context() as patch:
        patch.setattr(PartFile, "keep", full)
        assert await media.fetch(ID, url) is F.UNREACHABLE
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "No space left" in record.message
    assert getattr(record, "generation", None) == ID
    assert on_disk(tmp_path) == []
    assert isinstance(await media.fetch(ID, url), Path)


async def test_no_link_is_ever_logged(server: RelayServer, media: MediaStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    for link in (f"{server.base_url}/videos/x.mp4?sig=1", "https://10.0.0.1/x?sig=1", "https://cdn.invalid/x?sig=1"):
        await media.fetch(ID, link)
    assert len(caplog.records) == 3
    assert "sig=1" not in caplog.text


async def test_what_a_crash_left_half_done_is_cleared_at_the_start(tmp_path: Path) -> None:
    (tmp_path / f"{ID}.mp4.part").write_bytes(b"half")
    (tmp_path / f"{ID}.mp4").write_bytes(b"whole")
    async with MediaStore(tmp_path, relay_origin="https://relay.example"):
        assert on_disk(tmp_path) == [f"{ID}.mp4"]


async def test_closing_ends_the_downloads_that_run(server: RelayServer, tmp_path: Path) -> None:
    url = await finished(server)
    fault = server.fault("video", "slow", value=60)
    async with MediaStore(tmp_path, relay_origin=server.base_url) as media:
        fetching = asyncio.create_task(media.fetch(ID, url))
        await asyncio.sleep(0)
    assert await fetching is F.UNREACHABLE
    assert await media.fetch(ID, url) is F.UNREACHABLE
    assert on_disk(tmp_path) == []
    assert fault.struck <= 1


def test_a_write_that_comes_after_the_end_leaves_nothing(tmp_path: Path) -> None:
    """A thread may still write when its download has been given up."""
    part = PartFile(tmp_path / "x.mp4")
    part.write(b"half")
    part.drop()
    part.write(b"late")
    part.keep()
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize("origin", ["", "relay.example", "ftp://relay.example", "https://"])
async def test_an_origin_that_is_none_is_told_at_the_start(tmp_path: Path, origin: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        async with MediaStore(tmp_path, relay_origin=origin):
            pass
