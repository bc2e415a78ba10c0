"""The sentences of `/preferences`: a member's own choices."""

from collections.abc import Callable

from bot.domain.preferences import Notify
from bot.ui.language import Message

PREFERENCES = Message("How I tell you of your videos, what new ones are like, and the language I speak with you.")

HEAD = Message("### Your preferences\n-# Only you see this. They hold in every server where you use me.")

NOTIFY = Message("When a video of mine is done")
NOTIFY_MORE = Message("-# About videos that took longer than half a minute, also when one could not be made.")
NOTIFY_CHOICES = {
    Notify.MENTION: Message("Mention me once, below the video"),
    Notify.DM: Message("Send me a direct message"),
    Notify.NEVER: Message("Do not tell me"),
}
MODEL = Message("Model of new videos")
DURATION = Message("Length of new videos")
RESOLUTION = Message("Resolution of new videos")
EXPAND = Message("Detail that Luma adds to my prompts")
EXPAND_YES = Message("Luma may add detail")
EXPAND_NO = Message("Luma takes my prompts as they are written")
LANGUAGE = Message("My language")
AS_DISCORD = Message("As my Discord says")
AS_USUAL = Message("As usual here: {value}")
USUALLY_EXPANDED = Message("As usual here: Luma may add detail")
USUALLY_AS_WRITTEN = Message("As usual here: Luma takes prompts as they are written")
NOT_SOLD = Message("-# You chose {value}, which is not on offer now. Until it is again, I do as usual.")

SUFFIX = Message("Added to my prompts")
NO_SUFFIX = Message("-# Nothing. A style that you always want can stand here, such as: 35 mm film, soft light.")
SUFFIX_MORE = Message("-# It follows the prompt of each new video, and stands on its card.")
CHANGE_SUFFIX = Message("Change the text")
CLEAR_SUFFIX = Message("Add nothing")
SUFFIX_TITLE = Message("Added to my prompts")
SUFFIX_LABEL = Message("Text that follows each of my prompts")
SUFFIX_HINT = Message("Leave it empty to add nothing.")

BAD_SETTINGS: dict[tuple[str, str], Callable[[], str]] = {
    ("suffix", "too_long"): Message(
        "That text is too long: it may have 500 characters at most. Nothing was changed. Please shorten it."
    ),
    ("suffix", "too_long_together"): Message(
        "Your prompt and the text that your preferences add to it are too long together, so nothing was charged. "
        "Please shorten the prompt, or the text with /preferences."
    ),
    ("preference", "not_offered"): Message(
        "That is not on offer any more. Nothing was changed. Please use /preferences again, and pick from its lists."
    ),
}
