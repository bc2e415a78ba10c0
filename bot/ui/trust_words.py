"""Every sentence about reports of results and about privacy, in one place: the sister of `bot.ui.words`."""

# Reports

REPORT_COMMAND = "Report this video"
REPORT_TITLE = "Report this video"
REPORT_LABEL = "What is wrong with it?"
REPORT_HINT = "The moderators of this server read it, with your name."
NOT_A_RESULT = (
    "That message is not one of my videos, so I cannot report it. Nothing was sent. "
    "Use this on a message of mine that shows a video or a request for one."
)
REPORTED = "Thank you. The moderators of this server have your report now."
REPORT_KEPT = (
    "Thank you. Your report is kept, but the moderators of this server have not set a channel for reports, so nobody "
    "was told of it yet. They can read it with /settings log recent; if it is urgent, tell one of them directly."
)
REPORT_NOT_POSTED = (
    "Thank you. Your report is kept, but I could not post it in the moderators' channel just now. They can read it "
    "with /settings log recent; if it is urgent, tell one of them directly."
)
REPORTED_OFTEN = (
    "You have sent several reports in a short time, so this one was not sent. "
    "The moderators have the others; please try again in a few minutes."
)
REPORT_HEAD = "### 🚩 Reported"
REMOVE_BUTTON = "Remove result"


def report_says(reporter: int, owner: int, link: str) -> str:
    """`owner` is negative where it is the pseudonym of a member who erased their data."""
    who = f"<@{owner}>" if owner > 0 else "a member who has erased their data"
    return f"<@{reporter}> reported [this message]({link}), which {who} asked for."


PROMPT_HEAD = "The prompt:"
REASON_HEAD = "What the member says:"


def removed(by: int, unix: int) -> str:
    return f"Removed by <@{by}> <t:{unix}:R>."


ALREADY_GONE = "The result was gone already."
GONE_ALREADY = "It is gone already: somebody removed the result before. Nothing more was done."
NOT_REMOVED_FORBIDDEN = (
    "I could not remove it: I may not see that channel any more. Somebody who can manage messages there can delete it."
)
NOT_REMOVED = (
    "I could not remove it: Discord did not let me. If it stands in an archived thread, open the thread and press "
    "again; else try again in a minute, or delete the message by hand."
)

# Privacy

PRIVACY = "What is kept about you in this server, and how to get or erase it."
PRIVACY_SHOW = "What is kept about you in this server, for how long, and by whom."
PRIVACY_EXPORT = "Get a file of all that is kept about you in this server."
PRIVACY_DELETE = "Erase your prompts and videos' links in this server. You are asked once more."


def privacy_shown(days: int | None) -> str:
    kept = (
        "Prompts and links stay until you delete them."
        if days is None
        else f"Prompts and links are erased {days_of(days)} after a video has ended."
    )
    return (
        "### What I keep about you in this server\n"
        "**For each video you ask for:** your prompt and options, the links of pictures you attach, the link of the "
        "video, where and when you asked, what became of it, and what it cost.\n"
        "**About your credits:** what you were charged, given back and granted, and when.\n"
        "**What moderators do:** limits set for you, blocks with their reasons, and a log of their changes. "
        "Reports that you send are in that log.\n"
        "I do not read or keep any other messages. Videos are deleted from my disk once they are posted.\n"
        f"**For how long:** {kept} Credits, limits, blocks and the log stay.\n"
        "**Who has it:** whoever runs the bot. Moderators of this server see credits, limits, blocks, the log and "
        "reports. Your prompts and pictures go to the video service that makes the videos. Cards with prompts and "
        "videos are messages in Discord, and stay there until somebody deletes them.\n"
        "**What you can do:** /privacy export gives you a file of it, /privacy delete erases it. "
        "Each server is on its own: this is about this one only."
    )


def days_of(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


EXPORTED = "Here is all that I keep about you in this server, as a JSON file. Only you can see this message."
EXPORT_TOO_LARGE = (
    "Your data is larger than this server takes as a file, so I cannot hand it over here. Nothing was changed. "
    "Ask whoever runs the bot for it."
)
DELETE_ASKS = (
    "### Erase what I keep about you in this server?\n"
    "**Erased:** the prompts of your videos here, with the links of pictures and videos. "
    "Afterwards, nobody can find or extend those videos through me. This cannot be undone.\n"
    "**Kept:** what you were charged and given back, under a pseudonym; limits and blocks that moderators set, so that "
    "nobody gets rid of one by deleting; the moderators' log.\n"
    "**Not touched:** messages that stand in channels. Ask a moderator to delete those.\n"
    "Videos that are still being made are finished first, and erased after that.\n"
    "To keep everything, dismiss this message."
)
DELETE_BUTTON = "Erase my data"


def deleted(videos: int, still_open: int) -> str:
    done = "There was nothing to erase." if videos == 0 else f"Done: erased the prompts and links of {_videos(videos)}."
    if still_open == 0:
        return f"{done} What I keep of your credits has a pseudonym now. Limits and blocks hold on as they were."
    rest = (
        "1 video is not over yet: it is finished first, and erased"
        if still_open == 1
        else f"{still_open:,} videos are not over yet: they are finished first, and erased"
    )
    return f"{done} {rest} after that, without another word from you."


def _videos(number: int) -> str:
    return "1 video" if number == 1 else f"{number:,} videos"


NOT_YOUR_DATA = "That button is for somebody else's data. Nothing was erased. Use /privacy delete for your own."
