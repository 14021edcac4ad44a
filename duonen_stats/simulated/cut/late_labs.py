"""Laboratory values, vital signs and status at the visits of late follow-up, from the raw tables around the cycles."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.raw.derived.cycles import delivered, treatment_dates
from duonen_stats.simulated.model.blood import ckd_epi_2021
from duonen_stats.simulated.model.late_course import (
    DAYS_A_YEAR,
    SCATTER,
    LateAssumptions,
    LateDraws,
    creatinine_growth,
    draw_late,
    failing,
    neoplasm_days,
    recovered,
)
from duonen_stats.simulated.model.randomness import Floats
from duonen_stats.study import Study

Tables = Mapping[str, pd.DataFrame]

_COUNTS = ("HGB", "PLAT", "NEUT", "LYMPH")
_REST = "REST"
_LIVER = ("ALT", "AST", "BILI")
_ANALYTES = (*_COUNTS, _REST, "CREAT", *_LIVER, "RETIC", "KPS", "WEIGHT", "SYSBP", "DIABP", "PULSE", "TEMP")
"""In the order of their numbers in ``LateDraws.by_visit``."""

_VISITS = 60
_FEW = 8
_AGE_FACTOR = 0.9938  # a year, of CKD-EPI 2021
_LEAST_RATE = 5.0


@dataclass(frozen=True, slots=True)
class LateFollowUp:
    """Patients with an administration, in the order of ``subjects``, and their visits after it.

    ``names``; ``first``, ``last`` (datetime64[D], administrations) and ``until`` (last day on which a visit may be);
    ``day`` (n, visits), ``kept`` (whether there was such a visit); ``kidney``, ``marrow`` (Gy in all); ``neoplasm``
    (days from ``first`` to a myeloid neoplasm), and whether it was ``found`` by the cut; ``draws``.
    """

    names: NDArray[np.object_]
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]
    until: NDArray[np.datetime64]
    day: NDArray[np.datetime64]
    kept: NDArray[np.bool_]
    kidney: Floats
    marrow: Floats
    neoplasm: Floats
    found: NDArray[np.bool_]
    draws: LateDraws


def follow_late(
    tables: Tables, study: Study, assumed: LateAssumptions, seed: int, *, neoplasms: bool = True
) -> LateFollowUp:
    """Find who is followed late, until when, and on which days.

    Parameters
    ----------
    tables
        Raw tables around the cycles, with follow-up.
    study
        The dictionary, with the rule of the visits.
    assumed, seed
        What late follow-up rests on.
    neoplasms
        Whether myeloid neoplasms may occur; without them nothing else changes.
    """
    cut = tables["data_cut"]["CUTDT"].iloc[0]
    given = tables["administrations"][delivered(tables["administrations"], study, until=cut)]
    span = treatment_dates(given)
    names = (
        tables["subjects"].loc[tables["subjects"]["SUBJID"].isin(span.index), "SUBJID"].to_numpy(dtype=object)
    )
    first, last = (_days(span.loc[names, name]) for name in ("FIRST", "LAST"))
    seen = tables["follow_up"].drop_duplicates("SUBJID").set_index("SUBJID").reindex(names)["LASTDT"]
    until = np.minimum(_days(seen.fillna(cut)), np.datetime64(cut, "D"))
    over = last + np.timedelta64(round(DAYS_A_YEAR * assumed.years), "D")
    draws = draw_late(seed, names, _VISITS, len(_ANALYTES))
    targets = np.array([visit.day_target for visit in study.follow_up_visits.visits(_VISITS)])
    low, high = assumed.visit_days
    off = np.rint(low + (high - low) * draws.of_visit[:, :, 0]).astype(int)
    day = last[:, None] + (targets + off).astype("timedelta64[D]")
    kidney, marrow = (_total_dose(tables["dosimetry"], organ, names) for organ in ("KIDNEY", "MARROW"))
    neoplasm = (
        neoplasm_days(marrow, draws.uniform[:, 0], assumed) if neoplasms else np.full(len(names), np.inf)
    )
    found = (until - first).astype(int) >= neoplasm
    seen_then = (day <= np.minimum(until, over)[:, None]) & (draws.of_visit[:, :, 1] >= assumed.visit_missed)
    return LateFollowUp(
        names=names, first=first, last=last, until=until, day=day, kept=seen_then, kidney=kidney, marrow=marrow,
        neoplasm=neoplasm, found=found, draws=draws,
    )  # fmt: skip


def _total_dose(dosimetry: pd.DataFrame, organ: str, names: NDArray[np.object_]) -> Floats:
    doses = dosimetry[dosimetry["ORGAN"] == organ].groupby("SUBJID")["DOSE_GY"].sum()
    return np.asarray(doses.reindex(names).fillna(0), dtype=np.float64)


def _days(dates: pd.Series) -> NDArray[np.datetime64]:
    return dates.to_numpy().astype("datetime64[D]")


def late_labs(tables: Tables, late: LateFollowUp, study: Study, assumed: LateAssumptions) -> pd.DataFrame:
    """Make the laboratory records of late follow-up.

    Returns
    -------
    pandas.DataFrame
        The columns of ``labs``, by patient, visit and analyte. Each analyte that a patient has at the baseline visit is
        measured in its unit and by its limits: the counts recover from the last visit around the cycles, unless a
        neoplasm takes them; creatinine grows with the kidney dose and time, and eGFR falls with it and with age.
    """
    labs = tables["labs"].query("VISIT != 'UNS'").dropna(subset=["VALUE"])
    ordered = labs.sort_values(["SUBJID", "LBDT"], kind="stable")
    at = {str(code): _known(rows, late.names) for code, rows in ordered.groupby("ANALYTE")}
    values: dict[str, Floats] = {}
    since_last = (late.day - late.last[:, None]).astype(float)
    since_first = (late.day - late.first[:, None]).astype(float)
    z = {code: late.draws.by_visit[:, :, place] for place, code in enumerate(_ANALYTES)}
    for code in _COUNTS:
        if code in at:
            base, end = at[code].first, at[code].last
            fall = np.log(end / base)[:, None]
            gone = failing(since_first, late.neoplasm[:, None], code, assumed)
            left = recovered(fall, since_last, assumed) + gone + assumed.scatter * SCATTER[code] * z[code]
            values[code] = base[:, None] * np.exp(left)
    values |= _white_cells(at, values, z, since_last, assumed)
    values |= _kidney(at, late, since_last, z, tables["subjects"], study, assumed)
    for code in _LIVER:
        if code in at:
            values[code] = at[code].first[:, None] * np.exp(assumed.scatter * SCATTER[code] * z[code])
    parts = [
        _records(late, study, code, found, at[code].form) for code, found in values.items() if code in at
    ]
    parts += _further(late, study, z, assumed, tables)
    rows = pd.concat(parts, ignore_index=True)
    order = {analyte.code: place for place, analyte in enumerate(study.all_analytes)}
    place = {name: number for number, name in enumerate(late.names)}
    rows = rows.assign(P=rows["SUBJID"].map(place), A=rows["ANALYTE"].map(order))
    return rows.sort_values(["P", "LBDT", "A"], kind="stable").drop(columns=["P", "A"]).reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class _KnownSamples:
    """``first`` and ``last`` value of an analyte around the cycles by patient, in one unit, and its ``form``."""

    first: Floats
    last: Floats
    form: pd.DataFrame


def _known(rows: pd.DataFrame, names: NDArray[np.object_]) -> _KnownSamples:
    """Take the first and the last value by date; the unit, limits and laboratory are those of the first."""
    first = rows.drop_duplicates("SUBJID").set_index("SUBJID").reindex(names)
    alike = rows[rows["UNIT"].to_numpy() == first["UNIT"].reindex(rows["SUBJID"]).to_numpy()]
    last = alike.drop_duplicates("SUBJID", keep="last").set_index("SUBJID").reindex(names)
    return _KnownSamples(
        first["VALUE"].to_numpy(dtype=np.float64),
        last["VALUE"].to_numpy(dtype=np.float64),
        first[["UNIT", "LLN", "ULN", "LABORATORY"]],
    )


def _white_cells(at: Mapping[str, _KnownSamples], values: Mapping[str, Floats], z: Mapping[str, Floats],
                 since_last: Floats, assumed: LateAssumptions) -> dict[str, Floats]:  # fmt: skip
    """White cells are the sum of their parts, of which the third is what neutrophils and lymphocytes leave."""
    if not {"WBC", "NEUT", "LYMPH"} <= at.keys():
        return {}
    base = at["WBC"].first
    rest = np.maximum(base - at["NEUT"].first - at["LYMPH"].first, 0.05 * base)[:, None]
    whole = values["NEUT"] + values["LYMPH"] + rest * np.exp(assumed.scatter * SCATTER[_REST] * z[_REST])
    # Without a differential count the total recovers as a count does.
    fall = np.log(at["WBC"].last / base)[:, None]
    scatter = assumed.scatter * SCATTER[_REST] * z[_REST]
    alone = base[:, None] * np.exp(recovered(fall, since_last, assumed) + scatter)
    return {"WBC": np.where(np.isnan(whole), alone, whole)}


def _kidney(
    at: Mapping[str, _KnownSamples],
    late: LateFollowUp,
    since_last: Floats,
    z: Mapping[str, Floats],
    subjects: pd.DataFrame,
    study: Study,
    assumed: LateAssumptions,
) -> dict[str, Floats]:
    """Creatinine grows, and eGFR falls by CKD-EPI 2021 of it: below its knot far less steeply than above.

    The rate is a multiple of the patient's own around the cycles, which a laboratory may have found by another formula.
    Without creatinine there is none.
    """
    if "CREAT" not in at:
        return {}
    years = since_last / DAYS_A_YEAR
    growth = creatinine_growth(late.kidney, late.draws.normal[:, 0], assumed)[:, None] * years
    creatinine, rate = at["CREAT"], at.get("EGFR")
    before = np.sqrt(creatinine.first * creatinine.last)[:, None]
    after = before * np.exp(growth + assumed.scatter * SCATTER["CREAT"] * z["CREAT"])
    out = {"CREAT": after}
    if rate is not None:
        analyte = study.analyte("CREAT")
        to_mg_dl = np.array([analyte.known_factor(unit) or np.nan for unit in creatinine.form["UNIT"]])[
            :, None
        ]
        person = subjects.set_index("SUBJID").reindex(late.names)
        female = person["SEX"].eq("F").fillna(value=False).to_numpy(dtype=bool)[:, None]
        age = np.zeros(1, dtype=np.int64)  # it is a factor, which the ratio is free of
        then, now = (ckd_epi_2021(level * to_mg_dl, age, female) for level in (before, after))
        level = np.sqrt(rate.first * rate.last)[:, None]
        out["EGFR"] = np.maximum(level * now / then * _AGE_FACTOR**years, _LEAST_RATE)
    return out


def _records(late: LateFollowUp, study: Study, code: str, values: Floats, form: pd.DataFrame) -> pd.DataFrame:
    """Write the values of an analyte at the visits kept, with the digits that its unit is written with."""
    patient, visit = np.nonzero(late.kept & ~np.isnan(values))
    analyte, unit = study.analyte(code), form["UNIT"].to_numpy(dtype=object)[patient]
    shift = {one: int(np.rint(np.log10(analyte.known_factor(one) or 1))) for one in {*unit}}
    places = (1 if code == "EGFR" else analyte.decimals) + np.array([shift[one] for one in unit], dtype=int)
    digits = np.clip(places, 0, 4)
    scale = 10.0**digits
    return pd.DataFrame({
        "SUBJID": late.names[patient],
        "VISIT": np.array([one.code for one in study.follow_up_visits.visits(values.shape[1])], dtype=object)[visit],
        "LBDT": late.day[patient, visit].astype("datetime64[ns]"), "ANALYTE": code,
        "VALUE": np.maximum(np.rint(values[patient, visit] * scale), 1 if code != "BLAST" else 0) / scale, "UNIT": unit,
        **{name: form[name].to_numpy()[patient] for name in ("LLN", "ULN", "LABORATORY")},
    })  # fmt: skip


_FURTHER_FORMS = {"RETIC": ("10^9/L", 25.0, 110.0), "BLAST": ("%", np.nan, 0.0)}
_RETICULOCYTES = 62.0
_BLASTS_AT_DIAGNOSIS, _BLASTS_A_MONTH, _MOST_BLASTS = 6.0, 1.5, 40.0


def _further(
    late: LateFollowUp, study: Study, z: Mapping[str, Floats], assumed: LateAssumptions, tables: Tables
) -> list[pd.DataFrame]:
    """Reticulocytes, and blasts in the smear, of those in whom they are looked at."""
    looked = np.where(late.draws.uniform[:, 1] < assumed.further_analytes, 1.0, np.nan)[:, None]
    laboratory = (
        tables["labs"].drop_duplicates("SUBJID").set_index("SUBJID").reindex(late.names)["LABORATORY"]
    )
    since = (late.day - late.first[:, None]).astype(float)
    gone = 2 * failing(since, late.neoplasm[:, None], "HGB", assumed)
    level = 0.2 * late.draws.normal[:, [1]] + assumed.scatter * SCATTER["RETIC"] * z["RETIC"] + gone
    months = np.maximum(12 * (since - late.neoplasm[:, None]) / DAYS_A_YEAR, -assumed.failing_months)
    grown = np.floor(_BLASTS_AT_DIAGNOSIS + _BLASTS_A_MONTH * months)
    found = {
        "RETIC": looked * _RETICULOCYTES * np.exp(level),
        "BLAST": looked * np.clip(grown, 0, _MOST_BLASTS),
    }
    forms = {
        code: pd.DataFrame({"UNIT": unit, "LLN": low, "ULN": high, "LABORATORY": laboratory})
        for code, (unit, low, high) in _FURTHER_FORMS.items()
    }
    return [_records(late, study, code, values, forms[code]) for code, values in found.items()]


def vital_signs(tables: Tables, late: LateFollowUp, study: Study, assumed: LateAssumptions) -> pd.DataFrame:
    """Make vital signs and Karnofsky status at the visits at which blood was taken, and at those of late follow-up."""
    subjects = tables["subjects"].set_index("SUBJID").reindex(late.names)
    labs = tables["labs"].query("VISIT != 'UNS'").dropna(subset=["LBDT"])
    early = labs[["SUBJID", "VISIT", "LBDT"]].drop_duplicates(["SUBJID", "VISIT"])
    early = early[early["SUBJID"].isin(late.names) & early["VISIT"].isin([one.code for one in study.visits])]
    place = {name: number for number, name in enumerate(late.names)}
    number = {visit.code: n for n, visit in enumerate(sorted(study.visits, key=lambda one: one.number))}
    who = early["SUBJID"].map(place).to_numpy(dtype=int)
    turn = early["VISIT"].map(number).to_numpy(dtype=int)
    patient, visit = np.nonzero(late.kept)
    codes = np.array([one.code for one in study.follow_up_visits.visits(late.kept.shape[1])], dtype=object)
    rows = pd.DataFrame({
        "P": np.concatenate([who, patient]),
        "N": np.concatenate([turn, len(number) + visit]) % late.draws.visits(),
        "VISIT": np.concatenate([early["VISIT"].to_numpy(dtype=object), codes[visit]]),
        "VSDT": np.concatenate([_days(early["LBDT"]), late.day[patient, visit]]),
    })  # fmt: skip
    p, n = rows["P"].to_numpy(), rows["N"].to_numpy()
    z = {code: late.draws.by_visit[p, n, k] for k, code in enumerate(_ANALYTES)}
    own = late.draws.normal[p]
    years = (rows["VSDT"].to_numpy().astype("datetime64[D]") - late.first[p]).astype(float) / DAYS_A_YEAR
    height = np.where(subjects["SEX"].eq("F"), 1.62, 1.75)[p] + 0.06 * own[:, 2]
    weight = subjects["BMI"].fillna(25).to_numpy(dtype=float)[p] * height**2
    values = {
        "KPS": _karnofsky(tables, late, subjects, rows, z["KPS"], years, assumed),
        "WEIGHT": np.maximum(weight * np.exp(-assumed.weight_loss_a_year * years + 0.015 * z["WEIGHT"]), 30),
        "SYSBP": 128 + 12 * own[:, 3] + 7 * z["SYSBP"],
        "DIABP": 77 + 6 * own[:, 3] + 4 * z["DIABP"],
        "PULSE": 74 + 8 * own[:, 4] + 5 * z["PULSE"],
        "TEMP": 36.6 + 0.2 * z["TEMP"],
    }
    values["DIABP"] = np.minimum(values["DIABP"], values["SYSBP"] - 15)
    parts = []
    for k, sign in enumerate(study.vital_signs):
        scale = 10.0**sign.decimals
        value = np.clip(np.rint(values[sign.code] * scale) / scale, sign.plausible_low, sign.plausible_high)
        parts.append(rows.assign(TEST=sign.code, VALUE=value, UNIT=sign.unit, K=k))
    out = pd.concat(parts).sort_values(["P", "VSDT", "N", "K"], kind="stable")
    out = out.assign(SUBJID=late.names[out["P"].to_numpy()], VSDT=out["VSDT"].astype("datetime64[ns]"))
    return out[["SUBJID", "VISIT", "VSDT", "TEST", "VALUE", "UNIT"]].reset_index(drop=True)


_BASELINE = "T1"
_LEAST_STATUS = {"treated": 70.0, "late": 40.0}


def _karnofsky(
    tables: Tables, late: LateFollowUp, subjects: pd.DataFrame, rows: pd.DataFrame, z: Floats, years: Floats,
    assumed: LateAssumptions,
) -> Floats:  # fmt: skip
    """As at baseline, a step lower now and then, and falling in the months before death."""
    p = rows["P"].to_numpy()
    base = subjects["KPS"].fillna(90).to_numpy(dtype=float)[p]
    died = tables["follow_up"].drop_duplicates("SUBJID").set_index("SUBJID").reindex(late.names)["DEATHDT"]
    left = (_days(died)[p] - rows["VSDT"].to_numpy().astype("datetime64[D]")).astype(float)
    left = np.where(np.isnat(_days(died)[p]), np.inf, left)
    frail = np.clip(1 - left / (DAYS_A_YEAR * assumed.frail_months / 12), 0, 1)
    steps = np.rint(-4 * frail - 0.25 * years + 0.6 * z)
    status = np.minimum(base + 10 * np.minimum(steps, 1), 100)
    late_visit = years * DAYS_A_YEAR > (late.last - late.first).astype(float)[p] + 7 * _FEW
    least = np.minimum(np.where(late_visit, _LEAST_STATUS["late"], _LEAST_STATUS["treated"]), base)
    return np.asarray(
        np.where(rows["VISIT"].eq(_BASELINE), base, np.maximum(status, least)), dtype=np.float64
    )
