"""The price is told before it is spent: beside commands, choices and the Extend window; and it is what is charged."""

from itertools import product
from typing import Any

import pytest
from simcord.components import walk_components

from bot.domain.prices import Price, PriceTable
from bot.domain.request import Offer
from bot.service.intake import Terms
from bot.ui import words
from bot.ui.extension import extend_hint
from bot.ui.price_tags import PriceTags
from tests.discord.stage import OFFER, Stage, text_of

PRICED = PriceTable(Price(2), Price(3), {("ray-v2", "1080p", None): Price(8), ("ray-v1", None, None): Price(1)})
NO_EXTEND = PriceTable(PRICED.base, None, PRICED.special)
FREE = PriceTable(Price(0))
MOST = 1_000_000
"""Credits: the largest price that the settings take."""


def command(stage: Stage, name: str) -> dict[str, Any]:
    """A command as Discord is told of it."""
    tree = stage.make_client().tree
    found = tree.get_command(name)
    assert found is not None
    return found.to_dict(tree)


def described(stage: Stage, name: str) -> list[str]:
    """What is read while the command is looked for, and what is read while its prompt is typed."""
    whole = command(stage, name)
    return [whole["description"], *(each["description"] for each in whole["options"] if each["name"] == "prompt")]


def choices(stage: Stage, name: str, option: str) -> dict[Any, str]:
    """The choices of an option, by their value."""
    found = next(each for each in command(stage, name)["options"] if each["name"] == option)
    return {choice["value"]: choice["name"] for choice in found["choices"]}


def with_prices(prices: PriceTable) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("terms", [Terms(prices=prices)])


async def hint(stage: Stage, prompt: str = "a calm sea") -> str:
    """What stands above the field of the Extend window."""
    video = await stage.finished(stage.alice, prompt)
    opened = await stage.bob.click(await stage.message(video), label="Extend")
    assert opened.modal is not None
    (label,) = [part for part in walk_components(opened.modal["components"]) if part["type"] == 18]
    return str(label["description"])


def test_one_price_for_all_is_told_and_no_more(stage: Stage) -> None:
    for name in ("generate", "image-to-video", "extend"):
        assert all(each.endswith(" It costs 1 credit.") for each in described(stage, name))
    assert choices(stage, "generate", "model") == {"ray-v2": "ray-v2", "ray-v1": "ray-v1"}
    assert choices(stage, "generate", "duration") == {5: "5 s", 9: "9 s"}


@with_prices(PRICED)
def test_prices_that_differ_are_told_with_what_they_depend_on(stage: Stage) -> None:
    for name in ("generate", "image-to-video"):
        assert all(each.endswith(" It costs 2 credits; with other options 1 to 8.") for each in described(stage, name))
        assert choices(stage, name, "model") == {"ray-v2": "ray-v2 · 2 to 8 credits", "ray-v1": "ray-v1 · 1 credit"}
        assert choices(stage, name, "resolution") == {
            "720p": "720p · 1 to 2 credits",
            "1080p": "1080p · 1 to 8 credits",
        }
        assert choices(stage, name, "duration") == {5: "5 s", 9: "9 s"}
    assert all(each.endswith(" It costs 3 credits.") for each in described(stage, "extend"))


@with_prices(NO_EXTEND)
async def test_an_extension_without_a_price_of_its_own_costs_what_its_video_would(stage: Stage) -> None:
    told = " It costs as much as a new video like it: 1 to 8 credits."
    assert all(each.endswith(told) for each in described(stage, "extend"))
    assert "Submit costs 2 credits." in await hint(stage)


@with_prices(FREE)
async def test_what_costs_nothing_is_said_to_cost_nothing(stage: Stage) -> None:
    assert all(each.endswith(" It costs nothing.") for each in described(stage, "generate"))
    assert "Submit costs nothing." in await hint(stage)


@pytest.mark.parametrize("terms", [Terms(prices=each) for each in (PRICED, NO_EXTEND, PriceTable())])
async def test_what_is_told_is_what_is_charged(stage: Stage) -> None:
    """Each combination of options lies within what its choices say, and the window's price is that of its extension."""
    for model, resolution, duration in product(OFFER.models, OFFER.resolutions, OFFER.durations):
        options = {"model": model, "resolution": resolution, "duration": duration}
        result = await stage.alice.slash(stage.channel, "generate", prompt="a calm sea", **options)
        video = await stage.newest()
        for option, value in options.items():
            told = choices(stage, "generate", option)[value].partition(" · ")[2].split()
            if told:
                assert int(told[0]) <= video.price <= int(told[-2])
        done = await stage.complete(video)
        await stage.draw(result.response, await stage.shown(done))  # type: ignore[arg-type]  # it was answered
        opened = await stage.bob.click(await stage.message(done), label="Extend")
        result = await stage.bob.submit_modal(opened, {"prompt": "then it rains"})
        price = words.COST((await stage.newest()).price)
        assert f"Submit costs {price}." in str(opened.modal)
        assert f"· {price}" in text_of(result.response)


@with_prices(PRICED)
async def test_the_window_names_the_price_also_above_a_prompt_that_is_cut(stage: Stage) -> None:
    assert (await hint(stage)).endswith(" Submit costs 3 credits.")
    assert (await hint(stage, "x" * 5_000)).endswith(" Submit costs 3 credits.")


@pytest.mark.parametrize(
    "prices",
    [PriceTable(Price(MOST)), PriceTable(Price(MOST), None, {("b" * 100, None, None): Price(MOST - 1)})],
    ids=["one", "several"],
)
def test_any_price_that_the_settings_take_is_told_whole_within_discords_limits(prices: PriceTable) -> None:
    tags = PriceTags(prices, Offer(("a", "b" * 100), (5,), ("720p",)))
    told = [tags.new_video(each).message for each in (words.GENERATE, words.IMAGE_TO_VIDEO, words.prompt_option)]
    told += [tags.extension(each).message for each in (words.EXTEND, words.extend_prompt_option)]
    told += [extend_hint(MOST, whole=whole) for whole in (True, False)]
    assert all(len(each) <= 100 and "1,000,000" in each for each in told)
    assert all(len(each.message) <= 100 for each in tags.models().values())


def test_an_extension_of_a_model_that_is_offered_no_more_is_within_what_is_told() -> None:
    prices = PriceTable(Price(1), None, {("ray-v0", None, None): Price(20)})
    assert (
        PriceTags(prices, OFFER).extension(lambda: "Go on.").message
        == "Go on. It costs as much as a new video like it: 1 to 20 credits."
    )
