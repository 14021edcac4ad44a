"""A simulated data cut: what a statistician asks the simulator for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.raw.cut import Cut
from duonen_stats.simulated.cut.noise import Noise, spoil
from duonen_stats.simulated.cut.tables import raw_tables
from duonen_stats.simulated.model.dates import NEVER, Days, end_of_month
from duonen_stats.simulated.model.randomness import streams
from duonen_stats.simulated.model.recruitment import Stage
from duonen_stats.simulated.model.trial import CLEANING_DAYS, Assumptions, Trial, simulate_trial
from duonen_stats.study import Study, load_study

USUAL = Assumptions()
"""What is assumed unless other assumptions are given."""


def simulate_cut(
    seed: int,
    patients: int | None = None,
    stage: Stage = "INTERIM",
    *,
    assumptions: Assumptions = USUAL,
    noise: Noise | None = None,
    study: Study | None = None,
    only: Mapping[str, Collection[str]] | None = None,
) -> Cut:
    """Simulate a data cut in the raw format of the dictionary, always of origin SIMULATED.

    Parameters
    ----------
    seed
        Whole number from 0 on: the same seed gives the same cut, another one another.
    patients
        Number of patients, at least 1; if omitted, that of the stage in the dictionary (56 or 92).
    stage
        ``"INTERIM"``: the patients randomised first, all off treatment. ``"FINAL"``: all patients, when the
        planned time of the trial is over.
    assumptions
        What the protocol leaves open.
    noise
        Slips of data entry to put in; if omitted, there are none and the data check finds no error.
    study
        The study; if omitted, the shipped one.
    only
        Columns to make, by table: what is not named may be left out, which saves most of the time; what is there is
        the same. If omitted, all are made. Slips are put into whole cuts only.

    Returns
    -------
    Cut
        Raw tables as ``read_cut`` gives them; no files are behind them.

    Raises
    ------
    PlanError
        Seed, number or stage make no sense, or the assumptions contradict the study.

    Examples
    --------
    >>> from duonen_stats import simulate_cut
    >>> cut = simulate_cut(7, patients=5)
    >>> len(cut.tables["subjects"])
    5
    """
    study = load_study() if study is None else study
    if only is not None and noise is not None:
        raise PlanError("Slips of data entry are put into whole cuts; leave out only or noise.")
    if patients is None:
        design = study.design
        patients = design.planned_subjects if stage == "FINAL" else design.interim_subjects
    trial = simulate_trial(seed, patients, stage, study, assumptions)
    plural = "patient" if patients == 1 else "patients"
    label = f"SIMULATED trial of {patients} {plural}, seed {seed}, no patient of the trial"
    wanted = None if only is None else {**only, "data_cut": ("CUTDT", "ORIGIN", "STAGE", "LABEL")}
    tables = raw_tables(trial, study, label, wanted)
    cut = Cut(
        name=f"simulated {stage.lower()} cut, seed {seed}", tables=tables, files=(), findings=(),
        cut_date=tables["data_cut"]["CUTDT"].iloc[0], origin="SIMULATED", stage=stage, label=label,
    )  # fmt: skip
    if noise is None:
        return cut
    spoilt, _ = spoil(cut, study, noise, streams(seed, ("trial", "slips"))["slips"])
    return spoilt


# A whole simulated trial and the interim cut of it: what was known then, and what came of it.


Chosen = Literal["entered", "finished"]
"""Who is in the interim cut: those who entered first, or those who finished treatment first, as the protocol says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuedTrial:
    """A trial simulated to its end, and who was in its interim cut.

    Attributes
    ----------
    trial
        The whole trial.
    first
        Places of the patients of the interim cut: those randomised first, or those who finished treatment first.
    interim
        Day of the interim cut: the end of the month, four weeks after the last of them ended treatment.
    """

    trial: Trial
    first: NDArray[np.int64]
    interim: int

    @property
    def known(self) -> Days:
        """Day on which each patient's progression or death becomes known; ``NEVER`` if not by the end."""
        fates = self.trial.fates
        died = np.where(fates.death < fates.lost, fates.death, NEVER)
        known = np.minimum(self.trial.assessments.progressed, died)
        return np.where(known <= self.trial.cut, known, NEVER)

    def at_interim(self) -> Trial:
        """Give the trial of the patients of the interim cut, as of its day."""
        trial = self.trial
        n = len(trial.recruits.arm)
        new = np.full(n, -1, dtype=np.int64)
        new[self.first] = np.arange(len(self.first))
        others = np.setdiff1d(np.arange(n), self.first)
        by_date = others[np.argsort(trial.recruits.randomised[others], kind="stable")]
        events = trial.events.take(new[trial.events.patient] >= 0)
        again = _of_places(trial.rechecks, new[trial.rechecks.patient] >= 0)
        taken: Trial = _of_patients(trial, self.first, n)
        recruits = replace(
            taken.recruits, later=np.append(trial.recruits.randomised[by_date], trial.recruits.later)
        )
        return replace(
            taken, stage="INTERIM", cut=self.interim, recruits=recruits,
            events=replace(events, patient=new[events.patient]),
            rechecks=replace(again, patient=new[again.patient]),
            # The last contact lies as long before this cut as it did before the end.
            contact=taken.contact - trial.cut + self.interim,
            later_centre=np.append(trial.recruits.centre[by_date], trial.later_centre),
        )  # fmt: skip

    def interim_cut(self, study: Study | None = None) -> Cut:
        """Write the interim cut into raw tables."""
        dictionary = study or load_study()
        label = f"SIMULATED interim cut of {len(self.first)} patients, seed {self.trial.seed}, no patient of the trial"
        tables = raw_tables(self.at_interim(), dictionary, label)
        return Cut(
            name=f"simulated interim cut, seed {self.trial.seed}", tables=tables, files=(), findings=(),
            cut_date=tables["data_cut"]["CUTDT"].iloc[0], origin="SIMULATED", stage="INTERIM", label=label,
        )  # fmt: skip


