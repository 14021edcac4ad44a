import pytest

from duonen_stats.displays.content import plain

pytestmark = pytest.mark.worked


def test_the_signals_of_the_publication(cells):
    rows = cells("table_4")
    assert rows["Hemoglobin, g/dL"] == ["V4", "48", "−0.90 (−1.60 to −0.50)", "V1 (p = 0.027)", "V4 (−0.90)"]
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
    assert "hemoglobin −0.90 g/dL at V4" in plain(shown["table_4"].sentence)
