"""A server in which members do whatever was drawn, one thing after the other, as a client of theirs would send it."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import simcord
from simcord.components import walk_components
from simcord.results import InteractionResult

from bot.domain.generation import Generation
from tests.discord.people import elsewhere, helper, manager, show_commands
from tests.discord.stage import Stage, staged
from tests.fuzz.commands import CHANNEL, FILE, FLAG, INTEGER, NUMBER, ON_A_MESSAGE, ROLE, TEXT, USER
from tests.fuzz.drawn import Act, Command, Forged, Pick, Press, Typing, Window

_COMPONENT, _SUBMIT = 3, 5
"""The types of an interaction."""
_PNG = b"\x89PNG\r\n\x1a\n"

Payload = dict[str, Any]
Change = Callable[[Payload], None]


@dataclass
class Visit:
    """What the acts pick from: members, channels and roles of one server, and ids by the names that texts use."""

    stage: Stage
    people: list[simcord.MemberActor]
    channels: list[simcord.ChannelHandle]
    roles: list[simcord.RoleHandle]
    named: dict[str, str]

    async def act(self, act: Act) -> InteractionResult | None:
        """Do it; None where no client would let the member."""
        by, where = self.people[act.by % len(self.people)], self.channels[act.where % len(self.channels)]
        with self._on_its_way(lambda payload: payload.update(locale=act.locale)):
            return await self._done(act, by, where)

    async def _done(self, act: Act, by: simcord.MemberActor, where: simcord.ChannelHandle) -> InteractionResult | None:
        match act:
            case Command():
                return await self._command(by, where, act)
            case Typing():
                if act.command not in by.available_commands(where):
                    return None
                await by.autocomplete(where, act.command, act.option, self._filled(act.text))
                return self._last()
            case Press():
                return await self._press(by, act)
            case Window():
                return await self._window(by, where, act)
        raise NotImplementedError(type(act))

    async def _command(
        self, by: simcord.MemberActor, where: simcord.ChannelHandle, act: Command
    ) -> InteractionResult | None:
        if act.known.type == ON_A_MESSAGE:
            message = self._message(act.at)
            return await by.context_menu(self._channel(message), act.known.name, message)
        if act.known.name not in by.available_commands(where):
            return None
        kinds = {option["name"]: option["type"] for option in act.known.options}
        values = {name: self._sent(kinds[name], value, act.known, name) for name, value in act.options}
        files = [value for name, value in act.options if kinds[name] == FILE]
        with self._on_its_way(lambda payload: _forge(payload, act.forged, files)):
            return await by.slash(where, act.known.name, **values)

    async def _press(self, by: simcord.MemberActor, act: Press) -> InteractionResult | None:
        message = self._message(act.at)
        buttons = [part for part in walk_components(_raw(message)) if part["type"] == 2 and part.get("custom_id")]
        if not buttons:
            return None
        pressed = buttons[act.where % len(buttons)]["custom_id"]
        with self._on_its_way(lambda payload: _redraw(payload, pressed, self._filled(act.custom_id or pressed))):
            return await by.click(message, custom_id=pressed)

    async def _window(self, by: simcord.MemberActor, where: simcord.ChannelHandle, act: Window) -> InteractionResult:
        rows = [
            {"type": 18, "id": 2 * number + 1, "component": {"type": 4, "id": 2 * number + 2, "custom_id": name}}
            for number, (name, _) in enumerate(act.fields)
        ]
        for row, (_, value) in zip(rows, act.fields, strict=True):
            row["component"]["value"] = None if value is None else self._filled(value)  # type: ignore[index]  # a row is a label here
        return await by._dispatch_interaction(
            _SUBMIT, where, {"custom_id": self._filled(act.custom_id), "components": rows}
        )

    def _filled(self, text: str) -> str:
        return re.sub(r"<([a-z_]+)>", lambda found: self.named.get(found[1], found[0]), text)

    def _sent(self, kind: int, value: Any, known: Any, name: str) -> Any:
        if kind == TEXT and isinstance(value, str):
            option = next(each for each in known.options if each["name"] == name)
            return value if option.get("choices") else self._filled(value)[: option.get("max_length", 6_000)]
        if kind == FILE:
            return ("picture.png", _PNG)
        if isinstance(value, Pick):
            allowed = next(each for each in known.options if each["name"] == name).get("channel_types")
            pools: dict[int, list[Any]] = {USER: self.people, ROLE: self.roles, CHANNEL: self.channels}
            pool = [each for each in pools[kind] if not allowed or each._channel.type in allowed]
            return pool[value.number % len(pool)]
        return value

    def _message(self, number: int) -> Any:
        messages = [message for channel in self.channels for message in channel.history()]
        return messages[number % len(messages)]

    def _channel(self, message: Any) -> simcord.ChannelHandle:
        return next(channel for channel in self.channels if channel.id == message.channel.id)

    def _last(self) -> InteractionResult:
        return InteractionResult(self.stage.env, list(self.stage.env.backend.interactions.values())[-1])

    @contextmanager
    def _on_its_way(self, change: Change) -> Iterator[None]:
        """What is sent is changed after the client let it go."""
        backend: Any = self.stage.env.backend
        emit = backend.emit

        def changed(event: str, payload: Payload, *more: Any, **options: Any) -> Any:
            if event == "INTERACTION_CREATE":
                change(payload)
            return emit(event, payload, *more, **options)

        backend.emit = changed
        try:
            yield
        finally:
            backend.emit = emit


def _forge(payload: Payload, forged: Forged | None, files: list[Payload]) -> None:
    data = payload["data"]
    for found, file in zip(data.get("resolved", {}).get("attachments", {}).values(), files, strict=False):
        found.update(file)
    if forged is None:
        return
    options = data.get("options", [])
    while options and options[0]["type"] in {1, 2}:
        options = options[0].setdefault("options", [])
    if forged.how == "rename":
        data["name"] = "an-old-command"
    elif forged.how == "extra":
        options.append({"name": "old", "type": _type_of(forged.value), "value": forged.value})
    elif options and forged.how == "drop":
        options.pop(forged.number % len(options))
    elif same := [each for each in options if each["type"] == _type_of(forged.value)]:
        same[forged.number % len(same)]["value"] = forged.value


def _type_of(value: Any) -> int:
    return {str: TEXT, bool: FLAG, int: INTEGER, float: NUMBER}[type(value)]


def _redraw(payload: Payload, pressed: str, drawn: str) -> None:
    """As if the message had been drawn with another custom id."""
    payload["data"]["custom_id"] = drawn
    for part in walk_components(payload["message"]["components"]):
        if part.get("custom_id") == pressed:
            part["custom_id"] = drawn


def _raw(message: Any) -> list[Payload]:
    return [component.to_dict() for component in message.components]


async def _settled(stage: Stage, generation: Generation) -> Generation:
    now = stage.services.clock.now()
    sending = generation.submitting(now)
    uncertain = sending.uncertain(now)
    assert await stage.store.save(generation, sending)
    assert await stage.store.save(sending, uncertain)
    return uncertain


@asynccontextmanager
async def visited(folder: Path) -> AsyncIterator[Visit]:
    """A server in which somebody has a video, a request that waits, and an uncertain one; and another server."""
    async with staged(folder) as stage:
        with stage.env.time_context():
            yield await _set_up(stage)


async def _set_up(stage: Stage) -> Visit:
    mona, other = manager(stage), elsewhere(stage)
    hal = await helper(stage, mona)
    hall = stage.guild.create_text_channel("hall")
    secret = stage.guild.create_role("few")
    voice = stage.guild.create_voice_channel("talk")
    await mona.slash(stage.channel, "settings log set", channel=hall)
    show_commands(stage, stage.guild, stage.bob)
    finished = await stage.finished(stage.alice)
    theirs = await stage.finished(other.alice, channel=other.channel)
    await stage.alice.slash(stage.channel, "generate", prompt="one that nobody knows of")
    uncertain = await _settled(stage, await stage.newest())
    await stage.bob.slash(hall, "generate", prompt="one that waits")
    await stage.alice.slash(stage.channel, "privacy delete")
    gone = stage.guild.add_member(stage.env.create_user("gone"))
    named = {
        "finished": finished.id,
        "waiting": (await stage.newest()).id,
        "uncertain": uncertain.id,
        "elsewhere": theirs.id,
        "nobody": "0" * 8,
        "link": await stage.link(finished),
        "link_elsewhere": await stage.link(theirs),
        "user": str(stage.alice.id),
        "channel": str(hall.id),
    }
    people = [stage.alice, stage.bob, mona, hal.actor, gone]
    return Visit(stage, people, [stage.channel, hall, voice], [hal.role, secret], named)
