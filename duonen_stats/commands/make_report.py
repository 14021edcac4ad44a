"""A report, interim or final as its plan says, from a data cut to a folder of files."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from duonen_stats.commands.export_displays import report_as_word
from duonen_stats.comparison.read_output import Output, read_output
from duonen_stats.datasets import Datasets, accounting, build_datasets
from duonen_stats.datasets.dry_run import mark_dry_run
from duonen_stats.displays.model.content import FigureContent, ProducedDisplay
from duonen_stats.displays.model.display import Display
from duonen_stats.document.content_model import Document
from duonen_stats.document.figure_files import figure_files, figure_path, figure_svg
from duonen_stats.document.html import render_html
from duonen_stats.document.language.catalogue import Language, require_language
from duonen_stats.document.language.translation import drawn_in, translation_into
from duonen_stats.document.marked_results import date_of, marked
from duonen_stats.document.pdf import render_pdf
from duonen_stats.document.stored import DOCUMENT, document_json
from duonen_stats.errors import DataError, PlanError
from duonen_stats.folder.output_place import require_folder
from duonen_stats.folder.provenance import (
    MANIFEST,
    REPORT,
    data_fingerprint,
    manifest,
    software_versions,
)
from duonen_stats.folder.write import write_outputs
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.plan.check_plan import check_plan
from duonen_stats.plan.status import other_stage
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import Audit, audit_publication
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.raw import Cut, Finding, apply_cut
from duonen_stats.raw.blinded_view import (
    TREATMENT_TABLES,
    blinded_view,
    check_blinded_cut,
    read_blinded_cut,
    with_drawn_arms,
)
from duonen_stats.raw.checks.check import check_cut, check_data, require_sound
from duonen_stats.report.aggregate import without_values
from duonen_stats.report.compose import Analysed, compose, lay_out_all, lay_out_profiles
from duonen_stats.report.data_files import data_files
from duonen_stats.report.kinds import ReportKind, kind_of
from duonen_stats.report.mark_changes import mark_changes
from duonen_stats.report.own_displays import account_of_own, analyse_own, require_own
from duonen_stats.report.run_account import Clock, Progress, Written
from duonen_stats.report.session import (
    Session,
    closed_datasets,
    open_cut,
    open_datasets,
    open_findings,
    open_rates,
    open_results,
    with_open_status,
    without_therapies,
)
from duonen_stats.report.verify_report import EngineBeside, outcome, second_engine
from duonen_stats.results import Results, run_analysis
from duonen_stats.results.quality import analyse_quality
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.study import Study, load_study

# From a data cut to everything a report is made of: datasets, results, and what they come from.


def analyse_cut(
    cut: Cut,
    findings: tuple[Finding, ...],
    study: Study,
    plan: Plan,
    *,
    blinded: int | None = None,
    session: Session | None = None,
    own: tuple[Display, ...] = (),
    aggregate: bool = False,
    start: Callable[[str], None] = lambda _: None,
    ready: Callable[[Analysed], None] = lambda _: None,
) -> Analysed:
    """Build the datasets of a sound data cut and run every analysis of the plan.

    Parameters
    ----------
    cut, findings
        The data cut, and everything found in it.
    study, plan
        The study and the plan.
    blinded
        A seed makes a blinded dry run of it: of the cut no more is used than its blinded view, with arms drawn by
        chance. ``findings`` are then those of ``check_blinded_cut``.
    session
        Of an interim report, which session it is for; None leaves everything in.
    own
        Displays that are added to those of the report.
    aggregate
        Of a report for circulation: values of single patients are left out.
    start
        Told each step as it starts: ``"datasets"``, ``"analyses"``.
    ready
        Given what the report will hold, but for its results, before they are computed.
    """
    start("datasets")
    if blinded is not None:
        cut = with_drawn_arms(blinded_view(cut, study), study, blinded)
    if session == "open":
        findings, cut = open_findings(findings, cut), with_open_status(cut)
    data = mark_stage(build_datasets(cut, study, plan), off_stage(cut, plan))
    start("analyses")
    accounted = accounting(cut, data)
    if blinded is not None:
        accounted = accounted.loc[~accounted["table"].isin(TREATMENT_TABLES)]
        data = mark_dry_run(data)
    if session == "closed":
        data = closed_datasets(data)
    if session == "open":
        data = without_therapies(data)
    quality = analyse_quality(findings, accounted)
    # What the report holds of an open session is less than what its analyses rest on.
    held = (open_cut(cut), open_datasets(data)) if session == "open" else (cut, data)
    made = Analysed(
        cut=held[0], findings=findings, study=study, plan=plan, data=held[1], results=Results([]),
        versions=software_versions(), fingerprint=data_fingerprint(held[0].files), blinded=blinded, session=session,
        own=own, aggregate=aggregate,
    )  # fmt: skip
    ready(made)
    found = run_analysis(data, study, plan, analyses=kind_of(plan, closed=session == "closed").analyses)
    if session == "open":
        found = open_rates(found, data, cut, study, plan)
    if aggregate:
        found = without_values(found)
    audit = _audit(found, study, plan, blinded)
    audited = () if audit is None else analyse_audit(audit)
    if session == "open":
        (cut, data), found = held, Results(open_results([*found], study))
    added = analyse_own(own, data, study, plan, kind_of(plan, closed=session == "closed").analyses)
    results = marked([*found, *added, *quality, *audited], data.stamp)
    return replace(made, results=results, audit=audit)


def off_stage(cut: Cut, plan: Plan) -> str:
    """Return the stage of a cut if it is another than that of the plan's report, else nothing.

    Of a snapshot reduced to an earlier day the stage is that of the snapshot. An interim report of it is what the
    reduction is for; a final report of an interim snapshot stays one of another stage.
    """
    reduced = cut.snapshot_date is not None and plan.report == "interim"
    return cut.stage or "" if other_stage(plan, cut.stage) and not reduced else ""


def require_stage(cut: Cut, plan: Plan) -> None:
    """Raise ``DataError`` if the report of a plan is of another stage than the data cut states."""
    if off_stage(cut, plan):
        right = "interim" if cut.stage == "INTERIM" else "final"
        raise DataError(
            f"{cut.name} is a data cut of stage {cut.stage} (data_cut.STAGE), and this would be its {plan.report} "
            f"report, so nothing was written. Make the {right} report, correct STAGE, or state that another stage "
            "is meant: --allow-stage, in Python allow_stage=True. Every page then says so."
        )


def mark_stage(data: Datasets, stage: str) -> Datasets:
    """Say on everything made of the datasets that the cut is of another stage, if ``stage`` names one."""
    if not stage:
        return replace(data, stage=None)
    stamp = replace(data.stamp, stage=stage)
    return replace(data, stamp=stamp, cut_line=f"{stamp.stage_mark}. {data.cut_line}")


def _audit(found: Results, study: Study, plan: Plan, blinded: int | None) -> Audit | None:
    """Compare with the interim publication: a report of that plan, and not one whose arms are drawn again."""
    if plan.report != "interim" or blinded is not None:
        return None
    return audit_publication(load_ledger(), found, study, plan)


WORD = "docx"
"""Further format of the report itself; the others are those of its datasets."""

_Displays = Mapping[str, ProducedDisplay]

VERIFY = True
"""Whether a report is verified where nothing is said."""


def write_report(
    data: Path | str | None = None,
    *,
    out: Path | str,
    plan: Plan | None = None,
    study: Study | None = None,
    mapping: Path | str | None = None,
    also: Sequence[str] = (),
    cut_date: date | str | None = None,
    progress: Progress | None = None,
    against: Path | str | None = None,
    blinded: int | None = None,
    allow_stage: bool = False,
    session: Session | None = None,
    aggregate_only: bool = False,
    displays: Sequence[Display] = (),
    verify: bool | None = None,
    language: Language = "en",
) -> Written:
    """Check a data cut, analyse it, and write the report.

    Parameters
    ----------
    data
        Folder or workbook with the data cut; None is the simulated cohort shipped with the package, and of the final
        report a simulated final cut.
    out
        Folder to write. It is built beside and renamed at the end: an earlier report stays whole until then.
    plan
        The decisions; ``INTERIM`` if omitted. Its field ``report`` says which report is made, ``"interim"`` or
        ``"final"``; fields that differ from the preset of that report are listed in it.
    study
        The study; the shipped data dictionary by default.
    mapping
        Mapping file of the cut; if omitted, ``mapping.yaml`` of its folder, if there is one.
    also
        Further formats: ``"docx"`` adds the report as a Word document; ``"parquet"``, ``"xpt"``, ``"xpt8"`` and
        ``"sav"`` add the datasets.
    cut_date
        Reduce the data to what was known on this day (``apply_cut``); if omitted, they are taken as they are.
    progress
        Told each step as it starts.
    against
        Folder of an earlier report: numbers that are shown otherwise are marked, and a section and the folder
        ``changes`` say what changed since.
    blinded
        A seed makes a blinded dry run of it: records of treatment are not read (``raw.blinded_view``), arms are drawn
        by chance, and everything says so.
    allow_stage
        Make the report although the data cut states another stage (``data_cut.STAGE``); every page then says so.
    session
        Of an interim report, ``"open"`` (also if omitted) or ``"closed"``, for the monitoring committee: only the
        closed one says anything of progression, response, death or survival by arm. A final report has none.
    aggregate_only
        Write nothing of single patients: no listings, ``raw/`` and datasets, no points that are patients, and a note
        where a number reveals one patient.
    displays
        Displays of your own, which the report shows in a section before its appendix: each with a number, in the
        contents, in ``tables/`` or ``figures/``, and with its program in the manifest. ``table_of`` of
        ``duonen_stats.displays.patients.tabulation`` declares a table of any variables.
    verify
        Compute every number again by the second engine, in a second process (``VERIFY``, which is true, if omitted).
        A blinded dry run and a report of aggregates hold no raw records for it to start from, and are not verified.
    language
        ``"en"`` or ``"pl"``, of pages and figures; what has no Polish term stays English, marked.

    Raises
    ------
    DataError
        The folder or workbook does not exist, the mapping file has faults, or a dataset cannot be written in one
        of the further formats, or the data cut states another stage than the report's.
    FaultyCutError
        The cut has findings of severity error; nothing is written.
    PlanError
        The plan names what the study does not have, a blinded dry run is to be compared with an earlier report, an
        interim report with one of another session, or a session is asked for of another report.
    OptionError
        ``out`` holds something other than an earlier report, or cannot be written; or the language is another.
    DuonenError
        ``against`` is not an earlier report.

    Examples
    --------
    >>> from duonen_stats import write_report
    >>> write_report("my_cut", out="report")  # doctest: +SKIP
    >>> write_report("no such folder", out="report")
    Traceback (most recent call last):
        ...
    duonen_stats.errors.DataError: no such folder is not a folder ...
    """
    clock, started = Clock(progress), datetime.now(UTC)
    clock.start("reading and checking")
    plan = INTERIM if plan is None else plan
    kind, dictionary = kind_of(plan), study or load_study()
    check_plan(plan, dictionary)
    translation = translation_into(require_language(language))
    require_folder(out, REPORT, data, mapping)
    session = _session_of(plan, session, blinded)
    own = require_own(displays, kind_of(plan, closed=session == "closed"))
    if aggregate_only and (against is not None or {*also} - {WORD}):
        raise PlanError(
            "A report of aggregates only is not compared with an earlier one, and its datasets are not written: what "
            "changed, and datasets, are records of patients."
        )
    earlier = _earlier(against, blinded, session)
    cut, findings = (_arrived if blinded is None else _arrived_blinded)(
        data, kind, dictionary, mapping, cut_date, plan
    )
    require_sound(cut, findings, "" if blinded is None else _BLINDED_REFUSAL)
    if not allow_stage:
        require_stage(cut, plan)
    with ExitStack() as stack:
        engine, otherwise = second_engine(
            stack,
            asked=VERIFY if verify is None else verify,
            blinded=blinded is not None,
            aggregate=aggregate_only,
        )
        seeds = _seeds(data, kind, blinded)
        beside = EngineBeside(
            engine, lambda made, files: _manifest(made, files, started=started, seeds=seeds)
        )
        analysed = analyse_cut(
            cut, findings, dictionary, plan, blinded=blinded, session=session, own=own, aggregate=aggregate_only,
            start=clock.start, ready=beside.begin,
        )  # fmt: skip
        clock.start("displays and figures")
        records = beside.records(analysed)
        profiles = lay_out_profiles(analysed)
        shown = lay_out_all(analysed, profiles)
        figures = _figures(analysed, drawn_in(translation, shown), drawn_in(translation, profiles), language)
        checked = outcome(engine, otherwise)
    document = compose(analysed, shown, checked, profiles)
    files = data_files(analysed, shown, document, [form for form in also if form != WORD], records=records)
    files |= checked.files()
    files |= {figure_path(key, form): made for key, forms in figures.items() for form, made in forms.items()}
    if earlier is not None:
        pages = document if translation is None else translation.document(document)
        with_pages = {**files, DOCUMENT: document_json(pages)}
        document, changes = _marked_changes(document, earlier, analysed, with_pages)
        files |= changes
    drawings = {key: forms["svg"] for key, forms in figures.items()}
    document = document if translation is None else translation.document(document)
    files |= _pages(document, drawings, date_of(cut), word=WORD in also, start=clock.start)
    clock.start("writing")
    files[MANIFEST] = _manifest(
        analysed, files, started=started, seconds=dict(clock.seconds), seeds=seeds, own=account_of_own(own, shown),
    )  # fmt: skip
    write_outputs(Path(out), files)
    clock.start("")
    return replace(_written(Path(out), analysed, clock.seconds), checked=checked)


def _pages(
    document: Document,
    drawings: Mapping[str, bytes],
    made: datetime,
    word: bool,
    start: Callable[[str], None],
) -> dict[str, bytes]:
    """Set a document in every format that people read, and keep it for later ones."""
    svgs = {key: svg.decode() for key, svg in drawings.items()}
    start("HTML")
    files = {"report.html": render_html(document, svgs).encode(), DOCUMENT: document_json(document)}
    start("PDF")
    files["report.pdf"] = render_pdf(document, drawings, made)
    if word:
        files["report.docx"] = report_as_word(document, svgs, made=made)
    return files


def _session_of(plan: Plan, session: Session | None, blinded: int | None) -> Session | None:
    """Return the session a report is for: an interim report has one, unless its arms are drawn by chance."""
    if session not in (None, "open", "closed"):
        raise PlanError(f"{session!r} is no session; an interim report has an open and a closed one.")
    if plan.report == "interim" and blinded is None:
        return session or "open"
    if session is not None:
        raise PlanError(
            f"A {'final' if plan.report != 'interim' else 'blinded'} report has no {session} session."
        )
    return None


def _earlier(against: Path | str | None, blinded: int | None, session: Session | None) -> Output | None:
    """Read the report to compare with, if there is one."""
    if against is None:
        return None
    if blinded is not None:
        raise PlanError(
            "A blinded dry run is not compared with an earlier report: its arms are drawn by chance."
        )
    earlier = read_output(Path(against))
    if session == "open" and earlier.manifest.get("session") != session:
        raise PlanError(
            f"{against} is not a report of the open session, so that what changed since would reveal patients' "
            "outcomes by arm. Compare with a report of the open session."
        )
    return earlier


def _figures(
    analysed: Analysed, displays: _Displays, profiles: _Displays, language: Language
) -> dict[str, Mapping[str, bytes]]:
    """Draw every figure: its files by key and form (SVG, PDF, PNG); of profiles of patients the SVG alone."""
    drawn = {
        key: figure_files(produced, timestamp=date_of(analysed.cut), language=language)
        for key, produced in displays.items()
        if isinstance(produced.content, FigureContent)
    }
    return {**drawn, **{one.key: {"svg": figure_svg(one)} for one in profiles.values()}}


def _manifest(
    analysed: Analysed,
    files: Mapping[str, bytes],
    *,
    started: datetime,
    seconds: Mapping[str, float] = MappingProxyType({}),
    seeds: Mapping[str, int] = MappingProxyType({}),
    own: Sequence[Mapping[str, str | None]] = (),
) -> bytes:
    return manifest(
        cut=analysed.cut,
        plan=analysed.plan,
        outputs=files,
        versions=analysed.versions,
        started=started,
        seconds=seconds,
        study=analysed.study,
        seeds=seeds,
        session=analysed.session,
        aggregate=analysed.aggregate,
        blinded=analysed.blinded is not None,
        own_displays=own,
    )


def _written(out: Path, analysed: Analysed, seconds: Mapping[str, float]) -> Written:
    counts = Counter(finding.severity for finding in analysed.findings)
    return Written(
        out=out,
        simulated=analysed.cut.simulated,
        results=len(analysed.results),
        findings={severity: counts[severity] for severity in ("error", "warning", "note")},
        seconds=seconds,
        aggregate=analysed.aggregate,
    )


def _marked_changes(
    document: Document, earlier: Output, analysed: Analysed, files: Mapping[str, bytes]
) -> tuple[Document, Mapping[str, bytes]]:
    """Compare what this run is about to write with an earlier output; mark the document."""
    about = _manifest(analysed, {}, started=datetime.now(UTC))
    now = Output(name="this report", manifest=json.loads(about), files=files)
    marked = mark_changes(document, earlier, now, analysed.study)
    return marked.document, marked.files


def _arrived(
    data: Path | str | None,
    kind: ReportKind,
    study: Study,
    mapping: Path | str | None,
    cut_date: date | str | None,
    plan: Plan,
) -> tuple[Cut, tuple[Finding, ...]]:
    """Read and check the data cut; of a kind of report that no shipped cohort suits, simulate one."""
    if data is None and kind.seed is not None:
        cut = simulate_cut(kind.seed, stage="FINAL", study=study)
        cut = cut if cut_date is None else apply_cut(cut, study, cut_date)
        return cut, check_cut(cut, study, plan)
    folder, stated = (None if path is None else Path(path) for path in (data, mapping))
    return check_data(folder, study, mapping=stated, cut_date=cut_date, plan=plan)


_BLINDED_REFUSAL = (
    "Correct the records listed above. A dry run reads no arm, activity, dose or action taken, and names no line of a "
    "file: whether records of treatment are sound it cannot say. duonen check looks at them too and names the lines; "
    "leave it to somebody who may see the arms."
)


def _arrived_blinded(
    data: Path | str | None,
    kind: ReportKind,
    study: Study,
    mapping: Path | str | None,
    cut_date: date | str | None,
    plan: Plan,
) -> tuple[Cut, tuple[Finding, ...]]:
    """Do as ``_arrived``, with the blinded view of the data cut from its reading on."""
    if data is None and kind.seed is not None:
        cut = blinded_view(simulate_cut(kind.seed, stage="FINAL", study=study), study)
    else:
        cut = read_blinded_cut(study, data, mapping=mapping)
    cut = cut if cut_date is None else apply_cut(cut, study, cut_date)
    return cut, check_blinded_cut(cut, study, plan)


def _seeds(data: Path | str | None, kind: ReportKind, blinded: int | None) -> dict[str, int]:
    """Seeds of everything that was drawn by chance before the analyses; those of analyses are in the plan."""
    seeds = {"simulated_cut": kind.seed if data is None else None, "blinded_arms": blinded}
    return {name: seed for name, seed in seeds.items() if seed is not None}
