from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from duonen_stats.plan import FINAL
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.beside_primary import (
    analyse_adjusted,
    analyse_interval_censored,
    analyse_schedule,
    interval_curve_rows,
)
from duonen_stats.results.ids.efficacy import RATIO
from duonen_stats.results.rows.table import About, Results


def test_exact_between_and_censored_are_all_patients(final_results):
    for model in ("weibull", "piecewise"):
        block = f"pfs.interval.{model}"
        parts = [final_results.value(f"{block}.{name}") for name in ("exact", "between", "censored")]
        assert sum(parts) == final_results.value(f"{block}.n")
        assert parts[0] + parts[1] == final_results.value("pfs.km.all.events")


def test_the_models_agree_with_the_primary_comparison_about_the_direction(final_results):
    primary = final_results.value("pfs.primary.cox.hr")
    for block in ("pfs.interval.weibull", "pfs.interval.piecewise", "pfs.on_schedule", "pfs.adjusted"):
        assert final_results.value(f"{block}.hr") == pytest.approx(primary, rel=0.15)
        low, high = (final_results.value(f"{block}.{end}") for end in ("ci_low", "ci_high"))
        assert low < final_results.value(f"{block}.hr") < high


@pytest.mark.independent
def test_the_adjusted_model_is_that_of_statsmodels(final_results, final_datasets):
    """Second programming: the design matrix from ADSL by hand, the model by another library."""
    times = final_datasets.adtte[final_datasets.adtte["PARAMCD"].eq("PFS")]
    known = final_datasets.adsl.set_index("USUBJID").reindex(times["USUBJID"])
    age = known["AGE"].to_numpy(dtype=float, na_value=np.nan)
    design = np.column_stack(
        [
            times["TRT01P"].ne("A"),
            np.where(np.isnan(age), np.nanmedian(age), age),
            known["GRADEH"].eq("G2").fillna(value=False),
            known["METLIVFL"].eq("Y").fillna(value=False),
        ]
    ).astype(float)
    assert known[["AGE", "GRADEH", "METLIVFL"]].notna().all(axis=None)
    event = times["CNSR"].eq(0).to_numpy(dtype=float)
    fitted = sm.PHReg(times["AVAL"].to_numpy(dtype=float), design, status=event, ties="efron").fit()
    assert final_results.value("pfs.adjusted.hr") == pytest.approx(np.exp(fitted.params[0]), rel=1e-6)
    names = ("age", "histological%20grade%20G2", "liver%20metastases%20Y")
    for name, coefficient in zip(names, fitted.params[1:], strict=True):
        assert final_results.value(f"pfs.adjusted.term.{name}.hr") == pytest.approx(
            np.exp(coefficient), rel=1e-6
        )


def test_a_curve_is_open_within_an_interval_and_says_so():
    about = About(id=ids.interval_curve("A"), display="", population="")
    # Two progress up to month 11, two between 11 and 13, one is free at 40: open at 12, at 60 without an end.
    rows = Results(
        interval_curve_rows(
            np.array([0.0, 0, 11, 11, 40]), np.array([11.0, 11, 13, 13, np.inf]), about, FINAL
        )
    )
    at = {name: rows.row(f"pfs.interval.curve.A.rate.12.{name}") for name in ("lowest", "highest", "left")}
    assert [one.stat for one in at.values()] == pytest.approx([0.2, 0.6, 11])
    assert rows.row("pfs.interval.curve.A.rate.24.left").note == "the curve is determined at this month"
    assert rows.row("pfs.interval.curve.A.rate.60.right").note.startswith("no end")
    assert rows.value("pfs.interval.curve.A.rate.60.highest") == pytest.approx(0.2)
    assert rows.value("pfs.interval.curve.A.classes") == 3


def test_a_group_without_patients_has_a_reason_at_every_month():
    about = About(id=ids.interval_curve("A"), display="", population="")
    rows = Results(interval_curve_rows(np.array([]), np.array([]), about, FINAL))
    assert rows.row("pfs.interval.curve.A.rate.12.lowest").note == "no patient"
    assert rows.value("pfs.interval.curve.A.n") == 0


def test_a_group_without_an_event_has_a_reason(final_datasets, study):
    times = final_datasets.adtte.copy()
    none = times["TRT01P"].eq("A") & times["PARAMCD"].eq("PFS")
    times.loc[none, "CNSR"] = 1
    data = replace(final_datasets, adtte=times)
    rows = Results(analyse_interval_censored(data, study, FINAL))
    for model in ("weibull", "piecewise"):
        assert rows.value(f"pfs.interval.{model}.hr") is None
        assert "no event in arm A" in rows.row(f"pfs.interval.{model}.hr").note


