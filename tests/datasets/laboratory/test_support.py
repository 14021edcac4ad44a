"""Worked patients with a growth factor or a transfusion, with cycles on days 0, 56 and 112."""

from dataclasses import replace

import numpy as np
import pandas as pd
from patients import day

from duonen_stats.datasets.laboratory.grade_course import before_next_cycle, days_to_recovery
from duonen_stats.datasets.laboratory.support import NO_THERAPIES, support_of
from duonen_stats.plan import INTERIM

PATIENTS = pd.DataFrame(
    {"USUBJID": ["1"], "TRTSDT": pd.Timestamp(day(0)), "TRTEDT": pd.Timestamp(day(112)), "DTHDT": pd.NaT,
     "NTRTSDT": pd.NaT}
)  # fmt: skip
CYCLES = pd.DataFrame({"USUBJID": "1", "ASTDT": pd.to_datetime([day(0), day(56), day(112)])})
RULES = ("as_observed", "unsupported", "not_recovered")


def values_of(grades):
    grade = np.array([*grades.values()], dtype=float)
    frame = pd.DataFrame({"USUBJID": "1", "ADT": pd.to_datetime([day(on) for on in grades]), "LOW": grade})
    return frame.assign(HIGH=grade, AVAL=100.0, BASE=np.nan, LBSEQ=range(len(grades)))


def support(rule, *given):
    """Support by rule; ``given`` are class, first and last day."""
    rows = pd.DataFrame(given, columns=["CMCLAS", "ASTDT", "AENDT"])
    dates = {
        name: pd.to_datetime([None if pd.isna(on) else day(int(on)) for on in rows[name]])
        for name in ("ASTDT", "AENDT")
    }
    helps = rows["CMCLAS"].isin(["TRANSFUSION", "GROWTH_FACTOR"]).map({True: "Y", False: None})
    return support_of(
        rows.assign(USUBJID="1", SUPPFL=helps, **dates), replace(INTERIM, recovery_support=rule)
    )


def recovery(values, rule, *given):
    found = days_to_recovery(values, PATIENTS, 2, support(rule, *given))
    (outcome,) = zip(found.days.tolist(), found.cause.tolist(), strict=True)
    return (*outcome, found.supported, found.changed)


def test_patient_15_is_transfused_between_the_low_and_the_good_value():
    """Low on day 14, transfused on day 30, good on days 58 (within 28 days) and 70."""
    values, given = values_of({14: 3, 58: 1, 70: 1}), ("TRANSFUSION", 30, 30)
    found = [recovery(values, rule, given) for rule in RULES]
    assert found == [(44, 1, 1, 0), (56, 1, 1, 1), (16, 2, 1, 1)]
    # On day 59 nothing is owed any more.
    assert recovery(values_of({14: 3, 59: 1}), "unsupported", given) == (45, 1, 1, 0)


def test_patient_16_is_never_without_a_growth_factor_that_goes_on():
    values, given = values_of({14: 2, 42: 1, 400: 0}), ("GROWTH_FACTOR", 10, None)
    found = [recovery(values, rule, given) for rule in RULES]
    assert found == [(28, 1, 1, 0), (386, 0, 1, 1), (0, 2, 1, 1)]


def test_a_transfusion_that_runs_at_the_cut_goes_on():
    """Begun on day 30, its end not entered or after the cut: a value of day 70 still owes something to it."""
    values, given = values_of({14: 3, 58: 1, 70: 1}), ("TRANSFUSION", 30, None)
    found = [recovery(values, rule, given) for rule in RULES]
    assert found == [(44, 1, 1, 0), (56, 0, 1, 1), (16, 2, 1, 1)]


def test_patient_17_was_supported_before_the_low_value_or_has_another_therapy():
    values = values_of({60: 2, 74: 1})
    for rule in RULES:
        assert recovery(values, rule, ("TRANSFUSION", 20, 20), ("CHEMOTHERAPY", 61, None)) == (14, 1, 0, 0)
        assert recovery(values, rule, ("TRANSFUSION", None, None)) == (14, 1, 0, 0)  # nobody knows when


def test_patient_18_recovers_before_one_cycle_and_with_help_before_the_next():
    """Given between the second and third cycle, more than 28 days before the last value of it."""
    values, given = values_of({14: 2, 50: 1, 70: 3, 111: 0}), ("TRANSFUSION", 71, 72)
    found = {rule: before_next_cycle(values, CYCLES, 2, support(rule, given)) for rule in RULES}
    assert {rule: rows["RECOVERED"].tolist() for rule, rows in found.items()} == {
        "as_observed": [True, True],
        "unsupported": [True, True],
        "not_recovered": [True, False],
    }
    assert found["not_recovered"]["SUPPORTED"].tolist() == [False, True]
    assert found["not_recovered"]["CHANGED"].tolist() == [False, True]
    late = before_next_cycle(values, CYCLES, 2, support("unsupported", ("TRANSFUSION", 90, 90)))
    assert late["RECOVERED"].tolist() == [True, False]


def test_support_on_the_first_and_the_last_day_of_a_spell_counts():
    """A transfusion of days 10 to 12, and spells that end the day before it, on its days, and begin the day after."""
    spells = pd.DataFrame(
        {"USUBJID": "1", "ASTDT": pd.to_datetime([day(5), day(5), day(12), day(13)]),
         "AENDT": pd.to_datetime([day(9), day(10), day(20), day(20)])}
    )  # fmt: skip
    given = support("as_observed", ("TRANSFUSION", 10, 12)).given(spells, "ASTDT", "AENDT")
    assert given.tolist() == [False, True, True, False]


def test_without_a_record_of_therapies_nobody_knows():
    found = support_of(None, INTERIM)
    assert found.unknown == NO_THERAPIES
    assert days_to_recovery(values_of({14: 2, 42: 1}), PATIENTS, 2, found).changed == 0
