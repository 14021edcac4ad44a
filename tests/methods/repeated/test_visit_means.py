"""Means by arm and visit: R's numbers, what has no estimate, and laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_maxima import (
    EDGE_COVARIANCE,
    EDGE_LOGLIK,
    EDGE_VARIANCE,
    HETEROGENEOUS_LOGLIK,
    LOWER_HETEROGENEOUS_LOGLIK,
    LOWER_MEAN_A_V1,
    MEAN_A_V1,
    two_maxima,
)

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import mmrm
from duonen_stats.qualification.reference_cases import SHIPPED, numbers, read_cases

CASES = {case.id: case for path in SHIPPED for case in read_cases(path) if case.procedure == "mmrm"}


def _fit(name: str, **changed):
    case = CASES[name]
    data = {key: list(case.data[key]) for key in ("subject", "arm", "visit")}
    given_ = {
        "reference": "A",
        "base": numbers(case.data["base"]),
        "arms": case.options["arms"],
        "visits": case.options["visits"],
        **changed,
    }
    return mmrm(data["subject"], data["arm"], data["visit"], numbers(case.data["change"]), **given_)


def test_heterogeneous_symmetry_agrees_with_r():
    # R 4.2.2, nlme 3.1.162: gls(change ~ base + arm*visit, correlation = corCompSymm(form = ~1|subject),
    # weights = varIdent(form = ~1|visit), method = "REML", control = glsControl(tolerance = 1e-12, msTol = 1e-13))
    found = _fit("mmrm_04", covariance="csh")
    assert found.loglik == pytest.approx(-85.027939968525, rel=1e-12)
    differences = {(one.arm, one.visit): one.satterthwaite.estimate for one in found.differences}
    assert differences["B", "V1"] == pytest.approx(0.0602410808641, abs=1e-8)
    assert differences["C", "V1"] == pytest.approx(-0.5117295756616, abs=1e-8)
    assert differences["B", "V3"] == pytest.approx(0.0602410808641 - 0.2259998201599, abs=1e-8)
    deviations = np.sqrt(np.diag(found.matrix))
    ratios = [1.0, 1.0198352381, 1.0545972553]
    np.testing.assert_allclose(deviations, 0.831499419404 * np.array(ratios), rtol=1e-6)


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random):
    case = CASES["mmrm_01"]
    columns = [case.data[name] for name in ("subject", "arm", "visit", "change", "base")]
    rows = list(zip(*columns, strict=True))
    random.shuffle(rows)
    subject, arm, visit, change, base = zip(*rows, strict=True)
    found = mmrm(subject, arm, visit, change, base=base, reference="A")
    assert found.loglik == pytest.approx(case.expected["reml_loglik"], abs=1e-9)
    wanted = [one["estimate"] for one in case.expected["differences"]]
    assert [one.satterthwaite.estimate for one in found.differences] == pytest.approx(wanted, rel=1e-8)


def test_a_scale_of_the_values_scales_the_estimates_alone():
    first, scaled = _fit("mmrm_01"), None
    case = CASES["mmrm_01"]
    change = [10 * value for value in numbers(case.data["change"])]
    scaled = mmrm(
        case.data["subject"],
        case.data["arm"],
        case.data["visit"],
        change,
        base=case.data["base"],
        reference="A",
    )
    for one, other in zip(first.differences, scaled.differences, strict=True):
        assert other.satterthwaite.estimate == pytest.approx(10 * one.satterthwaite.estimate, rel=1e-7)
        assert other.satterthwaite.df == pytest.approx(one.satterthwaite.df, rel=1e-6)
        assert other.satterthwaite.p_value == pytest.approx(one.satterthwaite.p_value, rel=1e-6)


def test_another_reference_turns_the_differences_round():
    one = _fit("mmrm_01").differences
    other = _fit("mmrm_01", reference="B").differences
    assert [-d.satterthwaite.estimate for d in other] == pytest.approx(
        [d.satterthwaite.estimate for d in one], rel=1e-7
    )


def test_a_cell_that_nobody_fills_is_named_and_the_rest_estimated():
    found = _fit("mmrm_08")
    assert [(one.arm, one.visit, one.reason) for one in found.missing] == [("D", "V4", "empty_cell")]
    assert ("D", "V4") not in {(one.arm, one.visit) for one in found.means}
    assert len(found.means) == 15


def test_a_reference_without_the_visit_has_no_differences_there():
    found = _fit("mmrm_08", reference="D")
    assert {one.visit for one in found.differences} == {"V1", "V2", "V3"}


def test_a_patient_alone_in_an_arm_changes_nothing_for_the_others():
    case = CASES["mmrm_10"]
    without = [place for place, arm in enumerate(case.data["arm"]) if arm != "D"]
    picked = {name: [case.data[name][place] for place in without] for name in case.data}
    alone = _fit("mmrm_10")
    others = mmrm(
        picked["subject"], picked["arm"], picked["visit"], numbers(picked["change"]),
        base=numbers(picked["base"]), reference="A",
    )  # fmt: skip
    assert [one.reason for one in alone.missing] == ["group_too_small"]
    wanted = [one.satterthwaite.estimate for one in others.differences]
    assert [one.satterthwaite.estimate for one in alone.differences] == pytest.approx(wanted, abs=1e-8)


def _without_most_of(visit: str, kept: int) -> dict[str, list]:
    """The rows of a case, of a visit the first few alone."""
    data = CASES["mmrm_02"].data
    of_visit = [place for place, one in enumerate(data["visit"]) if one == visit]
    places = [place for place in range(len(data["visit"])) if place not in of_visit[kept:]]
    return {name: [data[name][place] for place in places] for name in data}


@pytest.mark.parametrize("kept", [1, 4])
def test_a_visit_without_a_slope_of_its_own_is_named_and_the_rest_fitted_as_without_it(kept):
    """One patient, or one of each arm: the arms' means take all that their values say."""
    few, none = (_without_most_of("V2", number) for number in (kept, 0))
    found, others = (
        mmrm(one["subject"], one["arm"], one["visit"], one["change"], base=one["base"], reference="A",
             baseline="by_visit")
        for one in (few, none)
    )  # fmt: skip
    assert [(one.arm, one.visit, one.reason) for one in found.missing] == [(None, "V2", "no_slope")]
    assert found.visits == ("V1", "V3", "V4")
    assert (found.means, found.differences) == (others.means, others.differences)
    assert found.loglik == others.loglik


