"""A member asks for a video: what is refused costs nothing, what is taken gets one card and one place in the line."""

from typing import Any

import discord
import pytest
from simcord import MemberActor

from bot.domain.card import CardState
from bot.domain.errors import StoreError
from bot.domain.generation import GenerationState, Kind
from bot.ui import words
from tests.discord.stage import Stage, headline_of, original, text_of, told

PNG = ("first.png", b"\x89PNG")
NOON = "2026-01-01T12:00:00+00:00"
TALKS_IN_THREADS = discord.Permissions(
    view_channel=True, send_messages_in_threads=True, attach_files=True, read_message_history=True
)
NOT_CHARGED = "Nothing was sent and nothing was charged."
CALLBACK = ("POST", "/interactions/*/callback")


async def ask(actor: MemberActor, stage: Stage, **options: Any) -> Any:
    name = "image-to-video" if "image" in options else "generate"
    return await actor.slash(stage.channel, name, **({"prompt": "a calm sea"} | options))


async def test_a_request_is_answered_at_once_with_its_card(stage: Stage) -> None:
    result = await ask(stage.alice, stage)
    assert result.response.message.flags.components_v2
    assert not result.ephemeral
    assert "Waiting" in headline_of(result.response)
    assert "> a calm sea" in text_of(result.response)
    (shown,) = await stage.admitted()
    assert shown.card.state is CardState.LIVE
    assert shown.card.message_id == result.response.id
    assert shown.generation.user_id == stage.alice.id
    assert [each.id for each in (await stage.store.line())[0]] == [shown.generation.id]


async def test_options_left_out_take_the_defaults_on_offer(stage: Stage) -> None:
    await ask(stage.alice, stage)
    asked = (await stage.newest()).request
    assert (asked.model, asked.duration, asked.resolution, asked.expand_prompt) == ("ray-v2", 5, "720p", True)


async def test_options_chosen_are_taken_and_told(stage: Stage) -> None:
    chosen = {"model": "ray-v1", "duration": 9, "resolution": "1080p", "expand_prompt": False}
    result = await ask(stage.alice, stage, **chosen)
    asked = (await stage.newest()).request
    assert (asked.model, asked.duration, asked.resolution, asked.expand_prompt) == ("ray-v1", 9, "1080p", False)
    assert "ray-v1 · 9 s · 1080p · prompt as written" in text_of(result.response)


async def test_a_picture_starts_a_video_and_another_may_end_it(stage: Stage) -> None:
    result = await ask(stage.alice, stage, image=PNG, end_image=("last.gif", b"GIF89a"))
    asked = (await stage.newest()).request
    assert asked.kind is Kind.IMAGE
    assert asked.image_url is not None
    assert asked.image_url.endswith("/first.png")
    assert asked.end_image_url is not None
    assert asked.end_image_url.endswith("/last.gif")
    assert "first and last frame" in text_of(result.response)


@pytest.mark.parametrize("prompt", ["", "   ", "ab", " a\n", "x" * 5_001])
async def test_a_prompt_outside_the_bounds_is_refused_and_costs_nothing(stage: Stage, prompt: str) -> None:
    result = await ask(stage.alice, stage, prompt=prompt)
    assert "3 to 5,000 characters" in told(result)
    assert NOT_CHARGED in told(result)
    assert not await stage.admitted()


async def test_the_longest_prompt_is_taken(stage: Stage) -> None:
    result = await ask(stage.alice, stage, prompt="x" * 5_000)
    assert "Waiting" in headline_of(result.response)


@pytest.mark.parametrize(
    ("pictures", "reason"),
    [
        ({"image": ("notes.txt", b"hello")}, "notes.txt is not a picture"),
        ({"image": ("film.mp4", b"hello")}, "film.mp4 is not a picture"),
        ({"image": ("big.png", bytes(20 * 1024 * 1024 + 1))}, "big.png is over 20 MB"),
        ({"image": PNG, "end_image": ("notes.txt", b"hello")}, "notes.txt is not a picture"),
    ],
)
async def test_what_the_relay_cannot_read_is_refused_and_costs_nothing(
    stage: Stage, pictures: dict[str, Any], reason: str
) -> None:
    result = await ask(stage.alice, stage, **pictures)
    assert reason in told(result)
    assert NOT_CHARGED in told(result)
    assert not await stage.admitted()


