import numpy as np
import pandas as pd
import pytest
from verification.made_folder import day, plan, values

from duonen_stats.methods import cox_model, log_rank, piecewise_hazard_ratio, weibull_hazard_ratio
from duonen_stats.verification.recomputed.conduct.beside_primary import recompute_beside_primary

MONTH = 30.4375


@pytest.fixture(scope="module")
def times():
    """Forty patients: assessments every 84 days, progression at one of them, a death, or neither."""
    rng = np.random.default_rng(21)
    index = [f"{arm}{n}" for arm in "ABCD" for n in range(10)]
    visit, kind = rng.integers(2, 12, 40), rng.choice(["seen", "death", "none"], 40, p=[0.6, 0.1, 0.3])
    days = 84.0 * visit + np.where(kind == "death", 17, 0)
    frame = pd.DataFrame(
        {"ARM": [one[0] for one in index], "CNSR": np.where(kind == "none", 1, 0)}, index=index
    )
    frame["START"], frame["END"] = day(0), [day(int(one)) for one in days]
    frame["MONTHS"] = days / MONTH
    frame["LOWER"] = np.where(kind == "seen", days - 84, days) / MONTH
    frame["UPPER"] = np.where(kind == "none", np.inf, days / MONTH)
    return frame


@pytest.fixture(scope="module")
def seen(times):
    visits = [
        (name, day(84 * number))
        for name, end in times["END"].items()
        for number in range(1, 13)
        if day(84 * number) <= end
    ]
    return pd.DataFrame(visits, columns=["SUBJID", "DAY"])


@pytest.fixture(scope="module")
def patients(times):
    rng = np.random.default_rng(22)
    frame = pd.DataFrame(
        {
            "AGE": rng.integers(50, 80, 40).astype(float),
            "GRADE": rng.choice(["G1", "G2"], 40),
            "METLIV": "Y",
            "KPS": 90.0,
        },
        index=times.index,
    )
    frame["METLIV"], frame["KPS"] = "Y", 90.0
    frame.loc["A3", "AGE"], frame.loc["B1", "GRADE"] = np.nan, None
    return frame


@pytest.fixture(scope="module")
def found(times, seen, patients, study):
    chosen = plan(
        interval_cutpoints=(12.0, 24.0), adjustment_covariates=("AGE", "GRADEH", "METLIVFL"),
        assessment_interval_days=84, assessment_tolerance_days=14,
    )  # fmt: skip
    return values(recompute_beside_primary, times, seen, patients, chosen, study)


def test_models_of_the_first_engine_have_the_same_maximum(found, times):
    low, high = times["LOWER"].to_numpy(), times["UPPER"].to_numpy()
    group = times["ARM"].ne("A").to_numpy()
    for name, fit in (
        ("weibull", weibull_hazard_ratio(low, high, group, confidence=0.95)),
        ("piecewise", piecewise_hazard_ratio(low, high, group, cutpoints=(12.0, 24.0), confidence=0.95)),
    ):
        assert found[f"pfs.interval.{name}.hr"] == pytest.approx(np.exp(fit.coefficient), rel=1e-5)
        assert found[f"pfs.interval.{name}.ci_high"] == pytest.approx(np.exp(fit.upper), rel=1e-5)
        assert found[f"pfs.interval.{name}.p"] == pytest.approx(fit.p_value, rel=1e-5)
        between = times["LOWER"].lt(times["UPPER"]) & np.isfinite(high)
        assert found[f"pfs.interval.{name}.between"] == between.sum()


def test_a_missing_covariate_is_the_median_or_a_level_of_its_own(found, times, patients):
    age, grade = patients["AGE"], patients["GRADE"]
    columns = [
        times["ARM"].ne("A"), age.fillna(age.median()), age.isna(), grade.eq("G2").fillna(value=False), grade.isna(),
    ]  # fmt: skip
    model = cox_model(
        times["MONTHS"],
        times["CNSR"].eq(0).astype(int),
        np.column_stack([one.astype(float) for one in columns]),
    )
    terms = (
        "",
        ".term.age",
        ".term.age%20missing",
        ".term.histological%20grade%20G2",
        ".term.histological%20grade%20missing",
    )
    for name, term in zip(terms, model.terms, strict=True):
        assert found[f"pfs.adjusted{name}.hr"] == pytest.approx(term.hazard_ratio, rel=1e-6)


def test_what_is_seen_on_the_day_of_the_schedule_does_not_move(found, times):
    """Deaths keep their day too; a time without an event ends at the last scheduled day."""
    assert found["pfs.on_schedule.moved"] == 0
    test = log_rank(times["MONTHS"], times["CNSR"].eq(0).astype(int), times["ARM"].ne("A").astype(str))
    assert found["pfs.on_schedule.log_rank_p"] == pytest.approx(test.p_value)


def test_a_late_assessment_belongs_to_the_next_scheduled_day(times, seen, patients, study):
    late = times.assign(END=times["END"] + pd.Timedelta(days=20), UPPER=times["UPPER"] + 20 / MONTH)
    chosen = plan(
        interval_cutpoints=(12.0, 24.0), adjustment_covariates=("METLIVFL",), assessment_interval_days=84,
        assessment_tolerance_days=14,
    )  # fmt: skip
    found = values(recompute_beside_primary, late, seen, patients, chosen, study)
    assert found["pfs.on_schedule.moved"] > 0
    assert "pfs.adjusted.hr" not in found  # the covariate does not vary: no model


def test_assessments_are_as_far_apart_as_the_schedule(found):
    assert found["pfs.assessments.interval.A.mean"] == 84
    assert found["pfs.assessments.off_schedule.all.n"] == 0


def test_a_piece_in_which_no_event_may_lie_has_no_model(times, seen, patients, study):
    chosen = plan(interval_cutpoints=(12.0, 600.0), permutations=99, imputations=2)
    empty = values(recompute_beside_primary, times, seen, patients, chosen, study)
    assert "pfs.interval.piecewise.hr" not in empty
    assert "pfs.interval.weibull.hr" in empty
