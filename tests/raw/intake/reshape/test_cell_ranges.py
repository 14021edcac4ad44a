"""Tests of duonen_stats.raw.intake.reshape.cell_ranges: which ranges in cells are certain, and which stay."""

import pytest
from made_sheet import made_sheet

from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.reshape.cell_ranges import with_cell_parts
from duonen_stats.raw.intake.reshape.limits import limit_of
from duonen_stats.raw.suggest.proposal import suggested_mapping

NAMES = ("VALUE", "UNIT", "LLN", "ULN")


def _split(study, text, **others):
    sheet = made_sheet({"VALUE": [text], **{name: [value] for name, value in others.items()}})
    found = with_cell_parts(sheet, study.table("labs"))
    return tuple(found.cells[name][0] if name in found.cells else "" for name in NAMES)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12,3 g/dl (11,5–16,0)", ("12,3", "g/dl", "11,5", "16,0")),
        ("12.3 (11.5 - 16.0) g/dL", ("12.3", "g/dL", "11.5", "16.0")),
        ("23 U/l [<41]", ("23", "U/l", "", "41")),
        ("168 10^9/L 150-400", ("168", "10^9/L", "150", "400")),
        ("12,3 g/dl; norma: 11,5 - 16,0", ("12,3", "g/dl", "11,5", "16,0")),
        ("12,3 (N: 11,5-16,0)", ("12,3", "", "11,5", "16,0")),
        ("12,3 H (11,5-16,0)", ("12,3 H", "", "11,5", "16,0")),
        ("<0,3 mg/dl (0,5-1,2 mg/dl)", ("<0,3", "mg/dl", "0,5", "1,2")),
    ],
)
def test_result_unit_and_range_in_one_cell(study, text, parts):
    assert _split(study, text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "12,3 (12,1)",
        "12,3 g/dl (115-160 g/l)",
        "12,3 (11,5-16,0 g/dl)",  # of which unit the result is does not show
        "12,3 g/dl (M: 13-17; K: 12-16)",
        "12,3 11,5-16,0",  # may be a number with a space
        "12,3 g/dl <41",
        "(11,5-16,0)",
        "12,3 (11-16) (12-15)",
        "ok. (11-16)",
    ],
)
def test_a_cell_that_cannot_be_taken_apart_stays(study, text):
    assert _split(study, text) == (text, "", "", "")


def test_a_range_that_differs_from_the_limits_of_its_row_stays(study):
    text = "12,3 (11,5-16,0)"
    assert _split(study, text, LLN="11.5", UNIT="g/dL") == ("12,3", "g/dL", "11,5", "16,0")
    assert _split(study, text, ULN="15")[0] == text
    assert _split(study, text, **{limit_of("LLN", "F"): "11"})[0] == text
    assert _split(study, "12,3 g/dl (11,5-16,0)", UNIT="g/L")[2:] == ("", "")
    assert _split(study, "12,3 (11,5-16,0 g/l)", UNIT="g/dL")[0] == "12,3 (11,5-16,0 g/l)"


def test_a_proposal_reads_them_and_what_is_not_certain_is_an_error(tmp_path, study):
    text = (
        "Pacjent;Data pobrania;Hemoglobina;ALT\nP-001;13.01.2024;12,3 g/dl (11,5–16,0);23 U/l (<41)\n"
        "P-002;14.01.2024;13,1 g/dl (11,5–16,0);23 U/l (K: <31 M: <41)\n"
    )
    (tmp_path / "karta.csv").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(suggested_mapping(tmp_path, study), encoding="utf-8")
    cut = read_cut(study, tmp_path)
    labs = cut.tables["labs"][["VALUE", "UNIT", "LLN", "ULN"]].astype(object)
    rows = labs.where(labs.notna(), None).to_numpy().tolist()
    assert rows[:3] == [[12.3, "g/dL", 11.5, 16], [23, "U/L", None, 41], [13.1, "g/dL", 11.5, 16]]
    assert rows[3] == [None] * 4
    wrong = [
        (one.rule, one.column) for one in cut.findings if one.table == "labs" and one.severity == "error"
    ]
    assert ("DD-TYPE", "VALUE") in wrong


def test_a_sign_beside_results_is_an_error_until_it_is_stated(tmp_path, study):
    text = "Pacjent;Data pobrania;Hemoglobina [g/dl];ALT [U/l]\nP-001;13.01.2024;12,3 #;< 0,1 #\n"
    (tmp_path / "karta.csv").write_text(text, encoding="utf-8")
    proposed = suggested_mapping(tmp_path, study)
    path = tmp_path / "mapping.yaml"
    path.write_text(proposed, encoding="utf-8")
    assert read_cut(study, tmp_path).tables["labs"]["VALUE"].tolist()[0] == 12.3
    assert read_cut(study, tmp_path).tables["labs"]["BOUND"].tolist()[1] == "<0.1"
    lines = [line for line in proposed.splitlines() if "marks:" not in line]
    assert len(lines) == len(proposed.splitlines()) - 1
    path.write_text("\n".join(lines), encoding="utf-8")
    wrong = [one.message for one in read_cut(study, tmp_path).findings if one.rule == "DD-TYPE"]
    assert len(wrong) == 2
    assert all("or state marks: ['#'] in the mapping file" in one for one in wrong)