def test_nothing_to_adjust_for_is_a_reason(final_datasets, study):
    data = replace(final_datasets, adsl=final_datasets.adsl.assign(SEX="F"))
    plan = replace(FINAL, adjustment_covariates=("SEX",))
    rows = Results(analyse_adjusted(data, study, plan))
    row = rows.row("pfs.adjusted.hr")
    assert row.stat is None
    assert "nothing to adjust for" in row.note
    assert rows.row("pfs.adjusted.term.sex.hr").note == "sex does not vary: it is not in the model"


def test_a_model_without_an_answer_has_the_reason_at_each_of_its_terms(final_datasets, study):
    times = final_datasets.adtte.copy()
    times.loc[times["TRT01P"].eq("A") & times["PARAMCD"].eq("PFS"), "CNSR"] = 1
    data = replace(final_datasets, adtte=times, adsl=final_datasets.adsl.assign(SEX="F"))
    plan = replace(FINAL, adjustment_covariates=("AGE", "SEX", "GRADEH"))
    rows = Results(analyse_adjusted(data, study, plan))
    terms = ("age", "sex", "histological%20grade%20G2")
    notes = {term: {rows.row(f"pfs.adjusted.term.{term}.{stat}").note for stat in RATIO} for term in terms}
    assert notes["age"] == notes[terms[2]] == {rows.row("pfs.adjusted.hr").note} != {""}
    assert notes["sex"] == {"sex does not vary: it is not in the model"}
    assert all(row.stat is None for row in rows if ".term." in row.analysis_id)


def test_a_variable_with_one_value_leaves_the_others_their_numbers(final_datasets, study, final_results):
    data = replace(final_datasets, adsl=final_datasets.adsl.assign(SEX="F"))
    plan = replace(FINAL, adjustment_covariates=(*FINAL.adjustment_covariates, "SEX"))
    rows = Results(analyse_adjusted(data, study, plan))
    assert rows.value("pfs.adjusted.term.age.hr") == final_results.value("pfs.adjusted.term.age.hr")
    assert rows.row("pfs.adjusted.term.sex.p").stat is None


def test_a_piece_without_events_is_a_row_with_its_reason(final_datasets, study):
    plan = replace(FINAL, interval_cutpoints=(12.0, 900.0))
    rows = Results(analyse_interval_censored(final_datasets, study, plan))
    assert "after 900 months" in rows.row("pfs.interval.piecewise.hr").note
    assert rows.value("pfs.interval.weibull.hr") is not None


@pytest.mark.independent
def test_moved_patients_and_intervals_from_the_datasets(final_results, final_datasets):
    times = final_datasets.adtte[final_datasets.adtte["PARAMCD"].eq("PFS")].set_index("USUBJID")
    seen = final_datasets.adrs[final_datasets.adrs["PARAMCD"].eq("OVRLRESP")]
    means = []
    moved = 0
    for patient, row in times.iterrows():
        end = round(row["AVAL"] * FINAL.days_per_month)
        death = row["CNSR"] == 0 and row["SRCDOM"] != "tumour_assessments"
        if row["CNSR"] == 0 and not death:
            on = next(k for k in range(84, 10_000, 84) if end <= k + 14)
        else:
            on = end if death else max(k for k in range(0, 10_000, 84) if k <= end + 14)
        moved += on != end
        own = seen[seen["USUBJID"].eq(patient) & seen["AVALC"].ne("NE")]
        days = sorted(d for d in (own["ADT"] - row["STARTDT"]).dt.days if 0 < d <= end)
        if days:
            means.append(np.mean(np.diff([0, *days])))
    assert final_results.value("pfs.on_schedule.moved") == moved
    assert final_results.value("pfs.assessments.interval.all.mean") == pytest.approx(np.mean(means))
    assert final_results.value("pfs.assessments.interval.all.n") == len(means)


def test_the_schedule_of_the_plan_moves_what_is_compared(final_datasets, study, final_results):
    plan = replace(FINAL, assessment_interval_days=365, assessment_tolerance_days=0)
    rows = Results(analyse_schedule(final_datasets, study, plan))
    assert rows.value("pfs.on_schedule.moved") > final_results.value("pfs.on_schedule.moved")
