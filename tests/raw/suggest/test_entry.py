import pytest

from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.suggest.entry import entry_of, tables_in


def made_sheet(columns):
    lines = [";".join(columns), *(";".join(cells) for cells in zip(*columns.values(), strict=True))]
    return read_csv("\n".join(lines).encode(), "x")


def test_which_tables_a_sheet_holds(study):
    wide = {"Pacjent": ["1"], "Data pobrania": ["x"], "HGB": ["1"], "PLT": ["1"], "WBC": ["1"]}
    assert tables_in(made_sheet(wide), study, "Wyniki") == ["labs"]
    doses = {
        "Pacjent": ["1"],
        "Data podania": ["x"],
        "A podana 177Lu [GBq]": ["7"],
        "D nerki 177Lu [Gy]": ["2"],
    }
    assert tables_in(made_sheet(doses), study, "x") == ["administrations", "dosimetry"]
    norms = {"Laboratorium": ["L"], "Badanie": ["HGB"], "Dolna granica": ["12"], "Jednostka": ["g/dl"]}
    assert tables_in(made_sheet(norms), study, "Normy") == ["reference_ranges"]
    assert tables_in(made_sheet({"Notatki": ["x"]}), study, "Notatki") == []


@pytest.mark.parametrize(
    ("columns", "tables"),
    [
        (("patient", "date", "Creatinine (mg/dL)"), ["labs"]),
        (("pacjent", "wizyta", "data", "Kreatynina (mg/dl)"), ["labs"]),
        (
            ("patient", "date", "Creatinine (mg/dL)", "Remark"),
            [],
        ),  # one analyte among other things says too little
        (("patient", "visit", "date", "Hemoglobin (g/dL)", "eGFR (ml/min)", "Creatinine (mg/dL)"), ["labs"]),
    ],
)
def test_few_analytes_are_laboratory_values_where_nothing_else_is_in_the_way(study, columns, tables):
    assert tables_in(made_sheet({name: ["1"] for name in columns}), study, "x") == tables


def test_values_dates_and_rows_of_totals(study):
    sheet = made_sheet(
        {
            "Pacjent": ["01-1", "", ""],
            "Cykl": ["1", "2", "suma"],
            "Data podania": ["05.03.2024", "07.04.2024", ""],
            "A podana 177Lu [GBq]": ["7.4", "7.3", ""],
        }
    )
    entry = entry_of(sheet, study.table("administrations"), study, "d.xlsx", "Arkusz")
    assert entry.fields["fill_down"] == ["Pacjent"]
    assert entry.fields["left_out"] == {"Cykl": ["suma"]}
    assert entry.fields["codes"] == {"CYCLE": {"1": "T1", "2": "T2"}}
    assert entry.fields["dates"] == {"EXDT": "DMY"}
    assert "confirm" in entry.notes["dates", "EXDT"]  # no day above 12
    assert "confirm" in entry.notes["columns", "A podana 177Lu [GBq]"]


def test_what_is_not_recognised_is_listed_and_not_guessed(study):
    sheet = made_sheet({"Patient": ["1", "2"], "Sex": ["K", "?"], "Randomisation date": ["2024-01-01"] * 2})
    entry = entry_of(sheet, study.table("subjects"), study, "s.csv", None)
    assert entry.fields["codes"] == {"SEX": {"K": "F"}}
    assert entry.unknown == {"SEX": ["?"]}


@pytest.mark.parametrize(
    ("shares", "left_out", "said"),
    [
        (["Neutrofile"], ["%"], "shares of cells, not counts; confirm"),
        (
            ["Neutrofile", "Blasty"],
            ["%"],
            "shares of cells, not counts, but analytes measured in % too; confirm",
        ),
        (["Blasty"], None, None),
    ],
)
def test_rows_in_per_cent_are_left_out_unless_that_is_their_unit(study, shares, left_out, said):
    tests = ["Hemoglobina", *shares]
    sheet = made_sheet(
        {"Pacjent": ["01-1"] * len(tests), "Data": ["2024-01-01"] * len(tests), "Badanie": tests,
         "Wynik": ["12"] * len(tests), "Jednostka": ["g/dl", *["%"] * len(shares)]}
    )  # fmt: skip
    entry = entry_of(sheet, study.table("labs"), study, "w.csv", None)
    assert entry.fields["left_out"].get("Jednostka") == left_out
    assert entry.notes.get(("left_out", "Jednostka")) == said


@pytest.mark.parametrize(
    ("table", "columns", "numbered"),
    [
        ("concomitant_therapies", ("Patient", "Therapy", "Start date"), {"CMSEQ": ["STARTDT", "TERM"]}),
        ("protocol_deviations", ("Patient", "Deviation date", "Deviation"), {"DVSEQ": ["DVDT", "TERM"]}),
    ],
)
def test_tables_of_later_years_are_found_and_their_records_numbered(study, table, columns, numbered):
    sheet = made_sheet({name: ["x"] for name in columns})
    assert tables_in(sheet, study, "x") == [table]
    assert entry_of(sheet, study.table(table), study, "x.csv", None).fields["numbered"] == numbered


def test_an_estimated_rate_without_body_surface_is_proposed_to_be_confirmed(study):
    labs = study.table("labs")
    wide = made_sheet(
        {"Pacjent": ["1"], "Data": ["2024-01-13"], "HGB [g/dl]": ["12"], "eGFR [ml/min]": ["88"]}
    )
    entry = entry_of(wide, labs, study, "x.csv", None)
    assert entry.fields["long"]["columns"] == {"HGB": ["HGB"], "eGFR [ml/min]": ["EGFR"]}
    assert entry.fields["codes"] == {"UNIT": {"ml/min": "mL/min/1.73m2"}}
    assert "Cockcroft" in entry.notes["codes", "UNIT"]
    rows = {
        "Pacjent": ["1", "1"],
        "Badanie": ["eGFR", "HGB"],
        "Wynik": ["88", "12"],
        "Jednostka": ["ml/min", "g/dl"],
    }
    long = entry_of(made_sheet({**rows, "Data": ["2024-01-13"] * 2}), labs, study, "x.csv", None)
    assert long.fields["codes"]["UNIT"] == {"ml/min": "mL/min/1.73m2"}
