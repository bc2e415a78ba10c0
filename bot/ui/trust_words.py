"""The sentences about reports of results and about privacy."""

from bot.ui.language import Message, Plural

# Reports

REPORT_COMMAND = "Report this video"
"""The command's name in the menu of a message, which the catalogues hold among the names."""
REPORT_TITLE = Message("Report this video")
REPORT_LABEL = Message("What is wrong with it?")
REPORT_HINT = Message("The moderators of this server read it, with your name.")
NOT_A_RESULT = Message(
    "That message is not one of my videos, so I cannot report it. Nothing was sent. "
    "Use this on a message of mine that shows a video or a request for one."
)
REPORTED = Message("Thank you. The moderators of this server have your report now.")
REPORT_KEPT = Message(
    "Thank you. Your report is kept, but the moderators of this server have not set a channel for reports, so nobody "
    "was told of it yet. They can read it with /settings log recent; if it is urgent, tell one of them directly."
)
REPORT_NOT_POSTED = Message(
    "Thank you. Your report is kept, but I could not post it in the moderators' channel just now. They can read it "
    "with /settings log recent; if it is urgent, tell one of them directly."
)
REPORTED_OFTEN = Message(
    "You have sent several reports in a short time, so this one was not sent. "
    "The moderators have the others; please try again in a few minutes."
)
REPORT_HEAD = Message("### 🚩 Reported")
REMOVE_BUTTON = Message("Remove result")
_REPORT_SAYS = Message("<@{reporter}> reported [this message]({link}), which <@{owner}> asked for.")
_REPORT_SAYS_ERASED = Message(
    "<@{reporter}> reported [this message]({link}), which a member who has erased their data asked for."
)


def report_says(reporter: int, owner: int, link: str) -> str:
    """`owner` is negative where it is the pseudonym of a member who erased their data."""
    return (_REPORT_SAYS if owner > 0 else _REPORT_SAYS_ERASED)(reporter=reporter, owner=owner, link=link)


PROMPT_HEAD = Message("The prompt:")
REASON_HEAD = Message("What the member says:")
REMOVED = Message("Removed by <@{by}> <t:{unix}:R>.")
ALREADY_GONE = Message("The result was gone already.")
GONE_ALREADY = Message("It is gone already: somebody removed the result before. Nothing more was done.")
NOT_REMOVED_FORBIDDEN = Message(
    "I could not remove it: I may not see that channel any more. Somebody who can manage messages there can delete it."
)
NOT_REMOVED = Message(
    "I could not remove it: Discord did not let me. If it stands in an archived thread, open the thread and press "
    "again; else try again in a minute, or delete the message by hand."
)

# Privacy

PRIVACY = Message("What is kept about you in this server, and how to get or erase it.")
PRIVACY_SHOW = Message("What is kept about you in this server, for how long, and by whom.")
PRIVACY_EXPORT = Message("Get a file of all that is kept about you in this server.")
PRIVACY_DELETE = Message("Erase your prompts and videos' links in this server. You are asked once more.")

_SHOWN = (
    Message("### What I keep about you in this server"),
    Message(
        "**For each video you ask for:** your prompt and options, the links of pictures you attach, the link of the "
        "video, where and when you asked, what became of it, and what it cost."
    ),
    Message("**About your credits:** what you were charged, given back and granted, and when."),
    Message("**Your preferences:** what you chose with /preferences, for all servers alike."),
    Message(
        "**What moderators do:** limits set for you, blocks with their reasons, and a log of their changes. "
        "Reports that you send are in that log."
    ),
    Message(
        "Of other messages I keep nothing but the link of a picture that somebody picks with Animate this image, for a "
        "day. Videos are deleted from my disk once they are posted."
    ),
)
_KEPT = Message(
    "**For how long:** Prompts and links stay until you delete them. Credits, limits, blocks and the log stay."
)
_KEPT_DAYS = Plural(
    "**For how long:** Prompts and links are erased {n} day after a video has ended. "
    "Credits, limits, blocks and the log stay.",
    "**For how long:** Prompts and links are erased {n} days after a video has ended. "
    "Credits, limits, blocks and the log stay.",
)
_SHOWN_TO_WHOM = (
    Message(
        "**Who has it:** whoever runs the bot. Moderators of this server see credits, limits, blocks, the log and "
        "reports. Your prompts and pictures go to the video service that makes the videos. Cards with prompts and "
        "videos are messages in Discord, and stay there until somebody deletes them."
    ),
    Message(
        "**What you can do:** /privacy export gives you a file of it, /privacy delete erases it. "
        "Each server is on its own: this is about this one only."
    ),
)


def privacy_shown(days: int | None) -> str:
    """`days` after its end, a video's prompt and links are erased; None: never."""
    kept = _KEPT() if days is None else _KEPT_DAYS(days)
    return "\n".join([*(each() for each in _SHOWN), kept, *(each() for each in _SHOWN_TO_WHOM)])


EXPORTED = Message("Here is all that I keep about you in this server, as a JSON file. Only you can see this message.")
EXPORT_TOO_LARGE = Message(
    "Your data is larger than this server takes as a file, so I cannot hand it over here. Nothing was changed. "
    "Ask whoever runs the bot for it."
)
_DELETE_ASKS = (
    Message("### Erase what I keep about you in this server?"),
    Message(
        "**Erased:** the prompts of your videos here, with the links of pictures and videos; and your preferences, in "
        "all servers. "
        "Afterwards, nobody can find or extend those videos through me. This cannot be undone."
    ),
    Message(
        "**Kept:** what you were charged and given back, under a pseudonym; limits and blocks that moderators set, so "
        "that nobody gets rid of one by deleting; the moderators' log."
    ),
    Message("**Not touched:** messages that stand in channels. Ask a moderator to delete those."),
    Message("Videos that are still being made are finished first, and erased after that."),
    Message("To keep everything, dismiss this message."),
)
DELETE_BUTTON = Message("Erase my data")


def delete_asks() -> str:
    """What goes and what stays, above the button that does it."""
    return "\n".join(each() for each in _DELETE_ASKS)


_NOTHING_TO_ERASE = Message("There was nothing to erase.")
_ERASED = Plural(
    "Done: erased the prompts and links of {n} video.", "Done: erased the prompts and links of {n} videos."
)
_PSEUDONYM_NOW = Message("What I keep of your credits has a pseudonym now. Limits and blocks hold on as they were.")
_STILL_OPEN = Plural(
    "{n} video is not over yet: it is finished first, and erased after that, without another word from you.",
    "{n} videos are not over yet: they are finished first, and erased after that, without another word from you.",
)


def deleted(videos: int, still_open: int) -> str:
    """How much was erased, and how much will be."""
    done = _ERASED(videos) if videos else _NOTHING_TO_ERASE()
    rest = _STILL_OPEN(still_open) if still_open else _PSEUDONYM_NOW()
    return f"{done} {rest}"


NOT_YOUR_DATA = Message(
    "That button is for somebody else's data. Nothing was erased. Use /privacy delete for your own."
)
