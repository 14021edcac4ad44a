from made_sheet import made_sheet

from duonen_stats.raw.intake.forms import in_standard_form
from duonen_stats.raw.intake.mapping import AgeRule, SourceMapping
from duonen_stats.raw.intake.reshape.apply import reshaped
from duonen_stats.raw.intake.reshape.finish import finished, with_parts


def _done(study, table, sheet, **fields):
    entry = SourceMapping(source="x", table=table, **fields)
    whole = study.table(table)
    part = reshaped(sheet, entry, whole, study).sheet
    return finished(in_standard_form(part, with_parts(whole, part), entry), entry, whole)


def test_activities_are_brought_into_the_unit_of_the_dictionary(study):
    sheet = made_sheet({"A 177Lu [GBq]": ["3,64", "7,372"], "Y": ["1826", ""]})
    out = _done(
        study,
        "administrations",
        sheet,
        columns={"A 177Lu": ("LU177_MBQ",), "Y": ("Y90_MBQ",)},
        units={"Y90_MBQ": "mCi"},
    )
    assert [*out.cells["LU177_MBQ"]] == ["3640", "7372"]
    assert [*out.cells["Y90_MBQ"]] == ["67562", ""]
    assert ("GBq to MBq", "LU177_MBQ", 2) in [(one.what, one.column, one.cells) for one in out.converted]


def test_an_unknown_unit_empties_the_cells_and_is_found(study):
    out = _done(
        study,
        "administrations",
        made_sheet({"A": ["3", ""]}),
        columns={"A": ("LU177_MBQ",)},
        units={"A": "GBk"},
    )
    assert [*out.cells["LU177_MBQ"]] == ["", ""]
    assert [(one.rule, one.row, one.column) for one in out.findings] == [("RD-AMOUNT", 1, "LU177_MBQ")]


def test_given_is_prepared_less_the_rest_each_in_its_unit(study):
    sheet = made_sheet({"Prepared [GBq]": ["3,693", "7"], "Rest [MBq]": ["53", ""]})
    out = _done(
        study, "administrations", sheet, difference={"LU177_MBQ": ("Prepared", "Rest")}, decimal="comma"
    )
    assert [*out.cells["LU177_MBQ"]] == ["3640", ""]
    assert all(not name.startswith("part of ") for name in out.columns)


def test_an_age_on_a_day_that_the_table_does_not_have(study):
    sheet = made_sheet({"BORN": ["01.03.1960", "13.04.1960"], "CONSENT": ["29.02.2024", "13.04.2024"]})
    out = _done(study, "subjects", sheet, age=AgeRule(birth="Born", on="Consent"))
    assert [*out.cells["AGE"]] == ["63", "64"]


def test_a_stated_factor_and_an_age(study):
    sheet = made_sheet(
        {
            "BORN": ["29.02.1960", "01.03.1960", ""],
            "RANDDT": ["28.02.2024", "01.03.2024", "01.03.2024"],
            "D": ["2.5"] * 3,
        }
    )
    out = _done(
        study, "subjects", sheet, columns={"D": ("DXDUR",)}, factors={"DXDUR": 12.0},
        age=AgeRule(birth="Born", on="RANDDT"), dates={"RANDDT": "DMY"},
    )  # fmt: skip
    assert [*out.cells["AGE"]] == ["63", "64", ""]
    assert [*out.cells["DXDUR"]] == ["30", "30", "30"]


def test_a_factor_beside_a_known_unit_is_not_used_and_is_found(study):
    sheet = made_sheet({"A [GBq]": ["3,64"]})
    out = _done(study, "administrations", sheet, columns={"A": ("LU177_MBQ",)}, factors={"LU177_MBQ": 1000.0})
    assert [*out.cells["LU177_MBQ"]] == ["3640"]
    assert [(one.rule, one.column) for one in out.findings] == [("RD-AMOUNT", "LU177_MBQ")]
