"""`dreamreel run` as a process, between a Discord and a relay on loopback: what members see, and what is paid for."""

import signal
from pathlib import Path

import av
import pytest

from bot.domain.generation import GenerationState
from tests.wire.config import Section
from tests.wire.local_discord import Interaction, LocalDiscord, headline_of, text_of
from tests.wire.local_discord.payloads import Json, parts
from tests.wire.world import PROMPT, TOKEN, World

NEXT = "the herring whisper back"

COMMANDS = {
    "generate",
    "image-to-video",
    "extend",
    "balance",
    "quota",
    "moderation",
    "settings",
    "privacy",
    "preferences",
    "help",
    "history",
    "show",
    "story",
    "Animate this image",
    "Extend this video",
    "Report this video",
}


def extend_button(message: Json) -> str:
    """The custom id of a card's Extend button."""
    found: str = next(part["custom_id"] for part in parts(message["components"]) if part.get("label") == "Extend")
    return found


async def carded(local: LocalDiscord, asked: Interaction) -> int:
    """Wait until an interaction is answered with a card; its message."""
    await local.answered(asked)
    assert asked.message_id is not None
    return asked.message_id


async def generate(world: World) -> int:
    """Ask for a video; the message of its card."""
    return await carded(world.local, await world.local.slash("generate", prompt=PROMPT))


# What a member sees


@pytest.mark.parametrize("world", [None], indirect=True)
async def test_a_member_asks_and_sees_every_step_and_gets_the_video_which_is_paid_for_once(
    world: World, tmp_path: Path
) -> None:
    async with world.bot():
        card = await generate(world)
        assert "Waiting" in headline_of(world.local.messages[card])
        await world.local.says(card, "●\u00a0**Queued**")
        (bill,) = world.relay.bills
        assert bill.task_id is not None
        for state, said in (("dreaming", "●\u00a0**Dreaming**"), ("completed", "Completed")):
            world.relay.move(bill.task_id, state)
            message = await world.local.says(card, said)

    (attachment,) = message["attachments"]
    film = tmp_path / "film.mp4"
    film.write_bytes(world.local.book.uploads[int(attachment["id"])])
    with av.open(film) as played:
        assert sum(1 for _ in played.decode(video=0)) > 0
    assert f"{world.relay.base_url}/videos/{bill.task_id}.mp4" in text_of(message)
    assert (bill.charged, bill.body["user_prompt"]) == (True, PROMPT)
    assert world.relay.requests.posts == len(world.relay.bills) == 1
    # Each step is one edit, and by the interaction's token: that does not count against the bot's 50 a second.
    assert [edit.by_bot for edit in world.local.edits()] == [False] * 3


async def test_a_video_is_extended_by_its_button_also_after_the_bot_was_killed(world: World) -> None:
    local = world.local
    async with world.bot() as bot:
        first = await generate(world)
        message = await local.says(first, "Completed")
        opened = await local.answered(await local.press(first, extend_button(message)))
        await bot.kill()

    async with world.bot():
        second = await carded(local, await local.submit(opened, prompt=NEXT))
        await local.says(second, "Completed")
        opened = await local.answered(await local.press(first, extend_button(message)))
        third = await carded(local, await local.submit(opened))
        await local.says(third, "Completed")

    made, extended, again = world.relay.bills
    assert [bill.kind for bill in world.relay.bills] == ["submit", "extend", "extend"]
    assert [bill.parent for bill in (extended, again)] == [made.task_id] * 2
    assert [bill.body["user_prompt"] for bill in (extended, again)] == [NEXT, PROMPT]


async def test_an_interaction_delivered_twice_is_one_generation_and_one_bill(world: World) -> None:
    async with world.bot() as bot:
        asked = await world.local.slash("generate", prompt=PROMPT)
        await world.local.again(asked)
        await bot.says("delivered again")
        await carded(world.local, asked)
        await world.until_relay(lambda relay: relay.bills)

    assert asked.refused == []
    assert len(world.rows("SELECT id FROM generations")) == 1
    assert len(world.relay.bills) == world.relay.requests.posts == 1


