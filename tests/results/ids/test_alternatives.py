"""Under other plans the families know every id that a display, the words of a report, a claim or a printed number asks.

The results are made up: one row for each id that the families know under a plan, so that asking for any other one ends
the report. That the analyses make these ids and no others is tested of the presets in ``test_known``, and of other
plans and cuts in ``test_plan_cases``.
"""

from dataclasses import replace
from functools import cache
from unittest import mock

import pytest
from plan_cases import Trial, texts

from duonen_stats.datasets import accounting
from duonen_stats.displays.model.content import FigureContent
from duonen_stats.errors import UnknownResultError
from duonen_stats.plan import Plan, decisions, rule_of
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import audit_publication
from duonen_stats.publication.ledger import Ledger
from duonen_stats.report.compose import Analysed, compose, lay_out_all
from duonen_stats.results import ResultRow, Results, ids
from duonen_stats.results.quality import analyse_quality
from duonen_stats.simulated.cut.simulation import simulate_cut

pytestmark = pytest.mark.law

CASES = {
    "interim": [
        {},
        {"between_arm_test": "routed", "correlation": "pearson", "convention": "default", "quantile_type": 2},
        {"between_arm_test": "anova", "paired_test": "paired_t", "quantile_type": 7, "nadir_tie": "last",
         "censored_results": "half", "safety_arm": "randomised", "cycle_delay": "over_target"},
        {"between_arm_test": "welch_anova", "posthoc_after_rank": "dunn", "convention": "r",
         "censored_results": "excluded", "ctcae_version": "6.0", "egfr_slope": "chronic",
         "recovery_support": "as_observed"},
        {"follow_up_visits": ("V1", "V4"), "nadir_scope": "on_treatment", "proportion_limits": "wilson",
         "repeated_covariance": "compound_symmetry", "repeated_df": "satterthwaite", "repeated_baseline": "by_visit"},
        {"control_arm": "D", "modification_counting": "any_cycle", "baseline_rule": "last_before_treatment",
         "visit_record_rule": "closest", "follow_up_visits": ("V3", "V2"), "ae_reporting": "as_collected"},
    ],
    "final": [
        {},
        {"control_arm": "B", "curve_limits": "log", "landmark_months": (18.0,), "firth": "always",
         "hazards_transform": "rank", "response_confirmation": "confirmed", "rmst_tau": "smallest_last_time"},
        {"control_arm": "D", "curve_limits": "plain", "grid_months": (0.0, 7.5), "tipping_deltas": (1.0000001, 2.5),
         "hazards_transform": "identity", "new_therapy_censoring": "new_therapy", "new_lesion_is_progression": False},
        {"late_landmark_months": (18.5,), "grade_landmark_months": (1.0,), "decline_fractions": (0.575,),
         "ctcae_version": "6.0", "subgroups": ("BMIBL:22.5:30", "RACE"), "recovery_support": "not_recovered"},
        {"curve_limits": "logit", "subgroup_age": 60, "ae_landmark_months": (1.0, 2.0), "ae_grid_months": (5.0,),
         "hazards_transform": "log", "baseline_scan": "before_randomisation", "stratification_factors": ()},
        {"curve_limits": "arcsin", "follow_up_visits": ("V2", "V4"), "imputation_end": "horizon",
         "per_protocol": "important", "interval_cutpoints": (9.0,), "adjustment_covariates": ("SEX",),
         "baseline_scan_outside": "not_used", "disease_after_complete_response": "progression",
         "censoring_covariates": ("SEX",)},
    ],
}  # fmt: skip


@cache
def trial_of(report: str) -> Trial:
    """Read and check the cut of a report once: whose datasets they are does not matter to what is asked for."""
    return Trial(report, simulate_cut(5, patients=24, stage=report.upper()))


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger()


def made_up(trial: Trial, plan: Plan, number: float | None) -> Results:
    """Give every id that the families know under a plan, with a number or with the reason why there is none."""
    known = ids.known_ids(trial.study, plan, plan.report)
    quality = analyse_quality(trial.findings, accounting(trial.cut, trial.datasets(trial.base)))
    rows = [
        ResultRow(
            analysis_id=name, display="", population="", stat_name=name.rpartition(".")[2], stat_label="", stat=number,
            note="" if number is not None else "no patients",
            variable_level=plan.follow_up_visits[0] if name.endswith(".visit") else "",
        )
        for name in set(known.exact) - {row.analysis_id for row in quality}
    ]  # fmt: skip
    return Results([*quality, *rows])


def composed(trial: Trial, plan: Plan, results: Results, ledger: Ledger):
    audit = audit_publication(ledger, results, trial.study, plan) if plan.report == "interim" else None
    analysed = Analysed(
        cut=trial.cut, findings=trial.findings, study=trial.study, plan=plan, data=trial.datasets(trial.base),
        results=results, versions=trial.versions, fingerprint="abc", audit=audit,
    )  # fmt: skip
    shown = lay_out_all(analysed)
    with mock.patch(
        "duonen_stats.report.compose.records_behind", return_value=None
    ):  # made-up rows are of no records
        return shown, compose(analysed, shown), audit


@pytest.mark.parametrize(
    ("report", "changes"), [(report, changes) for report, cases in CASES.items() for changes in cases]
)
def test_every_id_that_is_asked_for_exists(report, changes, ledger):
    trial = trial_of(report)
    plan = replace(trial.base, **changes)
    results = made_up(trial, plan, 1.0)
    shown, document, audit = composed(trial, plan, results, ledger)
    assert sum(isinstance(one.content, FigureContent) for one in shown.values()) >= 7
    assert len(document.sections) > 10
    if audit is not None:
        assert len(audit.rows) == len(ledger)
        assert {name for row in audit.rows for name in row.result_ids} <= {row.analysis_id for row in results}


@pytest.mark.parametrize("report", list(CASES))
def test_every_id_that_is_asked_for_without_a_number_exists(report, ledger):
    trial = trial_of(report)
    composed(trial, trial.base, made_up(trial, trial.base, None), ledger)


def test_the_final_report_says_which_missing_values_are_replaced(ledger):
    trial = trial_of("final")
    _, document, _ = composed(trial, trial.base, made_up(trial, trial.base, 1.0), ledger)
    words = " ".join(text for _, text in texts(document))
    assert (
        "Missing values are not replaced, save in Table E4, where times after censoring are imputed" in words
    )
    assert "Missing values are not replaced: " not in words


def test_every_choice_of_the_plan_is_in_a_case():
    choices = {
        item.name: rule_of(item.name).choices for item in decisions() if not rule_of(item.name).several
    }
    tried = {(field, value) for cases in CASES.values() for case in cases for field, value in case.items()}
    presets = {(item.name, item.default) for item in decisions()}
    wanted = {(name, choice) for name, named in choices.items() for choice in named}
    assert wanted - tried - presets == set()


def test_an_id_that_no_family_knows_ends_the_report(ledger):
    trial = trial_of("final")
    results = made_up(trial, trial.base, 1.0)
    lost = Results(row for row in results if row.analysis_id != "pfs.sensitivity.tipping_delta.delta")
    with pytest.raises(UnknownResultError, match="tipping_delta"):
        composed(trial, trial.base, lost, ledger)
