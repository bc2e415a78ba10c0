"""Prices where a member decides: beside commands, choices and the Extend window, before anything is spent.

Discord takes 100 characters there, and no formatting.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import TypeVar

from discord.app_commands import locale_str

from bot.domain.generation import Generation, GenerationRequest, Kind
from bot.domain.prices import PriceTable
from bot.domain.request import Offer
from bot.ui import price_words, words
from bot.ui.language import in_a_row, located, number
from bot.ui.text import cut, utf16

MOST = 100
"""Characters. Discord's limit on the description of a command or option, and on the name of a choice."""

T = TypeVar("T", int, str)
Costs = list[int]
Said = Callable[[], str]
"""Says something in the language that is spoken."""


def extension_cost(prices: PriceTable, parent: Generation) -> int:
    """What it costs to go on from this very video, in credits."""
    return prices.of(replace(parent.request, kind=Kind.EXTEND)).credits


@dataclass(frozen=True, slots=True)
class PriceTags:
    """What is on offer, with what it costs, for each reader in their language."""

    prices: PriceTable
    offer: Offer

    def new_video(self, does: Said) -> locale_str:
        """The description of what makes a new video: with its price as it stands, and by the options."""
        offer = self.offer
        costs = self._costs(offer.models, offer.resolutions, offer.durations)
        return _described(does, lambda: price_words.costs(costs[0], min(costs), max(costs)), max(costs))

    def extension(self, does: Said) -> locale_str:
        """The description of what goes on from any video, also from one made with what is offered no more."""
        costs = self._extension_costs()
        return _described(does, lambda: price_words.extension_costs(min(costs), max(costs)), max(costs))

    def models(self) -> dict[str, locale_str]:
        """The names of the choices of a model."""
        offer = self.offer
        costs = {each: self._costs([each], offer.resolutions, offer.durations) for each in offer.models}
        return _named({each: partial(str, each) for each in offer.models}, costs)

    def resolutions(self) -> dict[str, locale_str]:
        """The names of the choices of a resolution."""
        offer = self.offer
        costs = {each: self._costs(offer.models, [each], offer.durations) for each in offer.resolutions}
        return _named({each: partial(str, each) for each in offer.resolutions}, costs)

    def durations(self) -> dict[int, locale_str]:
        """The names of the choices of a duration."""
        offer = self.offer
        costs = {each: self._costs(offer.models, offer.resolutions, [each]) for each in offer.durations}
        return _named({each: partial(_seconds, each) for each in offer.durations}, costs)

    def _extension_costs(self) -> Costs:
        if self.prices.extend is not None:
            return [self.prices.extend.credits]
        offer, priced = self.offer, self.prices.special
        return self._costs(
            {*offer.models, *(model for model, _, _ in priced if model is not None)},
            {*offer.resolutions, *(resolution for _, resolution, _ in priced if resolution is not None)},
            {*offer.durations, *(duration for _, _, duration in priced if duration is not None)},
        )

    def _costs(self, models: Iterable[str], resolutions: Iterable[str], durations: Iterable[int]) -> Costs:
        """What each combination costs, in credits; of those on offer, the one that members get unasked comes first."""
        return [
            self.prices.of(GenerationRequest(Kind.TEXT, "", model, duration, resolution, expand_prompt=True)).credits
            for model, resolution, duration in product(models, resolutions, durations)
        ]


def _described(does: Said, costs: Said, most: int) -> locale_str:
    """The whole price or, where millions leave no room for that, the most that it can be, or none at all."""

    def said() -> str:
        prices = (costs(), price_words.COSTS_AT_MOST(most))
        whole = (in_a_row(does(), price) for price in prices)
        return next((each for each in whole if utf16(each) <= MOST), does())

    return located(said)


def _named(names: dict[T, Said], costs: dict[T, Costs]) -> dict[T, locale_str]:
    """Each choice with its price, where the choice makes a difference; a price that does not fit is left out."""
    spans = {each: (min(found), max(found)) for each, found in costs.items()}
    if len(set(spans.values())) == 1:
        return {each: located(partial(_short, name)) for each, name in names.items()}
    return {each: located(partial(_priced, name, spans[each])) for each, name in names.items()}


def _priced(name: Said, span: tuple[int, int]) -> str:
    text = price_words.priced(name(), *span)
    return text if utf16(text) <= MOST else _short(name)


def _short(name: Said) -> str:
    return cut(name(), MOST, utf16)


def _seconds(count: int) -> str:
    return words.SECONDS(count=number(count))
