"""The local Discord as a process of its own, until SIGTERM or Ctrl-C: `python -m tests.wire.local_discord`."""

import argparse
import asyncio
import signal
import sys

from bot.clock import SystemClock
from tests.wire.local_discord.control import Control
from tests.wire.local_discord.limits import Limits
from tests.wire.local_discord.server import LocalDiscord


async def _serve(local: LocalDiscord, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with local.serving(port, Control(local).routes()):
        sys.stdout.write(f"listening on {local.rest.origin}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.wire.local_discord", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", help="the one token that is accepted; without it, every one is")
    parser.add_argument("--channels", type=int, default=1, help="how many the server has")
    parser.add_argument("--limits", action="store_true", help="keep Discord's rate limits")
    parser.add_argument("--lean", action="store_true", help="keep sizes and hashes in place of files, and no JSON")
    parser.add_argument("--no-shapes", action="store_true", help="do not check the shape of requests")
    options = parser.parse_args()
    local = LocalDiscord(
        SystemClock().now,
        token=options.token,
        limits=Limits() if options.limits else None,
        channels=options.channels,
        lean=options.lean,
        shapes=not options.no_shapes,
    )
    asyncio.run(_serve(local, options.port))


if __name__ == "__main__":
    main()
