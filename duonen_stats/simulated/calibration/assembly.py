"""The calibrated cohort as raw tables: dates, centres and follow-up of the chosen patients, calibrated values."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.simulated.calibration.analytes import ANALYTES, values_before
from duonen_stats.simulated.calibration.calibrate_events import Event
from duonen_stats.simulated.calibration.roster import ARMS
from duonen_stats.simulated.calibration.stages import Calibrated
from duonen_stats.study import Study

Values = NDArray[np.float64]
Tables = dict[str, pd.DataFrame]

_CHANGED = 0.1  # fraction of nominal, the plan's tolerance
_RECHECK_DAYS = (28, 56)
_RECOVERY = (0.25, 0.75)  # of a severe fall of platelets, by the rechecks
_PARTIAL = 2  # cycles with dosimetry of a patient in whom it is not complete


def start_values(
    tables: Mapping[str, pd.DataFrame], patients: Sequence[str], study: Study
) -> dict[str, Values]:
    """Baseline of the chosen patients as simulated: numeric columns, and analytes in dictionary units."""
    subjects = tables["subjects"].set_index("SUBJID").loc[list(patients)]
    out = {name: subjects[name].to_numpy(dtype=np.float64) for name in ("AGE", "BMI", "DXDUR")}
    first = in_dictionary_units(tables["labs"].query("VISIT == 'T1'"), study)
    wide = first.pivot_table(index="SUBJID", columns="ANALYTE", values="VALUE").loc[list(patients)]
    return out | {plan.code: wide[plan.code].to_numpy(dtype=np.float64) for plan in ANALYTES}


def in_dictionary_units(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Convert values and limits of normal to the dictionary's units, limits to two decimals."""
    factors = {(one.code, unit): factor for one in study.analytes for unit, factor in one.factors.items()}
    units = {one.code: one.unit for one in study.analytes}
    factor = np.array([factors.get(pair, 1.0) for pair in zip(labs["ANALYTE"], labs["UNIT"], strict=True)])
    return labs.assign(
        VALUE=labs["VALUE"] * factor,
        LLN=(labs["LLN"] * factor).round(2),
        ULN=(labs["ULN"] * factor).round(2),
        UNIT=labs["ANALYTE"].map(units),
    )


def assemble(
    tables: Mapping[str, pd.DataFrame],
    patients: Sequence[str],
    cohort: Calibrated,
    events: Sequence[Event],
    study: Study,
    rng: np.random.Generator,
) -> Tables:
    """Put calibrated values in the place of simulated ones, and renumber patients within their centres.

    Parameters
    ----------
    tables
        Raw tables of the simulated trial.
    patients
        Its patient in each place of the roster.
    cohort, events
        What was calibrated, in the order of the roster.
    rng
        Generator of values before later cycles and of rechecks.

    Returns
    -------
    dict of pandas.DataFrame
        The raw tables that the dictionary requires, sorted by patient.
    """
    own = {name: table[table.get("SUBJID", pd.Series(dtype=object)).isin(patients)].copy()
           for name, table in tables.items() if name != "data_cut"}  # fmt: skip
    place = {patient: number for number, patient in enumerate(patients)}
    out: Tables = {"data_cut": tables["data_cut"].copy()}
    out["data_cut"]["LABEL"] = f"SIMULATED cohort of {len(patients)} patients, no patient of the trial"
    out["subjects"] = _subjects(own["subjects"], place, cohort)
    out["administrations"] = _administrations(own["administrations"], place, cohort, study)
    out["dosimetry"] = _dosimetry(patients, cohort, study)
    out["labs"] = _labs(in_dictionary_units(own["labs"], study), place, cohort, rng)
    out["disposition"] = _disposition(own["disposition"], place, cohort)
    out["tumour_assessments"], out["follow_up"] = own["tumour_assessments"], own["follow_up"]
    out["adverse_events"] = _adverse_events(events, patients, out["labs"], out["follow_up"])
    return _renumber(out, own["subjects"], study)


