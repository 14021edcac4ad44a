"""A report in Polish: every word has a term, decimal commas, ids and digits as they were, no dead terms."""

import ast
import math
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from document.language.reader_texts import texts, with_figures

import duonen_stats
from duonen_stats.datasets import accounting
from duonen_stats.displays.drawings.style import svg
from duonen_stats.displays.model.content import FigureContent, plain
from duonen_stats.displays.model.efficacy_words import NOT_REACHED
from duonen_stats.displays.model.format import decimal_comma
from duonen_stats.document.export.flow import frame_of
from duonen_stats.document.language.catalogue import Catalogue, load_catalogue
from duonen_stats.document.language.translation import (
    ENGLISH_MARK,
    Translation,
    is_english,
)
from duonen_stats.folder.provenance import software_versions
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import audit_publication
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.report import verify_report
from duonen_stats.report.compose import Analysed, compose, lay_out_all
from duonen_stats.report.kinds import kind_of
from duonen_stats.report.session import closed_datasets
from duonen_stats.report.verification_page import LATER, NOT_ASKED, Checked
from duonen_stats.results import Results, run_analysis
from duonen_stats.results.analyses.events.term_rates import TO_DATA_CUT
from duonen_stats.results.analyses.safety.event_rates import TO_END_OF_REPORTING
from duonen_stats.results.quality import analyse_quality
from duonen_stats.study.shipped_files import dictionary_path, templates_path
from duonen_stats.verification import coverage
from duonen_stats.verification.coverage import why_not
from duonen_stats.verification.recomputed.curves import EXACT_LIMITS, MIDPOINT
from duonen_stats.verification.second_numbers import AGREES, COLUMNS, DIFFERS, EXPLAINED, NOT_COVERED
from duonen_stats.verification.verdicts import Verification

pytestmark = pytest.mark.whole_report

DRAWN = {"figure_1", "figure_2", "figure_s31"}
"""Figures that are drawn here: bars, boxes with limits, and a forest of intervals with words on every side."""
EFFICACY = {"figure_e1", "figure_e4", "figure_e8"}
"""Of these, drawings with words of their own: the flow of patients, curves, and subgroups."""
IN_A_DRY_RUN = (
    "Kidney dose between arms: Kruskal–Wallis test, p = – (the routing of §2.6 would give p = –; routing of §2.6).",
    "– not estimable: There are no values; no patients whose status is known to count.",
    "no cycles after another one to count; no cycles given to count; no cycles after the first to count",
    "dose has one value only; dose, cycle: one value in all records",
)
"""What is put together when nothing can be estimated, as in a blinded dry run."""
IN_PLANNING = (
    "Asked for: 166.3 patients at hazard ratio 0.5",
    "Power (%) by the method of Schoenfeld over the hazard ratio, and over patients. Marked: 67.4% with 92 patients at "
    "hazard ratio 0.5; the line at 90% is the power wanted.",
    "Power over the hazard ratio and the number of patients",
    "64 events are expected at month 61.2, which is marked.",
    "Power (%) over the hazard ratio by formula with the simulated power, and the distribution of Z over 300 simulated "
    "trials with and as many without an effect.",
    "Power is that of rejecting with the experimental hazard lower, as assumed.",
    "Power is that of rejecting with the experimental hazard higher, as assumed: the experimental arm does worse.",
    *(f"{what} if {side}" for what in ("Reject", "Futility") for side in ("above", "below")),
    *(f"Precision of a rate: {name} interval at 95%" for name in ("Wilson", "Clopper–Pearson", "Wald")),
    "Patients needed are whole numbers in blocks of 4, with their limits.",
    "raised for 90.0% conditional power at the effect seen",
    "raised for 90.0% conditional power at the effect of hazard ratio 0.5",
    *(f"WARNING: the table enrolment is to list everybody who has entered, and {n} of the 56 patients of the cut {be} "
      "not in it." for n, be in ((1, "is"), (2, "are"))),
    *(f"WARNING: of {n} {whom} of the cut the table enrolment has another date of entry. That of the cut is used."
      for n, whom in ((1, "patient"), (2, "patients"))),
    *(f"{verdict} the null hypothesis at the {end}"
      for verdict in ("reject", "do not reject") for end in ("look", "end")),
)  # fmt: skip
"""What planning reports put together: each has a term."""
NO_NUMBER = "the report has no number here: no patients whose status is known to count"
NAMES = {"versions", "inputs"}
"""Listings of names of files and versions."""


