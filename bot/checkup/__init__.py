"""`dreamreel check`: looks at everything the bot needs, changes nothing, and says what to do."""

from bot.checkup.report import check

__all__ = ["check"]
