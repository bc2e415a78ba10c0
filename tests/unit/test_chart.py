"""The report's picture: any name and any number is drawn, and nothing a member calls themselves can break it."""

import io
import subprocess
import sys
import warnings
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.ui.chart import BACKGROUND, COLOURS, MOST_NAME, MOST_SERIES, Chart, Series, draw, drawn, legible

FIRST = date(2026, 1, 1)


def days(number: int) -> tuple[date, ...]:
    return tuple(FIRST + timedelta(days=each) for each in range(number))


def chart(*series: Series) -> Chart:
    return Chart("Credits spent", days(len(series[0].credits)), series, "credits")


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def colours_in(png: bytes) -> set[object]:
    return {colour for _, colour in opened(png).getcolors(maxcolors=1 << 24) or []}


@pytest.mark.parametrize("number", [1, 2, 7, 31])
@pytest.mark.parametrize("members", [1, MOST_SERIES])
def test_each_member_has_a_colour_of_their_own_in_a_chart_of_any_length(number: int, members: int) -> None:
    png = draw(chart(*(Series(f"member {each}", (5,) * number) for each in range(members))))
    assert opened(png).size == (1120, 600)
    assert {rgb(BACKGROUND), *(rgb(each) for each in COLOURS[:members])} <= colours_in(png)


def test_the_grey_of_the_others_is_never_a_members_own_where_there_are_no_others() -> None:
    png = draw(chart(*(Series(f"member {each}", (5,)) for each in range(MOST_SERIES - 1))))
    assert rgb(COLOURS[-1]) not in colours_in(png)


def test_a_bar_is_as_high_as_what_was_spent() -> None:
    """The second day has twice the first: so has its bar, up to the thin edge."""
    picture = opened(draw(chart(Series("alice", (50, 100, 0, 0, 0)))))
    blue = rgb(COLOURS[0])
    columns = [
        sum(picture.getpixel((x, y)) == blue for y in range(picture.height)) for x in range(picture.width * 3 // 4)
    ]
    heights = sorted({height for height in columns if height > 50})
    assert heights[-1] == pytest.approx(2 * heights[0], abs=6)


def test_members_stand_on_each_others_shoulders() -> None:
    picture = opened(draw(chart(Series("alice", (50,)), Series("bob", (50,)))))
    middle = next(x for x in range(picture.width) if picture.getpixel((x, 500)) == rgb(COLOURS[0])) + 20
    places = {colour: [y for y in range(600) if picture.getpixel((middle, y)) == rgb(colour)] for colour in COLOURS[:2]}
    alice, bob = places.values()
    assert max(bob) < min(alice)
    assert len(bob) == pytest.approx(len(alice), abs=4)


@pytest.mark.parametrize("credits_", [(0,), (1_000_000_000,), (0, 1, 10**12)])
def test_numbers_of_any_size_are_drawn(credits_: tuple[int, ...]) -> None:
    assert opened(draw(chart(Series("alice", credits_)))).size == (1120, 600)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("alice", "alice"),
        ("Zoë", "Zoë"),
        ("Ελένη", "Ελένη"),
        ("🔥fire🔥", "fire"),
        ("$x^2$", "$x^2$"),
        ("_hidden", "_hidden"),
        ("two\nlines\tand more", "two lines and…"),
        ("a" * 32, "a" * (MOST_NAME - 1) + "…"),
        ("z\u0335\u0328\u031b\u0334a\u0336lgo", "zalgo"),
        ("日本語の名前", "member 3"),
        ("שלום", "member 3"),
        ("\u202egnp", "gnp"),
        ("🔥🔥", "member 3"),
        ("...", "member 3"),
        ("", "member 3"),
    ],
)
def test_a_name_is_written_as_far_as_the_font_goes_and_else_is_a_number(name: str, shown: str) -> None:
    assert legible(name, "member 3") == shown


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_no_name_breaks_the_chart_or_has_a_letter_that_the_font_lacks(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(chart(Series(legible(name, "member 1"), (3,))))


@pytest.mark.parametrize("name", ["$\\frac{1$", "_nolegend_", "${x}", "a & b", "%s %d"])
def test_signs_that_mean_something_to_the_library_are_only_letters(name: str) -> None:
    """A wrong formula would raise; a name that begins with a line would be left out of the list of names."""
    short, odd = draw(chart(Series("x", (3,)))), draw(chart(Series(name, (3,))))
    assert _patch(odd) < _patch(short) - 20


def _patch(png: bytes) -> int:
    """Where the patch of colour beside the name is, right of all bars: the longer the name, the further left."""
    picture = opened(png)
    blue = rgb(COLOURS[0])
    return max(x for x in range(picture.width) if any(picture.getpixel((x, y)) == blue for y in range(80)))


def test_more_parts_than_colours_and_days_that_do_not_fit_are_errors() -> None:
    too_many = tuple(Series(str(each), (1,)) for each in range(MOST_SERIES + 1))
    with pytest.raises(ValueError, match="do not fit"):
        draw(Chart("", days(1), too_many, "credits"))
    with pytest.raises(ValueError, match="do not fit"):
        draw(Chart("", days(2), (Series("alice", (1,)),), "credits"))


async def test_it_is_drawn_beside_the_loop() -> None:
    assert opened(await drawn(chart(Series("alice", (1, 2, 3))))).size == (1120, 600)


def test_a_start_of_the_bot_does_not_pay_for_charts() -> None:
    """The library takes a second to import, and 40 MB."""
    look = "import sys, cogs; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0  # noqa: S603 - our own code


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [part / 255 for part in rgb(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_each_colour_stands_against_the_background_and_neighbours_differ_in_lightness_or_hue() -> None:
    """3:1 is what WCAG 2.2 asks of graphics."""
    assert all((_luminance(each) + 0.05) / (_luminance(BACKGROUND) + 0.05) >= 3 for each in COLOURS)
    assert all(left != right for left, right in pairwise(COLOURS))
