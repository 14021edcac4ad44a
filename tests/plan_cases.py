"""Data cuts with gaps, and what a report has to keep under every plan: no exception, no unknown id, true words."""

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from scarce_cuts import arm, everybody, only

from duonen_stats.commands.make_report import _audit, mark_stage, off_stage
from duonen_stats.datasets import Datasets, accounting, build_datasets
from duonen_stats.displays.model.content import TableContent, plain
from duonen_stats.document.content_model import (
    Bullets,
    DisplayBlock,
    Document,
    KeyFigures,
    Listing,
    Paragraph,
)
from duonen_stats.document.marked_results import marked
from duonen_stats.errors import PlanError
from duonen_stats.folder.provenance import software_versions
from duonen_stats.plan import DATASET_FIELDS, FINAL, INTERIM, Plan, decisions
from duonen_stats.plan.alternatives import alternatives, combinations
from duonen_stats.plan.check_plan import check_plan, response_codes
from duonen_stats.plan.status import deviations_line
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.raw import Cut, Finding, read_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.report.compose import Analysed, compose, lay_out_all
from duonen_stats.report.kinds import kind_of
from duonen_stats.results import Analysis, ResultRow, Results, ids
from duonen_stats.results.quality import analyse_quality
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.study import Study, load_study

# Few draws: the matrix is about words and ids, not about the last decimal.
QUICK = {"interim": INTERIM, "final": replace(FINAL, permutations=99, imputations=2)}

_BROKEN = re.compile(
    r"\b(nan|NaN|None(?!:)|inf|Undefined|undefined)\b|\{\{|\}\}|\(\s*\)|\[\s*\]|\s[,;:](\s|$)|\.\.(\s|$)|,\s*,|(?<!–)\s\.\s"
)
"""What a sentence with a hole in it looks like."""

_PLANNED_TEST = (
    "the pre-specified primary comparison",
    "The pre-specified primary comparison",
    "Pre-specified, primary",
)
"""True only while the test is the planned one, at whatever level."""
_PLANNED_LEVEL = (
    "One comparison is confirmatory",
    "Confirmatory is one p-value",
    "the primary comparison of PFS is confirmatory",
    "All rows but the first are exploratory",
)
_DEVIATIONS_SAID_IN = ("summary", "methods")


def entities(study: Study) -> dict[str, tuple[str, ...]]:
    """Codes that a plan may name."""
    return {
        "arm": tuple(arm.code for arm in study.arms),
        "visit": tuple(visit.code for visit in study.visits),
        "response": response_codes(study),
    }


def plans(
    study: Study, base: Plan, *, random: int = 0, seed: int = 1, ends: bool = False
) -> Iterator[tuple[str, Plan]]:
    """The preset, every alternative to it one at a time, and random combinations, as far as the study allows them."""
    codes = entities(study)
    yield "preset", base

    def fits(plan: Plan) -> bool:
        try:
            check_plan(plan, study)
        except PlanError:
            return False
        return True

    yield from ((name, plan) for name, plan in alternatives(base, codes, ends=ends) if fits(plan))
    yield from combinations(base, codes, number=random, seed=seed, fits=fits)


def with_gaps(cut: Cut) -> Cut:
    """Lose what a trial loses: doses, a visit, an analyte, limits of normal, events of an arm, scans, grades."""
    tables = {name: frame.copy() for name, frame in cut.tables.items()}
    patients = sorted(everybody(cut))
    doses = tables["dosimetry"]
    lost = doses["SUBJID"].isin(patients[::3]) | (
        doses["SUBJID"].isin(arm(cut, "B")) & doses["CYCLE"].eq("T2")
    )
    tables["dosimetry"] = doses[~lost]
    labs = tables["labs"]
    labs.loc[labs["ANALYTE"].isin(["ALT", "CREAT"]) & labs["SUBJID"].isin(patients[::2]), ["LLN", "ULN"]] = (
        None
    )
    gone = (
        (labs["ANALYTE"].eq("EGFR") & labs["VISIT"].eq("V2"))
        | labs["ANALYTE"].eq("BILI")
        | (labs["VISIT"].eq("T1") & labs["SUBJID"].isin(patients[::5]))
        | (labs["VISIT"].eq("V4") & labs["SUBJID"].isin(arm(cut, "D")))
    )
    tables["labs"] = labs[~gone]
    events = tables["adverse_events"]
    tables["adverse_events"] = events[~events["SUBJID"].isin(arm(cut, "D"))]
    scans = tables["tumour_assessments"]
    tables["tumour_assessments"] = scans[~scans["SUBJID"].isin(patients[::4])]
    subjects = tables["subjects"]
    subjects.loc[subjects["SUBJID"].isin(patients[1::7]), "GRADE"] = None
    subjects.loc[subjects["SUBJID"].isin(patients[::9]), "AGE"] = None
    return _numbered(replace(cut, tables=tables))


