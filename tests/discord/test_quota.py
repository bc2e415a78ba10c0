"""Moderators hold the purse: who they are is asked at each use, and each change is confirmed, noted and in force."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import simcord
from PIL import Image

from bot.domain.generation import FailureKind, Generation, GenerationState
from bot.domain.period import Span
from bot.domain.prices import Price, PriceTable
from bot.domain.quota import Caps, Limit
from bot.service.intake import Terms
from bot.service.purse import Verdict
from bot.ui import expense_words, house_words, language, quota_words
from tests.discord.people import elsewhere, helper, manager, show_commands
from tests.discord.stage import Stage, told

S = GenerationState


async def quota(actor: simcord.MemberActor, stage: Stage, name: str, **options: Any) -> str:
    """What a command of the group says to the one who uses it."""
    return told(await actor.slash(stage.channel, f"quota {name}", **options))


async def ask(actor: simcord.MemberActor, stage: Stage, **options: Any) -> Any:
    return await actor.slash(stage.channel, "generate", **({"prompt": "a calm sea"} | options))


async def uncertain(stage: Stage, actor: simcord.MemberActor | None = None, prompt: str = "a calm sea") -> Generation:
    """A video of which nobody knows whether the relay took it."""
    await ask(actor or stage.alice, stage, prompt=prompt)
    waiting = await stage.newest()
    sending = waiting.submitting(stage.env.now())
    held = sending.uncertain(stage.env.now())
    assert await stage.store.save(waiting, sending)
    assert await stage.store.save(sending, held)
    return held


async def noted(stage: Stage) -> list[str]:
    """What the audit log holds but for the settings, the oldest first."""
    changes = await stage.stores.house.audit(stage.guild.id, 50)
    return [each.action for each in reversed(changes) if each.action != "settings"]


# Who may: test_rights.py asks it of every command


async def test_who_moderated_by_a_role_no_longer_does_once_it_is_off_the_list(stage: Stage) -> None:
    boss = manager(stage)
    hal = await helper(stage, boss)
    assert await quota(hal.actor, stage, "view") != house_words.NOT_MODERATOR()
    await boss.slash(stage.channel, "settings moderators remove", role=hal.role)
    assert await quota(hal.actor, stage, "view") == house_words.NOT_MODERATOR()


async def test_an_uncertain_video_is_found_by_the_words_of_its_prompt(stage: Stage) -> None:
    video, other = await uncertain(stage), await uncertain(stage, prompt="a wild sea")
    boss = manager(stage)
    for typed, expected in (("CALM", [video.id]), ("sea", [video.id, other.id]), (other.id, [other.id]), ("sky", [])):
        found = await boss.autocomplete(stage.channel, "quota resolve", "video", typed)
        assert [choice["value"] for choice in found] == expected


# Limits


async def test_a_limit_is_set_met_raised_and_cleared(stage: Stage) -> None:
    boss = manager(stage)
    said = await quota(boss, stage, "set", scope="default", credits=1, period="day", reason="a *small* start")
    assert "The limit of every member is now **1 credit a day** (before: no limit)." in said
    assert "**Limit of every member**: 1 credit a day." in said
    assert "used" not in said  # that is each member's own

    assert not (await ask(stage.alice, stage)).ephemeral
    refused = told(await ask(stage.alice, stage))
    assert "the limit of every member of 1 credit a day has nothing left. Nothing was sent" in refused
    assert "nothing was charged. The limit starts over <t:1767312000:R>" in refused

    assert "(before: 1 credit a day)" in await quota(boss, stage, "set", scope="default", credits=2, period="day")
    assert not (await ask(stage.alice, stage)).ephemeral
    assert "is no longer set (before: 2 credits a day)" in await quota(boss, stage, "clear", scope="default")
    assert not (await ask(stage.alice, stage)).ephemeral
    assert await noted(stage) == ["limit", "limit", "limit"]


async def test_who_changed_what_from_what_to_what_and_why_is_in_the_log_and_its_channel(stage: Stage) -> None:
    boss, room = manager(stage), stage.guild.create_text_channel("log")
    await boss.slash(stage.channel, "settings log set", channel=room)
    await quota(boss, stage, "set", scope="server", credits=100, period="month", reason="a *try*")
    change = (await stage.stores.house.audit(stage.guild.id, 1))[0]
    assert (change.actor_id, change.subject, change.before, change.after) == (
        boss.id,
        "server",
        "none",
        "100 credits a month",
    )
    assert change.why == "a *try*"
    assert room.history()[-1].content == (
        f"**Limit changed**: the server's pool, for all members together · by <@{boss.id}>\n"
        "-# Before: no limit\n-# Now: 100 credits a month\n-# Why: a \\*try\\*"
    )


async def test_the_limits_of_a_role_and_of_a_member_are_shown_where_they_hold(stage: Stage) -> None:
    boss, artists = manager(stage), stage.guild.create_role("artists")
    await quota(boss, stage, "set", scope="role", role=artists, credits=5, period="week")
    said = await quota(boss, stage, "set", scope="member", member=stage.alice, credits=2, period="month")
    assert f"### Credits of <@{stage.alice.id}>\n**Own limit**: 0 of 2 credits used this month" in said
    shown = await quota(boss, stage, "view")
    assert f"- <@&{artists.id}>: 5 credits a week" in shown
    assert f"- <@{stage.alice.id}>: 2 credits a month" in shown
    rules = await stage.stores.purse.rules(stage.guild.id)
    assert (rules.roles, rules.members) == ({artists.id: Limit(5, Span.WEEK)}, {stage.alice.id: Limit(2, Span.MONTH)})


async def test_the_same_limit_again_changes_and_notes_nothing(stage: Stage) -> None:
    boss = manager(stage)
    await quota(boss, stage, "set", scope="server", credits=5, period="day")
    said = await quota(boss, stage, "set", scope="server", credits=5, period="day")
    assert "already. Nothing was changed." in said
    assert await noted(stage) == ["limit"]


async def test_clearing_what_is_not_set_says_so_and_notes_nothing(stage: Stage) -> None:
    said = await quota(manager(stage), stage, "clear", scope="member", member=stage.alice)
    assert "there was nothing to clear. Nothing was changed." in said
    assert await noted(stage) == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"scope": "role"}, ("role", "missing")),
        ({"scope": "member"}, ("member", "missing")),
        ({"scope": "server", "role": True}, ("role", "surplus")),
        ({"scope": "default", "member": True}, ("member", "surplus")),
        ({"scope": "server", "credits": -1}, ("credits", "too_few")),
        ({"scope": "server", "credits": 1_000_001}, ("credits", "too_many")),
        ({"scope": "server", "reason": "why " * 100}, ("reason", "too_long")),
    ],
)
async def test_a_limit_that_is_not_clear_or_cannot_be_kept_is_refused(
    stage: Stage, options: dict[str, Any], reason: tuple[str, str]
) -> None:
    people = {"role": stage.guild.create_role("artists"), "member": stage.alice}
    chosen = {name: people[name] if value is True else value for name, value in options.items()}
    said = await quota(manager(stage), stage, "set", **({"credits": 5, "period": "day"} | chosen))
    assert said == quota_words.BAD_SETTINGS[reason]()
    assert await noted(stage) == []


async def test_the_role_of_everyone_is_the_default(stage: Stage) -> None:
    role = stage.guild.create_role("artists")
    boss = manager(stage)
    await quota(boss, stage, "set", scope="role", role=role, credits=5, period="day")

    def for_everyone(payload: dict[str, Any]) -> None:
        options = payload["data"]["options"][0]["options"]
        next(each for each in options if each["name"] == "role")["value"] = str(stage.guild.id)
        known = payload["data"]["resolved"]["roles"].popitem()[1]
        payload["data"]["resolved"]["roles"] = {str(stage.guild.id): known | {"id": str(stage.guild.id)}}

    await stage.deliver(for_everyone)
    assert stage.said() == quota_words.BAD_SETTINGS["role", "everyone"]()


async def test_no_client_can_reach_for_the_operators_caps(stage: Stage) -> None:
    await quota(manager(stage), stage, "set", scope="server", credits=5, period="day")

    def at_the_cap(payload: dict[str, Any]) -> None:
        options = payload["data"]["options"][0]["options"]
        next(each for each in options if each["name"] == "scope")["value"] = "operator_server"

    await stage.deliver(at_the_cap)
    assert "is not on offer" in stage.said()
    assert await noted(stage) == ["limit"]


@pytest.mark.parametrize("terms", [Terms(caps=Caps(server_a_day=1))])
async def test_nothing_a_moderator_does_goes_past_the_operators_cap(stage: Stage) -> None:
    boss = manager(stage)
    said = await quota(boss, stage, "set", scope="server", credits=100, period="week")
    assert "The bot's operator caps this server at 1 credit a day. Nothing set here goes past that." in said
    await quota(boss, stage, "grant", member=stage.alice, credits=50)
    assert not (await ask(stage.alice, stage)).ephemeral
    await quota(boss, stage, "reset", scope="server")
    refused = told(await ask(stage.alice, stage))
    assert "the operator's cap of 1 credit a day for this server has nothing left" in refused
    assert "only whoever runs the bot can raise it" in refused


@pytest.mark.parametrize("terms", [Terms(prices=PriceTable(Price(4)))])
async def test_a_price_that_a_limit_never_holds_is_refused_without_a_time_to_wait_for(stage: Stage) -> None:
    await quota(manager(stage), stage, "set", scope="default", credits=3, period="day")
    refused = told(await ask(stage.alice, stage))
    assert "This takes 4 credits, and the limit of every member of 3 credits a day never holds that much." in refused
    assert "<t:" not in refused


SPANISH = """\
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "{n} credit a day"
msgid_plural "{n} credits a day"
msgstr[0] "{n} crédito al día"
msgstr[1] "{n} créditos al día"

