"""What the relay says to questions that cost nothing: whether it is there, takes the key, and sells the models."""

from dataclasses import dataclass

from bot.checkup.finding import Finding, failure, ok, skipped, warning
from bot.checkup.web import Silent, Web, as_object, listed, parsed
from bot.domain.generation import FailureKind
from bot.domain.reports import NotFound, Refused
from bot.relay.client import USER_AGENT
from bot.relay.wire import Answer, report, submission, summary, task_path

RELAY, KEY, MODELS = "relay", "relay key", "models"
NO_TASK = "dreamreel-check-no-such-task"
"""An id that no relay gives. Asking for it needs the key, makes nothing and costs nothing."""
_ADDRESS = "Check relay.base_url against the relay's documentation."


@dataclass(frozen=True, slots=True)
class RelayApi:
    """The relay with the operator's key."""

    web: Web
    base: str
    key: str

    async def get(self, path: str) -> Answer | Silent:
        """One GET; nothing here ever sends a POST."""
        return await self.web.get(
            self.base + path,
            {"Authorization": f"Bearer {self.key}", "User-Agent": USER_AGENT, "Accept": "application/json"},
        )


async def ask_for_no_task(api: RelayApi) -> Answer | Silent:
    """The answer by which the relay is judged."""
    return await api.get(task_path(NO_TASK) or "")


def relay(answer: Answer | Silent) -> Finding:
    """Whether there is a relay at the address."""
    if isinstance(answer, Silent):
        return failure(RELAY, f"The relay cannot be reached: {answer.why}.", f"{_ADDRESS} Check the network, and DNS.")
    if answer.redirects:
        return failure(RELAY, f"The relay's address leads elsewhere ({answer.status}).", _ADDRESS)
    if parsed(answer) is None and answer.body.strip() and answer.status < 500:  # noqa: PLR2004  # HTTP's own numbers
        return failure(RELAY, f"Something answers that is no relay ({summary(answer)}).", _ADDRESS)
    if answer.status >= 500:  # noqa: PLR2004  # as above
        return warning(RELAY, f"The relay has troubles of its own ({summary(answer)}).", "Check again in some minutes.")
    return ok(RELAY, "The relay answers.")


def key(answer: Answer | Silent, api: RelayApi) -> Finding:
    """Whether it takes the key. "No such task" is said to those whose key is good."""
    if isinstance(answer, Silent):
        return skipped(KEY, "Not known while the relay does not answer.")
    now = api.web.clock.now()
    if isinstance(report(answer, NO_TASK, now), NotFound):
        return ok(KEY, "The relay accepts the key.")
    match submission(answer, now):  # what its refusal would mean for a paid request
        case Refused(reason) if reason.kind is FailureKind.NO_BALANCE:
            return failure(KEY, "The balance at the relay is used up.", "Top it up: until then every video is refused.")
        case Refused(reason) if reason.kind is FailureKind.KEY or answer.status == 403:  # noqa: PLR2004  # as above
            return failure(
                KEY,
                f"The relay does not accept relay.api_key ({summary(answer)}).",
                "Make a key at the relay and put it into the settings; see which addresses and models it allows.",
            )
    return warning(KEY, f"The relay does not say whether it takes the key ({summary(answer)}).", "See the line before.")


async def models(api: RelayApi, wanted: tuple[str, ...]) -> Finding:
    """Whether the relay sells what members can choose. Many relays of this family list their models, not all do."""
    answer = await api.get("/v1/models")
    if isinstance(answer, Silent):
        return skipped(MODELS, "Not known while the relay does not answer.")
    sold = {str(each.get("id")) for each in listed(as_object(parsed(answer)).get("data"))} if answer.good else set()
    if not sold:
        return skipped(MODELS, "The relay does not tell which models it sells.")
    lacking = [each for each in wanted if each not in sold]
    if lacking:
        return warning(
            MODELS,
            f"The relay's list of models does not have {', '.join(lacking)}.",
            "Ask the relay whether it sells them to this key; if not, take them out of relay.models.",
        )
    return ok(MODELS, f"The relay sells {', '.join(wanted)}.")
