"""A data cut for planning without arms: read and checked for what it needs, reduced to entry, follow-up and event."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, exp, factorial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.datasets.efficacy.pooled_pfs import ENDS, LOST_ENDS, blinded_follow_up
from duonen_stats.datasets.efficacy.survival_records import PUBLISHED_RULES
from duonen_stats.design import BlindedCut, FollowUpEnd, ScanSchedule, blinded_cut
from duonen_stats.design.reestimation.blinded_data import DAYS_PER_MONTH
from duonen_stats.design_report.answer import Answer
from duonen_stats.displays.model.format import noun_of
from duonen_stats.errors import DataError, OptionError
from duonen_stats.folder.provenance import WITHHELD, data_fingerprint
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut, apply_cut
from duonen_stats.raw.checks.check import require_sound
from duonen_stats.raw.planning_cut import check_planning_cut, read_planning_cut
from duonen_stats.study import Study, load_study

_SURPRISING = 0.01
"""A gap in the entries that chance alone leaves so seldom means that others have entered who are not in the cut."""
_BULK = 0.9
"""Share of entries after which the gap is judged, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOptions:
    """What is stated of a cut beside its files.

    Attributes
    ----------
    lag_months
        Longest time unseen of a patient without a follow-up status who may still be followed; None: one scan missed.
    opened
        Date at which the trial opened; None: that of the first entry.
    entered_so_far
        Patients entered by the data cut, those not in it included; None: as the table ``enrolment`` says, or, in a
        cut of completers without one, not known.
    planned_patients
        Patients planned in all; None: those of the study. A cut that holds them all lacks nobody.
    mapping, cut_date
        Mapping file, and an earlier date to reduce the cut to.
    """

    lag_months: float | None = None
    opened: date | None = None
    entered_so_far: int | None = None
    planned_patients: int | None = None
    mapping: Path | None = None
    cut_date: date | str | None = None


def read_blinded(
    folder: Path | None, options: CutOptions | None = None, *, rules: Plan = PUBLISHED_RULES
) -> tuple[BlindedCut, Cut]:
    """Read a data cut for projection or blinded re-estimation.

    Parameters
    ----------
    folder
        The cut; None is the simulated cohort shipped with the package. Of its tables only those that planning needs
        are read: a cut without arms, activities and doses is enough, and whatever is wrong with them does not matter.
    options
        What is stated beside the files.
    rules
        What progression is, and the interval of assessments; a month is that of the planning, whatever they say.

    Raises
    ------
    FaultyCutError
        What is read has findings of severity error.
    DataError
        The folder does not exist, or the cut has no date.
    OptionError
        The trial is stated to have opened after the first entry of the cut or of its list, or fewer to have entered
        than are in the cut.
    """
    stated = options or CutOptions()
    study = load_study()
    rules = replace(rules, days_per_month=DAYS_PER_MONTH)  # planning counts in the months of the calendar
    cut = read_planning_cut(study, folder, mapping=stated.mapping)
    if stated.cut_date is not None:
        cut = apply_cut(cut, study, stated.cut_date)
    require_sound(cut, check_planning_cut(cut, study))
    if cut.cut_date is None:
        raise DataError(f"{cut.name} has no date of the data cut; give CUTDT in data_cut.csv.")
    return blinded_from(cut, study, stated, rules=rules), cut


