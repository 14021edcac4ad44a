"""A data cut for re-estimation without arms: checked, reduced to entry, follow-up and event."""

from dataclasses import replace
from pathlib import Path

from duonen_stats.datasets.blinded import blinded_pfs
from duonen_stats.design import BlindedCut, blinded_cut
from duonen_stats.errors import DataError
from duonen_stats.raw import Cut
from duonen_stats.report.checking import check_data, require_sound
from duonen_stats.report.design_answer import Answer
from duonen_stats.study import load_study


def read_blinded(folder: Path | None, *, lag_months: float = 3.0) -> tuple[BlindedCut, Cut]:
    """Read a data cut for projection or blinded re-estimation.

    Parameters
    ----------
    folder
        The cut; None is the simulated cohort shipped with the package. ``subjects`` may lack the column ``ARM``:
        it is not used, and what is wrong with it does not stop.
    lag_months
        Longest time that a patient still in the trial may not have been assessed; who was last seen earlier
        without an event counts as lost.

    Raises
    ------
    FaultyCutError
        The cut has findings of severity error elsewhere than in ``ARM``.
    DataError
        The folder does not exist, or the cut has no date.
    """
    study = load_study()
    cut, findings = check_data(folder, study)
    require_sound(cut, [finding for finding in findings if finding.column != "ARM"])
    if cut.cut_date is None:
        raise DataError(f"{cut.name} has no date of the data cut; give CUTDT in data_cut.csv.")
    patients = blinded_pfs(cut, study)
    blinded = blinded_cut(
        patients["ENTRYDT"].to_numpy(),
        patients["MONTHS"].to_numpy(),
        patients["EVENT"].to_numpy(),
        cut=cut.cut_date.date(),
        lag_months=lag_months,
    )
    return blinded, cut


def marked(answer: Answer, cut: Cut) -> Answer:
    """Say which cut an answer comes from, and that its data are simulated if they are."""
    mark = "SIMULATED DATA · " if cut.simulated else ""
    return replace(
        answer,
        title=f"{mark}{answer.title}",
        assumed=(("Data", cut.label), *answer.assumed),
        data={"simulated": cut.simulated, "data": cut.label, **answer.data},
    )
