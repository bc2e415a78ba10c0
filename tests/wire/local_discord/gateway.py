"""The gateway: hello, identify, heartbeats, events in order, and sessions that outlive their connection.

Discord's documentation: gateway connection lifecycle; opcodes and status codes.
"""

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.wire.local_discord import streams
from tests.wire.local_discord.changes import Changes
from tests.wire.local_discord.payloads import APPLICATION, BOT, GUILD, Json, guild, user

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 7, 9, 10, 11
UNKNOWN_ERROR, UNKNOWN_OPCODE, WRONG_TOKEN, IDENTIFIED_TWICE = 4000, 4001, 4004, 4005
PATH, RESUME_PATH = "/gateway", "/gateway/resume"
_KEPT_SESSIONS = 8
"""Sessions without a connection that can still be resumed."""
_CLOSE_S = 1.0
"""Seconds that the other side has to answer a close."""


class Connection:
    """One socket. What is sent on it goes out in the order of asking."""

    def __init__(self, socket: web.WebSocketResponse, pack: Callable[[bytes], bytes] | None) -> None:
        self._socket = socket
        self._pack = pack
        self._turn = asyncio.Lock()

    async def send(self, op: int, data: Any, event: str | None = None, number: int | None = None) -> None:
        """Raises ConnectionError where nobody is there any more."""
        text = json.dumps({"op": op, "d": data, "s": number, "t": event})
        async with self._turn:
            if self._pack is None:
                await self._socket.send_str(text)
            else:
                await self._socket.send_bytes(self._pack(text.encode()))

    async def close(self, code: int) -> None:
        await self._socket.close(code=code)


@dataclass
class Session:
    """What a READY began: every event since, and the connection that it goes to, if there is one."""

    id: str
    events: list[tuple[str, Json]] = field(default_factory=list)
    connection: Connection | None = None

    async def tell(self, event: str, data: Json) -> None:
        """Send an event, or keep it for a resume."""
        self.events.append((event, data))
        await self._send(len(self.events))

    async def replay(self, after: int) -> None:
        """Send again what came after that number, and that this is all."""
        missed = range(after + 1, len(self.events) + 1)
        for number in missed:
            await self._send(number)
        await self.tell("RESUMED", {})

    async def _send(self, number: int) -> None:
        if self.connection is None:
            return
        event, data = self.events[number - 1]
        try:
            await self.connection.send(DISPATCH, data, event, number)
        except ConnectionError:
            self.connection = None


class Gateway:
    """All sessions, and counts of what was asked. `token` None lets every bot in."""

    def __init__(self, changes: Changes, token: str | None, heartbeat_s: float, channels: int) -> None:
        self.sessions: dict[str, Session] = {}
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.heartbeats = 0
        self.connections = 0
        self.paths: list[str] = []
        self.origin = ""
        self._changes = changes
        self._token = token
        self._heartbeat_s = heartbeat_s
        self._channels = channels

    @property
    def connected(self) -> int:
        """How many sessions have their connection."""
        return sum(session.connection is not None for session in self.sessions.values())

    async def dispatch(self, event: str, data: Json) -> None:
        """Tell every session."""
        for session in list(self.sessions.values()):
            await session.tell(event, data)

    async def drop(self, *, code: int = UNKNOWN_ERROR, resumable: bool = True) -> None:
        """Close every connection; the sessions are kept only where they are to be resumed."""
        sessions = list(self.sessions.values())
        if not resumable:
            self.sessions.clear()
        for session in sessions:
            connection, session.connection = session.connection, None
            if connection is not None:
                await connection.close(code)

    async def ask_to_reconnect(self) -> None:
        """Have every bot come back and resume."""
        for session in list(self.sessions.values()):
            if session.connection is not None:
                await session.connection.send(RECONNECT, None)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to its end."""
        socket = web.WebSocketResponse(timeout=_CLOSE_S)
        await socket.prepare(request)
        self.connections += 1
        self.paths.append(request.path)
        try:
            connection = Connection(socket, streams.packer(request.query.get("compress")))
        except ValueError as error:
            await socket.close(code=UNKNOWN_ERROR, message=str(error).encode())
            return socket
        await connection.send(HELLO, {"heartbeat_interval": int(self._heartbeat_s * 1000)})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(connection, json.loads(message.data))
        for session in self.sessions.values():
            if session.connection is connection:
                session.connection = None
        self._changes.tell()
        return socket

    async def _hear(self, connection: Connection, message: Json) -> None:
        match message["op"]:
            case op if op == HEARTBEAT:
                self.heartbeats += 1
                await connection.send(HEARTBEAT_ACK, None)
            case op if op == IDENTIFY:
                await self._identify(connection, message["d"])
            case op if op == RESUME:
                await self._resume(connection, message["d"])
            case _:
                await connection.close(UNKNOWN_OPCODE)
        self._changes.tell()

    async def _identify(self, connection: Connection, data: Json) -> None:
        self.identifies.append(data)
        if not self._accepts(data):
            await connection.close(WRONG_TOKEN)
            return
        if any(session.connection is connection for session in self.sessions.values()):
            await connection.close(IDENTIFIED_TWICE)
            return
        self._forget_the_dead()
        session = Session(secrets.token_hex(16), connection=connection)
        self.sessions[session.id] = session
        await session.tell("READY", self._ready(session))
        await session.tell("GUILD_CREATE", guild(self._channels))

    def _forget_the_dead(self) -> None:
        """A bot that is killed again and again leaves a session each time, and each would keep every event."""
        dead = [session.id for session in self.sessions.values() if session.connection is None]
        for known in dead[:-_KEPT_SESSIONS]:
            del self.sessions[known]

    async def _resume(self, connection: Connection, data: Json) -> None:
        self.resumes.append(data)
        session = self.sessions.get(data["session_id"])
        if not self._accepts(data):
            await connection.close(WRONG_TOKEN)
        elif session is None or not 0 <= (data["seq"] or 0) <= len(session.events):
            await connection.send(INVALID_SESSION, data=False)
        else:
            session.connection = connection
            await session.replay(data["seq"] or 0)

    def _accepts(self, data: Json) -> bool:
        return self._token is None or data["token"] == self._token

    def _ready(self, session: Session) -> Json:
        return {
            "v": 10,
            "user": user(BOT),
            "guilds": [{"id": str(GUILD), "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": f"{self.origin.replace('http', 'ws', 1)}{RESUME_PATH}",
            "application": {"id": str(APPLICATION), "flags": 0},
        }
