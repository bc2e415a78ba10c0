"""Every sentence of `/quota`: its commands, what they confirm and refuse, and what the log channel says of them."""

from collections.abc import Callable

from bot.domain.period import Span
from bot.domain.quota import Limit, Scope
from bot.service.purse import MOST_CREDITS, MOST_DAYS, MOST_REASON, MOST_RELAY_ID, Verdict
from bot.ui.language import Message, Plural, in_a_row, listed, name_in, number, spoken
from bot.ui.purse_words import limit_of

# The commands

QUOTA = Message("Limits, bonus credits and reports, for moderators.")
VIEW = Message("See the limits of this server, or how one member stands.")
SET = Message("Set how many credits may be spent in each day, week or month.")
CLEAR = Message("Take a limit away, or what a member has left of a bonus.")
GRANT = Message("Give a member bonus credits, used once the member's own limit is used up.")
RESET = Message("Start the present day, week and month over, as if nothing had been spent.")
REPORT = Message("See what was spent: by day and by member, as a picture and in numbers.")
RESOLVE = Message("Settle a video of which nobody could say whether it was made.")

VIEW_MEMBER = Message("Whose credits to show. Left out: the limits of the server.")
SCOPE = Message("Whom the limit is for.")
SET_CREDITS = Message("How many credits: 0 to {most}. 0 allows nothing.")
PERIOD = Message("How long until the limit starts over, at midnight in this server's time zone.")
ROLE = Message("The role, where the limit is for a role. A member's best role counts.")
MEMBER = Message("The member, where the limit is for a member. It counts instead of roles and default.")
CLEAR_SCOPE = Message("Whose limit to take away, or the bonus of a member.")
CLEAR_MEMBER = Message("The member, where it is a member's limit or bonus.")
REASON = Message("Why, for the audit log.")
GRANT_MEMBER = Message("Who gets the bonus.")
GRANT_CREDITS = Message("How many credits: 1 to {most}.")
GRANT_DAYS = Message("After how many days an unused bonus ends: 1 to {most}. Left out: never.")
RESET_SCOPE = Message("Whose spending no longer counts.")
RESET_MEMBER = Message("The member, where it is a member's.")
WINDOW = Message("Which days. Left out: this month.")
UNCERTAIN_VIDEO = Message("One of this server's uncertain videos.")
VERDICT = Message("What the bot's operator saw in the video service's bill.")
RELAY_ID = Message("The video service's id of the video, where it was made and the id is known.")


def set_credits() -> str:
    return SET_CREDITS(most=number(MOST_CREDITS))


def grant_credits() -> str:
    return GRANT_CREDITS(most=number(MOST_CREDITS))


def grant_days() -> str:
    return GRANT_DAYS(most=number(MOST_DAYS))


SCOPES = {
    Scope.SERVER: Message("the server's pool, for all members together"),
    Scope.DEFAULT: Message("every member, by default"),
    Scope.ROLE: Message("members with a role"),
    Scope.MEMBER: Message("one member"),
}
BONUS_SCOPE = Message("one member's bonus credits, as far as unspent")
SPANS = {Span.DAY: Message("day"), Span.WEEK: Message("week"), Span.MONTH: Message("month")}
VERDICTS = {
    Verdict.MADE: Message("made, and the video service's id is known: show it"),
    Verdict.LOST_CHARGED: Message("made, but not to be found: keep the credits"),
    Verdict.LOST_REFUNDED: Message("made, but not to be found: give the credits back"),
    Verdict.NOT_MADE: Message("not made: give the credits back"),
}

# Confirmations

