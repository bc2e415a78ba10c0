"""The moving pictures of a film, so that one with no image of its own is still worth watching in the demo."""

import colorsys
import hashlib
import math
import random
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageOps

Size = tuple[int, int]
Colour = tuple[int, int, int]


class Ridge(NamedTuple):
    """One line of hills; all but `drift` are shares of the frame's height, counted from its top."""

    base: float
    swing: float
    drift: float  # how far it moves in one part, a share of the frame's width
    floor: float  # below this a nearer ridge hides it, so nothing is painted there


# The farthest first, as they are painted.
RIDGES = (
    Ridge(0.52, 0.10, 0.02, 0.73),
    Ridge(0.62, 0.12, 0.05, 0.85),
    Ridge(0.73, 0.13, 0.10, 0.97),
    Ridge(0.86, 0.12, 0.20, 1.00),
)
# A shape is drawn this many times larger and shrunk once, because Pillow draws polygons with hard edges.
SMOOTHING = 2
STARS = 140
SUNLIGHT: Colour = (255, 244, 214)


class Dawn:
    """Hills before a rising sun; the hue and the outline come from the prompt, so a prompt has its own film."""

    def __init__(self, prompt: str, size: Size) -> None:
        digest = hashlib.sha256(prompt.encode("utf-8", "replace")).digest()
        dice = random.Random(digest)  # noqa: S311 - it draws hills; nothing is kept secret
        self._size = size
        # A dawn is warm below and cool above, whatever the prompt.
        warm, self._cool = dice.uniform(-0.07, 0.11), dice.uniform(0.50, 0.82)
        self._night = _with_stars(_sky(size, _night(warm, self._cool)), dice)
        self._morning = _sky(size, _morning(warm, self._cool))
        self._sun_x = dice.uniform(0.3, 0.7)
        self._glow = _glow(size[1])
        self._ridges = [_outline(size, ridge, dice) for ridge in RIDGES]

    def at(self, moment: float) -> Image.Image:
        light = ease(0.15 + 0.85 * moment)
        picture = Image.blend(self._night, self._morning, light)
        self._paste_sun(picture, light)
        for depth, mask in enumerate(self._ridges):
            self._paste_ridge(picture, mask, depth, moment, light)
        return picture

    def _paste_sun(self, picture: Image.Image, light: float) -> None:
        width, height = self._size
        radius = self._glow.width // 2
        corner = (round(width * self._sun_x) - radius, round(height * (0.78 - 0.42 * light)) - radius)
        above_ground = min(self._glow.height, round(height * RIDGES[0].floor) - corner[1])
        glow = self._glow.crop((0, 0, self._glow.width, above_ground))
        picture.paste(SUNLIGHT, corner, glow)

    def _paste_ridge(self, picture: Image.Image, mask: Image.Image, depth: int, moment: float, light: float) -> None:
        width, height = self._size
        top = round(height * (RIDGES[depth].base - RIDGES[depth].swing))
        foot, floor = top + mask.height, round(height * RIDGES[depth].floor)
        drift = round((mask.width - width) * moment)
        nearness = depth / (len(self._ridges) - 1)
        colour = _rgb(self._cool, 0.25 + 0.30 * nearness, (0.66 - 0.54 * nearness) * (0.35 + 0.65 * light))
        visible = mask.crop((drift, 0, drift + width, mask.height))
        picture.paste(colour, (0, top), visible)
        if foot < floor:
            picture.paste(colour, (0, foot, width, floor))


def fitted(picture: Image.Image, size: Size) -> Image.Image:
    """Fill the size with the middle of the picture, whatever its shape."""
    return ImageOps.fit(picture, size, Image.Resampling.LANCZOS)