def analysed(cut, data, found, study, plan):
    findings = check_cut(cut, study, plan)
    audit = audit_publication(load_ledger(), found, study, plan) if plan.report == "interim" else None
    rows = [*found, *analyse_quality(findings, accounting(cut, data))]
    rows += [] if audit is None else analyse_audit(audit)
    return Analysed(
        cut=cut, findings=findings, study=study, plan=plan, data=data, results=Results(rows),
        versions=software_versions(), fingerprint="0123abcd", audit=audit,
    )  # fmt: skip


@pytest.fixture(scope="module")
def interim(cut, datasets, results, study):
    material = analysed(cut, datasets, results, study, INTERIM)
    return compose(material, lay_out_all(material))


def verified(results, further=()):
    """What a second engine might say of results, so that the page of verification has each of its listings."""
    reason = why_not(records=True, outcomes=True)
    unknown = reason("no such id", "")
    rows = [
        (row.analysis_id, 1.0, 1.0, 0.0, "pandas", "2.3.3", AGREES, "")
        if (why := reason(row.analysis_id, row.method)) == unknown
        else (row.analysis_id, 1.0, None, None, "", "", NOT_COVERED, why)
        for row in results
    ]
    return Checked(found=Verification(compared=pd.DataFrame([*rows, *further], columns=[*COLUMNS])))


@pytest.fixture(scope="module")
def final(final_cut, final_datasets, final_results, study):
    """The final report of which the second engine has something of every kind to say."""
    material = analysed(final_cut, final_datasets, final_results, study, FINAL)
    further = [
        ("os.km.A.median", 9.0, 8.0, -1.0, "lifelines", "0.30.3", EXPLAINED, MIDPOINT),
        ("os.km.A.ci_low", 1.0, 0.9, -0.1, "lifelines", "0.30.3", EXPLAINED, EXACT_LIMITS),
        ("os.km.C.median", math.nan, 8.0, math.nan, "lifelines", "0.30.3", DIFFERS, NO_NUMBER),
        *[("os.km.B.median", 9.5, 8.0, -1.5, "lifelines", "0.30.3", DIFFERS, "lifelines gives 8.0")] * 51,
    ]
    return compose(material, lay_out_all(material), verified(final_results, further))


@pytest.fixture(scope="module")
def closed(cut, datasets, study):
    data = closed_datasets(datasets)
    found = run_analysis(data, study, INTERIM, analyses=kind_of(INTERIM, closed=True).analyses)
    material = replace(analysed(cut, data, found, study, INTERIM), session="closed")
    return compose(material, lay_out_all(material), verified(found))


@pytest.fixture(scope="module")
def translation():
    return Translation(load_catalogue("pl"))


@pytest.fixture(scope="module")
def polish(interim, translation):
    return translation.document(with_figures(interim, DRAWN))


def drawn(document):
    for shown in document.displays():
        if isinstance(shown.content, FigureContent):
            yield shown.key, re.findall(r"<text[^>]*>([^<]*)</text>", svg(shown.content.draw()))


def test_the_displays_of_the_publication_have_polish_words_alone(polish):
    wanted = {*(f"table_{n}" for n in range(1, 6)), "figure_1", "figure_2"}
    seen = {place for place, _ in texts(polish)}
    assert wanted <= seen
    assert [(place, text) for place, text in texts(polish) if place in wanted and is_english(text)] == []


def left_in_english(document):
    """Texts of a translated document that stayed English, but for names."""
    return {text for place, text in texts(document) if ENGLISH_MARK in text and place not in NAMES} - {
        value for _, value in document.meta
    }


def test_nothing_of_the_interim_report_stays_english(polish, translation):
    assert left_in_english(polish) == set()
    assert translation.english == {}


@pytest.mark.parametrize("of", ["final", "closed"])
def test_nothing_of_the_final_report_and_the_closed_session_stays_english(of, request):
    translation = Translation(load_catalogue("pl"))
    document = translation.document(with_figures(request.getfixturevalue(of), EFFICACY))
    assert left_in_english(document) == set()
    assert translation.english == {}
    assert not any(
        re.search("[A-Za-z]{2}", one.text) for one in document.numbers() if one.text != "nieosiągnięta"
    )


