"""One job on films, in a process of its own: `python -m bot.films JOB ...`. The outcome is a line of JSON on stdout.

A film comes from outside, and decoding it is heavy and may crash: here it can hold up or end nothing but itself.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import av

from bot.films.assembling import needed
from bot.films.fitting import fit
from bot.films.joining import join
from bot.films.looking import look

NO_FILM = 3
"""The exit code for a file that is no film, or no whole one."""
_NICENESS = 10
_SLACK = 1.1
"""Joined, films may be a little smaller than apart."""


def _join(paths: list[Path], to: Path, most_bytes: int) -> dict[str, object]:
    """Join as many parts from the beginning as fit; how many parts that were, of which length in all."""
    looks = [look(path) for path in paths]
    for count in range(len(paths), 0, -1):
        wanted = [paths[place] for place in needed(looks[:count])]
        if sum(path.stat().st_size for path in wanted) > most_bytes * _SLACK:
            continue
        join(wanted, to)
        if to.stat().st_size <= most_bytes:
            return {"parts": count, "seconds": look(to).seconds}
        to.unlink()
    return {"parts": 0, "seconds": 0.0}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.films", description=__doc__)
    jobs = parser.add_subparsers(dest="job", required=True)
    for job in ("look", "fit", "join"):
        each = jobs.add_parser(job)
        each.add_argument("films", type=Path, nargs="+")
        if job != "look":
            each.add_argument("--to", type=Path, required=True)
            each.add_argument("--most-bytes", type=int, required=True)
    asked = parser.parse_args()
    os.nice(_NICENESS)
    av.logging.set_level(av.logging.PANIC)  # what is wrong with a film is told by the exit code
    outcome: dict[str, object]
    try:
        match asked.job:
            case "look":
                outcome = {"seconds": [look(path).seconds for path in asked.films]}
            case "fit":
                outcome = {"fits": fit(asked.films[0], asked.to, asked.most_bytes)}
            case _:
                outcome = _join(asked.films, asked.to, asked.most_bytes)
    except (av.error.FFmpegError, StopIteration, IndexError):
        return NO_FILM
    sys.stdout.write(json.dumps(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main())
