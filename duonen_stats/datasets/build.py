"""All analysis datasets of a data cut, and an account of every raw record."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from duonen_stats.datasets.efficacy.adrs import build_adrs
from duonen_stats.datasets.efficacy.adtte import build_adtte
from duonen_stats.datasets.efficacy.further_times import add_further_times
from duonen_stats.datasets.efficacy.survival_records import READ as SURVIVAL_COLUMNS
from duonen_stats.datasets.efficacy.survival_records import select_survival_records
from duonen_stats.datasets.exposure.addos import build_addos
from duonen_stats.datasets.exposure.adex import build_adex
from duonen_stats.datasets.laboratory.support import NO_THERAPIES
from duonen_stats.datasets.metadata.shape import conform
from duonen_stats.datasets.metadata.stamp import UNMARKED, Stamp
from duonen_stats.datasets.patients.adsl import add_baseline_characteristics, build_adsl
from duonen_stats.datasets.patients.further_records import (
    DEVIATIONS,
    THERAPIES,
    VITAL_SIGNS,
    add_per_protocol,
    build_adcm,
    build_addv,
    build_advs,
)
from duonen_stats.datasets.patients.populations import reporting_ends
from duonen_stats.datasets.patients.subjects import add_identifiers
from duonen_stats.datasets.patients.usable_records import (
    BESIDE,
    ENTRIES,
    UsableRecords,
    join_set_aside,
    select_records,
    set_aside,
)
from duonen_stats.datasets.safety.adae import build_adae
from duonen_stats.datasets.safety.adlb import assemble_adlb, derive_labs
from duonen_stats.datasets.safety.late_harm import add_late_harm
from duonen_stats.plan import Plan
from duonen_stats.plan.check_plan import check_plan
from duonen_stats.raw import Cut
from duonen_stats.raw.derived.cycles import treatment_dates
from duonen_stats.raw.derived.record_order import in_record_order, record_numbers
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.raw.left_out import set_aside_frame
from duonen_stats.study import Study

_OPTIONAL = frozenset({"reference_ranges", *BESIDE})
"""Raw tables that a cut may lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datasets:
    """The analysis datasets of one data cut.

    ``set_aside`` lists the raw records that no analysis uses: ``table``, ``row`` (line of the file),
    ``subject``, ``reason``. The number of a record is that of
    ``record_numbers``. ``cut_line`` is what every display says of its data: the date of the cut, and
    SIMULATED DATA unless the cut is the trial's; ``stamp`` is what is behind every drawing of them;
    ``plan`` is the one they were built with; ``stage`` is the stage that
    the data cut states; ``ranges`` is the number of reference ranges that limits of
    normal were looked up in. ``advs`` (vital signs), ``adcm`` (other therapies) and ``addv`` (deviations from the
    protocol) are None where the cut has no record of them (``why_no_adcm`` says why there are no
    therapies); ``cut_date`` is the day of the data cut; ``beside`` has the
    usable records of vital signs, therapies and deviations by the name of their raw table. ``entries`` lists all who
    have entered by the cut, also those who are in no dataset (SUBJID, SITEID, ENROLDT; no arms), None if nothing does.
    """

    adsl: pd.DataFrame
    adex: pd.DataFrame
    addos: pd.DataFrame
    adlb: pd.DataFrame
    adae: pd.DataFrame
    adrs: pd.DataFrame
    adtte: pd.DataFrame
    set_aside: pd.DataFrame
    cut_line: str = ""
    stamp: Stamp = UNMARKED
    plan: Plan | None = None
    stage: str | None = None
    ranges: int = 0
    advs: pd.DataFrame | None = None
    adcm: pd.DataFrame | None = None
    why_no_adcm: str = NO_THERAPIES
    addv: pd.DataFrame | None = None
    cut_date: pd.Timestamp | None = None
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    entries: pd.DataFrame | None = None

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield each dataset with its name, ADSL first; one of an optional table only if the cut has records of it."""
        for name in ("adsl", "adex", "addos", "adlb", "adae", "adrs", "adtte", "advs", "adcm", "addv"):
            if (frame := getattr(self, name)) is not None:
                yield name.upper(), frame


def build_datasets(cut: Cut, study: Study, plan: Plan) -> Datasets:
    """Build all analysis datasets.

    Parameters
    ----------
    cut
        A raw data cut without findings of severity error. It is not changed.
    study
        The study: arms, visits, analytes, organs, limits.
    plan
        The decisions: baseline, record of a visit, nadir, tolerance.

    Returns
    -------
    Datasets
        Each with all its columns and types, also where it has no row.

    Raises
    ------
    DataError
        The cut has no date, a column is absent, or a raw key is repeated.
    PlanError
        The plan names an arm, a visit or a response that the study does not have.

    Examples
    --------
    >>> from duonen_stats import INTERIM, build_datasets, load_study, read_cut
    >>> study = load_study()
    >>> datasets = build_datasets(read_cut(study), study, INTERIM)
    >>> len(datasets.adsl)
    56
    """
    check_plan(plan, study)
    return _assembled(cut, study, plan)


def _assembled(cut: Cut, study: Study, plan: Plan) -> Datasets:
    """Build all datasets of a cut in whose study the plan can be followed."""
    lines, cut = _lines(cut, study), in_record_order(cut, study)
    records = select_records(cut, study)
    adsl = _marked(build_adsl(records, study, plan), cut, study)
    held = {name for name in BESIDE if len(cut.tables.get(name, ()))}
    addv = build_addv(records, adsl) if DEVIATIONS in held else None
    adsl = conform(add_per_protocol(adsl, addv, plan), "ADSL")
    labs = derive_labs(records, adsl, study, plan)
    adae = build_adae(records, adsl)
    adlb = assemble_adlb(labs, study, plan)
    adrs, adtte = _efficacy(cut, records, adsl, adae, study, plan)
    adtte = add_late_harm(
        adtte, adae, adlb, adsl, records.adverse_events, _therapies(cut, records.cut_date), plan
    )
    return Datasets(
        adsl=adsl,
        adex=build_adex(records, adsl, study, plan),
        addos=build_addos(records, adsl, study),
        adlb=adlb,
        adae=adae,
        adrs=adrs,
        adtte=adtte,
        set_aside=join_set_aside(
            [_on_lines(collect_set_aside(records, labs), lines), set_aside_frame(cut.set_aside)]
        ),
        cut_line=_cut_line(cut),
        stamp=Stamp(cut.simulated),
        plan=plan,
        stage=cut.stage,
        ranges=len(records.ranges),
        advs=build_advs(records, adsl, study) if VITAL_SIGNS in held else None,
        adcm=build_adcm(records, adsl) if THERAPIES in held else None,
        addv=addv,
        cut_date=cut.cut_date,
        beside=records.beside,
        entries=None if records.entries.empty else records.entries,
    )


def build_survival(cut: Cut, study: Study, plan: Plan) -> Datasets:
    """Build what analyses of PFS and OS need, and nothing else: a tenth of the time of :func:`build_datasets`.

    Parameters
    ----------
    cut, study, plan
        As in :func:`build_datasets`; the cut needs ``SURVIVAL_TABLES`` only.

    Returns
    -------
    Datasets
        ``adsl`` has the identifying columns and the characteristics at baseline, ``adtte`` the parameters PFS, PFSHYP
        and OS, both as :func:`build_datasets` has them; every other dataset has no column, so that nobody takes it for
        one without records.

    Raises
    ------
    DataError
        As :func:`build_datasets`.

    Examples
    --------
    >>> from duonen_stats import FINAL, load_study, simulate_cut
    >>> study = load_study()
    >>> cut = simulate_cut(7, patients=8, stage="FINAL", study=study, only=SURVIVAL_TABLES)
    >>> sorted(set(build_survival(cut, study, FINAL).adtte["PARAMCD"]))
    ['OS', 'PFS', 'PFSHYP']
    """
    cut = in_record_order(cut, study)
    subjects = cut.tables["subjects"]
    if cut.cut_date is not None:
        subjects = subjects.loc[subjects["RANDDT"] <= cut.cut_date]
    adsl = _marked(add_baseline_characteristics(add_identifiers(subjects, study)), cut, study)
    none = pd.DataFrame()
    return Datasets(
        adsl=adsl.sort_values("USUBJID", kind="stable", ignore_index=True),
        adtte=build_adtte(cut, adsl, study, plan), adex=none, addos=none, adlb=none, adae=none, adrs=none,
        set_aside=none, cut_line=_cut_line(cut), stamp=Stamp(cut.simulated), plan=plan, stage=cut.stage,
        cut_date=cut.cut_date,
    )  # fmt: skip


SURVIVAL_TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **SURVIVAL_COLUMNS,
        "subjects": (
            "SUBJID", "SITEID", "RANDDT", "ARM", "AGE", "SEX", "RACE", "BMI", "PRIMSITE", "GRADE", "KI67", "METLIV",
            "METLN", "METBON", "METOTH", "KPS", "DXDUR",
        ),
    }
)  # fmt: skip
"""Raw tables and columns that :func:`build_survival` reads."""


def _lines(cut: Cut, study: Study) -> "pd.Series[int]":
    """Give the line of the file that each record is on, by raw table and number of the record."""
    pieces = [
        pd.Series(
            frame[ROW].to_numpy(),
            index=pd.MultiIndex.from_product([[table.name], record_numbers(frame, table)]),
            dtype="Int64",
        )
        for table in study.tables
        if (frame := cut.tables.get(table.name)) is not None and len(frame)
    ]
    return pd.concat(pieces) if pieces else pd.Series(dtype="Int64")


def _on_lines(aside: pd.DataFrame, lines: "pd.Series[int]") -> pd.DataFrame:
    """Name the records set aside by the lines they are on, where somebody can look them up."""
    places = pd.MultiIndex.from_frame(aside[["table", "row"]])
    return aside.assign(row=lines.reindex(places).to_numpy()).astype({"row": "Int64"})


def _therapies(cut: Cut, until: pd.Timestamp) -> pd.DataFrame:
    """Return other therapies that began up to the data cut; without rows if the cut has no such table."""
    columns = ["SUBJID", "CLASS", "STARTDT", ROW]
    found = cut.tables.get("concomitant_therapies")
    if found is None:
        return pd.DataFrame(columns=columns)
    return found.loc[~(pd.to_datetime(found["STARTDT"]) > until), columns]


def _efficacy(
    cut: Cut, records: UsableRecords, adsl: pd.DataFrame, adae: pd.DataFrame, study: Study, plan: Plan
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """ADRS and ADTTE."""
    begun = select_survival_records(cut, study, plan)
    other = pd.DataFrame({"SUBJID": begun.subject[begun.new_therapy.patient], "ADT": begun.new_therapy.date})
    started = treatment_dates(records.administrations)["FIRST"]
    adrs = build_adrs(records.tumour_assessments, adsl, other, plan, started=started, until=records.cut_date)
    times = build_adtte(cut, adsl, study, plan)
    ends = reporting_ends(records, study, plan)
    return adrs, add_further_times(times, adrs, adae, adsl, records.adverse_events, ends, plan)


def _marked(adsl: pd.DataFrame, cut: Cut, study: Study) -> pd.DataFrame:
    """Say in the study's identifier, which every dataset takes over, that the data are simulated."""
    return adsl.assign(STUDYID=f"{study.study_id} (SIMULATED)") if cut.simulated else adsl


