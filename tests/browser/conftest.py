"""A browser, the demo that it looks at, and a place for what it has seen."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ViewportSize, sync_playwright

from tests.browser.process import running
from tests.browser.visitor import WIDE, Visitor

SHOTS = Path(__file__).parents[2] / "build" / "shots"
WANTED = "SHOTS"
"""Set by `make shots`: then what is seen is kept step by step, which takes a fourth of the time. Else only a test that
fails leaves a picture."""
MUST_RUN = "BROWSER_TESTS"
"""Set to `required` in CI: there, a browser that is missing is an error."""
SIZE = ViewportSize(width=WIDE[0], height=WIDE[1])
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None and os.environ.get(MUST_RUN) == "required":
        pytest.fail(f"{MUST_RUN}=required, and there is no chromium on the PATH")
    if found is None:
        pytest.skip("there is no chromium on the PATH (Debian: apt-get install chromium)")
    return found


# A session's scope would be too long: while Playwright is open, its event loop runs in this thread, and no test of
# another file could have one of its own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[BrowserContext]:
    with tempfile.TemporaryDirectory(prefix="dreamreel-chromium-") as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium, headless=True, args=FLAGS, reduced_motion="reduce", viewport=SIZE
        )
        yield context
        context.close()


@pytest.fixture(scope="module")
def address(chromium: str) -> Iterator[str]:
    """One demo for all tests; each looks only at the messages that it has made."""
    with running() as demo:
        yield demo.url


@pytest.fixture(scope="module")
def arrived(browser: BrowserContext, address: str) -> Visitor:
    """One page for all tests of a module: it takes two seconds to load."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    visitor = Visitor(browser.new_page(), SHOTS if WANTED in os.environ else None)
    visitor.arrive(address)
    return visitor


@pytest.fixture
def visitor(arrived: Visitor, address: str, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Ann, before a wide window. After a test that failed the page is loaded anew."""
    arrived.begin_anew()
    failed = request.session.testsfailed
    yield arrived
    if request.session.testsfailed > failed:
        arrived.page.screenshot(path=SHOTS / f"failed-{request.node.name}.png")
        arrived.arrive(address)
    assert arrived.complaints == []
