"""Every sentence about credits: what members read in `/balance`, what moderators read of `/quota`, and its refusals.

As in `bot.ui.words`, a refusal says what happened, what it cost, and what the reader can do now. Nobody is addressed
in the names of limits, since moderators read other members' balances in the same words.
"""

from collections.abc import Sequence

from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.service.expenses import Window
from bot.service.purse import MOST_CREDITS, MOST_DAYS, MOST_REASON, MOST_RELAY_ID, Verdict
from bot.ui.words import NOT_CHARGED

_CENT = 10_000
NOT_CHANGED = "Nothing was changed."

A_SPAN = {Span.DAY: "a day", Span.WEEK: "a week", Span.MONTH: "a month"}
THIS_SPAN = {Span.DAY: "today", Span.WEEK: "this week", Span.MONTH: "this month"}


def credits_of(number: int) -> str:
    return "1 credit" if number == 1 else f"{number:,} credits"


def limit_of(limit: Limit | None) -> str:
    return "no limit" if limit is None else f"{credits_of(limit.credits)} {A_SPAN[limit.span]}"


def ticking(unix: int) -> str:
    return f"<t:{unix}:R>"


# The commands

BALANCE = "See your limits here, what is left of them, and when they start over."
QUOTA = "Limits, bonus credits and reports, for moderators."
VIEW = "See the limits of this server, or how one member stands."
SET = "Set how many credits may be spent in each day, week or month."
CLEAR = "Take a limit away, or what a member has left of a bonus."
GRANT = "Give a member bonus credits, used once the member's own limit is used up."
RESET = "Start the present day, week and month over, as if nothing had been spent."
REPORT = "See what was spent: by day and by member, as a picture and in numbers."
RESOLVE = "Settle a video of which nobody could say whether it was made."

VIEW_MEMBER = "Whose credits to show. Left out: the limits of the server."
SCOPE = "Whom the limit is for."
SET_CREDITS = f"How many credits: 0 to {MOST_CREDITS:,}. 0 allows nothing."
PERIOD = "How long until the limit starts over, at midnight in this server's time zone."
ROLE = "The role, where the limit is for a role. A member's best role counts."
MEMBER = "The member, where the limit is for a member. It counts instead of roles and default."
CLEAR_SCOPE = "Whose limit to take away, or the bonus of a member."
CLEAR_MEMBER = "The member, where it is a member's limit or bonus."
REASON = "Why, for the audit log."
GRANT_MEMBER = "Who gets the bonus."
GRANT_CREDITS = f"How many credits: 1 to {MOST_CREDITS:,}."
GRANT_DAYS = f"After how many days an unused bonus ends: 1 to {MOST_DAYS:,}. Left out: never."
RESET_SCOPE = "Whose spending no longer counts."
RESET_MEMBER = "The member, where it is a member's."
WINDOW = "Which days. Left out: this month."
UNCERTAIN_VIDEO = "One of this server's uncertain videos."
VERDICT = "What the bot's operator saw in the relay's bill."
RELAY_ID = "The relay's id of the video, where it was made and the id is known."

SCOPES = {
    Scope.SERVER: "the server's pool, for all members together",
    Scope.DEFAULT: "every member, by default",
    Scope.ROLE: "members with a role",
    Scope.MEMBER: "one member",
}
BONUS_SCOPE = "one member's bonus credits, as far as unspent"
SPANS = {Span.DAY: "day", Span.WEEK: "week", Span.MONTH: "month"}
VERDICTS = {
    Verdict.MADE: "made, and its relay id is known: show it",
    Verdict.LOST_CHARGED: "made, but not to be found: keep the credits",
    Verdict.LOST_REFUNDED: "made, but not to be found: give the credits back",
    Verdict.NOT_MADE: "not made: give the credits back",
}

# Standings

TITLES = {
    Scope.MEMBER: "Own limit",
    Scope.ROLE: "Limit by role",
    Scope.DEFAULT: "Limit of every member",
    Scope.SERVER: "This server's pool",
    Scope.OPERATOR_SERVER: "The operator's cap for this server",
    Scope.OPERATOR_BOT: "The operator's cap for all servers",
}
OWN_BALANCE = "Your credits"
SERVER_LIMITS = "Limits of this server"
NO_OWN_LIMIT = "**Own limit**: none."
NO_POOL = "**This server's pool**: no limit."
NO_DEFAULT = "**Limit of every member**: none."
BY_ROLE = "**By role** (the best counts)"
BY_MEMBER = "**By member** (instead of roles and default)"
ROOM_LEFT = "there is room"


