"""The sentences of `/history`: a member's own past, page by page."""

from bot.ui.language import Message

HISTORY = Message("Look through your videos, the newest first. Only you see the answer.")
FILTER_OPTION = Message("Which ones: a state from the list, words of the prompt, or both.")
MEMBER_OPTION = Message("For moderators: whose videos to look through.")

COMPLETED = Message("Completed")
UNDER_WAY = Message("Under way")
FAILED = Message("Failed")
STATE_AND_WORDS = Message("{state}, with “{words}”")
WORDS_ALONE = Message("With “{words}”")

OWN = Message("Your videos")
OF_MEMBER = Message("Videos of <@{user_id}>")
FILTERED = Message("-# Only: {filter}")
NOTHING_YET = Message("You have not asked for a video in this server yet. Make your first one with /generate.")
NOTHING_OF_MEMBER = Message("There is no video of this member that you can see.")
NOTHING_FITS = Message("None of them fits. Leave the filter out to see them all.")
PAGE_EMPTY = Message("There is nothing on this page any more.")

ROW = Message("{emoji} {prompt}\n-# **{state}** · <t:{unix}:R> · [go to it]({link})")
ROW_WITHOUT_LINK = Message("{emoji} {prompt}\n-# **{state}** · <t:{unix}:R>")
PICK = Message("Pick a video")
PICKED = Message("**Picked:** {emoji} {state} · <t:{unix}:R>")
PICKED_PART = Message("**Picked:** {emoji} {state} · part {part} · <t:{unix}:R>")
CHOICE = Message("{state} · {ago}")
CHOICE_PART = Message("{state} · part {part} · {ago}")

NEWEST_BUTTON = Message("Newest")
NEWER_BUTTON = Message("Newer")
OLDER_BUTTON = Message("Older")