_SAME = {
    # Translators: {limit}, {now} and {before} are amounts, such as "5 credits a day", or "no limit".
    Scope.SERVER: Message("The server's pool is **{limit}** already. Nothing was changed."),
    Scope.DEFAULT: Message("The limit of every member is **{limit}** already. Nothing was changed."),
    Scope.ROLE: Message("The limit of members with <@&{subject}> is **{limit}** already. Nothing was changed."),
    Scope.MEMBER: Message("The limit of <@{subject}> is **{limit}** already. Nothing was changed."),
}
_SET = {
    Scope.SERVER: Message("The server's pool is now **{now}** (before: {before})."),
    Scope.DEFAULT: Message("The limit of every member is now **{now}** (before: {before})."),
    Scope.ROLE: Message("The limit of members with <@&{subject}> is now **{now}** (before: {before})."),
    Scope.MEMBER: Message("The limit of <@{subject}> is now **{now}** (before: {before})."),
}
_CLEARED = {
    Scope.SERVER: Message("The server's pool is no longer set (before: {before})."),
    Scope.DEFAULT: Message("The limit of every member is no longer set (before: {before})."),
    Scope.ROLE: Message("The limit of members with <@&{subject}> is no longer set (before: {before})."),
    Scope.MEMBER: Message("The limit of <@{subject}> is no longer set (before: {before})."),
}
_NOT_SET = {
    Scope.SERVER: Message("The server's pool is not set, so there was nothing to clear. Nothing was changed."),
    Scope.DEFAULT: Message("The limit of every member is not set, so there was nothing to clear. Nothing was changed."),
    Scope.ROLE: Message(
        "The limit of members with <@&{subject}> is not set, so there was nothing to clear. Nothing was changed."
    ),
    Scope.MEMBER: Message("The limit of <@{subject}> is not set, so there was nothing to clear. Nothing was changed."),
}


def limit_same(scope: Scope, subject_id: int, limit: Limit) -> str:
    return _SAME[scope](subject=subject_id, limit=limit_of(limit))


def limit_set(scope: Scope, subject_id: int, now: Limit, before: Limit | None) -> str:
    return _SET[scope](subject=subject_id, now=limit_of(now), before=limit_of(before))


def limit_cleared(scope: Scope, subject_id: int, before: Limit) -> str:
    return _CLEARED[scope](subject=subject_id, before=limit_of(before))


def nothing_to_clear(scope: Scope, subject_id: int) -> str:
    return _NOT_SET[scope](subject=subject_id)


_GRANTED = Plural(
    "<@{member}> got a bonus of **{n} credit**, which never ends. "
    "It does not go past the server's pool or the operator's caps.",
    "<@{member}> got a bonus of **{n} credits**, which never ends. "
    "It does not go past the server's pool or the operator's caps.",
)
_GRANTED_UNTIL = Plural(
    "<@{member}> got a bonus of **{n} credit**, which ends <t:{unix}:f>. "
    "It does not go past the server's pool or the operator's caps.",
    "<@{member}> got a bonus of **{n} credits**, which ends <t:{unix}:f>. "
    "It does not go past the server's pool or the operator's caps.",
)


def granted(user_id: int, amount: int, unix: int | None) -> str:
    return (_GRANTED if unix is None else _GRANTED_UNTIL)(amount, member=user_id, unix=unix)


TAKEN_BACK = Plural(
    "Taken back from <@{member}>: **{n} credit** of bonus, all that was left. "
    "What was spent of it stays spent; what comes back of that from a failed video is the member's again.",
    "Taken back from <@{member}>: **{n} credits** of bonus, all that was left. "
    "What was spent of it stays spent; what comes back of that from a failed video is the member's again.",
)
NO_BONUS_LEFT = Message("<@{member}> has no bonus left, so there was nothing to take back. Nothing was changed.")

# Translators: {spent} is a list, such as "1 today, 5 this week and 7 this month".
_POOL_RESET = Message("The server's pool starts over: what was spent ({spent}) no longer counts.")
_UNUSED_POOL_RESET = Message("The server's pool starts over; nothing had been spent.")
_MEMBER_RESET = Message("The spending of <@{member}> starts over: what was spent ({spent}) no longer counts.")
_UNUSED_MEMBER_RESET = Message("The spending of <@{member}> starts over; nothing had been spent.")
_SPENT = {
    Span.DAY: Message("{number} today"),
    Span.WEEK: Message("{number} this week"),
    Span.MONTH: Message("{number} this month"),
}