def balance_of(user_id: int) -> str:
    return f"Credits of <@{user_id}>"


def default_limit(limit: Limit) -> str:
    return f"**Limit of every member**: {limit_of(limit)}."


def standing(title: str, used: int, limit: Limit, left: int, unix: int) -> str:
    spent = f"{used:,} of {credits_of(limit.credits)} used {THIS_SPAN[limit.span]}"
    return f"**{title}**: {spent}, **{left:,} left**. Starts over {ticking(unix)}."


def bot_cap(left: int, unix: int) -> str:
    """What all servers together spent is nobody's business in one of them, so there are no numbers."""
    title = TITLES[Scope.OPERATOR_BOT]
    return f"**{title}**: {ROOM_LEFT} today." if left else f"**{title}**: used up. Starts over {ticking(unix)}."


def bonus(left: int, unix: int | None) -> str:
    until = "which never ends" if unix is None else f"which ends <t:{unix}:f>"
    return f"**Bonus**: **{left:,} left**, {until}."


BONUS_NOTE = "-# A bonus is used once the own limit is used up; of several, the one that ends first."


def waiting(number: int, places: Sequence[int]) -> str:
    if not number:
        return "**Waiting**: nothing."
    listed = _listed([f"{place:,}" for place in places], "and")
    line = f", at {'place' if len(places) == 1 else 'places'} {listed} in this server's line" if places else ""
    return f"**Waiting**: {number:,} {'request' if number == 1 else 'requests'}{line}."


def price(least: int, most: int, extension: int | None) -> str:
    if least == most:
        text = f"**Price of a video**: {credits_of(least)}."
    else:
        text = f"**Price of a video**: {least:,} to {credits_of(most)}, by model, resolution and duration."
    return text if extension is None else f"{text} An extension: {credits_of(extension)}."


def limit_line(mention: str, limit: Limit) -> str:
    return f"- {mention}: {limit_of(limit)}"


def more(number: int) -> str:
    return f"- and {number:,} more"


# Confirmations

WHOSE = {Scope.SERVER: "The server's pool", Scope.DEFAULT: "The limit of every member"}


def whose(scope: Scope, subject_id: int) -> str:
    match scope:
        case Scope.ROLE:
            return f"The limit of members with <@&{subject_id}>"
        case Scope.MEMBER:
            return f"The limit of <@{subject_id}>"
    return WHOSE[scope]


def subject(scope: Scope, subject_id: int) -> str:
    """The same for the log."""
    match scope:
        case Scope.ROLE:
            return f"<@&{subject_id}>"
        case Scope.MEMBER:
            return f"<@{subject_id}>"
    return SCOPES[scope]


def limit_same(subject: str, limit: Limit) -> str:
    return f"{subject} is **{limit_of(limit)}** already. {NOT_CHANGED}"


def limit_set(subject: str, now: Limit, before: Limit | None) -> str:
    return f"{subject} is now **{limit_of(now)}** (before: {limit_of(before)})."


def limit_cleared(subject: str, before: Limit) -> str:
    return f"{subject} is no longer set (before: {limit_of(before)})."


def nothing_to_clear(subject: str) -> str:
    return f"{subject} is not set, so there was nothing to clear. {NOT_CHANGED}"


def granted(user_id: int, amount: int, unix: int | None) -> str:
    until = "never ends" if unix is None else f"ends <t:{unix}:f>"
    return (
        f"<@{user_id}> got a bonus of **{credits_of(amount)}**, which {until}. "
        "It does not go past the server's pool or the operator's caps."
    )


def taken_back(user_id: int, amount: int) -> str:
    return (
        f"Taken back from <@{user_id}>: **{credits_of(amount)}** of bonus, all that was left. "
        "What was spent of it stays spent; what comes back of that from a failed video is the member's again."
    )


def no_bonus(user_id: int) -> str:
    return f"<@{user_id}> has no bonus left, so there was nothing to take back. {NOT_CHANGED}"


def reset_done(subject: str, freed: dict[Span, int]) -> str:
    if not any(freed.values()):
        return f"{subject} starts over; nothing had been spent."
    return f"{subject} starts over: {freed_entry(freed)} no longer counts."


RESET_SERVER = "The server's pool"


