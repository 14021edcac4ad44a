"""What happened to one patient, on one axis of time: days from the first administration (day 1)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from duonen_stats.datasets.build import Datasets
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.errors import DataError
from duonen_stats.study import Study

_Day = Callable[[pd.Timestamp], int]
"""From a date to the day of the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileCycle:
    """A cycle: its code, its day, activities in MBq by isotope code, and the reason of the activity if recorded."""

    code: str
    day: int
    activities: tuple[tuple[str, float], ...]
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDose:
    """Cumulative absorbed dose of an organ after each cycle with complete dosimetry so far: days and Gy."""

    organ: str
    days: tuple[int, ...]
    gray: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileValue:
    """A laboratory value: day, value and limits of normal in the analyte's unit, grade (``None``: not certain)."""

    day: int
    value: float
    low: float | None
    high: float | None
    grade: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileEvent:
    """An adverse event: first and last day (``None``: going on, or not known), term, grade and what it led to."""

    start: int | None
    end: int | None
    term: str
    grade: int | None
    serious: bool
    action: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDecision:
    """What was decided or given beside the plan, in words, and its first and last days (``None``: going on)."""

    words: str
    days: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A patient's course. ``arm`` is the one randomised to, ``values`` are by analyte code."""

    usubjid: str
    arm: str
    facts: tuple[tuple[str, str], ...]
    cycles: tuple[ProfileCycle, ...]
    doses: tuple[ProfileDose, ...]
    values: tuple[tuple[str, tuple[ProfileValue, ...]], ...]
    events: tuple[ProfileEvent, ...]
    decisions: tuple[ProfileDecision, ...] = ()


def build_profile(data: Datasets, study: Study, patient: str) -> Profile:
    """Gather the records of one patient.

    Parameters
    ----------
    data
        The analysis datasets.
    study
        Order and names of isotopes, organs and analytes.
    patient
        ``SUBJID`` or ``USUBJID``.

    Raises
    ------
    DataError
        There is no such patient.

    Examples
    --------
    >>> from duonen_stats import INTERIM, build_datasets, load_study, read_cut
    >>> study = load_study()
    >>> profile = build_profile(build_datasets(read_cut(study), study, INTERIM), study, "01-001")
    >>> profile.arm, len(profile.cycles), profile.cycles[0].day
    ('B', 2, 1)
    """
    known = data.adsl[data.adsl["SUBJID"].eq(patient) | data.adsl["USUBJID"].eq(patient)]
    if known.empty:
        raise DataError(f"There is no patient {patient} in these data.")
    row = known.iloc[0]
    origin = row["TRTSDT"] if pd.notna(row["TRTSDT"]) else row["RANDDT"]

    def day(value: pd.Timestamp) -> int:
        days = int((value - origin).days)
        return days + 1 if days >= 0 else days  # there is no day 0, as in ADaM

    own = {name: frame[frame["USUBJID"].eq(row["USUBJID"])] for name, frame in data}
    cycles = _cycles(own["ADEX"], day)
    return Profile(
        usubjid=str(row["USUBJID"]),
        arm=str(row["TRT01P"]),
        facts=_facts(row, study),
        cycles=cycles,
        doses=_doses(own["ADDOS"], study, {cycle.code: cycle.day for cycle in cycles}),
        values=tuple((analyte.code, _values(own["ADLB"], analyte.code, day)) for analyte in study.analytes),
        events=_events(own["ADAE"], day),
        decisions=_decisions(row, cycles, own.get("ADCM"), study, day),
    )


