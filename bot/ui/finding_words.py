"""The sentences of finding a video again: `/show`, and the menu of a message."""

from bot.ui.language import Message

SHOW = Message("Show a finished video again, here and for everyone.")
SHOW_OPTION = Message("One of your own videos, or the id or message link of any that you can see here.")
SHOW_BUTTON = Message("Show here")
SHOWN_AGAIN = Message("-# Shown again by <@{user_id}>")
UNFINISHED = Message(
    "That video is not finished, so there is nothing to show yet. Nothing was sent and nothing was charged. "
    "Show it once its message says Completed, or pick another one."
)

ANIMATE_MENU = "Animate this image"
EXTEND_MENU = "Extend this video"
"""Names of commands: Discord looks up their translations by themselves."""
ANIMATE_TITLE = Message("Animate this image")
ANIMATE_LABEL = Message("What happens in the video?")
ANIMATE_HINT = Message("The video starts from the picture.")
NO_PICTURE = Message(
    "There is no picture in that message that Luma takes. Nothing was sent and nothing was charged. "
    "Use this on a message with a png, jpeg, webp or gif picture."
)
PICTURE_FORGOTTEN = Message(
    "This window was open for so long that I do not know its picture any more. "
    "Nothing was sent and nothing was charged. Open it again from the menu of the message.\n"
    "You had written:\n{prompt}"
)
NO_VIDEO = Message(
    "That message does not show one of my videos. Nothing was sent and nothing was charged. "
    "Use this on a message of mine that shows a finished video."
)
