import pandas as pd
import pytest
from verification.made_folder import cycles, day, folder, lab, plan, subject, values

from duonen_stats.verification.derived.laboratory import laboratory_of
from duonen_stats.verification.derived.patients import patients_of
from duonen_stats.verification.recomputed.patients import (
    recompute_accrual,
    recompute_baseline,
    recompute_deaths,
    recompute_disposition,
)
from duonen_stats.verification.second_numbers import SecondNumbers


def made(study):
    rows = folder(
        subjects=[
            subject("1", "A", AGE=60.0, SEX="F", KPS=80.0, METLIV="Y"),
            subject("2", "A", AGE=70.0, SEX="M", KPS=70.0, METLIV="N"),
            subject("3", "B", SEX=None),
        ],
        administrations=[*cycles("1", *[7400.0] * 4), *cycles("2", 7400.0)],
        disposition=[{"SUBJID": "2", "STATUS": "DISCONTINUED", "REASON": "DEATH", "DSDT": day(60)}],
        follow_up=[{"SUBJID": "2", "LASTDT": day(60), "DEATHDT": day(60)}],
        labs=[lab("1", "T1", 2, 13.0)],
    )
    patients = patients_of(rows, study)
    return patients, laboratory_of(rows, patients, study)


def test_baseline_counts_of_the_known(study):
    found = values(recompute_baseline, *made(study), plan(), study)
    assert found["table1.age.A.mean"] == 65
    assert found["table1.age.all.n_missing"] == 1
    assert found["table1.sex.female.all.pct"] == 50
    assert found["table1.sex.unknown.all.n"] == 1
    assert found["table1.kps80.A.n"] == 1
    assert found["table1.lab.HGB.all.n"] == 1
    assert found["table1.share.B.pct"] == 100 / 3


def test_disposition_and_who_is_due_at_a_visit(study):
    patients, labs = made(study)
    found = values(recompute_disposition, patients, labs, plan(), study, outcomes=True)
    assert found["disposition.completed.all.n"] == 1
    assert found["disposition.cycles_1.A.pct"] == 50
    assert found["disposition.reason.death.A.n"] == 1
    assert found["disposition.died.all.n"] == 1
    assert found["disposition.vital_unknown.all.n"] == 2
    assert (found["disposition.labs_at.T1.all.n"], found["disposition.labs_at.T1.all.pct"]) == (1, 50)
    hidden = values(recompute_disposition, patients, labs, plan(), study, outcomes=False)
    assert not any(name.startswith("disposition.died") for name in hidden)
    assert isinstance(patients, pd.DataFrame)


def test_accrual_is_counted_by_month_and_centre(study):
    days = pd.to_datetime(["2022-01-20", "2022-03-02", "2022-03-30", "2022-03-31"])
    patients = pd.DataFrame(
        {
            "RANDDT": days, "SITEID": ["01", "01", "0.2", "01"], "STATUS": ["ONGOING", "COMPLETED", None, "ONGOING"],
            "DEATH": [pd.NaT, pd.NaT, pd.NaT, pd.Timestamp("2022-04-01")],
            "ALIVE": pd.to_datetime(["2022-04-10", "2022-04-20", None, "2022-04-01"]),
        },
        index=["P1", "P2", "P3", "P4"],
    )  # fmt: skip
    out = SecondNumbers()
    recompute_accrual(out, patients, pd.Timestamp("2022-04-30"), study)
    found = {name: one.value for name, one in out.by_id.items()}
    assert found["accrual.month.2022-02.n"] == 0
    assert found["accrual.month.2022-03.cumulative"] == 4
    assert found["accrual.month.2022-04.planned"] == pytest.approx(
        4 * study.design.planned_subjects / study.design.accrual_months
    )
    assert found["accrual.cell.2022-03.0%2E2.n"] == 1
    assert found["accrual.site.01.on_treatment"] == 2
    assert found["accrual.site.01.days"] == 15
    assert found["accrual.site.01.per_month"] == pytest.approx(3 / (101 / (365.25 / 12)))
    assert "accrual.site.0%2E2.days" not in found
    listed = pd.DataFrame(
        {
            "SUBJID": ["P1", "P5", "P6", "P7"], "SITEID": ["09", "01", None, "01"],
            "ENROLDT": pd.to_datetime(["2022-04-01", "2022-02-03", "2022-04-30", "2022-05-01"]),
        }
    )  # fmt: skip
    out = SecondNumbers()
    recompute_accrual(out, patients, pd.Timestamp("2022-04-30"), study, listed)
    found = {name: one.value for name, one in out.by_id.items()}
    assert [found[f"accrual.all.{name}"] for name in ("n", "in_report", "no_centre")] == [6, 4, 1]
    assert [found[f"accrual.month.2022-0{month}.n"] for month in (1, 2, 3, 4)] == [1, 1, 3, 1]
    assert (found["accrual.site.01.n"], found["accrual.site.01.in_report"]) == (4, 3)
    assert "accrual.site.09.n" not in found


def test_deaths_by_cause_and_days_from_the_last_cycle(study):
    patients, _ = made(study)
    causes = pd.Series({"2": "PROGRESSION"})
    found = values(recompute_deaths, patients, causes, plan(), study)
    assert (found["deaths.cause.progression.A.n"], found["deaths.cause.progression.A.pct"]) == (1, 100)
    assert (found["deaths.cause.other.all.n"], found["deaths.cause.not_recorded.all.n"]) == (0, 0)
    days = (patients.loc["2", "DEATH"] - patients.loc["2", "LAST"]).days
    assert (found["deaths.days.all.median"], found["deaths.days.all.n"]) == (days, 1)
    assert found["deaths.early.all.n"] == int(days <= 30)
    assert found["deaths.cause.progression.B.n"] == 0
