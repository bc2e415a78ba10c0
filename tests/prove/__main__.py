"""The long proofs from a terminal: `python -m tests.prove kills`."""

import argparse
import sys

from tests.prove import kills


def main() -> int:
    """Run one of them; 0 where all held."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="proof")
    kills.add_to(commands)
    options = parser.parse_args()
    return int(options.do(options))


if __name__ == "__main__":
    sys.exit(main())
