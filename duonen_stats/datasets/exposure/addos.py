"""ADDOS: absorbed dose of each organ, by isotope and in total, by cycle and cumulative."""

from dataclasses import dataclass

import pandas as pd

from duonen_stats.datasets.exposure.adex import CUMULATIVE, CUMULATIVE_NUMBER
from duonen_stats.datasets.metadata.limits_compared import without_noise
from duonen_stats.datasets.metadata.shape import (
    conform,
    first_label,
    flag,
    numbers,
    require_columns,
    require_unique,
    stack,
)
from duonen_stats.datasets.patients.populations import dosimetry_status
from duonen_stats.datasets.patients.subjects import add_subject
from duonen_stats.datasets.patients.usable_records import UsableRecords
from duonen_stats.methods.inputs.bounds import above
from duonen_stats.study import Study
from duonen_stats.study.parameter_codes import dose_parameter

# The protocol's limits of absorbed dose, and which patients passed them.


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimit:
    """A limit in Gy on an organ's dose from all isotopes, in one cycle or over all cycles."""

    criterion: str
    organ: str
    per_cycle: bool
    gray: float
    text: str


def dose_limits(study: Study) -> tuple[DoseLimit, ...]:
    """List the limits in the order of the organs, the limit of a cycle before that of the treatment.

    In DUONEN ``CRIT1`` is the kidney's 23 Gy, ``CRIT2`` the marrow's 0.5 Gy in a cycle, ``CRIT3`` its 2 Gy.

    Source: interim publication, §2.3.
    """
    found = [
        (organ, per_cycle, gray)
        for organ in study.organs
        for per_cycle, gray in ((True, organ.limit_cycle), (False, organ.limit_total))
        if gray is not None
    ]
    return tuple(
        DoseLimit(
            criterion=f"CRIT{number}",
            organ=organ.code,
            per_cycle=per_cycle,
            gray=gray,
            text=f"{organ.label} {'dose of a cycle' if per_cycle else 'cumulative dose'} > {gray:g} Gy",
        )
        for number, (organ, per_cycle, gray) in enumerate(found, 1)
    )


def add_limits(doses: pd.DataFrame, limits: tuple[DoseLimit, ...]) -> pd.DataFrame:
    """Flag the doses above their limit.

    Parameters
    ----------
    doses
        ``ORGAN``, ``ISOTOPE`` (None = all isotopes), ``DTYPE`` (SUM = over all cycles), ``AVAL`` (Gy).
    limits
        As ``dose_limits`` gives them.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with the criterion's text on the rows it applies to, and its flag "Y" on those
        above the limit. A dose from incomplete dosimetry that is above its limit is flagged: the
        missing part could only add to it.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(doses, "ORGAN", "ISOTOPE", "DTYPE", "AVAL")
    columns = {}
    for limit in limits:
        summed = doses["DTYPE"].eq("SUM")
        applies = doses["ORGAN"].eq(limit.organ) & doses["ISOTOPE"].isna() & (summed != limit.per_cycle)
        columns[limit.criterion] = first_label([(applies, limit.text)], doses.index)
        columns[f"{limit.criterion}FL"] = flag(applies & above(doses["AVAL"], limit.gray))
    return doses.assign(**columns)


def build_addos(records: UsableRecords, adsl: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Build the dosimetry dataset.

    Parameters
    ----------
    records
        The usable raw records.
    adsl
        The subject-level dataset.
    study
        Organs with their limits, isotopes.

    Returns
    -------
    pandas.DataFrame
        Sorted by patient, parameter and visit; doses in Gy. A row per delivered cycle, organ and isotope; a
        total over isotopes where every isotope given in the cycle has a dose; and the sums over
        cycles (``CUMULATIVE``, ``DTYPE`` SUM) with the number of cycles in them (``NCYDOS``). ``DOSCMPFL`` is
        "Y" if no delivered cycle of the patient lacks a dose of that organ. Nothing is imputed and nothing is rounded.

    Raises
    ------
    DataError
        A column is absent, or an organ has two doses of an isotope in a cycle.

    References
    ----------
    Interim publication, §2.3 and Table 3.
    """
    doses = records.dosimetry.assign(AVAL=numbers(records.dosimetry["DOSE_GY"]))
    cycles = pd.concat([doses, total_over_isotopes(doses, records.given)], ignore_index=True)
    cycles = cycles.rename(columns={"CYCLE": "AVISIT"})
    rows = stack([cycles.assign(NCYDOS=1), sum_over_cycles(cycles)], "ADDOS")
    rows = _add_completeness(rows, dosimetry_status(records, study))
    rows = add_limits(_name_parameters(rows, study), dose_limits(study))
    rows = add_subject(rows, adsl)
    return conform(rows.sort_values(["USUBJID", "PARAMN", "AVISITN"], kind="stable"), "ADDOS")


