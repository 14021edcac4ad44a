"""Which tumour assessment is a patient's baseline: one definition, for the checks and for the datasets."""

import pandas as pd

from duonen_stats.plan import Plan


def new_lesions(scans: pd.DataFrame, plan: Plan) -> "pd.Series[bool]":
    """Say of each assessment whether it shows a new lesion that the plan counts as progression.

    Parameters
    ----------
    scans
        ``NEWLESION``, as in the raw table ``tumour_assessments``.
    plan
        ``new_lesion_is_progression``.

    Returns
    -------
    pandas.Series
        bool, indexed like ``scans``.
    """
    return (scans["NEWLESION"].eq("Y") & plan.new_lesion_is_progression).astype(bool)


def progressions(scans: pd.DataFrame, plan: Plan) -> "pd.Series[bool]":
    """Say of each assessment whether it shows progression: progressive disease, or a new lesion by the plan.

    Parameters
    ----------
    scans
        ``RESPONSE`` and ``NEWLESION``, as in the raw table ``tumour_assessments``.
    plan
        ``new_lesion_is_progression``.

    Returns
    -------
    pandas.Series
        bool, indexed like ``scans``. Whether it is the baseline is not looked at; ``place_scans`` does that.

    Examples
    --------
    >>> from duonen_stats.plan import INTERIM
    >>> scans = pd.DataFrame({"RESPONSE": ["SD", "PD", "SD"], "NEWLESION": ["N", "N", "Y"]})
    >>> progressions(scans, INTERIM).tolist()
    [False, True, True]
    """
    return scans["RESPONSE"].eq("PD").astype(bool) | new_lesions(scans, plan)


def place_scans(scans: pd.DataFrame, randomised: pd.Series, started: pd.Series, plan: Plan) -> pd.DataFrame:
    """Say of each assessment where it stands to the baseline.

    Parameters
    ----------
    scans
        ``SUBJID``, ``ADT`` (the day of the assessment) and ``PROGRESSION`` (bool: progressive disease or a new
        lesion).
    randomised, started
        Days of randomisation and of the first administration, by ``SUBJID``.
    plan
        ``baseline_scan``, ``baseline_scan_days`` and ``baseline_scan_outside``.

    Returns
    -------
    pandas.DataFrame
        Same rows: ``LIMIT``, the last day on which a baseline may be made; ``BEFORE``, the days from the
        assessment to the start of treatment; ``ELIGIBLE`` (bool), whether it could be the baseline, and
        ``PRIOR`` (bool), whether it belongs to the time before treatment and so shows no response.
        A patient who was never treated has no start of treatment: randomisation stands for it. An assessment
        after randomisation that shows progression is an event, never a baseline. Of a patient who was not
        randomised nothing is known: not eligible, not prior.

    References
    ----------
    RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247, §3.2: baseline evaluations as close as
    possible to the start of treatment and never more than 4 weeks before it.

    Examples
    --------
    >>> from duonen_stats.plan import INTERIM
    >>> scans = pd.DataFrame(
    ...     {"SUBJID": ["a", "a"], "ADT": pd.to_datetime(["2024-01-01", "2024-01-20"]), "PROGRESSION": [False, False]}
    ... )
    >>> day = lambda text: pd.Series({"a": pd.Timestamp(text)})
    >>> placed = place_scans(scans, day("2024-01-10"), day("2024-01-21"), INTERIM)
    >>> placed["BEFORE"].tolist(), baseline_scans(scans, placed).tolist()
    ([20.0, 1.0], [False, True])
    """
    entry = pd.to_datetime(scans["SUBJID"].map(randomised))
    first = pd.to_datetime(scans["SUBJID"].map(started)).fillna(entry)
    limit = entry if plan.baseline_scan == "before_randomisation" else first
    event = scans["PROGRESSION"].astype(bool) & (scans["ADT"] > entry)
    before = (first - scans["ADT"]).dt.days.astype("float64")
    prior = (scans["ADT"] <= limit) & ~event
    within = (before <= plan.baseline_scan_days) | (plan.baseline_scan_outside == "used")
    return pd.DataFrame(
        {"LIMIT": limit, "BEFORE": before, "PRIOR": prior, "ELIGIBLE": prior & within}, index=scans.index
    )


def baseline_scans(scans: pd.DataFrame, placed: pd.DataFrame) -> pd.Series:
    """Mark the baseline: of each patient's eligible assessments the last, of several on that day the last recorded.

    Parameters
    ----------
    scans
        As in :func:`place_scans`, in order of date and line; only those with a sum of diameters if the baseline of
        the sums is asked for.
    placed
        What :func:`place_scans` gives, of these rows or more.

    Returns
    -------
    pandas.Series
        True of at most one row per patient (bool).
    """
    eligible = scans[placed.loc[scans.index, "ELIGIBLE"]].sort_values("ADT", kind="stable")
    last = eligible.index[~eligible.duplicated("SUBJID", keep="last")]
    return pd.Series(scans.index.isin(last), index=scans.index, dtype=bool)
