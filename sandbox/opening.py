"""What a visitor of the demo's page finds: a word of welcome, and a finished video of somebody else in two parts."""

from typing import Any

import discord
from discord import ui
from simcord.actors import MemberActor

from bot.domain.errors import DreamreelError
from bot.ui import words
from sandbox.stage import Stage

BLUE = 0x5865F2
WELCOME = """\
### 👋 Dreamreel, on a make-believe Discord
Nothing here costs anything. The videos are drawn on this computer.
- Type `/generate` and say what the video shows. Its message keeps itself up to date.
- Type `/image-to-video` and attach a picture to start from.
- Press **Extend** under a finished video, or type `/extend`, and write what happens next.
- To see what goes wrong: a prompt with the word *forbidden* fails, and one of two letters is refused.
- Be the moderator: choose *mo* at the top, and type `/quota set`. As *ann*, `/balance` shows it."""
FIRST = "A lighthouse in a storm, waves breaking over the rocks"
SECOND = "The storm passes and the sun comes out"
MOST_STEPS = 300
"""Steps of `sandbox.stage.STEP_S` that one seeded video may take."""


class OpeningFailed(DreamreelError):
    """The demo could not set its own scene."""


async def open_channel(stage: Stage, member: MemberActor) -> None:
    """Welcome the visitor, and let `member` make a video and extend it, as fast as it can be drawn.

    Raises OpeningFailed.
    """
    if stage.app.client.user is not None:
        await stage.app.client.user.edit(username="Dreamreel")
    first = await member.slash(stage.channel, "generate", prompt=FIRST)
    message = await _finished(stage, first.response)
    window = await member.click(message, label=words.EXTEND_BUTTON())
    second = await member.submit_modal(window, {"prompt": SECOND})
    await _finished(stage, second.response)
    await _welcome(stage)


async def _welcome(stage: Stage) -> None:
    view = ui.LayoutView()
    box: ui.Container[Any] = ui.Container(accent_colour=BLUE)
    box.add_item(ui.TextDisplay(WELCOME))
    view.add_item(box)
    channel = stage.app.client.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    await channel.send(view=view)


async def _finished(stage: Stage, answer: Any) -> discord.Message:
    """Move the relay's generations on by hand, so that nobody waits for the pace that a visitor is to see."""
    if answer is None:
        raise OpeningFailed("The bot did not answer the demo's own command.")
    for _ in range(MOST_STEPS):
        await stage.finish_all()
        await stage.step()
        message = stage.message(answer.id)
        if message.attachments:
            return message
    raise OpeningFailed("The demo's own video was not completed in time.")
