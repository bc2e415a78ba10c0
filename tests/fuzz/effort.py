"""How many examples a test draws: a share of what the profile says, so that the long form is longer everywhere."""

from hypothesis import HealthCheck, Phase, settings


def share(part: float, *, shrink: bool = True) -> settings:
    """So large a part of the profile's examples: 100 in `ci`, 5,000 in `prove`. No example has a deadline.

    Where one takes a second, making a failed one smaller would take minutes: it is told as it is.
    """
    examples = max(1, round(settings().max_examples * part))
    phases = [phase for phase in Phase if shrink or phase not in {Phase.shrink, Phase.explain}]
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), phases=phases)
