"""SimCord's page with what a demo needs besides: no click lost to the bot's own work, films as they are, live times.

The one file that reaches into the inside of SimCord's preview; the tests in `tests/browser` hold it to that.
"""

import asyncio
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import av
from aiohttp import web
from PIL import Image
from simcord.preview import Preview
from simcord.preview._server import PreviewServer

_OURS = Path(__file__).with_name("static")
_KINDS = {"/live.js": "text/javascript", "/live.css": "text/css", "/icon.svg": "image/svg+xml"}
_HEAD = """\
<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/live.css"><script type="module" src="/live.js"></script>
</head>"""
_FILM = "video/mp4"


class LivePreview(Preview):
    """A preview of a channel that the bot changes while somebody uses it.

    SimCord lets one operation run at a time, and refuses an action where the channel has changed since the page last
    looked. That is right for a test and wrong for a person. Here operations take turns, and an action counts as
    if the page had just looked: SimCord still checks it against what the channel holds at that moment.

    `port` 0 takes a free one. `async with` raises simcord's SetupError where the port is taken.
    """

    def __init__(self, *args: Any, port: int, **options: Any) -> None:
        super().__init__(*args, port=port, **options)
        self._server = _Server(self, port)
        self.turn = asyncio.Lock()
        """Held by whoever moves the clock or publishes."""

    async def _action(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        async with self.turn:
            if isinstance(body, Mapping) and "published_revision" in body:
                body = {**body, "published_revision": self._get_page(context_id).revision}
            return await super()._action(context_id, body)

    def _finish_action(
        self,
        page: Any,
        action: Any,
        settlement: str,
        cursor: int,  # noqa: ARG002  # SimCord's signature
        error: BaseException | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """SimCord calls an action failed where the bot met an error, even one that it answered, such as a refusal."""
        return super()._finish_action(page, action, settlement, self.env.error_cursor, error, **options)

    async def _prepare_asset(
        self, context_id: str | None, asset_id: str, *, download: bool = False, poster: bool = False, **options: Any
    ) -> tuple[str, bytes, str]:
        """A film as it is. SimCord would make a VP9 of it, which takes eight seconds for five of 720p on two cores."""
        _, record, body = self._authorized_asset(context_id, asset_id)
        if record.contentType != _FILM or download:
            return await super()._prepare_asset(context_id, asset_id, download=download, poster=poster, **options)
        if poster:
            return "image/png", await asyncio.to_thread(_first_picture, body), record.filename
        return _FILM, body, record.filename


class _Server(PreviewServer):
    """Serves SimCord's page with our script and our style sheet in it."""

    _STATIC_FILES: ClassVar[dict[str, str]] = {
        **PreviewServer._STATIC_FILES,  # noqa: SLF001  # added to, for there is no public way
        **{path: path[1:] for path in _KINDS},
    }

    async def _index(self, request: web.Request) -> web.Response:
        page: web.Response = await super()._index(request)
        page.text = (page.text or "").replace("SimCord Preview</title>", "Dreamreel</title>").replace("</head>", _HEAD)
        return page

    async def _static(self, request: web.Request) -> web.Response:
        kind = _KINDS.get(request.path)
        if kind is None:
            return await super()._static(request)  # type: ignore[no-any-return]  # SimCord says Any
        text = await asyncio.to_thread((_OURS / request.path[1:]).read_text, encoding="utf-8")
        return web.Response(text=text, content_type=kind, headers=self._SECURITY_HEADERS)


def _first_picture(film: bytes) -> bytes:
    with av.open(io.BytesIO(film), "r") as container:
        frame = next(container.decode(container.streams.video[0]))
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV's stub has no types here
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
