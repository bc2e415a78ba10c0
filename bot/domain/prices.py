"""What a generation costs: a table from the settings, by model, resolution and duration, with a price for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.generation import GenerationRequest, Kind


@dataclass(frozen=True, slots=True)
class Price:
    """Credits, and what the operator pays in millionths of a US dollar where that is known."""

    credits: int
    usd_micros: int | None = None


ONE_CREDIT = Price(1)


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by (model, resolution, duration in seconds); None in a key stands for any. `extend` is for extensions."""

    base: Price = ONE_CREDIT
    extend: Price | None = None
    special: Mapping[tuple[str | None, str | None, int | None], Price] = field(default_factory=dict)

    def of(self, request: GenerationRequest) -> Price:
        """The price of a request: the most exact entry that fits, model before resolution before duration."""
        if request.kind is Kind.EXTEND and self.extend is not None:
            return self.extend
        exact = (request.model, request.resolution, request.duration)
        for mask in ((1, 1, 1), (1, 1, 0), (1, 0, 1), (1, 0, 0), (0, 1, 1), (0, 1, 0), (0, 0, 1)):
            model, resolution, duration = (part if keep else None for part, keep in zip(exact, mask, strict=True))
            key = (
                model if isinstance(model, str) else None,
                resolution if isinstance(resolution, str) else None,
                duration if isinstance(duration, int) else None,
            )
            if key in self.special:
                return self.special[key]
        return self.base
