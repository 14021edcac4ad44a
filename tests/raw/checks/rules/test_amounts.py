"""A thousandfold offset of activities or doses, of a cell, a patient, a centre or the file: one error with its unit."""

import pytest

GIVEN, DOSES = "administrations", "dosimetry"


def _scaled(worked, table, factor, *columns, **where):
    for row in worked.rows(table, **where):
        row.update({name: f"{float(row[name]) * factor:g}" for name in columns if row.get(name)})


@pytest.mark.parametrize(
    ("factor", "unit"), [(1e-3, "GBq"), (1 / 37, "mCi"), (1e3, "kBq"), (1e6, "Bq"), (1 / 37000, "Ci")]
)
def test_all_activities_in_another_unit(worked, factor, unit):
    """One error per isotope, with every line; neither steps nor doses follow from it."""
    _scaled(worked, GIVEN, factor, "LU177_MBQ", "Y90_MBQ")
    whole = worked.findings()
    assert [(one.rule, one.severity, one.column) for one in whole] == [
        ("TRT-UNIT", "error", "LU177_MBQ"),
        ("TRT-UNIT", "error", "Y90_MBQ"),
    ]
    assert [len(one.places) for one in whole] == [6, 2]
    assert whole[0].message.startswith("6 of 6 activities of 177Lu in the file: ")
    assert all(f"the unit is probably {unit}" in one.message for one in whole)


def test_the_activities_of_a_centre_and_of_a_patient(worked):
    worked.change("subjects", {"SUBJID": "P-2"}, SITEID="02")
    _scaled(worked, GIVEN, 1e-3, "LU177_MBQ", "Y90_MBQ", SUBJID="P-2")
    (lutetium, yttrium) = [one for one in worked.findings() if one.rule == "TRT-UNIT"]
    assert lutetium.message.startswith("2 of 2 activities of 177Lu of centre 02: 3.7 MBq")
    assert (lutetium.site, lutetium.subject, len(lutetium.lines)) == ("02", "P-2", 2)
    assert yttrium.message.startswith("2 of 2 activities of 90Y in the file: 1.85 MBq")
    worked.change("subjects", {"SUBJID": "P-2"}, SITEID="01")
    (lutetium, _) = [one for one in worked.findings() if one.rule == "TRT-UNIT"]
    assert lutetium.message.startswith("2 of 2 activities of 177Lu of one patient: 3.7 MBq")


def test_a_single_activity_in_another_unit_and_nothing_of_the_next(worked):
    _scaled(worked, GIVEN, 1e-3, "LU177_MBQ", SUBJID="P-1", CYCLE="T2")
    (found,) = worked.findings()
    assert (found.rule, found.row, found.lines, found.subject) == ("TRT-UNIT", 3, (), "P-1")
    assert (
        "177Lu: 7.4 MBq, plausible from 300 to 30000 MBq per cycle. In GBq it would be plausible"
        in found.message
    )


def test_an_activity_that_no_unit_makes_plausible(worked):
    worked.change(GIVEN, {"SUBJID": "P-1", "CYCLE": "T2"}, LU177_MBQ="2")
    (found,) = [one for one in worked.findings() if one.rule == "TRT-UNIT"]
    assert "In GBq it would be plausible" in found.message
    worked.change(GIVEN, {"SUBJID": "P-1", "CYCLE": "T2"}, LU177_MBQ="31000")
    (found,) = [one for one in worked.findings() if one.rule == "TRT-UNIT"]
    assert "No usual unit makes that plausible" in found.message


@pytest.mark.parametrize(("factor", "unit"), [(1000, "mGy"), (100, "cGy"), (0.001, "kGy")])
def test_all_doses_in_another_unit(worked, factor, unit):
    _scaled(worked, DOSES, factor, "DOSE_GY")
    found = worked.findings()
    assert {one.rule for one in found} == {"DOS-UNIT"}
    assert all(one.severity == "error" and f"the unit is probably {unit}" in one.message for one in found)
    assert sum(len(one.places) for one in found) == len(worked.rows(DOSES))


def test_marrow_in_mgy_beside_kidneys_in_gy(worked):
    """As physicists write it in one row: the marrow alone is found."""
    _scaled(worked, DOSES, 1000, "DOSE_GY", ORGAN="MARROW")
    found = worked.findings()
    assert [(one.rule, one.message.split(":")[0]) for one in found] == [
        ("DOS-UNIT", "6 of 6 doses of Bone marrow from 177Lu in the file"),
        ("DOS-UNIT", "2 of 2 doses of Bone marrow from 90Y in the file"),
    ]


def test_the_range_of_the_column_is_not_said_a_second_time(worked):
    """2500 Gy is outside the range of its column, too: one finding of the cell."""
    worked.change(DOSES, {"SUBJID": "P-1", "CYCLE": "T2", "ORGAN": "KIDNEY"}, DOSE_GY="2500")
    assert worked.rules() == {"DOS-UNIT"}


def _since_diagnosis(worked, *values, site="01"):
    worked.tables["subjects"] = [
        {**worked.tables["subjects"][0], "SUBJID": f"{site}-{number}", "SITEID": site, "DXDUR": value}
        for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (("2", "3.5", "0.5", "8", "15"), True),
        (("2", "3.5", "0.5", "8", "15.1"), False),
        (("2", "3.5", "0.5", "8"), False),
        (("2", "", "0.5", "8", "15"), False),
    ],
)
def test_years_since_diagnosis_in_a_column_of_months(worked, values, found):
    _since_diagnosis(worked, *values)
    assert bool(worked.places("PAT-MONTHS")) == found


def test_the_centre_that_gives_years_is_named(worked):
    _since_diagnosis(worked, "40", "70", "2", "90", "14")
    months = worked.tables["subjects"]
    _since_diagnosis(worked, "4", "7", "2", "9", "1", site="02")
    worked.tables["subjects"] = [*months, *worked.tables["subjects"]]
    (one,) = [one for one in worked.findings() if one.rule == "PAT-MONTHS"]
    assert one.message.startswith("The longest time since diagnosis in centre 02 is 9 months (5 patients)")
    assert (one.row, len(one.places)) == (7, 5)
