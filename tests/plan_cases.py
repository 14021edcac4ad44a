"""Data cuts with gaps, and what every report made under any plan has to keep: no exception, no unknown id, true words."""

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from scarce_cuts import arm, everybody, only

from duonen_stats.datasets import Datasets, accounting, build_datasets
from duonen_stats.datasets.check_plan import check_plan, response_codes
from duonen_stats.displays.content import TableContent, plain
from duonen_stats.errors import PlanError
from duonen_stats.plan import DATASET_FIELDS, FINAL, INTERIM, Plan
from duonen_stats.plan.alternatives import alternatives, combinations
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.raw import Cut, Finding, read_cut
from duonen_stats.raw.check import check_cut
from duonen_stats.report.analysing import _audit, mark_stage, off_stage
from duonen_stats.report.contents import Analysed, compose, lay_out_all
from duonen_stats.report.doctor import software_versions
from duonen_stats.report.document import Bullets, Document, KeyFigures, Listing, Paragraph, Shown
from duonen_stats.report.kinds import kind_of
from duonen_stats.report.results_of_cut import marked
from duonen_stats.results import ids, run_analysis
from duonen_stats.results.quality import analyse_quality
from duonen_stats.simulated.simulation import simulate_cut
from duonen_stats.study import Study, load_study

# Few draws: the matrix is about words and ids, not about the last decimal.
QUICK = {"interim": INTERIM, "final": replace(FINAL, permutations=99, imputations=2)}

_BROKEN = re.compile(
    r"\b(nan|NaN|None|inf|Undefined|undefined)\b|\{\{|\}\}|\(\s*\)|\[\s*\]|\s[,;:](\s|$)|\.\.(\s|$)|,\s*,|(?<!–)\s\.\s"
)
"""What a sentence with a hole in it looks like."""

_PLANNED_ONLY = (
    "the pre-specified primary comparison",
    "Pre-specified primary comparison",
    "Pre-specified, primary",
    "One comparison is confirmatory",
    "Confirmatory is one p-value",
    "the primary comparison of PFS is confirmatory",
)


def nouns(study: Study) -> dict[str, tuple[str, ...]]:
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
    codes = nouns(study)
    yield "preset", base
    for made in (
        alternatives(base, codes, ends=ends),
        combinations(base, codes, number=random, seed=seed),
    ):
        for name, plan in made:
            try:
                check_plan(plan, study)
            except PlanError:
                continue
            yield name, plan


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
    return replace(cut, tables=tables)


def _interim(study: Study) -> Cut:
    return read_cut(study)


def _final(study: Study) -> Cut:
    return simulate_cut(2032, stage="FINAL", study=study)


def _without_arm(cut: Cut) -> Cut:
    return only(cut, everybody(cut) - arm(cut, "C"))


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


class Trial:
    """One cut of one report, under any plan; datasets are kept for plans that leave them as they are."""

    def __init__(self, report: str, cut: str) -> None:
        self.study = load_study()
        self.cut = CUTS[report][cut](self.study)
        self.findings: tuple[Finding, ...] = tuple(check_cut(self.cut, self.study))
        self.base = QUICK[report]
        self._datasets = cache(lambda plan: build_datasets(self.cut, self.study, plan))
        self.versions = software_versions()

    def datasets(self, plan: Plan) -> Datasets:
        held = replace(self.base, **{name: getattr(plan, name) for name in DATASET_FIELDS})
        return self._datasets(held)

    def analysed(self, plan: Plan) -> Analysed:
        """Do as ``analyse_cut`` does, with datasets made before."""
        data = mark_stage(self.datasets(plan), off_stage(self.cut, plan))
        quality = analyse_quality(self.findings, accounting(self.cut, data))
        found = run_analysis(data, self.study, plan, analyses=kind_of(plan).analyses)
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


def _broken_words(document: Document) -> Iterator[str]:
    for where, text in texts(document):
        if found := _BROKEN.search(text):
            yield f"broken words in {where}: {text[max(0, found.start() - 60) : found.end() + 40]!r}"


def _false_words(document: Document, analysed: Analysed) -> Iterator[str]:
    fixed = all(
        arm.modified_isotope is None for arm in analysed.study.arms if arm.code == analysed.plan.control_arm
    )
    for where, text in texts(document):
        if not analysed.status.as_planned:
            yield from (f"untrue in {where}: {words}" for words in _PLANNED_ONLY if words in text)
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
    elif isinstance(block, Shown):
        shown = block.produced
        yield shown.key, plain(shown.population)
        yield shown.key, plain(shown.sentence)
        yield from ((shown.key, plain(line)) for line in shown.footnotes)
        if isinstance(shown.content, TableContent):
            yield from ((shown.key, plain(cell)) for row in shown.content.rows for cell in row.cells)


_OWN_WORDS = {"estimands", "analyses"}
"""Listings that are sentences; the others are records and values."""