def _numbered(cut: Cut) -> Cut:
    """Number the records of each table from 0, as those of a cut that was read are."""
    return replace(cut, tables={name: frame.reset_index(drop=True) for name, frame in cut.tables.items()})


def _interim(study: Study) -> Cut:
    return read_cut(study)


def _final(study: Study) -> Cut:
    return simulate_cut(2032, stage="FINAL", study=study)


def _without_arm(cut: Cut) -> Cut:
    return _numbered(only(cut, everybody(cut) - arm(cut, "C")))


CUTS: dict[str, dict[str, Callable[[Study], Cut]]] = {
    "interim": {
        "shipped": _interim,
        "gaps": lambda study: with_gaps(_interim(study)),
        "arm C empty": lambda study: _without_arm(with_gaps(_interim(study))),
    },
    "final": {
        "shipped": _final,
        "gaps": lambda study: with_gaps(_final(study)),
        "arm C empty": lambda study: _without_arm(with_gaps(_final(study))),
    },
}
"""Cuts of each report by name; ``shipped`` is what the report is made of where no data are named."""


class ReadPlan:
    """A plan that remembers which of its decisions were asked for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name == "words":
            return self._words
        names = {item.name for item in decisions()}
        self.read |= {name} if name in names else names  # what is computed of several may depend on any
        return getattr(self.plan, name)

    def _words(self, field: str) -> str:
        self.read.add(field)
        return self.plan.words(field)


class Trial:
    """One cut of one report, under any plan.

    Datasets are kept for plans that leave them as they are, and the rows of an analysis for plans that agree in every
    decision it reads: most alternatives then cost a few analyses and not all.
    """

    def __init__(self, report: str, cut: str | Cut) -> None:
        self.study = load_study()
        self.cut = cut if isinstance(cut, Cut) else CUTS[report][cut](self.study)
        self.findings: tuple[Finding, ...] = tuple(check_cut(self.cut, self.study))
        self.base = QUICK[report]
        self.versions = software_versions()
        self._datasets: dict[Plan, Datasets] = {}
        self._rows: dict[tuple[Analysis, int], list[tuple[dict[str, Any], list[ResultRow]]]] = {}

    def datasets(self, plan: Plan) -> Datasets:
        """Build the datasets of a plan, once for all plans with the same decisions about them."""
        held = replace(self.base, **{name: getattr(plan, name) for name in DATASET_FIELDS})
        if held not in self._datasets:
            data = build_datasets(self.cut, self.study, held)
            self._datasets[held] = mark_stage(data, off_stage(self.cut, held))
        return self._datasets[held]

    def rows(self, analysis: Analysis, data: Datasets, plan: Plan) -> list[ResultRow]:
        """Run one analysis, once for all plans with the same decisions about it."""
        kept = self._rows.setdefault((analysis, id(data)), [])
        for read, rows in kept:
            if all(getattr(plan, name) == value for name, value in read.items()):
                return rows
        asked = ReadPlan(plan)
        rows = analysis(data, self.study, asked)  # type: ignore[arg-type] - it answers as the plan does
        kept.append(({name: getattr(plan, name) for name in asked.read}, rows))
        return rows

    def analysed(self, plan: Plan) -> Analysed:
        """Do as ``analyse_cut`` does, with what was made before."""
        check_plan(plan, self.study)
        data = self.datasets(plan)
        quality = analyse_quality(self.findings, accounting(self.cut, data))
        found = Results(row for one in kind_of(plan).analyses for row in self.rows(one, data, plan))
        audit = _audit(found, self.study, plan, None)
        audited = () if audit is None else analyse_audit(audit)
        return Analysed(
            cut=self.cut, findings=self.findings, study=self.study, plan=plan, data=data,
            results=marked([*found, *quality, *audited], data.stamp), versions=self.versions, fingerprint="abc",
            audit=audit,
        )  # fmt: skip

    def faults(self, plan: Plan) -> list[str]:
        """Everything that is wrong with the report under a plan; empty if nothing is."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                analysed = self.analysed(plan)
                document = compose(analysed, lay_out_all(analysed))
        except Exception as fault:  # noqa: BLE001 - whatever ends a report is the finding
            return [f"{type(fault).__name__}: {fault}"]
        return [*_unknown_ids(analysed), *_broken_words(document), *_false_words(document, analysed)]


