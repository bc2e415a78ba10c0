"""The sentences about stories: parts, the ways they go on, the one film of all, and smaller copies."""

from bot.service.filming import Short, Trouble, WhyNoFilm
from bot.ui.language import Message, Plural

# On cards

COPY_COMING = Message(
    "It is larger than this server takes. A smaller copy is being made and will be shown here in a moment; "
    "the original is at its link."
)
SMALLER_COPY = Message(
    "What plays here is a smaller copy: the original is larger than this server takes. It is at its link."
)
PART = Message("part {part} · about {seconds} s in all")
PART_AFTER = Message("part {part} · about {seconds} s in all · goes on from [part {before}]({link})")

# The command

STORY = Message("See how a video came about: all its parts, with links, and one film of them.")
VIDEO_OPTION = Message("One of your own videos, or the id or message link of any that you can see here.")

# The story

HEAD = Message("### 📖 The story of this video")
LENGTH = Plural("{n} part · about {seconds} s in all", "{n} parts · about {seconds} s in all")
# Translators: a part's number, how it stands, and a link to its message.
PART_HERE = Message("**Part {part}** · {state} · [go to it]({link})")
PART_GONE = Message("**Part {part}** · {state} · its message is gone")
PART_HIDDEN = Message("**Part {part}** · in a channel that you do not see")
ERASED = Message("*Its prompt was erased.*")
LEFT_OUT = Plural("… {n} part in between …", "… {n} parts in between …")
EARLIER = Plural(
    "… the story is longer than {n} part: the earlier ones are not looked at …",
    "… the story is longer than {n} parts: the earlier ones are not looked at …",
)
BRANCHES = Message("↳ other ways on: {links}")
GOES_ON = Message("↳ goes on: {links}")
BRANCH = Message("[part {part}]({link})")
BRANCHES_HIDDEN = Plural("{n} more", "{n} more")
ALONE = Message("It goes on from no other video. Press Extend under it to begin a story.")
FILM_BUTTON = Message("One film")
FILM_HINT = Message(
    "**One film** joins the finished parts into one video and posts it in this channel. It costs nothing."
)
FILM_HINT_MOST = Message(
    "**One film** joins the first {n} finished parts into one video and posts it in this channel. It costs nothing."
)

# The next steps, among the details of one part

WAY_UP = Message("**Goes on from:** {link}")
WAYS_ON = Message("**Goes on in:** {links}")
# Translators: a link to another part with the same number, made from the same video.
TAKE = Message("[part {part} (take {take})]({link})")
WAYS_MORE = Plural("{n} more, see /story", "{n} more, see /story")

# The film

WORKING = Message(
    "I am putting the film together. That can take a minute or two; it is posted in this channel, "
    "and I say so here when it is done. It costs nothing."
)
FILM_HEAD = Message("### 🎞️ One film")
FILM_PARTS = Plural("{n} part · {seconds} s in all: {links}", "{n} parts · {seconds} s in all: {links}")
FILM_BY = Message("Put together for <@{user_id}>")
PART_LINK = Message("[part {part}]({link})")
PART_UNLINKED = Message("part {part}")
SHORT = {
    Short.NO_ROOM: Message(
        "It holds the first {n} of {all} parts: with more, it would be larger than this server takes."
    ),
    Short.NOT_FETCHED: Message("It holds the first {n} of {all} parts: the next one could not be fetched any more."),
    Short.TOO_MANY: Message("It holds the first {n} of {all} parts."),
}
DONE = Message("The film is done: {link}")
DONE_SHORT = Message("The film is done, but it does not hold all parts. It says why: {link}")
TROUBLES = {
    Trouble.NOT_FETCHED: Message(
        "I could not fetch the parts from the video service just now, so there is no film. Nothing was charged. "
        "Try again later; if it stays so, the service has deleted them. What is attached in this server stays."
    ),
    Trouble.NOT_JOINED: Message(
        "The parts could not be joined, so there is no film. Nothing was charged. Each part stands under its own link."
    ),
    Trouble.TOO_LARGE: Message(
        "Not even two parts fit in what this server takes as one file, so there is no film. Nothing was charged. "
        "Each part stands under its own link; a boosted server takes larger files."
    ),
}
NOT_POSTED = Message(
    "The film is made, but I could not post it: Discord did not take it. Nothing was charged. "
    "Try again in a few minutes, or in another channel."
)
NOT_POSTED_FORBIDDEN = Message(
    "The film is made, but I may not post in this channel any more. Nothing was charged. "
    "Try again in another channel, or ask somebody who can manage this one."
)
NO_FILM = {
    WhyNoFilm.TOO_SHORT: Message(
        "There are not two parts of it that I could join: a film needs at least two finished ones, from the first on, "
        "whose links were not erased. Nothing was sent and nothing was charged. "
        "Extend the video, or wait until its next part is done."
    ),
    WhyNoFilm.HIDDEN: Message(
        "A part of this story stands in a channel that you do not see, so I cannot show you a film of it. "
        "Nothing was sent and nothing was charged. Somebody who sees them all can press the button."
    ),
    WhyNoFilm.WORD: Message(
        "A prompt of this story holds a word that the moderators of this server do not allow by now. "
        "Nothing was sent and nothing was charged. Each part stands under its own link."
    ),
    WhyNoFilm.RUNNING: Message(
        "A film of this story, or another one for you, is being put together already. "
        "Nothing was sent and nothing was charged. Try again when that one is posted."
    ),
    WhyNoFilm.BUSY: Message(
        "I am putting several films together already. Nothing was sent and nothing was charged. "
        "Try again in a few minutes."
    ),
}
