"""The long forms: `python -m tests.prove.hardship`, or with names of some. Some need root, or libfaketime, and say so.

A mount is made in a namespace of its own, and gone with this process.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.tasks import Pace
from tests.prove.hardship.clocks import by_faketime
from tests.prove.hardship.disk import leave_a_little, only_the_link, take_away
from tests.prove.hardship.disks import Full, Immutable, Limited, mounted
from tests.prove.hardship.signals import stand_still, stop_under_load
from tests.wire.world import QUICK_FILMS, World, surroundings

MOUNTS = "HARDSHIP_MAY_MOUNT"
"""Set in the environment of a process that has a mount namespace of its own."""
LIBRARIES = "/usr/lib/*/faketime/libfaketimeMT.so.1"

Proof = Callable[[World], Awaitable[object]]


async def _full(world: World) -> object:
    return await take_away(world, Full(world.folder))


async def _link(world: World) -> object:
    with mounted(world.folder / "small", 32) as videos:
        config = world.config()
        config.write_text(config.read_text("utf-8").replace(f'"{world.folder}/videos"', f'"{videos}"'), "utf-8")
        return await only_the_link(world, config)


async def _faketime(world: World) -> object:
    library = _library()
    return await by_faketime(world, library) if library else "not tried: install libfaketime (Debian: faketime)"


def _library() -> Path | None:
    """Where libfaketime is, by the environment's LIBFAKETIME or where Debian puts it."""
    return next(Path("/").glob(os.environ.get("LIBFAKETIME", LIBRARIES).lstrip("/")), None)


PROOFS: dict[str, tuple[Proof, Pace | None]] = {
    "sigterm": (lambda world: stop_under_load(world, count=300, on_wire=16, answer_s=18.0), QUICK_FILMS),
    "sigstop": (lambda world: stand_still(world, 60.0), QUICK_FILMS),
    "clock": (_faketime, None),
    "limited": (lambda world: take_away(world, Limited()), None),
    "full": (_full, None),
    "nearly-full": (lambda world: leave_a_little(world, Full(world.folder, left=12_000_000)), None),
    "immutable": (lambda world: take_away(world, Immutable(world.folder)), None),
    "no-room-for-videos": (_link, QUICK_FILMS),
}
"""Each with the pace of the relay's films, or None where the proof moves them."""
OF_ROOT = {"full", "nearly-full", "immutable", "no-room-for-videos"}
MOUNTED = {"full", "nearly-full"}
"""Those that play on a small disk of their own."""


async def _prove(name: str, folder: Path) -> object:
    proof, pace = PROOFS[name]
    if name in OF_ROOT and MOUNTS not in os.environ:
        return "not tried: needs root"
    with ExitStack() as stack:
        place = stack.enter_context(mounted(folder / "disk", 64)) if name in MOUNTED else folder
        async with surroundings(place, pace=pace) as world:
            try:
                return await proof(world)
            except BaseException:
                print(*(bot.output for bot in world.lives), sep="\n")  # noqa: T201  # it goes with the folder
                raise


def main() -> None:
    """Prove them one after the other. Ends with a traceback where one does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove.hardship", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *PROOFS], help="all, unless some are named")
    names = parser.parse_args().names or list(PROOFS)
    for name in names:
        with TemporaryDirectory(prefix="dreamreel-hardship-") as folder:
            print(f"{name}: {asyncio.run(_prove(name, Path(folder)))}", flush=True)  # noqa: T201  # a figure is printed


def _in_a_namespace() -> None:
    """Begin again where mounts are this process's own, if that is allowed; else go on as it is."""
    unshare = shutil.which("unshare")
    if MOUNTS in os.environ or os.geteuid() != 0 or unshare is None:
        return
    allowed = subprocess.run([unshare, "--mount", "true"], check=False, capture_output=True)  # noqa: S603  # our own words
    if allowed.returncode == 0:
        command = [unshare, "--mount", sys.executable, "-m", "tests.prove.hardship", *sys.argv[1:]]
        os.execve(unshare, command, os.environ | {MOUNTS: "1"})  # noqa: S606  # as above


if __name__ == "__main__":
    _in_a_namespace()
    main()
