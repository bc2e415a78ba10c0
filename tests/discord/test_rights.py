"""Every command, by everyone who may come to it: members, moderators, and strangers from another server.

The table is held against the tree, so a command that is added later cannot be forgotten here.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

import pytest
import simcord
from discord import AppCommandType, app_commands

from bot.domain.generation import Generation
from bot.ui import finding_words, help_words, history_words, house_words, purse_words, trust_words, words
from tests.discord.people import Elsewhere, elsewhere, helper, manager, show_commands
from tests.discord.stage import Stage, text_of

SECRETS = ("4,321", "777", "zebra", "my secret sea", "an old grudge", "a quiet word")
"""What only this server knows: a limit, a bonus, a forbidden word, prompts, a block's reason, a reason in the log."""
REPORT = trust_words.REPORT_COMMAND
MENUS = {REPORT, finding_words.ANIMATE_MENU, finding_words.EXTEND_MENU}
"""Commands in the menu of a message."""
PUBLIC = {"show", "story"}
"""They show again what everyone in the channel sees already, prompt and all."""
REFUSALS = {house_words.NOT_MODERATOR(), house_words.ONLY_MANAGERS()}


class For(Enum):
    """Who may use a command."""

    EVERYONE = auto()
    MODERATORS = auto()
    MANAGERS = auto()
    """Those with Manage Server, and nobody by a role."""


@dataclass
class Scene:
    """A server in which there is something to see, and what a command is used on."""

    stage: Stage
    boss: simcord.MemberActor
    video: Generation
    uncertain: Generation
    message: Any
    channel: simcord.ChannelHandle
    member: simcord.MemberActor
    role: simcord.RoleHandle
    word: str = "zebra"
    picture: Any = None
    clip: Any = None

    @property
    def report(self) -> dict[str, Any]:
        """What is reported."""
        return {"target": self.message}

    def moved_to(self, there: Elsewhere) -> "Scene":
        """The same videos named from another server; members, roles and channels can only be that server's own."""
        role = there.guild.create_role("any")
        return Scene(
            self.stage, there.manager, self.video, self.uncertain, None, there.channel, there.alice, role, "unicorn"
        )


@dataclass(frozen=True)
class Case:
    """`says` is what is heard of a command by those who may use it; `given` are its options."""

    who: For
    says: str
    given: Callable[[Scene], dict[str, Any]] = lambda _: {}


def _role(scene: Scene) -> dict[str, Any]:
    return {"role": scene.role}


def _channel(scene: Scene) -> dict[str, Any]:
    return {"channel": scene.channel}


def _member(scene: Scene) -> dict[str, Any]:
    return {"member": scene.member}


def _prompt(_: Scene) -> dict[str, Any]:
    return {"prompt": "a calm lake"}


ALL, MOD, BOSS = For.EVERYONE, For.MODERATORS, For.MANAGERS
CASES: dict[str, Case] = {
    "generate": Case(ALL, "Waiting", _prompt),
    "image-to-video": Case(ALL, "first frame", lambda s: {**_prompt(s), "image": ("first.png", b"\x89PNG")}),
    "extend": Case(ALL, "part 2", lambda s: {**_prompt(s), "video": s.video.id}),
    "story": Case(ALL, "The story of this video", lambda s: {"video": s.video.id}),
    "show": Case(ALL, "Shown again", lambda s: {"video": s.video.id}),
    "history": Case(ALL, history_words.OWN()),
    "help": Case(ALL, help_words.MAKE()),
    "balance": Case(ALL, purse_words.OWN_BALANCE()),
    "preferences": Case(ALL, "Your preferences"),
    "privacy show": Case(ALL, "What I keep about you"),
    "privacy export": Case(ALL, trust_words.EXPORTED()),
    "privacy delete": Case(ALL, trust_words.delete_asks()),
    REPORT: Case(ALL, trust_words.REPORT_LABEL(), lambda s: s.report),
    finding_words.ANIMATE_MENU: Case(ALL, finding_words.ANIMATE_LABEL(), lambda s: {"target": s.picture}),
    finding_words.EXTEND_MENU: Case(ALL, words.EXTEND_LABEL(), lambda s: {"target": s.clip}),
    "quota view": Case(MOD, "of 4,321 credits used", _member),
    "quota set": Case(MOD, "now **3 credits a day**", lambda _: {"scope": "server", "credits": 3, "period": "day"}),
    "quota clear": Case(MOD, "no longer set", lambda _: {"scope": "default"}),
    "quota grant": Case(MOD, "**5 credits**", lambda s: {**_member(s), "credits": 5}),
    "quota reset": Case(MOD, "starts over", lambda _: {"scope": "server"}),
    "quota report": Case(MOD, "**2 credits**"),
    "quota resolve": Case(MOD, "Settled", lambda s: {"video": s.uncertain.id, "outcome": "not-made"}),
    "moderation block": Case(MOD, "is blocked", _member),
    "moderation unblock": Case(MOD, "again", _member),
    "moderation blocked": Case(MOD, "an old grudge"),
    "moderation words add": Case(MOD, "kraken", lambda _: {"word": "kraken"}),
    "moderation words remove": Case(MOD, "again", lambda s: {"word": s.word}),
    "moderation words list": Case(MOD, "zebra"),
    "settings show": Case(MOD, "How I am set up"),
    "settings channels add": Case(MOD, "**Used in:**", _channel),
    "settings channels remove": Case(MOD, "**Used in:**", _channel),
    "settings channels clear": Case(MOD, "**Used in:**"),
    "settings roles add": Case(MOD, "**Used by:**", _role),
    "settings roles remove": Case(MOD, "**Used by:**", _role),
    "settings roles clear": Case(MOD, "**Used by:**"),
    "settings moderators add": Case(BOSS, "**Moderated by:**", _role),
    "settings moderators remove": Case(BOSS, "**Moderated by:**", _role),
    "settings moderators clear": Case(BOSS, "**Moderated by:**"),
    "settings log set": Case(MOD, "**Log and reports:**", _channel),
    "settings log off": Case(MOD, "**Log and reports:**"),
    "settings log recent": Case(MOD, "a quiet word"),
    "settings timezone": Case(MOD, "Asia/Tokyo", lambda _: {"zone": "Asia/Tokyo"}),
    "settings spoiler": Case(MOD, "hidden until clicked", lambda _: {"state": "on"}),
    "settings language": Case(MOD, "**Language:** English", lambda _: {"language": "en"}),
}
RESERVED = [name for name, case in CASES.items() if case.who is not For.EVERYONE]


