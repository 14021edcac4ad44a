import pytest

TABLE = "dosimetry"


def test_a_dose_for_a_cycle_that_was_not_given(worked):
    worked.add(TABLE, SUBJID="P-2", CYCLE="T3", ORGAN="KIDNEY", ISOTOPE="LU177", DOSE_GY="2")
    assert worked.places("DOS-NOCYCLE") == [(TABLE, 18, "CYCLE", "P-2")]


def test_a_dose_from_an_isotope_that_was_not_given(worked):
    worked.add(TABLE, SUBJID="P-1", CYCLE="T3", ORGAN="KIDNEY", ISOTOPE="Y90", DOSE_GY="2")
    assert worked.places("DOS-NOACTIVITY") == [(TABLE, 18, "ISOTOPE", "P-1")]
    assert worked.places("DOS-NOCYCLE") == []


def test_doses_that_lack_are_one_note_a_cycle(worked):
    worked.drop(TABLE, SUBJID="P-2", CYCLE="T2", ORGAN="MARROW")
    worked.drop(TABLE, SUBJID="P-1", CYCLE="T4", ORGAN="KIDNEY")
    found = [one for one in worked.findings() if one.rule == "DOS-LACKING"]
    assert [(one.table, one.row, one.column, one.subject) for one in found] == [
        ("administrations", 5, "CYCLE", "P-1"),
        ("administrations", 7, "CYCLE", "P-2"),
    ]
    assert [one.message.split(":")[0] for one in found] == [
        "No dose at T4 of KIDNEY LU177",
        "No dose at T2 of MARROW LU177, MARROW Y90",
    ]


def test_a_patient_without_any_dose_is_noted_once(worked):
    worked.drop(TABLE, SUBJID="P-2")
    assert worked.places("PAT-NODOSE") == [("subjects", 3, "SUBJID", "P-2")]
    assert worked.places("DOS-LACKING") == []


@pytest.mark.parametrize(("lutetium", "yttrium", "found"), [("0.3", "0.2", False), ("0.3", "0.21", True)])
def test_marrow_in_a_cycle_isotopes_together(worked, lutetium, yttrium, found):
    where = {"SUBJID": "P-2", "CYCLE": "T1", "ORGAN": "MARROW"}
    worked.change(TABLE, {**where, "ISOTOPE": "LU177"}, DOSE_GY=lutetium)
    worked.change(TABLE, {**where, "ISOTOPE": "Y90"}, DOSE_GY=yttrium)
    line = worked.line(TABLE, **where, ISOTOPE="LU177")
    assert worked.places("DOS-CYCLELIMIT") == [(TABLE, line, "DOSE_GY", "P-2")] * found


@pytest.mark.parametrize(
    ("organ", "dose", "found"), [("KIDNEY", "5.75", 0), ("KIDNEY", "5.76", 1), ("MARROW", "0.51", 1)]
)
def test_an_organ_over_all_cycles(worked, organ, dose, found):
    worked.change(TABLE, {"SUBJID": "P-1", "ORGAN": organ}, DOSE_GY=dose)
    line = worked.line(TABLE, SUBJID="P-1", ORGAN=organ, CYCLE="T1")
    assert worked.places("DOS-LIMIT") == [(TABLE, line, "DOSE_GY", "P-1")] * found


def test_binary_noise_carries_no_sum_over_a_limit(worked):
    assert 0.4 + 0.8 + 0.6 + 0.2 > 2
    for cycle, dose in zip(("T1", "T2", "T3", "T4"), ("0.4", "0.8", "0.6", "0.2"), strict=True):
        worked.change(TABLE, {"SUBJID": "P-1", "ORGAN": "MARROW", "CYCLE": cycle}, DOSE_GY=dose)
    assert worked.places("DOS-LIMIT") == []


@pytest.mark.parametrize(
    ("last", "shown"), [("5.751", "23.001"), ("5.75000004", "23.00000004"), ("7.28", "24.53")]
)
def test_a_sum_is_written_so_that_it_is_seen_to_be_above_its_limit(worked, last, shown):
    for cycle, dose in zip(("T1", "T2", "T3", "T4"), ("5.75", "5.75", "5.75", last), strict=True):
        worked.change(TABLE, {"SUBJID": "P-1", "ORGAN": "KIDNEY", "CYCLE": cycle}, DOSE_GY=dose)
    (found,) = (one for one in worked.findings() if one.rule == "DOS-LIMIT")
    assert found.message == f"Kidney {shown} Gy over all cycles, above 23 Gy."