def patients_of_concern(data: Datasets) -> tuple[str, ...]:
    """List the patients a monitoring committee looks at one by one.

    Returns
    -------
    tuple of str
        ``USUBJID`` of patients with a serious event, with an event of grade 3 or higher, with an event that ended
        treatment, or with a dose of an organ above its limit; in the order of ADSL.
    """
    events = data.adae
    flagged = (
        events["AESER"].eq("Y")
        | events["AETOXGR"].ge(SEVERE).fillna(value=False)
        | events["AEACN"].eq("DISCONTINUED")
    )
    found = set(events.loc[flagged.fillna(value=False).astype(bool), "USUBJID"])
    for number in (1, 2, 3):
        above = data.addos[f"CRIT{number}FL"].eq("Y").fillna(value=False).astype(bool)
        found |= set(data.addos.loc[above, "USUBJID"])
    return tuple(patient for patient in data.adsl["USUBJID"] if patient in found)


def _facts(row: pd.Series, study: Study) -> tuple[tuple[str, str], ...]:
    def date(name: str, flag: str = "") -> str:
        imputed = " (imputed)" if flag and pd.notna(row[flag]) else ""
        return f"{row[name]:%Y-%m-%d}{imputed}" if pd.notna(row[name]) else "–"

    words = {column: _words(study, "disposition", column) for column in ("STATUS", "REASON")}
    status = words["STATUS"].get(str(row["EOTSTT"]), "not recorded").lower()
    reason = words["REASON"].get(str(row["DCSREAS"]), "")
    alive = f"no (up to {row['LSTALVDT']:%Y-%m-%d})" if pd.notna(row["LSTALVDT"]) else "not recorded"
    known = [f"{row[name]}{unit}" for name, unit in (("SEX", ""), ("AGE", " years")) if pd.notna(row[name])]
    return (
        ("Arm", _arm(row)),
        ("Sex and age", ", ".join(known) if known else "–"),
        ("Randomised", date("RANDDT")),
        ("First cycle", date("TRTSDT")),
        ("Treatment", f"{status}{f' ({reason[:1].lower()}{reason[1:]})' if reason else ''}"),
        ("Last known alive", date("LSTALVDT", "LSTALVDF")),
        ("Died", date("DTHDT", "DTHDTF") if pd.notna(row["DTHDT"]) else alive),
    )


def _arm(row: pd.Series) -> str:
    """Name the arm, and the one treated as where that is another: doses and harm follow from what was given."""
    other = pd.notna(row["TRT01A"]) and row["TRT01A"] != row["TRT01P"]
    return f"{row['TRT01P']}, treated as {row['TRT01A']}" if other else str(row["TRT01P"])


def _cycles(adex: pd.DataFrame, day: _Day) -> tuple[ProfileCycle, ...]:
    given = adex[adex["DTYPE"].isna() & adex["ASTDT"].notna()]
    found = []
    for code, rows in given.groupby("AVISIT", observed=True, sort=False):
        reasons = rows["DOSREAS"].dropna()
        found.append(
            ProfileCycle(
                code=str(code),
                day=day(rows["ASTDT"].iloc[0]),
                activities=tuple(
                    (str(isotope), float(value))
                    for isotope, value in zip(rows["ISOTOPE"], rows["AVAL"], strict=True)
                    if pd.notna(value) and value > 0
                ),
                reason=str(reasons.iloc[0]) if len(reasons) else None,
            )
        )
    return tuple(sorted(found, key=lambda cycle: cycle.day))


def _doses(addos: pd.DataFrame, study: Study, days: dict[str, int]) -> tuple[ProfileDose, ...]:
    found = []
    for organ in study.organs:
        own = addos[addos["ORGAN"].eq(organ.code) & addos["ISOTOPE"].isna() & addos["AVISIT"].isin([*days])]
        by_cycle = {str(visit): value for visit, value in zip(own["AVISIT"], own["AVAL"], strict=True)}
        total, at, gray = 0.0, [], []
        for code, on in days.items():
            value = by_cycle.get(code)
            if value is None or pd.isna(value):
                break  # without the dose of a cycle no later sum is known
            total += float(value)
            at.append(on)
            gray.append(total)
        found.append(ProfileDose(organ=organ.code, days=tuple(at), gray=tuple(gray)))
    return tuple(found)


