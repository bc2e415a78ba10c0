"""The store that the video URLs point to, beside the relay's own calls and without a key, as it is in practice."""

import asyncio
from pathlib import Path

from aiohttp import web

from sandbox.books import Books
from sandbox.endings import end_video, expired
from sandbox.fault_names import FaultName, Operation
from sandbox.film import FilmSpec, RenderStoppedError
from sandbox.images import ImageFetcher, Images
from sandbox.tasks import State, Task
from sandbox.videos import Links, VideoShelf


class Downloads:
    def __init__(self, books: Books, images: ImageFetcher, links: Links, shelf: VideoShelf, *, whole: bool) -> None:
        """With `whole`, the file of an extension begins with the parts before it."""
        self._books = books
        self._images = images
        self._links = links
        self._shelf = shelf
        self._whole = whole

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/videos/{id}.mp4", self._serve)]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        task_id = request.match_info["id"]
        self._books.requests.video += 1
        self._books.requests.videos[task_id] += 1
        task = self._books.tasks.get(task_id)
        if task is None or self._books.tasks.state(task) is not State.COMPLETED:
            return web.Response(status=404)
        query = request.query
        if not self._links.holds(task_id, query.get("expires", ""), query.get("signature", "")):
            return expired()
        blow = self._books.faults.take(Operation.VIDEO, prompt=task.order.prompt)
        if (slow := blow.dressed(FaultName.SLOW)) is not None:
            await asyncio.sleep(float(slow.value))
        if blow.ending is not None:
            return await end_video(blow.ending, request, lambda: self._film(task))
        return web.FileResponse(await self._film(task), headers={"Content-Type": "video/mp4"})

    async def _film(self, task: Task) -> Path:
        spec: FilmSpec | None = None
        for part in self._books.tasks.chain(task):
            images = await self._images.images(part.id) or Images()
            spec = FilmSpec(
                prompt=part.order.prompt,
                part=part.part,
                seconds=part.order.seconds,
                width=part.order.size[0],
                height=part.order.size[1],
                first=images.first,
                last=images.last,
                follows=spec,
                whole=self._whole,
            )
        assert spec is not None  # noqa: S101 - a chain has its own task at the least
        try:
            return await self._shelf.film(task.id, spec)
        except RenderStoppedError as end:  # the server closes
            raise web.HTTPServiceUnavailable from end
