"""The local Discord as a process of its own, until SIGTERM or Ctrl-C: `python -m tests.wire.local_discord`."""

import argparse
import asyncio
import signal
import sys

from bot.clock import SystemClock
from tests.wire.local_discord.control import Control
from tests.wire.local_discord.server import LocalDiscord


async def _serve(port: int, token: str | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    local = LocalDiscord(SystemClock().now, token=token)
    async with local.serving(port, Control(local).routes()):
        sys.stdout.write(f"listening on {local.rest.origin}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.wire.local_discord", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", help="the one token that is accepted; without it, every one is")
    options = parser.parse_args()
    asyncio.run(_serve(options.port, options.token))


if __name__ == "__main__":
    main()