@pytest.mark.parametrize("of", ["interim", "final", "closed"])
def test_rows_of_the_numbers_behind_figures_have_terms(of, request):
    """They are looked up in the page, where an English one would be shown as such."""
    document, named = request.getfixturevalue(of), set()
    for shown in document.displays():
        if isinstance(shown.content, FigureContent):
            for row in (document.results.row(number.id) for number in shown.content.numbers):
                named |= {(row.variable, row.variable_level), (row.group1_level, row.group2_level)}
                named |= {(row.stat_label, row.context), (row.unit,)}
    catalogue = load_catalogue("pl")
    said = {text for words in named if (text := ", ".join(filter(None, words)))}
    assert len(said) > 20
    assert {text for text in said if catalogue.phrase(text) is None} == set()


def test_the_page_of_verification_was_seen(final, closed):
    """Both reports have it: in one of them numbers differ, in the other none does."""
    listed = {place for place, _ in texts(final) if place.startswith("verification_")}
    parts = ("differing", "parts", "engines", "explained", "not_covered")
    assert listed == {f"verification_{part}" for part in parts}
    words = [[text for place, text in texts(one) if place == "verification"] for one in (final, closed)]
    assert any("Some numbers differ" in text for text in words[0])
    assert any("No number differs." in text for text in words[1])


def test_every_part_and_every_reason_of_verification_has_a_term(translation):
    words = [*(words for _, words in coverage._FAMILIES), coverage.OTHER]
    words += [*(why for _, why in coverage._REASONS), coverage._OUTCOMES]
    words += [why_not(records=records, outcomes=True)("no such id", "") for records in (True, False)]
    assert [text for text in words if translation.catalogue.phrase(text) is None] == []
    why = verify_report._BLINDED, verify_report._AGGREGATE, NOT_ASKED
    for said in (
        *(f"No number of this report was computed a second time: {one}." for one in why),
        LATER,
        verify_report._BY_R,
    ):
        assert translation.catalogue.phrase(said) is not None, said


def test_of_two_phrases_that_fit_the_more_specific_one_is_taken(translation):
    """ "{t} against {t2}", for the heads of columns, does not take apart a sentence that has a term of its own."""
    said = translation.words(
        "Overall survival, exploratory: hazard ratio 0.62 (0.32–1.19); deaths: 30 against 13."
    )
    assert (
        said == "Przeżycie całkowite, eksploracyjnie: iloraz hazardów 0,62 (0,32–1,19); zgony: 30 wobec 13."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Bone marrow 0.592 Gy at T1, above 0.5 Gy a cycle.",
        "The dose of an organ in one cycle exceeds the limit for a cycle.",
        "– not estimable: fewer than two subgroups are large enough to compare.",
        "Tipping point of the comparison: the upper limit is 1 or more before any factor is applied: nothing to tip.",
        "Tipping point of the comparison: no patient of arms B + C + D has time to impute, so no factor changes "
        "anything.",
        "Forest plot of hazard ratios of PFS, B + C + D against A, in subgroups: Sex 0.38; Liver metastases –; "
        "No 2 / 2 3 / 3 –.",
    ],
)
def test_what_other_data_lead_to_has_a_term(translation, text):
    assert translation.catalogue.phrase(text) is not None


def test_the_number_of_a_section_keeps_its_point(translation):
    text = (
        "The assumptions that the routing of section 2.6 of the publication examines (Shapiro–Wilk in every arm, then "
        "Levene), the test it would lead to, what the other tests say, and Holm's adjustment over visits stand in "
        "Table S12."
    )
    assert "ścieżka z części 2.6 publikacji" in translation.words(text)


def test_no_decimal_point_is_left(polish):
    """Points stay in numbers of sections, versions, codes and files: what has a letter or a second point about it."""
    named = re.compile(
        r"(?:§|\bv|E3 |numer według ICH E3 |części |RECIST |CTCAE |CFR |MedDRA |duonen_stats |Python )\d+\.\d+"
    )
    shown = [(place, text) for place, text in texts(polish) if place not in {"versions", "inputs"}]
    shown += [(key, text) for key, words in drawn(polish) for text in words]
    left = [
        (place, text)
        for place, text in shown
        if re.search(r"(?<![\w.])\d+\.\d+(?![\w.])", named.sub("", text))
    ]
    assert left == []


def test_every_number_keeps_its_id_and_its_digits(interim, polish):
    before = list(with_figures(interim, DRAWN).numbers())
    after = list(polish.numbers())
    assert sorted(one.id for one in before) == sorted(one.id for one in after)
    said = {one.id: set() for one in before}
    for one in before:
        said[one.id].add(decimal_comma(one.text))
    assert [one for one in after if one.text not in said[one.id]] == []


