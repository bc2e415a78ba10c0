"""Makes the ids of generations: short enough to read out, random enough that nobody guesses another's."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, lower case: no i, l, o or u to misread."""
_LENGTH = 12
"""Characters: 60 random bits, so that two ids meet by chance once in some 10^9 generations."""


def new_id() -> str:
    """A fresh id of 12 characters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
