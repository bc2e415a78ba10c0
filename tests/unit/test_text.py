"""Foreign text on a card shows as the text it is, whoever wrote it and however long it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui.text import clean, clip, cut, fitted, one_line, plain, quoted, utf8, utf16, web_address

ANY_TEXT = st.text(max_size=400) | st.text("\\*_~|`[]()<>@:#-+1. \n>👩🇩🇪\u200d\u202e", max_size=400)
MEANING = set("\\*_~|`[]()<>@:#")


def unescaped(text: str) -> str:
    """What Discord shows of escapes: the character behind the backslash."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)


def unguarded(text: str) -> str:
    """What is left to Discord's Markdown once the escapes are taken out."""
    return re.sub(r"\\[^0-9A-Za-z\s]", "", text)


@given(ANY_TEXT)
def test_what_is_shown_is_what_was_written(text: str) -> None:
    assert unescaped(plain(text)) == clean(text)


@given(ANY_TEXT)
def test_no_character_with_a_meaning_is_left_unguarded(text: str) -> None:
    assert not MEANING & set(unguarded(plain(text)))


@pytest.mark.parametrize(
    ("written", "escaped"),
    [
        ("# Heading", r"\# Heading"),
        ("- item", r"\- item"),
        ("  12. item", r"  12\. item"),
        ("-# small", r"\-\# small"),
        ("> quote", r"\> quote"),
        ("<@123>", r"\<\@123\>"),
        ("<t:1:R>", r"\<t\:1\:R\>"),
        ("</generate:1>", r"\</generate\:1\>"),
        ("@everyone", r"\@everyone"),
        ("https://evil.example", r"https\://evil.example"),
        ("[free](https://evil.example)", r"\[free\]\(https\://evil.example\)"),
        (r"\[free](x)", r"\\\[free\]\(x\)"),
        ("at 3.5 - 2 = 1.5", "at 3.5 - 2 = 1.5"),
    ],
)
def test_each_way_to_mean_something_is_taken_away(written: str, escaped: str) -> None:
    assert plain(written) == escaped


def test_nothing_turns_the_direction_of_writing() -> None:
    assert plain("a\u202eb\u2066c\u2069d\u200fe\u061cf") == "abcdef"


def test_control_characters_and_half_characters_are_dropped() -> None:
    assert plain("a\x00b\x1b[0m\ud800c\x7f\r\nd\te") == "ab\\[0mc\nd e"


@given(ANY_TEXT, st.integers(min_value=3, max_value=300))
def test_a_cut_keeps_the_bound_and_the_beginning(text: str, most: int) -> None:
    text = clean(text)
    kept = cut(text, most)
    assert utf8(kept) <= most
    assert text.startswith(kept.removesuffix("…"))
    assert (kept == text) == (utf8(text) <= most)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a lighthouse in a storm", "a lighthouse…"),
        ("暴风雨中的灯塔 海浪拍打着礁石", "暴风雨中…"),
        ("https://an.example/address", "https://an.e…"),
        ("a lighthouse-in a storm", "a…"),
    ],
)
def test_a_cut_leaves_no_half_word(text: str, kept: str) -> None:
    assert cut(text, 15) == kept


@given(ANY_TEXT, st.integers(min_value=3, max_value=300))
def test_a_fitted_text_keeps_the_bound_and_no_escape_is_torn(text: str, most: int) -> None:
    shown = fitted(text, most)
    assert utf8(shown) <= most
    assert not MEANING & set(unguarded(shown))


@given(ANY_TEXT, st.integers(min_value=100, max_value=400), st.integers(min_value=1, max_value=12))
def test_a_quote_keeps_its_bounds_and_every_line_is_quoted(text: str, most: int, lines: int) -> None:
    quote = quoted(text, most, lines)
    assert utf8(quote) <= most
    assert len(quote.split("\n")) <= lines
    assert all(line.startswith("> ") for line in quote.split("\n"))


@pytest.mark.parametrize("whole", ["👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301", "❤️"])
def test_what_is_read_as_one_character_is_kept_or_left_out_as_one(whole: str) -> None:
    text = whole * 3
    for most in range(utf8(whole), utf8(text)):
        kept = clip(text, most)
        assert kept == whole * (len(kept) // len(whole))


def test_a_clip_by_discords_count_takes_an_emoji_for_two() -> None:
    assert clip("🎬" * 5, 5, utf16) == "🎬" * 2


def test_one_line_is_one_line() -> None:
    assert one_line(" a\n\n b\u2028c\t d ") == "a b c d"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://cdn.example/a.mp4?sig=1%2F2&x=y", "https://cdn.example/a.mp4?sig=1%2F2&x=y"),
        ("https://cdn.example/a) [b](c", "https://cdn.example/a%29%20%5Bb%5D%28c"),
        ("https://cdn.example/ä\u202e", "https://cdn.example/%C3%A4"),
        ("http://127.0.0.1:8080/v/1.mp4", "http://127.0.0.1:8080/v/1.mp4"),
        ("http://localhost/a.mp4", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://[oops", None),
        ("https://cdn.example:port/a", None),
        ("", None),
        (None, None),
    ],
)
def test_a_link_is_a_clean_web_address_or_none(url: str | None, address: str | None) -> None:
    assert web_address(url) == address
