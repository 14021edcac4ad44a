"""The HTML report as a reader meets it: in a browser, by mouse, by keyboard, in the dark, on a telephone."""

import csv
from io import StringIO

import pytest
from report.sample_document import HOSTILE

from duonen_stats.displays.content import plain
from duonen_stats.report.exports import table_csv

pytestmark = pytest.mark.worked

CONTRAST = """(() => {
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const worst = [];
  for (const e of document.querySelectorAll("body *:not(svg *):not(script)")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility({ opacityProperty: true }) || e.closest(".unseen")) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) worst.push([ratio.toFixed(2), e.tagName, e.className, e.textContent.slice(0, 30)]);
  }
  return worst;
})()"""


def text(tab, selector):
    return tab.evaluate(f"document.querySelector({selector!r}).textContent.trim()")


def facts(tab):
    """Return the provenance panel as a mapping."""
    return tab.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#panel dt')]"
        ".map(dt => [dt.textContent, dt.nextElementSibling.textContent]))"
    )


def hidden(tab, selector):
    return tab.evaluate(f"document.querySelector({selector!r}).hidden")


def saved(tab, selector):
    """Click a button and return what it would have saved: name and content."""
    return tab.evaluate(
        "(async () => { let blob, name;"
        "const url = URL.createObjectURL, click = HTMLAnchorElement.prototype.click;"
        "URL.createObjectURL = (b) => { blob = b; return url(b); };"
        "HTMLAnchorElement.prototype.click = function () { name = this.download; };"
        f"document.querySelector({selector!r}).click();"
        "URL.createObjectURL = url; HTMLAnchorElement.prototype.click = click;"
        "return [name, await blob.text()]; })()"
    )


def test_it_asks_for_nothing_and_complains_of_nothing(tab, report_file):
    tab.evaluate("document.querySelector('#t1 td .num').click()")
    tab.evaluate("document.querySelector('#f1 details').open = true")
    assert tab.requests() == [report_file.as_uri()]
    assert tab.complaints() == []
    assert tab.evaluate("typeof window.broken") == "undefined"


def test_even_the_policy_forbids_requests_and_scripts(tab):
    tab.evaluate(
        "Object.assign(document.body.appendChild(document.createElement('img')), {src: 'https://example.org/x'})"
    )
    tab.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p id=x onclick=\"window.broken = 1\">x</p>')"
    )
    tab.evaluate("document.querySelector('#x').click()")
    assert tab.evaluate("typeof window.broken") == "undefined"
    assert any("Content Security Policy" in said for said in tab.complaints())


def test_a_click_on_a_number_shows_where_it_comes_from(tab, document):
    tab.evaluate("document.querySelector('#t4 td .num').click()")
    row = document.results.row("t4/HGB/T1/A/median")
    found = facts(tab)
    assert not hidden(tab, "#panel")
    assert float(found["Value"]) == row.stat
    assert (found["Analysis"], found["n"]) == ("t4/HGB/T1/A/median", "14")
    assert (found["Variable"], found["Group"]) == ("HGB: T1", "A")
    assert found["Method"] == row.method
    assert text(tab, "#panel .shown-as") == f"{row.stat:.2f}"


def test_a_number_that_is_not_there_has_a_note(tab):
    tab.evaluate("document.querySelector('[data-ard=\"summary/gap\"]').click()")
    assert facts(tab)["Value"] == "not estimable"
    assert facts(tab)["Note"] == "Fewer than 3 patients."


