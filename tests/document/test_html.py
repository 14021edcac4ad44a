"""The HTML report: self-contained, traceable, and indifferent to what stands in the data."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from document.sample_document import HOSTILE, sample_document, sample_svgs

from duonen_stats.document.content_model import Slider, Sliders
from duonen_stats.document.html import render_html
from duonen_stats.errors import DuonenError
from duonen_stats.results.rows.table import RESULT_COLUMNS


class Page(HTMLParser):
    """Every element with its attributes, and the text of those that are asked for."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.text, self._open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append((len(self.elements) - 1, []))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def document():
    return sample_document()


@pytest.fixture(scope="module")
def html(document):
    return render_html(document, sample_svgs(document))


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def embedded(html):
    return json.loads(
        re.search(r'<script type="application/json" id="results">(.*?)</script>', html, re.DOTALL)[1]
    )


def test_same_document_same_bytes(document, html):
    assert render_html(document, sample_svgs(document)) == html


@pytest.mark.parametrize("language", ["en", "pl"])
def test_it_has_the_form_that_html_validate_recommends(document, language):
    html = render_html(replace(document, language=language), sample_svgs(document))
    assert html.startswith("<!DOCTYPE html>\n")
    pages = re.sub(r"<(script|style|pre)\b.*?</\1>", "", html, flags=re.DOTALL)
    assert '<p class="origin">' in pages
    title = re.search("<title>(.*)</title>", html)[1]
    assert len(title) <= len(document.title) + 40  # 70 for a report in English
    assert "SIMULATED" in title
    assert not re.findall(r".*[ \t]$", pages, re.MULTILINE)


