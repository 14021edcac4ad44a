"""Final cuts with next to nothing in them: no event, no patient in an arm, nobody observed."""

from collections.abc import Callable, Collection
from dataclasses import replace

import pandas as pd

from duonen_stats.raw import Cut

_SEEN_ONLY_ONCE = (
    "administrations",
    "dosimetry",
    "labs",
    "adverse_events",
    "disposition",
    "tumour_assessments",
)


def arm(cut: Cut, code: str) -> set[str]:
    """Patients of an arm."""
    subjects = cut.tables["subjects"]
    return set(subjects.loc[subjects["ARM"] == code, "SUBJID"])


def everybody(cut: Cut) -> set[str]:
    return set(cut.tables["subjects"]["SUBJID"])


def only(cut: Cut, patients: Collection[str]) -> Cut:
    """Keep the records of some patients."""
    kept = {
        name: frame[frame["SUBJID"].isin(patients)] if "SUBJID" in frame else frame
        for name, frame in cut.tables.items()
    }
    return replace(cut, tables=kept)


def without_events(cut: Cut, patients: Collection[str]) -> Cut:
    """Let some patients neither progress nor die."""
    seen, followed = cut.tables["tumour_assessments"].copy(), cut.tables["follow_up"].copy()
    own = seen["SUBJID"].isin(patients)
    seen.loc[own & seen["RESPONSE"].eq("PD"), "RESPONSE"] = "SD"
    seen.loc[own, "NEWLESION"] = "N"
    own = followed["SUBJID"].isin(patients)
    followed.loc[own, "STATUS"] = "ALIVE"
    followed.loc[own, "DEATHDT"] = pd.NaT
    return replace(cut, tables={**cut.tables, "tumour_assessments": seen, "follow_up": followed})


def censored_at_once(cut: Cut) -> Cut:
    """Let nobody be seen after the day of randomisation."""
    found = without_events(cut, everybody(cut))
    randomised = found.tables["subjects"].set_index("SUBJID")["RANDDT"]
    followed = found.tables["follow_up"].assign(LASTDT=lambda f: f["SUBJID"].map(randomised))
    empty = {name: found.tables[name].iloc[:0] for name in _SEEN_ONLY_ONCE}
    return replace(found, tables={**found.tables, **empty, "follow_up": followed})


SCARCE: dict[str, Callable[[Cut], Cut]] = {
    "no event in arm A": lambda cut: without_events(cut, arm(cut, "A")),
    "no event at all": lambda cut: without_events(cut, everybody(cut)),
    "arm A empty": lambda cut: only(cut, everybody(cut) - arm(cut, "A")),
    "all censored on day 1": censored_at_once,
    "one patient": lambda cut: only(cut, sorted(everybody(cut))[:1]),
    "nobody": lambda cut: only(cut, ()),
}