def test_a_number_in_a_figure_can_be_clicked_and_leads_to_its_other_places(tab):
    tab.evaluate(
        "document.querySelector('#f1 .paper [data-ard] *')"
        ".dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    assert facts(tab)["Analysis"] == "f1/A"
    tab.evaluate("document.querySelector('[data-ard=\"t1/n\"]').click()")
    assert text(tab, "#panel .places") == "Also shown in Table 4"


def test_there_are_few_tab_stops_and_arrows_go_on(tab):
    numbers = tab.evaluate("document.querySelectorAll('.num').length")
    stops = tab.evaluate("document.querySelectorAll('.num[tabindex]').length")
    assert numbers > 800
    assert stops < 20
    tab.evaluate("document.querySelector('#t1 caption .num').focus()")
    walked = []
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp"):
        tab.press(key)
        walked.append(tab.evaluate("document.activeElement.dataset.ard"))
    assert walked == [
        "t1/n/A",
        "t1/n/B",
        "t1/age/Median/B/median",
        "t1/age/Mean ±/B/median",
        "t1/age/Mean ±/B/q1",
        "t1/age/Mean ±/B/median",
        "t1/age/Median/B/median",
    ]
    assert tab.evaluate("document.querySelectorAll('#t1 table .num[tabindex]').length") == 1


def test_the_panel_works_by_keyboard(tab):
    tab.evaluate("document.querySelector('#t1 caption .num').focus()")
    tab.press("Enter", code=13)
    assert tab.evaluate("document.activeElement.id") == "panel"
    assert facts(tab)["Analysis"] == "t1/n"
    tab.press("Escape", code=27)
    assert hidden(tab, "#panel")
    assert tab.evaluate("document.activeElement.dataset.ard") == "t1/n"


def test_the_first_tab_stop_skips_to_the_report(tab):
    tab.press("Tab", code=9)
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.press("Enter", code=13)
    assert tab.evaluate("document.activeElement.id") == "content"


def test_keys_go_from_display_to_display(tab):
    at = []
    tab.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    for key in ("PageDown", "PageDown", "PageDown", "PageUp"):
        tab.press(key, alt=True)
        at.append(tab.evaluate("document.activeElement.closest('.display').id"))
    assert at == ["t1", "f1", "t4", "f1"]


def test_the_navigation_follows(tab):
    tab.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    tab.evaluate("document.querySelector('#t4').scrollIntoView()")
    tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert tab.evaluate("document.querySelector('nav [aria-current]').hash") == "#t4"


def test_words_are_found_wherever_they_stand_with_or_without_accents(tab):
    tab.evaluate("document.querySelector('#search').value = 'lodz'")
    tab.evaluate("document.querySelector('#search').dispatchEvent(new Event('input'))")
    left = "[...document.querySelectorAll('nav li:not([hidden]) a')].map(a => a.hash)"
    assert tab.evaluate(left) == ["#findings"]
    assert text(tab, ".found").startswith("1 of ")
    tab.evaluate("document.querySelector('#search').value = ''")
    tab.evaluate("document.querySelector('#search').dispatchEvent(new Event('input'))")
    assert len(tab.evaluate(left)) > 10


def test_listings_are_sorted_and_filtered(tab, document):
    listing = next(block for block in document.sections[-1].blocks if block.key == "discontinued")
    dates = sorted(row[2] for row in listing.rows)
    first = "document.querySelector('#discontinued tbody tr:not([hidden])').cells[2].textContent"
    tab.evaluate("document.querySelectorAll('#discontinued th button')[2].click()")
    assert tab.evaluate(first) == dates[0]
    tab.evaluate("document.querySelectorAll('#discontinued th button')[2].click()")
    assert tab.evaluate(first) == dates[-1]
    assert tab.evaluate("document.querySelectorAll('#discontinued th')[2].ariaSort") == "descending"
    tab.evaluate("document.querySelector('#discontinued .filter input').value = 'withdrawal 2023-07'")
    tab.evaluate("document.querySelector('#discontinued .filter input').dispatchEvent(new Event('input'))")
    count = tab.evaluate("document.querySelectorAll('#discontinued tbody tr:not([hidden])').length")
    assert 0 < count < 24
    assert text(tab, "#discontinued [role=status]") == f"{count} of 70 rows"


@pytest.mark.parametrize("key", ["t1", "t4"])
def test_a_table_is_saved_as_the_program_writes_it(tab, document, key):
    produced = next(shown for shown in document.displays() if shown.key == key)
    name, content = saved(tab, f"#{key} [data-csv=table]")
    assert name == f"{key}.csv"
    assert content.encode() == table_csv(produced)


def test_a_listing_is_saved_without_formulas(tab):
    _, content = saved(tab, "#findings [data-csv=table]")
    rows = list(csv.reader(StringIO(content)))
    assert rows[6][2] == f"'{HOSTILE[5]}"
    assert [row[2] for row in rows[1:6]] == list(HOSTILE[:5])


def test_the_rows_of_a_display_are_saved_from_the_results_table(tab, document):
    _, content = saved(tab, "#t1 [data-csv=results]")
    rows = list(csv.DictReader(StringIO(content)))
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


def test_a_figure_is_saved_as_a_drawing_that_stands_alone(tab):
    name, content = saved(tab, "#f1 [data-csv=svg]")
    assert name == "f1.svg"
    assert content.startswith("<svg xmlns=")
    assert "<script" not in content


@pytest.mark.parametrize("dark", [False, True])
def test_every_word_has_enough_contrast(tab, dark):
    tab.window(1400, 900, dark=dark)
    tab.evaluate("document.querySelector('#t1 td .num').click()")
    tab.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert tab.evaluate(CONTRAST) == []


def test_light_and_dark_can_be_changed(tab):
    ground = "getComputedStyle(document.body).backgroundColor"
    light = tab.evaluate(ground)
    tab.evaluate("document.querySelector('.theme').click()")
    assert tab.evaluate(ground) != light
    assert tab.evaluate("document.querySelector('.theme').ariaPressed") == "true"
    tab.evaluate("document.querySelector('.theme').click()")
    assert tab.evaluate(ground) == light


def test_a_telephone_scrolls_tables_not_the_page(tab):
    tab.window(390, 844)
    tab.evaluate("new Promise(done => setTimeout(done, 100))")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.evaluate("document.querySelector('#t4 .scroll').tabIndex") == 0
    assert tab.evaluate("document.querySelector('nav').checkVisibility()") is False
    tab.evaluate("document.querySelector('.menu').click()")
    assert tab.evaluate("document.querySelector('nav').checkVisibility()") is True
    tab.press("Escape", code=27)
    assert tab.evaluate("document.querySelector('nav').checkVisibility()") is False


def test_a_reader_who_wants_no_motion_gets_none(tab):
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert tab.evaluate(behaviour) == "smooth"
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    assert tab.evaluate(behaviour) == "auto"


def test_the_mark_stays_in_sight(tab):
    tab.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    tab.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = tab.evaluate("document.querySelector('.banner').getBoundingClientRect().toJSON()")
    assert box["top"] == 0
    assert box["height"] > 20


def test_what_can_be_operated_has_a_name(tab):
    nameless = tab.evaluate(
        "[...document.querySelectorAll('button, a, input, summary')]"
        ".filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map(e => e.outerHTML)"
    )
    assert nameless == []


def test_on_paper_there_is_only_the_report(tab):
    tab.window(1000, 1400, media="print")
    seen = "['nav', '.bar', '.actions', '.filter'].filter(s => document.querySelector(s).checkVisibility())"
    assert tab.evaluate(seen) == []
    assert (
        tab.evaluate("getComputedStyle(document.querySelector('#t4 thead')).display") == "table-header-group"
    )
    assert tab.evaluate("document.querySelector('.banner').checkVisibility()")


def test_every_cell_reads_as_it_was_made(tab, document):
    shown = next(shown for shown in document.displays() if shown.key == "t4")
    cells = tab.evaluate("[...document.querySelectorAll('#t4 tbody td')].map(td => td.innerText)")
    assert cells == [
        plain(cell) for row in shown.content.rows if row.kind == "body" for cell in row.cells[1:]
    ]