async def test_a_file_cannot_smuggle_a_mention_or_a_link_into_a_refusal(stage: Stage) -> None:
    result = await ask(stage.alice, stage, image=("[free](https:__evil.example) @everyone.txt", b"x"))
    assert r"\[free\]\(https\:\_\_evil.example\) \@everyone.txt" in told(result)


async def test_a_prompt_cannot_mention_format_link_or_turn_the_card_around(stage: Stage) -> None:
    prompt = f"<@{stage.bob.id}> @everyone **b** [x](https://evil.example) `c` \u202egnp.exe\n# big"
    result = await ask(stage.alice, stage, prompt=prompt)
    assert (
        rf"> \<\@{stage.bob.id}\> \@everyone \*\*b\*\* \[x\]\(https\://evil.example\) \`c\` gnp.exe"
        "\n> \\# big" in text_of(result.response)
    )
    assert stage.bob.id not in [user.id for user in result.response.message.mentions]
    assert not result.response.message.mention_everyone
    assert stage.answers()[-1]["allowed_mentions"] == {"parse": []}
    assert (await stage.newest()).request.prompt == prompt  # Luma reads what was written


@pytest.mark.parametrize(
    ("denied", "name"),
    [
        ("attach_files", "Attach Files"),
        ("send_messages", "Send Messages"),
        ("read_message_history", "Read Message History"),
    ],
)
async def test_a_channel_where_no_card_could_live_is_refused_by_the_permission_it_lacks(
    stage: Stage, denied: str, name: str
) -> None:
    assert stage.guild.me is not None
    locked = stage.guild.create_text_channel(
        "locked", overwrites={stage.guild.me: discord.PermissionOverwrite(**{denied: False})}
    )
    result = await stage.alice.slash(locked, "generate", prompt="a calm sea")
    assert name in told(result)
    assert NOT_CHARGED in told(result)
    assert not await stage.admitted()


async def test_a_thread_takes_requests_when_the_bot_may_write_in_threads(stage: Stage) -> None:
    stage.env.backend.create_thread(stage.channel.id, "takes", stage.alice.id)
    result = await stage.alice.slash(stage.channel.threads[0], "generate", prompt="a calm sea")
    assert "Waiting" in headline_of(result.response)


async def test_a_private_thread_without_the_bot_is_refused(stage: Stage) -> None:
    """Once the interaction's token is dead, the bot could not reach the card there."""
    await ask(stage.alice, stage, prompt="ab")
    private = discord.ChannelType.private_thread.value

    def in_private(payload: dict[str, Any]) -> None:
        payload["channel"] = payload["channel"] | {
            "id": "4242",
            "type": private,
            "parent_id": str(stage.channel.id),
            "owner_id": str(stage.alice.id),
            "guild_id": str(stage.guild.id),
            "message_count": 0,
            "member_count": 1,
            "thread_metadata": {"archived": False, "auto_archive_duration": 60, "archive_timestamp": NOON},
        }
        payload["channel_id"] = "4242"
        payload["app_permissions"] = str(TALKS_IN_THREADS.value)
        payload["data"]["options"][0]["value"] = "a calm sea"

    await stage.deliver(in_private)
    assert stage.said() == words.NOT_IN_THREAD()
    assert not await stage.admitted()


async def test_an_interaction_that_is_delivered_twice_is_admitted_and_answered_once(stage: Stage) -> None:
    await ask(stage.alice, stage)
    assert await stage.deliver() == 0
    assert len(await stage.admitted()) == 1
    assert len(stage.channel.history()) == 1


async def test_an_interaction_that_discord_gave_up_is_withdrawn(stage: Stage) -> None:
    stage.env.inject_error(*CALLBACK, status=404, code=10062)
    await ask(stage.alice, stage)
    (shown,) = await stage.admitted()
    assert shown.generation.state is GenerationState.CANCELLED


