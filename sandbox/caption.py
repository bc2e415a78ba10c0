"""The words on a film, so that whoever sees one in the demo can tell which request and which part it is."""

from functools import cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

LINES = 2
# Tried in this order after Pillow's own, which knows little beyond Latin; each is found only where it is installed.
WIDER_FONTS = ("DejaVuSans.ttf", "NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "msyh.ttc", "PingFang.ttc")
# No font has a glyph for a code point that Unicode has set aside for ever.
NOWHERE = "\U0010ffff"


class Caption:
    """A part's prompt and number, drawn once and laid over many frames."""

    def __init__(self, prompt: str, part: int, size: tuple[int, int]) -> None:
        width, height = size
        self._words = _letter(prompt, part, (width, round(height * 0.30)))
        self._corner = (0, height - self._words.height)
        self._ink = self._words.getchannel("A")

    def lay_over(self, picture: Image.Image, strength: float) -> None:
        """Write on this picture, with a strength from 0 (nothing) to 1."""
        if strength <= 0:
            return
        ink = self._ink if strength >= 1 else self._ink.point([round(i * strength) for i in range(256)])
        picture.paste(self._words.convert("RGB"), self._corner, ink)


def _letter(prompt: str, part: int, size: tuple[int, int]) -> Image.Image:
    width, height = size
    margin, line = round(width * 0.045), round(height * 0.21)
    font, text = readable(prompt, round(line * 0.72))
    lines = wrapped(text, font, width - 2 * margin)
    ink = Image.new("L", size, 0)
    pen = ImageDraw.Draw(ink)
    top = height - margin - line * len(lines)
    pen.text((margin, top - line * 0.8), f"part {part}", fill=190, font=readable("part", round(line * 0.5))[0])
    for number, words in enumerate(lines):
        pen.text((margin, top + line * number), words, fill=255, font=font)
    shadow = ink.filter(ImageFilter.GaussianBlur(line * 0.18)).point([min(170, 3 * i) for i in range(256)])
    letter = Image.new("RGBA", size, (0, 0, 0, 0))
    letter.putalpha(shadow)
    white = Image.new("RGBA", size, "white")
    white.putalpha(ink)
    return Image.alpha_composite(letter, white)


def readable(prompt: str, points: int) -> tuple[Font, str]:
    """Return the font that can show the most of this prompt, and what of the prompt it can show.

    A letter that no font here knows is left out: a hollow box for each would say less than nothing.
    """
    # A lone half of a surrogate pair is not printable either; Pillow would refuse it.
    text = " ".join("".join(c if c.isprintable() else " " for c in prompt).split())
    best, shown = _font(None, points), ""
    for name in (None, *WIDER_FONTS):
        font = _font(name, points)
        known = "".join(c for c in text if font is not None and _knows(font, c))
        if len(known) > len(shown):
            best, shown = font, known
        if len(shown) == len(text):
            break
    assert best is not None  # noqa: S101 - Pillow carries a font of its own
    return best, " ".join(shown.split())


def wrapped(text: str, font: Font, width: float) -> list[str]:
    """Break the text into at most `LINES` lines no wider than `width` pixels; what is cut ends in an ellipsis."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < LINES:
        end = _fitting(rest, font, width)
        if end < len(rest) and len(lines) < LINES - 1:
            end = rest.rfind(" ", 1, end + 1) if " " in rest[1 : end + 1] else end
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        last = lines[-1]
        while last and font.getlength(last + "...") > width:
            last = last[:-1]
        lines[-1] = last.rstrip() + "..."
    return lines


def _fitting(text: str, font: Font, width: float) -> int:
    """Return how many characters from the start fit into the width; one at the least."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= width else (low, middle - 1)
    return low


@cache
def _font(name: str | None, points: int) -> Font | None:
    if name is None:
        return ImageFont.load_default(points)
    try:
        return ImageFont.truetype(name, points, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return None


@cache
def _knows(font: Font, character: str) -> bool:
    """Tell whether the font has a glyph of its own for this character; Pillow offers no question for it."""
    return character == " " or bytes(font.getmask(character)) != bytes(font.getmask(NOWHERE))
