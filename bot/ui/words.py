"""The sentences of cards, of the commands that make videos, and of their refusals: what every member may read.

A sentence about something that went wrong says what happened, what it cost, and what the reader can do now.
Each is whole, because a translator sees it alone; `bot.ui.language` says it in the reader's language.
"""

from datetime import timedelta

from bot.domain.camera import Camera
from bot.domain.generation import FailureKind, GenerationState
from bot.domain.request import LEAST_PROMPT, MOST_PROMPT
from bot.ui.language import Message, Plural, listed, number

# The card

_WAITING = Message("Waiting")
STATES = {
    GenerationState.WAITING: _WAITING,
    GenerationState.SUBMITTING: _WAITING,
    GenerationState.QUEUED: Message("Queued"),
    GenerationState.DREAMING: Message("Dreaming"),
    GenerationState.COMPLETED: Message("Completed"),
    GenerationState.FAILED: Message("Failed"),
    GenerationState.CANCELLED: Message("Cancelled"),
    GenerationState.EXPIRED: Message("Expired"),
    GenerationState.UNCERTAIN: Message("Uncertain"),
    GenerationState.LOST: Message("Lost"),
}

_NEXT = Message("It starts as soon as it is its turn. This message keeps itself up to date.")
SAYS = {
    GenerationState.WAITING: _NEXT,
    GenerationState.SUBMITTING: _NEXT,
    GenerationState.CANCELLED: Message(
        "It was cancelled before anything was sent. It cost you nothing. You can ask again whenever you like."
    ),
    GenerationState.EXPIRED: Message(
        "Luma never finished it. It cost you nothing. You can ask again; should this one still turn up, "
        "it will be shown here, and that will cost you nothing either."
    ),
    GenerationState.UNCERTAIN: Message(
        "The connection broke while it was being sent, so nobody can say yet whether it is being made. It will not "
        "be sent again, so that it is never paid for twice. Its credits are held until a moderator settles it; after "
        "a day without news they come back to you. You need not do anything, and can ask for other videos meanwhile."
    ),
    GenerationState.LOST: Message(
        "Nobody could find out what became of it. Your credits were given back. You can ask for it again."
    ),
}
IN_LINE = Message("It is number {place} in line, and starts when it is its turn. This message keeps itself up to date.")
STARTED = Message("Started <t:{started}:R> · most videos take a few minutes")
STARTED_USUALLY = Message("Started <t:{started}:R> · usually done <t:{unix}:R>")
"""Discord shows the times as "2 minutes ago" and "in 2 minutes", and they tick by themselves."""
TAKES_LONGER = Message(
    "Started <t:{started}:R> · this one is taking longer than usual. You need not do anything: it will be shown here."
)
AWAY_WAITING = Message(
    "The video service cannot be reached just now. This is sent as soon as it answers; if it is cancelled before that, "
    "its credits come back."
)
AWAY_STARTED = Message(
    "Started <t:{started}:R> · the video service does not answer just now. The video is not lost: it is asked for "
    "again and again, and will be shown here."
)
DONE = Message("Done")
"""The last of the steps from "Waiting" on, as a card has them in one line."""
CAMERA_LINE = Message("🎥 Camera: {movement}")
CAMERAS: dict[str, Message] = {
    Camera.STATIC: Message("static"),
    Camera.PUSH_IN: Message("push in"),
    Camera.PULL_OUT: Message("pull out"),
    Camera.ZOOM_IN: Message("zoom in"),
    Camera.ZOOM_OUT: Message("zoom out"),
    Camera.PAN_LEFT: Message("pan left"),
    Camera.PAN_RIGHT: Message("pan right"),
    Camera.TILT_UP: Message("tilt up"),
    Camera.TILT_DOWN: Message("tilt down"),
    Camera.ORBIT_LEFT: Message("orbit left"),
    Camera.ORBIT_RIGHT: Message("orbit right"),
    Camera.CRANE_UP: Message("crane up"),
    Camera.CRANE_DOWN: Message("crane down"),
    Camera.MOVE_LEFT: Message("move left"),
    Camera.MOVE_RIGHT: Message("move right"),
    Camera.MOVE_UP: Message("move up"),
    Camera.MOVE_DOWN: Message("move down"),
    Camera.HANDHELD: Message("handheld"),
}

