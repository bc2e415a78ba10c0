"""The word that a member gets when a video of theirs is over, in its channel or privately."""

from bot.domain.generation import Generation, GenerationState
from bot.ui.language import Message
from bot.ui.text import fitted, one_line

_MOST_PROMPT_BYTES = 200

_DONE = Message("<@{user}> Your video is done.")
_FAILED = Message("<@{user}> Your video could not be made. The message above says why, and you got your credits back.")
_GIVEN_UP = Message("<@{user}> Your video did not come. The message above says what became of it.")
_DONE_HERE = Message("Your video is done: {link}")
_FAILED_HERE = Message("Your video could not be made. This message says why, and you got your credits back: {link}")
_GIVEN_UP_HERE = Message("Your video did not come. This message says what became of it: {link}")
_PROMPT = Message("-# {prompt}")
_HINT = Message("-# You choose with /preferences how I tell you.")


def mention(generation: Generation, *, hint: bool) -> str:
    """As a reply to the card. `hint` says where to choose something else."""
    said = _of_its_end(generation, _DONE, _FAILED, _GIVEN_UP)(user=generation.user_id)
    return _together(generation, said, hint=hint)


def private(generation: Generation, link: str) -> str:
    """As a direct message, which leads to the card."""
    said = _of_its_end(generation, _DONE_HERE, _FAILED_HERE, _GIVEN_UP_HERE)(link=link)
    return _together(generation, said, hint=False)


def _of_its_end(generation: Generation, done: Message, failed: Message, given_up: Message) -> Message:
    match generation.state:
        case GenerationState.COMPLETED:
            return done
        case GenerationState.FAILED:
            return failed
    return given_up


def _together(generation: Generation, said: str, *, hint: bool) -> str:
    prompt = fitted(one_line(generation.request.prompt), _MOST_PROMPT_BYTES)
    lines = [said, *([_PROMPT(prompt=prompt)] if prompt else []), *([_HINT()] if hint else [])]
    return "\n".join(lines)
