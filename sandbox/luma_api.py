"""The three calls of the contract, as a relay serves them."""

import asyncio
import secrets
from collections.abc import Collection
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox import answers
from sandbox.books import Books
from sandbox.endings import end_call, gone
from sandbox.fault_names import FaultName, Operation
from sandbox.faults import Blow
from sandbox.images import ImageFetcher
from sandbox.orders import Kind, Order, ViolationError, read_order
from sandbox.tasks import Failure, IdStyle, State, Task
from sandbox.videos import Links

BAD_IMAGES = Failure("Failed to read user input frames")


class RefusedError(Exception):
    """The call is sound but not served; `name` is the refusal's in `answers.REFUSALS`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class LumaApi:
    def __init__(
        self, books: Books, images: ImageFetcher, links: Links, *, api_key: str, models: Collection[str]
    ) -> None:
        self._books = books
        self._images = images
        self._links = links
        self._authorization = f"Bearer {api_key}"
        self._models = frozenset(models)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/luma/generations", self._submit),
            web.get("/luma/generations/{id}", self._look, allow_head=False),
            web.post("/luma/generations/{id}/extend", self._extend),
            web.route("*", "/luma{rest:.*}", self._unknown),
        ]

    @web.middleware
    async def border(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn what is wrong with a call into its answer, and into a row of the log where it breaks the contract."""
        try:
            return await handler(request)
        except RefusedError as refused:
            return answers.REFUSALS[refused.name].response()
        except ViolationError as error:
            self._books.bills.violation(str(error), error.body, self._books.clock())
            return answers.violation(error)

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        self._books.requests.submit += 1
        order = await self._order(request, Kind.SUBMIT)
        if order.model not in self._models:
            raise RefusedError("model_not_found")
        return await self._sell(request, order, None)

    async def _extend(self, request: web.Request) -> web.StreamResponse:
        self._books.requests.extend += 1
        order = await self._order(request, Kind.EXTEND)
        parent = await self._task(request)
        if parent is None:
            raise RefusedError("not_found")
        if self._books.tasks.state(parent) is not State.COMPLETED:
            raise ViolationError("state", "only a completed one can be extended", order.body)
        return await self._sell(request, order, parent)

    async def _sell(self, request: web.Request, order: Order, parent: Task | None) -> web.StreamResponse:
        blow = self._books.faults.take(Operation(order.kind), prompt=order.prompt)
        if blow.ending is not None and blow.refuses:
            return await end_call(blow.ending, request, {})
        task = self._accept(order, parent, blow)
        response = await self._tell(request, answers.accepted_body(task), blow)
        told = blow.ending is None and blow.dressed(FaultName.NO_ID) is None and not gone(request)
        if told:
            self._books.bills.answered(task.id)
        return response

    def _accept(self, order: Order, parent: Task | None, blow: Blow) -> Task:
        style = IdStyle.PLAIN
        if blow.dressed(FaultName.NUMERIC_ID) is not None:
            style = IdStyle.NUMERIC
        elif blow.dressed(FaultName.ODD_ID) is not None:
            style = IdStyle.ODD
        tasks = self._books.tasks
        task = tasks.add(order, style, parent=parent, doom=_doom(blow))
        self._books.bills.charge(task.id, order.kind, task.parent, order.body, self._books.clock())
        self._images.begin(task.id, order.image_urls, lambda: tasks.doom(task.id, BAD_IMAGES))
        return task

    async def _look(self, request: web.Request) -> web.StreamResponse:
        self._books.requests.get += 1
        self._books.requests.gets[request.match_info["id"]] += 1
        self._check_key(request)
        task = await self._task(request)
        state = None if task is None else self._books.tasks.state(task)
        prompt = "" if task is None else task.order.prompt
        blow = self._books.faults.take(Operation.GET, prompt=prompt, state=state)
        if blow.ending is not None and blow.refuses:
            return await end_call(blow.ending, request, {})
        if task is None or state is None:
            raise RefusedError("not_found")
        if (doom := _doom(blow)) is not None:
            task, state = self._books.tasks.move(task.id, State.FAILED, doom), State.FAILED
        if state is State.FAILED:
            self._books.bills.refund(task.id)
        urls = None
        if state is State.COMPLETED:
            urls = self._links.urls(f"{request.scheme}://{request.host}", task.id)
        return await self._tell(request, answers.report_body(task, state, urls), blow)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self._books.requests.unknown += 1
        problem = f"path: there is no {request.method} {request.path}"
        self._books.bills.violation(problem, None, self._books.clock())
        raise RefusedError("no_route")

    async def _order(self, request: web.Request, kind: Kind) -> Order:
        self._check_key(request)
        return read_order(kind, request.content_type, await request.read())

    async def _task(self, request: web.Request) -> Task | None:
        """Return the task that the path names, once it is known whether its images can be read."""
        task = self._books.tasks.get(request.match_info["id"])
        if task is not None and self._books.tasks.state(task) is not State.QUEUED:
            await self._images.images(task.id)
            task = self._books.tasks.get(task.id)
        return task

    async def _tell(self, request: web.Request, body: dict[str, Any], blow: Blow) -> web.StreamResponse:
        if (slow := blow.dressed(FaultName.SLOW)) is not None:
            await asyncio.sleep(float(slow.value))
        status, told = answers.dressed(body, blow)
        if blow.ending is not None:
            return await end_call(blow.ending, request, told)
        return web.json_response(told, status=status)

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not secrets.compare_digest(given.encode("utf-8", "replace"), self._authorization.encode()):
            self._books.requests.unauthorised += 1
            raise RefusedError("bad_key")


def _doom(blow: Blow) -> Failure | None:
    fault = blow.dressed(FaultName.FAIL)
    if fault is None:
        return None
    value = fault.value or {}
    return Failure(value.get("text"), value.get("key", "failure_reason"))
