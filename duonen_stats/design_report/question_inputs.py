"""From the options of the command line to assumptions, data cuts and workers."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from multiprocessing import get_context

import numpy as np

from duonen_stats.design import (
    Accrual,
    BlindedCut,
    SurvivalAssumptions,
    blinded_cut,
    cluster_executor,
    study_assumptions,
)
from duonen_stats.errors import OptionError, PlanError
from duonen_stats.study import Study, load_study

_LONGEST = 1e5  # months; what takes longer is not a trial
_MOST_PATIENTS = 100_000


def assumptions_from(
    *,
    control_hazard: Sequence[float] | None = None,
    control_median: float | None = None,
    control_survival: tuple[float, float] | None = None,
    hazard_ratio: Sequence[float] | None = None,
    experimental_median: float | None = None,
    hazard_starts: Sequence[float] = (0.0,),
    weibull_shape: float = 1.0,
    allocation: float | None = None,
    accrual: float | None = None,
    accrual_starts: Sequence[float] = (0.0,),
    accrual_intensities: Sequence[float] = (1.0,),
    total: float | None = None,
    followup: float | None = None,
    max_followup: float | None = None,
    dropout: float = 0.0,
    study: Study | None = None,
) -> SurvivalAssumptions:
    """Take what was given, and the study's planning assumptions for what was not.

    Raises
    ------
    PlanError
        An arm is described twice, or a value is out of range.
    """
    plan = study_assumptions(study or load_study())
    if control_median is None and control_survival is None and control_hazard is None:
        control_hazard = plan.control.rates_per_month
    if hazard_ratio is None and experimental_median is None:
        hazard_ratio = (plan.constant_hazard_ratio,)
    if total is None and followup is None:
        total = plan.total_months
    months = plan.entry.duration_months if accrual is None else accrual
    return SurvivalAssumptions(
        control_hazard_per_month=_one(control_hazard),
        control_median_months=control_median,
        control_survival=control_survival,
        hazard_ratio=_one(hazard_ratio),
        experimental_median_months=experimental_median,
        hazard_starts_months=tuple(hazard_starts),
        allocation_ratio=plan.allocation_ratio if allocation is None else allocation,
        weibull_shape=weibull_shape,
        accrual=months
        if len(accrual_starts) == 1
        else Accrual.intensities(accrual_starts, months, accrual_intensities),
        total_months=total,
        followup_months=followup,
        max_followup_months=max_followup,
        dropout_hazard_per_month=dropout,
    )


def is_study_plan(assumptions: SurvivalAssumptions) -> bool:
    """Say whether these are the study's own planning assumptions."""
    plan = study_assumptions(load_study())
    return all(
        getattr(assumptions, name) == getattr(plan, name)
        for name in (
            "control",
            "experimental",
            "allocation_ratio",
            "entry",
            "analysis_months",
            "max_followup_months",
        )
    ) and not (assumptions.dropout_hazard_per_month or assumptions.dropout_hazard_experimental_per_month)


def summary_cut(
    *,
    entered: int,
    events: int,
    cut_month: float,
    exposure: float | None = None,
    dropouts: int = 0,
    opened: date | None = None,
) -> BlindedCut:
    """Make a data cut from its summary: who entered when and had an event is spread evenly.

    Patients without an event are followed to the cut. Those with one, or lost, share what is left of the
    patient-months in proportion to the time since their entry. With constant hazards only the sums matter.

    Parameters
    ----------
    entered, events, dropouts
        Patients, arms together.
    cut_month
        Calendar months from the opening of the trial to the cut.
    opened
        Date of the opening, for calendar dates; None: as planned, the first day of the year of recruitment.
    exposure
        Patient-months of follow-up; None: events and losses came half-way between entry and cut.

    Raises
    ------
    PlanError
        The numbers contradict each other.
    OptionError
        The patient-months do not fit the patients.
    """
    gone = events + dropouts
    if not 0 < cut_month < _LONGEST or gone > entered or events < 1 or entered > _MOST_PATIENTS:
        raise PlanError(
            f"{events} events and {dropouts} dropouts of {entered} patients by month {cut_month:g} are no data cut."
        )
    entry = (np.arange(entered) + 0.5) * cut_month / entered
    since = cut_month - entry
    left = np.zeros(entered, dtype=bool)
    left[((np.arange(gone) + 0.5) * entered / gone).astype(int)] = True
    part = 0.5
    if exposure is not None:
        part = (exposure - float(since[~left].sum())) / float(since[left].sum())
        if not 0 < part <= 1:
            low, high = float(since[~left].sum()), float(since.sum())
            raise OptionError(
                "exposure",
                f"{exposure:g} patient-months do not fit {entered} patients entering evenly over {cut_month:g} "
                f"months: between {low:.0f} and {high:.0f} are possible.",
            )
    lost = np.flatnonzero(left)[((np.arange(dropouts) + 0.5) * gone / max(dropouts, 1)).astype(int)]
    dropout = np.zeros(entered, dtype=bool)
    dropout[lost] = True
    followup = np.where(left, part * since, since)
    start = opened or planned_opening()
    return replace(
        blinded_cut(entry, followup, left & ~dropout, cut=cut_month, dropout=dropout),
        opened=start,
        event_months_known=False,
    )


def planned_opening() -> date:
    """Give the day on which recruitment was planned to start."""
    return date(load_study().design.recruitment_start_year, 1, 1)


@contextmanager
def workers(number: int, scheduler: str | None) -> Iterator[Executor | None]:
    """Provide an executor: a cluster, processes on this machine, or None for this process alone."""
    if scheduler is not None:
        with cluster_executor(scheduler) as cluster:
            yield cluster
    elif number > 1:
        with ProcessPoolExecutor(number, mp_context=get_context("spawn")) as pool:
            yield pool
    else:
        yield None


def _one(values: Sequence[float] | None) -> float | tuple[float, ...] | None:
    if values is None:
        return None
    return values[0] if len(values) == 1 else tuple(values)