def continue_trial(
    seed: int,
    *,
    assumptions: Assumptions = USUAL,
    total_months: int | None = None,
    study: Study | None = None,
    chosen: Chosen = "entered",
) -> ContinuedTrial:
    """Simulate a whole trial, and find its interim cut in it.

    Parameters
    ----------
    seed
        Whole number from 0 on; the same seed gives the same trial.
    assumptions
        What the protocol leaves open.
    total_months
        Calendar months from the opening to the end; if omitted, the planned ones.
    study
        The study; if omitted, the shipped one.
    chosen
        Who is in the interim cut. Those who finished first include some who entered late and left treatment early.

    Raises
    ------
    PlanError
        The seed or ``chosen`` makes no sense, the interim cut would come after the end, or the assumptions contradict
        the study.

    Example
    -------
    >>> continue_trial(1).first.size
    56
    """
    if chosen not in get_args(Chosen):
        raise PlanError(f"The interim cut holds those who 'entered' or 'finished' first, not {chosen!r}.")
    dictionary = study or load_study()
    trial = simulate_trial(
        seed, dictionary.planned_subjects, "FINAL", dictionary, assumptions, total_months=total_months
    )
    order = trial.recruits.randomised if chosen == "entered" else trial.course.ended
    first = np.sort(np.argsort(order, kind="stable")[: dictionary.design.interim_subjects])
    interim = end_of_month(int(trial.course.ended[first].max()) + CLEANING_DAYS)
    if interim > trial.cut:
        raise PlanError("The trial ends before its interim cut; let it go on for longer.")
    return ContinuedTrial(trial=trial, first=first, interim=interim)


def _of_patients(value: Any, places: NDArray[np.int64], n: int) -> Any:
    """Keep these of n patients in every array with one entry a patient, however deep it lies."""
    if isinstance(value, np.ndarray) and value.ndim and value.shape[0] == n:
        return value[places]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{
                one.name: _of_patients(getattr(value, one.name), places, n)
                for one in fields(value)
                if one.init
            },
        )
    return value


def _of_places(value: Any, kept: NDArray[np.bool_]) -> Any:
    return replace(value, **{one.name: getattr(value, one.name)[kept] for one in fields(value)})
