"""The nine invariants of docs/architecture.md, held against three witnesses: the file, the relay's bills, Discord.

Each function is one of them and yields what breaks it. They hold at any instant, so they are asked of the very file
that a dead bot left. What only holds once the bot had time is `unsettled`.
"""

import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from bot.domain.card import CardState, GoneReason
from bot.domain.generation import ENDED, GIVES_BACK, TRANSITIONS, GenerationState
from tests.books import check_books
from tests.prove.ledgers import limits_kept
from tests.prove.neighbours import Neighbours
from tests.prove.witness import File, Row
from tests.wire.local_discord import Interaction, Json, headline_of, text_of

S = GenerationState
EPHEMERAL = 1 << 6


class Harm(StrEnum):
    """What a finding means to the one it happens to."""

    LOST = "lost"
    PAID_TWICE = "paid twice"
    SHOWN_TWICE = "shown twice"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be."""

    harm: Harm
    about: str
    says: str

    def __str__(self) -> str:
        return f"{self.harm}: {self.about} {self.says}"


@dataclass(frozen=True)
class Evidence:
    """What the three know at one moment in which no bot runs.

    `bills` are the relay's, as its control tells them. `caps` are the operator's cap of each life, with the number of
    the last ledger row before it.
    """

    file: File
    rows: Mapping[str, Row]
    bills: list[Json]
    messages: Mapping[int, Json]
    interactions: Mapping[int, Interaction]
    caps: list[tuple[int, int]]
    neighbours: Neighbours


def broken(evidence: Evidence) -> list[Finding]:
    """All that breaks an invariant which holds at any instant."""
    return list(chain.from_iterable(invariant(evidence) for invariant in AT_ANY_INSTANT))


def paid_once(evidence: Evidence) -> Iterator[Finding]:
    """1. At most one paid request for one generation, and one generation for one action."""
    prompts = Counter(bill["body"]["user_prompt"] for bill in evidence.bills if bill["charged"])
    yield from (Finding(Harm.PAID_TWICE, repr(prompt), f"{n} times") for prompt, n in prompts.items() if n > 1)
    asked = {row.prompt for row in evidence.rows.values()}
    yield from (Finding(Harm.BROKEN, repr(each), "was paid and is in no row") for each in prompts.keys() - asked)
    actions = Counter(row.prompt for row in evidence.rows.values())  # each act of a member here has its own words
    yield from (Finding(Harm.PAID_TWICE, repr(each), "has two rows") for each, n in actions.items() if n > 1)
    for bill in evidence.bills:
        if bill["problem"] is not None:
            yield Finding(Harm.BROKEN, "the relay", f"was asked against its contract: {bill['problem']}")


def seen_is_kept(evidence: Evidence) -> Iterator[Finding]:
    """2, its first half. A member who saw a card is known; what became of it is `unsettled`'s to say."""
    known = {row.action_key: row for row in evidence.rows.values()}
    for interaction in evidence.interactions.values():
        row = known.get(f"interaction:{interaction.id}")
        if shows_card(interaction, evidence.messages) and row is None:
            yield Finding(Harm.LOST, f"interaction {interaction.id}", "has a card and no row")
        if row is None:
            continue
        member = int(interaction.payload["member"]["user"]["id"])
        where = int(interaction.payload["guild_id"]), int(interaction.payload["channel_id"])
        if (row.user_id, row.guild_id, row.channel_id) != (member, *where):
            yield Finding(Harm.BROKEN, row.id, "is kept for another member or another place")
        if row.message_id not in {None, interaction.message_id}:
            yield Finding(Harm.BROKEN, row.id, "is shown by a message that does not answer it")


def ids_kept(evidence: Evidence) -> Iterator[Finding]:
    """3. Every relay id that was answered is stored, or its row is UNCERTAIN (SUBMITTING, until the next start)."""
    of_prompt = {row.prompt: row for row in evidence.rows.values()}
    billed = {bill["task_id"] for bill in evidence.bills}
    for bill in evidence.bills:
        row = of_prompt.get(bill["body"]["user_prompt"]) if bill["charged"] else None
        if row is None or row.relay_id == bill["task_id"]:
            continue
        if row.relay_id is not None or row.state not in {S.SUBMITTING, S.UNCERTAIN}:
            yield Finding(Harm.LOST, row.id, f"is {row.state} with id {row.relay_id}, and {bill['task_id']} was paid")
    for row in evidence.rows.values():
        if row.relay_id is not None and row.relay_id not in billed and row.guild_id != evidence.neighbours.guild_id:
            yield Finding(Harm.BROKEN, row.id, f"has an id that no bill has: {row.relay_id}")


def no_limit_passed(evidence: Evidence) -> Iterator[Finding]:
    """4. No admission passes a limit in force at that instant."""
    for says in limits_kept(evidence.file, evidence.caps):
        yield Finding(Harm.BROKEN, "a limit", says)


