"""The raw tables of a trial with everything that follows the last cycle: what the tables around the cycles cause."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from duonen_stats.raw.intake.convert import DTYPES, ROW
from duonen_stats.simulated.cut.late_labs import follow_late, late_labs, vital_signs
from duonen_stats.simulated.cut.late_records import (
    coded_events,
    death_causes,
    deviations,
    therapies,
    with_neoplasms,
)
from duonen_stats.simulated.model.late_course import LateAssumptions
from duonen_stats.study import Study

_STREAMS = {"coding": 1, "causes": 2}


def with_late_follow_up(
    tables: Mapping[str, pd.DataFrame],
    study: Study,
    assumed: LateAssumptions,
    seed: int,
    *,
    neoplasms: bool = True,
) -> dict[str, pd.DataFrame]:
    """Add to a trial what follows the last cycle, and what a later version of the raw format asks for.

    Parameters
    ----------
    tables
        Raw tables of a simulated trial: cycles, doses, laboratory values around the cycles, events, follow-up. They
        are not changed: no value of theirs is replaced.
    study
        The dictionary.
    assumed
        What late follow-up rests on.
    seed
        Of the trial; what is drawn here has streams of its own.
    neoplasms
        Whether myeloid neoplasms may occur, with the event that reports them.

    Returns
    -------
    dict of pandas.DataFrame
        The same tables in the order of the dictionary; ``labs`` with the visits of late follow-up, after the records of
        each patient; events and follow-up with their further columns; vital signs, therapies and deviations.
    """
    rng = {
        name: np.random.default_rng(np.random.SeedSequence([seed, key, 160]))
        for name, key in _STREAMS.items()
    }
    late = follow_late(tables, study, assumed, seed, neoplasms=neoplasms)
    events = coded_events(
        with_neoplasms(tables["adverse_events"], tables, late, assumed), tables, study, rng["coding"]
    )
    made = {
        "labs": _below_each_patient(tables, late_labs(tables, late, study, assumed)),
        "adverse_events": events,
        "follow_up": death_causes(tables["follow_up"], events, tables, assumed, rng["causes"]),
        "vital_signs": vital_signs(tables, late, study, assumed),
        "concomitant_therapies": therapies(tables, late, assumed),
        "protocol_deviations": deviations(tables, late, study, assumed),
    }
    return {
        table.name: _typed(made[table.name], study, table.name) if table.name in made else tables[table.name]
        for table in study.tables
        if table.name in tables or table.name in made
    }


def _below_each_patient(tables: Mapping[str, pd.DataFrame], added: pd.DataFrame) -> pd.DataFrame:
    place = {name: number for number, name in enumerate(tables["subjects"]["SUBJID"])}
    labs = tables["labs"]
    filled = [frame for frame in (labs, added.reindex(columns=labs.columns)) if len(frame)]
    joined = pd.concat(filled, ignore_index=True) if filled else labs
    return joined.assign(_P=joined["SUBJID"].map(place)).sort_values("_P", kind="stable").drop(columns="_P")


def _cells(frame: pd.DataFrame, name: str) -> pd.Series:
    """Give a column with None in its empty cells."""
    if name not in frame:
        return pd.Series([None] * len(frame), dtype=object)
    cells = frame[name].reset_index(drop=True)
    if cells.dtype != object:
        return cells
    return cells.where(cells.notna(), None)


def _typed(frame: pd.DataFrame, study: Study, name: str) -> pd.DataFrame:
    """Type and order the columns, and number the lines as in a file with a header."""
    columns = {
        column.name: pd.Series(
            _cells(frame, column.name),
            dtype=DTYPES[column.type],
        )
        for column in study.table(name).columns
    }
    return pd.DataFrame({**columns, ROW: pd.Series(np.arange(2, len(frame) + 2), dtype="int64")})