def reset_done(user_id: int | None, freed: dict[Span, int]) -> str:
    """`user_id` None: the server's pool."""
    spent = _spent(freed)
    if user_id is None:
        return _POOL_RESET(spent=spent) if spent else _UNUSED_POOL_RESET()
    return _MEMBER_RESET(member=user_id, spent=spent) if spent else _UNUSED_MEMBER_RESET(member=user_id)


def _spent(freed: dict[Span, int]) -> str:
    return listed([_SPENT[span](number=number(amount)) for span, amount in freed.items() if amount])


SETTLED = {
    Verdict.MADE: Message(
        "It is followed now, and its message shows the video once it is there. Its credits stay spent."
    ),
    Verdict.LOST_CHARGED: Message("It counts as lost. Its credits stay spent."),
    Verdict.LOST_REFUNDED: Message("It counts as lost. Its credits were given back."),
    Verdict.NOT_MADE: Message("It counts as failed. Its credits were given back."),
}
_SETTLED_LINKED = Plural(
    "Settled: [this video]({link}) of <@{member}>, {n} credit.",
    "Settled: [this video]({link}) of <@{member}>, {n} credits.",
)
_SETTLED_NAMED = Plural(
    "Settled: video {id} of <@{member}>, {n} credit.",
    "Settled: video {id} of <@{member}>, {n} credits.",
)


def settled(generation_id: str, link: str | None, user_id: int, price: int, verdict: Verdict) -> str:
    """`link` is that of the message that shows the video, where it is known."""
    done = _SETTLED_NAMED if link is None else _SETTLED_LINKED
    return in_a_row(done(price, id=generation_id, link=link, member=user_id), SETTLED[verdict]())


# Refusals

SettingSaid = Callable[[], str]
CREDITS_TOO_FEW = Message("That number of credits is too small. Nothing was changed. Give a larger one.")
CREDITS_TOO_MANY = Message(
    "That number of credits is too large: {most} is the most. Nothing was changed. Give a smaller one."
)
DAYS_TOO_FEW = Message("A bonus lasts 1 day at the least. Nothing was changed. Give more days, or none for no end.")
DAYS_TOO_MANY = Plural(
    "A bonus with an end lasts {n} day at the most. Nothing was changed. Give fewer days, or none for no end.",
    "A bonus with an end lasts {n} days at the most. Nothing was changed. Give fewer days, or none for no end.",
)
ROLE_MISSING = Message("It is not clear which role you mean. Nothing was changed. Fill in the option {option}.")
# Translators: {choice} is a choice of the list, such as "members with a role".
ROLE_SURPLUS = Message(
    'A role goes only with "{choice}", so it is not clear whom you mean. Nothing was changed. '
    'Leave the role out, or choose "{choice}".'
)
ROLE_OF_EVERYONE = Message('Everyone has that role. Nothing was changed. Choose "{choice}" instead.')
MEMBER_MISSING = Message("It is not clear which member you mean. Nothing was changed. Fill in the option {option}.")
MEMBER_SURPLUS = Message(
    "A member does not go with what you chose, so it is not clear whom you mean. Nothing was changed. "
    'Leave the member out, or choose "{choice}".'
)
REASON_TOO_LONG = Plural(
    "The reason is too long: {n} character is the most. Nothing was changed. Put it shorter.",
    "The reason is too long: {n} characters are the most. Nothing was changed. Put it shorter.",
)
NOT_UNCERTAIN = Message(
    "That video is not uncertain, or not any more, so there is nothing to settle. Nothing was changed. "
    "Its message says how it stands."
)
RELAY_ID_MISSING = Message(
    "To show the video I need the id that the video service gave it. Nothing was changed. "
    "Fill in the option {option}, or choose that it is not to be found."
)
RELAY_ID_SURPLUS = Message(
    'The video service\'s id goes only with "{choice}". Nothing was changed. Leave the id out, or choose that outcome.'
)
RELAY_ID_UNUSABLE = Plural(
    "That is not what an id of the video service looks like. Nothing was changed. "
    "Copy it again: at most {n} letter, digit or sign, without spaces.",
    "That is not what an id of the video service looks like. Nothing was changed. "
    "Copy it again: at most {n} letters, digits and signs, without spaces.",
)
RELAY_ID_TAKEN = Message(
    "That id belongs to another video already. Nothing was changed. "
    "Copy the id of this one from the video service's bill."
)
BAD_SETTING = Message("That value cannot be kept. Nothing was changed. Try another.")

