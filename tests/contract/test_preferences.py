"""What members chose, and who is owed a word, as the database keeps it."""

from dataclasses import replace
from pathlib import Path

from bot.domain.card import GoneReason
from bot.domain.generation import Generation
from bot.domain.notices import Notice
from bot.domain.preferences import MemberPreferences, Notify
from bot.ports import NoticeStore, Preferences
from bot.service.preferences import PreferenceBook
from bot.storage import Stores
from tests.clock import ManualClock
from tests.storing import GUILD, MEMBER, NOW, admitted, asked, finished, later, rows

LIKED = MemberPreferences(MEMBER, Notify.DM, "ray-v1", 9, "1080p", False, ", 35 mm film", "es", NOW)


def test_sql_is_what_the_ports_ask_for(stores: Stores) -> None:
    """Mypy reads this: every method has the port's signature."""
    ports: tuple[Preferences, NoticeStore] = (stores.preferences, stores.notices)
    assert ports == (stores.preferences, stores.notices)


async def test_what_was_chosen_is_kept_whole_and_replaced_whole(stores: Stores) -> None:
    preferences = stores.preferences
    assert await preferences.of(MEMBER) == MemberPreferences(MEMBER)
    await preferences.keep(LIKED)
    assert await preferences.of(MEMBER) == LIKED
    assert await preferences.of(MEMBER + 1) == MemberPreferences(MEMBER + 1)
    plain = MemberPreferences(MEMBER, Notify.NEVER, changed_at=later(1))
    await preferences.keep(plain)
    assert await preferences.of(MEMBER) == plain


async def test_the_languages_are_known_from_the_start(stores: Stores) -> None:
    await stores.preferences.keep(LIKED)
    await stores.preferences.keep(MemberPreferences(MEMBER + 1, changed_at=NOW))
    assert await stores.preferences.languages() == {MEMBER: "es"}
    book = PreferenceBook(stores.preferences, ManualClock(NOW))
    assert book.language_of(MEMBER) is None
    await book.load()
    assert (book.language_of(MEMBER), book.language_of(MEMBER + 1)) == ("es", None)
    await book.change(MEMBER, lambda now: replace(now, language="ru"))
    assert book.language_of(MEMBER) == "ru"
    await book.change(MEMBER, lambda now: replace(now, language=None))
    assert book.language_of(MEMBER) is None
    assert await stores.preferences.languages() == {}


async def test_how_to_be_told_is_known_at_the_door(stores: Stores) -> None:
    assert (await stores.house.door(GUILD, MEMBER, NOW)).notify is Notify.MENTION
    await stores.preferences.keep(LIKED)
    assert (await stores.house.door(GUILD, MEMBER, NOW)).notify is Notify.DM


async def over(stores: Stores, name: str, message: int, notice: Notice | None) -> Generation:
    """One that is over, and not shown so yet."""
    return await finished(stores.store, replace(asked(name), notice=notice), message)


async def shown(stores: Stores, generation: Generation, message: int) -> None:
    await stores.store.note_shown(generation.id, generation.version, message, forget_token=False)


async def owed(stores: Stores) -> list[str]:
    return [each.generation.id for each in await stores.notices.owed(9)]


async def test_a_word_is_owed_once_the_card_shows_the_end(stores: Stores) -> None:
    await admitted(stores.store, replace(asked("waiting"), notice=Notice.MENTION), message=1)
    done = await over(stores, "done", 2, Notice.MENTION)
    await shown(stores, await over(stores, "unwanted", 3, None), 3)
    assert await owed(stores) == []
    await shown(stores, done, 2)
    assert await owed(stores) == ["done"]
    (found,) = await stores.notices.owed(9)
    assert (found.generation.notice, found.card.message_id) == ("mention", 2)


async def test_a_card_that_is_gone_is_owed_an_end_too(stores: Stores) -> None:
    done = await over(stores, "done", 2, Notice.DM)
    await stores.store.note_gone(done.id, GoneReason.MESSAGE)
    assert await owed(stores) == ["done"]


async def test_a_notice_goes_its_steps_and_ends_once(stores: Stores, tmp_path: Path) -> None:
    await shown(stores, await over(stores, "g1", 2, Notice.MENTION), 2)
    notices = stores.notices
    assert not await notices.note_notice("g1", Notice.DM, Notice.DM_TRIED), "another way"
    assert await notices.note_notice("g1", Notice.MENTION, Notice.MENTION_TRIED)
    assert not await notices.note_notice("g1", Notice.MENTION, Notice.MENTION_TRIED)
    assert await owed(stores) == ["g1"]
    await notices.end_notices({"g1": Notice.TOLD, "unknown": Notice.TOLD})
    await notices.end_notices({"g1": Notice.REFUSED})
    assert await owed(stores) == []
    assert rows(tmp_path / "bot.db", "SELECT notice FROM generations") == [("told",)]
    await notices.end_notices({})


async def test_forgetting_takes_preferences_and_leaves_nobody_to_tell(stores: Stores, tmp_path: Path) -> None:
    await stores.preferences.keep(LIKED)
    await stores.preferences.keep(replace(LIKED, user_id=MEMBER + 1))
    await shown(stores, await over(stores, "done", 2, Notice.DM), 2)
    await over(stores, "open", 3, Notice.MENTION)
    assert await stores.privacy.forget(MEMBER, GUILD, later(9)) == (1, 1)
    assert await stores.preferences.of(MEMBER) == MemberPreferences(MEMBER)
    assert await stores.preferences.of(MEMBER + 1) == replace(LIKED, user_id=MEMBER + 1)
    assert rows(tmp_path / "bot.db", "SELECT DISTINCT notice FROM generations") == [(None,)]
    assert not await stores.notices.note_notice("done", Notice.DM, Notice.DM_TRIED)


async def test_the_file_for_a_member_holds_their_preferences(stores: Stores) -> None:
    assert (await stores.privacy.export(MEMBER, GUILD))["preferences"] == []
    await stores.preferences.keep(LIKED)
    kept = (await stores.privacy.export(MEMBER, GUILD))["preferences"]
    assert kept == [
        {
            "user_id": str(MEMBER),
            "notify": "dm",
            "model": "ray-v1",
            "duration": 9,
            "resolution": "1080p",
            "expand_prompt": False,
            "suffix": ", 35 mm film",
            "language": "es",
            "changed_at": NOW.isoformat(),
        }
    ]
    assert (await stores.privacy.export(MEMBER + 1, GUILD))["preferences"] == []