def _unknown_ids(analysed: Analysed) -> Iterator[str]:
    known = ids.known_ids(analysed.study, analysed.plan, analysed.plan.report)
    for row in analysed.results:
        if row.analysis_id not in known:
            yield f"unknown id: {row.analysis_id}"
    for name in known.exact:
        if name not in analysed.results and (analysed.audit is not None or not name.startswith("audit.")):
            yield f"no row has the id: {name}"


def _broken_words(document: Document) -> Iterator[str]:
    for where, text in texts(document):
        if found := _BROKEN.search(text):
            yield f"broken words in {where}: {text[max(0, found.start() - 60) : found.end() + 40]!r}"


def _false_words(document: Document, analysed: Analysed) -> Iterator[str]:
    fixed = all(
        arm.modified_isotope is None for arm in analysed.study.arms if arm.code == analysed.plan.control_arm
    )
    untrue = () if analysed.status.same_test else _PLANNED_TEST
    untrue += () if analysed.status.as_planned else _PLANNED_LEVEL
    changed = deviations_line(analysed.plan)
    said = {where for where, text in texts(document) if changed and changed in text}
    if changed and not said.issuperset(_DEVIATIONS_SAID_IN):
        yield f"deviations are named in {', '.join(said) or 'no section'} only"
    for where, text in texts(document):
        yield from (f"untrue in {where}: {words}" for words in untrue if words in text)
        if "experimental" in text.lower():
            yield f"arms are not named as the plan has them in {where}: {text}"
        if not fixed and "over fixed activities" in text:
            yield f"untrue in {where}: over fixed activities"


def texts(document: Document) -> Iterator[tuple[str, str]]:
    """Every text of a report with the place where it stands."""
    yield from (("title page", value) for _, value in document.meta)
    yield "banner", document.banner
    for section in document.sections:
        yield section.key, section.title
        for block in section.blocks:
            yield from _texts_of(block, section.key)


def _texts_of(block: object, section: str) -> Iterator[tuple[str, str]]:
    if isinstance(block, Paragraph):
        yield section, plain(block.line)
    elif isinstance(block, Bullets):
        yield from ((section, plain(line)) for line in block.items)
    elif isinstance(block, KeyFigures):
        yield from ((section, f"{label}: {plain(line)}") for label, line in block.items)
    elif isinstance(block, Listing):
        yield from (
            ((block.key, cell) for row in block.rows for cell in row) if block.key in _OWN_WORDS else ()
        )
    elif isinstance(block, DisplayBlock):
        shown = block.produced
        yield shown.key, shown.title
        yield shown.key, plain(shown.population)
        yield shown.key, plain(shown.sentence)
        yield from ((shown.key, plain(line)) for line in shown.footnotes)
        if isinstance(shown.content, TableContent):
            yield from ((shown.key, column.header) for column in shown.content.columns)
            yield from ((shown.key, plain(cell)) for row in shown.content.rows for cell in row.cells)
        else:
            yield shown.key, shown.content.alt


_OWN_WORDS = {"estimands", "analyses"}
"""Listings that are sentences; the others are records and values."""