def reset_member(user_id: int) -> str:
    return f"The spending of <@{user_id}>"


def capped(cap: Limit) -> str:
    return f"-# The bot's operator caps this server at {limit_of(cap)}. Nothing set here goes past that."


SETTLED = {
    Verdict.MADE: "It is followed now, and its message shows the video once it is there. Its credits stay spent.",
    Verdict.LOST_CHARGED: "It counts as lost. Its credits stay spent.",
    Verdict.LOST_REFUNDED: "It counts as lost. Its credits were given back.",
    Verdict.NOT_MADE: "It counts as failed. Its credits were given back.",
}


def settled(generation_id: str, user_id: int, price: int, verdict: Verdict) -> str:
    return f"Settled: video {generation_id} of <@{user_id}>, {credits_of(price)}. {SETTLED[verdict]}"


# The report

WINDOWS = {
    Window.TODAY: "Today",
    Window.THIS_WEEK: "This week",
    Window.THIS_MONTH: "This month",
    Window.LAST_WEEK: "Last week",
    Window.LAST_MONTH: "Last month",
}
FORGOTTEN = "a member who erased their data"
OTHERS = "others"
CHART_UNIT = "credits"
NO_CREDITS_SPENT = "No credits were spent."


def report_title(window: Window, days: str) -> str:
    return f"Report: {WINDOWS[window].lower()} ({days})"


def chart_title(days: str) -> str:
    return f"Credits spent, {days}"


def tally(number: int, made: int, failed: int, moderated: int, usd_micros: int) -> str:
    """What was spent, and what came of it; what did not happen is left out."""
    parts = [f"**{credits_of(number)}**", "1 video" if made == 1 else f"{made:,} videos"]
    if failed:
        parts.append(f"{failed:,} failed")
    if moderated:
        parts.append(f"{moderated:,} stopped by Luma's content filter")
    if usd_micros:
        parts.append(dollars(usd_micros))
    return " · ".join(parts)


def dollars(micros: int) -> str:
    """Rounded to cents, but never to nothing."""
    return f"${micros / 1_000_000:,.2f}" if micros >= _CENT else f"${micros / 1_000_000:.4f}"


def others(number: int) -> str:
    return f"{number:,} {'other' if number == 1 else 'others'}"


def by_day(parts: Sequence[str]) -> str:
    return f"By day: {' · '.join(parts)}"


def numbered(number: int) -> str:
    return f"member {number}"


def alt_text(days: str, total: int, top_day: str, top: int, names: Sequence[str]) -> str:
    return (
        f"A bar chart of the credits spent on each day, {days}: {credits_of(total)} in all, "
        f"the most on {top_day} with {top:,}. From the bottom up: {_listed(names, 'and')}. "
        "The numbers stand below as text."
    )


# Refusals

_HOLDERS = {
    Scope.MEMBER: "your own limit of {}",
    Scope.ROLE: "your role's limit of {}",
    Scope.DEFAULT: "the limit of every member of {}",
    Scope.SERVER: "this server's pool of {}",
    Scope.OPERATOR_SERVER: "the operator's cap of {} for this server",
    Scope.OPERATOR_BOT: "the operator's cap for all servers together",
}
_OWN = {Scope.MEMBER, Scope.ROLE, Scope.DEFAULT}
_OPERATORS = {Scope.OPERATOR_SERVER, Scope.OPERATOR_BOT}


def limit_reached(cost: int, scope: Scope, limit: Limit, left: int, unix: int) -> str:
    holder = _HOLDERS[scope].format(limit_of(limit))
    if scope is Scope.OPERATOR_BOT:
        has = f"does not hold {'one' if cost == 1 else f'{cost:,}'} more today"
    else:
        bonus_too = ", bonus included" if scope in _OWN else ""
        has = f"has {f'only {credits_of(left)}' if left else 'nothing'} left{bonus_too}"
    if scope in _OPERATORS:
        before = "only whoever runs the bot can raise it"
    else:
        before = f"a moderator can raise it{' or give you a bonus' if scope in _OWN else ''}"
    return (
        f"This takes {credits_of(cost)}, and {holder} {has}. {NOT_CHARGED} "
        f"It starts over {ticking(unix)}; before that, {before}."
    )


