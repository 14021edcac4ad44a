"""Tests of duonen_stats.raw.suggest.tables_of_sheet: several tables on one sheet."""

from functools import partial

import pytest

from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.suggest.proposal import suggested_mapping
from duonen_stats.raw.suggest.tables_of_sheet import tables_of_sheet

LABS = "Pacjent;Data pobrania;HGB [g/dl];PLT [G/l]\nP-001;13.01.2024;12,5;200\n"
GIVEN = "Pacjent;Cykl;Data podania;177Lu [GBq]\nP-001;1;15.01.2024;3,7\n"


def _patterns(text, study):
    found = tables_of_sheet(partial(read_csv, text.replace(";", ",").encode(), "x"), study)
    return [one.pattern for one in found]


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        (f"Morfologia;;;\n{LABS}\nPodania;;;\n{GIVEN}", ["Morfologia", "Podania"]),
        (f"{LABS}\n{GIVEN.replace('Pacjent', 'Nr pacjenta')}", ["Pacjent", "Nr pacjenta"]),
        (f"{LABS}\n{GIVEN}", []),  # nothing tells the second from the first
        (LABS, []),
        (f"{LABS}\n{LABS}", []),  # the names once more, on the next page
        (f"Strona 1;;;\n{LABS}\nStrona 2;;;\n{LABS}", []),
        (f"Cykl 1;;;\n{LABS}\nCykl 2;;;\n{LABS}", ["Cykl {VISIT}"]),
        (f"Cykl 1;;;\n{LABS}", []),
    ],
)
def test_tables_are_told_by_titles_and_first_names(text, patterns, study):
    assert _patterns(text, study) == patterns


def test_a_proposal_for_several_tables_reads_each_of_them(study, tmp_path):
    text = f"Wydruk;;;;\n\nMorfologia;;;;\n{LABS}\nPodania;;;;\n{GIVEN}"
    (tmp_path / "karta.csv").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(suggested_mapping(tmp_path, study), encoding="utf-8")
    cut = read_cut(study, tmp_path)
    labs, given = cut.tables["labs"], cut.tables["administrations"]
    assert labs[["SUBJID", "ANALYTE", "VALUE"]].to_numpy().tolist() == [
        ["P-001", "HGB", 12.5],
        ["P-001", "PLAT", 200],
    ]
    assert given[["SUBJID", "CYCLE", "LU177_MBQ"]].to_numpy().tolist() == [["P-001", "T1", 3700]]
    assert [one.row for one in cut.set_aside if one.table == "labs"] == [1]


def test_the_cycle_in_the_titles_of_tables(study, tmp_path):
    named = GIVEN.replace("Cykl;", "Powód;").replace(";1;", ";;")
    (tmp_path / "karta.csv").write_text(f"Cykl 1;;;\n{named}\nCykl 2;;;\n{named}", encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(suggested_mapping(tmp_path, study), encoding="utf-8")
    assert read_cut(study, tmp_path).tables["administrations"]["CYCLE"].tolist() == ["T1", "T2"]


def _labs(tmp_path, study, text):
    (tmp_path / "karta.csv").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(suggested_mapping(tmp_path, study), encoding="utf-8")
    return read_cut(study, tmp_path).tables["labs"][["VALUE", "UNIT"]].to_numpy().tolist()


def test_a_line_of_units_below_the_names_of_one_of_several_tables(tmp_path, study):
    text = "Morfologia;;;\nPacjent;Data pobrania;HGB;PLT\n;;g/l;G/l\nP-001;13.01.2024;125;200\n"
    assert _labs(tmp_path, study, f"{text}\nPodania;;;\n{GIVEN}") == [[125, "g/L"], [200, "10^9/L"]]


def test_a_separator_that_lines_above_and_below_hide(tmp_path, study):
    text = f"Szpital, laboratorium\n\n{LABS}* poza normą\n"
    assert _labs(tmp_path, study, text) == [[12.5, "g/dL"], [200, "10^9/L"]]
