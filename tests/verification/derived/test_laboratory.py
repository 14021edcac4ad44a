import pytest
from verification.made_folder import cycles, folder, lab, plan, subject

from duonen_stats.verification.derived.laboratory import laboratory_of, searched_for_worst, worst_of
from duonen_stats.verification.derived.patients import patients_of

ADMINISTERED = cycles("1", 7400.0, 7400.0)  # on days 10 and 66


def derived(study, *labs):
    made = folder(subjects=[subject("1", "A")], administrations=ADMINISTERED, labs=[*labs])
    return laboratory_of(made, patients_of(made, study), study)


def test_the_baseline_is_the_visit_and_changes_are_from_it(study):
    found = derived(study, lab("1", "T1", 2, 13.1), lab("1", None, 8, 12.0), lab("1", "V1", 38, 12.9))
    assert [*found["BASELINE"]] == [True, False, False]
    assert found["CHG"].iloc[2] == pytest.approx(-0.2)
    assert found["CHG"].isna().iloc[:2].all()


def test_units_are_converted_and_a_bound_counts_as_its_limit(study):
    found = derived(
        study,
        lab("1", "T1", 2, 131.0, unit="g/L"),
        lab("1", "V1", 38, None, BOUND="<9"),
        lab("1", "V1", 38, 1.0, unit="?"),
    )
    assert [*found["AVAL"]] == [pytest.approx(13.1), 9.0]
    assert [*found["CENSORED"]] == [False, True]


def test_a_visit_of_a_cycle_that_was_not_given_is_no_visit_and_an_unnamed_record_has_the_nearest(study):
    visit = study.visit("V1")
    on = 10 + visit.day_target
    found = derived(study, lab("1", "T1", 2, 13.0), lab("1", "V3", 200, 12.0), lab("1", None, on, 11.0))
    assert [*found["AVISIT"]] == ["T1", None, "V1"]
    assert [*found["STANDS"]] == [True, False, True]


def test_the_scheduled_record_stands_before_a_nearer_one_and_the_worst_is_the_lowest(study):
    on = 10 + study.visit("V1").day_target
    later = 66 + study.visit("V2").day_target
    found = derived(
        study,
        lab("1", "T1", 2, 13.0),
        lab("1", None, on, 8.0),
        lab("1", "V1", on + 2, 11.0),
        lab("1", "V2", later, 11.0),
    )
    assert [*found["STANDS"]] == [True, False, True, True]
    assert len(searched_for_worst(found, plan())) == 2
    worst = worst_of(found, plan(), study)
    assert [*worst["AVISIT"]] == ["V1"]  # of two equal changes the first
    assert [*worst_of(found, plan(nadir_scope="on_treatment"), study)["AVAL"]] == [8.0]


def test_late_follow_up_is_counted_from_the_last_cycle_and_is_not_on_treatment(study):
    first, fourth = (66 + study.visit(code).day_target for code in ("F1", "F4"))  # 12 and 48 weeks
    found = derived(
        study,
        lab("1", "T1", 2, 13.0),
        lab("1", "F1", first + 40, 12.0),
        lab("1", None, fourth - 10, 11.0),
        lab("1", None, fourth + 42, 10.0),  # half-way to the next, beyond both windows
        lab("1", "F4", 60, 9.0),  # before the last cycle
    )
    assert (first, fourth) == (150, 402)
    assert [*found["AVISIT"]] == ["T1", "F1", "F4", None, None]
    assert [*found["STANDS"]] == [True, True, True, False, False]
    assert [*found["ON_TREATMENT"]] == [False, False, False, False, True]