def blinded_from(cut: Cut, study: Study, options: CutOptions, *, rules: Plan = PUBLISHED_RULES) -> BlindedCut:
    """Reduce a sound cut to what planning without arms sees of it; parameters as in :func:`read_blinded`."""
    schedule = ScanSchedule(every_days=rules.assessment_interval_days)
    lag = schedule.lag_months if options.lag_months is None else options.lag_months
    patients = blinded_follow_up(cut, study, rules=rules, lag_days=lag * rules.days_per_month)
    if cut.cut_date is None or patients.empty:
        raise DataError(
            f"{cut.name} has no patient, or no date of the data cut: there is nothing to plan from."
        )
    first, n = patients["ENTRYDT"].min(), len(patients)
    if options.opened is not None and pd.Timestamp(options.opened) > first:
        raise OptionError("opened", f"the first patient entered before that, on {first:%Y-%m-%d}.")
    if options.entered_so_far is not None and options.entered_so_far < n:
        raise OptionError("entered_so_far", f"{options.entered_so_far} are fewer than the {n} in the cut.")
    enrolled = None if options.entered_so_far is not None else _enrolled(cut, patients, options.opened)
    planned = options.planned_patients or study.planned_subjects
    completers = _of_completers(cut, patients, planned)
    made = blinded_cut(
        patients["ENTRYDT"].to_numpy(), patients["MONTHS"].to_numpy(), patients["EVENT"].to_numpy(),
        cut=cut.cut_date.date(), opened=options.opened, dropout=patients["END"].isin(LOST_ENDS).to_numpy(),
        death=patients["DEATH"].to_numpy(), free_months=patients["FREE"].to_numpy(),
        observed_months=patients["OBSERVED"].to_numpy(), schedule=schedule,
        entered_since=enrolled,
        entered_so_far=options.entered_so_far, completers=completers,
        treatment_months=_treatment_months(cut, patients) if completers else None,
        ends=follow_up_ends(patients["END"]),
    )  # fmt: skip
    return replace(made, contradictions=enrolment_contradictions(cut, patients, options.entered_so_far))


def follow_up_ends(ends: Iterable[str]) -> tuple[FollowUpEnd, ...]:
    """Count why follow-up ends, every reason in the order of listing; reasons that nobody has are left out."""
    counts = pd.Series(list(ends), dtype=object).value_counts()
    return tuple(
        FollowUpEnd(reason=reason, n=int(counts[reason]), lost=reason in LOST_ENDS)
        for reason in ENDS
        if reason in counts.index
    )


def _enrolled(cut: Cut, patients: pd.DataFrame, opened: date | None) -> NDArray[np.datetime64] | None:
    """Dates of entry of those enrolled by the cut and not in it; None if there is no list."""
    rows = cut.tables["enrolment"] if "enrolment" in cut.tables else pd.DataFrame()
    if rows.empty:
        return None
    others = rows.loc[~rows["SUBJID"].isin(patients["SUBJID"]) & (rows["ENROLDT"] <= cut.cut_date), "ENROLDT"]
    start = patients["ENTRYDT"].min() if opened is None else pd.Timestamp(opened)
    if (others < start).any():
        what = "the first entry of the cut" if opened is None else "the opening stated"
        raise OptionError(
            "opened",
            f"the table enrolment has an entry on {others.min():%Y-%m-%d}, before {what}, {start:%Y-%m-%d}; state when "
            "the trial opened, or correct the table.",
        )
    return others.to_numpy(dtype="datetime64[D]")


def enrolment_contradictions(
    cut: Cut, patients: pd.DataFrame, entered_so_far: int | None = None
) -> tuple[str, ...]:
    """Say what the list of entries and the cut say against each other, one sentence each.

    Parameters
    ----------
    cut
        The cut; without a table ``enrolment`` nothing contradicts it.
    patients
        Its patients: SUBJID, ENTRYDT.
    entered_so_far
        The number stated instead of the list.
    """
    rows = cut.tables["enrolment"] if "enrolment" in cut.tables else pd.DataFrame()
    if rows.empty:
        return ()
    found = []
    both = patients.merge(rows, on="SUBJID", how="left")
    absent = int(both["ENROLDT"].isna().sum())
    if absent:
        found.append(
            f"the table enrolment is to list everybody who has entered, and {absent} of the {len(patients)} patients "
            f"of the cut {'is' if absent == 1 else 'are'} not in it. Others may be missing, too."
        )
    moved = int((both["ENROLDT"].notna() & (both["ENROLDT"] != both["ENTRYDT"])).sum())
    if moved:
        found.append(
            f"of {moved} {noun_of(moved, 'patient')} of the cut the table enrolment has another date of entry. That of "
            "the cut is used."
        )
    known = len(set(patients["SUBJID"]) | set(rows["SUBJID"]))
    if entered_so_far is not None and entered_so_far != known:
        found.append(
            f"{entered_so_far} patients are stated to have entered so far, and the table enrolment and the cut have "
            f"{known}. The number stated is used."
        )
    return tuple(found)


