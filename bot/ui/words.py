"""Every sentence that members read, in one place, so that a translation has one place to go.

A sentence about something that went wrong says what happened, what it cost, and what the reader can do now.
"""

from datetime import timedelta

from bot.domain.generation import FailureKind, GenerationState

NOT_CHARGED = "Nothing was sent and nothing was charged."

# The card

STATES = {
    GenerationState.WAITING: "Waiting",
    GenerationState.SUBMITTING: "Waiting",
    GenerationState.QUEUED: "Queued",
    GenerationState.DREAMING: "Dreaming",
    GenerationState.COMPLETED: "Completed",
    GenerationState.FAILED: "Failed",
    GenerationState.CANCELLED: "Cancelled",
    GenerationState.EXPIRED: "Expired",
    GenerationState.UNCERTAIN: "Uncertain",
    GenerationState.LOST: "Lost",
}

_WAITING = "It starts as soon as it is its turn. This message keeps itself up to date."
SAYS = {
    GenerationState.WAITING: _WAITING,
    GenerationState.SUBMITTING: _WAITING,
    GenerationState.QUEUED: "Luma has it. Most videos take a few minutes.",
    GenerationState.DREAMING: "Luma is making it. Most videos take a few minutes.",
    GenerationState.CANCELLED: (
        "It was cancelled before anything was sent. It cost you nothing. You can ask again whenever you like."
    ),
    GenerationState.EXPIRED: (
        "Luma never finished it. It cost you nothing. You can ask again; should this one still turn up, "
        "it will be shown here, and that will cost you nothing either."
    ),
    GenerationState.UNCERTAIN: (
        "The connection broke while it was being sent, so nobody can say yet whether it is being made. It will not "
        "be sent again, so that it is never paid for twice. Its credits are held until a moderator settles it; after "
        "a day without news they come back to you. You need not do anything, and can ask for other videos meanwhile."
    ),
    GenerationState.LOST: (
        "Nobody could find out what became of it. Your credits were given back. You can ask for it again."
    ),
}
IN_THE_WORKS = {
    GenerationState.QUEUED: "Luma has it.",
    GenerationState.DREAMING: "Luma is making it.",
}
TAKES_LONGER = "This one is taking longer than usual. You need not do anything: it will be shown here."

_IT_COST_NOTHING = "It cost you nothing."
FAILURES = {
    FailureKind.MODERATION: (
        f"Luma's content filter turned away the prompt or a picture. {_IT_COST_NOTHING} "
        "Put it in other words, or use another picture, and ask again."
    ),
    FailureKind.UNREADABLE_IMAGE: (
        f"A picture could not be read. {_IT_COST_NOTHING} Save it again as a png or jpeg file and ask again."
    ),
    FailureKind.PROMPT: (
        f"Luma could not make sense of the prompt. {_IT_COST_NOTHING} Put it in other words and ask again."
    ),
    FailureKind.NOT_SOLD: (
        f"This model is not to be had just now. {_IT_COST_NOTHING} Choose another model, or ask again later."
    ),
    FailureKind.NO_BALANCE: (
        f"The bot's own account at the video service is empty. {_IT_COST_NOTHING} "
        "Tell whoever runs the bot, and ask again once it is filled."
    ),
    FailureKind.KEY: (
        f"The video service does not accept the bot's key. {_IT_COST_NOTHING} "
        "Tell whoever runs the bot, and ask again once that is mended."
    ),
    FailureKind.REFUSED: (
        f"The video service refused the request. {_IT_COST_NOTHING} Change the prompt or the options and ask again."
    ),
    FailureKind.NOT_MADE: f"A moderator looked into it: it was never made. {_IT_COST_NOTHING} You can ask again.",
    FailureKind.UNTRACED: (
        "A moderator looked into it: it may have been made, but nobody can find the video. "
        "Your credits were given back. You can ask for it again."
    ),
    FailureKind.UNTRACED_CHARGED: (
        "A moderator looked into it: it was made and paid for, but nobody can find the video. "
        "It used its credits. Ask a moderator if you think that they should come back."
    ),
    FailureKind.UNKNOWN: (
        f"The video service gave up on it. {_IT_COST_NOTHING} "
        "You can ask again; if it keeps failing, put the prompt in other words."
    ),
}

