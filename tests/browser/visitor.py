"""Somebody who uses the demo's page with a keyboard and a mouse."""

import json
import re
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

WIDE, NARROW = (1300, 1000), (400, 900)
PATIENCE_MS = 20_000
"""Longer than a video takes at the demo's pace on a slow machine."""


class Visitor:
    """What a person does, and what they see. `complaints` is what the browser's console had to say.

    `shots` is the folder for the pictures; without one, none are taken.
    """

    def __init__(self, page: Page, shots: Path | None) -> None:
        self.page = page
        self.shots = shots
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def resize(self, width: int, height: int) -> None:
        """Make the window that large, and wait until the page has taken it in."""
        self.page.set_viewport_size({"width": width, "height": height})
        self._wait_until(
            """() => {
                const state = window.simcordPreview, stage = document.querySelector("#preview-stage");
                return state.ready && state.presentation?.host.width === stage.clientWidth;
            }"""
        )

    def arrive(self, address: str) -> None:
        self.page.goto(address)
        expect(self.newest).to_be_visible(timeout=PATIENCE_MS)
        self.resize(*WIDE)

    def begin_anew(self) -> None:
        """Be ann, whom the page shows at first, and hold nothing against the page that was said before."""
        self.complaints.clear()
        self.resize(*WIDE)
        self.view_as("ann")

    def view_as(self, name: str) -> None:
        """Look at the channel with somebody else's eyes."""
        self.page.get_by_label("Viewing as").select_option(label=name)
        self._wait_until("() => window.simcordPreview.ready")

    def _wait_until(self, condition: str) -> None:
        """Playwright's own `wait_for_function` is against the page's security policy."""
        deadline = time.monotonic() + PATIENCE_MS / 1_000
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, condition

    @property
    def cards(self) -> Locator:
        return self.page.locator("article.channel-message")

    @property
    def newest(self) -> Locator:
        return self.cards.last

    def card(self, prompt: str) -> Locator:
        """The message with this prompt."""
        return self.cards.filter(has=self.page.locator("blockquote", has_text=re.compile(f"^{re.escape(prompt)}$")))

    def begin(self, command: str) -> None:
        """Type a command's name, and pick it."""
        self.page.locator("#channel-composer-input").click()
        self.page.keyboard.type(f"/{command}")
        expect(self.page.locator(".command-popup [role=option]").first).to_contain_text(f"/{command}")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".command-chip")).to_have_text(f"/{command}")

    def option(self, name: str) -> Locator:
        return self.page.locator(f"input[data-option={name}]")

    def attach(self, name: str, picture: Path) -> None:
        self.option(name).set_input_files(picture)
        expect(self.page.locator(f".command-pill[data-option={name}]")).to_contain_text(picture.name)

    def choose(self, name: str, text: str) -> None:
        """Pick one of the values that an option offers."""
        self.option(name).click()
        self.page.locator(".command-popup [role=option]", has_text=text).click()

    def add(self, name: str) -> None:
        """Fill in an option that may be left out too."""
        self.page.get_by_role("button", name=re.compile(r"\+\d (more|options)")).click()
        label = self.page.get_by_text(name, exact=True)
        self.page.locator(".command-popup [role=option]").filter(has=label).click()

    def choose_member(self, name: str, member: str) -> None:
        """Pick somebody by typing their name."""
        self.option(name).press_sequentially(member)
        self.page.locator(".command-popup [role=option]", has_text=member).click()
        expect(self.page.locator(f".command-pill[data-option={name}]")).to_contain_text(f"@{member}")

    def whispered(self) -> Locator:
        """Send; the answer that is for this person alone."""
        before = self.newest.get_attribute("data-message-id")
        self.send()
        expect(self.newest).not_to_have_attribute("data-message-id", before or "")
        expect(self.newest).to_contain_text("Only you can see this")
        return self.page.locator(f'article[data-message-id="{self.newest.get_attribute("data-message-id")}"]')

    def send(self) -> None:
        self.page.locator("#send-message").click()
        expect(self.page.locator(".command-chip")).to_have_count(0)

    def generate(self, prompt: str) -> Locator:
        """Ask for a video; its message."""
        self.begin("generate")
        self.option("prompt").fill(prompt)
        self.send()
        card = self.card(prompt)
        expect(card).to_be_visible()
        return card

    def pick(self, message: Locator, text: str) -> None:
        """Pick an option of the list in a message."""
        message.locator(".select-trigger").click()
        self.page.locator("[role=listbox] [role=option]", has_text=text).click()

    def press_extend(self, card: Locator) -> Locator:
        """Press the button under a video; the field of the window that opens."""
        card.get_by_role("button", name="Extend").click()
        field = self.page.locator(".modal-dialog textarea")
        expect(field).to_be_visible()
        return field

    def submit(self) -> None:
        self.page.locator(".modal-dialog").get_by_role("button", name="Submit").click()
        expect(self.page.locator(".modal-dialog")).to_have_count(0)

    def cancel(self) -> None:
        self.page.locator(".modal-dialog").get_by_role("button", name="Cancel").click()
        expect(self.page.locator(".modal-dialog")).to_have_count(0)

    def settlements(self) -> set[str]:
        """How the page's last twenty actions ended."""
        return set(self.page.evaluate("() => window.simcordPreview.activity.map(action => action.settlement)"))

    def sees(self, card: Locator, state: str) -> None:
        """Wait until the message says so, without anything being pressed."""
        expect(card.locator("h3")).to_have_text(re.compile(rf"\s{state}\s*$"), timeout=PATIENCE_MS)

    def play(self, card: Locator) -> None:
        """Start the video in the page."""
        card.locator("video").evaluate("video => { video.onended = () => { video.dataset.ended = 'yes'; }; }")
        card.get_by_role("button", name=re.compile("^Play")).click()

    def has_watched(self, card: Locator) -> None:
        """Wait until the video that was started has played to its end, without a break."""
        expect(card.locator("video[data-ended=yes]")).to_be_attached(timeout=PATIENCE_MS)
        assert card.locator("video").evaluate("video => video.currentTime > 4.5 && video.videoWidth > 0")

    def hurry(self, state: str = "completed") -> None:
        """Let the relay be done at once with all that it has, where a test is not about its pace."""
        link = self.page.get_by_role("link", name="Open video").first.get_attribute("href") or ""
        relay = re.match(r"http://127\.0\.0\.1:\d+", link)
        assert relay
        request = urllib.request.Request(  # noqa: S310  # the sandbox on loopback
            f"{relay[0]}/_sandbox/tasks",
            json.dumps({"state": state}).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        urllib.request.urlopen(request).close()  # noqa: S310  # as above

    def shoot(self, name: str, card: Locator | None = None) -> None:
        """Keep what is seen, at both widths, as `NAME-wide.png` and `NAME-narrow.png`, where pictures are wanted."""
        if self.shots is None:
            return
        for kind, size in (("narrow", NARROW), ("wide", WIDE)):
            self.resize(*size)
            if card is not None:
                card.scroll_into_view_if_needed()
            self.page.screenshot(path=self.shots / f"{name}-{kind}.png")

    def shoot_chain(self, *cards: Locator) -> None:
        """The pictures of the README: videos that follow each other, each in its middle."""
        if self.shots is None:
            return
        for name, width, height in (("demo", 1300, 1400), ("demo-narrow", 400, 1330)):
            self.resize(width, height)
            self.page.mouse.move(width * 2 / 3, height / 2)
            self.page.mouse.wheel(0, -10 * height)
            self._wait_until("() => document.querySelector('#channel-timeline').scrollTop === 0")
            self.page.mouse.move(width / 2, height - 5)
            for card in cards:
                card.locator("video").evaluate(
                    """video => new Promise(painted => {
                        video.requestVideoFrameCallback(painted);
                        video.currentTime = 2.5 + Math.random() / 100;
                    })"""
                )
            self.page.screenshot(path=self.shots / f"{name}.png")
