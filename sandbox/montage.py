"""What a film shows and in which order: given images, hills at dawn, the dissolves between them, and the words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from PIL import Image

from sandbox.caption import Caption
from sandbox.scene import Dawn, ease, fitted, open_image

# Enough for drifting hills, and few enough to draw five seconds of 720p in about a second on one core.
FRAMES_A_SECOND = 12
# The share of a part in which its first image gives way, and in which its last image comes up.
DISSOLVE = 0.35
# With two images there is nothing else to show: each stands this share of the part, between them one becomes the other.
STAND = 0.25
# The share of a part in which the words come up, and in which they go.
FADE = 0.12


@dataclass(frozen=True, slots=True)
class FilmSpec:
    """One part of a film: lengths in seconds, sizes in pixels (even), images as the bytes of their files.

    `follows` is the part before this one; where `first` is None, this part opens with that one's last picture.
    `whole` puts all parts since the beginning into the file, otherwise the file holds this part only.
    """

    prompt: str
    part: int = 1
    seconds: float = 5
    width: int = 1280
    height: int = 720
    first: bytes | None = None
    last: bytes | None = None
    follows: Self | None = None
    whole: bool = False

    @property
    def size(self) -> tuple[int, int]:
        return (self.width, self.height)


def pictures(spec: FilmSpec) -> Iterator[Image.Image]:
    """Yield the frames of the file one by one. Raises `OSError` where a given image is none."""
    for part in _parts(spec):
        yield from _Part(part).frames()


def _parts(spec: FilmSpec) -> list[FilmSpec]:
    parts = [spec]
    while spec.whole and parts[0].follows is not None:
        parts.insert(0, parts[0].follows)
    return parts


def _last_picture(spec: FilmSpec) -> Image.Image:
    if spec.last is not None:
        return fitted(open_image(spec.last), spec.size)
    return Dawn(spec.prompt, spec.size).at(1.0)


class _Part:
    def __init__(self, spec: FilmSpec) -> None:
        self._length = max(1, round(spec.seconds * FRAMES_A_SECOND))
        self._opening = _opening(spec)
        self._closing = None if spec.last is None else _last_picture(spec)
        self._scene = Dawn(spec.prompt, spec.size)
        self._caption = Caption(spec.prompt, spec.part, spec.size)

    def frames(self) -> Iterator[Image.Image]:
        for number in range(self._length):
            moment = number / max(1, self._length - 1)
            picture = self._picture(moment)
            self._caption.lay_over(picture, self._loudness(moment))
            yield picture

    def _picture(self, moment: float) -> Image.Image:
        """Return a picture that the caller may draw on."""
        if self._opening is not None and self._closing is not None:
            share = ease((moment - STAND) / (1 - 2 * STAND))
            return Image.blend(self._opening, self._closing, share)
        scene = self._scene.at(moment)
        if self._opening is not None and moment < DISSOLVE:
            return Image.blend(self._opening, scene, ease(moment / DISSOLVE))
        if self._closing is not None and moment > 1 - DISSOLVE:
            return Image.blend(self._closing, scene, ease((1 - moment) / DISSOLVE))
        return scene

    def _loudness(self, moment: float) -> float:
        """Leave the given images unwritten: they are to be seen as they are."""
        coming = 1.0 if self._opening is None else moment / FADE
        return min(1.0, coming, (1 - moment) / FADE)


def _opening(spec: FilmSpec) -> Image.Image | None:
    if spec.first is not None:
        return fitted(open_image(spec.first), spec.size)
    return None if spec.follows is None else _last_picture(spec.follows)
