"""What stands under a result, in a browser: a failure is tried again, a remix changes it, and More tells the rest."""

import re

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

FIRST = "A lighthouse in a storm, waves breaking over the rocks"


def test_a_failure_is_tried_again_and_a_remix_makes_it_well(visitor: Visitor) -> None:
    prompt = "A forbidden garden behind a wall"
    failed = visitor.generate(prompt)
    visitor.sees(failed, "Queued")
    visitor.hurry("failed")
    visitor.sees(failed, "Failed")
    expect(failed).to_contain_text("✕ Failed")
    failed.get_by_role("button", name="Try again").click()
    both = visitor.card(prompt)
    expect(both).to_have_count(2)
    visitor.sees(both.last, "Queued")
    visitor.hurry("failed")
    visitor.sees(both.last, "Failed")
    visitor.shoot("20-tried-again", both.last)

    both.last.get_by_role("button", name="Remix").click()
    window = visitor.page.locator(".modal-dialog")
    field = window.locator("textarea")
    expect(field).to_have_value(prompt)
    for label in ("Model", "Duration", "Resolution", "Camera"):
        expect(window).to_contain_text(label)
    visitor.shoot("21-remix")
    field.fill("An open garden behind a wall")
    visitor.submit()
    remixed = visitor.card("An open garden behind a wall")
    visitor.sees(remixed, "Queued")
    visitor.hurry()
    visitor.sees(remixed, "Completed")
    visitor.shoot("22-remixed", remixed)


def test_again_makes_the_same_in_the_name_of_whoever_presses(visitor: Visitor) -> None:
    cards = visitor.card(FIRST)
    cards.first.get_by_role("button", name="Again").click()
    expect(cards).to_have_count(2)
    visitor.sees(cards.last, "Queued")
    visitor.hurry()
    visitor.sees(cards.last, "Completed")
    expect(cards.last).to_contain_text("Asked by @ann")
    expect(cards.first).to_contain_text("Asked by @bob")


def test_more_tells_the_details_and_renews_the_link(visitor: Visitor) -> None:
    visitor.card(FIRST).first.get_by_role("button", name="More").click()
    expect(visitor.newest).to_contain_text("Only you can see this")
    expect(visitor.newest).to_contain_text(f"/generate prompt:{FIRST}")
    visitor.shoot("23-more", visitor.newest)
    visitor.newest.get_by_role("button", name="Refresh link").click()
    expect(visitor.newest).to_contain_text("link")
    expect(visitor.newest).not_to_contain_text("Details")


def test_the_camera_is_chosen_from_a_list_and_stands_on_the_card(visitor: Visitor) -> None:
    prompt = "A tree on a hill"
    visitor.begin("generate")
    visitor.option("prompt").fill(prompt)
    visitor.add("camera")
    visitor.choose("camera", "orbit left")
    visitor.send()
    card = visitor.card(prompt)
    expect(card).to_contain_text("Camera: orbit left")
    visitor.sees(card, "Queued")
    visitor.hurry()
    visitor.sees(card, "Completed")
    visitor.shoot("24-camera", card)


def test_history_is_paged_and_what_is_picked_in_it_is_shown_again(visitor: Visitor) -> None:
    """Bob's two first videos are the oldest: with seven more they stand on two pages."""
    visitor.view_as("bob")
    for number in range(1, 8):
        visitor.generate(f"A forbidden tower with {number} doors")
    first = visitor.card(FIRST).first.get_attribute("data-message-id")
    visitor.begin("history")
    page = visitor.whispered()
    expect(page).to_contain_text("A forbidden tower with 7 doors")
    expect(page).not_to_contain_text(FIRST)
    visitor.shoot("25-history", page)
    page.get_by_role("button", name="Older").click()
    expect(page).to_contain_text(FIRST)
    expect(page).not_to_contain_text("A forbidden tower with 7 doors")
    expect(page.get_by_role("button", name="Older")).to_be_disabled()
    expect(page.get_by_role("link", name="go to it").last).to_have_attribute("href", re.compile(rf"/{first}$"))

    visitor.pick(page, FIRST)
    expect(page.locator("blockquote")).to_have_text(FIRST)
    for label in ("Extend", "Again", "Remix", "More"):
        expect(page.get_by_role("button", name=label)).to_be_enabled()
    visitor.shoot("26-picked", page)
    page.get_by_role("button", name="Show here").click()
    shown = visitor.newest
    expect(shown).to_contain_text("Shown again by @bob")
    expect(shown.locator("video")).to_be_attached()
    page.get_by_role("button", name="Newer").click()
    expect(page).to_contain_text("A forbidden tower with 7 doors")
