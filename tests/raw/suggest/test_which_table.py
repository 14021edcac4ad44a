import pytest

from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.suggest.which_table import columns_of, tables_in


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


@pytest.mark.parametrize(
    ("names", "column"),
    [
        (("Date of sample", "LBDT"), "LBDT"),  # the certain one
        (("LBDT", "Date of sample"), "LBDT"),
        (("LBDT", "date"), "LBDT"),  # of two certain ones the first
    ],
)
def test_of_two_names_for_a_column_the_certain_or_the_first_counts(study, names, column):
    assert columns_of(names, study.table("labs")) == {column: "LBDT"}