def _subjects(subjects: pd.DataFrame, place: Mapping[str, int], cohort: Calibrated) -> pd.DataFrame:
    at = subjects["SUBJID"].map(place).to_numpy()
    values = {name: cohort.baseline[name][at] for name in ("AGE", "BMI", "DXDUR")}
    return subjects.assign(AGE=values["AGE"].astype(int), BMI=values["BMI"].round(1), DXDUR=values["DXDUR"])


def _administrations(
    given: pd.DataFrame, place: Mapping[str, int], cohort: Calibrated, study: Study
) -> pd.DataFrame:
    at = given["SUBJID"].map(place).to_numpy()
    cycle = given["CYCLE"].str[1].astype(int).to_numpy() - 1
    lutetium, yttrium = (cohort.activity[isotope, cycle, at] for isotope in (0, 1))
    reason = []
    for patient, number in zip(at, cycle, strict=True):
        arm = study.arm(ARMS[cohort.roster.arm[patient]])
        if arm.modified_isotope is None:
            reason.append("PLANNED")
            continue
        course = cohort.activity[[one.code for one in study.isotopes].index(arm.modified_isotope), :, patient]
        change = (course[number] - course[0]) / arm.initial_activity[arm.modified_isotope]
        up, down = change > _CHANGED, change < -_CHANGED
        reason.append("DOSIMETRY_INCREASE" if up else "DOSIMETRY_REDUCTION" if down else "PLANNED")
    # What was set in the simulated trial was not set for the calibrated activities.
    kept = given.drop(columns=[name for name in given.columns if name.endswith("_SET_MBQ")])
    return kept.assign(LU177_MBQ=lutetium, Y90_MBQ=yttrium, REASON=reason)


def _dosimetry(patients: Sequence[str], cohort: Calibrated, study: Study) -> pd.DataFrame:
    """Doses of every delivered cycle; of the first cycles only where dosimetry is not complete."""
    rows = []
    for place, patient in enumerate(patients):
        cycles = int(cohort.roster.delivered[place])
        if not cohort.roster.dosed[place]:
            cycles = min(cycles - 1, _PARTIAL)
        rows += [
            (patient, f"T{cycle + 1}", organ.code, isotope.code, doses)
            for cycle in range(cycles)
            for organ in study.organs
            for number, isotope in enumerate(study.isotopes)
            if np.isfinite(cohort.activity[number, cycle, place])
            for doses in [float(cohort.doses[organ.code].by_cycle[number, cycle, place])]
        ]
    return pd.DataFrame(rows, columns=["SUBJID", "CYCLE", "ORGAN", "ISOTOPE", "DOSE_GY"])


def _labs(
    labs: pd.DataFrame, place: Mapping[str, int], cohort: Calibrated, rng: np.random.Generator
) -> pd.DataFrame:
    scheduled = labs[labs["VISIT"] != "UNS"]
    before = values_before(cohort.baseline, cohort.measured, rng)
    patient = scheduled["SUBJID"].map(place).to_numpy()
    number = scheduled["VISIT"].str[1].astype(int).to_numpy() - 1
    after = scheduled["VISIT"].str.startswith("V").to_numpy(dtype=bool)
    value = np.full(len(scheduled), np.nan)
    for plan in ANALYTES:
        mine = np.asarray(scheduled["ANALYTE"] == plan.code)
        first, seen, later = mine & ~after & (number == 0), mine & after, mine & ~after & (number > 0)
        value[first] = cohort.baseline[plan.code][patient[first]]
        value[seen] = cohort.measured[plan.code][number[seen], patient[seen]]
        value[later] = before[plan.code][number[later] - 1, patient[later]]
        never = np.asarray(np.isnan(cohort.measured[plan.code]).all(axis=0))
        value[mine & never[patient]] = np.nan
    out = scheduled.assign(VALUE=np.round(value, 4)).dropna(subset="VALUE")
    return pd.concat([out, _rechecks(out, place, cohort, rng)], ignore_index=True)


