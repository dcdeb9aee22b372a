"""The exported page, opened in a real browser: nothing runs, nothing leaves."""

from __future__ import annotations

import pytest

from jupyter_sessions.exports.page import HtmlPage
from tests.exports.hostile import TEXTS
from tests.exports.test_hostile import written


@pytest.fixture
def opened(browser, tmp_path):
    """Open markup as a file; note what it asks for, and what it runs."""
    context = browser.new_context()

    def open_file(markup):
        path = tmp_path / "page.html"
        path.write_text(markup, "utf-8")
        page = context.new_page()
        page.asked, page.ran = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("dialog", lambda dialog: (page.ran.append(dialog.message), dialog.dismiss()))
        page.goto(path.as_uri())
        page.wait_for_load_state("networkidle")
        return page

    yield open_file
    context.close()


def test_a_hostile_page_runs_nothing_and_asks_for_nothing(opened, tmp_path):
    page = opened(written(HtmlPage, "\n\n".join(TEXTS[:-1])))
    outside = [url for url in page.asked if not url.startswith(("file:", "data:"))]
    assert (outside, page.ran) == ([], [])
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    for link in page.locator("article a[href]").all():
        assert link.get_attribute("rel") == "noopener noreferrer"
        assert link.get_attribute("href").split(":")[0] in ("http", "https", "mailto")
    assert page.locator("img").count() == 1
    assert page.evaluate("document.querySelector('img').naturalWidth") == 1
    assert page.locator("script, iframe, svg, form, object, style").count() == 1
    outside = [url for url in page.asked if not url.startswith(("file:", "data:"))]
    assert (outside, page.ran) == ([], [])


def test_the_check_would_notice(opened):
    page = opened("<script>alert(1)</script><img src='http://attacker.invalid/x.png'>")
    assert page.ran == ["1"]
    assert "http://attacker.invalid/x.png" in page.asked
