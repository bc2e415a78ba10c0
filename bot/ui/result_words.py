"""The sentences under a card: its buttons, the window of a remix, and all that "More" opens."""

from bot.domain.generation import Kind
from bot.ui.language import Message, Plural

AGAIN_BUTTON = Message("Again")
TRY_AGAIN_BUTTON = Message("Try again")
REMIX_BUTTON = Message("Remix")
MORE_BUTTON = Message("⋯ More")

# The window of a remix

REMIX_TITLE = Message("Remix this video")
REMIX_PROMPT = Message("What it shows")
REMIX_NEXT = Message("What happens next")
REMIX_COSTS = Plural("As it stands, it costs {n} credit.", "As it stands, it costs {n} credits.")
"""The choices below name their own prices, where they make a difference."""
REMIX_MODEL = Message("Model")
REMIX_DURATION = Message("Duration")
REMIX_RESOLUTION = Message("Resolution")
REMIX_CAMERA = Message("Camera")
REMIX_NO_CAMERA = Message("as the prompt says")

# What "More" shows

DETAILS_HEAD = Message("### Details")
ID_LINE = Message("**Id:** `{id}`")
OPTIONS_LINE = Message("**Options:** {options}")
CAMERA_LINE = Message("**Camera:** {movement}")
STATE_LINE = Message("**State:** {state}")
ASKED_LINE = Message("**Asked:** <t:{unix}:f>, by <@{user_id}>")
ASKED_LINE_ERASED = Message("**Asked:** <t:{unix}:f>, by a member who has erased their data")
SENT_LINE = Message("**Sent:** <t:{unix}:f>")
ENDED_LINE = Message("**Ended:** <t:{unix}:f>, after {span}")
COST_LINE = Plural("**Cost:** {n} credit", "**Cost:** {n} credits")
COST_LINE_BACK = Plural(
    "**Cost:** nothing; {n} credit was given back", "**Cost:** nothing; {n} credits were given back"
)
PROMPT_HEAD = Message("**Prompt:**")
PROMPT_ERASED = Message("**Prompt:** erased")
COMMAND_HEAD = Message("**The same as a command:**")
WHOLE_IN_FILE = Message("All of the prompt and the command stand in the file below.")
HIDDEN_OPTION = Message("hidden until clicked")
PICTURES = {
    Kind.IMAGE: Message("<the picture>"),
    Kind.EXTEND: Message("<a video>"),
}
"""What stands in a command in place of what nobody can type."""

REFRESH_BUTTON = Message("Refresh link")
SEND_BUTTON = Message("Send to my DMs")
REPORT_BUTTON = Message("Report")
DELETE_BUTTON = Message("Delete")

# What came of it

REFRESHED = Message("The message has a new link now: [open the video]({link}).")
REFRESHED_LONG = Message("The link was renewed. It is too long to be shown here; the message has it.")
REFRESHED_ONLY_HERE = Message(
    "Here is a new link: [open the video]({link}). I could not change the message itself, so keep this one."
)
REFRESH_SAME = Message(
    "The video service gives the same link as before: [open the video]({link}). If it does not open, the video is gone "
    "there. What is attached in Discord stays."
)
REFRESH_GONE = Message(
    "The video service does not have this video any more, so there is no new link. What is attached in Discord stays. "
    "Nothing was charged."
)
REFRESH_LATER = Message(
    "The video service does not answer just now, so there is no new link yet. Nothing was charged. "
    "Press again in a few minutes."
)
SENT_FILE = Message("Done: the video is in your direct messages.")
SENT_LINK = Message(
    "Done: the link is in your direct messages. The video itself could not be attached: it may be larger than Discord "
    "takes there."
)
DM_HEAD = Message("### 🎬 A video from {server}")
DM_OF_A_SERVER = Message("### 🎬 A video from a server")
DM_CARD = Message("[Where it stands]({link})")
DMS_CLOSED = Message(
    "I could not send it: your direct messages are closed to me. Nothing was sent and nothing was charged. Open the "
    "privacy settings of this server, allow direct messages, and press again."
)
SEND_LATER = Message("Discord did not take the message just now. Nothing was charged. Press again in a minute.")
DELETED = Message("Deleted. Its prompt and cost stay in your history until you erase them with /privacy delete.")
REMOVED_NOW = Message("Deleted. What is known of the video stays, and the log says that you removed it.")
NOT_YOURS_TO_DELETE = Message(
    "Only the member who asked for this video, or a moderator, can delete it. Nothing was changed. "
    "If something is wrong with it, press Report."
)
NOT_OVER = Message(
    "This one is not over yet, so it cannot be deleted. Nothing was changed. "
    "Press Cancel while it waits, or delete it once it has ended."
)
