"""Layouts in which a sheet is not one table, and what is proposed for them."""

# ruff: noqa: E501 - tables of cells are clearer on long lines

from zipfile import ZipFile

import pandas as pd
import pytest
from made_sheet import made_sheet

from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.mapping_file import read_mapping
from duonen_stats.raw.suggest.layouts import BY_VALUES, moment, parts_of
from duonen_stats.raw.suggest.proposal import suggested_mapping


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("T1", "T1"), ("v4", "V4"), ("c1", "T1"), ("Cykl 3", "T3"), ("cycle_2", "T2"), ("przed C2", "T2"), ("po C2", "V2"),
        ("before cycle 1", "T1"), ("po 1", "V1"), ("nieplanowa", "UNS"), ("F13", "F13"), ("kontrola 2", "F2"), ("follow-up 1", "F1"), ("Ki67", None), ("lu177", None), ("wynik", None),
        ("HGB", None), ("G2", None), ("1", None),
    ],
)  # fmt: skip
def test_visits_and_cycles_in_words(text, code):
    assert moment(text) == code


def test_a_sheet_without_groups_is_its_only_part(study):
    sheet = made_sheet({"Pacjent": ["1"], "T1": ["x"], "HGB V1": ["2"], "PLT V2": ["3"]})
    assert [part.sheet for part in parts_of(sheet, study)] == [sheet]


def _read(study, tmp_path, content, name="wyniki.csv", **others):
    (tmp_path / name).write_text(content, encoding="utf-8")
    for other, text in others.items():
        (tmp_path / other).write_text(text, encoding="utf-8")
    text = suggested_mapping(tmp_path, study)
    path = tmp_path / "proposed.yml"
    path.write_text(text, encoding="utf-8")
    read_mapping(path, study)
    return text, read_cut(study, tmp_path, mapping=path)


def test_visits_side_by_side(study, tmp_path):
    head = [
        f"{name} {visit}"
        for visit in ("T1", "V1", "T2")
        for name in ("Data badania", "HGB [g/dl]", "PLT [G/l]", "ALT")
    ]
    lines = [
        ["Nr pacjenta", *head],
        ["01-001", "2024-01-01", "12", "200", "30", "2024-02-01", "11", "150", "31", "", "", "", ""],
    ]
    text, cut = _read(study, tmp_path, "\n".join(",".join(line) for line in lines) + "\n")
    assert "visits or cycles in the names of columns; confirm" in text
    labs = cut.tables["labs"]
    assert [*zip(labs["VISIT"], labs["ANALYTE"], labs["VALUE"], labs["LBDT"].dt.day, strict=True)] == [
        ("T1", "HGB", 12, 1), ("T1", "PLAT", 200, 1), ("T1", "ALT", 30, 1), ("V1", "HGB", 11, 1), ("V1", "PLAT", 150, 1), ("V1", "ALT", 31, 1),
    ]  # fmt: skip


def test_late_visits_side_by_side(study, tmp_path):
    head = "Nr pacjenta,Data badania F1,PLT [G/l] F1,HGB [g/dl] F1,Blasty [%] F1,Data badania kontrola 12,PLT [G/l] kontrola 12"
    _, cut = _read(study, tmp_path, f"{head}\n01-001,2024-01-01,200,12,0,2026-01-01,190\n")
    labs = cut.tables["labs"]
    assert [*zip(labs["VISIT"], labs["ANALYTE"], labs["VALUE"], labs["LBDT"].dt.year, strict=True)] == [
        ("F1", "PLAT", 200, 2024), ("F1", "HGB", 12, 2024), ("F1", "BLAST", 0, 2024), ("F12", "PLAT", 190, 2026),
    ]  # fmt: skip


def test_doses_of_cycles_side_by_side(study, tmp_path):
    head = "Patient,c1_kidney_lu,c1_marrow_lu,c2_kidney_lu,c2_marrow_lu"
    _, cut = _read(study, tmp_path, f"{head}\n01-001,2.5,0.1,2.4,0.2\n", "doses.csv")
    doses = cut.tables["dosimetry"]
    assert [*zip(doses["CYCLE"], doses["ORGAN"], doses["ISOTOPE"], doses["DOSE_GY"], strict=True)] == [
        ("T1", "KIDNEY", "LU177", 2.5), ("T1", "MARROW", "LU177", 0.1), ("T2", "KIDNEY", "LU177", 2.4), ("T2", "MARROW", "LU177", 0.2),
    ]  # fmt: skip


