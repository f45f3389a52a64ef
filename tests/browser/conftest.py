"""A real server with the default models, and a real Chromium. Nothing here is a fake."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.face import FacePage
from tests.serving import Server, serving

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SOUND = "--autoplay-policy=no-user-gesture-required"


@pytest.fixture(scope="package")
def server(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that is ready to answer, for all tests that leave nothing in it but visitors who came and went.

    It takes four of them, however few this machine was measured to carry.
    """
    folder = tmp_path_factory.mktemp("server")
    settings = folder / "four.toml"
    settings.write_text("[loop]\ncapacity = 4\n")
    with serving(folder / "log.txt", config=settings) as running:
        yield running


@pytest.fixture(scope="module")
def server_apart(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same with a home of its own: what it keeps (presenters, jobs, recordings) is the test's alone."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models / "models")
    (home / "four.toml").write_text("[loop]\ncapacity = 4\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALKING_HEAD_HOME", str(home))
        with serving(home / "log.txt", config=home / "four.toml") as running:
            yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium; without one the browser tests are skipped and say what to install."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: install it (Debian: apt-get install chromium) to run the browser tests")
    return found


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    # Not longer than the browser tests: Playwright's loop must not run while other tests use their own.
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Chromium that may play sound at once."""
    running = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, SOUND])
    yield running
    running.close()


@pytest.fixture(autouse=True)
def nobody_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test, passed or failed, no page is open and the server has no visitor: the next test finds the place free.

    Tests that share a page over a module (``demo``) keep it. The first thing to look at when a test fails is in its report.
    """
    yield
    shared = {"browser", "server"} & set(request.fixturenames) and "demo" not in request.fixturenames
    if not shared:
        return
    if "browser" in request.fixturenames:
        for context in request.getfixturevalue("browser").contexts:
            context.close()
    if "server" in request.fixturenames:
        server: Server = request.getfixturevalue("server")
        until(lambda: server.call("/healthz")[1]["sessions"] == 0, "the server has visitors although every page is closed")


def until(true: Callable[[], bool], otherwise: str, patience_s: float = 90.0) -> None:
    """Wait for a state, not for a time. Fails with ``otherwise`` when it does not come."""
    end = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > end:
            pytest.fail(otherwise)
        time.sleep(0.1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put what the server and the page say beside a failure."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        server, face = item.funcargs.get("server") or item.funcargs.get("site", (None,))[-1], item.funcargs.get("face")
        if isinstance(server, Server):
            try:
                health = str(server.call("/healthz"))
            except OSError as error:
                health = f"does not answer: {error}"
            report.sections.append(("server", f"{health}\n{server.log.read_text(errors='replace')[-3000:]}"))
        if isinstance(face, FacePage):
            report.sections.append(("page", face.described()))
    return report


@pytest.fixture
def face(browser: Browser, server: Server) -> Iterator[FacePage]:
    """The page, with a live face."""
    page = FacePage.open(browser, server.url)
    yield page
    page.leave()
