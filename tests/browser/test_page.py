"""The demo as a visitor meets it: in a browser, from the first look to a video that plays."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.visitor import NARROW, WIDE, Visitor

FOX = "A red fox trots through fresh snow"


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Path, Path]:
    """A sunrise and a night."""
    paths = tmp_path / "sunrise.png", tmp_path / "night.png"
    for path, colour in zip(paths, ((240, 170, 90), (20, 30, 80)), strict=True):
        Image.new("RGB", (960, 540), colour).save(path)
    return paths


def test_somebody_who_arrives_finds_a_welcome_and_a_finished_video_in_two_parts(visitor: Visitor) -> None:
    welcome = visitor.cards.filter(has_text="make-believe Discord")
    expect(welcome).to_be_in_viewport()
    for hint in ("/generate", "/image-to-video", "/extend", "Extend", "forbidden"):
        expect(welcome).to_contain_text(hint)
    first = visitor.card("A lighthouse in a storm, waves breaking over the rocks")
    second = visitor.card("The storm passes and the sun comes out")
    for card in (first, second):
        visitor.sees(card, "Completed")
        expect(card).to_contain_text("Asked by @bob")
        expect(card.locator("video")).to_be_attached()
    expect(second).to_contain_text("part 2")
    visitor.shoot("1-arrival")
    visitor.shoot_chain(first, second)


def test_a_command_becomes_a_video_that_plays_in_the_page(visitor: Visitor) -> None:
    """Nothing is pressed between the command and the finished video: the message changes by itself."""
    visitor.begin("generate")
    visitor.option("prompt").fill(FOX)
    visitor.shoot("2-typed")
    visitor.resize(*NARROW)
    expect(visitor.page.locator(".command-context")).to_contain_text("It costs 1 credit.")
    expect(visitor.page.locator("#send-message")).to_be_in_viewport(ratio=1)
    visitor.resize(*WIDE)
    visitor.send()
    card = visitor.card(FOX)
    for number, state in enumerate(("Waiting", "Queued", "Dreaming", "Completed"), 3):
        visitor.sees(card, state)
        visitor.shoot(f"{number}-{state.lower()}", card)
    visitor.play(card)
    visitor.has_watched(card)
    visitor.shoot("7-watched", card)
    expect(card).to_contain_text(re.compile(r"Asked by @ann · 1 credit · took \d+ s · done \d+ seconds ago"))


def test_extend_asks_what_happens_next_and_the_next_part_follows(visitor: Visitor) -> None:
    first = visitor.card("A lighthouse in a storm, waves breaking over the rocks")
    field = visitor.press_extend(first)
    expect(field).to_have_value("A lighthouse in a storm, waves breaking over the rocks")
    field.fill("A rainbow stands over the lighthouse")
    visitor.shoot("8-extend")
    visitor.submit()
    card = visitor.card("A rainbow stands over the lighthouse")
    visitor.sees(card, "Queued")
    visitor.hurry()
    visitor.sees(card, "Completed")
    expect(card).to_contain_text("part 2")
    visitor.shoot("9-extended", card)


def test_pictures_are_attached_and_the_video_starts_and_ends_with_them(
    visitor: Visitor, pictures: tuple[Path, Path]
) -> None:
    visitor.begin("image-to-video")
    visitor.option("prompt").fill("The day goes by over the bay")
    visitor.attach("image", pictures[0])
    visitor.add("end_image")
    visitor.attach("end_image", pictures[1])
    visitor.shoot("10-pictures")
    visitor.send()
    card = visitor.card("The day goes by over the bay")
    visitor.sees(card, "Queued")
    visitor.hurry()
    visitor.sees(card, "Completed")
    expect(card).to_contain_text("first and last frame")
    assert _colour(visitor, 0)[0] > 200
    assert _colour(visitor, 4.9)[0] < 60
    visitor.shoot("11-from-pictures", card)


def test_a_video_is_picked_from_the_list_of_ones_own(visitor: Visitor) -> None:
    visitor.view_as("bob")
    visitor.begin("extend")
    visitor.page.keyboard.type("light storm")
    choices = visitor.page.locator(".command-popup [role=option]")
    expect(choices).to_have_count(1)
    expect(choices).to_contain_text("A lighthouse in a storm, waves breaking over the rocks")
    visitor.shoot("12-list")
    visitor.page.keyboard.press("Enter")
    visitor.option("prompt").fill("Ships come home")
    visitor.send()
    card = visitor.card("Ships come home")
    visitor.sees(card, "Queued")
    expect(card).to_contain_text("part 2")
    expect(card).to_contain_text("Asked by @bob")


def test_a_refusal_is_for_one_pair_of_eyes_and_a_failure_costs_nothing(visitor: Visitor) -> None:
    card = visitor.generate("A forbidden castle in the clouds")
    visitor.begin("generate")
    visitor.option("prompt").fill("hi")
    visitor.send()
    expect(visitor.newest).to_contain_text("Only you can see this")
    expect(visitor.newest).to_contain_text("Nothing was sent and nothing was charged.")
    visitor.shoot("13-refused", visitor.newest)
    visitor.sees(card, "Failed")
    expect(card).to_contain_text("It cost you nothing.")
    visitor.shoot("14-failed", card)


def test_a_moderator_sets_a_limit_that_a_member_meets_and_raises_it(visitor: Visitor) -> None:
    """Bob has made the two videos that stand in the channel from the start."""
    prompt = "A kite over the dunes"
    said = limit_bob(visitor, 2)
    expect(said).to_contain_text("The limit of @bob is now 2 credits a month (before: no limit).")
    expect(said).to_contain_text(
        re.compile(r"Own limit: \d of 2 credits used this month, 0 left\. Starts over in \d+ ")
    )
    visitor.shoot("16-limit-set", said)

    visitor.view_as("bob")
    visitor.begin("generate")
    visitor.option("prompt").fill(prompt)
    said = visitor.whispered()
    expect(said).to_contain_text("This takes 1 credit, and your own limit of 2 credits a month has nothing left")
    expect(said).to_contain_text("Nothing was sent and nothing was charged.")
    expect(said).to_contain_text(re.compile(r"The limit starts over in \d+ \w+; before that, a moderator can raise it"))
    visitor.shoot("17-limit-met", said)
    expect(visitor.card(prompt)).to_have_count(0)

    expect(limit_bob(visitor, 90)).to_contain_text("is now 90 credits a month (before: 2 credits a month).")

    visitor.view_as("bob")
    visitor.begin("balance")
    said = visitor.whispered()
    expect(said).to_contain_text(re.compile(r"Own limit: \d of 90 credits used this month, 8\d left\."))
    visitor.shoot("18-balance", said)
    card = visitor.generate(prompt)
    visitor.sees(card, "Queued")
    visitor.hurry()
    visitor.sees(card, "Completed")
    expect(card).to_contain_text("Asked by @bob · 1 credit")
    visitor.shoot("19-limit-raised", card)


def limit_bob(visitor: Visitor, credits_: int) -> Locator:
    """As the moderator; what the moderator is told."""
    visitor.view_as("mo")
    visitor.begin("quota set")
    visitor.choose("scope", "one member")
    visitor.option("credits").fill(str(credits_))
    visitor.choose("period", "month")
    visitor.add("member")
    visitor.choose_member("member", "bob")
    visitor.shoot("15-quota-set")
    return visitor.whispered()


def test_nothing_is_lost_and_no_press_fails_while_the_bot_changes_its_messages(visitor: Visitor) -> None:
    """A message goes through all its states while somebody watches a video, types, writes in a window and presses."""
    moving = visitor.generate("Clouds race over the hills")
    first = visitor.card("A lighthouse in a storm, waves breaking over the rocks")
    visitor.play(first)
    visitor.begin("generate")
    visitor.option("prompt").press_sequentially("Half a sen")
    visitor.sees(moving, "Queued")
    expect(visitor.option("prompt")).to_have_value("Half a sen")
    expect(visitor.option("prompt")).to_be_focused()
    visitor.page.get_by_role("button", name="Exit command mode").click()
    field = visitor.press_extend(first)
    field.fill("Half a thou")
    visitor.sees(moving, "Dreaming")
    expect(field).to_have_value("Half a thou")
    visitor.cancel()
    while "●\u00a0Dreaming" in moving.inner_text():
        visitor.press_extend(first)
        visitor.cancel()
    visitor.sees(moving, "Completed")
    visitor.has_watched(first)
    assert visitor.settlements() == {"settled"}


def _colour(visitor: Visitor, second: float) -> tuple[int, int, int]:
    """The colour in the middle of the last film in the page."""
    red, green, blue = visitor.cards.locator("video").last.evaluate(
        """async (video, second) => {
            await new Promise(seeked => { video.onseeked = seeked; video.currentTime = second; });
            const canvas = new OffscreenCanvas(1, 1), pen = canvas.getContext("2d");
            pen.drawImage(video, video.videoWidth / 2, video.videoHeight / 3, 1, 1, 0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data];
        }""",
        second,
    )[:3]
    return red, green, blue
