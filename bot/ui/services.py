"""What commands and buttons may call: handed to the client once, found on every interaction."""

from dataclasses import dataclass

from bot.domain.request import Offer
from bot.ports import Clock
from bot.service.intake import Intake
from bot.service.queries import Queries


@dataclass(frozen=True, slots=True)
class Services:
    """The services behind the commands, and what is on offer. `expand_prompt` is the default of that option."""

    intake: Intake
    queries: Queries
    clock: Clock
    offer: Offer
    expand_prompt: bool