def test_without_any_slope_the_model_is_refused():
    with pytest.raises(NotEstimable) as refusal:
        mmrm(
            ["P1", "P2", "P3"], ["A", "B", "A"], ["V1", "V1", "V1"], [1.0, 2.0, 2.5], base=[3.0, 4.0, 3.0],
            reference="A", baseline="by_visit", covariance="cs",
        )  # fmt: skip
    assert refusal.value.reason == "collinear"


@pytest.mark.parametrize("seed", range(20))
def test_three_patients_of_two_arms_with_a_slope_leave_no_variance_between_patients(seed):
    """Arms and slope take up what lies between them: no likelihood says how much it varies."""
    rng = np.random.default_rng(seed)
    values = [("1", "A", visit) for visit in "abcde"] + [("2", "A", visit) for visit in "abcdf"]
    values += [("3", "B", visit) for visit in "abc"]
    subject, arm, visit = (list(column) for column in zip(*values, strict=True))
    base = [{"1": 15.7, "2": 15.0, "3": 13.7}[one] for one in subject]
    with pytest.raises(NotEstimable, match=r"does not determine|no maximum"):
        mmrm(subject, arm, visit, rng.normal(size=len(values)), base=base, reference="A", covariance="cs")


def test_a_reference_that_has_values_only_where_there_is_no_slope_has_no_differences():
    few = _without_most_of("V2", 1)
    places = [p for p, arm in enumerate(few["arm"]) if arm != "A" or few["visit"][p] == "V2"]
    picked = {name: [few[name][place] for place in places] for name in few}
    found = mmrm(picked["subject"], picked["arm"], picked["visit"], picked["change"], base=picked["base"],
                 reference="A", baseline="by_visit")  # fmt: skip
    assert {one.arm for one in found.means} == {"B", "C", "D"}
    assert found.differences == ()
    assert {(one.arm, one.visit, one.reason) for one in found.missing} == {
        (None, "V2", "no_slope"), ("A", None, "empty_group"),
    }  # fmt: skip


def test_a_stated_fallback_is_used_and_said():
    with pytest.raises(NotEstimable) as refusal:
        _fit("mmrm_11")
    assert refusal.value.reason == "n_too_small"
    found = _fit("mmrm_11", fallback=("cs",))
    assert (found.asked, found.covariance) == ("un", "cs")


@pytest.mark.parametrize(("patients", "used"), [(14, "cs"), (15, "un")])
def test_with_a_fallback_an_unstructured_matrix_needs_four_patients_a_visit(patients, used):
    """Two arms and a slope take three of them; alone, the matrix is fitted to fewer."""
    rng = np.random.default_rng(3)
    subject = np.repeat([f"P{n}" for n in range(patients)], 3)
    arm = np.repeat(["A", "B"] * patients, 3)[: 3 * patients]
    visit, change = np.tile(["V1", "V2", "V3"], patients), rng.normal(size=3 * patients)
    asked = {"base": np.repeat(rng.normal(size=patients), 3), "reference": "A"}
    assert mmrm(subject, arm, visit, change, **asked, fallback=("cs",)).covariance == used
    assert mmrm(subject, arm, visit, change, **asked).covariance == "un"


def _of_maxima(rows, **options):
    values = (rows[name].tolist() for name in ("SUBJID", "ARM", "AVISIT", "CHG"))
    return mmrm(*values, reference="A", base=rows["BASE"], **options)


@pytest.mark.independent
def test_of_two_maxima_of_the_likelihood_the_higher_is_the_fit():
    found = _of_maxima(two_maxima())
    first = found.means[0]
    assert (first.arm, first.visit) == ("A", "V1")
    assert first.satterthwaite.estimate == pytest.approx(MEAN_A_V1, abs=1e-5)
    assert first.satterthwaite.estimate != pytest.approx(LOWER_MEAN_A_V1, abs=1)


