"""Lines of units and of normal ranges below the names are proposed where no row of results can look like them."""

import pytest

from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.suggest.proposal import suggested_mapping

NAMES = "Pacjent;Data pobrania;HGB;PLT\n"
ROWS = "P-001;13.01.2024;12,5;200\nP-002;14.01.2024;13,5;300\n"
UNITS = ";;g/dl;G/l\n"
RANGES = "norma;;12,0–16,0;150–400\n"


def _labs(tmp_path, study, text):
    (tmp_path / "karta.csv").write_text(text, encoding="utf-8")
    proposed = suggested_mapping(tmp_path, study)
    (tmp_path / "mapping.yaml").write_text(proposed, encoding="utf-8")
    labs = read_cut(study, tmp_path).tables["labs"]
    return proposed, labs[["VALUE", "UNIT", "LLN", "ULN"]].to_numpy().tolist()


READ = [[12.5, "g/dL", 12, 16], [200, "10^9/L", 150, 400], [13.5, "g/dL", 12, 16], [300, "10^9/L", 150, 400]]


@pytest.mark.parametrize("lines", [UNITS + RANGES, RANGES + UNITS])
@pytest.mark.parametrize("above", ["", "Szpital, laboratorium\n\n"])
def test_units_and_ranges_below_the_names_in_either_order(tmp_path, study, above, lines):
    proposed, labs = _labs(tmp_path, study, above + NAMES + lines + ROWS)
    assert labs == READ
    assert "normal ranges below the column names; confirm" in proposed


def test_ranges_below_the_names_of_one_of_several_tables(tmp_path, study):
    given = "Podania;;;\nPacjent;Data podania;177Lu [MBq];90Y [MBq]\nP-001;13.02.2024;3700;0\n"
    _, labs = _labs(tmp_path, study, f"Morfologia;;;\n{NAMES}{UNITS}{RANGES}{ROWS}\n{given}")
    assert labs == READ


def test_ranges_by_sex_are_proposed_with_the_words(tmp_path, study):
    ranges = ";;K: 12,0–16,0 M: 13,5–17,5;150–400\n"
    proposed, _ = _labs(tmp_path, study, NAMES + UNITS + ranges + ROWS)
    assert '"K": "F"' in proposed


@pytest.mark.parametrize("row", ["P-000;12.01.2024;<12;>400\n", "P-000;12.01.2024;12,0-16,0;200\n"])
def test_a_row_of_results_is_no_line_of_ranges(tmp_path, study, row):
    proposed, _ = _labs(tmp_path, study, NAMES + row + ROWS)
    assert "limits_line" not in proposed
