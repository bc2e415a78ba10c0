"""The answers that a fault puts in the place of the right one."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.answers import REFUSALS, html_page
from sandbox.fault_names import FaultName
from sandbox.faults import Fault

LEAVING_CHECK_S = 0.02
HUGE_BYTES = 10**12
DRIBBLE = b"\0" * 65536

# The fault, the call, and the JSON text that the right answer would have had.
Ending = Callable[[Fault, web.Request, str], web.Response]
VideoEnding = Callable[[Fault, web.Request, Callable[[], Awaitable[Path]]], Awaitable[web.StreamResponse]]


async def end_call(fault: Fault, request: web.Request, body: Any) -> web.StreamResponse:
    """Answer a call as the fault wants it; `body` is what the right answer would have said."""
    if fault.name is FaultName.HANG:
        return await hang(request)
    ending = ENDINGS.get(fault.name)
    return REFUSALS[fault.name.value].response() if ending is None else ending(fault, request, json.dumps(body))


async def end_video(fault: Fault, request: web.Request, film: Callable[[], Awaitable[Path]]) -> web.StreamResponse:
    """Answer a download as the fault wants it; `film` gets the file that would have been served."""
    ending = VIDEO_ENDINGS.get(fault.name)
    return await (end_call(fault, request, {}) if ending is None else ending(fault, request, film))


def expired() -> web.Response:
    """Refuse as a store does whose signed link is over."""
    return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="text/xml")


async def hang(request: web.Request) -> web.Response:
    """Keep still until the client leaves."""
    while not gone(request):  # noqa: ASYNC110 - aiohttp has no event for a client that leaves
        await asyncio.sleep(LEAVING_CHECK_S)
    return web.Response()


def gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _retry_after(fault: Fault, _request: web.Request, _text: str) -> web.Response:
    after = "1" if fault.value is None else str(fault.value)
    return REFUSALS["429"].response({"Retry-After": after})


def _error_in_200(fault: Fault, _request: web.Request, _text: str) -> web.Response:
    asked = "no_balance_cn" if fault.value is None else fault.value
    if not isinstance(asked, str):
        return web.json_response(asked)
    unnamed = {"code": asked, "message": asked, "data": None}
    return web.json_response(REFUSALS[asked].body if asked in REFUSALS else unnamed)


def _detail(fault: Fault, _request: web.Request, _text: str) -> web.Response:
    asked = fault.value if isinstance(fault.value, dict) else {"status": fault.value or 422}
    body = {"detail": asked.get("detail", "Invalid request is provided")}
    return web.json_response(body, status=asked.get("status", 422))


def _redirect(fault: Fault, request: web.Request, _text: str) -> web.Response:
    there = request.url.update_query(redirected="1") if fault.value is None else fault.value
    return web.Response(status=307, headers={"Location": str(there)})


def _cut(_fault: Fault, request: web.Request, _text: str) -> web.Response:
    """Break the connection; nothing of the response returned here reaches the client."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _json(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/json")


ENDINGS: dict[FaultName, Ending] = {
    FaultName.TOO_MANY_RETRY_AFTER: _retry_after,
    FaultName.TOO_MANY_EMPTY: lambda *_: web.Response(status=429, content_type="application/json"),
    FaultName.ERROR_IN_200: _error_in_200,
    FaultName.DETAIL: _detail,
    FaultName.REDIRECT: _redirect,
    FaultName.CUT_BEFORE: _cut,
    FaultName.CUT_AFTER: _cut,
    FaultName.BAD_GATEWAY: lambda *_: html_page(502, "Bad gateway"),
    FaultName.TIMEOUT_ACCEPTED: lambda *_: html_page(524, "A timeout occurred"),
    FaultName.HTML: lambda *_: html_page(200, "Just a moment..."),
    FaultName.EMPTY: lambda *_: _json(""),
    FaultName.HALF: lambda _fault, _request, text: _json(text[: len(text) // 2]),
    FaultName.DOUBLED: lambda _fault, _request, text: _json(text + text),
}


async def _video_403(*_: object) -> web.StreamResponse:
    return expired()


async def _wrong_type(*_: object) -> web.StreamResponse:
    return html_page(200, "Just a moment...")


async def _elsewhere(fault: Fault, *_: object) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": str(fault.value)})


async def _half(_fault: Fault, request: web.Request, film: Callable[[], Awaitable[Path]]) -> web.StreamResponse:
    data = await asyncio.to_thread((await film()).read_bytes)
    return await _begin_and_cut(request, data[: len(data) // 2], len(data))


async def _huge(fault: Fault, request: web.Request, _film: object) -> web.StreamResponse:
    return await _begin_and_cut(request, DRIBBLE, HUGE_BYTES if fault.value is None else int(fault.value))


async def _endless(_fault: Fault, request: web.Request, _film: object) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "video/mp4"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    while not gone(request):
        await response.write(DRIBBLE)
    return response


async def _begin_and_cut(request: web.Request, data: bytes, length: int) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "video/mp4", "Content-Length": str(length)})
    await response.prepare(request)
    await response.write(data)
    # An abort would throw away what still waits to be sent; the client is to get this much.
    if request.transport is not None:
        request.transport.close()
    return response


VIDEO_ENDINGS: dict[FaultName, VideoEnding] = {
    FaultName.VIDEO_403: _video_403,
    FaultName.VIDEO_WRONG_TYPE: _wrong_type,
    FaultName.VIDEO_REDIRECT: _elsewhere,
    FaultName.VIDEO_HALF: _half,
    FaultName.VIDEO_HUGE_HEADER: _huge,
    FaultName.VIDEO_ENDLESS: _endless,
}
