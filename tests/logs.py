"""The process's loggers, put back as they were: `bot.log.configure` is for good, and tests share a process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def untouched() -> Iterator[None]:
    """Handlers and levels are as before at the end."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    levels = {each: each.level for each in (root, *_named())}
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for each in (root, *_named()):
            each.setLevel(levels.get(each, logging.NOTSET))


def _named() -> list[logging.Logger]:
    return [each for each in logging.Logger.manager.loggerDict.values() if isinstance(each, logging.Logger)]