@pytest.fixture
async def scene(stage: Stage) -> Scene:
    """A moderator has used what there is to use, on alice, who has one video made and one uncertain."""
    boss, here, alice = manager(stage), stage.channel, stage.alice
    video = await stage.finished(alice, "my secret sea")
    await alice.slash(here, "generate", prompt="my secret sea at night")
    sending = (await stage.newest()).submitting(stage.env.now())
    uncertain = sending.uncertain(stage.env.now())
    assert await stage.store.save(await stage.newest(), sending)
    assert await stage.store.save(sending, uncertain)
    for name, options in (
        ("quota set", {"scope": "default", "credits": 4321, "period": "month", "reason": "a quiet word"}),
        ("quota grant", {"member": alice, "credits": 777}),
        ("moderation block", {"member": alice, "reason": "an old grudge"}),
        ("moderation words add", {"word": "zebra"}),
    ):
        assert heard(await boss.slash(here, name, **options)) not in REFUSALS
    message, role = await stage.message(video), stage.guild.create_role("any")
    picture = await stage.bob.send(here, "look", attachments=[("first.png", b"\x89PNG")])
    clip = await stage.message(await stage.finished(stage.bob, "a public sea"))
    return Scene(stage, boss, video, uncertain, message, here, alice, role, picture=picture, clip=clip)


async def use(actor: simcord.MemberActor, scene: Scene, name: str) -> str:
    """All that a command shows of itself to the one who uses it."""
    if name in MENUS:
        return heard(await actor.context_menu(scene.channel, name, CASES[name].given(scene)["target"]))
    return heard(await actor.slash(scene.channel, name, **CASES[name].given(scene)))


def heard(result: simcord.InteractionResult) -> str:
    """What there is to read in an answer: text, card, or window."""
    if result.response is None:
        return str(result.modal)
    return result.response.content or text_of(result.response)


def kept(folder: Path, *marks: str) -> list[str]:
    """Every row of the database, or those in which one of the marks stands."""
    with closing(sqlite3.connect(folder / "dreamreel.db")) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [f"{table} {row}" for table in tables for row in base.execute(f'SELECT * FROM "{table}"')]  # noqa: S608 - its own names
    return sorted(row for row in rows if not marks or any(mark in row for mark in marks))


def found(stage: Stage) -> Iterator[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu]:
    """Every command that there is."""
    tree = stage.make_client().tree
    yield from (each for each in tree.walk_commands() if isinstance(each, app_commands.Command))
    for kind in (AppCommandType.message, AppCommandType.user):
        yield from tree.get_commands(type=kind)


async def suggestions(actor: simcord.MemberActor, scene: Scene) -> list[str]:
    """All that the lists of all commands suggest to one person."""
    listed = []
    for command in found(scene.stage):
        for option in getattr(command, "parameters", ()):
            if option.autocomplete:
                choices = await actor.autocomplete(scene.channel, command.qualified_name, option.name, "")
                listed += [choice["name"] for choice in choices]
    return listed