msgid "the server's pool, for all members together"
msgstr "el fondo del servidor, de todos"
"""


@pytest.fixture
def _spanish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "languages"
    folder.mkdir()
    (folder / "es.po").write_text(SPANISH, "utf-8")
    monkeypatch.setattr(language, "FOLDER", folder)
    _forget_languages()
    yield
    _forget_languages()


def _forget_languages() -> None:
    language.language_for.cache_clear()
    language._catalogue.cache_clear()


@pytest.mark.usefixtures("_spanish")
async def test_a_moderator_reads_their_own_language_and_the_log_channel_the_servers(stage: Stage) -> None:
    guild = stage.env.create_guild("Estudio", preferred_locale="es-ES")
    channel, room, boss = guild.create_text_channel("videos"), guild.create_text_channel("log"), manager(stage, guild)
    await boss.slash(channel, "settings log set", channel=room)
    said = told(await boss.slash(channel, "quota set", scope="server", credits=6_000, period="day"))
    assert said.startswith("The server's pool is now **6,000 credits a day** (before: no limit).")
    logged = room.history()[-1].content
    assert "el fondo del servidor, de todos" in logged
    assert logged.endswith(" 6.000 créditos al día")


# Bonus


@pytest.mark.parametrize("terms", [Terms(prices=PriceTable(Price(2)))])
async def test_who_meets_a_limit_hears_of_a_bonus_only_where_some_is_left(stage: Stage) -> None:
    boss = manager(stage)
    await quota(boss, stage, "set", scope="default", credits=3, period="day")
    assert not (await ask(stage.alice, stage)).ephemeral
    assert "has only 1 credit left. Nothing" in told(await ask(stage.alice, stage))
    await quota(boss, stage, "grant", member=stage.alice, credits=2)
    assert not (await ask(stage.alice, stage)).ephemeral
    assert "has only 1 credit left, bonus included. Nothing" in told(await ask(stage.alice, stage))


async def test_a_bonus_is_granted_shown_and_spent_after_the_own_limit(stage: Stage) -> None:
    boss = manager(stage)
    await quota(boss, stage, "set", scope="default", credits=1, period="day")
    said = await quota(boss, stage, "grant", member=stage.alice, credits=1, days=2, reason="won the contest")
    assert f"<@{stage.alice.id}> got a bonus of **1 credit**, which ends <t:1767398400:f>." in said
    assert "**Bonus**: **1 left**, which ends <t:1767398400:f>." in said
    for _ in range(2):
        assert not (await ask(stage.alice, stage)).ephemeral
    assert "has nothing left" in told(await ask(stage.alice, stage))
    assert "Bonus" not in await quota(boss, stage, "view", member=stage.alice)
    assert await noted(stage) == ["limit", "grant"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"credits": 0}, ("credits", "too_few")),
        ({"credits": 1_000_001}, ("credits", "too_many")),
        ({"credits": 5, "days": 0}, ("days", "too_few")),
        ({"credits": 5, "days": 3_651}, ("days", "too_many")),
    ],
)
async def test_a_bonus_out_of_bounds_is_refused(stage: Stage, options: dict[str, int], reason: tuple[str, str]) -> None:
    said = await quota(manager(stage), stage, "grant", member=stage.alice, **options)
    assert said == quota_words.BAD_SETTINGS[reason]()
    assert await noted(stage) == []


async def test_a_gift_that_was_a_typo_is_taken_back_but_for_what_was_spent(stage: Stage) -> None:
    boss, room = manager(stage), stage.guild.create_text_channel("log")
    await boss.slash(stage.channel, "settings log set", channel=room)
    await quota(boss, stage, "set", scope="default", credits=0, period="day")
    await quota(boss, stage, "grant", member=stage.alice, credits=1_000)
    assert not (await ask(stage.alice, stage)).ephemeral
    said = await quota(boss, stage, "clear", scope="bonus", member=stage.alice, reason="it was to be *10*")
    assert f"Taken back from <@{stage.alice.id}>: **999 credits** of bonus, all that was left." in said
    assert f"### Credits of <@{stage.alice.id}>\n**Limit of every member**: 0 of 0 credits used today" in said
    assert "**Bonus**" not in said
    assert "never holds that much" in told(await ask(stage.alice, stage))
    assert room.history()[-1].content == (
        f"**Bonus credits taken back**: <@{stage.alice.id}> · by <@{boss.id}>\n"
        "-# Before: 999 credits of bonus\n-# Now: no bonus\n-# Why: it was to be \\*10\\*"
    )
    assert await noted(stage) == ["limit", "grant", "take back"]
    await quota(boss, stage, "grant", member=stage.alice, credits=10)
    assert "**Bonus**: **10 left**" in await quota(boss, stage, "view", member=stage.alice)


async def test_where_no_bonus_is_left_nothing_is_taken_back_and_nothing_noted(stage: Stage) -> None:
    said = await quota(manager(stage), stage, "clear", scope="bonus", member=stage.alice)
    assert said == quota_words.NO_BONUS_LEFT(member=stage.alice.id)
    assert await noted(stage) == []


async def test_a_member_or_a_stranger_takes_no_bonus_back(stage: Stage) -> None:
    """A moderator of another server, of which the member is one too, reaches the bonus of that server alone."""
    there, boss = elsewhere(stage), manager(stage)
    await quota(boss, stage, "grant", member=stage.alice, credits=5)
    show_commands(stage, stage.guild, stage.bob)
    taken = await quota(stage.bob, stage, "clear", scope="bonus", member=stage.alice)
    assert taken == house_words.NOT_MODERATOR()
    said = told(await there.manager.slash(there.channel, "quota clear", scope="bonus", member=there.alice))
    assert said == quota_words.NO_BONUS_LEFT(member=stage.alice.id)
    assert "**Bonus**: **5 left**" in await quota(boss, stage, "view", member=stage.alice)
    assert await noted(stage) == ["grant"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, ("member", "missing")),
        ({"role": True}, ("role", "surplus")),
        ({"role": True, "member": True}, ("role", "surplus")),
        ({"member": True, "reason": "why " * 100}, ("reason", "too_long")),
    ],
)
async def test_whose_bonus_is_to_be_taken_back_must_be_clear(
    stage: Stage, options: dict[str, Any], reason: tuple[str, str]
) -> None:
    boss = manager(stage)
    await quota(boss, stage, "grant", member=stage.alice, credits=5)
    people = {"role": stage.guild.create_role("artists"), "member": stage.alice}
    chosen = {name: people[name] if value is True else value for name, value in options.items()}
    assert await quota(boss, stage, "clear", scope="bonus", **chosen) == quota_words.BAD_SETTINGS[reason]()
    assert "**Bonus**: **5 left**" in await quota(boss, stage, "view", member=stage.alice)
    assert await noted(stage) == ["grant"]


async def test_no_limit_is_set_on_a_bonus(stage: Stage) -> None:
    await quota(manager(stage), stage, "set", scope="server", credits=5, period="day")

    def on_a_bonus(payload: dict[str, Any]) -> None:
        options = payload["data"]["options"][0]["options"]
        next(each for each in options if each["name"] == "scope")["value"] = "bonus"

    await stage.deliver(on_a_bonus)
    assert "is not on offer" in stage.said()
    assert await noted(stage) == ["limit"]


# Reset


async def test_a_reset_starts_the_present_periods_over(stage: Stage) -> None:
    boss = manager(stage)
    await quota(boss, stage, "set", scope="default", credits=1, period="day")
    await ask(stage.alice, stage)
    said = await quota(boss, stage, "reset", scope="member", member=stage.alice, reason="it was a test")
    assert f"The spending of <@{stage.alice.id}> starts over: what was spent (1 today, 1 this week" in said
    assert "0 of 1 credit used today" in said
    assert not (await ask(stage.alice, stage)).ephemeral
    assert await noted(stage) == ["limit", "reset"]


async def test_a_reset_of_the_pool_leaves_members_as_they_are(stage: Stage) -> None:
    boss = manager(stage)
    await quota(boss, stage, "set", scope="server", credits=1, period="month")
    await quota(boss, stage, "set", scope="default", credits=1, period="month")
    await ask(stage.alice, stage)
    assert "0 of 1 credit used this month" in await quota(boss, stage, "reset", scope="server")
    assert "has nothing left" in told(await ask(stage.alice, stage))
    assert not (await ask(stage.bob, stage)).ephemeral


# Settling what is uncertain


@pytest.mark.parametrize(
    ("verdict", "state", "failure", "used"),
    [
        (Verdict.MADE, S.QUEUED, None, 1),
        (Verdict.LOST_CHARGED, S.LOST, FailureKind.UNTRACED_CHARGED, 1),
        (Verdict.LOST_REFUNDED, S.LOST, FailureKind.UNTRACED, 0),
        (Verdict.NOT_MADE, S.FAILED, FailureKind.NOT_MADE, 0),
    ],
)
async def test_an_uncertain_video_is_settled_and_its_credits_go_where_they_belong(
    stage: Stage, verdict: Verdict, state: GenerationState, failure: FailureKind | None, used: int
) -> None:
    boss, video = manager(stage), await uncertain(stage)
    await quota(boss, stage, "set", scope="default", credits=5, period="day")
    relay_id = {"relay_id": " task-9 "} if verdict is Verdict.MADE else {}
    said = await quota(boss, stage, "resolve", video=video.id, outcome=verdict.value, reason="the bill", **relay_id)
    assert f"Settled: [this video]({await stage.link(video)}) of <@{stage.alice.id}>, 1 credit. " in said
    assert quota_words.SETTLED[verdict]() in said
    now = (await stage.shown(video)).generation
    assert (now.state, now.failure and now.failure.kind) == (state, failure)
    assert now.relay_id == ("task-9" if verdict is Verdict.MADE else None)
    assert f"{used} of 5 credits used today" in await quota(boss, stage, "view", member=stage.alice)
    assert await noted(stage) == ["limit", "resolve"]


async def test_the_log_links_a_settled_video_and_names_one_that_no_message_shows(stage: Stage) -> None:
    boss, room = manager(stage), stage.guild.create_text_channel("log")
    await boss.slash(stage.channel, "settings log set", channel=room)
    video = await uncertain(stage)
    await quota(boss, stage, "resolve", video=video.id, outcome="not-made")
    assert room.history()[-1].content == (
        f"**Uncertain video settled**: [this video]({await stage.link(video)}) of <@{stage.alice.id}> "
        f"· by <@{boss.id}>\n"
        "-# Before: uncertain, credits held\n-# Now: It counts as failed. Its credits were given back."
    )
    assert quota_words.video_entry("abcd", None, 5) == "video abcd of <@5>"
    assert quota_words.settled("abcd", None, 5, 2, Verdict.NOT_MADE).startswith(
        "Settled: video abcd of <@5>, 2 credits."
    )


async def test_it_is_settled_once(stage: Stage) -> None:
    boss, video = manager(stage), await uncertain(stage)
    await quota(boss, stage, "resolve", video=video.id, outcome="not-made")
    said = await quota(boss, stage, "resolve", video=video.id, outcome="lost-charged")
    assert said == quota_words.BAD_SETTINGS["video", "not_uncertain"]()
    assert await noted(stage) == ["resolve"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"outcome": "made"}, "missing"),
        ({"outcome": "made", "relay_id": "two words"}, "unusable"),
        ({"outcome": "made", "relay_id": ".."}, "unusable"),
        ({"outcome": "made", "relay_id": "x" * 201}, "unusable"),
        ({"outcome": "not-made", "relay_id": "task-9"}, "surplus"),
    ],
)
async def test_a_relays_id_must_be_one_and_fit_the_outcome(stage: Stage, options: dict[str, str], why: str) -> None:
    video = await uncertain(stage)
    said = await quota(manager(stage), stage, "resolve", video=video.id, **options)
    assert said == quota_words.BAD_SETTINGS["relay_id", why]()
    assert (await stage.shown(video)).generation == video


async def test_nobody_comes_by_another_servers_video_by_naming_its_id(stage: Stage) -> None:
    there = elsewhere(stage)
    theirs = await stage.finished(there.alice, channel=there.channel)
    video = await uncertain(stage)
    said = await quota(manager(stage), stage, "resolve", video=video.id, outcome="made", relay_id=str(theirs.relay_id))
    assert said == quota_words.BAD_SETTINGS["relay_id", "taken"]()


# The report


async def report(stage: Stage, **options: Any) -> simcord.InteractionResult:
    return await manager(stage).slash(stage.channel, "quota report", **options)


PRICED = Terms(prices=PriceTable(Price(2, 400_000)))


@pytest.mark.parametrize("terms", [PRICED])
async def test_a_report_says_who_spent_what_and_what_came_of_it(stage: Stage) -> None:
    await stage.finished(stage.alice)
    await stage.env.advance_time(24 * 3600)
    await stage.finished(stage.alice)
    await stage.finished(stage.bob)
    said = told(await report(stage))
    assert "### Report: this month (1\N{EN DASH}2 Jan 2026)" in said
    assert "**6 credits** · 3 videos · $1.20" in said
    assert f"1. <@{stage.alice.id}>: **4 credits** · 2 videos · $0.80" in said
    assert f"2. <@{stage.bob.id}>: **2 credits** · 1 video · $0.40" in said
    assert "-# By day: 1 Jan **2** · 2 Jan **4**" in said


async def test_a_report_has_a_picture_and_words_for_those_who_do_not_see_it(stage: Stage) -> None:
    await stage.finished(stage.alice)
    result = await report(stage, period="this week")
    assert result.response is not None
    (picture,) = result.response.message.attachments
    assert picture.description is not None
    assert "1 credit in all, the most on 1 January with 1. From the bottom up: alice." in picture.description
    drawn = Image.open(io.BytesIO(await picture.read()))
    assert (drawn.format, drawn.size) == ("PNG", (1120, 600))


async def test_a_report_over_nothing_says_so_and_has_no_picture(stage: Stage) -> None:
    result = await report(stage, period="last month")
    assert told(result) == f"### Report: last month (1\N{EN DASH}31 Dec 2025)\n{expense_words.NO_CREDITS_SPENT()}"
    assert result.response is not None
    assert not result.response.message.attachments


async def test_members_whose_names_cannot_be_had_are_numbered(stage: Stage) -> None:
    await stage.finished(stage.alice)
    stage.env.inject_error("GET", "/guilds/*/members/*", status=404, code=10007)
    result = await report(stage)
    assert result.response is not None
    assert "From the bottom up: member 1." in (result.response.message.attachments[0].description or "")


async def test_nine_members_are_eight_and_others(stage: Stage) -> None:
    for number in range(10):
        actor = stage.guild.add_member(stage.env.create_user(f"member{number}"))
        await ask(actor, stage)
    said = told(await report(stage))
    assert "\n8. " in said
    assert "\n9. " not in said
    assert "- 2 others: **2 credits**" in said
