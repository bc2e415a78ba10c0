"""The panel of `/preferences`: a list to pick from for each choice, changed where it stands, and one window for text.

Everything lives in custom ids, and whoever acts changes their own choices, so no restart and nobody else can harm.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import discord
from discord import SelectOption, ui

from bot.domain.errors import BadSetting
from bot.domain.preferences import MOST_SUFFIX, MemberPreferences, Notify, checked_suffix, on_offer
from bot.ui import preference_words as words
from bot.ui.extension import PROMPT_FIELD, typed
from bot.ui.language import Message, languages, own_name, said_in, speak, spoken
from bot.ui.pressing import Pressable
from bot.ui.price_tags import MOST, PriceTags
from bot.ui.reader import reader_language
from bot.ui.services import Services, services_of
from bot.ui.text import cut, fitted, one_line, quoted, utf16

SUFFIX_WINDOW = "dreamreel:suffix-modal"
"""The custom id of the window."""
AS_USUAL = "*"
"""The value that leaves a choice to the bot. No model, resolution or language is called so."""
MOST_OPTIONS = 25
"""Discord's limit on the options of one list."""

_BLURPLE = 0x5865F2
_YES, _NO = "yes", "no"
_SUFFIX_BYTES = 1_500
_SUFFIX_LINES = 12
_NAME_BYTES = 200


@dataclass(frozen=True, slots=True)
class _List:
    """What one list offers: (value, label), of which `chosen` is in force; `more` stands below it."""

    title: Message
    options: list[tuple[str, str]]
    chosen: str
    more: str = ""


Listed = Callable[[MemberPreferences, Services], _List]
Taken = Callable[[MemberPreferences, str], MemberPreferences]


def panel(preferences: MemberPreferences, services: Services) -> ui.LayoutView:
    """All choices as they are, in the language that is spoken. A fresh view, over before it is sent."""
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_BLURPLE)
    box.add_item(ui.TextDisplay(words.HEAD()))
    for field, (listed, _) in _LISTS.items():
        shown = listed(preferences, services)
        box.add_item(ui.TextDisplay("\n".join(filter(None, [f"**{shown.title()}**", shown.more]))))
        box.add_item(ui.ActionRow(PreferenceSelect(field, shown)))
    box.add_item(ui.TextDisplay(_suffix_text(preferences)))
    box.add_item(ui.ActionRow(*_suffix_buttons(preferences)))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    view.stop()
    return view


async def open_panel(interaction: discord.Interaction[Any]) -> None:
    """Show the panel to a member. Raises StoreError."""
    services = services_of(interaction)
    preferences = await services.preferences.of(interaction.user.id)
    await interaction.response.send_message(view=panel(preferences, services), ephemeral=True)


async def take_suffix(interaction: discord.Interaction[Any]) -> None:
    """Take the submitted window. Raises BadSetting and StoreError."""
    suffix = checked_suffix(typed(interaction))
    await _change(interaction, lambda now: replace(now, suffix=suffix))


async def _change(
    interaction: discord.Interaction[Any], step: Callable[[MemberPreferences], MemberPreferences]
) -> None:
    """Keep a change, and show the panel as it is now, in the language that is the member's now."""
    services = services_of(interaction)
    preferences = await services.preferences.change(interaction.user.id, step)
    speak(await reader_language(interaction))
    await interaction.response.edit_message(view=panel(preferences, services))


class PreferenceSelect(
    Pressable[ui.Select[ui.LayoutView]],
    template=r"dreamreel:prefer:(?P<field>notify|model|duration|resolution|expand_prompt|language)",
):
    """One list. Its name stands above it and in it, for those who hear it read."""

    def __init__(self, field: str, shown: _List | None = None) -> None:
        """Without `shown` it is only made to take what was picked."""
        shown = shown or _List(words.HEAD, [], AS_USUAL)
        super().__init__(
            ui.Select(
                custom_id=f"dreamreel:prefer:{field}",
                placeholder=cut(shown.title(), MOST, utf16),
                options=[
                    SelectOption(label=cut(label, MOST, utf16), value=value, default=value == shown.chosen)
                    for value, label in shown.options[:MOST_OPTIONS]
                ],
            )
        )
        self.field = field

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Keep what was picked, where it is still to be had."""
        services = services_of(interaction)
        listed, taken = _LISTS[self.field]
        picked = str(self.item.values[0])
        if picked not in dict(listed(MemberPreferences(interaction.user.id), services).options):
            raise BadSetting("preference", "not_offered")
        await _change(interaction, lambda now: taken(now, picked))


class SuffixButton(Pressable[ui.Button[ui.LayoutView]], template=r"dreamreel:suffix:(?P<act>edit|clear)"):
    """Opens the window for the text that follows each prompt, or takes that text away."""

    def __init__(self, act: str) -> None:
        label = words.CHANGE_SUFFIX if act == "edit" else words.CLEAR_SUFFIX
        super().__init__(
            ui.Button(label=label(), style=discord.ButtonStyle.secondary, custom_id=f"dreamreel:suffix:{act}")
        )
        self.act = act

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Ask for the text, or forget it."""
        if self.act == "clear":
            await _change(interaction, lambda now: replace(now, suffix=None))
            return
        preferences = await services_of(interaction).preferences.of(interaction.user.id)
        await interaction.response.send_modal(SuffixModal(preferences.suffix))


