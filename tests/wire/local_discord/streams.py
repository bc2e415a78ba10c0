"""How the gateway packs what it sends: one stream for the life of a connection, flushed after each message."""

import importlib
import zlib
from collections.abc import Callable
from typing import Any


def packer(name: str | None) -> Callable[[bytes], bytes] | None:
    """What packs for `compress=NAME` of the gateway's address; None where plain text is wanted. Raises ValueError.

    discord.py asks for zlib-stream, and for zstd-stream where its Python (3.14 and later) can read it.
    """
    match name:
        case None:
            return None
        case "zlib-stream":
            squeezer = zlib.compressobj()
            return lambda data: squeezer.compress(data) + squeezer.flush(zlib.Z_SYNC_FLUSH)
        case "zstd-stream":
            return _zstd()
    raise ValueError(f"no such compression: {name}")


def _zstd() -> Callable[[bytes], bytes]:
    try:
        zstd: Any = importlib.import_module("compression.zstd")
    except ImportError:
        raise ValueError("this Python has no zstd") from None
    squeezer = zstd.ZstdCompressor()
    return lambda data: bytes(squeezer.compress(data, mode=squeezer.FLUSH_BLOCK))
