"""How many examples a test draws: a share of what the profile says, so that the long form is longer everywhere."""

from hypothesis import HealthCheck, settings


def share(part: float) -> settings:
    """So large a part of the profile's examples: 100 in `ci`, 5,000 in `prove`. No example has a deadline."""
    examples = max(1, round(settings().max_examples * part))
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
