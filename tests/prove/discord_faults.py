"""A Discord that misbehaves: each video visible once in its channel, each interaction one generation at most."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.prove.under_fire import Fire, Report, main, under_fire
from tests.wire.local_discord import CHANNEL, MEMBER, Fault, Interaction, Limits
from tests.wire.local_discord.faults import FOR_EVER
from tests.wire.local_discord.payloads import Json
from tests.wire.local_discord.rules import EPHEMERAL

CHANNELS = 100
"""Each has a limit of its own on edits, and all share the bot's 50 a second."""
TOO_OLD_CHANNELS = 50
TOO_OLD_TRIES = 5
"""In each of so many of them; discord.py tries an edit five times."""
BATCH = 900
"""Videos at once: a server has at most 1,000 with the relay."""
DELIVERED_S = 900.0
"""Seconds in which all videos of a batch must be shown: pauses after a refusal grow to minutes."""
EVERY_KIND = ("/callback", "/webhooks/", "/channels/")
"""Parts of the paths of answers, of edits by an interaction's token, and of edits and messages by the bot's own."""
_ON_THEIR_WAY = ("waiting", "submitting")
_GONE_FOR_GOOD = ("cancelled",)
_TRAFFIC_GAP_S = 0.05


def faults(seed: int, share: float, kinds: Sequence[str]) -> Iterator[Fault]:
    """Of each kind of request, this share meets each of these; before what was asked is done, or after."""
    numbers = iter(range(seed, seed + 1_000))
    for part in kinds:
        for status in (500, 502, 503, 504):
            after = status in {503, 504}
            yield Fault(status=status, part_of_path=part, after=after, share=share, seed=next(numbers), times=FOR_EVER)
        for after in (False, True):
            cut = Fault(part_of_path=part, after=after, share=share, times=FOR_EVER)
            yield replace(cut, reset=True, seed=next(numbers))
            yield replace(cut, hang_up=True, seed=next(numbers))
        for everywhere in (False, True):
            yield _limited(part, share / 2, next(numbers), everywhere=everywhere)
    # In these channels the first messages count as too old for an edit: new ones are sent, and struck as above.
    for channel in range(CHANNEL, CHANNEL + TOO_OLD_CHANNELS):
        part = f"/channels/{channel}/messages/"
        too_old = Fault(status=429, code=30046, method="PATCH", part_of_path=part, times=TOO_OLD_TRIES)
        yield replace(too_old, extra={"retry_after": 0.1, "global": False}, headers={"Via": "1.1 discord"})


def _limited(part: str, share: float, seed: int, *, everywhere: bool) -> Fault:
    headers = {"Via": "1.1 discord", "Retry-After": "1", "X-RateLimit-Scope": "global" if everywhere else "user"}
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    told: Json = {"retry_after": 0.2, "global": everywhere}
    return Fault(status=429, headers=headers, extra=told, part_of_path=part, share=share, seed=seed, times=FOR_EVER)


