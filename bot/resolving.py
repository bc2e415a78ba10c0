"""What the operator settles from a terminal: the videos of which nobody knows whether the relay took them.

Only the operator sees the relay's bill, so only they can often say. A bot that runs meanwhile takes up what was
settled within half a minute.
"""

from bot.clock import SystemClock
from bot.domain.errors import BadSetting, DreamreelError, UnknownVideo
from bot.domain.generation import Generation
from bot.service.purse import Purser, Verdict
from bot.settings import Settings
from bot.storage.stores import open_database
from bot.ui import words
from bot.ui.quota_words import BAD_SETTING, BAD_SETTINGS

VERDICTS = tuple(str(verdict) for verdict in Verdict)
MOST_PROMPT = 80
"""Characters of a prompt in a line."""


class CannotResolve(DreamreelError):
    """The verdict was not taken; the message says why, and nothing was changed."""


async def list_uncertain(settings: Settings) -> None:
    """Print every uncertain video, the oldest first, with when it was sent, what it cost and its prompt."""
    async with open_database(settings.database.url.get_secret_value(), SystemClock()) as stores:
        found = await Purser(stores.purse, stores.store, SystemClock()).uncertain(None)
    for each in found:
        print(_line(each))
    print(f"{len(found)} uncertain." + (" Settle each with: dreamreel resolve ID OUTCOME" if found else ""))


async def resolve(settings: Settings, generation_id: str, verdict: str, relay_id: str | None, why: str) -> None:
    """Settle one and print what it is now. Raises CannotResolve, and StoreError."""
    async with open_database(settings.database.url.get_secret_value(), SystemClock()) as stores:
        purser = Purser(stores.purse, stores.store, SystemClock())
        try:
            settled = await purser.resolve(None, generation_id, Verdict(verdict), relay_id, why=why)
        except UnknownVideo as error:
            raise CannotResolve(f"There is no video {generation_id}. Nothing was changed.") from error
        except BadSetting as error:
            raise CannotResolve(BAD_SETTINGS.get((error.name, error.why), BAD_SETTING)()) from error
    print(f"{settled.id} is now {words.STATES[settled.state]()}.")


def _line(generation: Generation) -> str:
    sent = generation.submitted_at or generation.created_at
    prompt = " ".join(generation.request.prompt.split())
    shown = prompt if len(prompt) <= MOST_PROMPT else prompt[: MOST_PROMPT - 1] + "…"
    cost = words.COST(generation.price)
    return f"{generation.id}  {sent:%Y-%m-%d %H:%M:%S} UTC  server {generation.guild_id}  {cost}  {shown}"
