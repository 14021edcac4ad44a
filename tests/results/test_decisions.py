"""Each decision is changed and everything compared: a number that changes has named it. The whole matrix is slow."""

from dataclasses import replace

import pytest

from duonen_stats import build_datasets
from duonen_stats.plan import DATASET_FIELDS, FINAL, INTERIM, decisions
from duonen_stats.results import run_analysis
from duonen_stats.results.analyses.exposure.dose_intensity import analyse_delays, analyse_dose_intensity
from duonen_stats.results.analyses.exposure.kidney_effective_dose import analyse_kidney_effective_dose
from duonen_stats.results.analyses.exposure.modifications import analyse_modifications
from duonen_stats.results.analyses.exposure.organ_doses import analyse_organ_doses
from duonen_stats.results.analyses.patients.disposition import analyse_disposition
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.analyses.safety.toxicity import analyse_toxicity
from duonen_stats.results.analyses.safety.vital_signs import analyse_vital_signs
from duonen_stats.results.decisions import decisions_of
from duonen_stats.results.ids import known_ids

_QUICK = (
    analyse_disposition,
    analyse_delays,
    analyse_dose_intensity,
    analyse_kidney_effective_dose,
    analyse_modifications,
    analyse_organ_doses,
    analyse_adverse_events,
    analyse_toxicity,
    analyse_vital_signs,
)


@pytest.mark.law
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confidence", 0.9),
        ("proportion_limits", "wilson"),
        ("quantile_type", 7),
        ("convention", "r"),
        ("cycle_delay", "over_target"),
        ("bed_alpha_beta", 3.0),
        ("bed_biological_hours", 60.0),
        ("modification_tolerance", 0.3),
        ("ae_reporting_days", 5),
        ("ctcae_version", "6.0"),
        ("difference_decimals", 0),
    ],
)
def test_a_number_that_changes_with_a_decision_names_it(cut, datasets, results, study, field, value):
    plan = replace(INTERIM, **{field: value})
    data = build_datasets(cut, study, plan) if field in DATASET_FIELDS else datasets
    known = known_ids(study, INTERIM, "interim")
    changed = [
        row
        for row in run_analysis(data, study, plan, analyses=_QUICK)
        if row.analysis_id in results and results.value(row.analysis_id) != row.stat
    ]
    assert changed
    silent = {
        row.analysis_id
        for row in changed
        if field not in decisions_of(results.row(row.analysis_id), known.block(row.analysis_id), INTERIM)
    }
    assert silent == set()


def test_what_no_number_names_is_a_choice_of_display_or_level():
    """What is marked or shown, and how a date is read; each of the others is named by some number of a final report."""
    from duonen_stats.results import decisions as module  # noqa: PLC0415 - its tables, which are private

    tables = [*module._FAMILIES.values(), *module._STEPS.values(), *module._TIMES.values()]
    named = {name for fields in tables for name in fields}
    named |= {name for name, _ in module._STATISTICS} | {"control_arm", "safety_arm"}
    every = {item.name for item in decisions()}
    assert named <= every
    assert every - named == {
        "alpha", "nadir_tie", "posthoc_after_rank", "paired_test", "correlation", "egfr_slope",
    }  # fmt: skip


def test_a_decision_without_effect_is_left_out(final_results, study):
    name = "pfs.primary.hr.hr"
    known = known_ids(study, FINAL, "final")
    found = decisions_of(final_results.row(name), known.block(name), FINAL)
    assert {"firth", "control_arm", "missed_assessments", "days_per_month"} <= {*found}
    assert not {"quantile_type", "baseline_rule", "confirmation_days"} & {*found}
    assert list(found) == [item.name for item in decisions() if item.name in found]
    fixed = decisions_of(
        final_results.row("pfs.primary.rmst.tau"), known.block("pfs.primary.rmst.tau"), FINAL
    )
    other = replace(FINAL, rmst_tau="smallest_last_time")
    assert "rmst_months" in fixed
    assert "rmst_months" not in decisions_of(
        final_results.row("pfs.primary.rmst.tau"), known.block("pfs.primary.rmst.tau"), other
    )