NOT_ATTACHED = "It is not attached here: it may be larger than this server takes. Watch it by its link."
LINK_TOO_LONG = "Its link is too long for a message. Whoever asked for it finds it in the file of /privacy export."
LINK = "Open the video"
SMALL_LINK = "link"
LINK_BUTTON = "Open video"
EXTEND_BUTTON = "Extend"
CANCEL_BUTTON = "Cancel"
CANCELLED_NOW = "Cancelled. Nothing was sent, and its credits are back."
REPOSTED = "It took so long that Discord lets nobody change its first message any more, so here is a new one."
FIRST_FRAME = "first frame"
BOTH_FRAMES = "first and last frame"
PROMPT_EXPANDED = "prompt expanded"
PROMPT_AS_WRITTEN = "prompt as written"
A_VIDEO = "A video"


def in_line(place: int) -> str:
    return f"It is number {place} in line, and starts when it is its turn. This message keeps itself up to date."


def usually_done(state: GenerationState, unix: int) -> str:
    """Discord shows the time as "in 2 minutes" and counts it down by itself."""
    return f"{IN_THE_WORKS[state]} Videos like this are usually done <t:{unix}:R>."


def cost(number: int) -> str:
    return "1 credit" if number == 1 else f"{number:,} credits"


def part(number: int) -> str:
    return f"part {number}"


def seconds(number: int) -> str:
    return f"{number} s"


def detail(text: str) -> str:
    """What the relay said; `text` is already escaped."""
    return f"The video service said: {text}"


def asked(user_id: int, unix: int, price: int) -> str:
    return f"Asked by <@{user_id}> <t:{unix}:R> · {cost(price)}"


def made(user_id: int, took: timedelta, unix: int, price: int) -> str:
    return f"Asked by <@{user_id}> · {cost(price)} · took {span(took)} · done <t:{unix}:R>"


def ended(user_id: int, unix: int) -> str:
    return f"Asked by <@{user_id}> · ended <t:{unix}:R>"


def span(time: timedelta) -> str:
    """How long, in the two largest units: "41 s", "3 min 5 s", "2 h 10 min", "1 d 3 h"."""
    return " ".join(_units(time)[:2])


def ago(time: timedelta) -> str:
    """How long ago, in the largest unit."""
    return "just now" if time < timedelta(minutes=1) else f"{_units(time)[0]} ago"


