"""What the cross-record rules look into: cycles as given, values in one unit, dates; each prepared once."""

from functools import cached_property

import numpy as np
import pandas as pd

from duonen_stats.plan import INTERIM, Plan
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.derived.baseline_record import place_records
from duonen_stats.raw.derived.baseline_scan import baseline_scans, place_scans, progressions
from duonen_stats.raw.derived.cycles import (
    activities,
    nominal_activities,
    treated_as,
    treatment_dates,
)
from duonen_stats.raw.derived.date_bounds import earliest
from duonen_stats.raw.derived.record_order import record_numbers
from duonen_stats.raw.derived.reference_ranges import laboratory_values
from duonen_stats.raw.derived.visits import visit_windows
from duonen_stats.raw.derived.why_unused import RecordScreen
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.study import Study

_DATED = (("labs", "LBDT"), ("vital_signs", "VSDT"))
"""Tables with visits of late follow-up, and the column of their date."""


class CutView:
    """A cut as the rules see it: rows that cannot be placed are left out, since they have findings already.

    Parameters
    ----------
    cut
        The data cut.
    study
        The study whose dictionary it was read by.
    plan
        The plan, of which the baseline assessment follows.
    """

    def __init__(self, cut: Cut, study: Study, plan: Plan = INTERIM) -> None:
        self.cut = cut
        self.study = study
        self.plan = plan
        self.tables = cut.tables

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """Randomised patients, one row each: of rows with the same ``SUBJID`` the first counts."""
        return self.tables["subjects"].dropna(subset=["SUBJID"]).drop_duplicates("SUBJID")

    @cached_property
    def late_visits(self) -> tuple[tuple[str, str, pd.DataFrame], ...]:
        """Days on which a visit of late follow-up was, by table and column: ``PLACE``, ``DATE``, ``DAY``, its window.

        ``DAY`` is counted from the last administration; of a patient without one there is nothing.
        """
        return tuple((table, column, self._late(table, column)) for table, column in _DATED)

    def _late(self, table: str, column: str) -> pd.DataFrame:
        series = self.study.follow_up_visits
        rows = self.tables[table].dropna(subset=["SUBJID", "VISIT", column])
        places = {
            visit: series.place(visit) for visit in rows["VISIT"].unique()
        }  # of thousands of rows few differ
        place = rows["VISIT"].map(places).astype("float64")
        rows = rows.assign(PLACE=place).dropna(subset=["PLACE"])
        rows = rows.drop_duplicates(["SUBJID", "VISIT", column]).merge(
            self.span[["LAST"]], left_on="SUBJID", right_index=True
        )
        rows = rows.reset_index(drop=True)
        target = 7 * series.interval_weeks * rows["PLACE"]
        return rows.assign(
            DATE=rows[column],
            DAY=(rows[column] - rows["LAST"]).dt.days,
            FROM=target + series.day_low,
            TO=target + series.day_high,
        )

    @cached_property
    def administrations(self) -> pd.DataFrame:
        """The raw table with ``GIVEN``: false where 0 MBq is recorded of every isotope that is recorded.

        A row without any activity has a finding of its own, and none that follows from it: it counts as given.
        """
        frame = self.tables["administrations"]
        amounts = activities(frame, self.study)
        return frame.assign(GIVEN=amounts.gt(0).any(axis=1) | amounts.isna().all(axis=1))

    @cached_property
    def cycles(self) -> pd.DataFrame:
        """Recorded administrations of randomised patients, one row per patient and cycle, in order of the cycles.

        With the columns of ``administrations``, ``NUMBER`` (of the cycle), ``ARM`` (the one whose treatment was given),
        ``RANDDT`` and ``SITEID``.
        """
        numbers = {cycle.code: cycle.number for cycle in self.study.cycles}
        frame = self.administrations
        frame = frame.assign(NUMBER=frame["CYCLE"].map(numbers))
        frame = frame.dropna(subset=["SUBJID", "NUMBER"]).drop_duplicates(["SUBJID", "CYCLE"])
        arms = self.subjects[["SUBJID", "RANDDT", "SITEID"]].assign(ARM=treated_as(self.subjects))
        frame = frame.merge(arms, on="SUBJID")
        return frame.astype({"NUMBER": "int64"}).sort_values(["SUBJID", "NUMBER"], ignore_index=True)

    @cached_property
    def given_cycles(self) -> pd.DataFrame:
        """``cycles`` without those of which 0 MBq is recorded."""
        return self.cycles[self.cycles["GIVEN"]]

    @cached_property
    def span(self) -> pd.DataFrame:
        """Dates of the ``FIRST`` and ``LAST`` delivered cycle of each treated patient, by ``SUBJID``."""
        frame = self.tables["administrations"]
        # A patient without a row in subjects has a finding for that, and those of other records as well.
        screen = RecordScreen({*frame["SUBJID"].dropna()}, self.cut.cut_date, self.study)
        return treatment_dates(frame[screen.unused_administrations(frame).isna()])

    @cached_property
    def scans(self) -> pd.DataFrame:
        """Dated tumour assessments of randomised patients by patient and date, placed to the baseline.

        Beside the raw columns ``ADT``, ``PROGRESSION`` and those of ``place_scans``; ``BASELINE`` marks the one
        that the datasets take, ``SIZEBASE`` the one that sums of diameters are compared with.
        """
        seen = self.tables["tumour_assessments"]
        # What is dated after the cut is an error, and it is looked at like the others.
        screen = RecordScreen({*self.subjects["SUBJID"]}, None, self.study)
        seen = seen[screen.unused_tumour_assessments(seen).isna()]
        numbers = record_numbers(seen, self.study.table("tumour_assessments"))
        seen = seen.iloc[numbers.argsort()].reset_index(drop=True)
        seen = seen.assign(ADT=seen["ASSESSDT"], PROGRESSION=progressions(seen, self.plan))
        randomised = self.subjects.set_index("SUBJID")["RANDDT"]
        seen = seen.join(place_scans(seen, randomised, self.span["FIRST"], self.plan))
        measured = seen[seen["SUMDIAM"].notna()]
        size = baseline_scans(measured, seen).reindex(seen.index, fill_value=False)
        return seen.assign(BASELINE=baseline_scans(seen, seen), SIZEBASE=size)

    @cached_property
    def activities(self) -> pd.DataFrame:
        """``cycles`` with one row per isotope that is recorded, 0 MBq included: ``ISOTOPE``, ``ACTIVITY`` (MBq)."""
        amounts = activities(self.cycles, self.study)
        parts = [self.cycles.assign(ISOTOPE=code, ACTIVITY=amounts[code]) for code in amounts.columns]
        return pd.concat(parts, ignore_index=True).dropna(subset=["ACTIVITY"])

    @cached_property
    def given(self) -> pd.DataFrame:
        """``activities`` above 0 MBq: the isotopes that were given."""
        return self.activities[self.activities["ACTIVITY"] > 0]

    @cached_property
    def sound_activities(self) -> pd.DataFrame:
        """``activities`` without those that are not plausible in MBq: what follows from them is not worth a finding."""
        bounds = {one.code: one for one in self.study.isotopes}
        parts = [
            rows[(rows["ACTIVITY"] == 0) | bounds[str(code)].plausible(rows["ACTIVITY"])]
            for code, rows in self.activities.groupby("ISOTOPE", sort=False)
        ]
        return pd.concat(parts) if parts else self.activities

    @cached_property
    def dose_per_activity(self) -> pd.DataFrame:
        """``doses`` above 0 with a plausible activity: ``RATIO`` (Gy per GBq given), whether ``SOUND``, ``SITEID``."""
        given = self.sound_activities[["SUBJID", "CYCLE", "ISOTOPE", "ACTIVITY", "SITEID"]]
        doses = self.doses.merge(given, on=["SUBJID", "CYCLE", "ISOTOPE"])
        doses = doses[(doses["DOSE_GY"] > 0) & (doses["ACTIVITY"] > 0)]
        doses = doses.assign(RATIO=1000 * doses["DOSE_GY"] / doses["ACTIVITY"], SOUND=True)
        for organ in self.study.organs:
            for bounds in organ.dose_per_activity:
                own = (doses["ORGAN"] == organ.code) & (doses["ISOTOPE"] == bounds.isotope)
                doses.loc[own, "SOUND"] = bounds.plausible(doses.loc[own, "RATIO"])
        return doses

    @cached_property
    def sound_doses(self) -> pd.DataFrame:
        """``doses`` without those that are too high to be plausible in Gy: a sum with them means nothing."""
        ratios, high = self.dose_per_activity, pd.Series(np.inf, index=self.dose_per_activity.index)
        for organ in self.study.organs:
            for bounds in organ.dose_per_activity:
                high[(ratios["ORGAN"] == organ.code) & (ratios["ISOTOPE"] == bounds.isotope)] = bounds.high
        return self.doses[~self.doses[ROW].isin(ratios.loc[ratios["RATIO"] > high, ROW])]

    @cached_property
    def nominal(self) -> pd.DataFrame:
        """``nominal_activities`` of the study."""
        return nominal_activities(self.study)

    @cached_property
    def labs(self) -> pd.DataFrame:
        """Laboratory rows of known analytes with their record ``NUMBER`` and the columns of ``laboratory_values``."""
        labs = self.tables["labs"]
        labs = labs.assign(NUMBER=record_numbers(labs, self.study.table("labs")))
        labs = labs.dropna(subset=["SUBJID", "ANALYTE"])
        labs = labs[labs["ANALYTE"].isin([analyte.code for analyte in self.study.all_analytes])]
        return laboratory_values(
            labs.reset_index(drop=True),
            self.tables["reference_ranges"],
            self.subjects,
            self.study,
            self.plan.censored_results,
        )

    @cached_property
    def placed_labs(self) -> pd.DataFrame:
        """``labs`` of randomised patients that the datasets can use, with the columns of ``place_records``."""
        screen = RecordScreen({*self.subjects["SUBJID"]}, self.cut.cut_date, self.study)
        labs = self.labs[screen.unused_labs(self.labs).isna() & self.labs["AVAL"].notna()]
        given = self.cycles[screen.unused_administrations(self.cycles).isna()]
        # Of two values alike in date and visit the datasets take the later by number, whatever the file's order.
        numbered = labs.assign(**{ROW: labs["NUMBER"]})
        placed = place_records(numbered, given, self.span["FIRST"], self.study, self.plan)
        return placed.assign(**{ROW: labs[ROW]})

    @cached_property
    def baseline_labs(self) -> pd.DataFrame:
        """The baseline of each patient and analyte by the plan, of ``placed_labs``."""
        return self.placed_labs[self.placed_labs["BASELINE"]]

    @cached_property
    def samplings(self) -> pd.DataFrame:
        """Dates of sampling of randomised patients at visits around the cycles: one row per patient, visit and date.

        With the visit's ``CYCLE``, ``POSITION``, window ``DAYLOW`` to ``DAYHIGH``, the cycle's date ``EXDT``,
        whether it was ``GIVEN``, and ``DAY``, the days from it.
        """
        windows = visit_windows(self.study)
        visits = windows.assign(POSITION=windows["FOLLOWS"].map({True: "after", False: "before"}))
        visits = visits.rename(columns={"AVISIT": "VISIT", "LOW": "DAYLOW", "HIGH": "DAYHIGH"})
        visits = visits[["VISIT", "CYCLE", "POSITION", "DAYLOW", "DAYHIGH"]]
        labs = self.tables["labs"].dropna(subset=["SUBJID", "VISIT"])
        labs = labs.drop_duplicates(["SUBJID", "VISIT", "LBDT"])
        labs = labs[labs["SUBJID"].isin(self.subjects["SUBJID"])].merge(visits, on="VISIT")
        cycles = self.given_cycles[["SUBJID", "CYCLE", "EXDT"]].assign(GIVEN=1)
        labs = labs.merge(cycles, on=["SUBJID", "CYCLE"], how="left")
        return labs.assign(DAY=(labs["LBDT"] - labs["EXDT"]).dt.days, GIVEN=labs["GIVEN"].notna())

    @cached_property
    def doses(self) -> pd.DataFrame:
        """Organ doses with a value, one row per patient, cycle, organ and isotope."""
        key = ["SUBJID", "CYCLE", "ORGAN", "ISOTOPE"]
        return self.tables["dosimetry"].dropna(subset=[*key, "DOSE_GY"]).drop_duplicates(key)

    @cached_property
    def texts(self) -> dict[tuple[str, str], list[object]]:
        """The different texts of each text column, by table and column, in order of appearance."""
        return {
            (table.name, column.name): [*self.tables[table.name][column.name].dropna().unique()]
            for table in self.study.tables
            for column in table.columns
            if column.type == "text"
        }

    @cached_property
    def dates(self) -> pd.DataFrame:
        """Every date of every patient: ``TABLE``, ``COLUMN``, ``DATE``, ``SUBJID`` and the line ``_ROW``.

        Of a date of which only a part is known it is the first day that it may be.
        """
        parts = []
        for table in self.study.tables:
            frame = self.tables[table.name]
            for column in table.columns:
                if column.type == "date" and "SUBJID" in frame.columns:
                    dated = frame.assign(DATE=earliest(frame, column.name))
                    dated = dated.loc[frame[column.name].notna(), ["DATE", "SUBJID", ROW]]
                    parts.append(dated.assign(TABLE=table.name, COLUMN=column.name))
        return pd.concat(parts, ignore_index=True)