def test_a_folder_per_centre(study, tmp_path):
    for site in ("01", "02"):
        (tmp_path / f"site {site}").mkdir()
        (tmp_path / f"site {site}" / "events.csv").write_text(
            "Patient,Event,Grade,Start date\n" + f"{site}-001,Nausea,1,2024-01-01\n", encoding="utf-8"
        )
    text, cut = _read(study, tmp_path, "a,b\n1,2\n", "notes.csv")
    assert 'source: "site */events.csv"' in text
    assert cut.tables["adverse_events"]["SUBJID"].tolist() == ["01-001", "02-001"]


def test_a_project_of_redcap(study, tmp_path):
    head = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,subj_no,rand_date,rand_arm,age,sex,adm_start,lu_mbq,ae_term,ae_grade,ae_start"
    rows = [
        "1,baseline_arm_1,,,01-001,2024-01-01,A,60,F,,,,,",
        "1,cycle_1_arm_1,,,,,,,,2024-01-20,7400,,,",
        "1,cycle_2_arm_1,,,,,,,,2024-03-20,7300,,,",
        "1,cycle_1_arm_1,adverse_event,1,,,,,,,,Nausea,2,2024-01-21",
        "1,fu_2_arm_1,adverse_event,2,,,,,,,,Fatigue,1,2024-12-21",
    ]
    text, cut = _read(study, tmp_path, "\n".join([head, *rows]) + "\n", "DATA.csv")
    assert '"redcap_event_name": ["cycle_*_arm_1"]' in text
    assert '"redcap_repeat_instrument": ["adverse_event"]' in text
    assert cut.tables["subjects"][["SUBJID", "SITEID", "ARM"]].to_numpy().tolist() == [["01-001", "01", "A"]]
    given = cut.tables["administrations"]
    assert given[["SUBJID", "CYCLE", "LU177_MBQ"]].to_numpy().tolist() == [
        ["01-001", "T1", 7400],
        ["01-001", "T2", 7300],
    ]
    assert cut.tables["adverse_events"][["SUBJID", "TERM", "GRADE"]].to_numpy().tolist() == [
        ["01-001", "Nausea", 2],
        ["01-001", "Fatigue", 1],
    ]


def test_columns_of_spss_by_their_labels(study, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"v1": ["01-001"], "v2": ["2024-01-01"], "v3": ["A"], "v4": [60.0], "v5": ["x"]})
    labels = ["Patient number", "Date of randomisation", "Treatment arm", "Age", "Shoe size"]
    pyreadstat.write_sav(frame, tmp_path / "base.sav", column_labels=labels)
    text, cut = _read(study, tmp_path, "a,b\n1,2\n", "notes.csv")
    assert '"v2": "RANDDT"  # by the label of the column; confirm' in text
    assert "columns not placed: v5" in text
    row = cut.tables["subjects"].iloc[0]
    assert (row["SUBJID"], row["ARM"], row["AGE"], f"{row['RANDDT']:%Y-%m-%d}") == (
        "01-001",
        "A",
        60,
        "2024-01-01",
    )


def test_a_packed_cut(study, tmp_path):
    with ZipFile(tmp_path / "cut.zip", "w") as packed:
        packed.writestr("export/events.csv", "Patient,Event,Grade,Start date\n01-001,Nausea,1,2024-01-01\n")
    assert 'source: "events.csv"' in suggested_mapping(tmp_path / "cut.zip", study)


def test_a_worksheet_below_a_title_and_an_empty_line_with_years_since_diagnosis(study, tmp_path):
    frame = pd.DataFrame(
        {
            "Kod pacjenta": ["01-001"],
            "Data randomizacji": ["13.02.2024"],
            "Ramię": ["ramię B"],
            "Wiek": [60],
            "Lata od rozpoznania": ["5,5"],
        }
    )
    with pd.ExcelWriter(tmp_path / "baza.xlsx") as book:
        frame.to_excel(book, sheet_name="Pacjenci", index=False, startrow=2)
        book.sheets["Pacjenci"]["A1"] = "Badanie – baza pacjentów"
    text, cut = _read(study, tmp_path, "a,b\n1,2\n", "notes.csv")
    assert '"DXDUR": "lata"' in text
    row = cut.tables["subjects"].iloc[0]
    assert (row["SUBJID"], row["ARM"], row["DXDUR"]) == ("01-001", "B", 66)


def test_a_column_of_patients_is_known_by_its_values(study):
    sheet = made_sheet({"NR": ["P-1", "P-2", "x"], "DATA": ["1", "2", "3"]})
    (part,) = parts_of(sheet, study, {"P-1", "P-2"})
    assert part.called == {BY_VALUES: "NR"}
    assert [part.called for part in parts_of(sheet, study, {"P-1", "2"})] == [
        {}
    ]  # most of its values are not known
    named = made_sheet({"PACJENT": ["a"], "NR": ["P-1"]})
    assert [part.called for part in parts_of(named, study, {"P-1"})] == [{}]
