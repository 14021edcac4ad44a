import re
from dataclasses import replace

from duonen_stats.datasets import build_datasets
from duonen_stats.displays.exposure.box_figures import FIGURE_4
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.safety.laboratory import BEHIND, CHANGES, SUMMARY
from duonen_stats.plan import INTERIM


def test_the_signals_of_the_publication(cells):
    rows = cells("table_4")
    assert rows["Hemoglobin, g/dL"] == [
        "V4", "48 (13/14/11/10)", "−0.90 (−1.60 to −0.50)", "V1 (p = 0.027)", "V4 (−0.90; 48)",
    ]  # fmt: skip
    assert rows["Platelets, ×10⁹/L"][2:4] == ["−57 (−88 to −22)", "V3 (p = 0.047)"]
    assert rows["WBC, ×10⁹/L"][2:4] == ["−2.52 (−3.38 to −1.72)", "none"]
    assert rows["Creatinine, mg/dL"][0] == "V2"
    assert rows["Creatinine, mg/dL"][3] == "V2 (p = 0.036), V3 (p = 0.013)"
    assert rows["eGFR, mL/min/1.73 m²"][3] == "V3 (p = 0.0078), V4 (p = 0.0035)"


def test_largest_and_least_favourable_are_told_apart(cells):
    """Creatinine falls most at V2: its least favourable visit is another one."""
    largest, least = cells("table_4")["Creatinine, mg/dL"][0], cells("table_4")["Creatinine, mg/dL"][4]
    assert largest != least


def test_the_sentence_reads_the_blood_counts(shown):
    assert "hemoglobin −0.90 g/dL at V4 (n = 48)" in plain(shown["table_4"].sentence)


def test_it_says_that_the_visits_are_chosen_and_of_whom(shown, results):
    notes = " ".join(plain(note) for note in shown["table_4"].footnotes)
    assert "chosen from the data, among V1, V2, V3, V4" in notes
    assert "highest for creatinine, ALT, AST, bilirubin" in notes
    arms = [results.value(f"labs.HGB.V4.{arm}.change.n") for arm in "ABCD"]
    assert sum(arms) == results.value("labs.HGB.V4.all.change.n") == results.row("labs.HGB.largest.visit").n


def test_words_and_visits_follow_the_plan(study, cut):
    """Two visits: no word speaks of a visit that is not analysed."""
    plan = replace(INTERIM, follow_up_visits=("V2", "V4"))
    made = build_datasets(cut, study, plan)
    for display in (SUMMARY, CHANGES, BEHIND, FIGURE_4):
        text = str(produce(display, made, study, plan))
        assert not re.search(r"\b(V1|V3)\b", text), display.key
        assert "V4" in text


def test_every_analyte_has_its_four_visits(shown):
    labels = [plain(row.cells[0]) for row in shown["table_s10"].content.rows]
    assert len(labels) == 10 * 5
    assert labels[:5] == ["Hemoglobin, g/dL", "V1", "V2", "V3", "V4"]


def test_paired_visits_are_as_published(cells):
    rows = cells("table_s11")
    assert rows["Hemoglobin"][:2] == ["0.0017", "0.013"]
    assert rows["Neutrophils"][:2] == ["0.0023", "0.17"]
    assert rows["Platelets"][2] == "0.016"
    assert 0.0005 <= float(rows["eGFR"][2]) < 0.0015  # printed 0.001
