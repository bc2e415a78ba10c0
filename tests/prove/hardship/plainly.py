"""`python -m tests.prove.hardship.plainly bot run ...`: run a module with no more right to files than their modes give.

Root may write whatever it likes, so for root that right is taken away first; anybody else has it as it is.
"""

import os
import shutil
import sys


def main() -> None:
    """Become that module; the process stays the same."""
    command = [sys.executable, "-m", *sys.argv[1:]]
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0 and setpriv is not None:
        command = [setpriv, "--bounding-set", "-dac_override,-dac_read_search", "--", *command]
    os.execv(command[0], command)  # noqa: S606  # our own arguments


if __name__ == "__main__":
    main()
