"""Looks into a film: how long it is, and what its first and last pictures are like."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

Picture = bytes
"""A picture in 32 by 32 grey points: enough to tell one scene from another, whatever their sizes."""
_SIDE = 32


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen of a film; `seconds` long."""

    seconds: float
    first: Picture
    last: Picture


def look(path: Path) -> Look:
    """Decode a film's first picture and its last ones. Raises av.error.FFmpegError where it is none."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        first = _small(next(container.decode(stream)))
        base = stream.time_base or Fraction(1, 1000)
        length = stream.duration or 0
        seconds = float(length * base) or float(Fraction(container.duration or 0, av.time_base))
        container.seek(int(max(0.0, seconds - 0.5) / base), stream=stream)
        last = first
        for frame in container.decode(stream):
            last = _small(frame)
    return Look(seconds, first, last)


def difference(one: Picture, other: Picture) -> float:
    """How far two pictures are apart: the mean difference of their points, 0 to 255."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def _small(frame: av.VideoFrame) -> Picture:
    grey = frame.reformat(width=_SIDE, height=_SIDE, format="gray")
    plane = grey.planes[0]
    # A line in memory may be longer than the picture is wide.
    lines = bytes(plane)
    return b"".join(lines[y * plane.line_size : y * plane.line_size + _SIDE] for y in range(_SIDE))
