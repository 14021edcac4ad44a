from pathlib import Path

import pytest
from openpyxl import Workbook

from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.cut import read_cut

MAPPING = """
sources:
  - source: export.csv
    carry: {nr: rec}
    columns: {nr: SUBJID}
    tables:
      - table: follow_up
        filled: last
        columns: {last: LASTDT, state: STATUS}
      - table: labs
        filled: date
        left_out: {date: total}
        columns: {date: LBDT, visit: VISIT}
        long: {value: VALUE, names: ANALYTE, columns: {HGB: HGB, PLT: PLAT}}
"""
EXPORT = """rec,nr,last,state,date,visit,HGB [g/dl],PLT [G/l],note
1,P-1,2024-05-01,alive,,,,,x
1,,,,2024-01-02,T1,12.5,200,
1,,,,2024-02-02,V1,,150,
1,,,,total,,,350,
1,,,,2024-03-02,UNS,,,
1,,,,,,,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    return tmp_path


def test_one_file_feeds_several_tables_and_each_of_its_lines_is_counted_once(folder, study):
    cut = read_cut(study, folder)
    labs = cut.tables["labs"][["SUBJID", "VISIT", "ANALYTE", "VALUE", "UNIT", "_ROW"]]
    assert labs.to_numpy().tolist() == [
        ["P-1", "T1", "HGB", 12.5, "g/dL", 3],
        ["P-1", "T1", "PLAT", 200.0, "10^9/L", 3],
        ["P-1", "V1", "PLAT", 150.0, "10^9/L", 4],
    ]
    assert cut.tables["follow_up"]["STATUS"].tolist() == ["ALIVE"]
    (file,) = (one for one in cut.files if one.table)
    assert (file.rows, file.used, file.table) == (6, 3, "follow_up, labs")
    assert [(one.row, one.reason) for one in cut.set_aside] == [
        (5, "left out by the mapping file: date is total"),
        (6, "no table of the mapping file takes a value from it"),
        (7, "no table of the mapping file takes a value from it"),
    ]
    notes = [one.message for one in cut.findings if one.rule == "DD-UNKNOWN"]
    assert notes == ["Columns that the mapping file makes no use of, and that were not read: 'note'."]


def test_several_files_of_one_table_and_in_folders(folder, study):
    (folder / "mapping.yaml").write_text(
        "sources:\n  - {source: centre */labs.csv, table: labs, file_name: 'centre {LABORATORY}/labs'}\n",
        encoding="utf-8",
    )
    for number in (1, 2):
        (folder / f"centre {number}").mkdir()
        (folder / f"centre {number}" / "labs.csv").write_text(
            f"SUBJID,VISIT,LBDT,ANALYTE,VALUE,UNIT\nP-{number},T9,2024-01-0{number},HGB,x{number},g/dL\n",
            encoding="utf-8",
        )
    cut = read_cut(study, folder)
    assert cut.tables["labs"][["SUBJID", "LABORATORY"]].to_numpy().tolist() == [["P-1", "1"], ["P-2", "2"]]
    empty = [one for one in check_cut(cut, study) if (one.rule, one.column) == ("DD-CODE", "VISIT")]
    assert [(one.row, one.message.split(": ")[0]) for one in empty if one.table == "labs"] == [
        (2, "centre 1/labs.csv"),
        (2, "centre 2/labs.csv"),
    ]
    wrong = [one.message for one in cut.findings if one.rule == "DD-TYPE"]
    assert [message.split(": ")[0] for message in wrong] == ["centre 1/labs.csv", "centre 2/labs.csv"]


def test_a_file_named_after_a_table_beside_one_that_is_mapped_to_it_is_one_too_many(folder, study):
    (folder / "labs.csv").write_text("SUBJID\nP-1\n", encoding="utf-8")
    cut = read_cut(study, folder)
    assert [one.table for one in cut.findings if one.rule == "RD-TWICE"] == ["labs"]
    assert cut.tables["labs"].empty
    (own,) = (one for one in cut.files if one.name == "labs.csv")
    assert (own.rows, own.used) == (1, 0)


def test_a_name_without_the_parts_that_the_mapping_file_takes_from_it(folder, study):
    (folder / "mapping.yaml").write_text(
        "sources:\n  - {source: export.csv, table: labs, file_name: 'lab {LABORATORY}'}\n", encoding="utf-8"
    )
    found = [one for one in read_cut(study, folder).findings if one.rule == "RD-MAPPING"]
    assert "has no name or title of the form lab {LABORATORY}" in found[-1].message


def test_a_patient_in_a_line_above_the_column_names(folder, study):
    (folder / "mapping.yaml").write_text(
        "sources:\n  - {source: export.csv, table: labs, title: 'Pacjent: {SUBJID}*', columns: {Data: LBDT, V: VISIT, "
        "T: ANALYTE}}\n",
        encoding="utf-8",
    )
    (folder / "export.csv").write_text(
        "Pacjent: 01-007, K;;;\nData;V;T;VALUE\n2024-01-02;T1;HGB;12\n", encoding="utf-8"
    )
    assert read_cut(study, folder).tables["labs"]["SUBJID"].tolist() == ["01-007"]


def test_limits_of_a_range_for_each_sex_are_those_of_the_patient(folder, study):
    (folder / "mapping.yaml").write_text(
        "sources:\n  - {source: export.csv, table: labs, limits: N, limits_by_sex: {M: M, K: F}}\n",
        encoding="utf-8",
    )
    (folder / "export.csv").write_text(
        "SUBJID;ANALYTE;VALUE;UNIT;N\n"
        + "".join(f"P-{number};HGB;13;g/dl;M 13,5-17 K 12-15,5\n" for number in (1, 2, 3)),
        encoding="utf-8",
    )
    (folder / "subjects.csv").write_text("SUBJID,SEX\nP-1,m\nP-2,F\nP-2,\nP-3,M\nP-3,F\n", encoding="utf-8")
    cut = read_cut(study, folder)
    assert cut.tables["labs"][["LLN", "ULN"]].fillna(0).to_numpy().tolist() == [
        [13.5, 17],
        [12, 15.5],
        [0, 0],
    ]
    assert [(one.severity, one.lines) for one in cut.findings if one.rule == "RD-NOSEX"] == [
        ("warning", (4,))
    ]


def test_each_cell_of_a_sheet_with_several_tables_is_in_one_or_named(tmp_path, study):
    book = Workbook()
    rows = [
        ["Szpital, wydruk 2024-05-01"],
        ["Morfologia", None, None, None, None, "Podania"],
        ["Nr", "Wizyta", "HGB [g/dl]", "PLT [G/l]", None, "Nr", "Cykl", "177Lu [GBq]"],
        ["P-1", "T1", 12.5, 200, None, "P-1", "T1", 3.7],
        ["P-1", "V1", 12, 150, None, "P-1", "T2", "=1/0"],
        [None, None, None, None, None, "P-2", "T1", 3.5],
        ["Biochemia"],
        ["Nr", "Wizyta", "ALT [U/l]"],
        ["P-1", "T1", 33, None, "?"],
    ]
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A2:D2")
    book.save(tmp_path / "dane.xlsx")
    (tmp_path / "mapping.yaml").write_text(
        """