def _of_completers(cut: Cut, patients: pd.DataFrame, planned: int) -> bool:
    """Say whether the cut holds the first who finished treatment, while others who have entered are not in it.

    All have ended treatment, fewer are in than planned, and so few entered in the last months that chance alone, at the
    pace before, leaves as few once in a hundred: none since the last entry, or no more than the last tenth of entries
    since those before. The last entry alone does not do: a patient who enters late and leaves at once hides the gap.
    """
    ended = _ended_treatment(cut)
    if len(patients) >= planned or not patients["SUBJID"].isin(ended["SUBJID"]).all():
        return False
    return cut.cut_date is not None and few_entered_lately(
        patients["ENTRYDT"].to_numpy(dtype="datetime64[D]").astype(np.int64),
        int(np.datetime64(cut.cut_date, "D").astype(np.int64)),
    )


def _ended_treatment(cut: Cut) -> pd.DataFrame:
    """Rows of those who have ended treatment, whole or not, by the cut."""
    rows = cut.tables["disposition"]
    return rows.loc[rows["STATUS"].isin(["COMPLETED", "DISCONTINUED"]) & (rows["DSDT"] <= cut.cut_date)]


def _treatment_months(cut: Cut, patients: pd.DataFrame) -> NDArray[np.float64]:
    """Months from entry to the end of treatment, one a patient; all have ended it."""
    ended = _ended_treatment(cut).groupby("SUBJID")["DSDT"].max()
    days = (patients["SUBJID"].map(ended) - patients["ENTRYDT"]).dt.days
    return np.maximum(days.to_numpy(dtype=np.float64), 0.0) / DAYS_PER_MONTH


def few_entered_lately(entries: NDArray[np.int64], end: int) -> bool:
    """Say whether fewer entered before a cut than chance leaves once in a hundred, at the pace until then.

    Parameters
    ----------
    entries
        Days of entry, one a patient.
    end
        Day of the cut.

    Example
    -------
    >>> few_entered_lately(np.arange(0, 600, 20), 900), few_entered_lately(np.arange(0, 600, 20), 610)
    (True, False)
    """
    ordered = np.sort(entries)
    # Two looks at the same entries share the probability of a false alarm.
    looks = (ordered.size, ceil(_BULK * ordered.size))
    return any(_chance_of_few(ordered, before, end) < _SURPRISING / 2 for before in looks)


def _chance_of_few(entries: NDArray[np.int64], before: int, end: int) -> float:
    """Probability of as few entries after the first ``before`` as there are, at the pace of those (Poisson)."""
    last = int(entries[before - 1])
    days = last - int(entries[0])
    if days <= 0:
        return 1.0
    expected = (before - 1) * (end - last) / days
    return exp(-expected) * sum(expected**k / factorial(k) for k in range(len(entries) - before + 1))


def marked(answer: Answer, cut: Cut) -> Answer:
    """Say which cut an answer comes from, and that its data are simulated if they are."""
    mark = "SIMULATED DATA · " if cut.simulated else ""
    return replace(
        answer,
        title=f"{mark}{answer.title}",
        assumed=(("Data", cut.label), *answer.assumed),
        data={"simulated": cut.simulated, "data": cut.label, **answer.data},
        # Beside ADSL the hash of a small file reveals the arms to anyone who tries them all: one hash for all of them.
        sources=(
            *((item.shown, WITHHELD) for item in cut.files),
            ("all files together", data_fingerprint(cut.files)),
        ),
    )