def _cut_line(cut: Cut) -> str:
    date = "date not stated" if cut.cut_date is None else cut.cut_date.date().isoformat()
    return f"{'SIMULATED DATA. ' if cut.simulated else ''}Data cut {date}."


def collect_set_aside(records: UsableRecords, labs: pd.DataFrame) -> pd.DataFrame:
    """List every raw record that no analysis uses, with the reason.

    Parameters
    ----------
    records
        The usable raw records and those set aside at once.
    labs
        Laboratory records as ``derive_labs`` gives them. One that stands for no visit is listed although
        ADLB keeps it: it is used at most by the analyses of all values on treatment.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``row`` (line of the file), ``subject``, ``reason``; by table, then by row.
    """
    beside_visits = set_aside(labs.rename(columns={"LBSEQ": "_ROW"}), "labs", labs["REASON"])
    return join_set_aside([records.set_aside, beside_visits])


def accounting(cut: Cut, datasets: Datasets) -> pd.DataFrame:
    """Count what became of the records of each raw table.

    ``read`` counts the records of the tables and those of the files that are in no table (``cut.set_aside``);
    ``used`` is counted in the datasets, not by subtraction, so that ``read`` = ``used`` + ``set_aside`` is a
    check and not a definition.

    Parameters
    ----------
    cut
        The raw data cut.
    datasets
        The datasets built from it.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``read``, ``used``, ``set_aside`` (int64), one row per raw table of the cut; an optional
        table that is not there has none.
    """
    used = _used(datasets)
    aside = datasets.set_aside["table"].value_counts()
    outside = Counter(one.table for one in cut.set_aside)
    rows = [
        (name, len(table) + outside[name], used.get(name, 0), int(aside.get(name, 0)))
        for name, table in cut.tables.items()
        if name not in _OPTIONAL or len(table) + outside[name]
    ]
    counts = {"read": "int64", "used": "int64", "set_aside": "int64"}
    return pd.DataFrame(rows, columns=["table", *counts]).astype(counts)


def _used(datasets: Datasets) -> Mapping[str, int]:
    adex, addos, adlb = datasets.adex, datasets.addos, datasets.adlb
    cycles = adex.loc[adex["DTYPE"].isna(), ["USUBJID", "AVISIT"]].drop_duplicates()
    doses = addos.loc[addos["DTYPE"].isna() & addos["ISOTOPE"].notna()]
    values = adlb.loc[adlb["DTYPE"].isna() & adlb["ANL01FL"].eq("Y")]
    return {
        "data_cut": 1,
        "subjects": len(datasets.adsl),
        "administrations": len(cycles),
        "dosimetry": len(doses),
        "labs": len(values),
        "adverse_events": len(datasets.adae),
        "disposition": int(datasets.adsl["EOTSTT"].notna().sum()),
        "tumour_assessments": int(datasets.adrs["PARAMCD"].eq("OVRLRESP").sum()),
        "follow_up": int(datasets.adsl["LSTALVDT"].notna().sum()),
        "reference_ranges": datasets.ranges,
        ENTRIES: 0 if datasets.entries is None else len(datasets.entries),
        **{name: len(frame) for name, frame in datasets.beside.items()},
    }
