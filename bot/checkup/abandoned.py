"""Threads that nobody waits for: a disk or a name server that hangs must not hold up the end of a check."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Abandoned(ThreadPoolExecutor):
    """A thread of its own for each call, forgotten at the end of the process.

    asyncio's own executor is waited for when the loop closes, and a look-up of a name runs in it. It takes nothing
    but a ThreadPoolExecutor, so this is one by name.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run it now."""
        future: Future[T] = Future()

        def work() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:  # noqa: BLE001  # it is raised where the result is asked for
                    future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for nobody."""
