from made_sheet import made_sheet

from duonen_stats.raw.suggest.entry import entry_of
from duonen_stats.raw.suggest.units_in_names import (
    rates_per_surface,
    units_of_analytes,
    units_of_captions,
    units_of_tests,
)


def test_a_unit_cut_short_is_a_rate_alone(study):
    assert rates_per_surface(["ml/min", "ml/h", "g/dl", "ml/min/1.73m2", ""], study) == {
        "ml/min": "mL/min/1.73m2"
    }


def test_units_in_the_names_of_tests_become_units(study):
    assert units_of_tests(["Hb (g/dl)", "", "Ca"]) == {"Hb (g/dl)": "g/dl", "Ca": None}
    assert units_of_tests(["Hb (krew)"]) == {}
    rows = {
        "PACJENT": ["1", "1"],
        "DATA": ["2024-01-13"] * 2,
        "BADANIE": ["HGB [g/l]", "PLT"],
        "WYNIK": ["1", "2"],
    }
    entry = entry_of(made_sheet(rows), study.table("labs"), study, "x.csv", None)
    assert entry.fields["columns"]["BADANIE"] == ("ANALYTE", "UNIT")
    assert entry.fields["codes"]["UNIT"] == {"HGB [g/l]": "g/l", "PLT": None}


def test_units_in_the_labels_of_analytes(study):
    labels = {"hb": "Hemoglobina [g/dl]", "PLT [G/l]": "Płytki [G/l]", "nr": "Numer (id)"}
    sheet = made_sheet({name.upper(): ["1"] for name in labels}, captions=labels)
    assert units_of_captions(sheet, labels, study) == {"hb": "g/dl"}
    assert units_of_analytes({label: name for name, label in labels.items()}, study) == {"hb": "g/dl"} | {
        "PLT [G/l]": "G/l"
    }
