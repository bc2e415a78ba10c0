"""Real mp4 files for the sandbox, so that what the bot downloads, measures and shows is a film and not a stub."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
from av.video.stream import VideoStream
from PIL import Image

from sandbox.montage import FRAMES_A_SECOND, FilmSpec, pictures

__all__ = ["FilmFacts", "FilmSpec", "RenderStoppedError", "probe", "render"]

# ITU-T H.273: 1 stands for BT.709 in each of the three fields. Untagged, a browser guesses by the picture's size.
BT709 = 1
LIMITED_RANGE = 1


class RenderStoppedError(Exception):
    """The caller asked for an end before the film was whole; no file is left behind."""


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What a file really holds; the colours are the means over its first and its last frame, 0 to 255."""

    seconds: float
    width: int
    height: int
    first_rgb: tuple[int, int, int]
    last_rgb: tuple[int, int, int]


def render(spec: FilmSpec, path: Path, *, stopped: Callable[[], bool] = lambda: False) -> None:
    """Write the film to `path`; about a second of work for five seconds of 720p, so call it in a worker.

    `stopped` is asked before each frame. Raises `RenderStoppedError` after a yes, `OSError` where an image is
    none or the file cannot be written, and leaves no file behind then.
    """
    unfinished = path.with_suffix(".part")
    try:
        with av.open(str(unfinished), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = _h264(container.add_stream("libx264", rate=FRAMES_A_SECOND), spec)
            for number, picture in enumerate(pictures(spec)):
                if stopped():
                    raise RenderStoppedError(path.name)
                container.mux(stream.encode(_frame(picture, number)))
            container.mux(stream.encode())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def probe(film: Path | bytes) -> FilmFacts:
    """Decode a whole film and tell what it is. Raises `av.error.InvalidDataError` where it is none."""
    with av.open(BytesIO(film) if isinstance(film, bytes) else str(film), "r") as container:
        stream = container.streams.video[0]
        pictures = container.decode(stream)
        first = last = next(pictures)
        for last in pictures:  # noqa: B007 - only the last one is wanted
            pass
        length = Fraction(stream.duration or 0) * (stream.time_base or Fraction(0))
        return FilmFacts(float(length), first.width, first.height, _mean(first), _mean(last))


def _h264(stream: VideoStream, spec: FilmSpec) -> VideoStream:
    stream.width, stream.height = spec.width, spec.height
    stream.pix_fmt = "yuv420p"
    # One thread: the sandbox shares the machine with the bot that it is there to try.
    stream.codec_context.options = {"preset": "ultrafast", "crf": "22", "threads": "1"}
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED_RANGE
    return stream


def _frame(picture: Image.Image, number: int) -> av.VideoFrame:
    frame: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]  # PyAV's stub has no types here
    converted = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
    converted.pts, converted.time_base = number, Fraction(1, FRAMES_A_SECOND)
    return converted


def _mean(frame: av.VideoFrame) -> tuple[int, int, int]:
    # PyAV leaves the BT.709 matrix out where both sides are said to be the same; RGB itself has none.
    rgb = frame.reformat(format="rgb24", dst_colorspace="ITU601")
    picture: Image.Image = rgb.to_image()  # type: ignore[no-untyped-call]  # PyAV's stub has no types here
    red, green, blue = picture.resize((1, 1), Image.Resampling.BOX).tobytes()
    return (red, green, blue)
