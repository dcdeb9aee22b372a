"""Key results on the screen: cards, charts, the tab, promoting from a notebook, what is stale."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.test_conversation import HOSTILE, open_session, send

NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook"
SCORES = """```python
import pandas as pd

scores = pd.DataFrame({
    "model": ["Gradient boosting", "Logistic regression", "Random forest"],
    "mean AUC": [0.8612, 0.8453, 0.8437],
    "sd": [0.0061, 0.0066, 0.007],
})
scores
```
"""


@pytest.fixture
def results(lab, project, session):
    """What the server has of the session's key results."""
    path = f"projects/{project['id']}/sessions/{session['id']}/key-results"
    return lambda: lab.api("GET", path)["items"]


EVIL = [
    "<img src=https://evil.example/a.png onerror='window.hacked=11'>",
    "<script>window.hacked=12</script>",
    "'];window.hacked=13;//",
    "datum['x'] || window.hacked=14",
    "https://evil.example/b.png",
    "javascript:window.hacked=15",
]
HOSTILE_TABLE = f"""```python
import pandas as pd

evil = {EVIL!r}
frame = pd.DataFrame({{name: [len(name), 2, 3] for name in evil[:2]}})
frame["image"] = evil[:3]
frame["url"] = evil[3:]
frame["a.b[0]"] = [1.5, 2.5, 3.5]
frame
```
/promote last {EVIL[0]}"""


@pytest.fixture
def change(lab, project, session):
    """Change a key result from outside of the browser."""

    def patch(result, **values):
        path = f"projects/{project['id']}/sessions/{session['id']}/key-results/{result['id']}"
        return lab.api("PATCH", path, values)

    return patch


def card(page, title):
    return page.get_by_role("article", name=re.compile(rf"^Key result \d+: {re.escape(title)}$"))


def more(part, title, item):
    card(part, title).get_by_role("button", name="More about this key result").click()
    part.page.get_by_role("menuitem", name=item).click()


def promote_scores(page):
    log = open_session(page, "First look")
    send(page, f"{SCORES}/promote last Boosting gains 0.016 AUC")
    expect(card(log, "Boosting gains 0.016 AUC")).to_be_visible()
    return card(log, "Boosting gains 0.016 AUC")


