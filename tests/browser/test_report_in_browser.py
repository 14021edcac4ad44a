"""The HTML report as a reader meets it: in a browser, by mouse, by keyboard, in the dark, on a telephone."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from browser_contrast import CONTRAST
from document.sample_document import HOSTILE, sample_svgs

from duonen_stats.design_report.answer_files import answer_document
from duonen_stats.design_report.question_inputs import summary_cut
from duonen_stats.design_report.reestimation_answers import reestimate_blinded_answer
from duonen_stats.displays.model.content import plain
from duonen_stats.document.html import render_html
from duonen_stats.formats.csv_files import table_csv
from duonen_stats.study import load_study

pytestmark = pytest.mark.browser


def text(page, selector):
    return page.text_content(selector).strip()


def facts(page):
    """Return the provenance panel as a mapping."""
    names = page.locator("#panel dt").all_text_contents()
    return dict(zip(names, page.locator("#panel dt + dd").all_text_contents(), strict=True))


def focused(page, property_name):
    return page.evaluate(f"document.activeElement.{property_name}")


def seen(page, selector):
    """Whether an element is laid out, in the window or not."""
    return page.locator(selector).first.evaluate("element => element.checkVisibility()")


def saved(page, selector):
    """Click a button and return what it saves: name and content."""
    with page.expect_download() as download:
        page.locator(selector).evaluate("element => element.click()")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes().decode()


def scroll_at_once(page):
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")


def test_it_asks_for_nothing_and_complains_of_nothing(page, report_file, heard):
    page.click("#t1 td .num")
    page.locator("#f1 details").first.evaluate("part => { part.open = true; }")
    assert heard.requests == [report_file.as_uri()]
    assert heard.complaints == []
    assert page.evaluate("typeof window.broken") == "undefined"


def test_even_the_policy_forbids_requests_and_scripts(page, heard):
    page.evaluate(
        "Object.assign(document.body.appendChild(document.createElement('img')), {src: 'https://example.org/x'})"
    )
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p id=x onclick=\"window.broken = 1\">x</p>')"
    )
    page.click("#x")
    assert page.evaluate("typeof window.broken") == "undefined"
    assert any("Content Security Policy" in said for said in heard.complaints)


def test_a_click_on_a_number_shows_where_it_comes_from(page, document):
    page.click("#t4 td .num")
    row = document.results.row("t4/HGB/T1/A/median")
    found = facts(page)
    assert page.is_visible("#panel")
    assert float(found["Value"]) == row.stat
    assert (found["Analysis"], found["n"]) == ("t4/HGB/T1/A/median", "14")
    assert (found["Variable"], found["Group"]) == ("HGB: T1", "A")
    assert found["Method"] == row.method
    assert text(page, "#panel .shown-as") == f"{row.stat:.2f}"


def decided_file(document, tmp_path, **changes):
    """Write a report whose first number of Table 4 depends on two decisions."""
    decisions = {
        "t4/HGB/T1/A/median": ("quantile_type", "rmst_months"),
        "t4/HGB/T1/B/median": ("quantile_type",),
    }
    plan = {"quantile_type": ("6", "definition 6 (SPSS HAVERAGE)"), "rmst_months": ("60", "<months>")}
    decided = replace(document, decisions=decisions, plan=plan, **changes)
    path = tmp_path / "decided.html"
    path.write_text(render_html(decided, sample_svgs(decided)), encoding="utf-8")
    return path


def test_the_panel_gives_the_calls_and_the_decisions_of_the_plan(page, document, tmp_path):
    page.goto(decided_file(document, tmp_path).as_uri())
    page.click('[data-ard="t4/HGB/T1/A/median"]')
    found = facts(page)
    assert (
        found["Call in R"] == "kruskal.test; coin for Monte Carlo"
    )  # the method of every number of the sample
    assert found["Call in SPSS"] == "NPAR TESTS K-W"
    listed = page.locator("#panel dd li").all_text_contents()
    assert listed == ["quantile_type = 6 definition 6 (SPSS HAVERAGE)", "rmst_months = 60 <months>"]
    assert [*found].index("Decisions of the plan") > [*found].index("Call in SPSS")
    page.click('[data-ard="t4/HGB/T1/B/median"]')
    assert page.locator("#panel dd li").count() == 1
    page.click('[data-ard="t4/HGB/T1/C/median"]')
    assert "Decisions of the plan" not in facts(page)


def test_the_panel_speaks_polish(page, document, tmp_path):
    page.goto(decided_file(document, tmp_path, language="pl").as_uri())
    page.click('[data-ard="t4/HGB/T1/A/median"]')
    assert facts(page)["Wywołanie w R"].startswith("kruskal.test")
    words = page.locator("#panel dd li span")
    assert words.all_text_contents() == ["definicja 6 (SPSS HAVERAGE)", "<months>"]
    assert [one.get_attribute("lang") for one in words.all()] == ["pl", "en"]


def test_a_number_that_is_not_there_has_a_note(page):
    page.click("[data-ard='summary/gap']")
    assert facts(page)["Value"] == "not estimable"
    assert facts(page)["Note"] == "Fewer than 3 patients."


def test_a_number_in_a_figure_can_be_clicked_and_leads_to_its_other_places(page):
    page.locator("#f1 .paper [data-ard] *").first.dispatch_event("click")
    assert facts(page)["Analysis"] == "f1/A"
    page.locator("[data-ard='t1/n']").first.dispatch_event("click")
    assert text(page, "#panel .places") == "Also shown in Table 4"


def shown_tip(page):
    return page.locator(".tip").text_content() if page.is_visible(".tip") else ""


def middle(page, place):
    """Return where a point of arm A is in the window."""
    box = page.locator("#f1 [data-points=A] use").nth(place).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_point_says_its_patient_by_mouse(page, heard):
    page.locator("#f1 .paper").scroll_into_view_if_needed()
    scroll_at_once(page)
    page.mouse.move(*middle(page, 3))
    assert shown_tip(page).startswith("A-003Activity (GBq): 7.3")
    assert HOSTILE[0] in shown_tip(page)
    assert page.locator("#f1 .pointed").count() == 1
    page.mouse.move(2, 400)
    assert shown_tip(page) == ""
    assert heard.complaints == []


def test_points_are_gone_through_by_keyboard(page):
    paper = page.locator("#f1 .paper")
    assert (paper.get_attribute("tabindex"), paper.get_attribute("role")) == ("0", "group")
    page.locator("#f1 .paper").evaluate("paper => paper.focus({focusVisible: true})")
    first = shown_tip(page)
    assert first.startswith("A-")
    page.keyboard.press("ArrowRight")
    second = shown_tip(page)
    assert second.startswith("A-")
    assert second != first
    page.keyboard.press("ArrowLeft")
    assert shown_tip(page) == first
    page.keyboard.press("ArrowLeft")  # the first of all stays
    assert shown_tip(page) == first
    page.keyboard.press("Escape")
    assert shown_tip(page) == ""


def test_a_tap_near_a_point_says_its_patient(chromium, report_file):
    telephone = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    try:
        page = telephone.new_page()
        page.goto(report_file.as_uri())
        scroll_at_once(page)
        page.locator("#f1 .paper").scroll_into_view_if_needed()
        page.touchscreen.tap(*middle(page, 5))
        assert "Activity (GBq)" in shown_tip(page)
        box = page.locator(".tip").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    finally:
        telephone.close()


def test_there_are_few_tab_stops_and_arrows_go_on(page):
    assert page.locator(".num").count() > 800
    assert page.locator(".num[tabindex]").count() < 20
    page.focus("#t1 caption .num")
    walked = []
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        walked.append(focused(page, "dataset.ard"))
    assert walked == [
        "t1/n/A",
        "t1/n/B",
        "t1/age/Median/B/median",
        "t1/age/Mean ±/B/median",
        "t1/age/Mean ±/B/q1",
        "t1/age/Mean ±/B/median",
        "t1/age/Median/B/median",
    ]
    assert page.locator("#t1 table .num[tabindex]").count() == 1


def test_the_panel_works_by_keyboard(page):
    page.focus("#t1 caption .num")
    page.keyboard.press("Enter")
    assert focused(page, "id") == "panel"
    assert facts(page)["Analysis"] == "t1/n"
    page.keyboard.press("Escape")
    assert page.is_hidden("#panel")
    assert focused(page, "dataset.ard") == "t1/n"


def test_the_first_tab_stop_skips_to_the_report(page):
    page.keyboard.press("Tab")
    assert focused(page, "className") == "skip"
    page.keyboard.press("Enter")
    assert focused(page, "id") == "content"


def test_keys_go_from_display_to_display(page):
    at = []
    scroll_at_once(page)
    for key in ("PageDown", "PageDown", "PageDown", "PageUp"):
        page.keyboard.press(f"Alt+{key}")
        at.append(focused(page, "closest('.display').id"))
    assert at == ["t1", "f1", "t4", "f1"]


def test_the_navigation_follows(page):
    scroll_at_once(page)
    page.evaluate("document.querySelector('#t4').scrollIntoView()")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.get_attribute("nav [aria-current]", "href") == "#t4"


def test_words_are_found_wherever_they_stand_with_or_without_accents(page):
    page.fill("#search", "lodz")
    left = "[...document.querySelectorAll('nav li:not([hidden]) a')].map(a => a.hash)"
    assert page.evaluate(left) == ["#findings"]
    assert text(page, ".found").startswith("1 of ")
    page.fill("#search", "")
    assert len(page.evaluate(left)) > 10


def test_listings_are_sorted_and_filtered(page, document):
    listing = next(block for block in document.sections[-1].blocks if block.key == "discontinued")
    dates = sorted(row[2] for row in listing.rows)
    left = page.locator("#discontinued tbody tr:not([hidden])")
    first = left.first.locator("td").nth(2)
    by_date = page.locator("#discontinued th button").nth(2)
    by_date.click()
    assert first.text_content() == dates[0]
    by_date.click()
    assert first.text_content() == dates[-1]
    assert page.locator("#discontinued th").nth(2).get_attribute("aria-sort") == "descending"
    page.fill("#discontinued .filter input", "withdrawal 2023-07")
    count = left.count()
    assert 0 < count < 24
    assert text(page, "#discontinued [role=status]") == f"{count} of 70 rows"


@pytest.mark.parametrize("key", ["t1", "t4"])
def test_a_table_is_saved_as_the_program_writes_it(page, document, key):
    produced = next(shown for shown in document.displays() if shown.key == key)
    name, content = saved(page, f"#{key} [data-csv=table]")
    assert name == f"{key}.csv"
    assert content.encode() == table_csv(produced)


def test_a_listing_is_saved_without_formulas(page):
    _, content = saved(page, "#findings [data-csv=table]")
    rows = list(csv.reader(StringIO(content, newline="")))
    assert rows[6][2] == f"'{HOSTILE[5]}"
    assert [row[2] for row in rows[1:6]] == list(HOSTILE[:5])


def test_the_rows_of_a_display_are_saved_from_the_results_table(page, document):
    _, content = saved(page, "#t1 [data-csv=results]")
    rows = list(csv.DictReader(StringIO(content, newline="")))
    shown = next(shown for shown in document.displays() if shown.key == "t1")
    ids = {
        part.id
        for row in shown.content.rows
        for cell in row.cells
        for part in cell
        if not isinstance(part, str)
    }
    found = {row["analysis_id"]: row for row in rows}
    assert ids <= set(found)
    assert all(float(row["stat"]) == document.results.value(key) for key, row in found.items())


def test_a_figure_is_saved_as_a_drawing_that_stands_alone(page):
    name, content = saved(page, "#f1 [data-csv=svg]")
    assert name == "f1.svg"
    assert content.startswith("<svg xmlns=")
    assert "<script" not in content


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_has_enough_contrast(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.click("#t1 td .num")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert page.evaluate(CONTRAST) == []


def test_light_and_dark_can_be_changed(page):
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click(".theme")
    assert page.evaluate(ground) != light
    assert page.get_attribute(".theme", "aria-pressed") == "true"
    page.click(".theme")
    assert page.evaluate(ground) == light


def test_a_telephone_scrolls_tables_not_the_page(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.querySelector('#t4 .scroll').tabIndex === 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('#t4 .scroll').tabIndex") == 0
    assert not seen(page, "nav")
    page.click(".menu")
    assert seen(page, "nav")
    page.keyboard.press("Escape")
    assert not seen(page, "nav")


def test_a_reader_who_wants_no_motion_gets_none(page):
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(behaviour) == "smooth"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(behaviour) == "auto"


def test_the_mark_stays_in_sight(page):
    scroll_at_once(page)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = page.locator(".banner").bounding_box()
    assert box["y"] == 0
    assert box["height"] > 20


def test_what_can_be_operated_has_a_name(page):
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, a, input, summary')]"
        ".filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map(e => e.outerHTML)"
    )
    assert nameless == []


def test_on_paper_there_is_only_the_report(page):
    page.emulate_media(media="print")
    assert [part for part in ("nav", ".bar", ".actions", ".filter") if seen(page, part)] == []
    assert (
        page.evaluate("getComputedStyle(document.querySelector('#t4 thead')).display") == "table-header-group"
    )
    assert seen(page, ".banner")


def test_every_cell_reads_as_it_was_made(page, document):
    shown = next(shown for shown in document.displays() if shown.key == "t4")
    assert page.locator("#t4 tbody td").all_inner_texts() == [
        plain(cell) for row in shown.content.rows if row.kind == "body" for cell in row.cells[1:]
    ]


def test_the_result_of_an_answer_wraps_on_a_telephone(tab, tmp_path):
    answer = reestimate_blinded_answer(
        summary_cut(entered=60, events=15, cut_month=36.0), hazard_ratio=0.5, planned_patients=92,
        allocation_ratio=3.0, end_months=120.0, method="schoenfeld",
    )  # fmt: skip
    path = tmp_path / "answer.html"
    document = answer_document(answer, load_study(), "0")
    path.write_text(render_html(document, sample_svgs(document)), encoding="utf-8")
    page, _ = tab
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path.as_uri())
    width = page.locator("#facts .scroll").evaluate("box => [box.scrollWidth, box.clientWidth]")
    assert width[0] <= width[1] <= 360
    # Numbers stay whole: no cell breaks one over two lines.
    broken = page.locator("#facts .num").evaluate_all(
        "all => all.filter(one => one.getClientRects().length > 1).length"
    )
    assert broken == 0