def _rechecks(
    labs: pd.DataFrame, place: Mapping[str, int], cohort: Calibrated, rng: np.random.Generator
) -> pd.DataFrame:
    """Platelets of those who stopped for them, four and eight weeks after the visit that showed it."""
    platelets = labs[labs["ANALYTE"] == "PLAT"]
    last = platelets.sort_values("LBDT").groupby("SUBJID").tail(1)
    last = last[cohort.roster.severe[last["SUBJID"].map(place).to_numpy()]]
    base = cohort.baseline["PLAT"][last["SUBJID"].map(place).to_numpy()]
    out = []
    for days, part in zip(_RECHECK_DAYS, _RECOVERY, strict=True):
        back = np.clip(rng.normal(part, 0.07, len(last)), 0.1, 0.95)
        value = np.round(last["VALUE"] + back * (base - last["VALUE"]))
        out.append(last.assign(VISIT="UNS", LBDT=last["LBDT"] + pd.Timedelta(days=days), VALUE=value))
    return pd.concat(out)


def _disposition(disposition: pd.DataFrame, place: Mapping[str, int], cohort: Calibrated) -> pd.DataFrame:
    severe = cohort.roster.severe[disposition["SUBJID"].map(place).to_numpy()]
    return disposition.assign(
        REASON=disposition["REASON"].mask(severe, "ADVERSE_EVENT"),
        DETAIL=disposition["DETAIL"].mask(severe, "Platelet count decreased grade 3"),
    )


def _adverse_events(
    events: Sequence[Event], patients: Sequence[str], labs: pd.DataFrame, follow_up: pd.DataFrame
) -> pd.DataFrame:
    dates = labs.drop_duplicates(["SUBJID", "VISIT"]).set_index(["SUBJID", "VISIT"])["LBDT"]
    known = follow_up.set_index("SUBJID")["LASTDT"]
    rows = []
    for event in events:
        patient = patients[event.patient]
        start = dates[patient, f"V{event.visit + 1}"] + pd.Timedelta(days=event.delay)
        end = start + pd.Timedelta(days=event.days)
        over = end <= known[patient]
        rows.append(
            {
                "SUBJID": patient, "TERM": event.term, "CATEGORY": event.category, "GRADE": event.grade,
                "STARTDT": start, "ENDDT": end if over else pd.NaT, "RELATED": "Y", "SERIOUS": "N",
                "ACTION": "DISCONTINUED" if event.stops else "NONE",
                "OUTCOME": "RECOVERED" if over else "RECOVERING",
            }
        )  # fmt: skip
    out = pd.DataFrame(rows).sort_values(["SUBJID", "STARTDT", "TERM"], ignore_index=True)
    return out.assign(AESEQ=out.groupby("SUBJID").cumcount() + 1)


def _renumber(tables: Tables, subjects: pd.DataFrame, study: Study) -> Tables:
    """Renumber patients within their centre, by randomisation, and order rows and columns."""
    ordered = subjects.sort_values(["SITEID", "RANDDT", "SUBJID"])
    number = (ordered.groupby("SITEID").cumcount() + 1).astype(str).str.zfill(3)
    names = dict(zip(ordered["SUBJID"], ordered["SITEID"] + "-" + number, strict=True))
    visits = {visit.code: visit.number for visit in study.visits}
    analytes = {one.code: place for place, one in enumerate(study.analytes)}
    out = {}
    for table in (one for one in study.tables if one.name in tables):
        frame = tables[table.name]
        columns = [column.name for column in table.columns if column.name in frame.columns]
        if "SUBJID" in columns:
            frame = frame.assign(SUBJID=frame["SUBJID"].map(names))
            keys = [key for key in table.key if key not in {"VISIT", "ANALYTE"}]
            if table.name == "labs":
                frame = frame.assign(
                    _VISIT=frame["VISIT"].map(visits).fillna(99), _ANALYTE=frame["ANALYTE"].map(analytes)
                )
                keys = ["SUBJID", "_VISIT", "LBDT", "_ANALYTE"]
            frame = frame.sort_values(keys, kind="stable", ignore_index=True)
        out[table.name] = frame[columns].reset_index(drop=True)
    return out