FAILURES = {
    FailureKind.MODERATION: Message(
        "Luma's content filter turned away the prompt or a picture. It cost you nothing. "
        "Put it in other words, or use another picture, and ask again."
    ),
    FailureKind.UNREADABLE_IMAGE: Message(
        "A picture could not be read. It cost you nothing. Save it again as a png or jpeg file and ask again."
    ),
    FailureKind.PROMPT: Message(
        "Luma could not make sense of the prompt. It cost you nothing. Put it in other words and ask again."
    ),
    FailureKind.NOT_SOLD: Message(
        "This model is not to be had just now. It cost you nothing. Choose another model, or ask again later."
    ),
    FailureKind.NO_BALANCE: Message(
        "The bot's own account at the video service is empty. It cost you nothing. "
        "Tell whoever runs the bot, and ask again once it is filled."
    ),
    FailureKind.KEY: Message(
        "The video service does not accept the bot's key. It cost you nothing. "
        "Tell whoever runs the bot, and ask again once that is mended."
    ),
    FailureKind.REFUSED: Message(
        "The video service refused the request. It cost you nothing. Change the prompt or the options and ask again."
    ),
    FailureKind.NOT_MADE: Message(
        "A moderator looked into it: it was never made. It cost you nothing. You can ask again."
    ),
    FailureKind.UNTRACED: Message(
        "A moderator looked into it: it may have been made, but nobody can find the video. "
        "Your credits were given back. You can ask for it again."
    ),
    FailureKind.UNTRACED_CHARGED: Message(
        "A moderator looked into it: it was made and paid for, but nobody can find the video. "
        "It used its credits. Ask a moderator if you think that they should come back."
    ),
    FailureKind.UNKNOWN: Message(
        "The video service gave up on it. It cost you nothing. "
        "You can ask again; if it keeps failing, put the prompt in other words."
    ),
}
DETAIL = Message("The video service said: {detail}")

NOT_ATTACHED = Message("It is not attached here: it may be larger than this server takes. Watch it by its link.")
LINK_TOO_LONG = Message(
    "Its link is too long for a message. Whoever asked for it finds it in the file of /privacy export."
)
LINK = Message("Open the video")
SMALL_LINK = Message("link")
LINK_BUTTON = Message("Open video")
EXTEND_BUTTON = Message("Extend")
CANCEL_BUTTON = Message("Cancel")
CANCELLED_NOW = Message("Cancelled. Nothing was sent, and its credits are back.")
REPOSTED = Message("It took so long that Discord lets nobody change its first message any more, so here is a new one.")

FIRST_FRAME = Message("first frame")
BOTH_FRAMES = Message("first and last frame")
PROMPT_EXPANDED = Message("prompt expanded")
PROMPT_AS_WRITTEN = Message("prompt as written")
PART = Message("part {part}")
A_VIDEO = Message("A video")

ASKED = Plural("Asked by <@{user_id}> <t:{unix}:R> · {n} credit", "Asked by <@{user_id}> <t:{unix}:R> · {n} credits")
MADE = Plural(
    "Asked by <@{user_id}> · {n} credit · took {span} · done <t:{unix}:R>",
    "Asked by <@{user_id}> · {n} credits · took {span} · done <t:{unix}:R>",
)
ENDED = Message("Asked by <@{user_id}> · ended <t:{unix}:R>")
COST = Plural("{n} credit", "{n} credits")

# Times that Discord cannot show by itself

SECONDS = Message("{count} s")
_UNITS = (Message("{count} d"), Message("{count} h"), Message("{count} min"), SECONDS)
_JUST_NOW = Message("just now")
_AGO = Message("{span} ago")


def span(time: timedelta) -> str:
    """How long, in the two largest units: "41 s", "3 min 5 s", "2 h 10 min", "1 d 3 h"."""
    return " ".join(_units(time)[:2])


def ago(time: timedelta) -> str:
    """How long ago, in the largest unit."""
    return _JUST_NOW() if time < timedelta(minutes=1) else _AGO(span=_units(time)[0])