async def deliveries(
    folder: Path,
    seed: int,
    count: int,
    *,
    kinds: Sequence[str] = EVERY_KIND,
    share: float = 0.02,
    poll_s: float = 5,
) -> Report:
    """Half of the videos come while their interactions' tokens live, half when those are dead.

    Of each kind of request, `share` meets each of the faults.
    """
    report = Report(f"{count:,} deliveries over a Discord that fails", seed)
    async with under_fire(folder, limits=Limits(), channels=CHANNELS, pace=("--by-hand",), poll_s=poll_s) as fire:
        async with fire.bot():
            for fault in faults(seed, share, kinds):
                fire.local.fail(fault)
            asked: list[Interaction] = []
            batch = min(BATCH, -(-count // 2))
            for start in range(0, count, batch):
                part = range(start, min(start + batch, count))
                asked += await fire.ask_all([f"film {number} of {seed}" for number in part])
                await fire.until(lambda: not any(fire.states()[each] for each in _ON_THEIR_WAY), DELIVERED_S)
                if start // batch % 2:
                    fire.local.interactions.forget_tokens()
                await fire.complete()
                await fire.over(DELIVERED_S)
        await _check_deliveries(fire, report, asked)
    return report


async def _check_deliveries(fire: Fire, report: Report, asked: list[Interaction]) -> None:
    bills = Counter(bill["body"]["user_prompt"] for bill in await fire.of_relay("bills"))
    found = fire.rows("SELECT id, prompt, state, channel_id, message_id, card_state FROM generations")
    shown = fire.local.delivered()
    for name, prompt, state, channel_id, message_id, card_state in found:
        report.hold(
            bills[prompt] == (state == "completed"), f"{name} is {state}, and was charged {bills[prompt]} times"
        )
        if state != "completed":
            continue
        messages = shown.get(f"dreamreel-{name}.mp4", [])
        report.hold(len(messages) == 1, f"{name}: its video stands in {len(messages)} messages")
        report.hold(messages == [message_id], f"{name}: its row names another message")
        report.hold(card_state == "live", f"{name}: its card is {card_state}")
        where = [fire.local.messages[each]["channel_id"] for each in messages]
        report.hold(where == [str(channel_id)], f"{name}: its video is in another channel")
    videos = sum(row[2] == "completed" for row in found)
    report.hold(len(shown) == videos, f"{len(shown)} files are shown for {videos} videos")
    report.hold("Traceback" not in fire.log(), "a traceback in the log")
    report.hold(not fire.local.misshapen, f"{len(fire.local.misshapen)} requests of a wrong shape")
    report.lines += list(_told(fire, asked, Counter(row[2] for row in found)))


def _told(fire: Fire, asked: list[Interaction], states: Counter[str]) -> Iterator[str]:
    counts, reposts = fire.local.tally.counts, sum(map(_is_repost, _public(fire)))
    struck = Counter[str]()
    for each in fire.local.rest.faults:
        struck[f"{each.status}" if each.status else "reset" if each.reset else "hanging up"] += each.struck
    yield f"asked: {len(asked):,}; {', '.join(f'{count:,} {state.upper()}' for state, count in states.items())}"
    blows = ", ".join(f"{count:,} by {name}" for name, count in struck.items())
    yield f"requests: {counts['requests']:,}; struck {blows}"
    edited, sent = counts["PATCH /channels/*/messages/*"], counts["POST /channels/*/messages"]
    yield f"edits by the bot's own token: {edited:,}; new messages sent: {sent:,}"
    yield f"videos shown: {len(fire.local.delivered()):,}, each in one message; {reposts} of them in a second message"


def _public(fire: Fire) -> Iterator[Json]:
    return (each for each in fire.local.messages.values() if not each["flags"] & EPHEMERAL)


def _is_repost(message: Json) -> bool:
    """A notice that a video is done is a reply too, but has no video."""
    return bool(message.get("message_reference") and message["attachments"])


async def drops(folder: Path, seed: int, count: int) -> Report:
    """The gateway is dropped under traffic, every second time for good, and some interactions are delivered twice."""
    report = Report(f"the gateway dropped {count} times, with and without RESUME", seed)
    dice = random.Random(seed)  # noqa: S311  # a repeatable choice, no secret
    async with under_fire(folder, channels=4) as fire, fire.bot():
        asked, replayed = list[Interaction](), list[Interaction]()
        traffic = asyncio.create_task(_traffic(fire, dice, asked))
        try:
            for number in range(count):
                await asyncio.sleep(dice.uniform(0.05, 0.6))
                if (missed := await _drop(fire, resumable=number % 2 == 0)) is not None:
                    replayed.append(missed)
        finally:
            traffic.cancel()
        await asyncio.gather(traffic, return_exceptions=True)
        last = await fire.ask("the last film", 0)
        await fire.until(lambda: fire.local.gateway.connected == 1, 10)
        await fire.over(DELIVERED_S)
        report.hold(all(each.message_id for each in replayed), "a command that was replayed had no card")
        report.lines.append(f"sent between two connections and replayed: {len(replayed)}, each with its card")
        _check_drops(
            fire,
            report,
            [*asked, *replayed, last],
            Counter(b["body"]["user_prompt"] for b in await fire.of_relay("bills")),
        )
    return report


async def _drop(fire: Fire, *, resumable: bool) -> Interaction | None:
    """Drop it, and wait until the bot is back. A command that was sent in between is replayed where it resumes."""
    gateway, made = fire.local.gateway, None
    before = gateway.connections
    dropping = asyncio.create_task(gateway.drop(resumable=resumable))
    await asyncio.sleep(0)
    if resumable:
        made = await fire.local.slash("generate", prompt=f"a film between two connections {before}")
    await dropping
    await fire.local.until(lambda: gateway.connections > before and gateway.connected > 0, 60)
    if made is not None:
        await fire.local.answered(made)
    return made


async def _traffic(fire: Fire, dice: random.Random, asked: list[Interaction]) -> None:
    """Members ask for films, and Discord delivers every fourth of them twice."""
    for number in range(100_000):
        await asyncio.sleep(_TRAFFIC_GAP_S)
        channel = CHANNEL + number % 4
        made = await fire.local.slash("generate", by=MEMBER + number % 50, channel_id=channel, prompt=f"film {number}")
        asked.append(made)
        if dice.random() < 0.25:  # every fourth
            await fire.local.again(made)


def _check_drops(fire: Fire, report: Report, asked: list[Interaction], bills: Counter[str]) -> None:
    rows = {
        key: (name, state, message)
        for name, key, state, message in fire.rows("SELECT id, action_key, state, message_id FROM generations")
    }  # one look
    answered = [each for each in asked if each.message_id is not None]
    shown = fire.local.delivered()
    for each in answered:
        report.hold(f"interaction:{each.id}" in rows, f"{each.id} was answered, and no generation came of it")
    for key, (name, state, message_id) in rows.items():
        report.hold(state == "completed" or state in _GONE_FOR_GOOD, f"{key} is {state}")
        if state == "completed":
            report.hold(
                shown.get(f"dreamreel-{name}.mp4") == [message_id], f"{key}: its video is not in its one message"
            )
    report.hold(max(bills.values(), default=0) <= 1, "an action was charged twice")
    report.hold(len(rows) <= len(asked), f"{len(rows)} generations of {len(asked)} interactions")
    report.hold("Traceback" not in fire.log(), "a traceback in the log")
    gateway = fire.local.gateway
    refused = sum(bool(each.refused) for each in asked)
    report.lines += [
        (
            f"interactions: {len(asked):,}, answered {len(answered):,}, too late for an answer {refused:,}, "
            "the rest sent while no session was there"
        ),
        f"generations: {len(rows):,}; charged: {sum(bills.values()):,}; most for one action: {max(bills.values())}",
        f"sessions begun: {len(gateway.identifies)}; resumed: {len(gateway.resumes)}",
    ]


PROOFS = {"deliveries": (deliveries, 2_000), "drops": (drops, 50)}

if __name__ == "__main__":
    sys.exit(main(__doc__, "tests.prove.discord_faults", PROOFS))
