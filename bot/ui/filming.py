"""The button that has one film made of a story, and the message in which the film is posted."""

import logging
from typing import Any

import discord
from discord import ui

from bot.domain.errors import StoreError
from bot.domain.story import Story
from bot.service.filming import Filmed, Trouble, check_filmable
from bot.service.intake import check_welcome
from bot.ui import story_words
from bot.ui.choosing import seen_of
from bot.ui.custom_ids import about
from bot.ui.failures import NETWORK_ERRORS
from bot.ui.language import number, speaking
from bot.ui.links import message_link
from bot.ui.outcomes import FAILED
from bot.ui.posting import SILENT, alternative, nonce, opened, video_name
from bot.ui.pressing import GenerationButton
from bot.ui.reader import server_language
from bot.ui.result_buttons import panel_button
from bot.ui.rights import roles_of
from bot.ui.room import check_room
from bot.ui.services import services_of
from bot.ui.text import clean

log = logging.getLogger(__name__)

_BLUE = 0x5865F2


class FilmButton(GenerationButton, verb="film"):
    """Has one film made of a story and posts it where it is pressed, for whoever sees all its parts."""

    def __init__(self, generation_id: str) -> None:
        super().__init__(
            generation_id,
            ui.Button(
                label=story_words.FILM_BUTTON(),
                emoji="🎞️",
                style=discord.ButtonStyle.primary,
                custom_id=about("film", generation_id),
            ),
        )

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Answer at once, then do the work, then say what became of it."""
        story = await _checked(interaction, self.generation_id)
        with services_of(interaction).filming.begun(story, interaction.user.id):
            await interaction.response.send_message(story_words.WORKING(), ephemeral=True)
            await _say(interaction, await _made(interaction, story))


async def _checked(interaction: discord.Interaction[Any], generation_id: str) -> Story:
    """The story, where a film of it may be posted here for this member at this moment. Raises a Refusal."""
    check_room(interaction)
    services, guild_id, channel = services_of(interaction), interaction.guild_id or 0, interaction.channel
    story = await services.stories.told(await services.queries.generation(guild_id, generation_id))
    door = await services.house.door(guild_id, interaction.user.id, services.clock.now())
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else None
    check_welcome(door, {interaction.channel_id or 0, parent_id or 0}, roles_of(interaction.user))
    check_filmable(story, await seen_of(interaction, story.channel_ids), door)
    return story


async def _made(interaction: discord.Interaction[Any], story: Story) -> str:
    """Make the film and post it: what the one who pressed is told."""
    guild = interaction.guild
    most_bytes = discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES if guild is None else guild.filesize_limit
    async with services_of(interaction).filming.filmed(story, most_bytes) as filmed:
        if isinstance(filmed, Trouble):
            return story_words.TROUBLES[filmed]()
        posted = await _posted(interaction, filmed)
        if not isinstance(posted, discord.Message):
            return posted
        await _note(interaction, filmed, posted)
        return (story_words.DONE if filmed.short is None else story_words.DONE_SHORT)(link=posted.jump_url)


async def _posted(interaction: discord.Interaction[Any], filmed: Filmed) -> discord.Message | str:
    """Post the film where the button was pressed, in the server's language: the message, or why there is none."""
    guild_id, channel_id = interaction.guild_id or 0, interaction.channel_id or 0
    settings = await services_of(interaction).house.settings(guild_id)
    spoiler = settings.spoiler or any(part.generation.request.spoiler for part in filmed.parts)
    name = video_name(f"film-{filmed.story.last.generation.id}")
    with speaking(server_language(interaction.guild, settings.language)):
        view = film_view(filmed, name, interaction.user.id, spoiler=spoiler)
    view.stop()
    channel = interaction.client.get_partial_messageable(channel_id, guild_id=guild_id)
    try:
        await services_of(interaction).pace.turn()
        with opened(filmed.film.path, name) as files:
            message: discord.Message = await channel.send(
                view=view, files=files, nonce=nonce(f"film {interaction.id}"), allowed_mentions=SILENT
            )
    except FAILED as error:
        log.warning("a film could not be posted (%s)", type(error).__name__)
        forbidden = isinstance(error, discord.Forbidden)
        return (story_words.NOT_POSTED_FORBIDDEN if forbidden else story_words.NOT_POSTED)()
    return message


async def _note(interaction: discord.Interaction[Any], filmed: Filmed, message: discord.Message) -> None:
    """The film stands already, so a database that fails now is no news for the member."""
    services, parts = services_of(interaction), [part.generation.id for part in filmed.parts]
    try:
        await services.queries.note_film(parts, message.channel.id, message.id, services.clock.now())
    except StoreError as error:
        log.error("which parts a film holds is not noted: %s", error, extra={"generation": parts[-1]})  # noqa: TRY400  # the error says all


def film_view(filmed: Filmed, filename: str, user_id: int, *, spoiler: bool) -> ui.LayoutView:
    """The message of a film, in the language that is spoken."""
    prompts = " → ".join(filter(None, (clean(part.generation.request.prompt) for part in filmed.parts)))
    links = ", ".join(_part_link(filmed, place) for place in range(len(filmed.parts)))
    seconds = number(round(filmed.film.seconds))
    lines = [story_words.FILM_PARTS(filmed.film.parts, seconds=seconds, links=links)]
    if filmed.short is not None:
        says = story_words.SHORT[filmed.short]
        lines.append(says(n=number(filmed.film.parts), all=number(len(filmed.story.parts))))
    lines.append(f"-# {story_words.FILM_BY(user_id=user_id)}")
    box: ui.Container[Any] = ui.Container(accent_colour=_BLUE)
    box.add_item(ui.TextDisplay(story_words.FILM_HEAD()))
    media = discord.MediaGalleryItem(f"attachment://{filename}", description=alternative(prompts), spoiler=spoiler)
    box.add_item(ui.MediaGallery(media))
    box.add_item(ui.TextDisplay("\n".join(lines)))
    box.add_item(ui.ActionRow(panel_button("flag", filmed.parts[-1].generation.id)))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    return view


def _part_link(filmed: Filmed, place: int) -> str:
    part = filmed.parts[place]
    told, link = number(place + 1), message_link(part.generation.guild_id, part.card)
    return story_words.PART_UNLINKED(part=told) if link is None else story_words.PART_LINK(part=told, link=link)


async def _say(interaction: discord.Interaction[Any], text: str) -> None:
    """Put it in place of what was said first. Its window may have been closed, or the token may have died."""
    try:
        await interaction.edit_original_response(content=text, allowed_mentions=SILENT)
    except (discord.DiscordException, *NETWORK_ERRORS) as error:
        log.info("nobody could be told what became of a film: %s", type(error).__name__)