class SuffixModal(ui.Modal):
    """Asks for the text. It is only drawn: `bot.ui.buttons.taken` takes every submit."""

    def __init__(self, suffix: str | None) -> None:
        super().__init__(title=words.SUFFIX_TITLE(), custom_id=SUFFIX_WINDOW)
        field: ui.TextInput[Self] = ui.TextInput(
            custom_id=PROMPT_FIELD,
            style=discord.TextStyle.paragraph,
            default=suffix,
            required=False,
            max_length=MOST_SUFFIX,
        )
        self.add_item(ui.Label(text=words.SUFFIX_LABEL(), description=words.SUFFIX_HINT(), component=field))
        self.stop()


def _suffix_text(preferences: MemberPreferences) -> str:
    if preferences.suffix is None:
        return f"**{words.SUFFIX()}**\n{words.NO_SUFFIX()}"
    text = quoted(preferences.suffix, _SUFFIX_BYTES, _SUFFIX_LINES)
    return f"**{words.SUFFIX()}**\n{text}\n{words.SUFFIX_MORE()}"


def _suffix_buttons(preferences: MemberPreferences) -> list[SuffixButton]:
    return [SuffixButton("edit"), *([] if preferences.suffix is None else [SuffixButton("clear")])]


def _notify(preferences: MemberPreferences, _: Services) -> _List:
    options = [(str(each), said()) for each, said in words.NOTIFY_CHOICES.items()]
    return _List(words.NOTIFY, options, preferences.notify, words.NOTIFY_MORE())


def _model(preferences: MemberPreferences, services: Services) -> _List:
    names = {each: _said(name) for each, name in _tags(services).models().items()}
    return _of_offer(words.MODEL, names, preferences.model)


def _duration(preferences: MemberPreferences, services: Services) -> _List:
    names = {str(each): _said(name) for each, name in _tags(services).durations().items()}
    return _of_offer(words.DURATION, names, None if preferences.duration is None else str(preferences.duration))


def _resolution(preferences: MemberPreferences, services: Services) -> _List:
    names = {each: _said(name) for each, name in _tags(services).resolutions().items()}
    return _of_offer(words.RESOLUTION, names, preferences.resolution)


def _of_offer(title: Message, names: dict[str, str], preferred: str | None) -> _List:
    """The bot's own default first; then all that is on offer, but for that same one where the list is full."""
    usual, *others = names
    listed = [usual, *others] if len(names) < MOST_OPTIONS else others
    options = [(AS_USUAL, words.AS_USUAL(value=names[usual])), *((each, names[each]) for each in listed)]
    chosen = on_offer(preferred, tuple(names))
    gone = preferred is not None and chosen is None
    more = words.NOT_SOLD(value=fitted(one_line(preferred or ""), _NAME_BYTES)) if gone else ""
    return _List(title, options, chosen or AS_USUAL, more)


def _expand(preferences: MemberPreferences, services: Services) -> _List:
    usual = words.USUALLY_EXPANDED if services.expand_prompt else words.USUALLY_AS_WRITTEN
    options = [(AS_USUAL, usual()), (_YES, words.EXPAND_YES()), (_NO, words.EXPAND_NO())]
    chosen = {None: AS_USUAL, True: _YES, False: _NO}[preferences.expand_prompt]
    return _List(words.EXPAND, options, chosen)


def _language(preferences: MemberPreferences, _: Services) -> _List:
    options = [(AS_USUAL, words.AS_DISCORD()), *((each, own_name(each)) for each in languages())]
    return _List(words.LANGUAGE, options, preferences.language or AS_USUAL)


def _tags(services: Services) -> PriceTags:
    return PriceTags(services.prices, services.offer)


def _said(name: Any) -> str:
    """What Discord would be told of a choice, for this reader."""
    return said_in(name, spoken()) or str(name)


def _or_none(picked: str) -> str | None:
    return None if picked == AS_USUAL else picked


_LISTS: dict[str, tuple[Listed, Taken]] = {
    "notify": (_notify, lambda now, picked: replace(now, notify=Notify(picked))),
    "model": (_model, lambda now, picked: replace(now, model=_or_none(picked))),
    "duration": (_duration, lambda now, picked: replace(now, duration=None if picked == AS_USUAL else int(picked))),
    "resolution": (_resolution, lambda now, picked: replace(now, resolution=_or_none(picked))),
    "expand_prompt": (
        _expand,
        lambda now, picked: replace(now, expand_prompt={AS_USUAL: None, _YES: True, _NO: False}[picked]),
    ),
    "language": (_language, lambda now, picked: replace(now, language=_or_none(picked))),
}
"""The lists by the field that they change, in the order in which they stand: how each is shown, and what it changes."""
