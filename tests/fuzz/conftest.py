"""The long form of these tests: `pytest tests/fuzz --hypothesis-profile=prove --hypothesis-seed=1`."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "prove", max_examples=5_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
