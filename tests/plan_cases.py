"""Data cuts with gaps, and what a report has to keep under every plan: no exception, no unknown id, true words."""

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from inspect import isfunction, unwrap
from unittest.mock import patch

from plan_memory import Memory
from scarce_cuts import arm, everybody, only
from shared_work import computed_anew

from duonen_stats import methods
from duonen_stats.commands import make_report
from duonen_stats.commands.make_report import mark_stage, off_stage
from duonen_stats.datasets import Datasets, build, build_datasets
from duonen_stats.datasets.as_treated import as_treated
from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.model.content import ProducedDisplay, TableContent, plain
from duonen_stats.document.content_model import (
    Bullets,
    DisplayBlock,
    Document,
    KeyFigures,
    Listing,
    Paragraph,
)
from duonen_stats.document.marked_results import marked
from duonen_stats.document.stored import document_json
from duonen_stats.errors import PlanError
from duonen_stats.folder.provenance import software_versions
from duonen_stats.methods.repeated import slopes, visit_means
from duonen_stats.methods.survival import cox
from duonen_stats.plan import FINAL, INTERIM, Plan
from duonen_stats.plan.alternatives import alternatives, combinations
from duonen_stats.plan.check_plan import check_plan, response_codes
from duonen_stats.plan.status import deviations_line
from duonen_stats.publication import audit
from duonen_stats.raw import Cut, Finding, read_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.report import compose as report_module
from duonen_stats.report import listings
from duonen_stats.report.compose import Analysed, compose, lay_out_all
from duonen_stats.report.kinds import ReportKind, kind_of
from duonen_stats.results import ResultRow, Results, ids, run
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


_REMEMBERED: dict[object, tuple[str, ...]] = {
    build: tuple(name for name in unwrap(build._assembled).__code__.co_names if isfunction(vars(build).get(name))),
    audit: ("derive_findings", "known_ids"),
    make_report: ("accounting", "analyse_quality", "_audit", "analyse_audit", "data_fingerprint", "load_ledger"),
    listings: (
        "discontinuations", "toxicity_discontinuations", "deaths", "modifications", "above_limit", "serious_events",
        "severe_events", "reconciliation", "persistent", "set_aside", "findings_listing", "inputs",
    ),
    report_module: ("lay_out", "origin_of", "_audited"),
}  # fmt: skip
"""Functions of which a case needs the answers, and most cases the same ones."""
_FITS: dict[object, tuple[str, ...]] = {
    visit_means: ("fit_reml",),
    slopes: ("fit_reml",),
    cox: ("maximise",),
    methods: (
        "firth_logistic",
        "firth_model",
        "censoring_weights",
        "piecewise_hazard_ratio",
        "proportion_ci",
    ),
}
"""Fits that cost much and depend on numbers alone."""