def test_data_are_said_to_be_simulated_everywhere(polish):
    assert "SIMULATED" in polish.banner
    assert "SYMULOWANE" in polish.banner
    assert "SIMULATED" in polish.cut_line
    assert "SIMULATED" in frame_of(polish).banner
    for key, words in drawn(polish):
        assert any("SIMULATED" in text for text in words), key
    for shown in polish.displays():
        assert "SIMULATED" in shown.cut


def test_words_of_a_drawing_are_polish_and_fit(polish):
    words = dict(drawn(polish))
    assert {"Zmniejszono", "Zwiększono", "Ramię B", "Pacjenci (%)"} <= set(words["figure_1"])
    assert {"A Nerki", "B Szpik", "Mediana", "Skumulowana dawka w nerkach (Gy)"} <= set(words["figure_2"])
    assert {"0,0", "0,5", "1,0"} <= set(words["figure_2"])
    assert "Iloraz hazardów (95% PU)" in words["figure_s31"]
    assert not any("Po angielsku" in plain(note) for one in polish.displays() for note in one.footnotes)


# No dead entries.


def words_of_the_package():
    """Texts of the package in lower case: its constants, its templates, the data dictionary."""
    package = Path(duonen_stats.__file__).parent
    found = []
    for path in package.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    files = [*templates_path().rglob("*.j2"), dictionary_path()]
    found += [path.read_text(encoding="utf-8") for path in files]
    return re.sub(r"\s+", " ", "\n".join(found)).lower()


def stretches(phrase):
    """Words of a phrase between its places, numbers and marks."""
    pieces = re.split(r"\{[ntr]\d*\}|[.;:,()\[\]/]|\d+|…", phrase.lower())
    return [piece.strip(" –%≥>") for piece in pieces if len(piece.strip(" –%≥>")) > 2]


def test_every_term_is_one_that_a_report_prints(interim, final, monkeypatch):
    """Or, of words in drawings that are not drawn here, one whose words stand in the package."""
    used = set()
    named, filled = Catalogue._named, Catalogue._filled

    def noting_named(self, text):
        found = named(self, text)
        if found is not None:
            used.update({text.replace("\u00a0", " "), text[:1].swapcase() + text[1:]})
        return found

    def noting_filled(self, pattern, *further):
        found = filled(self, pattern, *further)
        if found is not None:
            used.add(pattern.term.english)
        return found

    monkeypatch.setattr(Catalogue, "_named", noting_named)
    monkeypatch.setattr(Catalogue, "_filled", noting_filled)
    catalogue = replace(load_catalogue("pl"))  # a fresh one, which remembers nothing
    for document in (interim, final):
        Translation(catalogue).document(with_figures(document, DRAWN))
        for shown in document.displays():
            if isinstance(shown.content, FigureContent):
                lines = ((shown.content.alt,), shown.population, *shown.footnotes)
                assert all(catalogue.pieces(line) for line in lines)
                rows = [document.results.row(number.id) for number in shown.content.numbers]
                assert all(catalogue.phrase(f"{row.stat_label}, {row.context}".rstrip(", ")) for row in rows)
    catalogue.phrase(f"a patient is at risk {TO_END_OF_REPORTING}")  # in an open session
    catalogue.phrase(f"Follow-up: from the day after that {TO_DATA_CUT}.")
    catalogue.phrase(f"Arm D (n = 12): events 1, median {NOT_REACHED}")  # in a closed one
    assert catalogue.phrase("no deaths to count") is not None  # in one where nobody died in an arm
    for ended_by in ("", " or the start of another antitumour treatment"):  # in an open and in a closed one
        lowest = "Lowest value: from the first administration to 84 days after the last"
        assert catalogue.phrase(f"{lowest}{ended_by}; of equal values the first.") is not None
    for text in (*IN_A_DRY_RUN, *IN_PLANNING):
        assert catalogue.phrase(text) is not None, text
    catalogue.phrase("Gray's test of arms B against arm A: p <0.0001")
    elsewhere = words_of_the_package()
    dead = [
        term.english
        for term in catalogue.terms
        if term.english not in used and not all(piece in elsewhere for piece in stretches(term.english))
    ]
    assert dead == [], "\n".join(dead)
