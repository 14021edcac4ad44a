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
