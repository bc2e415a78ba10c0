"""A relay to run the bot against: real HTTP, the contract held strictly, faults on request, real films, no money."""

import argparse
import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from sandbox.billing import Bill, RequestCounts
from sandbox.books import Books
from sandbox.control import Control
from sandbox.downloads import Downloads
from sandbox.faults import Fault
from sandbox.images import ImageFetcher
from sandbox.luma_api import LumaApi
from sandbox.orders import MODELS
from sandbox.tasks import Pace, State, Task
from sandbox.videos import Links, VideoShelf

# How long a call that is being served may go on when the server closes, in seconds.
CLOSING_GRACE_S = 0.2
MOST_BODY_BYTES = 1024 * 1024

Extension = Literal["part", "whole"]


class RelayServer:
    """One relay with its own memory; `async with` starts and closes it.

    `pace` None: generations move only by `move`. `extension`: what the file of an extension holds, the new part
    or the whole film. `render` False: one small canned film for all. `clock` returns seconds since 1970.
    `rewrite` maps prefixes of image URLs to those that are fetched instead. `models` are the models that are sold.
    `url_lifetime_s`: video URLs are signed and end after so many seconds. `keep_alive` False: each answer ends its
    connection.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_key: str = "sandbox-key",
        pace: Pace | None,
        extension: Extension = "part",
        render: bool = True,
        clock: Callable[[], float] = time.time,
        rewrite: Mapping[str, str] | None = None,
        models: Collection[str] = MODELS,
        url_lifetime_s: float | None = None,
        keep_alive: bool = True,
    ) -> None:
        self._host, self._port = host, port
        self._books = Books.new(pace, clock)
        self._images = ImageFetcher(rewrite or {})
        self._shelf = VideoShelf(drawn=render)
        links = Links(url_lifetime_s, clock)
        api = LumaApi(self._books, self._images, links, api_key=api_key, models=models)
        downloads = Downloads(self._books, self._images, links, self._shelf, whole=extension == "whole")
        app = web.Application(client_max_size=MOST_BODY_BYTES, middlewares=[api.border])
        if not keep_alive:
            app.on_response_prepare.append(_hang_up)
        app.add_routes([*Control(self._books).routes(), *downloads.routes(), *api.routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSING_GRACE_S)

    async def start(self) -> None:
        """Listen. Raises `OSError` where the port is taken."""
        await self._images.start()
        await self._shelf.start()
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        await self._runner.cleanup()
        await self._images.close()
        await self._shelf.close()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def base_url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def bills(self) -> tuple[Bill, ...]:
        return self._books.settled_bills()

    @property
    def requests(self) -> RequestCounts:
        return self._books.requests

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(self._books.tasks)

    def state(self, task_id: str) -> State:
        """Return where a generation stands. Raises `KeyError`."""
        task = self._books.tasks.get(task_id)
        if task is None:
            raise KeyError(task_id)
        return self._books.tasks.state(task)

    def move(self, task_id: str, state: State | str, *, failure_reason: str | None = None) -> None:
        """Set a state by hand; the pace then leaves it alone. Raises `KeyError`, `ValueError`."""
        self._books.move(task_id, State(state), failure_reason)

    def move_all(self, state: State | str) -> None:
        """Move every generation that is neither completed nor failed."""
        self._books.move_all(State(state))

    def fault(
        self,
        on: str,
        fault: str,
        *,
        times: int = 1,
        probability: float = 1.0,
        seed: int = 0,
        prompt_contains: str | None = None,
        each: int | None = None,
        value: Any = None,
    ) -> Fault:
        """Ask for a fault; `times` -1 is for ever. Its `struck` counts. Raises `ValueError`."""
        return self._books.faults.add(
            on,
            fault,
            times=times,
            probability=probability,
            seed=seed,
            prompt_contains=prompt_contains,
            each=each,
            value=value,
        )

    def clear_faults(self) -> None:
        self._books.faults.clear()


async def _hang_up(_: web.Request, response: web.StreamResponse) -> None:
    response.force_close()
    response.headers["Connection"] = "close"


async def serve(server: RelayServer) -> None:
    """Run until SIGTERM or SIGINT; say on stdout where, once it listens."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        # Windows has no such handlers; there asyncio.run turns Ctrl+C into its own ending.
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with server:
        print(f"listening on {server.base_url}", flush=True)
        await stop.wait()


def main() -> None:
    """Run as a process of its own: `python -m sandbox.relay_server --port 8700`."""
    asyncio.run(serve(_server(_parser().parse_args())))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.relay_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--api-key", default="sandbox-key")
    parser.add_argument("--queued", type=float, default=2.0, metavar="SECONDS")
    parser.add_argument("--dreaming", type=float, default=6.0, metavar="SECONDS")
    parser.add_argument("--by-hand", action="store_true", help="only POST /_sandbox/tasks/ID moves generations")
    parser.add_argument("--extension", choices=("part", "whole"), default="part")
    parser.add_argument("--no-render", action="store_true", help="one small canned film for all")
    parser.add_argument("--url-lifetime", type=float, metavar="SECONDS", help="video URLs end after this")
    parser.add_argument("--no-keep-alive", action="store_true", help="each answer ends its connection")
    parser.add_argument("--rewrite", type=_rewrite, action="append", default=[], metavar="FROM=TO")
    parser.add_argument("--model", action="append", choices=sorted(MODELS), help="sold; default: all")
    return parser


def _rewrite(text: str) -> tuple[str, str]:
    here, equals, there = text.partition("=")
    if not (here and equals and there):
        raise argparse.ArgumentTypeError("must be FROM=TO")
    return here, there


def _server(args: argparse.Namespace) -> RelayServer:
    return RelayServer(
        host=args.host,
        port=args.port,
        api_key=args.api_key,
        pace=None if args.by_hand else Pace(args.queued, args.dreaming),
        extension=args.extension,
        render=not args.no_render,
        rewrite=dict(args.rewrite),
        models=args.model or MODELS,
        url_lifetime_s=args.url_lifetime,
        keep_alive=not args.no_keep_alive,
    )


if __name__ == "__main__":
    main()
