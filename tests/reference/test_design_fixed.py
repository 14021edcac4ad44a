"""Fixed designs, expected events and simulated power beside R (rpact, gsDesign, gsDesign2, lrstat, survival)."""

import json
from dataclasses import replace
from math import log, sqrt
from pathlib import Path

import pytest

from duonen_stats.design import (
    Accrual,
    SimulationScenario,
    SurvivalAssumptions,
    accrual_duration,
    average_hazard_ratio,
    event_probability,
    expected_events,
    followup_time,
    hazard_from_survival,
    logrank_batch,
    power,
    required_events,
    sample_size,
    simulate_logrank,
    time_to_events,
)

pytestmark = pytest.mark.reference

FILE = Path(__file__).with_name("design_fixed.json")
CASES = {case["id"]: case for case in json.loads(FILE.read_text(encoding="utf-8"))["cases"]}

DUONEN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)
PIECES = {
    "hazard_starts_months": (0, 6, 12),
    "control_hazard_per_month": (0.03, 0.05, 0.02),
    "allocation_ratio": 2,
}


def check(case_id, found, *, rel=None):
    """Compare every value found with R's, which must all be there."""
    case = CASES[case_id]
    for name, value in found.items():
        assert value == pytest.approx(case["outputs"][name], rel=rel or case["tol_rel"]), name


def sized(assumptions, **options):
    size = sample_size(assumptions, **options)
    return {
        "events": size.n_events,
        "n": size.n_patients,
        "n_exp": size.n_experimental,
        "n_ctl": size.n_control,
        "study_duration": size.analysis_months,
        "accrual_time": size.accrual_months,
        "followup_time": size.followup_months,
        "accrual_intensity": size.patients_per_month,
    }


SIZES = {
    "fx-duonen-schoenfeld": (DUONEN, {}),
    "fx-duonen-hsiehfreedman": (DUONEN, {"method": "hsieh_freedman"}),
    "fx-11-med12": (
        SurvivalAssumptions(control_median_months=12, hazard_ratio=0.7, accrual=24, followup_months=12),
        {"alpha": 0.025, "sides": 1, "power": 0.8},
    ),
    "fx-12-smallhr": (
        SurvivalAssumptions(
            control_hazard_per_month=0.05,
            hazard_ratio=0.35,
            allocation_ratio=0.5,
            accrual=18,
            followup_months=6,
        ),
        {"alpha": 0.025, "sides": 1},
    ),
    "fx-hr-gt1": (
        SurvivalAssumptions(control_hazard_per_month=0.02, hazard_ratio=1.6, accrual=24, followup_months=24),
        {"alpha": 0.025, "sides": 1, "power": 0.8},
    ),
    "fx-noninf": (
        SurvivalAssumptions(control_hazard_per_month=0.04, hazard_ratio=1, accrual=24, followup_months=24),
        {"alpha": 0.025, "sides": 1, "power": 0.8, "null_hazard_ratio": 1.3},
    ),
    "fx-piecewise-hazard": (
        SurvivalAssumptions(**PIECES, hazard_ratio=0.6, accrual=24, followup_months=18),
        {"alpha": 0.025, "sides": 1},
    ),
}


@pytest.mark.parametrize("case_id", SIZES)
def test_sample_size(case_id):
    assumptions, options = SIZES[case_id]
    check(case_id, sized(assumptions, **options))


@pytest.mark.parametrize("method", ["schoenfeld", "bernstein_lagakos"])
def test_sample_size_as_in_gsdesign(method):
    size = sample_size(DUONEN, method=method)
    check(
        f"nsurv-duonen-{method.replace('_', '')}",
        {
            "n": size.n_patients,
            "events": size.n_events,
            "n_exp": size.n_experimental,
            "n_ctl": size.n_control,
            "events_exp": size.events_experimental,
            "events_ctl": size.events_control,
        },
    )


@pytest.mark.parametrize("case_id", ["fx-solve-followup", "nsurv-solve-followup"])
def test_the_follow_up_that_brings_the_events(case_id):
    events = required_events(0.5, allocation_ratio=3).n_events
    followup = followup_time(DUONEN, events, n_patients=150)
    name = "followup_time" if case_id.startswith("fx") else "min_followup"
    total = "study_duration" if case_id.startswith("fx") else "total"
    check(case_id, {"events": events, name: followup, total: 60 + followup})


@pytest.mark.parametrize("case_id", ["acc-duration-rate28", "nsurv-solve-accrual"])
def test_the_accrual_that_brings_the_events(case_id):
    events = required_events(0.5, allocation_ratio=3).n_events
    plan = replace(DUONEN, total_months=None, followup_months=60)
    found = accrual_duration(plan, events, patients_per_month=1.6)
    if case_id.startswith("acc"):
        check(case_id, {"study_duration": found.analysis_months, "accrual_time": found.accrual_months})
        check(
            case_id, {"followup_time": found.followup_months}, rel=2e-6
        )  # rpact's own search ends at 59.9999
    else:
        check(case_id, {"accrual": found.accrual_months, "total": found.analysis_months})
    check(case_id, {"events": found.n_events, "n": found.n_patients})


@pytest.mark.parametrize(
    ("case_id", "options"),
    [
        ("pw-duonen-64", {"far_tail": True}),
        ("pw-duonen-64-1s", {"alpha": 0.025, "sides": 1}),
    ],
)
def test_power_at_64_events(case_id, options):
    found = [power(DUONEN.with_hazard_ratio(h), 92, n_events=64, **options) for h in (0.667, 0.5, 0.43)]
    check(case_id, {"power": [p.power for p in found], "analysis_time": [p.analysis_months for p in found]})


