"""One headless Chromium, that of the system, and a fresh page with the sample report for each browser test."""

import shutil

import pytest
from document.sample_document import sample_document, sample_svgs
from playwright.sync_api import sync_playwright

from duonen_stats.document.html import render_html

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def chromium():
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def document():
    return sample_document()


@pytest.fixture(scope="session")
def report_file(document, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render_html(document, sample_svgs(document)), encoding="utf-8")
    return path


class Heard:
    """What a page logged, threw or refused by its policy, and the address of everything it asked for."""

    def __init__(self, page) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def forget(self) -> None:
        self.complaints.clear()
        self.requests.clear()


@pytest.fixture(scope="session")
def tab(chromium):
    """One tab for all tests: to make one takes longer than a test."""
    page = chromium.new_page()
    return page, Heard(page)


@pytest.fixture
def page(tab, report_file):
    """Return the report freshly loaded in a window of ordinary size."""
    page, heard = tab
    page.set_viewport_size({"width": 1400, "height": 900})
    page.emulate_media(media="screen", color_scheme="light", reduced_motion="no-preference")
    heard.forget()
    page.goto(report_file.as_uri())
    # The page marks where the reader is in the next frame.
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")
    return page


@pytest.fixture
def heard(tab):
    return tab[1]