def limit_too_small(cost: int, scope: Scope, limit: Limit) -> str:
    """Waiting would not help, so no time is named."""
    holder = _HOLDERS[scope].format(limit_of(limit))
    who = "whoever runs the bot" if scope in _OPERATORS else "a moderator"
    ask = f"sk {who} to raise it{' or to give you a bonus' if scope in _OWN else ''}."
    todo = f"Choose something that costs less, or a{ask}" if limit.credits else f"A{ask}"
    return f"This takes {credits_of(cost)}, and {holder} never holds that much. {NOT_CHARGED} {todo}"


def queue_full(whose: str, most: int) -> str:
    have = "You have" if whose == "member" else "This server has"
    number = "1 request" if most == 1 else f"{most:,} requests"
    todo = "Wait until one of them is sent, or cancel one with the button on its message."
    others_todo = "Try again in a few minutes."
    return (
        f"{have} {number} waiting already, and no more can wait. {NOT_CHARGED} "
        f"{todo if whose == 'member' else others_todo}"
    )


TOO_LATE = (
    "It is too late to cancel this one: it was sent already, or is over. Nothing was changed. "
    "Its message shows what becomes of it; if it fails, its credits come back to you by themselves."
)

BAD_SETTINGS = {
    ("credits", "too_few"): f"That number of credits is too small. {NOT_CHANGED} Give a larger one.",
    ("credits", "too_many"): (
        f"That number of credits is too large: {MOST_CREDITS:,} is the most. {NOT_CHANGED} Give a smaller one."
    ),
    ("days", "too_few"): f"A bonus lasts 1 day at the least. {NOT_CHANGED} Give more days, or none for no end.",
    ("days", "too_many"): (
        f"A bonus with an end lasts {MOST_DAYS:,} days at the most. {NOT_CHANGED} Give fewer days, or none for no end."
    ),
    ("role", "missing"): f"It is not clear which role you mean. {NOT_CHANGED} Fill in the option role.",
    ("role", "surplus"): (
        f"A role goes only with the scope role, so it is not clear whom you mean. {NOT_CHANGED} "
        "Leave the role out, or choose the scope role."
    ),
    ("role", "everyone"): f"Everyone has that role. {NOT_CHANGED} Choose the scope default instead.",
    ("member", "missing"): f"It is not clear which member you mean. {NOT_CHANGED} Fill in the option member.",
    ("member", "surplus"): (
        f"A member does not go with that scope, so it is not clear whom you mean. {NOT_CHANGED} "
        "Leave the member out, or choose a scope that is about one member."
    ),
    ("reason", "too_long"): (
        f"The reason is too long: {MOST_REASON} characters are the most. {NOT_CHANGED} Put it shorter."
    ),
    ("video", "not_uncertain"): (
        f"That video is not uncertain, or not any more, so there is nothing to settle. {NOT_CHANGED} "
        "Its message says how it stands."
    ),
    ("relay_id", "missing"): (
        f"To show the video I need the id that the relay gave it. {NOT_CHANGED} Fill in the option relay_id, "
        "or choose that it is not to be found."
    ),
    ("relay_id", "surplus"): (
        f"A relay's id goes only with a video that was made and can be shown. {NOT_CHANGED} "
        "Leave the id out, or choose that outcome."
    ),
    ("relay_id", "unusable"): (
        f"That is not what a relay's id looks like. {NOT_CHANGED} "
        f"Copy it again: at most {MOST_RELAY_ID} letters, digits and signs, without spaces."
    ),
    ("relay_id", "taken"): (
        f"That id belongs to another video already. {NOT_CHANGED} Copy the id of this one from the relay's bill."
    ),
}
"""What is told of a BadSetting, by its name and its why."""
BAD_SETTING = f"That value cannot be kept. {NOT_CHANGED} Try another."


# The log channel

UNCERTAIN = "uncertain, credits held"


def bonus_entry(amount: int, unix: int | None) -> str:
    return f"{credits_of(amount)}, {'without an end' if unix is None else f'until <t:{unix}:f>'}"


NO_BONUS = "no bonus"


def bonus_left(amount: int) -> str:
    return f"{credits_of(amount)} of bonus"


def freed_entry(freed: dict[Span, int]) -> str:
    parts = [f"{number:,} {THIS_SPAN[span]}" for span, number in freed.items() if number]
    return f"what was spent ({_listed(parts, 'and')})" if parts else "nothing was spent"


def video_entry(generation_id: str, user_id: int) -> str:
    return f"video {generation_id} of <@{user_id}>"


def _listed(parts: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
