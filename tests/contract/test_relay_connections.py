"""The relay client against connections that fail in ways no HTTP server fails: what was sent, and what was not."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime

import pytest

from bot.domain.generation import GenerationRequest, GenerationState, Kind
from bot.domain.reports import Accepted, NotSent, Running, Unanswered, Unavailable
from bot.relay.client import MOST_BODY, RelayClient, Timeouts
from tests.clock import ManualClock

TEXT = GenerationRequest(Kind.TEXT, "a lighthouse", "ray-v2", 5, "720p", expand_prompt=True)
CLOCK = ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
TASK = b'{"id": "t1", "state": "dreaming"}'

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def head(length: int, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n" % (more, length)


async def one_request(reader: asyncio.StreamReader) -> bytes:
    """The method of the request that comes, or nothing where the connection ends."""
    try:
        said = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = next((int(line[15:]) for line in said.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    return said.split(b" ", 1)[0]


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[str]:
    """A server that does as it is told with each connection; the address without its scheme."""
    ended: list[asyncio.Task[None]] = []

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        ended.append(task)
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass  # the client has left, as it may
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)


def client(base_url: str, **limits: float) -> RelayClient:
    return RelayClient(base_url, "key", clock=CLOCK, timeouts=Timeouts(**limits))


async def test_a_refused_connection_is_provably_not_sent() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    async with client(f"http://127.0.0.1:{port}") as relay:
        assert isinstance(await relay.submit(TEXT), NotSent)
        assert isinstance(await relay.report("t1"), Unavailable)


async def test_a_name_that_nobody_has_is_provably_not_sent() -> None:
    async with client("http://relay.invalid") as relay:
        assert isinstance(await relay.submit(TEXT), NotSent)
        assert isinstance(await relay.report("t1"), Unavailable)


async def test_an_address_that_is_none_is_provably_not_sent() -> None:
    async with client("http://127.1") as relay:
        assert isinstance(await relay.submit(TEXT), NotSent)


async def test_a_failed_tls_handshake_is_provably_not_sent() -> None:
    async def no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with listening(no_tls) as address, client(f"https://{address}") as relay:
        assert isinstance(await relay.submit(TEXT), NotSent)


async def test_a_connection_that_takes_too_long_is_provably_not_sent() -> None:
    """The handshake of TLS is a part of connecting: nothing of the request has left."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as address, client(f"https://{address}", connect_s=0.1) as relay:
        assert await relay.submit(TEXT) == NotSent("ConnectionTimeoutError")


async def test_a_cancelled_request_is_not_made_into_an_outcome() -> None:
    """Whoever must not lose the answer shields the call; the client does not swallow the cancellation."""
    arrived = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await one_request(reader)
        arrived.set()
        await reader.read()

    async with listening(silent) as address, client(f"http://{address}") as relay:
        sending = asyncio.create_task(relay.submit(TEXT))
        await arrived.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


@pytest.mark.parametrize("limit", ["read_s", "total_s"])
async def test_a_timeout_after_the_request_was_written_is_uncertain(limit: str) -> None:
    posts = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal posts
        posts += await one_request(reader) == b"POST"
        await reader.read()

    async with listening(silent) as address, client(f"http://{address}", **{limit: 0.2}) as relay:
        assert isinstance(await relay.submit(TEXT), Unanswered)
    assert posts == 1


async def test_no_paid_request_goes_over_a_connection_that_may_be_stale() -> None:
    """A server that keeps connections open in its answers, and breaks every one at its second request."""
    seen: list[list[bytes]] = []

    async def fickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append([])
        seen[-1].append(await one_request(reader))
        writer.write(head(len(TASK), b"Connection: keep-alive\r\n") + TASK)
        seen[-1].append(await one_request(reader))

    async with listening(fickle) as address, client(f"http://{address}") as relay:
        assert await relay.report("t1") == Running(GenerationState.DREAMING)
        assert await relay.submit(TEXT) == Accepted("t1")
        assert await relay.submit(TEXT) == Accepted("t1")
        assert await relay.report("t1") == Running(GenerationState.DREAMING)
    assert [requests[0] for requests in seen].count(b"POST") == 2
    assert not [requests for requests in seen if b"POST" in requests[1:]]
    assert [b"GET", b"GET"] in seen  # questions do share a connection, and are asked again where it breaks


async def test_a_paid_request_that_is_cut_off_is_not_sent_again() -> None:
    posts = 0

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal posts
        posts += await one_request(reader) == b"POST"

    async with listening(cut) as address, client(f"http://{address}") as relay:
        assert isinstance(await relay.submit(TEXT), Unanswered)
    assert posts == 1


@pytest.mark.parametrize("end", ["cut", "hang"])
async def test_an_id_that_came_before_the_answer_broke_off_is_kept(end: str) -> None:
    async def partial(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await one_request(reader)
        writer.write(head(1000) + TASK[:-4])
        await writer.drain()
        if end == "hang":
            await reader.read()

    async with listening(partial) as address, client(f"http://{address}", total_s=0.3) as relay:
        assert await relay.submit(TEXT) == Accepted("t1")
        assert isinstance(await relay.report("t1"), Unavailable)


async def test_an_answer_without_end_is_left_at_the_limit() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await one_request(reader)
        writer.write(head(10**12) + TASK[:-1] + b', "x": "')
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with listening(endless) as address, client(f"http://{address}", total_s=5) as relay:
        assert await relay.report("t1") == Unavailable(f"HTTP 200, application/json, {MOST_BODY} bytes, cut off")
        assert await relay.submit(TEXT) == Accepted("t1")


@pytest.mark.parametrize(
    "nonsense",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 999999 Odd\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"",
    ],
)
async def test_what_is_not_http_is_no_answer(nonsense: bytes) -> None:
    async def odd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await one_request(reader)
        writer.write(nonsense)
        await writer.drain()
        writer.write_eof()
        await reader.read()

    async with listening(odd) as address, client(f"http://{address}") as relay:
        assert isinstance(await relay.submit(TEXT), Unanswered)
        assert isinstance(await relay.report("t1"), Unavailable)


async def test_the_key_goes_to_the_relay_and_to_nobody_it_points_to() -> None:
    elsewhere: list[bytes] = []
    headers: list[bytes] = []

    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        elsewhere.append(await reader.read(1))

    async with listening(other) as there:

        async def pointing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            headers.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 307 Go\r\nLocation: http://%b/\r\nContent-Length: 0\r\n\r\n" % there.encode())
            await writer.drain()
            await reader.read()

        async with listening(pointing) as address, client(f"http://{address}/prefix/") as relay:
            await relay.submit(TEXT)
            assert isinstance(await relay.report("t1"), Unavailable)
    assert [said.split(b"\r\n")[0] for said in headers] == [
        b"POST /prefix/luma/generations HTTP/1.1",
        b"GET /prefix/luma/generations/t1 HTTP/1.1",
    ]
    assert all(b"Authorization: Bearer key\r\n" in said and b"User-Agent: Dreamreel/" in said for said in headers)
    assert not elsewhere