def sums_hold(evidence: Evidence) -> Iterator[Finding]:
    """5. Every balance is the sum of its ledger rows. 8. A refund is applied once, and where one is due."""
    try:
        check_books(evidence.file.path)
    except AssertionError as error:
        yield Finding(Harm.BROKEN, "the books:", str(traceback.extract_tb(error.__traceback__)[-1].line))
    refunds = Counter(name for (name,) in evidence.file.ask("SELECT generation_id FROM ledger WHERE entry = 'refund'"))
    for row in evidence.rows.values():
        due = int(row.state in GIVES_BACK)
        if refunds[row.id] != due:
            yield Finding(Harm.BROKEN, row.id, f"is {row.state} and was refunded {refunds[row.id]} times")


def shown_once(evidence: Evidence) -> Iterator[Finding]:
    """6. A completed video is shown at most once, in its own channel, by its own message."""
    for name, places in chain(videos(evidence.messages).items(), _linked(evidence)):
        row = evidence.rows.get(name)
        if len(places) > 1:
            yield Finding(Harm.SHOWN_TWICE, name, f"by the messages {places}")
        if row is None or row.state != S.COMPLETED:
            yield Finding(Harm.BROKEN, name, "is shown and not completed")
        elif places[0] != row.message_id or evidence.messages[places[0]]["channel_id"] != str(row.channel_id):
            yield Finding(Harm.BROKEN, name, "is shown in a message that is not its own")


def legal_steps_only(evidence: Evidence) -> Iterator[Finding]:
    """7. Only the steps of the table are taken, each with the next version, and the last is what the row says."""
    now: dict[str, tuple[str | None, int]] = {}
    for step in evidence.file.steps():
        before, version = now.get(step.generation_id, (None, 0))
        said = f"{step.before} (version {step.from_version}) to {step.after} (version {step.to_version})"
        if step.before is None:
            legal = before is None and step.after == S.WAITING
        else:
            legal = (step.before, step.from_version) == (before, version) and step.after in TRANSITIONS[S(step.before)]
        if not legal or step.to_version != version + 1:
            yield Finding(Harm.BROKEN, step.generation_id, f"went from {said}")
        now[step.generation_id] = step.after, step.to_version
    for row in evidence.rows.values():
        if row.id in now and now[row.id] != (row.state, row.version):
            yield Finding(Harm.BROKEN, row.id, "was changed by no step")


def servers_apart(evidence: Evidence) -> Iterator[Finding]:
    """9. One server's data is invisible to another."""
    for says in evidence.neighbours.trespasses(evidence.file, evidence.messages, evidence.interactions):
        yield Finding(Harm.BROKEN, "the other server", says)


AT_ANY_INSTANT: tuple[Callable[[Evidence], Iterator[Finding]], ...] = (
    paid_once,
    seen_is_kept,
    ids_kept,
    no_limit_passed,
    sums_hold,
    shown_once,
    legal_steps_only,
    servers_apart,
)


def unsettled(row: Row, messages: Mapping[int, Json], interactions: Mapping[int, Interaction]) -> str | None:
    """2 and 6, their second halves. Why a row is not at its end yet, or its card does not say so; None where all is.

    Nobody deletes a message here, so no card may be given up but one that was never sent.
    """
    if row.state not in ENDED and row.state != S.UNCERTAIN:
        return f"is {row.state}"
    if row.message_id is None or row.card_state != CardState.LIVE:
        asked = interactions[int(row.action_key.removeprefix("interaction:"))]
        given_up = row.state == S.CANCELLED and row.gone_reason in {None, GoneReason.UNANSWERED}
        if given_up and not shows_card(asked, messages):
            return None
        return f"is {row.state} and its card, message {asked.message_id}, is {row.card_state} ({row.gone_reason})"
    head = headline_of(messages[row.message_id])
    if not head.endswith(f" {row.state.capitalize()}") or row.shown_version != row.version:
        return f"is {row.state} and its card says {head!r}, version {row.shown_version} of {row.version}"
    names = [attachment["filename"] for attachment in messages[row.message_id]["attachments"]]
    due = [filename(row.id)] if row.state == S.COMPLETED else []
    return None if names == due else f"is {row.state} and its message has the files {names}"


def shows_card(interaction: Interaction, messages: Mapping[int, Json]) -> bool:
    """Whether it was answered with a message that everybody sees."""
    message = messages.get(interaction.message_id or 0)
    return message is not None and not message["flags"] & EPHEMERAL


def filename(generation_id: str) -> str:
    """What a video's file is called in Discord."""
    return f"dreamreel-{generation_id}.mp4"


def videos(messages: Mapping[int, Json]) -> dict[str, list[int]]:
    """The messages in which each generation's video is, one entry for each file."""
    found: dict[str, list[int]] = {}
    for number, message in messages.items():
        for attachment in message["attachments"]:
            found.setdefault(attachment["filename"].removeprefix("dreamreel-").removesuffix(".mp4"), []).append(number)
    return found


def _linked(evidence: Evidence) -> Iterator[tuple[str, list[int]]]:
    """The same by the videos' links, for those that have no file."""
    of_relay = {row.relay_id: row.id for row in evidence.rows.values() if row.relay_id is not None}
    found: dict[str, list[int]] = {}
    for number, message in evidence.messages.items():
        for relay_id in set(re.findall(r"/videos/([^/?#\s]+)\.mp4", text_of(message))):
            found.setdefault(of_relay.get(relay_id, relay_id), []).append(number)
    yield from found.items()