@pytest.mark.alone
def test_a_promoted_table_is_a_card_and_becomes_a_chart(page, lab, results):
    shown = promote_scores(page)
    rows = shown.get_by_role("row")
    expect(rows).to_have_count(4)
    expect(rows.nth(3)).to_have_text("Random forest0.84370.0070")
    expect(shown.get_by_role("columnheader", name="sd")).to_have_css("text-align", "right")

    more(page.get_by_role("log"), "Boosting gains 0.016 AUC", "Edit…")
    form = shown.get_by_role("form")
    form.get_by_label("Title").fill("AUC by model")
    form.get_by_label("Description").fill("Boosting **wins**.")
    form.get_by_label("Chart", exact=True).select_option("Bars")
    form.get_by_role("button", name="Save").click()
    shown = card(page, "AUC by model")
    expect(shown.locator("strong")).to_have_text("wins")
    figure = shown.get_by_role("figure", name="AUC by model. Bar chart: mean AUC by model, 3 rows.")
    expect(figure.locator("svg")).to_be_visible()
    expect(figure.get_by_text("Logistic regression", exact=True)).to_be_visible()
    expect(figure.get_by_text("0.0", exact=True)).to_be_visible()  # bars stand on zero

    shown.get_by_role("button", name="Table").click()
    expect(shown.get_by_role("table")).to_be_visible()
    lab.until(lambda: results()[0]["view"] == "table")
    chart = {"type": "bar", "x": "model", "y": "mean AUC", "color": None}
    assert results()[0]["chart"] == chart
    page.reload()
    expect(card(page, "AUC by model").get_by_role("button", name="Table")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert page.errors == []


def test_editing_says_what_is_wrong(page, results):
    shown = promote_scores(page)
    more(page.get_by_role("log"), "Boosting gains 0.016 AUC", "Edit…")
    form = shown.get_by_role("form")
    save = form.get_by_role("button", name="Save")
    form.get_by_label("Title").fill("  ")
    expect(save).to_be_disabled()
    expect(form.get_by_text("A title is needed.")).to_be_visible()
    form.get_by_label("Title").fill("Scores")
    form.get_by_label("Chart", exact=True).select_option("Bars")
    form.get_by_label("Measures").select_option("Choose…")
    expect(form.get_by_text("Choose what the chart measures.")).to_be_visible()
    form.get_by_label("Chart", exact=True).select_option("Histogram")
    form.get_by_label("Of").select_option("model")
    save.click()
    expect(form.get_by_role("alert")).to_contain_text("A histogram needs numbers")
    form.get_by_label("Title").press("Escape")
    expect(form).to_have_count(0)
    assert results()[0]["title"] == "Boosting gains 0.016 AUC"


def test_it_is_stale_within_a_second_of_the_save_and_is_run_again(page, lab, project, results):
    shown = promote_scores(page)
    editor = page.locator(f"{NOTEBOOK} .jp-Cell").nth(3).locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(".round(2)")
    expect(shown.get_by_text("Stale.")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    expect(shown.get_by_text("The cell has been changed since.")).to_be_visible()
    shown.get_by_role("button", name="Run again").click()
    log = page.get_by_role("log")
    again = log.get_by_role("article", name=re.compile("^Key result 2: Boosting gains"))
    expect(again.get_by_role("row").nth(1)).to_contain_text("0.86")
    assert [each["stale"] for each in results()] == [True, False]


def test_the_origin_scrolls_the_notebook_or_offers_to_open_it(page, session):
    shown = promote_scores(page)
    expect(
        shown.get_by_text(re.compile(r"^From cell \[\d+\] · explore\.ipynb · \d\d:\d\d$"))
    ).to_be_visible()
    shown.get_by_role("button", name=re.compile(r"^cell \[\d+\]$")).click()
    active = page.locator(f"{NOTEBOOK} .jp-Cell.jp-mod-active")
    expect(active.locator(".jp-InputPrompt").first).to_have_text(re.compile(r"\[\d+\]:"))
    page.get_by_role("tab", name="explore.ipynb").locator(".lm-TabBar-tabCloseIcon").click()
    expect(page.locator(".jp-NotebookPanel")).to_have_count(0)
    shown.get_by_role("button", name=re.compile(r"^cell \[\d+\]$")).click()
    page.get_by_role("menuitem", name="Open explore.ipynb").click()
    expect(page.locator(f"{NOTEBOOK} .jp-Cell").first).to_be_visible()


def test_the_tab_lists_them_exports_csv_and_removes(page, results):
    promote_scores(page)
    page.get_by_role("button", name="1 key result", exact=True).click()
    pane = page.get_by_role("feed", name="Key results")
    expect(pane.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("tab", name="Key results · First look")).to_be_visible()
    with page.expect_download() as download:
        more(pane, "Boosting gains 0.016 AUC", "Export CSV")
    assert download.value.suggested_filename == "Boosting-gains-0-016-AUC.csv"
    lines = download.value.path().read_text().splitlines()
    assert lines[:2] == ["model,mean AUC,sd", "Gradient boosting,0.8612,0.0061"]

    more(pane, "Boosting gains 0.016 AUC", "Remove…")
    page.locator(".jp-Dialog").get_by_role("button", name="Remove").click()
    expect(pane.get_by_text("No key results yet.")).to_be_visible()
    assert results() == []
    page.get_by_role("tab", name="First look", exact=True).click()
    expect(
        page.get_by_role("log").get_by_text(re.compile("“Boosting gains.*was removed"))
    ).to_be_visible()


def test_an_output_is_promoted_from_the_cells_toolbar(page, results):
    # JupyterLab hides the toolbar of a cell where it would cover the cell's text.
    page.set_viewport_size({"width": 1700, "height": 868})
    open_session(page, "First look")
    cells = page.locator(f"{NOTEBOOK} .jp-Cell")
    button = cells.nth(1).get_by_role("button", name=re.compile("^Promote what this cell shows"))
    cells.nth(1).locator(".jp-InputPrompt").click()
    expect(button).to_be_disabled()
    page.keyboard.press("Control+Enter")
    expect(cells.nth(1).locator(".jp-OutputArea")).to_contain_text("progression")
    expect(button).to_be_enabled()
    button.click()
    page.get_by_role("button", name="Show", exact=True).click()
    pane = page.get_by_role("feed", name="Key results")
    expect(pane.get_by_role("article").get_by_role("columnheader", name="bmi")).to_be_visible()
    expect(pane.get_by_text("promoted by you")).to_be_visible()
    [result] = results()
    assert (result["created_by"], result["origin"]["cell_id"]) == ("user", "load")


def test_a_large_table_stays_small_in_the_page(page, session):
    log = open_session(page, "First look")
    send(
        page,
        "```python\nimport pandas as pd\npd.DataFrame({'n': range(9000)})\n```\n/promote last Many",
    )
    shown = card(log, "Many")
    expect(shown.get_by_text("8,990 more rows")).to_be_visible()
    shown.get_by_role("button", name="Show more").click()
    table = shown.get_by_role("region", name="Table of Many")
    table.evaluate("node => { node.scrollTop = node.scrollHeight }")
    expect(table.get_by_text("8999", exact=True)).to_be_visible()
    assert table.get_by_role("row").count() < 80


def test_hostile_titles_columns_and_values_run_nothing_and_call_nobody(
    open_lab, lab, session, results, change
):
    page = open_lab(lab)  # with no notebook open: what that shows is JupyterLab's own affair
    page.get_by_role("tab", name="Chats").click()
    log = open_session(page, "First look")
    send(page, HOSTILE_TABLE)
    shown = log.get_by_role("article", name=re.compile("^Key result 1"))
    expect(shown.get_by_role("columnheader").nth(1)).to_have_text(EVIL[1])
    [result] = results()
    names = [column["name"] for column in result["columns"]]
    for kind, x, y in [
        ("bar", "image", names[0]), ("scatter", "url", "a.b[0]"), ("line", names[0], names[1]),
        ("area", names[1], "a.b[0]"), ("histogram", names[0], None),
    ]:  # fmt: skip
        color = "url" if kind != "line" else None
        chart = {"type": kind, "x": x, "y": y, "color": color}
        change(result, chart=chart, view="chart", description=HOSTILE)
        svg = shown.get_by_role("figure").locator("svg")
        expect(svg.get_by_text(x[:20]).first).to_be_visible()
        svg.hover()
    expect(shown.get_by_text("The end.")).to_be_visible()
    shown.get_by_role("button", name="More about this key result").click()
    page.get_by_role("menuitem", name="Edit…").click()
    expect(shown.get_by_label("Title")).to_have_value(EVIL[0])
    page.get_by_role("button", name="1 key result", exact=True).click()
    pane = page.get_by_role("feed", name="Key results")
    expect(pane.get_by_role("figure").locator("svg")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.outside == []
    assert log.or_(pane).locator("script, iframe, form[action], style, image, img").count() == 0


def test_a_card_fits_a_narrow_conversation(page, session, results):
    page.set_viewport_size({"width": 760, "height": 800})
    shown = promote_scores(page)
    expect(shown.get_by_role("table")).to_be_visible()
    assert shown.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