def test_no_command_is_forgotten(stage: Stage) -> None:
    assert {each.qualified_name for each in found(stage)} == set(CASES)


def test_no_command_is_offered_outside_a_server_but_what_is_of_all_servers(stage: Stage) -> None:
    """Who is told of their videos by direct message can change that where they read it."""
    tree = stage.make_client().tree
    told_to_discord = [each.to_dict(tree) for each in tree.get_commands()]
    contexts = {each["name"]: each["contexts"] for each in told_to_discord}
    assert contexts.pop("preferences") == [0, 1]
    assert all(each == [0] for each in contexts.values())
    assert all(each["integration_types"] == [0] for each in told_to_discord)


def test_discord_shows_members_only_what_is_for_everyone(stage: Stage) -> None:
    everyone = {name for name, case in CASES.items() if case.who is For.EVERYONE} - MENUS
    assert set(stage.alice.available_commands(stage.channel)) - MENUS == everyone
    assert set(manager(stage).available_commands(stage.channel)) - MENUS == set(CASES) - MENUS


@pytest.mark.parametrize("moderates_elsewhere", [False, True], ids=["a member", "a moderator of another server"])
async def test_who_does_not_moderate_here_is_refused_and_changes_and_sees_nothing(
    scene: Scene, tmp_path: Path, moderates_elsewhere: bool
) -> None:
    """Even where the server's admins show them the commands."""
    stage = scene.stage
    user = elsewhere(stage).manager.user if moderates_elsewhere else stage.env.create_user("carl")
    carl = stage.guild.add_member(user)
    show_commands(stage, stage.guild, carl)
    before = kept(tmp_path)
    told = {name: await use(carl, scene, name) for name in RESERVED}
    assert told == dict.fromkeys(RESERVED, house_words.NOT_MODERATOR())
    assert not [each for each in await suggestions(carl, scene) if any(secret in each for secret in SECRETS)]
    assert kept(tmp_path) == before


async def test_members_use_what_is_for_everyone_and_learn_nothing_of_others(scene: Scene) -> None:
    carl = scene.stage.guild.add_member(scene.stage.env.create_user("carl"))
    for name, case in CASES.items():
        if case.who is For.EVERYONE:
            said = await use(carl, scene, name)
            assert case.says in said, name
            assert name in PUBLIC or not [secret for secret in SECRETS[1:] if secret in said], name


@pytest.mark.parametrize("name", CASES)
async def test_a_moderator_by_permission_may_use_every_command(scene: Scene, name: str) -> None:
    assert CASES[name].says in await use(scene.boss, scene, name)


@pytest.mark.parametrize("name", RESERVED)
async def test_a_moderator_by_role_may_use_all_but_those_that_pass_the_role_on(
    scene: Scene, tmp_path: Path, name: str
) -> None:
    hal = await helper(scene.stage, scene.boss)
    before = kept(tmp_path)
    said = await use(hal.actor, scene, name)
    if CASES[name].who is For.MANAGERS:
        assert said == house_words.ONLY_MANAGERS()
        assert kept(tmp_path) == before
    else:
        assert CASES[name].says in said


async def test_from_another_server_nothing_here_is_seen_or_changed(scene: Scene, tmp_path: Path) -> None:
    """By its moderator, with ids of this server's videos, and about a member of both."""
    stage, there = scene.stage, elsewhere(scene.stage)
    marks = (str(stage.guild.id), scene.video.id, scene.uncertain.id)
    before, moved = kept(tmp_path, *marks), scene.moved_to(there)
    sent = len(stage.env.backend.transcript)
    for name in CASES:
        if name not in MENUS:
            await use(there.manager, moved, name)
    names = await suggestions(there.manager, moved)
    told = [body for kind, _, body in stage.env.backend.transcript[sent:] if kind == "HTTP"]
    assert not [secret for secret in SECRETS if secret in f"{told}{names}"]
    assert kept(tmp_path, *marks) == before


async def test_a_video_cannot_be_reported_from_another_server(scene: Scene, tmp_path: Path) -> None:
    stage, there = scene.stage, elsewhere(scene.stage)
    await use(scene.boss, scene, REPORT)
    before = kept(tmp_path)
    await stage.deliver(lambda payload: payload.update(guild_id=str(there.guild.id)))
    assert stage.said() == trust_words.NOT_A_RESULT()
    assert kept(tmp_path) == before


async def test_an_unknown_video_is_told_from_no_other_servers(scene: Scene) -> None:
    """Whether an id exists in another server cannot be found out by asking."""
    moved = scene.moved_to(elsewhere(scene.stage))
    assert await use(moved.boss, moved, "extend") == words.UNKNOWN_VIDEO()
