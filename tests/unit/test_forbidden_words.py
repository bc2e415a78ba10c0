"""Which prompts hold a forbidden word: whole words, in any spelling, and never a long search."""

import time

import pytest

from bot.domain.house import MOST_WORD_LENGTH, MOST_WORDS, forbidden_word
from bot.domain.request import MOST_PROMPT

MOST_SECONDS = 10.0
"""Far above what is measured (0.7 s), far below what a search that grows faster than the prompt takes."""


@pytest.mark.parametrize(
    ("word", "prompt"),
    [
        ("kraken", "a KRAKEN, at sea"),
        ("kraken", "kr\u200baken"),
        ("kraken", "\uff4b\uff52\uff41\uff4b\uff45\uff4e"),
        ("kraken", "krákén"),
        ("Krákén", "the kraken"),
        ("straße", "STRASSE"),
        ("some thing", "some \n thing"),
        ("kill*", "killing"),
        ("kill*", "kill"),
        ("*kill*", "overkills"),
        ("b?d", "bad"),
        ("a*b?c*", "abxcd"),
        ("a*a*b", "aab"),
        ("a*bc*d", "a bc abcxbcd"),
        ("c++", "in c++ now"),
        ("爆弾", "今日爆弾です"),
        ("爆*す", "今日爆弾です"),
        ("*爆弾*", "今日爆弾です"),
        ("🔫", "a 🔫!"),
    ],
)
def test_a_prompt_that_holds_the_word_is_known(word: str, prompt: str) -> None:
    assert forbidden_word(prompt, ["nothing", word]) == word


@pytest.mark.parametrize(
    ("word", "prompt"),
    [
        ("kraken", "krakens"),
        ("kraken", "the unkraken"),
        ("some thing", "something"),
        ("b?d", "bd"),
        ("b?d", "b d"),
        ("kill*", "skill"),
        ("a*b", "a b"),
        ("a*a*b", "ab"),
        ("c++", "c+"),
        ("[a-z]", "x"),
        (" ", "anything"),
    ],
)
def test_a_prompt_without_the_word_is_let_through(word: str, prompt: str) -> None:
    assert forbidden_word(prompt, [word]) is None


@pytest.mark.parametrize(
    ("word", "letter"),
    [("a*" * 25 + "b{}", "a"), ("*" + "a*" * 25 + "b{}", "a"), ("あ*あ*い{}", "あ"), ("?" * 50 + "b{}", "a")],
)
def test_no_list_of_words_can_hold_up_the_bot(word: str, letter: str) -> None:
    """Any server's moderators may write the list, and all servers share one process."""
    words = [word.format(number) for number in range(MOST_WORDS)]
    assert max(map(len, words)) <= MOST_WORD_LENGTH
    began = time.perf_counter()
    assert forbidden_word(letter * MOST_PROMPT, words) is None
    assert time.perf_counter() - began < MOST_SECONDS
