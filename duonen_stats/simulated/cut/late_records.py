"""Coded events, relations, neoplasms, therapies, causes of death and deviations, from the raw tables of a trial."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.raw.derived.cycles import treated_as
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.simulated.cut.late_labs import LateFollowUp
from duonen_stats.simulated.model.late_course import DAYS_A_YEAR, LateAssumptions
from duonen_stats.study import Study

Tables = Mapping[str, pd.DataFrame]

DICTIONARY = "MedDRA 20.1"
"""The version that the terms of CTCAE 5.0 are those of."""

_BLOOD = "Blood and lymphatic system disorders"
_INVESTIGATIONS = "Investigations"
_GUT = "Gastrointestinal disorders"
_NEOPLASMS = "Neoplasms benign, malignant and unspecified (incl cysts and polyps)"

CLASSES: Mapping[str, str] = {
    "Anemia": _BLOOD,
    "Platelet count decreased": _INVESTIGATIONS,
    "White blood cell decreased": _INVESTIGATIONS,
    "Neutrophil count decreased": _INVESTIGATIONS,
    "Lymphocyte count decreased": _INVESTIGATIONS,
    "Creatinine increased": _INVESTIGATIONS,
    "Alanine aminotransferase increased": _INVESTIGATIONS,
    "Aspartate aminotransferase increased": _INVESTIGATIONS,
    "Blood bilirubin increased": _INVESTIGATIONS,
    "Chronic kidney disease": "Renal and urinary disorders",
    "Headache": "Nervous system disorders",
    "Alopecia": "Skin and subcutaneous tissue disorders",
    "Fatigue": "General disorders and administration site conditions",
    "Diarrhea": _GUT,
    "Nausea": _GUT,
    "Abdominal pain": _GUT,
    "Myelodysplastic syndrome": _NEOPLASMS,
    "Acute myeloid leukemia": _NEOPLASMS,
}
"""System organ class of each preferred term, as CTCAE 5.0 lists them."""

TERMS: Mapping[str, str] = {"Abdominal discomfort": "Abdominal pain"}
"""Preferred term of a reported one, where it is another."""

_OTHER_CLASS = "General disorders and administration site conditions"
_BOTH = 0.85  # share of related events of two isotopes that are judged related to both
_WORSENED = 0.5


def coded_events(
    events: pd.DataFrame, tables: Tables, study: Study, rng: np.random.Generator
) -> pd.DataFrame:
    """Add class, preferred term, version, relation to each isotope and initial grade to adverse events."""
    subjects = tables["subjects"].drop_duplicates("SUBJID")
    arms = dict(zip(subjects["SUBJID"], treated_as(subjects), strict=True))
    isotopes = {arm.code: arm.isotopes for arm in study.arms}
    has = {
        code: np.array(
            [code in isotopes.get(arms.get(name, ""), ()) for name in events["SUBJID"]], dtype=bool
        )
        for code in ("LU177", "Y90")
    }
    u = rng.random((len(events), 3))
    related = events["RELATED"].eq("Y").to_numpy()
    two = has["LU177"] & has["Y90"]
    only = np.where(~two | (u[:, 0] < _BOTH), "", np.where(u[:, 1] < 0.5, "LU177", "Y90"))  # noqa: PLR2004 - a half
    terms = events["TERM"].map(lambda term: TERMS.get(term, term))
    grade = events["GRADE"].astype("Int64")
    lower = (grade >= 2).to_numpy() & (u[:, 2] < _WORSENED)  # noqa: PLR2004 - there is a lower grade
    return events.assign(
        SOC=terms.map(lambda term: CLASSES.get(term, _OTHER_CLASS)).astype(object), PT=terms.astype(object),
        DICTVER=DICTIONARY,
        RELLU=_relation(related & (only != "Y90"), has["LU177"]),
        RELY90=_relation(related & (only != "LU177"), has["Y90"]),
        GRADEINI=(grade - lower.astype(int)).astype("Int64"),
    )  # fmt: skip


def _relation(related: NDArray[np.bool_], given: NDArray[np.bool_]) -> NDArray[np.object_]:
    out = np.where(related, "Y", "N").astype(object)
    out[~given] = None
    return np.asarray(out, dtype=np.object_)


def with_neoplasms(
    events: pd.DataFrame, tables: Tables, late: LateFollowUp, assumed: LateAssumptions
) -> pd.DataFrame:
    """Add the event of each myeloid neoplasm found by the cut; one in a patient who died within a year was fatal."""
    died = tables["follow_up"].drop_duplicates("SUBJID").set_index("SUBJID")["DEATHDT"]
    numbers = events.groupby("SUBJID")["AESEQ"].max()
    rows: list[dict[str, Any]] = []
    for place in np.flatnonzero(late.found):
        name = late.names[place]
        start = pd.Timestamp(late.first[place]) + pd.Timedelta(days=int(late.neoplasm[place]))
        death = died.get(name)
        fatal = death is not None and pd.notna(death) and (death - start).days <= DAYS_A_YEAR
        leukaemia = late.draws.uniform[place, 2] < assumed.leukaemia
        rows.append({
            "SUBJID": name, "AESEQ": int(numbers.get(name, 0)) + 1,
            "TERM": "Acute myeloid leukemia" if leukaemia else "Myelodysplastic syndrome", "CATEGORY": "OTHER",
            "GRADE": 5 if fatal else 4 if leukaemia else 3, "STARTDT": start, "ENDDT": death if fatal else pd.NaT,
            "RELATED": "Y", "SERIOUS": "Y", "ACTION": "NOT_APPLICABLE",
            "OUTCOME": "FATAL" if fatal else "NOT_RECOVERED",
        })  # fmt: skip
    if not rows:
        return events
    added = (
        pd.DataFrame(rows).assign(**{ROW: 0}).reindex(columns=events.columns).astype(events.dtypes.to_dict())
    )
    joined = pd.concat([events, added], ignore_index=True)
    place_of = {name: number for number, name in enumerate(tables["subjects"]["SUBJID"])}
    joined = joined.assign(_P=joined["SUBJID"].map(place_of))
    return joined.sort_values(["_P", "AESEQ"], kind="stable").drop(columns="_P").reset_index(drop=True)


def death_causes(follow_up: pd.DataFrame, events: pd.DataFrame, tables: Tables, assumed: LateAssumptions,
                 rng: np.random.Generator) -> pd.DataFrame:  # fmt: skip
    """Add the cause of each death: a fatal neoplasm or toxicity, else mostly the disease."""
    u = rng.random(len(follow_up))
    fatal = events[events["OUTCOME"].eq("FATAL")]
    neoplasm = set(fatal.loc[fatal["SOC"].eq(_NEOPLASMS), "SUBJID"])
    toxic = set(fatal.loc[fatal["RELATED"].eq("Y"), "SUBJID"]) - neoplasm
    scans = tables["tumour_assessments"]
    grown = set(scans.loc[scans["RESPONSE"].eq("PD"), "SUBJID"]) | set(
        follow_up.loc[follow_up["NEWTRTDT"].notna(), "SUBJID"]
    )
    causes, texts = [], []
    for number, one in zip(u, follow_up.to_dict("records"), strict=True):
        cause, text = None, None
        if one["STATUS"] == "DEAD":
            name = one["SUBJID"]
            if name in neoplasm:
                cause, text = "SECOND_NEOPLASM", "Myeloid neoplasm"
            elif name in toxic:
                cause, text = "TOXICITY", "Fatal adverse event related to the treatment"
            elif name in grown or number < assumed.death_of_progression:
                cause, text = "PROGRESSION", "Progression of the neuroendocrine tumour"
            elif number < (1 + assumed.death_of_progression) / 2:
                cause, text = "OTHER", "Cardiovascular disease"
            else:
                cause, text = "UNKNOWN", None
        causes.append(cause)
        texts.append(text)
    return follow_up.assign(DTHCAUSE=pd.Series(causes, index=follow_up.index, dtype=object),
                            DTHTEXT=pd.Series(texts, index=follow_up.index, dtype=object))  # fmt: skip


_KINDS = (("177Lu", "PRRT"), ("temozolomide", "CHEMOTHERAPY"), ("apecitabine", "CHEMOTHERAPY"),
          ("unitinib", "TARGETED"), ("verolimus", "TARGETED"))  # fmt: skip
_SECOND = ("Everolimus", "Capecitabine and temozolomide", "Sunitinib")


def class_of(therapy: str) -> str:
    """Give the class of an antitumour therapy by its name."""
    return next((code for part, code in _KINDS if part in therapy), "OTHER")


def therapies(tables: Tables, late: LateFollowUp, assumed: LateAssumptions) -> pd.DataFrame:
    """List therapies beside and after the treatment: analogues from before it, other antitumour treatment by line."""
    cut = tables["data_cut"]["CUTDT"].iloc[0]
    after = tables["follow_up"].drop_duplicates("SUBJID").set_index("SUBJID")
    place = {name: number for number, name in enumerate(late.names)}
    rows: list[dict[str, Any]] = []
    for patient in tables["subjects"].to_dict("records"):
        name = patient["SUBJID"]
        own: list[dict[str, Any]] = []
        number = place.get(name)
        if number is None:
            continue
        u = late.draws.uniform[number]
        end = min(cut, after["LASTDT"].get(name, cut))
        if u[3] < assumed.analogue:
            start = patient["RANDDT"] - pd.Timedelta(days=30 + int(700 * u[4]))
            own.append({"TERM": "Lanreotide" if u[5] < 0.5 else "Octreotide", "CLASS": "SOMATOSTATIN_ANALOGUE",  # noqa: PLR2004
                        "ANTITUMOUR": "N", "LINE": None, "STARTDT": start, "ENDDT": pd.NaT})  # fmt: skip
        first = after["NEWTRTDT"].get(name)
        if first is not None and pd.notna(first):
            own += _lines(first, str(after.loc[name, "NEWTRT"]), end, u, assumed)
        rows += [{"SUBJID": name, "CMSEQ": k, **one} for k, one in enumerate(own, 1)]
    return pd.DataFrame(
        rows, columns=["SUBJID", "CMSEQ", "TERM", "CLASS", "ANTITUMOUR", "LINE", "STARTDT", "ENDDT"]
    )


def _lines(first: pd.Timestamp, name: str, end: pd.Timestamp, u: NDArray[np.float64],
           assumed: LateAssumptions) -> list[dict[str, Any]]:  # fmt: skip
    over = first + pd.Timedelta(days=90 + int(300 * u[6]))
    given = [{"TERM": name, "CLASS": class_of(name), "ANTITUMOUR": "Y", "LINE": 1, "STARTDT": first,
              "ENDDT": over if over <= end else pd.NaT}]  # fmt: skip
    second = over + pd.Timedelta(days=14 + int(60 * u[7]))
    if u[8] < assumed.second_line and second <= end:
        term = next(one for one in _SECOND[int(3 * u[9]) :] + _SECOND if one != name)
        given.append({"TERM": term, "CLASS": class_of(term), "ANTITUMOUR": "Y", "LINE": 2, "STARTDT": second,
                      "ENDDT": pd.NaT})  # fmt: skip
    return given


def deviations(tables: Tables, late: LateFollowUp, study: Study, assumed: LateAssumptions) -> pd.DataFrame:
    """List deviations: late cycles, missed visits and dosimetry as the tables have them, and drawn ones."""
    design = study.design
    cut = tables["data_cut"]["CUTDT"].iloc[0]
    longest = 7 * (design.cycle_interval_weeks + design.cycle_interval_tolerance_weeks)
    given = tables["administrations"].dropna(subset=["EXDT"]).sort_values(["SUBJID", "EXDT"], kind="stable")
    days = given.groupby("SUBJID")["EXDT"].diff().dt.days
    rows: list[dict[str, Any]] = [
        {"SUBJID": one["SUBJID"], "DVDT": one["EXDT"], "CATEGORY": "SCHEDULE",
         "TERM": f"Cycle given {gap:.0f} days after the one before", "IMPORTANT": "Y" if gap > longest + 28 else "N",
         "EXCLUDEPP": "N"}
        for one, gap in zip(given.to_dict("records"), days, strict=True) if gap > longest
    ]  # fmt: skip
    measured = pd.MultiIndex.from_frame(tables["dosimetry"][["SUBJID", "CYCLE"]])
    lacking = given[~pd.MultiIndex.from_frame(given[["SUBJID", "CYCLE"]]).isin(measured)]
    rows += [
        {"SUBJID": one["SUBJID"], "DVDT": one["EXDT"], "CATEGORY": "DOSIMETRY",
         "TERM": f"No dosimetry of {one['CYCLE']}", "IMPORTANT": "Y", "EXCLUDEPP": "N"}
        for one in lacking.to_dict("records")
    ]  # fmt: skip
    for patient in tables["subjects"].to_dict("records"):
        place = np.flatnonzero(late.names == patient["SUBJID"])
        u = late.draws.uniform[place[0]] if len(place) else np.ones(64)
        if u[10] < assumed.ineligible:
            rows.append({"SUBJID": patient["SUBJID"], "DVDT": patient["RANDDT"], "CATEGORY": "ELIGIBILITY",
                         "TERM": "Histology not confirmed before randomisation", "IMPORTANT": "Y",
                         "EXCLUDEPP": "Y"})  # fmt: skip
        taken = (
            pd.Timestamp(late.first[place[0]]) + pd.Timedelta(days=20 + int(100 * u[12]))
            if len(place)
            else None
        )
        if (
            u[11] < assumed.prohibited
            and taken is not None
            and taken <= min(cut, pd.Timestamp(late.until[place[0]]))
        ):
            rows.append({"SUBJID": patient["SUBJID"], "DVDT": taken, "CATEGORY": "PROHIBITED_THERAPY",
                         "TERM": "Everolimus during treatment", "IMPORTANT": "Y", "EXCLUDEPP": "Y"})  # fmt: skip
    names = ["SUBJID", "DVSEQ", "DVDT", "CATEGORY", "TERM", "IMPORTANT", "EXCLUDEPP"]
    frame = pd.DataFrame(rows, columns=[name for name in names if name != "DVSEQ"])
    order = {name: number for number, name in enumerate(tables["subjects"]["SUBJID"])}
    frame = frame.assign(_P=frame["SUBJID"].map(order)).sort_values(["_P", "DVDT", "CATEGORY"], kind="stable")
    frame = frame.assign(DVSEQ=frame.groupby("SUBJID").cumcount() + 1)
    return frame[names].reset_index(drop=True)