BAD_SETTINGS: dict[tuple[str, str], SettingSaid] = {
    ("credits", "too_few"): CREDITS_TOO_FEW,
    ("credits", "too_many"): lambda: CREDITS_TOO_MANY(most=number(MOST_CREDITS)),
    ("days", "too_few"): DAYS_TOO_FEW,
    ("days", "too_many"): lambda: DAYS_TOO_MANY(MOST_DAYS),
    ("role", "missing"): lambda: ROLE_MISSING(option=_option("role")),
    ("role", "surplus"): lambda: ROLE_SURPLUS(choice=SCOPES[Scope.ROLE]()),
    ("role", "everyone"): lambda: ROLE_OF_EVERYONE(choice=SCOPES[Scope.DEFAULT]()),
    ("member", "missing"): lambda: MEMBER_MISSING(option=_option("member")),
    ("member", "surplus"): lambda: MEMBER_SURPLUS(choice=SCOPES[Scope.MEMBER]()),
    ("reason", "too_long"): lambda: REASON_TOO_LONG(MOST_REASON),
    ("video", "not_uncertain"): NOT_UNCERTAIN,
    ("relay_id", "missing"): lambda: RELAY_ID_MISSING(option=_option("relay_id")),
    ("relay_id", "surplus"): lambda: RELAY_ID_SURPLUS(choice=VERDICTS[Verdict.MADE]()),
    ("relay_id", "unusable"): lambda: RELAY_ID_UNUSABLE(MOST_RELAY_ID),
    ("relay_id", "taken"): RELAY_ID_TAKEN,
}
"""What is told of a BadSetting, by its name and its why. Choices and options are called as the reader's lists do."""


def _option(name: str) -> str:
    return name_in(name, spoken())


# The log channel

UNCERTAIN = Message("uncertain, credits held")
NO_BONUS = Message("no bonus")
BONUS_LEFT = Plural("{n} credit of bonus", "{n} credits of bonus")
_BONUS = Plural("{n} credit, without an end", "{n} credits, without an end")
_BONUS_UNTIL = Plural("{n} credit, until <t:{unix}:f>", "{n} credits, until <t:{unix}:f>")
_FREED = Message("what was spent ({spent})")
_NOTHING_FREED = Message("nothing was spent")
_VIDEO_LINKED = Message("[this video]({link}) of <@{member}>")
_VIDEO_NAMED = Message("video {id} of <@{member}>")


def subject(scope: Scope, subject_id: int) -> str:
    """Whom a change is about."""
    match scope:
        case Scope.ROLE:
            return f"<@&{subject_id}>"
        case Scope.MEMBER:
            return f"<@{subject_id}>"
    return SCOPES[scope]()


def bonus_entry(amount: int, unix: int | None) -> str:
    return _BONUS(amount) if unix is None else _BONUS_UNTIL(amount, unix=unix)


def freed_entry(freed: dict[Span, int]) -> str:
    spent = _spent(freed)
    return _FREED(spent=spent) if spent else _NOTHING_FREED()


def video_entry(generation_id: str, link: str | None, user_id: int) -> str:
    """`link` as for `settled`."""
    return (_VIDEO_NAMED if link is None else _VIDEO_LINKED)(id=generation_id, link=link, member=user_id)