def open_image(data: bytes, formats: tuple[str, ...] | None = None) -> Image.Image:
    """Return the picture in these bytes, upright and without transparency.

    `formats` are Pillow's names of those that will do. Raises `OSError` (Pillow's `UnidentifiedImageError` is one)
    where the bytes hold no such picture.
    """
    with Image.open(BytesIO(data), formats=formats) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    ground = Image.new("RGBA", upright.size, "black")
    return Image.alpha_composite(ground, upright).convert("RGB")


def ease(share: float) -> float:
    """Slow at both ends, so that nothing starts or stops with a jerk."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def _rgb(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return (round(red * 255), round(green * 255), round(blue * 255))


def _night(warm: float, cool: float) -> list[Colour]:
    return [_rgb(cool, 0.75, 0.09), _rgb(cool, 0.65, 0.22), _rgb(warm, 0.50, 0.42)]


def _morning(warm: float, cool: float) -> list[Colour]:
    return [_rgb(cool, 0.42, 0.72), _rgb((warm + 1 + cool) / 2, 0.22, 0.92), _rgb(warm, 0.36, 1.0)]


def _sky(size: Size, stops: list[Colour]) -> Image.Image:
    """Blend the stops from the top to just below the horizon."""
    height = size[1]
    column = Image.new("RGB", (1, height))
    for row in range(height):
        place = min(row / height / 0.75, 0.999) * (len(stops) - 1)
        above, below = stops[int(place)], stops[int(place) + 1]
        share = place - int(place)
        mixed = [round(a + (b - a) * share) for a, b in zip(above, below, strict=True)]
        column.putpixel((0, row), (mixed[0], mixed[1], mixed[2]))
    return column.resize(size, Image.Resampling.NEAREST)


def _with_stars(sky: Image.Image, dice: random.Random) -> Image.Image:
    height = sky.height
    pen = ImageDraw.Draw(sky)
    for _ in range(STARS):
        x, y = dice.uniform(0, sky.width), height * 0.6 * dice.random() ** 1.6
        size = dice.uniform(0.4, 1.3) * height / 720
        shade = round(dice.uniform(90, 230))
        pen.ellipse((x - size, y - size, x + size, y + size), fill=(shade, shade, shade))
    return sky


def _glow(height: int) -> Image.Image:
    """Return the mask of the sun: a disc in a wide, faint halo that has died away before its edge."""
    side = round(height * 0.92)
    # Pillow's gradient is 0 in the middle and 180 at the nearest points of the rim.
    distance = Image.radial_gradient("L").resize((side, side), Image.Resampling.BICUBIC)
    halo = distance.point([round(150 * max(0.0, 1 - value / 179) ** 2.2) for value in range(256)])
    disc = Image.new("L", (side * SMOOTHING, side * SMOOTHING), 0)
    middle, radius = side * SMOOTHING / 2, height * 0.065 * SMOOTHING
    ImageDraw.Draw(disc).ellipse((middle - radius, middle - radius, middle + radius, middle + radius), fill=255)
    return ImageChops.lighter(halo, disc.reduce(SMOOTHING))


def _outline(size: Size, ridge: Ridge, dice: random.Random) -> Image.Image:
    """Return the mask of a ridge, wider than the frame by its drift; it ends where the ridge is solid."""
    frame_width, frame_height = size[0] * SMOOTHING, size[1] * SMOOTHING
    width = round(frame_width * (1 + ridge.drift))
    waves = [(dice.uniform(0.6, 1.4) * n, dice.uniform(0, math.tau), 0.55 / n) for n in (1, 2.3, 4.7, 9.1)]
    step = 4 * SMOOTHING
    line: list[tuple[float, float]] = []
    for x in range(0, width + step, step):
        turn = x / frame_width * math.tau
        rise = sum(math.sin(turn * pace + start) * share for pace, start, share in waves)
        line.append((x, frame_height * ridge.swing * (1 - 0.8 * rise)))
    height = math.ceil(max(y for _, y in line) / SMOOTHING) * SMOOTHING
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).polygon([*line, (width, height), (0, height)], fill=255)
    return mask.reduce(SMOOTHING)