def _units(time: timedelta) -> list[str]:
    minutes, second = divmod(max(0, round(time.total_seconds())), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    units = [
        f"{number} {unit}" for number, unit in ((days, "d"), (hour, "h"), (minute, "min"), (second, "s")) if number
    ]
    return units or ["0 s"]


# Commands

GENERATE = "Make a video from words."
IMAGE_TO_VIDEO = "Make a video that starts from a picture."
EXTEND = "Go on where a finished video ends."
PROMPT_OPTION = "What the video shows: 3 to 5,000 characters."
EXTEND_PROMPT_OPTION = "What happens next: 3 to 5,000 characters."
IMAGE_OPTION = "The first frame: png, jpeg, webp or gif, at most 20 MB."
END_IMAGE_OPTION = "The last frame: png, jpeg, webp or gif, at most 20 MB. Left out: Luma decides how it ends."
VIDEO_OPTION = "One of your own videos, or the id or message link of any that you can see here."


def model_option(default: str) -> str:
    return f"Which of Luma's models makes it. Left out: {default}."


def duration_option(default: int) -> str:
    return f"How long the video is. Left out: {seconds(default)}."


def resolution_option(default: str) -> str:
    return f"How large the picture is. Left out: {default}."


def expand_option(default: bool) -> str:
    return f"Whether Luma may add detail to your prompt. Left out: {'yes' if default else 'no'}."


# Prices, before they are spent


def costs(usual: int, least: int, most: int) -> str:
    """`usual` is the price without any option."""
    if least == most:
        return f"It costs {_spent(most)}."
    return f"It costs {_spent(usual)}; with other options {least:,} to {most:,}."


def extension_costs(least: int, most: int) -> str:
    if least == most:
        return costs(most, least, most)
    return f"It costs as much as a new video like it: {least:,} to {cost(most)}."


def costs_at_most(most: int) -> str:
    return f"It costs at most {cost(most)}."


def priced(choice: str, least: int, most: int) -> str:
    return f"{choice} · {cost(most) if least == most else f'{least:,} to {cost(most)}'}"


def _spent(number: int) -> str:
    return cost(number) if number else "nothing"


# The Extend window

EXTEND_TITLE = "Extend this video"
EXTEND_LABEL = "What happens next?"


def extend_hint(price: int, *, whole: bool) -> str:
    """`whole` says whether the field holds all of the last prompt."""
    held = "The last prompt stands here" if whole else "The last prompt, up to 4,000 characters"
    return f"{held}: change it, or write anew. Submit costs {_spent(price)}."


# Refusals


def bad_prompt(length: int, least: int, most: int) -> str:
    if length == 0:
        has = "yours is empty"
    elif length < least:
        has = f"yours has only {length}"
    else:
        has = f"yours has {length:,}"
    todo = "Shorten it" if length > most else "Describe what the video shows"
    return f"A prompt needs {least} to {most:,} characters, and {has}. {NOT_CHARGED} {todo} and ask again."


def bad_image_type(name: str) -> str:
    return f"{name} is not a picture that Luma takes. {NOT_CHARGED} Attach a png, jpeg, webp or gif file."


def bad_image_size(name: str, most_mb: int) -> str:
    return f"{name} is over {most_mb} MB, or empty. {NOT_CHARGED} Attach a picture of at most {most_mb} MB."


def bad_option(option: str, value: str) -> str:
    return f"{option} {value} is not on offer any more. {NOT_CHARGED} Choose another from the list."


UNKNOWN_VIDEO = (
    f"There is no such video in this server that you can see. {NOT_CHARGED} "
    "Pick one of yours from the list, or paste the link of the message that shows it."
)
UNFINISHED_VIDEO = (
    f"That video is not finished, so there is nothing to extend yet. {NOT_CHARGED} "
    "Extend it once its message says Completed, or pick another one."
)


NOT_YOURS = (
    "Only the member who asked for this video, or a moderator, can cancel it. Nothing was changed. "
    "Ask one of them if it should not be made."
)
NOT_ACCEPTING = f"I am restarting, so I take no new requests just now. {NOT_CHARGED} Try again in a minute."
REFUSED = f"I cannot do that here. {NOT_CHARGED} A moderator of this server may know why."
SERVER_ONLY = f"I make videos in servers only. {NOT_CHARGED} Use this command in a channel of a server."
NOT_A_MEMBER = (
    f"I am not a member of this server, so I could not show you the video. {NOT_CHARGED} "
    "Someone who can manage the server can add me to it."
)
NOT_IN_THREAD = (
    f"I am not in this private thread, so I could not show you the video. {NOT_CHARGED} "
    "Mention me here to add me, then ask again."
)


def missing_permissions(names: list[str]) -> str:
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    word = "permission" if len(names) == 1 else "permissions"
    return (
        f"I cannot show a video in this channel: I lack the {word} {listed}. {NOT_CHARGED} "
        "Someone who can manage this channel can grant that to me; until then, ask in another channel."
    )


PERMISSIONS = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}

STORE_DOWN = f"I cannot do that just now: my own records are out of reach. {NOT_CHARGED} Try again in a few minutes."
STALE = (
    f"This has changed since your Discord loaded it. {NOT_CHARGED} "
    "Reload Discord (Ctrl+R, or close and open the app), then try again."
)
APOLOGY = (
    "Something went wrong on my side, and it has been noted for whoever runs the bot. "
    "A request that got no message of its own here is not charged. Try again; if it happens again, tell them."
)