class Trial:
    """One cut of one report, under any plan.

    Parameters
    ----------
    report, cut
        The report; a cut, or the name of one.
    remember
        Whether cases share what they compute. Without, each computes everything itself.
    """

    def __init__(self, report: str, cut: str | Cut, *, remember: bool = True) -> None:
        self.study = load_study()
        self.cut = cut if isinstance(cut, Cut) else CUTS[report][cut](self.study)
        self.findings: tuple[Finding, ...] = tuple(check_cut(self.cut, self.study))
        self.base = QUICK[report]
        self.versions = software_versions()
        self.memory = Memory(remember=remember)
        self._seen: dict[int, tuple[object, set[str]]] = {}
        self._marks: dict[Stamp, dict[int, tuple[ResultRow, ResultRow]]] = {}
        kind = kind_of(self.base)
        own = {analysis: self.memory.of(analysis) for analysis in kind.analyses}
        self._kind: ReportKind = replace(
            kind,
            analyses=tuple(own.values()),
            listings=self.memory.of(kind.listings),
            key_figures=self.memory.of(kind.key_figures),
        )
        self._by_treatment = frozenset(own[analysis] for analysis in own if analysis in run.BY_TREATMENT)

    @contextmanager
    def _shared(self) -> Iterator[None]:
        """Let the functions that a case calls remember their answers."""
        if not self.memory.remember:
            with computed_anew():
                yield
            return
        with (
            computed_anew(),
            self.memory.used_by(_REMEMBERED, _FITS),
            patch.object(run, "as_treated", self.memory.with_shared_frames(as_treated)),
            patch.object(run, "BY_TREATMENT", self._by_treatment),
            patch.object(make_report, "build_datasets", self.memory.with_shared_frames(build_datasets)),
            patch.object(make_report, "marked", self._marked),
            patch.object(make_report, "kind_of", lambda *_, **__: self._kind),
            patch.object(report_module, "kind_of", lambda *_, **__: self._kind),
        ):
            yield

    def _marked(self, rows: Iterable[ResultRow], stamp: Stamp) -> Results:
        """Do as ``marked``, each row once."""
        known, given = self._marks.setdefault(stamp, {}), [*rows]
        new = [row for row in given if id(row) not in known]
        known |= {id(row): (row, shown) for row, shown in zip(new, marked(new, stamp), strict=True)}
        return Results(known[id(row)][1] for row in given)

    def datasets(self, plan: Plan) -> Datasets:
        """Build the datasets of a plan."""
        with self._shared():
            data = self.memory.with_shared_frames(build_datasets)(self.cut, self.study, plan)
        return mark_stage(data, off_stage(self.cut, plan))

    def analysed(self, plan: Plan) -> Analysed:
        """Analyse the cut under a plan."""
        with self._shared():
            return make_report.analyse_cut(self.cut, self.findings, self.study, plan)

    def composed(self, plan: Plan) -> tuple[Analysed, Document]:
        """Analyse the cut under a plan, and compose the document."""
        with self._shared():
            analysed = make_report.analyse_cut(self.cut, self.findings, self.study, plan)
            return analysed, compose(analysed, lay_out_all(analysed))

    def differences(self, plan: Plan) -> list[str]:
        """Analyse a case without memory too, and say where it is another; empty if it is the same to the last byte."""
        ours, document = self.composed(plan)
        with patch.object(self.memory, "remember", new=False):
            plain, other = self.composed(plan)
        rows = [
            row.analysis_id
            for row, same in zip(ours.results, plain.results, strict=True)
            if repr(row) != repr(same)
        ]
        return rows + ([] if document_json(document) == document_json(other) else ["the document"])

    def faults(self, plan: Plan) -> list[str]:
        """Everything that is wrong with the report under a plan; empty if nothing is."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                analysed, document = self.composed(plan)
        except Exception as fault:  # noqa: BLE001 - whatever ends a report is the finding
            return [f"{type(fault).__name__}: {fault}"]
        said = self._said(document)
        return [
            *self._unknown_ids(analysed),
            *(fault for part in said for fault in self.memory.call(_broken_words, part)),
            *_false_words([text for part in said for text in part], analysed),
        ]

    def _unknown_ids(self, analysed: Analysed) -> Iterator[str]:
        known = self.memory.call(ids.known_ids, analysed.study, analysed.plan, analysed.plan.report)
        seen = self._seen.setdefault(id(known), (known, set()))[1]  # what is kept keeps its number
        for row in analysed.results:
            if row.analysis_id in seen:
                continue
            if row.analysis_id in known:
                seen.add(row.analysis_id)
            else:
                yield f"unknown id: {row.analysis_id}"
        for name in known.exact:
            if name not in analysed.results and (analysed.audit is not None or not name.startswith("audit.")):
                yield f"no row has the id: {name}"

    def _said(self, document: Document) -> list[list[tuple[str, str]]]:
        """Every text of a report, in parts that other reports may share."""
        shown = [block.produced for block in _blocks(document) if isinstance(block, DisplayBlock)]
        return [_own_texts(document), *(self.memory.call(_texts_of_display, one) for one in shown)]


def _broken_words(said: list[tuple[str, str]]) -> list[str]:
    return [
        f"broken words in {where}: {text[max(0, found.start() - 60) : found.end() + 40]!r}"
        for where, text in said
        if (found := _BROKEN.search(text))
    ]


def _false_words(everything: list[tuple[str, str]], analysed: Analysed) -> Iterator[str]:
    fixed = all(
        arm.modified_isotope is None for arm in analysed.study.arms if arm.code == analysed.plan.control_arm
    )
    untrue = () if analysed.status.same_test else _PLANNED_TEST
    untrue += () if analysed.status.as_planned else _PLANNED_LEVEL
    changed = deviations_line(analysed.plan)
    said = {where for where, text in everything if changed and changed in text}
    if changed and not said.issuperset(_DEVIATIONS_SAID_IN):
        yield f"deviations are named in {', '.join(said) or 'no section'} only"
    for where, text in everything:
        yield from (f"untrue in {where}: {words}" for words in untrue if words in text)
        if "experimental" in text.lower():
            yield f"arms are not named as the plan has them in {where}: {text}"
        if not fixed and "over fixed activities" in text:
            yield f"untrue in {where}: over fixed activities"


def texts(document: Document) -> Iterator[tuple[str, str]]:
    """Every text of a report with the place where it is."""
    yield from _own_texts(document)
    for block in _blocks(document):
        if isinstance(block, DisplayBlock):
            yield from _texts_of_display(block.produced)


def _blocks(document: Document) -> Iterator[object]:
    return (block for section in document.sections for block in section.blocks)


def _own_texts(document: Document) -> list[tuple[str, str]]:
    """Every text that is not of a display."""
    said = [*(("title page", value) for _, value in document.meta), ("banner", document.banner)]
    for section in document.sections:
        said.append((section.key, section.title))
        for block in section.blocks:
            said += _texts_of(block, section.key)
    return said


def _texts_of(block: object, section: str) -> Iterator[tuple[str, str]]:
    if isinstance(block, Paragraph):
        yield section, plain(block.line)
    elif isinstance(block, Bullets):
        yield from ((section, plain(line)) for line in block.items)
    elif isinstance(block, KeyFigures):
        yield from ((section, f"{label}: {plain(line)}") for label, line in block.items)
    elif isinstance(block, Listing) and block.key in _OWN_WORDS:
        yield from ((block.key, cell) for row in block.rows for cell in row)


def _texts_of_display(shown: ProducedDisplay) -> list[tuple[str, str]]:
    said = [shown.title, plain(shown.population), plain(shown.sentence), *map(plain, shown.footnotes)]
    if isinstance(shown.content, TableContent):
        said += [column.header for column in shown.content.columns]
        said += [plain(cell) for row in shown.content.rows for cell in row.cells]
    else:
        said.append(shown.content.alt)
    return [(shown.key, text) for text in said]


_OWN_WORDS = {"estimands", "analyses"}
"""Listings that are sentences; the others are records and values."""
