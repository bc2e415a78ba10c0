"""The sentences around `/help`; what stands under them comes from the commands themselves."""

from bot.ui.language import Message

HELP = Message("What I can do here, command by command. Only you see the answer.")

MAKE = Message("Make videos")
FIND = Message("Find and show videos")
ACCOUNT = Message("Your credits and choices")
MORE = Message("More")
MODERATE = Message("For moderators")

LEGEND = Message("-# What stands in [brackets] may be left out.")
IN_MESSAGE_MENU = Message("**{name}**: in the menu of a message, under Apps.")
IN_MEMBER_MENU = Message("**{name}**: in the menu of a member, under Apps.")

SWITCH = Message("Turn to another page")
FOR_EVERYONE = Message("For everyone")
FOR_EVERYONE_PAGE = Message("For everyone, page {page}")
FOR_MODERATORS = Message("For moderators")
FOR_MODERATORS_PAGE = Message("For moderators, page {page}")

FIRST_VIDEO = Message(
    "That is your first video in this server. /help shows all that I can do, /balance what you may still spend, and "
    "/preferences what I can do for you by itself. I say this only once."
)