def test_the_policy_lets_in_this_style_and_this_script_only(html):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)[1]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        bodies = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert len(bodies) == 1
        digest = base64.b64encode(hashlib.sha256(bodies[0].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy


def test_nothing_is_fetched_from_anywhere(html, page):
    addresses = [value for _, attributes in page.elements for name, value in attributes.items()
                 if name in {"src", "href", "data", "action", "srcset", "poster"}]  # fmt: skip
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_hostile_texts_stay_texts(html, page):
    assert len(page.of("script")) == 3  # results, their sources, the program
    assert not page.of("img")
    assert not [
        a for _, attributes in page.elements for a in attributes if a.startswith("on") or a == "style"
    ]
    text = "".join(page.text)
    for hostile in HOSTILE:
        assert hostile in text
    assert "{{ 7 * 7 }}" in text
    assert "</script><script>window" not in html


def test_every_number_shown_can_be_traced(document, html, page):
    shown = [attributes["data-ard"] for _, attributes in page.elements if "data-ard" in attributes]
    wanted = [number.id for number in document.numbers()]
    assert set(shown) == set(wanted)
    assert len(shown) >= len(wanted)
    assert set(wanted) <= set(embedded(html)["analysis_id"])


def test_the_results_table_inside_is_the_results_table(document, html):
    packed = embedded(html)
    assert tuple(packed) == RESULT_COLUMNS
    for name, column in packed.items():
        values = (
            column if isinstance(column, list) else [column["texts"][place] for place in column["places"]]
        )
        assert values == [getattr(row, name) for row in document.results]


def test_ids_are_unique_and_links_lead_somewhere(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["href"][1:] for attributes in page.of("a")} <= set(ids)


def test_no_header_is_without_words(html):
    assert not re.findall(r"<th\b[^>]*>\s*</th>", html)


def test_the_mark_stands_only_on_simulated_data(document, html):
    # In a landmark of its own, so that a screen reader meets it among the parts of the page.
    assert '<section class="banner" aria-label="Mark of the report"><strong>SIMULATED DATA' in html
    assert "<title>SIMULATED DATA" in html
    real = replace(document, simulated=False, cut_line="Data cut 2024-03-31")
    plain = render_html(real, sample_svgs(real))
    assert 'class="banner"' not in plain
    assert '<body class="simulated">' not in plain


def test_tables_say_what_heads_what(html, page):
    cells = page.of("th")
    assert all(attributes.get("scope") for attributes in cells)
    assert {"col", "colgroup", "row", "rowgroup"} <= {attributes["scope"] for attributes in cells}
    assert len(page.of("caption")) == len(page.of("table"))
    assert re.search(r'<th scope="colgroup" class="center" colspan="2">Arm A</th>', html)
    assert re.search(r'<th scope="rowgroup" class="left indent-0" colspan="6">Age, years</th>', html)


def test_a_missing_number_says_why(html):
    assert '<span class="num" data-ard="summary/gap" title="Fewer than 3 patients.">–</span>' in html


def test_figures_can_be_read_without_being_seen(page):
    drawings = page.of("svg")
    assert [a["aria-label"] for a in drawings][1] == "Two intervals"
    assert HOSTILE[0] in drawings[0]["aria-label"]
    assert all(attributes["role"] == "img" for attributes in drawings)
    assert len(page.of("details")) == 2


def test_an_empty_listing_says_so(html):
    assert re.search(r'id="deviations".*?<p class="none">None\.</p>', html, re.DOTALL)


def test_a_figure_without_a_drawing_is_an_error(document):
    with pytest.raises(DuonenError, match="Figure 1 has no drawing"):
        render_html(document, {})


def test_what_a_second_engine_says_of_a_number_is_beside_it(document):
    first, second = [row for row in document.results if row.stat is not None][:2]
    said = {first.analysis_id: ("confirmed by pandas 2", first.stat), second.analysis_id: ("explained", 0.25)}
    checked = replace(document, checks=said)
    page = render_html(checked, sample_svgs(checked))
    packed = json.loads(re.search(r'<script[^>]*id="results"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    words = packed["check"]
    texts = dict(
        zip(packed["analysis_id"], (words["texts"][place] for place in words["places"]), strict=True)
    )
    seconds = dict(zip(packed["analysis_id"], packed["second"], strict=True))
    assert (texts[first.analysis_id], texts[second.analysis_id]) == ("confirmed by pandas 2", "explained")
    assert (seconds[first.analysis_id], seconds[second.analysis_id]) == (True, 0.25)
    assert sum(text != "" for text in texts.values()) == len(said)


def test_sliders_are_hidden_until_their_script_runs_and_let_nothing_out(document):
    hostile = " ".join(HOSTILE)
    slider = Slider(key="size", label=hostile, unit="", values=(1.0, 2.0), start=2.0)
    panel = Sliders(
        key="panel", title="Sliders", words=((hostile,),), notes=(hostile,), sliders=(slider,),
        formulas=(("one", hostile, hostile),), results=(), constants={"name": hostile},
    )  # fmt: skip
    last = replace(document.sections[-1], sliders=panel)
    with_sliders = replace(document, sections=(*document.sections[:-1], last))
    html = render_html(with_sliders, sample_svgs(with_sliders))
    assert re.search(r'<section class="sliders script-only" id="panel"[^>]* hidden>', html)
    settings = re.search(
        r'<script type="application/json" id="slider-settings">(.*?)</script>', html, re.DOTALL
    )[1]
    assert "<" not in settings
    assert json.loads(settings)["panels"]["panel"]["constants"] == {"name": hostile}
    assert hostile not in html
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html
    assert "slider-settings" in script
    assert "slider-settings" not in render_html(document, sample_svgs(document))


def test_the_panel_says_which_records_a_number_is_of(document):
    number = next(document.numbers())
    records = {number.id: ("ADSL", 'SAFFL = "Y" and <x>')}
    page = render_html(replace(document, records=records), sample_svgs(document))
    packed = embedded(page)
    place = packed["analysis_id"].index(number.id)
    said = {name: packed[name]["texts"][packed[name]["places"][place]] for name in ("dataset", "filter")}
    assert said == {"dataset": "ADSL", "filter": 'SAFFL = "Y" and <x>'}
    others = {
        packed["dataset"]["texts"][one] for i, one in enumerate(packed["dataset"]["places"]) if i != place
    }
    assert others == {""}
    assert "duonen records REPORT" in page
    assert "dataset" not in embedded(render_html(document, sample_svgs(document)))


def test_the_panel_refers_to_calls_and_decisions_that_stand_once(document):
    number = next(document.numbers())
    other = next(one for one in document.numbers() if one.id != number.id)
    decided = replace(
        document,
        decisions={number.id: ("alpha", "firth"), other.id: ("alpha",)},
        plan={"alpha": ("0.05", "<level>"), "firth": ("fallback", "")},
    )
    page = render_html(decided, sample_svgs(document))
    said = sources_of(page)
    places = dict(zip(embedded(page)["analysis_id"], said["of"], strict=True))
    assert said["kinds"][places[number.id]][1] == ["alpha", "firth"]
    assert said["kinds"][places[other.id]][1] == ["alpha"]
    assert said["plan"] == {"alpha": ["0.05", "<level>", "en"], "firth": ["fallback", "", "en"]}
    row = next(
        row for row in document.results if row.method.startswith("Kruskal") and row.analysis_id in places
    )
    calls = [said["procedures"][one] for one in said["kinds"][places[row.analysis_id]][0]]
    assert "`" not in json.dumps(said["procedures"])
    assert calls == [["kruskal.test; coin for Monte Carlo", "NPAR TESTS K-W"]]
    assert page.count("kruskal.test") == 1


def test_the_words_of_a_decision_are_in_the_language_or_marked_as_english(document):
    number = next(document.numbers())
    plan = {
        "confidence": ("0.95", ""),
        "alpha": ("0.05", "a riddle"),
        "firth": ("x", "Wilcoxon's signed-rank test"),
    }
    polish = replace(document, language="pl", plan=plan, decisions={number.id: tuple(plan)})
    page = render_html(polish, sample_svgs(document))
    said = sources_of(page)["plan"]
    assert said["alpha"] == ["0.05", "a riddle", "en"]
    assert said["firth"][2] == "pl"
    assert "Wilcoxon's" not in said["firth"][1]
    assert "Decyzje planu" in page


def sources_of(page):
    return json.loads(re.search(r'<script[^>]*id="sources"[^>]*>(.*?)</script>', page, re.DOTALL)[1])


def test_the_patients_of_points_are_in_the_page_and_not_in_the_drawing(document):
    drawn = sample_svgs(document)
    page = render_html(document, drawn)
    held = sources_of(page)["points"]
    assert [*held] == ["f1"]
    groups = {mark: patients for mark, _, patients in held["f1"]["groups"]}
    assert {mark: len(patients) for mark, patients in groups.items()} == dict(
        zip("ABCD", (16, 16, 15, 14), strict=True)
    )
    svg = drawn["f1"]
    for mark in groups:
        assert f'data-points="{mark}"' in page
        assert f'id="points:{mark}"' in svg
    assert "A-000" in page
    assert "A-000" not in svg


def test_of_very_many_points_some_have_no_words(document, monkeypatch):
    monkeypatch.setattr("duonen_stats.document.html.MANY_POINTS", 20)
    held = sources_of(render_html(document, sample_svgs(document)))["points"]["f1"]
    assert held["every"] == 4  # of 61 points
    assert sum(len(patients) for _, _, patients in held["groups"]) == 16
    assert [one[0] for one in held["groups"][0][2]] == ["A-000", "A-004", "A-008", "A-012"]
