"""All that is known of one generation: options, times, cost, and the command that asks for the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.generation import GIVES_BACK, FailureKind, Generation, Kind
from bot.ui import result_words, words
from bot.ui.cards import movement
from bot.ui.language import listed, number
from bot.ui.text import clean, cut, fitted, one_line, quoted, utf8

MOST_PROMPT_BYTES = 1_100
MOST_COMMAND_BYTES = 1_300
"""Of the prompt and of the command, as they stand in the message; what is longer goes into a file beside it. What the
ways take is taken from both."""
_OPTIONS_BYTES = 500
_LINES = 20


@dataclass(frozen=True, slots=True)
class Details:
    """What stands in the message, part by part, and the whole of the prompt and the command where they are longer."""

    texts: tuple[str, ...]
    file: str | None


def details(generation: Generation, ways: Sequence[str] = ()) -> Details:
    """In the language that is spoken; at most some 3,700 bytes. `ways` are lines about what it goes on from, and in."""
    request = generation.request
    taken = utf8("\n".join(ways)) // 2
    prompt, whole = quoted(request.prompt, MOST_PROMPT_BYTES - taken, _LINES), command(generation)
    unfenced = whole.replace("`", "'")  # nothing may end the block of code before its end
    command_text = cut(unfenced, MOST_COMMAND_BYTES - taken)
    short = prompt == quoted(request.prompt, 10 * utf8(request.prompt) + 100, 10_000) and command_text == unfenced
    facts = "\n".join([result_words.DETAILS_HEAD(), *_facts(generation), *ways])
    if not request.prompt:
        return Details((f"{facts}\n{result_words.PROMPT_ERASED()}",), None)
    quote = f"{facts}\n{result_words.PROMPT_HEAD()}\n{prompt}"
    typed = f"{result_words.COMMAND_HEAD()}\n```\n{command_text}\n```"
    if short:
        return Details((quote, typed), None)
    return Details((quote, typed, f"-# {result_words.WHOLE_IN_FILE()}"), f"{clean(request.prompt)}\n\n{whole}\n")


def _facts(generation: Generation) -> Iterator[str]:
    yield result_words.ID_LINE(id=generation.id)
    yield result_words.STATE_LINE(state=words.STATES[generation.state]())
    yield result_words.OPTIONS_LINE(options=fitted(listed(list(_options(generation))), _OPTIONS_BYTES))
    if generation.request.camera is not None:
        yield result_words.CAMERA_LINE(movement=movement(generation.request.camera))
    asked = result_words.ASKED_LINE if generation.user_id > 0 else result_words.ASKED_LINE_ERASED
    yield asked(unix=int(generation.created_at.timestamp()), user_id=generation.user_id)
    if generation.submitted_at is not None:
        yield result_words.SENT_LINE(unix=int(generation.submitted_at.timestamp()))
    if generation.finished_at is not None:
        took = words.span(generation.finished_at - generation.created_at)
        yield result_words.ENDED_LINE(unix=int(generation.finished_at.timestamp()), span=took)
    yield (result_words.COST_LINE_BACK if _given_back(generation) else result_words.COST_LINE)(generation.price)


def _given_back(generation: Generation) -> bool:
    charged = generation.failure is not None and generation.failure.kind is FailureKind.UNTRACED_CHARGED
    return generation.state in GIVES_BACK and not charged


def _options(generation: Generation) -> Iterator[str]:
    request = generation.request
    if request.kind is Kind.EXTEND:
        yield words.PART(part=number(request.part))
    else:
        yield request.model
        yield words.SECONDS(count=number(request.duration))
        yield request.resolution
        yield (words.PROMPT_EXPANDED if request.expand_prompt else words.PROMPT_AS_WRITTEN)()
    if request.kind is Kind.IMAGE:
        yield (words.FIRST_FRAME if request.end_image_url is None else words.BOTH_FRAMES)()
    if request.spoiler:
        yield result_words.HIDDEN_OPTION()


_NAMES = {Kind.TEXT: "generate", Kind.IMAGE: "image-to-video", Kind.EXTEND: "extend"}


def command(generation: Generation) -> str:
    """What one would type to ask for the same, by the commands' own names, in one line."""
    request = generation.request
    given: dict[str, object] = {}
    if request.kind is Kind.EXTEND:
        given["video"] = request.parent_id or result_words.PICTURES[Kind.EXTEND]()
    given["prompt"] = one_line(request.prompt)
    if request.kind is Kind.IMAGE:
        given["image"] = result_words.PICTURES[Kind.IMAGE]()
        if request.end_image_url is not None:
            given["end_image"] = given["image"]
    if request.kind is not Kind.EXTEND:
        given |= {"model": request.model, "duration": request.duration, "resolution": request.resolution}
        given |= {"expand_prompt": request.expand_prompt}
        if request.camera is not None:
            given["camera"] = request.camera
        if request.spoiler:
            given["spoiler"] = True
    return " ".join([f"/{_NAMES[request.kind]}", *(f"{name}:{value}" for name, value in given.items())])
