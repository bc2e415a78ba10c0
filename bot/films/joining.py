"""Joins films into one: by copying where they are alike, which loses nothing, else by encoding them again."""

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

_FASTSTART = {"movflags": "+faststart"}


def join(paths: Sequence[Path], to: Path) -> None:
    """Write one mp4 of all. Sound is left out: Luma's films have none.

    Raises av.error.FFmpegError where one is no film, and leaves no file behind then.
    """
    unfinished = to.with_suffix(f".{os.getpid()}.part")  # one whose bot was killed may still be at it
    try:
        with av.open(str(unfinished), "w", format="mp4", options=_FASTSTART) as output:
            if len({_manner(path) for path in paths}) == 1:
                _copy(paths, output)
            else:
                _encode(paths, output)
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)


def _manner(path: Path) -> tuple[object, ...]:
    """What two films must have in common to be copied one behind the other."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        return (context.name, context.width, context.height, context.pix_fmt, context.extradata, stream.time_base)


def _copy(paths: Sequence[Path], output: OutputContainer) -> None:
    stream: VideoStream | None = None
    offset = 0
    for path in paths:
        with av.open(str(path)) as source:
            video = source.streams.video[0]
            if stream is None:
                stream = output.add_stream_from_template(video)
            first: int | None = None
            end = 0
            for packet in source.demux(video):
                if packet.dts is None or packet.pts is None:
                    continue  # the empty packet that ends a stream
                first = packet.dts if first is None else first
                packet.pts += offset - first
                packet.dts += offset - first
                end = max(end, packet.pts + (packet.duration or 0))
                packet.stream = stream
                output.mux_one(packet)
            offset = end


def _encode(paths: Sequence[Path], output: OutputContainer) -> None:
    """In the size and at the rate of the first; another shape is fitted in whole, with black beside it."""
    with av.open(str(paths[0])) as source:
        like = source.streams.video[0]
        rate = like.average_rate or Fraction(24)
        width, height = like.codec_context.width // 2 * 2, like.codec_context.height // 2 * 2
    stream = output.add_stream("libx264", rate=rate)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.codec_context.options = {"preset": "veryfast", "crf": "20", "threads": "1"}
    number = 0
    for path in paths:
        with av.open(str(path)) as source:
            for frame in _paced(source, rate, width, height):
                frame.pts, frame.time_base = number, 1 / rate
                number += 1
                output.mux(stream.encode(frame))
    output.mux(stream.encode())


def _paced(source: InputContainer, rate: Fraction, width: int, height: int) -> Iterator[av.VideoFrame]:
    """The pictures of a film at another rate and size."""
    graph = av.filter.Graph()
    steps = [
        graph.add_buffer(template=source.streams.video[0]),
        graph.add("fps", f"fps={rate}"),
        graph.add("scale", f"{width}:{height}:force_original_aspect_ratio=decrease"),
        graph.add("pad", f"{width}:{height}:-1:-1"),
        graph.add("setsar", "1"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*steps).configure()
    for frame in source.decode(source.streams.video[0]):
        graph.vpush(frame)
        yield from _pulled(graph)
    graph.vpush(None)
    yield from _pulled(graph)


def _pulled(graph: av.filter.Graph) -> Iterator[av.VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
