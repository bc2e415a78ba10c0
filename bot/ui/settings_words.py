"""The sentences of `/settings`: what each setting is called, what it is set to, and what a moderator should know."""

from bot.domain.house import GuildSettings
from bot.ui.house_words import some
from bot.ui.language import Message, languages, number, own_name

SETTINGS = Message("Where the bot may be used in this server, by whom, and how.")
SETTINGS_SHOW = Message("All settings of this server.")
CHANNELS = Message("Where the bot may be used. A thread counts as its channel.")
CHANNELS_ADD = Message("Let the bot be used in a channel; with a list, it is used nowhere else.")
CHANNELS_REMOVE = Message("Take a channel off the list.")
CHANNELS_CLEAR = Message("Let the bot be used in every channel again.")
ROLES = Message("Who may use the bot.")
ROLES_ADD = Message("Let members with a role use the bot; with a list, nobody else does.")
ROLES_REMOVE = Message("Take a role off the list.")
ROLES_CLEAR = Message("Let everyone use the bot again.")
MODERATORS = Message("Which roles moderate besides Manage Server. Only Manage Server can change this.")
MODERATORS_ADD = Message("Let members with a role do what moderators do here.")
MODERATORS_REMOVE = Message("Take the moderators' rights from a role.")
MODERATORS_CLEAR = Message("Leave moderating to Manage Server alone.")
LOG = Message("Where changes by moderators and reports by members are posted.")
LOG_SET = Message("Post changes and reports in a channel.")
LOG_OFF = Message("Post changes and reports nowhere. They are kept all the same.")
LOG_RECENT = Message("What was changed and reported lately. Only you see the answer.")
TIMEZONE = Message("The time zone in which days, weeks and months of limits begin.")
SPOILER = Message("Whether videos are hidden until they are clicked.")
LANGUAGE = Message("The language of videos' messages and of the log. Private answers are in each member's own.")
CHANNEL_OPTION = Message("The channel.")
ROLE_OPTION = Message("The role.")
LOG_CHANNEL_OPTION = Message("The channel. Prompts of reported videos are shown in it.")
TIMEZONE_OPTION = Message("Type a city or region, and pick from the list.")
SPOILER_OPTION = Message("Whether a click is needed to see them.")
LANGUAGE_OPTION = Message("One of those that the bot speaks.")

# Translators: these stand after "Used in:", "Used by:", "Log and reports:", "Videos:" and "Language:".
_EVERYWHERE = Message("everywhere")
_EVERYONE = Message("everyone")
_MANAGERS = Message("members with Manage Server")
_NO_LOG = Message("nowhere")
HIDDEN = Message("hidden until clicked")
OPEN = Message("shown openly")
AS_THE_SERVER = Message("as this server's own settings in Discord say")

# Translators: each stands before what it is set to, as in "Used in: everywhere" and "Videos: shown openly".
NAMES = {
    "channels": Message("Used in"),
    "roles": Message("Used by"),
    "moderator_roles": Message("Moderated by"),
    "log_channel_id": Message("Log and reports"),
    "timezone": Message("Time zone"),
    "spoiler": Message("Videos"),
    "language": Message("Language"),
}
"""The settings by their field in `GuildSettings`, in the order in which they are shown."""

KEPT_AS = {
    ("channels", "none"): _EVERYWHERE,
    ("roles", "none"): _EVERYONE,
    ("moderator_roles", "none"): _MANAGERS,
    ("log_channel_id", "none"): _NO_LOG,
    ("spoiler", "on"): HIDDEN,
    ("spoiler", "off"): OPEN,
    ("language", "none"): AS_THE_SERVER,
}
"""What the audit log keeps of a setting in one word, said as a confirmation says it."""

_LINE = Message("**{setting}:** {value}")
_ZONE_AND_TIME = Message("{zone}, where it is {time} now")
_HEAD = Message("### How I am set up in this server")
_COUNTED = Message("**Blocked members:** {blocks} · **Forbidden words:** {words}")


def value(settings: GuildSettings, name: str) -> str:
    """One setting's value, in words."""
    match name:
        case "channels":
            said = some([f"<#{each}>" for each in sorted(settings.channels)])
        case "roles":
            said = some([f"<@&{each}>" for each in sorted(settings.roles)])
        case "moderator_roles":
            said = some([_MANAGERS(), *(f"<@&{each}>" for each in sorted(settings.moderator_roles))])
        case "log_channel_id":
            said = "" if settings.log_channel_id is None else f"<#{settings.log_channel_id}>"
        case "timezone":
            said = settings.timezone
        case "language":
            said = "" if settings.language is None else called(settings.language)
        case _:
            said = HIDDEN() if settings.spoiler else OPEN()
    return said or KEPT_AS[name, "none"]()


def called(language: str) -> str:
    """What its speakers call a language; one that there is no file for any more is called as it is kept."""
    return own_name(language) if language in languages() else language


def line(settings: GuildSettings, name: str) -> str:
    return _LINE(setting=NAMES[name](), value=value(settings, name))


def shown(settings: GuildSettings, time: str, blocks: int, forbidden: int) -> str:
    """All settings. `time` is the server's clock now, as in 14:05."""
    zone = _LINE(setting=NAMES["timezone"](), value=_ZONE_AND_TIME(zone=settings.timezone, time=time))
    lines = [zone if name == "timezone" else line(settings, name) for name in NAMES]
    return "\n".join([_HEAD(), *lines, _COUNTED(blocks=number(blocks), words=number(forbidden))])


CHANGED = Message("Done. {line}")
SAME = Message("That was so already, so nothing was changed.")
SAYS_MORE = {
    "channels": Message("A thread counts as the channel that it is in."),
    "log_channel_id": Message(
        "What moderators change and members report is kept in any case: /settings log recent shows it."
    ),
    "timezone": Message("Days, weeks and months of limits begin at midnight there."),
    "spoiler": Message("This holds for videos that are finished from now on."),
    "language": Message(
        "Messages of videos change to it as they are next updated. What only one member sees is in their own language."
    ),
}
EVERYWHERE_NOW = Message("The list is empty, so I may be used in every channel.")
EVERYONE_NOW = Message("The list is empty, so everyone may use me.")
MODERATORS_SEE = Message(
    "Discord shows these commands to members with Manage Server only. To show them to a role too, add it in "
    "Server Settings > Integrations, under my name. What the role may do is up to this list alone."
)
LOG_IS_PUBLIC = Message(
    "Everyone in this server can read that channel, so reports will be public. A private one may be better."
)