def total_over_isotopes(doses: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Add up the isotopes of a cycle, if each isotope given in it has a dose.

    Parameters
    ----------
    doses
        ``SUBJID``, ``CYCLE``, ``ORGAN``, ``ISOTOPE``, ``AVAL`` (Gy).
    given
        ``SUBJID``, ``CYCLE``, ``ISOTOPE``: what was given.

    Returns
    -------
    pandas.DataFrame
        ``SUBJID``, ``CYCLE``, ``ORGAN``, ``ISOTOPE`` (None), ``AVAL``; sorted. A cycle that lacks the dose of
        one isotope has no total: a part is not the whole.

    Raises
    ------
    DataError
        A column is absent, or an organ has two doses of an isotope in a cycle.

    References
    ----------
    Interim publication, Table 3 (total beside 177Lu and 90Y).
    """
    require_unique(doses, "SUBJID", "CYCLE", "ORGAN", "ISOTOPE")
    keys = ["SUBJID", "CYCLE", "ORGAN"]
    totals = doses.groupby(keys)["AVAL"].agg(["sum", "size"]).reset_index()
    wanted = given.groupby(["SUBJID", "CYCLE"]).size().rename("wanted")
    totals = totals.join(wanted, on=["SUBJID", "CYCLE"])
    whole = totals.loc[totals["size"] == totals["wanted"]]
    return whole[keys].assign(ISOTOPE=None, AVAL=without_noise(whole["sum"], whole["sum"]))


def sum_over_cycles(cycles: pd.DataFrame) -> pd.DataFrame:
    """Add up each organ's doses over the cycles that have one.

    Parameters
    ----------
    cycles
        ``SUBJID``, ``ORGAN``, ``ISOTOPE`` (None = all), ``AVISIT``, ``AVAL`` (Gy).

    Returns
    -------
    pandas.DataFrame
        One row per patient, organ and isotope, sorted: ``AVAL``, ``NCYDOS``, ``AVISIT``, ``DTYPE``.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(cycles, "SUBJID", "ORGAN", "ISOTOPE", "AVAL")
    sums = cycles.groupby(["SUBJID", "ORGAN", "ISOTOPE"], dropna=False)["AVAL"].agg(["sum", "size"])
    rows = sums.reset_index().rename(columns={"sum": "AVAL", "size": "NCYDOS"})
    total = without_noise(rows["AVAL"], rows["AVAL"])
    return rows.assign(AVAL=total, AVISIT=CUMULATIVE, AVISITN=CUMULATIVE_NUMBER, DTYPE="SUM")


def _add_completeness(rows: pd.DataFrame, status: pd.DataFrame) -> pd.DataFrame:
    complete = rows.merge(status, on=["SUBJID", "ORGAN"], how="left")["COMPLETE"]
    return rows.assign(DOSCMPFL=flag(complete.set_axis(rows.index)))


def _name_parameters(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    parameters = _parameters(study)
    visits = rows["AVISIT"].map({cycle.code: float(cycle.number) for cycle in study.cycles})
    named = rows.drop(columns=["PARAM", "PARAMCD", "PARAMN"]).merge(
        parameters, on=["ORGAN", "ISOTOPE"], how="left"
    )
    return named.assign(AVISITN=visits.astype("float64").fillna(rows["AVISITN"]).to_numpy(), AVALU="Gy")


def _parameters(study: Study) -> pd.DataFrame:
    """``KIDLU``, ``KIDY``, ``KIDTOT``, ``MARLU`` ...: organ by isotope, then the organ's total."""
    rows = [
        (organ.code, isotope, f"{organ.label} dose{name} (Gy)", dose_parameter(organ.code, isotope))
        for organ in study.organs
        for isotope, name in [*((i.code, f" from {i.plain}") for i in study.isotopes), (None, ", total")]
    ]
    frame = pd.DataFrame(rows, columns=["ORGAN", "ISOTOPE", "PARAM", "PARAMCD"], dtype=object)
    return frame.assign(PARAMN=range(1, len(frame) + 1))
