import pytest
from raw.suggest.test_which_table import made_sheet

from duonen_stats.raw.suggest.entry import entry_of


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