def _values(adlb: pd.DataFrame, code: str, day: _Day) -> tuple[ProfileValue, ...]:
    own = adlb[adlb["PARAMCD"].eq(code) & adlb["DTYPE"].isna() & adlb["AVAL"].notna()]
    own = own.sort_values("ADT", kind="stable")

    def number(value: Any) -> float | None:
        return None if pd.isna(value) else float(value)

    return tuple(
        ProfileValue(
            day=day(on), value=float(value), low=number(low), high=number(high),
            grade=int(least) if pd.notna(least) and least == most else None,
        )
        for on, value, low, high, least, most in zip(
            own["ADT"], own["AVAL"], own["ANRLO"], own["ANRHI"], own["ATOXGRMN"], own["ATOXGRMX"], strict=True
        )
    )  # fmt: skip


def _events(adae: pd.DataFrame, day: _Day) -> tuple[ProfileEvent, ...]:
    def text(value: Any) -> str | None:
        return None if pd.isna(value) else str(value)

    rows = adae.sort_values(["ASTDT", "AESEQ"], kind="stable")
    columns = ("ASTDT", "AENDT", "AEDECOD", "AETOXGR", "AESER", "AEACN", "AEOUT")
    return tuple(
        ProfileEvent(
            start=None if pd.isna(start) else day(start),
            end=None if pd.isna(end) else day(end),
            term=str(term),
            grade=None if pd.isna(grade) else int(grade),
            serious=bool(serious == "Y"),
            action=text(action),
            outcome=text(outcome),
        )
        for start, end, term, grade, serious, action, outcome in zip(
            *(rows[name] for name in columns), strict=True
        )
    )


def _decisions(
    row: pd.Series, cycles: tuple[ProfileCycle, ...], adcm: pd.DataFrame | None, study: Study, day: _Day
) -> tuple[ProfileDecision, ...]:
    """List changed activities by reason, growth factors, transfusions, other treatment of the tumour, and death."""
    reasons = _words(study, "administrations", "REASON") | {"OTHER": OTHER_REASON}
    found: dict[str, list[tuple[int, int | None]]] = {}
    for cycle in cycles:
        if cycle.reason not in (None, _AS_PLANNED):
            found.setdefault(reasons.get(str(cycle.reason), str(cycle.reason)), []).append(
                (cycle.day, cycle.day)
            )
    further: set[pd.Timestamp] = set()
    if adcm is not None:
        classes = _words(study, "concomitant_therapies", "CLASS") | {"OTHER": OTHER_TREATMENT}
        therapies = adcm[(adcm["SUPPFL"].eq("Y") | adcm["FURTHFL"].eq("Y")).fillna(value=False).astype(bool)]
        for name, start, end, against in zip(
            therapies["CMCLAS"], therapies["ASTDT"], therapies["AENDT"], therapies["FURTHFL"], strict=True
        ):
            if pd.isna(start):
                continue
            words = OTHER_TREATMENT if pd.isna(name) else classes.get(str(name), str(name))
            found.setdefault(words, []).append((day(start), None if pd.isna(end) else day(end)))
            further |= {start} if against == "Y" else set()
    if pd.notna(row["NTRTSDT"]) and row["NTRTSDT"] not in further:
        found.setdefault(OTHER_TREATMENT, []).append((day(row["NTRTSDT"]), None))
    if pd.notna(row["DTHDT"]):
        death = day(row["DTHDT"])
        found = {
            words: [(first, death if last is None else last) for first, last in days]
            for words, days in found.items()
        }
        found["Death"] = [(death, death)]
    return tuple(ProfileDecision(words=words, days=tuple(sorted(days, key=lambda one: one[0])))
                 for words, days in found.items())  # fmt: skip


OTHER_TREATMENT = "Other treatment against the tumour"
OTHER_REASON = "Activity changed for another reason"
_AS_PLANNED = "PLANNED"


def _words(study: Study, table: str, column: str) -> dict[str, str]:
    return {code.code: code.label for code in study.table(table).column(column).codes}
