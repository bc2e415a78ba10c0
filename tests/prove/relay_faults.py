"""A relay that misbehaves: at most one charge an action, and every generation ends as what can be known of it."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.prove.relay_away import hour_away
from tests.prove.under_fire import Fire, Report, main, under_fire
from tests.wire.local_discord import Interaction

HANGS_S = 300.0
"""Seconds that the last requests are waited for once all were asked: a hang costs the client 25 s."""
QUIET_S = 3.0
"""Seconds of a second life, in which nothing may be sent again."""
DONE, FAILED, UNCERTAIN = "completed", "failed", "uncertain"
_WORDS = {DONE: "Completed", FAILED: "Failed", UNCERTAIN: "Uncertain"}


@dataclass(frozen=True, slots=True)
class Blow:
    """What strikes the first request for a video, of which group it is, and what must come of it.

    A second request for the same one is taken, and charged.
    """

    group: str
    fault: str
    end: str
    charged: bool
    value: Any = None
    again: int = 0


BLOWS = (
    Blow("429", "429", DONE, True, again=1),
    Blow("429", "429_retry_after", DONE, True, again=1),
    Blow("429", "429_empty", DONE, True, again=1),
    Blow("5xx", "500", UNCERTAIN, False, "before"),
    Blow("5xx", "500", UNCERTAIN, True, "after"),
    Blow("5xx", "502_html", UNCERTAIN, False, "before"),
    Blow("5xx", "524_html_accepted", UNCERTAIN, True),
    Blow("5xx", "get_channel_failed", FAILED, False),
    Blow("reset", "cut_before", UNCERTAIN, False),
    Blow("reset", "cut_after", UNCERTAIN, True),
    Blow("hang", "hang", UNCERTAIN, False, "before"),
    Blow("hang", "hang", UNCERTAIN, True, "after"),
    Blow("garbage", "html", UNCERTAIN, False, "before"),
    Blow("garbage", "html", UNCERTAIN, True, "after"),
    Blow("garbage", "empty", UNCERTAIN, True),
    Blow("garbage", "half", DONE, True),  # the id stands in the half that came
    Blow("garbage", "doubled", DONE, True),
    Blow("garbage", "no_id", UNCERTAIN, True),
)
GROUPS = tuple(dict.fromkeys(blow.group for blow in BLOWS))
POLL_FAULTS = (("429", 0.1), ("500", 0.1), ("502_html", 0.05), ("cut_before", 0.1), ("html", 0.1), ("half", 0.05))
"""What strikes the questions meanwhile, and what share of them."""


def _label(blow: Blow) -> str:
    return f"<{blow.fault} {blow.value}>"


async def storm(folder: Path, seed: int, count: int, groups: Sequence[str] = GROUPS) -> Report:
    """As many submissions meet a 429 as a 5xx, a reset, a hang, garbage; and every second poll is in vain."""
    report = Report(f"{count:,} submissions, {100 // len(groups)} % each of {', '.join(groups)}", seed)
    dice = random.Random(seed)  # noqa: S311  # a repeatable choice, no secret
    by_group = {group: [blow for blow in BLOWS if blow.group == group] for group in groups}
    plan = [dice.choice(by_group[groups[place % len(groups)]]) for place in range(count)]
    dice.shuffle(plan)
    prompts = {f"film {number} {_label(blow)}": blow for number, blow in enumerate(plan)}
    async with under_fire(folder) as fire:
        for blow in BLOWS:
            await fire.fail("submit", blow.fault, prompt_contains=_label(blow), value=blow.value, each=1)
        for number, (fault, share) in enumerate(POLL_FAULTS):
            await fire.fail("get", fault, probability=share, seed=seed + number)
        async with fire.bot():
            asked = await fire.ask_all(list(prompts))
            await fire.over(HANGS_S)
            await _check_storm(fire, report, prompts, asked)
    return report


async def _check_storm(fire: Fire, report: Report, prompts: dict[str, Blow], asked: list[Interaction]) -> None:
    bills = [bill for bill in await fire.of_relay("bills") if bill["charged"]]
    paid = Counter(bill["body"]["user_prompt"] for bill in bills)
    ends = dict(fire.rows("SELECT prompt, state FROM generations"))
    cards = dict(fire.rows("SELECT prompt, message_id FROM generations"))
    posts = (await fire.of_relay("requests"))["submit"]
    again = sum(blow.again for prompt, blow in prompts.items() if ends.get(prompt) != "cancelled")
    told = {each.message_id: fire.card(each) for each in asked}
    late = [prompt for prompt, state in ends.items() if state == "cancelled" and not paid[prompt]]
    if late:
        report.lines.append(f"withdrawn, since the answer to the member came too late for Discord: {len(late)}")
    due = len(prompts) - len(late) + again
    report.hold(posts == due, f"{posts} paid requests, not {due}, {again} of them refused by 429")
    for prompt, blow in prompts.items():
        if prompt in late:
            continue
        report.hold(paid[prompt] == blow.charged, f"{prompt}: charged {paid[prompt]} times")
        report.hold(ends.get(prompt) == blow.end, f"{prompt}: {ends.get(prompt)}, not {blow.end}")
        said = told.get(cards.get(prompt), "")
        report.hold(_WORDS[blow.end] in said, f"{prompt}: its card says {said[:60]!r}")
    report.hold("Traceback" not in fire.log(), "a traceback in the log")
    report.lines += _storm_lines(prompts, ends, paid)
    report.lines.append(f"paid requests that the relay saw: {posts:,}; charged: {len(bills):,}")
    report.lines.append(f"most charges for one action: {max(paid.values())}")


def _storm_lines(prompts: dict[str, Blow], ends: dict[str, str], paid: Counter[str]) -> list[str]:
    lines = ["| met | submissions | charged | COMPLETED | FAILED | UNCERTAIN |", "|---|---:|---:|---:|---:|---:|"]
    for group in GROUPS:
        those = [prompt for prompt, blow in prompts.items() if blow.group == group]
        ended = Counter(ends.get(prompt, "") for prompt in those)
        counts = [len(those), sum(paid[prompt] for prompt in those), *(ended[each] for each in _WORDS)]
        lines.append(f"| {group} | {' | '.join(f'{each:,}' for each in counts)} |")
    return lines


async def dropped(folder: Path, seed: int, count: int) -> Report:
    """The relay takes every request and each answer is lost: all are UNCERTAIN, and no life sends one again."""
    report = Report(f"{count:,} answers dropped after acceptance", seed)
    prompts = [f"film {number} of {seed}" for number in range(count)]
    async with under_fire(folder) as fire:
        await fire.fail("submit", "cut_after", each=1)
        async with fire.bot() as bot:
            await fire.ask_all(prompts)
            await fire.over(HANGS_S)
            await bot.kill()
        await fire.mend()
        async with fire.bot():
            await asyncio.sleep(QUIET_S)  # that nothing is sent has no moment at which it happens
            bills, posts = await fire.of_relay("bills"), (await fire.of_relay("requests"))["submit"]
            states = fire.states()
    report.hold(posts == count, f"{posts} paid requests for {count} videos")
    report.hold(len(bills) == count, f"{len(bills)} bills")
    report.hold(states == Counter({UNCERTAIN: count}), f"the states are {dict(states)}")
    report.lines.append(f"charged: {len(bills):,}; UNCERTAIN: {states[UNCERTAIN]:,}; sent again: {posts - count:,}")
    return report


PROOFS = {"storm": (storm, 5_000), "dropped": (dropped, 500), "away": (hour_away, 1_000)}

if __name__ == "__main__":
    sys.exit(main(__doc__, "tests.prove.relay_faults", PROOFS))
