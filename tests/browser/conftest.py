"""One headless Chromium and one page with the sample report for all browser tests."""

import pytest
from browser.devtools import Browser, find_chromium
from report.sample_document import sample_document, sample_svgs

from duonen_stats.report.html import render_html


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    browser = Browser(program, tmp_path_factory.mktemp("profile"))
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


@pytest.fixture
def tab(chromium, report_file):
    """Return the report freshly loaded in a window of ordinary size."""
    chromium.window(1400, 900)
    chromium.open(report_file)
    return chromium
