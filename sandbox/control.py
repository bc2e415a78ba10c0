"""The sandbox's own calls, for the demo and for tests of the bot as a process: faults, states, bills, counts."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.books import Books
from sandbox.fault_names import FaultName
from sandbox.faults import Fault
from sandbox.tasks import State

FAULT_FIELDS = frozenset({"on", "fault", "times", "probability", "seed", "prompt_contains", "each", "value"})


class Control:
    def __init__(self, books: Books) -> None:
        self._books = books

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sandbox/faults", self._faults),
            web.post("/_sandbox/faults", self._add_fault),
            web.delete("/_sandbox/faults", self._clear_faults),
            web.get("/_sandbox/tasks", self._tasks),
            web.post("/_sandbox/tasks", self._move_all),
            web.post("/_sandbox/tasks/{id}", self._move),
            web.get("/_sandbox/bills", self._bills),
            web.get("/_sandbox/requests", self._requests),
        ]

    async def _faults(self, _: web.Request) -> web.Response:
        asked = [_described(fault) for fault in self._books.faults.asked]
        return web.json_response({"asked": asked, "names": list(FaultName)})

    async def _add_fault(self, request: web.Request) -> web.Response:
        wanted = await _object(request)
        if not {"on", "fault"} <= wanted.keys() <= FAULT_FIELDS:
            return _wrong(f"on and fault are required; the rest of {sorted(FAULT_FIELDS)} may be left out")
        try:
            fault = self._books.faults.add(**wanted)
        except (ValueError, TypeError) as error:
            return _wrong(str(error))
        return web.json_response(_described(fault), status=201)

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._books.faults.clear()
        return web.Response(status=204)

    async def _tasks(self, _: web.Request) -> web.Response:
        tasks = self._books.tasks
        rows = [
            {"id": task.id, "state": tasks.state(task), "parent": task.parent, "prompt": task.order.prompt}
            for task in tasks
        ]
        return web.json_response(rows)

    async def _move(self, request: web.Request) -> web.Response:
        task_id = request.match_info["id"]
        if self._books.tasks.get(task_id) is None:
            return web.json_response({"error": "there is no such task"}, status=404)
        wanted = await _object(request)
        return _moved(wanted, lambda state: self._books.move(task_id, state, wanted.get("failure_reason")))

    async def _move_all(self, request: web.Request) -> web.Response:
        return _moved(await _object(request), self._books.move_all)

    async def _bills(self, _: web.Request) -> web.Response:
        return web.json_response([asdict(bill) for bill in self._books.settled_bills()])

    async def _requests(self, _: web.Request) -> web.Response:
        counts = self._books.requests
        names = ("posts", "submit", "extend", "get", "video", "unauthorised", "unknown", "gets", "videos")
        return web.json_response({name: getattr(counts, name) for name in names})


def _moved(wanted: dict[str, Any], move: Callable[[State], None]) -> web.Response:
    try:
        state = State(wanted.get("state", ""))
    except ValueError as error:
        return _wrong(str(error))
    move(state)
    return web.Response(status=204)


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        wanted = await request.json()
    except ValueError:
        wanted = None
    return wanted if isinstance(wanted, dict) else {}


def _wrong(problem: str) -> web.Response:
    return web.json_response({"error": problem}, status=400)


def _described(fault: Fault) -> dict[str, Any]:
    return {
        "fault": fault.name,
        "on": sorted(fault.on),
        "left": fault.left,
        "struck": fault.struck,
        "probability": fault.probability,
        "prompt_contains": fault.prompt_contains,
        "value": fault.value,
    }
