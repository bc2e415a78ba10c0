"""What a request's path says: which route it is, and whose limits it meets."""

BY_THEIR_TOKEN = ("interactions", "webhooks")
"""Calls that carry an interaction's token in their path, instead of the bot's in a header."""


def parts_of(path: str) -> list[str]:
    return path.strip("/").split("/")


def by_their_token(path: str) -> bool:
    return parts_of(path)[0] in BY_THEIR_TOKEN


def route_of(method: str, path: str) -> str:
    """The route, with a star for each id and token: `PATCH /webhooks/*/*/messages/*`."""
    parts = parts_of(path)
    named = [
        "*"
        if part.isdigit() or part == "@original" or (place == 2 and parts[0] in BY_THEIR_TOKEN)
        else part  # the third part is the token
        for place, part in enumerate(parts)
    ]
    return f"{method} /{'/'.join(named)}"


def bucket_of(method: str, path: str) -> tuple[str, str]:
    """The name of a request's rate limit, and its major parameter: a channel, a server, or a webhook's token."""
    match parts_of(path):
        case [("interactions" | "webhooks") as kind, _, token, *_]:
            return kind, token
        case ["channels" | "guilds", major, *_]:
            return route_of(method, path), major
    return route_of(method, path), ""
