"""A simulated data cut: what a statistician asks the simulator for."""

from duonen_stats.raw.cut import Cut
from duonen_stats.simulated.cut.noise import Noise, spoil
from duonen_stats.simulated.cut.tables import raw_tables
from duonen_stats.simulated.model.assumptions import Assumptions
from duonen_stats.simulated.model.randomness import streams
from duonen_stats.simulated.model.recruitment import Stage
from duonen_stats.simulated.model.trial import simulate_trial
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
) -> Cut:
    """Simulate a data cut in the raw format of the dictionary, always of origin SIMULATED.

    Parameters
    ----------
    seed
        Whole number from 0 on: the same seed gives the same cut, another one another.
    patients
        Number of patients, at least 1; left out, that of the stage in the dictionary (56 or 92).
    stage
        ``"INTERIM"``: the patients randomised first, all off treatment. ``"FINAL"``: all patients, when the
        planned time of the trial is over.
    assumptions
        What the protocol leaves open.
    noise
        Slips of data entry to put in; left out, there are none and the data check finds no error.
    study
        The study; left out, the shipped one.

    Returns
    -------
    Cut
        Raw tables as ``read_cut`` gives them; no files stand behind them.

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
    if patients is None:
        design = study.design
        patients = design.planned_subjects if stage == "FINAL" else design.interim_subjects
    trial = simulate_trial(seed, patients, stage, study, assumptions)
    plural = "patient" if patients == 1 else "patients"
    label = f"SIMULATED trial of {patients} {plural}, seed {seed}, no patient of the trial"
    tables = raw_tables(trial, study, label)
    cut = Cut(
        name=f"simulated {stage.lower()} cut, seed {seed}", tables=tables, files=(), findings=(),
        cut_date=tables["data_cut"]["CUTDT"].iloc[0], origin="SIMULATED", stage=stage, label=label,
    )  # fmt: skip
    if noise is None:
        return cut
    spoilt, _ = spoil(cut, study, noise, streams(seed, ("trial", "slips"))["slips"])
    return spoilt
