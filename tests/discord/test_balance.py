"""A member looks at their credits: each limit that holds, what is left, when it starts over, and what waits."""

import pytest

from bot.domain.errors import StoreError
from bot.domain.period import Span
from bot.domain.prices import Price, PriceTable
from bot.domain.quota import Caps, Limit, Scope
from bot.service.intake import Terms
from bot.ui import words
from tests.discord.people import elsewhere
from tests.discord.stage import Stage, original, told

TOMORROW = 1767312000
"""The midnight after SimCord's first day, in UTC."""


async def limit(stage: Stage, scope: Scope, credits_: int, span: Span = Span.DAY, subject: int = 0) -> None:
    await stage.services.purse.set_limit(
        stage.guild.id, scope, subject, Limit(credits_, span), by=0, why="", now=stage.env.now()
    )


async def balance(stage: Stage) -> str:
    return told(await stage.alice.slash(stage.channel, "balance"))


async def test_without_limits_it_says_so_and_names_the_price(stage: Stage) -> None:
    shown = await balance(stage)
    assert "**Own limit**: none." in shown
    assert "**Waiting**: nothing." in shown
    assert "**Price of a video**: 1 credit." in shown


async def test_each_limit_is_shown_with_what_is_used_and_left_and_when_it_starts_over(stage: Stage) -> None:
    await limit(stage, Scope.DEFAULT, 5)
    await limit(stage, Scope.SERVER, 100, Span.MONTH)
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    await stage.bob.slash(stage.channel, "generate", prompt="a calm sea")
    shown = await balance(stage)
    assert f"**Limit of every member**: 1 of 5 credits used today, **4 left**. Starts over <t:{TOMORROW}:R>." in shown
    assert "**This server's pool**: 2 of 100 credits used this month, **98 left**. Starts over <t:" in shown


async def test_the_best_role_counts_and_a_limit_of_ones_own_before_it(stage: Stage) -> None:
    small, large = stage.guild.create_role("small"), stage.guild.create_role("large")
    carol = stage.guild.add_member(stage.env.create_user("carol"), roles=[small, large])
    await limit(stage, Scope.DEFAULT, 1)
    await limit(stage, Scope.ROLE, 2, subject=small.id)
    await limit(stage, Scope.ROLE, 30, subject=large.id)
    assert "**Limit by role**: 0 of 30 credits used today" in told(await carol.slash(stage.channel, "balance"))
    await limit(stage, Scope.MEMBER, 7, subject=carol.id)
    assert "**Own limit**: 0 of 7 credits used today" in told(await carol.slash(stage.channel, "balance"))


async def test_bonus_credits_are_shown_with_their_ends(stage: Stage) -> None:
    for days in (None, 3):
        ends = None if days is None else stage.env.now().replace(day=4)
        await stage.services.purse.grant(stage.guild.id, stage.alice.id, 5, ends, by=0, why="", now=stage.env.now())
    shown = await balance(stage)
    assert "**Bonus**: **5 left**, which never ends." in shown
    assert "**Bonus**: **5 left**, which ends <t:1767484800:f>." in shown


async def test_the_places_of_what_waits_are_those_of_this_servers_line(stage: Stage) -> None:
    there = elsewhere(stage)
    await there.alice.slash(there.channel, "generate", prompt="of another server")
    for actor in (stage.alice, stage.bob, stage.alice):
        await stage.env.advance_time(1)
        await actor.slash(stage.channel, "generate", prompt="a calm sea")
    assert "**Waiting**: 2 requests, at places 1 and 3 in this server's line." in await balance(stage)


@pytest.mark.parametrize("terms", [Terms(caps=Caps(server_a_day=40, bot_a_day=2))])
async def test_the_operators_caps_are_shown_but_not_what_other_servers_spent(stage: Stage) -> None:
    there = elsewhere(stage)
    await there.alice.slash(there.channel, "generate", prompt="a calm sea")
    shown = await balance(stage)
    assert "**The operator's cap for this server**: 0 of 40 credits used today, **40 left**." in shown
    assert "**The operator's cap for all servers**: there is room today." in shown
    await there.alice.slash(there.channel, "generate", prompt="a calm sea")
    shown = await balance(stage)
    assert f"**The operator's cap for all servers**: used up. Starts over <t:{TOMORROW}:R>." in shown
    assert "2" not in shown.split("all servers**:")[1].split("<t:")[0]


PRICED = PriceTable(Price(2), Price(3), {("ray-v2", "1080p", None): Price(8), (None, None, 9): Price(4)})


@pytest.mark.parametrize("terms", [Terms(prices=PRICED)])
async def test_prices_are_shown_from_the_least_to_the_most(stage: Stage) -> None:
    shown = await balance(stage)
    assert "**Price of a video**: 2 to 8 credits, by model, resolution and duration.\n" in shown
    assert "**Price of an extension**: 3 credits." in shown


async def test_a_member_of_two_servers_has_two_balances(stage: Stage) -> None:
    there = elsewhere(stage)
    await limit(stage, Scope.DEFAULT, 5)
    await stage.services.purse.grant(stage.guild.id, stage.alice.id, 9, None, by=0, why="", now=stage.env.now())
    await stage.alice.slash(stage.channel, "generate", prompt="a calm sea")
    shown = told(await there.alice.slash(there.channel, "balance"))
    assert "**Own limit**: none." in shown
    assert "Bonus" not in shown
    assert "**Waiting**: nothing." in shown


async def test_without_a_database_the_member_is_told(stage: Stage) -> None:
    await stage.lose_the_database()
    assert await balance(stage) == words.STORE_DOWN()
    assert all(isinstance(original(error), StoreError) for error in stage.env.errors)
