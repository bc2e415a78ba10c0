"""One line of the checkup: what was looked at, how it stands, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"  # the bot works, but not as it should, or soon not any more
    FAILURE = "failure"  # the bot does not work
    SKIPPED = "skipped"  # not looked at, or nobody tells


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` and `todo` are sentences for the operator; `todo` is empty where there is nothing to do."""

    name: str
    verdict: Verdict
    says: str
    todo: str = ""


def ok(name: str, says: str) -> Finding:
    return Finding(name, Verdict.OK, says)


def warning(name: str, says: str, todo: str) -> Finding:
    return Finding(name, Verdict.WARNING, says, todo)


def failure(name: str, says: str, todo: str) -> Finding:
    return Finding(name, Verdict.FAILURE, says, todo)


def skipped(name: str, says: str) -> Finding:
    return Finding(name, Verdict.SKIPPED, says)