async def test_the_commands_are_told_to_discord_at_the_first_start_only(world: World) -> None:
    synced = []
    for _ in range(2):
        async with world.bot():
            synced.append(world.local.rest.synced)
            await generate(world)

    assert synced == [1, 1]
    assert world.local.rest.commands.keys() == COMMANDS
    assert [identify["intents"] for identify in world.local.gateway.identifies] == [1, 1]


# Ends and starts


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_the_bot_ends_soon_and_well_with_a_paid_request_on_the_wire(world: World, ending: signal.Signals) -> None:
    world.relay.fault("submit", "slow", value=0.6)
    async with world.bot() as bot:
        await bot.says("ready, in")
        await generate(world)
        await world.until_relay(lambda relay: relay.requests.submit)
        code, took_s = await bot.stop(ending)

    (bill,) = world.relay.bills
    assert code == 0
    assert took_s < 30
    assert world.rows("SELECT state, relay_id FROM generations") == [(GenerationState.QUEUED, bill.task_id)]
    print(f"{ending.name}: ended after {took_s:.2f} s, the answer came after 0.60 s")  # noqa: T201  # a measurement, for `pytest -rP`


async def test_a_second_bot_on_the_same_database_says_so_and_the_first_goes_on(world: World) -> None:
    async with world.bot() as first:
        async with world.process() as second:
            assert await second.ended() == 1
        card = await generate(world)
        assert "Waiting" in headline_of(world.local.messages[card])
        assert first.process.returncode is None

    (sentence,) = second.lines
    assert f"another process of the bot (pid {first.process.pid}) holds the database" in sentence
    assert len(world.local.gateway.identifies) == 1


async def test_a_bot_killed_while_it_pays_says_uncertain_and_never_sends_again(world: World) -> None:
    world.relay.fault("submit", "hang", value="after")
    async with world.bot() as bot:
        card = await generate(world)
        await world.until_relay(lambda relay: relay.bills)
        await bot.kill()
    assert world.rows("SELECT state FROM generations") == [(GenerationState.SUBMITTING,)]

    async with world.bot():
        await world.local.says(card, "Uncertain")
        later = await generate(world)
        await world.local.says(later, "Completed")

    assert "Uncertain" in headline_of(world.local.messages[card])
    assert world.relay.requests.posts == len(world.relay.bills) == 2
    assert world.rows("SELECT state FROM generations ORDER BY created_at") == [
        (GenerationState.UNCERTAIN,),
        (GenerationState.COMPLETED,),
    ]


# Operators' mistakes


async def test_a_wrong_token_is_one_sentence_and_no_traceback(world: World) -> None:
    wrong = "not.the-token"
    async with world.process(world.config(discord={"token": wrong})) as bot:
        assert await bot.ended() == 1

    assert bot.lines[-1] == "Discord does not accept discord.token."
    assert wrong not in bot.output
    assert world.local.gateway.connections == 0


@pytest.mark.parametrize(
    ("changed", "environ", "named"),
    [
        ({"discord": {"token": ""}}, {}, "discord.token is missing"),
        ({"relay": {"base_url": "ftp://somewhere"}}, {}, "relay.base_url"),
        ({"poller": {"first_pol_s": 2}}, {}, "poller.first_pol_s"),
        ({}, {"DREAMREEL_RELY__API_KEY": "anything"}, "DREAMREEL_RELY__API_KEY"),
    ],
    ids=["missing", "wrong value", "unknown key", "unknown variable"],
)
async def test_wrong_settings_are_told_by_name_before_anything_connects(
    world: World, changed: dict[str, Section], environ: dict[str, str], named: str
) -> None:
    async with world.process(world.config(**changed), environ) as bot:
        assert await bot.ended() == 2

    (sentence,) = bot.lines
    assert named in sentence
    assert world.local.seen == []
    assert world.local.gateway.connections == world.relay.requests.posts == 0
    assert not (world.folder / "bot.db").exists()


async def test_the_log_tells_of_each_generation_by_its_id(world: World) -> None:
    """What is in no log stands in the fixture: it is looked for after every test here."""
    async with world.bot() as bot:
        card = await generate(world)
        await world.local.says(card, "Completed")
        await bot.says("its card says completed")
        code, _ = await bot.stop()

    ((generation,),) = world.rows("SELECT id FROM generations")
    assert code == 0
    assert bot.output.count(f"[{generation}]") >= 4
    assert PROMPT not in bot.output
    assert TOKEN not in bot.output
