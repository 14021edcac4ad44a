"""Patients chosen from a large simulated trial so that the counts of Table 1 come out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.errors import NotEstimable
from duonen_stats.simulated.calibration.roster import ARMS, Roster
from duonen_stats.simulated.calibration.targets import Targets

COUNTED = {  # entry of Table 1: (column, codes that count)
    "sex.male": ("SEX", ("M",)),
    "primary.midgut": ("PRIMSITE", ("MIDGUT",)),
    "primary.pancreas": ("PRIMSITE", ("PANCREAS",)),
    "primary.stomach": ("PRIMSITE", ("STOMACH",)),
    "primary.hindgut": ("PRIMSITE", ("HINDGUT",)),
    "grade.g1": ("GRADE", ("G1",)),
    "mets.liver": ("METLIV", ("Y",)),
    "mets.lymph_nodes": ("METLN", ("Y",)),
    "mets.bone": ("METBON", ("Y",)),
    "mets.other": ("METOTH", ("Y",)),
    "kps80": ("KPS", (80, 90, 100)),
    "ethnicity.caucasian": ("RACE", ("CAUCASIAN",)),
}
_PLATELETS = ("Platelets below", "Platelet count decreased")
_FOLLOWED_DAYS = 70  # after the last visit, so that rechecks and the end of events can be recorded
_PATIENCE = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The simulated patient in each place of the roster; loss counts places by which Table 1 is missed."""

    patients: NDArray[np.object_]
    loss: float
    judged: int


def candidates(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List the simulated patients who can stand in a roster.

    Every visit of every delivered cycle has a complete record, none follows the last one, and the patient was
    followed for ten weeks after it.

    Returns
    -------
    pandas.DataFrame
        One row a patient, index ``SUBJID``: the columns of ``subjects`` with ``DELIVERED`` (cycles) and
        ``PLATELETS`` (treatment was stopped for them).
    """
    subjects = tables["subjects"].set_index("SUBJID")
    delivered = tables["administrations"].groupby("SUBJID").size()
    scheduled = tables["labs"].query("VISIT != 'UNS'").dropna(subset="VALUE")
    seen = scheduled.groupby("SUBJID").agg(
        VALUES=("VALUE", "size"), VISITS=("VISIT", "nunique"), LAST=("LBDT", "max")
    )
    status = tables["disposition"].set_index("SUBJID")
    detail = status["DETAIL"].fillna("").astype(str)
    out = subjects.join(seen).assign(DELIVERED=delivered, PLATELETS=detail.str.startswith(_PLATELETS))
    followed = tables["follow_up"].set_index("SUBJID")["LASTDT"] - out["LAST"]
    analytes = scheduled["ANALYTE"].nunique()
    whole = (out["VISITS"] == 2 * out["DELIVERED"]) & (out["VALUES"] == analytes * out["VISITS"])
    stopped = status["STATUS"].reindex(out.index).eq("DISCONTINUED")
    return out[whole & (followed.dt.days >= _FOLLOWED_DAYS) & (stopped == (out["DELIVERED"] < 4))]  # noqa: PLR2004


def choose_patients(pool: pd.DataFrame, roster: Roster, targets: Targets, rng: np.random.Generator) -> Chosen:
    """Choose a patient for each place by exchanges that bring every count of Table 1 nearer.

    Raises
    ------
    NotEstimable
        The pool has too few patients of an arm who stopped so.
    """
    chosen = np.empty(len(roster.arm), dtype=object)
    loss, judged = 0.0, 0
    for place, arm in enumerate(ARMS):
        own = np.flatnonzero(roster.arm == place)
        groups = [_group(pool, arm, int(roster.delivered[one]), bool(roster.severe[one])) for one in own]
        names = pool.index[np.concatenate(groups)].unique()
        wanted = np.array([targets.count(f"table1.{entry}.{arm}.n") for entry in COUNTED])
        features = _features(pool.loc[names])
        options = [names.get_indexer(pool.index[group]) for group in groups]
        found, missed, used = _exchange(features, options, wanted, rng)
        chosen[own] = names.to_numpy()[found]
        loss, judged = loss + missed, judged + used
    return Chosen(patients=chosen, loss=loss, judged=judged)


def _group(pool: pd.DataFrame, arm: str, delivered: int, severe: bool) -> NDArray[np.intp]:
    same = pool["ARM"].eq(arm) & pool["DELIVERED"].eq(delivered) & pool["PLATELETS"].eq(severe)
    if not same.any():
        reason = "for platelets" if severe else "for another reason"
        raise NotEstimable(
            f"No simulated patient of arm {arm} has {delivered} cycles and, if fewer than four, stopped "
            f"{reason}: simulate more patients."
        )
    return np.flatnonzero(same)


def _features(pool: pd.DataFrame) -> NDArray[np.intp]:
    return np.column_stack(
        [pool[column].isin(codes).to_numpy(dtype=np.intp) for column, codes in COUNTED.values()]
    )


def _exchange(
    features: NDArray[np.intp],
    options: list[NDArray[np.intp]],
    wanted: NDArray[np.intp],
    rng: np.random.Generator,
) -> tuple[NDArray[np.intp], float, int]:
    """Exchange single patients, sideways steps allowed, until the counts are the wanted ones."""
    places: list[int] = []
    for group in options:
        free = np.setdiff1d(group, places)
        if not len(free):
            raise NotEstimable("The simulated trial has too few patients who stopped alike: simulate more.")
        places.append(int(rng.choice(free)))
    counts = features[places].sum(axis=0)
    missed = int(np.abs(counts - wanted).sum())
    for judged in range(_PATIENCE):
        if not missed:
            return np.array(places), 0.0, judged
        slot = int(rng.integers(len(places)))
        new = int(rng.choice(options[slot]))
        if new in places:
            continue
        proposed = counts - features[places[slot]] + features[new]
        now = int(np.abs(proposed - wanted).sum())
        if now <= missed or rng.random() < np.exp(-4.0 * (now - missed)):
            places[slot], counts, missed = new, proposed, now
    return np.array(places), float(missed), _PATIENCE
