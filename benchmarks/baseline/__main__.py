"""Runs the baseline: `python -m benchmarks.baseline`, told of its world by the environment."""

import argparse
import json
import os
from pathlib import Path

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from benchmarks.baseline.bot import VideoBot


def main() -> None:
    """Run until it is ended. `--opened` is a file of films that it is to be in the middle of."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline", description=__doc__)
    parser.add_argument("--opened", type=Path)
    options = parser.parse_args()
    url = os.environ["DISCORD_URL"]
    Route.BASE = f"{url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"{url.replace('http', 'ws', 1)}/gateway")
    opened = [] if options.opened is None else json.loads(options.opened.read_text("utf-8"))
    bot = VideoBot(os.environ["LUMA_URL"], os.environ["LUMA_KEY"], opened)
    bot.run(os.environ["DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()
