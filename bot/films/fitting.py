"""Makes a smaller copy of a film that fits where the film does not: as good as the room allows."""

import os
from fractions import Fraction
from pathlib import Path

import av

SHARE = 0.92
"""Of the room, what the pictures are given: the container and the encoder's own deviation need the rest."""
TRIES = 3
LEAST_BITS_A_SECOND = 60_000
"""Below that a film is a blur, and no copy is better than such a one."""
_BITS_A_POINT = 0.04
"""Bits for each point of each picture below which a smaller picture looks better than a blurred large one."""
_SIDES = (1080, 720, 540, 360, 240)


def fit(path: Path, to: Path, most_bytes: int) -> bool:
    """Write a copy of at most `most_bytes`, without sound. False, with nothing written, where none could be watched.

    Raises av.error.FFmpegError where it is no film.
    """
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        seconds = float(Fraction(source.duration or 0, av.time_base)) or 1.0
        points = stream.codec_context.width, stream.codec_context.height
        rate = float(stream.average_rate or 24)
    unfinished = to.with_suffix(f".{os.getpid()}.part")  # one whose bot was killed may still be at it
    room = most_bytes * SHARE
    try:
        for _ in range(TRIES):
            bits = room * 8 / seconds
            if bits < LEAST_BITS_A_SECOND:
                return False
            _encode(path, unfinished, int(bits), _scale(points, rate, bits))
            size = unfinished.stat().st_size
            if size <= most_bytes:
                unfinished.replace(to)
                return True
            room *= SHARE * most_bytes / size
        return False
    finally:
        unfinished.unlink(missing_ok=True)


def _scale(points: tuple[int, int], rate: float, bits: float) -> tuple[int, int]:
    """The largest usual size, no larger than the film's own, at which each point still gets its bits."""
    width, height = points
    short = min(points)
    for side in (short, *(each for each in _SIDES if each < short)):
        share = side / short
        if bits >= width * share * height * share * rate * _BITS_A_POINT or side <= _SIDES[-1]:
            break
    return max(2, round(width * share / 2) * 2), max(2, round(height * share / 2) * 2)


def _encode(path: Path, to: Path, bits: int, size: tuple[int, int]) -> None:
    options = {"movflags": "+faststart"}
    with av.open(str(path)) as source, av.open(str(to), "w", format="mp4", options=options) as output:
        video = source.streams.video[0]
        stream = output.add_stream("libx264", rate=video.average_rate or Fraction(24))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = bits
        stream.codec_context.options = {
            "preset": "veryfast",
            "threads": "1",
            "maxrate": str(bits),
            "bufsize": str(bits * 2),
        }
        for number, frame in enumerate(source.decode(video)):
            small = frame.reformat(width=size[0], height=size[1], format="yuv420p")
            small.pts, small.time_base = number, 1 / (video.average_rate or Fraction(24))
            output.mux(stream.encode(small))
        output.mux(stream.encode())
