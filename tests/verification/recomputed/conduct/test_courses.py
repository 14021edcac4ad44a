import numpy as np
import pandas as pd
import pytest
from verification.made_folder import cycles, day, folder, plan, subject, values

from duonen_stats.verification.derived.exposure import activities_of, doses_of
from duonen_stats.verification.derived.patients import delivered_cycles, patients_of
from duonen_stats.verification.recomputed.conduct.courses import _effective, recompute_courses

# Patient 1 of arm A has cycles on days 10, 80 and 192, without the third; patient 2 of arm D on days 10 and 66.
A_CYCLES = [
    dict(one, CYCLE=code, EXDT=day(on), REASON="PLANNED")
    for one, code, on in zip(
        cycles("1", 7400.0, 7400.0, 3700.0), ("T1", "T2", "T4"), (10, 85, 192), strict=True
    )
]
D_CYCLES = [dict(one, REASON="DOSIMETRY_REDUCTION") for one in cycles("2", 7400.0, 5000.0)]
DOSES = [
    {"SUBJID": subjid, "CYCLE": cycle, "ORGAN": organ, "ISOTOPE": "LU177", "DOSE_GY": gy}
    for subjid, cycle, kidney, marrow in (
        ("1", "T1", 5.0, 0.1), ("1", "T2", 5.0, 0.1), ("1", "T4", 2.5, 0.1), ("2", "T1", 6.0, 0.5),
        ("2", "T2", 4.0, 0.1),
    )
    for organ, gy in (("KIDNEY", kidney), ("MARROW", marrow))
]  # fmt: skip
EVENTS = pd.DataFrame({"SUBJID": ["1", "2"], "ACTION": "DELAYED", "STARTDT": [day(70), day(70)]})


def found_in(study, doses=DOSES, given=(*A_CYCLES, *D_CYCLES), **changes):
    made = folder(
        subjects=[subject("1", "A"), subject("2", "D"), subject("3", "D")],
        administrations=[*given],
        dosimetry=doses,
        disposition=[{"SUBJID": "2", "STATUS": "DISCONTINUED", "REASON": None, "DSDT": day(90)}],
    )
    patients = patients_of(made, study)
    activities = activities_of(made, patients, study)
    parts = (activities, doses_of(made, activities), delivered_cycles(made, study, [*patients.index]), EVENTS)
    return values(recompute_courses, *parts, patients, plan(**changes), study)


def test_a_cycle_is_late_beyond_the_window_and_one_left_out_is_not_late(study):
    found = found_in(study)
    assert found["exposure.interval.T2.A.mean"] == 75
    assert found["exposure.delay.T2.A.mean"] == 75 - 70
    assert found["exposure.interval.T4.A.mean"] == 107
    assert found["exposure.delayed.T4.A.n"] == 0  # two intervals and the window once allow 126 days
    assert found["exposure.delay_reason.event.A.n"] == 1
    assert found["exposure.delayed_patients.all.pct"] == 50
    assert found_in(study, cycle_delay="over_target")["exposure.delay.T2.A.mean"] == 75 - 56
    assert found["exposure.not_given.T3.D.n"] == 1
    assert found["exposure.not_given.T3.A.n"] == 0  # nobody says that the treatment of patient 1 is over


def test_intensity_is_activity_per_time_over_the_whole_course(study):
    found = found_in(study)
    assert found["exposure.share.A.LU177.mean"] == pytest.approx(100 * 18500 / 29600)
    days = 192 - 10 + 56
    assert found["exposure.intensity.A.LU177.start.mean"] == pytest.approx(100 * 18500 / days * 56 / 7400)
    assert found["exposure.intensity.A.LU177.set.n"] == 1
    assert found["exposure.intensity.D.LU177.set.n"] == 0  # dosimetry set the second cycle
    assert found["exposure.activity.D.LU177.T2.mean"] == 5.0
    assert found["exposure.specific.kidney.D.LU177.T2.mean"] == pytest.approx(0.8)


def test_intensity_against_what_dosimetry_set_needs_it_of_every_cycle(study):
    """5000 MBq given at the second cycle of arm D, for which 6250 were set: 12400 of 13650, and 80 % of that cycle."""
    ordered = [D_CYCLES[0], dict(D_CYCLES[1], LU177_SET_MBQ=6250.0)]
    found = found_in(study, given=[*A_CYCLES, *ordered])
    assert found["exposure.intensity.D.LU177.set.mean"] == pytest.approx(100 * 12400 / 13650)
    assert found["exposure.set.D.LU177.n"] == 2
    assert found["exposure.given_of_set.D.LU177.min"] == pytest.approx(80)
    assert found_in(study)["exposure.set.D.LU177.n"] == 1
    none = [dict(one, LU177_SET_MBQ=0.0) for one in D_CYCLES]
    assert found_in(study, given=[*A_CYCLES, *none])["exposure.intensity.D.LU177.set.n"] == 0


def test_the_limit_that_binds_leaves_least_room(study):
    """After 6 Gy to the kidney 17 are left for three cycles, 7 GBq each; 0.5 Gy to the marrow are the limit of one."""
    found = found_in(study)
    assert found["exposure.governed.D.kidney_course.dosimetry_reduction.n"] == 1
    assert found["exposure.adapted_cycles.D.n"] == 1
    more = [dict(one, DOSE_GY=0.8) if one["ORGAN"] == "MARROW" else one for one in DOSES]
    assert found_in(study, more)["exposure.governed.D.marrow_course.dosimetry_reduction.n"] == 1
    assert found_in(study, DOSES[:6] + DOSES[7:])["exposure.governed.D.unknown.dosimetry_reduction.n"] == 1


def test_the_effective_dose_of_one_isotope_is_the_textbook_formula(study):
    found = found_in(study)
    life = 1 / (1 / study.isotope("LU177").half_life_hours + 1 / 75)
    expected = sum(gy * (1 + gy / 2.5 * 2.8 / (2.8 + life)) for gy in (5.0, 5.0, 2.5))
    assert found["exposure.kidney.half_life.LU177.hours"] == pytest.approx(life)
    assert found["exposure.kidney.bed.A.mean"] == pytest.approx(expected)
    assert found["exposure.kidney.eqd2.A.mean"] == pytest.approx(expected / (1 + 2 / 2.5))
    assert found["exposure.kidney.absorbed.A.mean"] == 12.5
    assert found["exposure.kidney.grid.2.5.2.8.A.median"] == found["exposure.kidney.bed.A.mean"]


@pytest.mark.independent
def test_the_effective_dose_of_two_isotopes_is_the_double_integral():
    """The quadratic term by a sum over a fine grid of times, with the damage that is not repaired carried along."""
    one_cycle = pd.MultiIndex.from_tuples([("1", "T1")], names=["SUBJID", "CYCLE"])
    table = pd.DataFrame({"LU177": [3.0], "Y90": [2.0]}, index=one_cycle)
    lives = {"LU177": 51.0, "Y90": 34.6}
    t = np.linspace(0, 1500, 400001)
    step = t[1]
    rate = sum(table[code].iloc[0] * np.log(2) / hours * 0.5 ** (t / hours) for code, hours in lives.items())
    keep = np.exp(-np.log(2) / 2.8 * step)
    damage, total = 0.0, 0.0
    for one in rate:
        total += one * (damage + one * step / 2) * step
        damage = (damage + one * step) * keep
    found = _effective(table, lives, 2.5, 2.8).iloc[0]
    assert found == pytest.approx(5.0 + 2 * total / 2.5, rel=1e-3)