def _units(time: timedelta) -> list[str]:
    minutes, seconds = divmod(max(0, round(time.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    counts = zip(_UNITS, (days, hours, minutes, seconds), strict=True)
    return [unit(count=number(count)) for unit, count in counts if count] or [SECONDS(count=number(0))]


# Commands

GENERATE = Message("Make a video from words.")
IMAGE_TO_VIDEO = Message("Make a video that starts from a picture.")
EXTEND = Message("Go on where a finished video ends.")
IMAGE_OPTION = Message("The first frame: png, jpeg, webp or gif, at most 20 MB.")
END_IMAGE_OPTION = Message("The last frame: png, jpeg, webp or gif, at most 20 MB. Left out: Luma decides how it ends.")
VIDEO_OPTION = Message("One of your own videos, or the id or message link of any that you can see here.")
MODEL_OPTION = Message("Which of Luma's models makes it. Left out: {default}, or as in your /preferences.")
DURATION_OPTION = Message("How long the video is. Left out: {default} s, or as in your /preferences.")
RESOLUTION_OPTION = Message("How large the picture is. Left out: {default}, or as in your /preferences.")
EXPAND_OPTION = Message("Whether Luma may add detail to your prompt. Left out: yes, or as in your /preferences.")
CAMERA_OPTION = Message("How the camera moves. Left out: as the prompt says.")
SPOILER_OPTION = Message("Hide the video until it is clicked. Left out: only where this server hides all of them.")
NO_EXPAND_OPTION = Message("Whether Luma may add detail to your prompt. Left out: no, or as in your /preferences.")

_PROMPT_OPTION = Message("What the video shows: {least} to {most} characters.")
_EXTEND_PROMPT_OPTION = Message("What happens next: {least} to {most} characters.")


def prompt_option() -> str:
    """What the option of a new video's prompt is for."""
    return _PROMPT_OPTION(least=number(LEAST_PROMPT), most=number(MOST_PROMPT))


def extend_prompt_option() -> str:
    """What the option of an extension's prompt is for."""
    return _EXTEND_PROMPT_OPTION(least=number(LEAST_PROMPT), most=number(MOST_PROMPT))


EXTEND_TITLE = Message("Extend this video")
EXTEND_LABEL = Message("What happens next?")

# Refusals

_PROMPT_EMPTY = Message(
    "A prompt needs {least} to {most} characters, and yours is empty. Nothing was sent and nothing was charged. "
    "Describe what the video shows and ask again."
)
_PROMPT_SHORT = Message(
    "A prompt needs {least} to {most} characters, and yours has only {length}. "
    "Nothing was sent and nothing was charged. Describe what the video shows and ask again."
)
_PROMPT_LONG = Message(
    "A prompt needs {least} to {most} characters, and yours has {length}. "
    "Nothing was sent and nothing was charged. Shorten it and ask again."
)


def bad_prompt(length: int, least: int, most: int) -> str:
    """Which of the bounds a prompt does not keep; all in characters."""
    says = _PROMPT_LONG if length > most else _PROMPT_SHORT if length else _PROMPT_EMPTY
    return says(least=number(least), most=number(most), length=number(length))


BAD_IMAGE_TYPE = Message(
    "{name} is not a picture that Luma takes. Nothing was sent and nothing was charged. "
    "Attach a png, jpeg, webp or gif file."
)
BAD_IMAGE_SIZE = Message(
    "{name} is over {most} MB, or empty. Nothing was sent and nothing was charged. "
    "Attach a picture of at most {most} MB."
)
BAD_OPTION = Message(
    "{option} {value} is not on offer any more. Nothing was sent and nothing was charged. Choose another from the list."
)
UNKNOWN_VIDEO = Message(
    "There is no such video in this server that you can see. Nothing was sent and nothing was charged. "
    "Pick one of yours from the list, or paste the link of the message that shows it."
)
FORGOTTEN = Message(
    "The prompt of that video was erased, so nobody can ask for the same again. Nothing was sent and nothing was "
    "charged. Use /generate and describe what you would like to see."
)
PICTURE_GONE = Message(
    "The picture that this video starts from cannot be fetched any more: Discord keeps its address for about a day. "
    "Nothing was sent and nothing was charged. Use /image-to-video and attach the picture again."
)
UNFINISHED_VIDEO = Message(
    "That video is not finished, so there is nothing to extend yet. Nothing was sent and nothing was charged. "
    "Extend it once its message says Completed, or pick another one."
)
NOT_YOURS = Message(
    "Only the member who asked for this video, or a moderator, can cancel it. Nothing was changed. "
    "Ask one of them if it should not be made."
)
NOT_ACCEPTING = Message(
    "I am restarting, so I take no new requests just now. Nothing was sent and nothing was charged. "
    "Try again in a minute."
)
REFUSED = Message(
    "I cannot do that here. Nothing was sent and nothing was charged. A moderator of this server may know why."
)
SERVER_ONLY = Message(
    "I make videos in servers only. Nothing was sent and nothing was charged. "
    "Use this command in a channel of a server."
)
NOT_A_MEMBER = Message(
    "I am not a member of this server, so I could not show you the video. Nothing was sent and nothing was charged. "
    "Someone who can manage the server can add me to it."
)
NOT_IN_THREAD = Message(
    "I am not in this private thread, so I could not show you the video. Nothing was sent and nothing was charged. "
    "Mention me here to add me, then ask again."
)

_MISSING_PERMISSIONS = Plural(
    "I cannot show a video in this channel: I lack the permission {names}. Nothing was sent and nothing was charged. "
    "Someone who can manage this channel can grant that to me under Edit Channel > Permissions; until then, ask in "
    "another channel.",
    "I cannot show a video in this channel: I lack the permissions {names}. Nothing was sent and nothing was charged. "
    "Someone who can manage this channel can grant that to me under Edit Channel > Permissions; until then, ask in "
    "another channel.",
)
PERMISSIONS = {
    "view_channel": Message("View Channel"),
    "send_messages": Message("Send Messages"),
    "send_messages_in_threads": Message("Send Messages in Threads"),
    "attach_files": Message("Attach Files"),
    "read_message_history": Message("Read Message History"),
}
"""By discord.py's names, as Discord's own settings call them."""


def missing_permissions(names: list[str]) -> str:
    """`names` are discord.py's."""
    called = [PERMISSIONS[name]() if name in PERMISSIONS else name for name in names]
    return _MISSING_PERMISSIONS(len(called), names=listed(called))


STORE_DOWN = Message(
    "I cannot do that just now: my own records are out of reach. Nothing was sent and nothing was charged. "
    "Try again in a few minutes."
)
STALE = Message(
    "This has changed since your Discord loaded it. Nothing was sent and nothing was charged. "
    "Reload Discord (Ctrl+R, or close and open the app), then try again."
)
APOLOGY = Message(
    "Something went wrong on my side, and it has been noted for whoever runs the bot. "
    "A request that got no message of its own here is not charged. Try again; if it happens again, tell them."
)