@pytest.mark.independent
def test_of_two_maxima_of_heterogeneous_symmetry_the_higher_is_the_fit():
    found = _of_maxima(two_maxima(heterogeneous=True), covariance="csh")
    assert found.loglik == pytest.approx(HETEROGENEOUS_LOGLIK, abs=1e-6)
    assert found.loglik > LOWER_HETEROGENEOUS_LOGLIK + 3
    assert found.matrix[0, 0] ** 0.5 == pytest.approx(0.1361, abs=1e-4)


@pytest.mark.independent
def test_a_maximum_of_compound_symmetry_is_the_fit_though_the_edge_is_higher():
    found = _of_maxima(two_maxima(edge=True), covariance="cs")
    assert found.matrix[0, :2] == pytest.approx([EDGE_VARIANCE, EDGE_COVARIANCE], abs=1e-6)
    assert found.loglik == pytest.approx(
        EDGE_LOGLIK - 9 / 2 * math.log(2 * math.pi), abs=1e-6
    )  # 20 values, 11 effects


def test_an_arm_without_values_is_named():
    found = _fit("mmrm_01", arms=["A", "B", "Z"])
    assert [(one.arm, one.reason) for one in found.missing] == [("Z", "empty_group")]


def test_missing_values_and_baselines_are_counted():
    case = CASES["mmrm_01"]
    base = [*numbers(case.data["base"])]
    base[0] = float("nan")
    found = _fit("mmrm_01", base=base)
    assert (found.n_obs, found.n_missing) == (35, 1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"visit": ["V1", "V1"]}, "two values"),
        ({"arm": ["A", "B"]}, "two arms"),
        ({"reference": "Q"}, "reference"),
        ({"arms": ["B"], "reference": "B"}, "No arm A"),
        ({"baseline": "common"}, "baseline"),
        ({"visit": ["V1"]}, "equally many"),
    ],
)
def test_rows_without_a_common_form_are_refused(changed, message):
    given_ = {
        "subject": ["P1", "P1"],
        "arm": ["A", "A"],
        "visit": ["V1", "V2"],
        "change": [1.0, 2.0],
        "reference": "A",
        "baseline": "none",
        **changed,
    }
    with pytest.raises(DataError, match=message):
        mmrm(**given_)


def test_no_value_at_all_is_refused():
    with pytest.raises(NotEstimable) as refusal:
        mmrm(["P1", "P2"], ["A", "B"], ["V1", "V1"], [None, None], reference="A", baseline="none")
    assert refusal.value.reason == "empty_group"


def test_a_reference_without_values_leaves_means_and_no_differences():
    found = _fit("mmrm_01", arms=["A", "B", "Z"], reference="Z")
    assert found.means == _fit("mmrm_01").means
    assert found.differences == ()
    assert [(one.arm, one.reason) for one in found.missing] == [("Z", "empty_group")]


ALTERNATING = [
    ("A", 1.19, None, -0.21),
    ("B", 1.0, 0.22, 0.22),
    ("A", -0.24, -0.34, 1.67),
    ("B", 0.48, -0.51, None),
    ("A", -1.19, -0.14, None),
    ("B", 0.8, -0.71, 0.92),
    ("A", 1.52, -0.43, 0.09),
    ("B", 0.81, -1.74, 1.22),
    ("A", 0.56, 0.56, 0.37),
    ("B", 1.09, 0.71, 0.24),
    ("A", -1.18, 0.67, -0.13),
    ("B", 0.06, 0.72, 0.14),
    ("A", 0.67, 0.79, -0.21),
    ("B", -0.68, 0.6, -0.99),
    ("A", 0.13, None, 0.92),
    ("B", -0.87, 0.02, 0.75),
]
"""Arm and values at three visits of patients whose neighbouring values lie on either side of the mean."""


def test_a_negative_correlation_of_neighbours_agrees_with_r():
    # R 4.2.2, nlme 3.1.162: gls(change ~ arm*visit, correlation = corAR1(form = ~v | subject), method = "REML",
    # control = glsControl(tolerance = 1e-12, msTol = 1e-13))
    rows = [
        (f"P{number}", arm, f"V{place}", value)
        for number, (arm, *values) in enumerate(ALTERNATING)
        for place, value in enumerate(values, 1)
    ]
    subject, arm, visit, change = zip(*rows, strict=True)
    found = mmrm(subject, arm, visit, change, reference="A", baseline="none", covariance="ar1")
    assert found.loglik == pytest.approx(-49.21087326236, rel=1e-12)
    assert found.matrix[0, 0] == pytest.approx(0.6231839836, rel=1e-8)
    assert found.matrix[0, 1] / found.matrix[0, 0] == pytest.approx(-0.3744317549, rel=1e-7)
    differences = [one.satterthwaite.estimate for one in found.differences]
    assert differences == pytest.approx(
        [0.153750000000, 0.153750000000 - 0.374573272876, 0.153750000000 - 0.145770499468], abs=1e-8
    )