sources:
  - source: dane.xlsx
    sheet: Sheet
    tables:
      - {table: labs, block: Morfologia, columns: {Nr: SUBJID, Wizyta: VISIT}, long: {value: VALUE, names: ANALYTE,
         columns: {HGB: HGB, PLT: PLAT}}}
      - {table: labs, block: Biochem*, columns: {Nr: SUBJID, Wizyta: VISIT}, long: {value: VALUE, names: ANALYTE,
         columns: {ALT: ALT}}}
      - {table: administrations, block: Podania, columns: {Nr: SUBJID, Cykl: CYCLE, 177Lu: LU177_MBQ}}
      - {table: dosimetry, block: Dozymetria, optional: Dozymetria, columns: {Nr: SUBJID}}
""",
        encoding="utf-8",
    )
    cut = read_cut(study, tmp_path)
    values = [("HGB", 12.5, 4), ("PLAT", 200, 4), ("HGB", 12, 5), ("PLAT", 150, 5), ("ALT", 33, 9)]
    assert [*cut.tables["labs"][["ANALYTE", "VALUE", "_ROW"]].itertuples(index=False, name=None)] == values
    given = cut.tables["administrations"]
    assert (given["LU177_MBQ"].fillna(0).tolist(), given["_ROW"].tolist()) == ([3700, 0, 3500], [4, 5, 6])
    (file,) = (one for one in cut.files if one.table)
    assert (file.rows, file.used) == (5, 4)  # lines 4, 5, 6, 9, and the one above the first title
    assert [(one.row, one.reason) for one in cut.set_aside] == [
        (1, "in no table of the sheet that the mapping file names")
    ]
    found = [(one.rule, one.row, one.column) for one in cut.findings if one.rule.startswith("RD-")]
    assert [one for one in found if one[0] != "RD-FILE"] == [
        ("RD-FORMULA", 5, "177LU_[GBQ]"),
        ("RD-OUTSIDE", 1, None),
    ]


_CENTRES = (
    "sources:\n  - {source: centre *.csv, table: labs, long: {value: VALUE, names: ANALYTE, "
    "columns: {Hb: HGB, PLT: PLAT}}}\n"
)


@pytest.mark.parametrize(
    ("header", "lacking"),
    [("SUBJID,Hb,Note", []), ("SUBJID,Hb,Note,Platelets", ["centre 2.csv"]), ("SUBJID,Hb,PLT,Note", [])],
)
def test_one_of_several_files_may_lack_a_column_of_rows_if_no_other_may_be_it(folder, study, header, lacking):
    (folder / "mapping.yaml").write_text(_CENTRES, encoding="utf-8")
    (folder / "centre 1.csv").write_text("SUBJID,Hb,PLT,Note\nP-1,12,200,x\n", encoding="utf-8")
    row = ",".join(["P-2", "13", "x", "150"][: header.count(",") + 1])
    (folder / "centre 2.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    cut = read_cut(study, folder)
    found = [one.message for one in cut.findings if one.rule == "RD-MAPPING"]
    assert [message.split(": ")[0] for message in found] == lacking
    assert cut.tables["labs"]["SUBJID"].tolist().count("P-1") == 2


def test_a_column_of_rows_that_no_file_has_is_found_in_each(folder, study):
    (folder / "mapping.yaml").write_text(_CENTRES, encoding="utf-8")
    for number in (1, 2):
        (folder / f"centre {number}.csv").write_text("SUBJID,Hb\nP-1,12\n", encoding="utf-8")
    assert [one.rule for one in read_cut(study, folder).findings].count("RD-MAPPING") == 2


def test_the_centre_in_the_name_of_a_file_is_part_of_the_number_of_its_patients(folder, study):
    (folder / "mapping.yaml").write_text(
        "sources:\n  - {source: centre *, table: labs, file_name: 'centre {SITEID}', "
        "join: {SUBJID: '{SITEID:2}-{No:3}'}}\n",
        encoding="utf-8",
    )
    (folder / "export.csv").unlink()
    for site in ("1", "02"):
        (folder / f"centre {site}.csv").write_text("No,VISIT\n7,T1\n", encoding="utf-8")
    labs = read_cut(study, folder).tables["labs"]
    assert labs["SUBJID"].tolist() == ["02-007", "01-007"]
    assert "SITEID" not in labs.columns


def test_a_formula_without_a_value_is_found_unless_its_row_is_left_out(folder, study):
    book = Workbook()
    for row in (
        ["Patient", "Cycle", "A"],
        ["P-1", "1", 7400],
        ["P-2", "1", "=C2"],
        ["Total", "", "=SUM(C2:C3)"],
    ):
        book.active.append(row)
    book.save(folder / "export.xlsx")
    (folder / "mapping.yaml").write_text(
        "sources:\n  - {source: export.xlsx, table: administrations, left_out: {Patient: Total}, "
        "columns: {Patient: SUBJID, Cycle: CYCLE, A: LU177_MBQ}}\n",
        encoding="utf-8",
    )
    assert [one.row for one in read_cut(study, folder).findings if one.rule == "RD-FORMULA"] == [3]


def test_below_each_title_is_a_table_of_the_same_kind(tmp_path, study):
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "sources:\n  - {source: guz.csv, table: tumour_assessments, title: 'Pacjent: {SUBJID}', "
        "columns: {Data: ASSESSDT, Metoda: METHOD}}\n",
        encoding="utf-8",
    )
    (tmp_path / "guz.csv").write_text(
        "Pacjent: P-1\nData;Metoda\n2024-01-05;CT\n2024-03-05;MRI\n\nPacjent: P-2\nData;Metoda\n2024-02-07;CT\n",
        encoding="utf-8",
    )
    cut = read_cut(study, tmp_path)
    frame = cut.tables["tumour_assessments"]
    assert frame["SUBJID"].tolist() == ["P-1", "P-1", "P-2"]
    assert frame["_ROW"].tolist() == [3, 4, 8]
    (file,) = (one for one in cut.files if one.name == "guz.csv")
    assert (file.rows, file.used) == (3, 3)
    assert "RD-HEADROW" not in {one.rule for one in cut.findings}


def test_a_unit_of_something_else_in_a_name_given_in_full_is_not_lost(folder, study):
    (folder / "mapping.yaml").write_text(
        "sources:\n  - source: lab.csv\n    table: labs\n    long: {value: VALUE, names: ANALYTE, columns: "
        "{'eGFR [ml/min]': EGFR, 'HGB (krew)': HGB, 'PLT [x]': PLAT}}\n"
        "  - {source: dose.csv, table: dosimetry, long: {value: DOSE_GY, names: [ORGAN, ISOTOPE], columns: "
        "{'Kidney 177Lu [Gy/GBq]': [KIDNEY, LU177], 'Marrow 177Lu [mGy]': [MARROW, LU177]}}}\n",
        encoding="utf-8",
    )
    (folder / "lab.csv").write_text(
        "SUBJID,eGFR [ml/min],HGB (krew),PLT [x]\nP-1,88,12,200\n", encoding="utf-8"
    )
    (folder / "dose.csv").write_text(
        "SUBJID,CYCLE,Kidney 177Lu [Gy/GBq],Marrow 177Lu [mGy]\nP-1,T1,0.4,90\n", encoding="utf-8"
    )
    cut = read_cut(study, folder)
    assert cut.tables["labs"]["UNIT"].fillna("").tolist() == ["ml/min", "", "x"]
    assert cut.tables["dosimetry"]["DOSE_GY"].fillna(-1).tolist() == [-1, 0.09]
    assert [one.rule for one in cut.findings if "Gy/GBq" in one.message] == ["RD-AMOUNT"]