def test_power_with_dropout():
    plan = SurvivalAssumptions(
        control_median_months=12,
        hazard_ratio=0.6,
        accrual=24,
        dropout_hazard_per_month=hazard_from_survival(0.9, 12),
    )
    options = {"n_events": 250, "alpha": 0.025, "sides": 1}
    found = [power(plan.with_hazard_ratio(h), 400, **options) for h in (0.6, 0.7, 0.8)]
    check("pw-drop", {"power": [p.power for p in found], "analysis_time": [p.analysis_months for p in found]})


@pytest.mark.parametrize("hazard_ratio", [0.667, 0.5, 0.43])
def test_power_by_bernstein_and_lagakos(hazard_ratio):
    plan = DUONEN.with_hazard_ratio(hazard_ratio)
    found = power(plan, 92, alpha=0.025, sides=1, method="bernstein_lagakos")
    check(f"gsp-n92-bernsteinlagakos-{hazard_ratio:g}", {"power": found.power, "events": found.n_events})


@pytest.mark.parametrize("hazard_ratio", [0.667, 0.43])
def test_power_by_lakatos(hazard_ratio):
    found = power(DUONEN.with_hazard_ratio(hazard_ratio), 92, alpha=0.025, sides=1, method="lakatos")
    check(f"lrp-direct-{hazard_ratio:g}", {"power": found.power, "events": found.n_events})


@pytest.mark.parametrize(
    ("case_id", "plan", "times"),
    [
        ("ev-duonen", DUONEN, (12, 24, 36, 60, 84, 120)),
        (
            "ev-piecewise",
            SurvivalAssumptions(**PIECES, hazard_ratio=0.7, accrual=Accrual.piecewise((0, 6), 24, (2, 5))),
            (6, 18, 30, 48),
        ),
    ],
)
def test_event_probability(case_id, plan, times):
    found = [event_probability(plan, t) for t in times]
    check(
        case_id,
        {
            "event_prob_exp": [p.experimental for p in found],
            "event_prob_ctl": [p.control for p in found],
            "event_prob_overall": [p.overall for p in found],
        },
    )


def test_expected_events_and_patients():
    found = expected_events(DUONEN, 92, 60)
    check(
        "eev-60",
        {
            "events_ctl": found.control,
            "events_exp": found.experimental,
            "n_ctl": found.entered_control,
            "n_exp": found.entered_experimental,
        },
    )
    ramp = Accrual.piecewise((0, 6), 24, (2, 5))
    check("ns-ramp", {"n": [ramp.n_patients * ramp.share_entered(t) for t in (3, 6, 12, 24, 30)]})


def test_average_hazard_ratio_with_a_delayed_effect():
    plan = SurvivalAssumptions(
        control_hazard_per_month=log(2) / 18,
        hazard_starts_months=(0, 6),
        hazard_ratio=(1, 0.55),
        allocation_ratio=3,
        dropout_hazard_per_month=0.004,
        accrual=Accrual.piecewise((0, 6), 24, (2, 6)),
    )
    found = [average_hazard_ratio(plan, at_months=t) for t in (24, 36, 60)]
    check(
        "ahr-delayed",
        {
            "ahr": [a.hazard_ratio for a in found],
            "events": [a.n_events for a in found],
            "info": [a.information for a in found],
            "info0": [a.information_null for a in found],
        },
    )


def test_time_to_events():
    check("etime-117", {"time": time_to_events(DUONEN, 117, 167)})
    check("caltime-64-n92", {"time": [time_to_events(DUONEN, d, 92) for d in (20, 40, 64)]})


def test_logrank_statistic():
    time = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
    event = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
    found = logrank_batch(time, event, [1] * 11 + [0] * 12)
    check("survdiff-aml", {"chisq": float(found.z[0]) ** 2})
    assert 7 - found.score[0] == pytest.approx(CASES["survdiff-aml"]["outputs"]["expected"][0], rel=1e-6)


@pytest.mark.parametrize("i", [0, 1, 2])
def test_simulated_power_at_64_events(i):
    reference = CASES["sim-duonen-hr"]["outputs"]
    hazard_ratio = CASES["sim-duonen-hr"]["inputs"]["hr"][i]
    scenario = SimulationScenario(
        assumptions=DUONEN.with_hazard_ratio(hazard_ratio),
        n_patients=92,
        n_events=64,
        alpha=0.025,
        sides=1,
        entry="even",
    )
    found = simulate_logrank(scenario, n_trials=40_000, seed=11)
    error = sqrt(found.favourable.mc_error**2 + reference["power"][i] * (1 - reference["power"][i]) / 20_000)
    assert abs(found.favourable.value - reference["power"][i]) < 4 * error
    assert found.mean_events == 64
    assert found.mean_analysis_months == pytest.approx(reference["analysis_time"][i], rel=0.005)


def test_simulated_power_at_a_calendar_time():
    reference = CASES["lrsim-hr5"]["outputs"]
    scenario = SimulationScenario(assumptions=DUONEN, n_patients=92, alpha=0.025, sides=1, entry="poisson")
    found = simulate_logrank(scenario, n_trials=40_000, seed=12)
    error = sqrt(found.favourable.mc_error**2 + reference["power"] * (1 - reference["power"]) / 100_000)
    assert abs(found.favourable.value - reference["power"]) < 4 * error
    assert found.mean_events == pytest.approx(reference["events"], abs=0.15)


def test_every_case_is_used():
    named = Path(__file__).read_text(encoding="utf-8")
    built = {"nsurv-duonen-schoenfeld", "nsurv-duonen-bernsteinlagakos"} | {
        name for name in CASES if name.startswith(("gsp-n92", "lrp-direct"))
    }
    assert [name for name in CASES if name not in built and f'"{name}"' not in named] == []