async def test_an_answer_that_discord_refuses_is_withdrawn_and_the_member_is_told(stage: Stage) -> None:
    stage.env.inject_error(*CALLBACK, status=400, code=50035)
    result = await ask(stage.alice, stage)
    assert told(result) == words.APOLOGY()
    assert (await stage.newest()).state is GenerationState.CANCELLED
    assert [type(original(error)) for error in stage.env.errors] == [discord.HTTPException]


@pytest.mark.parametrize(("status", "code"), [(500, 0), (400, 40060)])
async def test_an_answer_that_may_have_arrived_is_left_to_be_found(stage: Stage, status: int, code: int) -> None:
    stage.env.inject_error(*CALLBACK, status=status, code=code)
    result = await ask(stage.alice, stage)
    assert not result.acknowledged  # no second answer, which would be taken for the card
    (shown,) = await stage.store.unattached(9)
    assert shown.generation.state is GenerationState.WAITING


async def test_outside_a_server_nothing_is_taken(stage: Stage) -> None:
    """Discord offers the commands in servers only; this is for the day when it errs."""
    await ask(stage.alice, stage, prompt="ab")

    def from_nowhere(payload: dict[str, Any]) -> None:
        payload["user"] = payload.pop("member")["user"]
        del payload["guild_id"]
        payload["data"]["options"][0]["value"] = "a calm sea"

    await stage.deliver(from_nowhere)
    assert stage.said() == words.SERVER_ONLY()
    assert not await stage.admitted()


async def test_a_server_without_the_bot_itself_is_refused(stage: Stage) -> None:
    """The app can be added without its bot user: its token then reaches no message there."""
    await ask(stage.alice, stage, prompt="ab")

    def from_elsewhere(payload: dict[str, Any]) -> None:
        payload["guild_id"] = "77"
        payload["data"]["options"][0]["value"] = "a calm sea"

    await stage.deliver(from_elsewhere)
    assert stage.said() == words.NOT_A_MEMBER()
    assert not await stage.admitted()


async def test_a_command_that_is_gone_is_answered_kindly(stage: Stage) -> None:
    await ask(stage.alice, stage, prompt="ab")
    await stage.deliver(lambda payload: payload["data"].update(name="dream"))
    assert stage.said() == words.STALE()
    assert [type(error).__name__ for error in stage.env.errors[1:]] == ["CommandNotFound"]


async def test_an_option_that_is_no_longer_on_offer_is_refused(stage: Stage) -> None:
    await ask(stage.alice, stage, prompt="ab")
    stale = {"name": "model", "type": 3, "value": "ray-v0"}

    def with_it(payload: dict[str, Any]) -> None:
        payload["data"]["options"] = [{"name": "prompt", "type": 3, "value": "a calm sea"}, stale]

    await stage.deliver(with_it)
    assert "model ray-v0 is not on offer" in stage.said()
    assert not await stage.admitted()


async def test_a_bot_that_is_stopping_takes_nothing(stage: Stage) -> None:
    stage.services.intake.close()
    assert told(await ask(stage.alice, stage)) == words.NOT_ACCEPTING()


async def test_without_a_database_nothing_is_taken_and_the_member_is_told(stage: Stage) -> None:
    await stage.lose_the_database()
    assert told(await ask(stage.alice, stage)) == words.STORE_DOWN()
    assert all(isinstance(original(error), StoreError) for error in stage.env.errors)


async def test_a_fault_of_the_bots_own_is_logged_and_answered_with_an_apology(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(stage.services.intake, "admit", broken)
    assert told(await ask(stage.alice, stage)) == words.APOLOGY()
    assert any(record.exc_info and "a bug" in str(record.exc_info[1]) for record in caplog.records)
    assert len(stage.env.errors) == 1


async def test_a_fault_after_admission_is_never_answered_with_a_message_that_would_pass_for_the_card(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("bot.ui.placing.card", broken)
    result = await ask(stage.alice, stage)
    assert not result.acknowledged
    assert len(await stage.store.unattached(9)) == 1
    assert len(stage.env.errors) == 1
