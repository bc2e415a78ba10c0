"""What Discord says by REST: whose token it is, what is set in its portal, and what the bot may do in its servers.

The gateway is left alone: a second connection would take the running bot's interactions, and costs one of the day's.
"""

from dataclasses import dataclass
from typing import Any

import discord

from bot.checkup.finding import Finding, failure, ok, skipped, warning
from bot.checkup.web import Silent, Web, as_object, listed, parsed
from bot.relay.wire import Answer

TOKEN, INTENTS, SERVERS = "token", "intents", "servers"
MOST_SERVERS = 200
"""Discord's limit on one page of `/users/@me/guilds` (Discord's documentation, users)."""
MOST_PAGES = 15
"""Pages. 2,500 servers are the most that one connection serves; they are 13."""
MOST_NAMED = 10
"""Servers that are named one by one."""
NEEDED = ("view_channel", "send_messages", "send_messages_in_threads", "attach_files", "read_message_history")
"""What a card needs, in a channel or in a thread."""
_PRIVILEGED = {
    "presence": discord.ApplicationFlags(gateway_presence=True, gateway_presence_limited=True),
    "server members": discord.ApplicationFlags(gateway_guild_members=True, gateway_guild_members_limited=True),
    "message content": discord.ApplicationFlags(gateway_message_content=True, gateway_message_content_limited=True),
}
_PORTAL = "https://discord.com/developers/applications"
_AGENT = f"DiscordBot (https://github.com/Rapptz/discord.py, {discord.__version__})"
"""In the form that Discord asks for (Discord's documentation, API reference): the library that the bot runs on."""


@dataclass(frozen=True, slots=True)
class DiscordApi:
    """Discord's REST API with the bot's token. `base` goes up to the version."""

    web: Web
    base: str
    token: str

    async def get(self, path: str) -> Answer | Silent:
        """One GET."""
        return await self.web.get(
            self.base + path, {"Authorization": f"Bot {self.token}", "User-Agent": _AGENT, "Accept": "application/json"}
        )


@dataclass(frozen=True, slots=True)
class Application:
    """The application and its bot, as far as the checkup cares."""

    id: int
    name: str
    bot: str
    facts: dict[str, Any]


def trouble(name: str, answer: Answer | Silent) -> Finding:
    """What no useful answer of Discord's means."""
    if isinstance(answer, Silent):
        return failure(name, f"Discord cannot be reached: {answer.why}.", "Check this machine's network, and its DNS.")
    match answer.status:
        case 401:
            return failure(
                name,
                "Discord does not accept discord.token.",
                f'Make a new one at {_PORTAL}, page "Bot", and put it into the settings.',
            )
        case 429:
            return warning(name, "Discord asks for a pause.", "Check again in some minutes.")
        case status if status >= 500:  # noqa: PLR2004  # HTTP's own numbers
            return failure(name, f"Discord has troubles of its own ({status}).", "See https://discordstatus.com.")
        case status:
            return failure(
                name,
                f"Discord's answer is not understood ({status}).",
                "Check discord.api_url; without an API proxy it need not be set.",
            )


async def application(api: DiscordApi) -> Application | Finding:
    """Whose token it is; a finding where nobody says."""
    answer = await api.get("/oauth2/applications/@me")
    facts = as_object(None if isinstance(answer, Silent) or not answer.good else parsed(answer))
    if isinstance(answer, Silent) or not str(facts.get("id", "")).isdigit():
        return trouble(TOKEN, answer)
    bot = await api.get("/users/@me")
    user = as_object(None if isinstance(bot, Silent) or not bot.good else parsed(bot))
    if isinstance(bot, Silent) or "username" not in user:
        return trouble(TOKEN, bot)
    return Application(int(facts["id"]), str(facts.get("name", "?")), str(user["username"]), facts)


def token(found: Application) -> Finding:
    """That the token is good, and what in the portal would keep interactions from the bot."""
    says = f"Discord knows the bot {found.bot} of the application {found.name} ({found.id})."
    if found.facts.get("interactions_endpoint_url"):
        return failure(
            TOKEN,
            f"{says} But its interactions go to an address of their own, and none to the bot.",
            f'Empty "Interactions Endpoint URL" at {_PORTAL}/{found.id}/information.',
        )
    if found.facts.get("bot_require_code_grant"):
        return warning(
            TOKEN,
            f"{says} But nobody can add it by a plain link.",
            f'Turn "Requires OAuth2 Code Grant" off at {_PORTAL}/{found.id}/bot.',
        )
    return ok(TOKEN, says)


def intents(found: Application) -> Finding:
    """That no privileged intent is switched on: the bot needs none, and Discord asks for reasons as it grows."""
    flags = found.facts.get("flags")
    if not isinstance(flags, int):
        return skipped(INTENTS, "Discord does not tell which privileged intents are on; the bot needs none.")
    on = [name for name, bits in _PRIVILEGED.items() if flags & bits.value]
    if on:
        return warning(
            INTENTS,
            f"Privileged intents are on that the bot does not need: {', '.join(on)}.",
            f'Turn them off at {_PORTAL}/{found.id}/bot, "Privileged Gateway Intents".',
        )
    return ok(INTENTS, "No privileged intent is on, and none is needed.")


async def servers(api: DiscordApi, found: Application) -> Finding:
    """In which servers the bot is, and where its roles do not allow what it needs. Channels can still forbid more."""
    guilds: list[dict[str, Any]] = []
    after = "0"
    for _ in range(MOST_PAGES):
        answer = await api.get(f"/users/@me/guilds?limit={MOST_SERVERS}&after={after}")
        page = None if isinstance(answer, Silent) or not answer.good else parsed(answer)
        if not isinstance(page, list):
            return trouble(SERVERS, answer)
        guilds += listed(page)
        if len(page) < MOST_SERVERS:
            break
        after = str(guilds[-1].get("id", "0")) if guilds else "0"
    if not guilds:
        return warning(SERVERS, "The bot is in no server.", f"Add it with {_invitation(found)}")
    return _judged(guilds)


def _judged(guilds: list[dict[str, Any]]) -> Finding:
    lacking = [(str(guild.get("name", "?")), missing) for guild in guilds if (missing := _missing(guild))]
    count = f"{len(guilds)} server{'s' if len(guilds) > 1 else ''}"
    if not lacking:
        return ok(SERVERS, f"In {count}, with all the permissions it needs.")
    named = [f"{name} ({', '.join(missing)})" for name, missing in lacking[:MOST_NAMED]]
    if len(lacking) > MOST_NAMED:
        named.append(f"and {len(lacking) - MOST_NAMED} more")
    return warning(
        SERVERS,
        f"In {count}; permissions are missing in {len(lacking)}: {'; '.join(named)}.",
        "Have each server's admins give them to the bot's role: commands are refused there.",
    )


def _missing(guild: dict[str, Any]) -> list[str]:
    """The needed permissions that the bot's roles do not give, in the words of Discord's settings."""
    given = str(guild.get("permissions", "0"))
    allowed = discord.Permissions(int(given) if given.isdigit() else 0)
    if allowed.administrator:
        return []
    return [name.replace("_", " ") for name in NEEDED if not getattr(allowed, name)]


def _invitation(found: Application) -> str:
    needed = discord.Permissions(**dict.fromkeys(NEEDED, True))
    return str(discord.utils.oauth_url(found.id, permissions=needed, scopes=("bot", "applications.commands")))
