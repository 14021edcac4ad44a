"""``duonen report interim`` and ``final``, ``duonen audit``, ``duonen compare`` and ``duonen qualify``."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from duonen_stats.cli.common import counted, example, progress, visible
from duonen_stats.cli.options import (
    CommonOptions,
    DataOptions,
    LanguageOptions,
    PlanOptions,
    argument,
    option,
    out_folder,
    taking,
    written_folder,
)
from duonen_stats.errors import DataError, DuonenError
from duonen_stats.plan import FINAL, INTERIM, Plan

# ``duonen report``: the interim report, and the final report with its blinded dry run.


_SEED = 2026
"""Seed of a blinded dry run that names none."""


@dataclass(frozen=True, kw_only=True)
class ReportOptions(DataOptions, PlanOptions, LanguageOptions):
    """What both reports take."""

    out: Path = out_folder(
        "Folder to write; an earlier report there is replaced once the new one is whole.", "report"
    )
    also: tuple[str, ...] = option(
        "--also", type=click.Choice(["docx", "parquet", "xpt", "xpt8", "sav"]), multiple=True,
        help="Also write the report as a Word document (docx), or the datasets in this format; may be given several "
        "times.",
    )  # fmt: skip
    against: Path | None = option(
        "--against", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None,
        callback=written_folder, metavar="DIR",
        help="Folder of an earlier report: numbers that changed are marked, and a section says what changed.",
    )  # fmt: skip
    allow_stage: bool = option(
        "--allow-stage", is_flag=True,
        help="Make the report although the data cut is of another stage (data_cut.STAGE); every page says so.",
    )  # fmt: skip
    aggregate_only: bool = option(
        "--aggregate-only", is_flag=True,
        help="For circulation: no listings, records, datasets or points of single patients; notes say where a number "
        "is that of one patient.",
    )  # fmt: skip
    no_verify: bool = option(
        "--no-verify", is_flag=True,
        help="Do not compute every number again by the second engine; duonen verify can do it later.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class InterimOptions(ReportOptions):
    """What the interim report takes besides."""

    session: Literal["open", "closed"] = option(
        "--session", type=click.Choice(["open", "closed"]), default="open", show_default=True,
        help="For whom: the open session has no progression, response, death or survival by arm; the closed one is for "
        "the monitoring committee, and every page says so.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FinalOptions(ReportOptions):
    """What the final report takes besides."""

    blinded: int | None = option(
        "--blinded", is_flag=False, flag_value=_SEED, default=None, type=click.IntRange(min=0), metavar="[SEED]",
        help=f"Dry run before unblinding: arms drawn again by chance, doses withheld, everything marked. Seed {_SEED} "
        "if none is given; name DATA before this option.",
    )  # fmt: skip


@click.command(epilog=example("duonen report interim my_cut --out report"))
@taking(InterimOptions)
def interim(options: InterimOptions) -> None:
    """Check a data cut, analyse it and write the interim report: HTML, PDF, tables, figures, results."""
    _write_report(options, INTERIM, session=options.session)


@click.command(epilog=example("duonen report final my_cut --out report"))
@taking(FinalOptions)
def final(options: FinalOptions) -> None:
    """Check a data cut, analyse it and write the final report: efficacy, then what the interim report has.

    If DATA is omitted, a simulated final cut of the planned number of patients is used, always of the same seed, and
    everything written is marked SIMULATED.
    """
    if options.blinded is not None and options.against is not None:
        raise click.UsageError(
            "--against has an effect only without --blinded: the arms of a dry run are drawn by chance."
        )
    _write_report(options, FINAL, blinded=options.blinded)


def _write_report(
    options: ReportOptions,
    preset: Plan,
    *,
    blinded: int | None = None,
    session: Literal["open", "closed"] | None = None,
) -> None:
    if options.aggregate_only and (options.against is not None or {*options.also} - {"docx"}):
        raise click.UsageError(
            "--against, and --also but for docx, have an effect only without --aggregate-only: what changed, and "
            "datasets, are records of patients."
        )
    from duonen_stats.commands.make_report import write_report

    plan = options.plan(preset)
    with progress(options.quiet) as step:
        written = write_report(
            options.data,
            out=options.out,
            plan=plan,
            mapping=options.mapping,
            also=options.also,
            cut_date=options.cut_date,
            progress=step,
            blinded=blinded,
            against=options.against,
            allow_stage=options.allow_stage,
            session=session,
            aggregate_only=options.aggregate_only,
            verify=False if options.no_verify else None,
            language=options.language,
        )
    if not options.quiet:
        click.echo(written.summary())
    if not written.checked.passed:
        click.echo("duonen: the second engine did not confirm the report: see above.", err=True)
        sys.exit(1)


# ``duonen export``: displays of a finished report in other formats.


@dataclass(frozen=True, kw_only=True)
class ExportOptions(CommonOptions):
    """The report, what of it, in which format, and how large pictures are."""

    report: Path = argument(type=click.Path(exists=True, file_okay=False, path_type=Path))
    form: Literal["docx", "rtf", "tex", "html", "png", "tiff", "pdf", "svg"] = option(
        "--format", required=True, type=click.Choice(["docx", "rtf", "tex", "html", "png", "tiff", "pdf", "svg"]),
        help="Format of the files: documents (docx, rtf), LaTeX, pieces of HTML, or pictures.",
    )  # fmt: skip
    displays: tuple[str, ...] = option(
        "--display", multiple=True, metavar="KEY",
        help="Key or label of a display, such as table_1 or 'Table 1'; may be given several times, and each is a file. "
        " [default: all; with docx and rtf the whole report as one document]",
    )  # fmt: skip
    out: Path = out_folder("Folder to write; an earlier export there is replaced.", required=True)
    width_mm: float | None = option(
        "--width-mm", type=float, default=None, metavar="MM",
        help="Width of pictures, such as 88 for one column of a journal and 180 for two.  [default: as drawn]",
    )  # fmt: skip
    dpi: int = option(
        "--dpi", type=int, default=600, show_default=True, metavar="N",
        help="Dots per inch of PNG and TIFF, and of figures in documents.",
    )  # fmt: skip


@click.command(epilog=example("duonen export report --format docx --display table_1 --out word"))
@taking(ExportOptions)
def export(options: ExportOptions) -> None:
    """Write displays of REPORT, a finished report, as Word, RTF, LaTeX, HTML or pictures.

    Each has its title, population, footnotes and source, and the marks of the report. Nothing is computed: what is
    written is what the report shows. Without --display, docx and rtf are the whole report with contents, the other
    formats a file for each display.
    """
    from duonen_stats.commands.export_displays import export_displays, read_report

    try:
        report = read_report(options.report)
    except DuonenError as fault:
        raise click.UsageError(visible(str(fault))) from fault
    exported = export_displays(
        report,
        form=options.form,
        out=options.out,
        displays=options.displays,
        width_mm=options.width_mm,
        dpi=options.dpi,
    )
    if not options.quiet:
        for note in exported.notes:
            click.echo(note, err=True)
        click.echo(f"{counted(len(exported.files) - 1, 'file')} written to {exported.out}.")


# ``duonen profiles``: a page for each patient.


@dataclass(frozen=True, kw_only=True)
class ProfilesOptions(DataOptions, PlanOptions, LanguageOptions):
    """What the pages of patients take."""

    out: Path = out_folder("Folder to write.", required=True)
    patients: tuple[str, ...] = option(
        "--patient", multiple=True, metavar="ID",
        help="Number of a patient, such as 01-001; may be given several times.  [default: all]",
    )  # fmt: skip
    of_concern: bool = option(
        "--of-concern", is_flag=True,
        help="Only patients with a serious event, one of grade 3 or higher, one that ended the treatment, or an organ "
        "dose above its limit.",
    )  # fmt: skip


@click.command(epilog=example("duonen profiles my_cut --out profiles --patient 01-001"))
@taking(ProfilesOptions)
def profiles(options: ProfilesOptions) -> None:
    """Draw a page for each patient: activities, organ doses, laboratory values and events on one axis of time."""
    if options.patients and options.of_concern:
        raise click.UsageError("--of-concern has an effect only without --patient.")
    from duonen_stats.commands.make_profiles import write_profiles

    with progress(options.quiet) as step:
        pages = write_profiles(
            options.data,
            out=options.out,
            patients=options.patients,
            of_concern=options.of_concern,
            plan=options.plan(),
            mapping=options.mapping,
            cut_date=options.cut_date,
            progress=step,
            language=options.language,
        )
    if not options.quiet:
        click.echo(f"{counted(len(pages), 'page')} written to {options.out} (profiles.html, profiles.pdf).")


# ``duonen audit``: the regenerated numbers against the publication, entry by entry.


@dataclass(frozen=True, kw_only=True)
class AuditOptions(DataOptions, PlanOptions):
    """What the audit takes."""

    out: Path = out_folder(
        "Folder to write; an earlier audit there is replaced once the new one is whole.", "audit"
    )


@click.command(epilog=example("duonen audit my_cut --out audit"))
@taking(AuditOptions)
def audit(options: AuditOptions) -> None:
    """Set every number and claim of the interim publication beside what these data give.

    Writes audit.csv (one row per entry), audit.html and audit.pdf. Of data of the trial it is a comparison with the
    publication; of the simulated cohort it shows which printed numbers the pipeline reproduces and which contradict
    each other.
    """
    from duonen_stats.publication.audit_report import audit_text, write_audit

    audited = write_audit(
        options.data, out=options.out, plan=options.plan(), mapping=options.mapping, cut_date=options.cut_date
    )
    if not options.quiet:
        click.echo(audit_text(audited))


# ``duonen records``: the records behind a number.


@dataclass(frozen=True, kw_only=True)
class RecordsOptions(CommonOptions):
    """The report, the number, and for whom it is written."""

    report: Path = argument(
        type=click.Path(exists=True, file_okay=False, path_type=Path), callback=written_folder
    )
    analysis_id: str = argument()
    as_json: bool = option("--json", is_flag=True, help="Print everything as JSON.")


@click.command(epilog=example("duonen records report limit.kidney.course.all.n"))
@taking(RecordsOptions)
def records(options: RecordsOptions) -> None:
    """Show the records behind a number: dataset, filter and patients.

    REPORT is the folder of a finished report, ANALYSIS_ID a row of its results.csv; the panel of a number in the HTML
    names it, and displays.csv lists those of each table and figure.
    """
    from duonen_stats.commands.show_records import find_records

    try:
        found = find_records(options.report, options.analysis_id)
    except DuonenError as error:
        raise click.UsageError(str(error)) from error
    if not options.quiet:
        click.echo(found.as_json() if options.as_json else visible(found.text()))


# ``duonen compare``: what changed between two output folders.


_NOT_COMPARABLE = 2
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass(frozen=True, kw_only=True)
class CompareOptions(CommonOptions):
    """The two folders, where the changes go, and how far two numbers may be apart."""

    old: Path = argument(type=_FOLDER, callback=written_folder)
    new: Path = argument(type=_FOLDER, callback=written_folder)
    out: Path | None = out_folder("Also write every change into this folder: HTML, PDF and CSV.")
    tolerances: tuple[str, ...] = option(
        "--tolerance", multiple=True, metavar="[COLUMN=]NUMBER",
        help="How far two numbers may be apart and still be the same: relative for all (1e-9 by default), or "
        "DATASET.COLUMN=NUMBER in the column's unit. May be given several times.",
    )  # fmt: skip


@click.command(epilog=example("duonen compare report_2024 report_2025 --out changes"))
@taking(CompareOptions)
def compare(options: CompareOptions) -> None:
    """Show what changed between OLD and NEW, two output folders of duonen report or duonen build.

    Records added, removed and changed; statistics that differ, unrounded; the tables and figures that show them;
    plan, definitions, versions and input files; findings. Exit 1 if anything differs, 0 if nothing does, 2 if the two
    cannot be compared.
    """
    from duonen_stats.comparison.changed_statistics import read_tolerance
    from duonen_stats.comparison.compare_outputs import compare_folders
    from duonen_stats.comparison.comparison_document import write_comparison
    from duonen_stats.comparison.comparison_text import comparison_text
    from duonen_stats.folder.output_place import require_folder
    from duonen_stats.folder.provenance import COMPARISON

    try:
        tolerance = read_tolerance(options.tolerances)
    except DuonenError as error:
        raise click.UsageError(str(error)) from error
    if options.out is not None:
        require_folder(options.out, COMPARISON, options.old, options.new)
    try:
        found = compare_folders(options.old, options.new, tolerance=tolerance)
    except DuonenError as error:
        click.echo(f"duonen: {visible(str(error))}", err=True)
        sys.exit(_NOT_COMPARABLE)
    if options.out is not None:
        write_comparison(found, options.out)
    if not options.quiet:
        click.echo(visible(comparison_text(found)))
        if options.out is not None:
            click.echo(f"\nWritten to {options.out}: compare.html, compare.pdf, and every change as CSV.")
    if found.different:
        sys.exit(1)


# ``duonen verify``: the numbers of a finished report, computed again by another engine.


@dataclass(frozen=True, kw_only=True)
class VerifyOptions(CommonOptions):
    """Which report, by which engine, and where the outcome goes."""

    report: Path = argument(type=click.Path(exists=True, file_okay=False, path_type=Path))
    engine: Literal["python", "r"] = option(
        "--engine", type=click.Choice(["python", "r"]), default="python", show_default=True,
        help="python: pandas, scipy, statsmodels and lifelines; r: R with its package survival.",
    )  # fmt: skip
    out: Path | None = out_folder(
        "Also write the outcome of every number into this folder: verification.csv."
    )


@click.command(epilog=example("duonen verify report --out verified"))
@taking(VerifyOptions)
def verify(options: VerifyOptions) -> None:
    """Compute every number of REPORT, a folder of duonen report, again by another engine, and compare.

    The second engine starts from the raw records in the folder and shares no code with the first. A number agrees,
    or its difference is explained by a named convention, or it differs, or no second engine has it. Exit 1 if a number
    differs or a file was changed after the report was made, 2 if the folder is no report or is damaged.
    """
    from duonen_stats.report.verify_report import verify_report

    try:
        found = verify_report(options.report, engine=options.engine, out=options.out)
    except DuonenError as error:
        click.echo(f"duonen: {visible(str(error))}", err=True)
        sys.exit(_NOT_COMPARABLE)
    if not options.quiet:
        click.echo(visible(found.text))
    if not found.passed:
        sys.exit(1)


# ``duonen qualify``: reference cases of R run through the methods.


@dataclass(frozen=True, kw_only=True)
class QualifyOptions(CommonOptions):
    """The files of cases, and where the report on them goes."""

    cases: tuple[Path, ...] = argument(nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
    out: Path | None = out_folder("Also write the qualification report, HTML and PDF, into this folder.")


@click.command(epilog=example("duonen qualify my_cases.json --out qualification"))
@taking(QualifyOptions)
def qualify(options: QualifyOptions) -> None:
    """Run reference cases through the statistical methods; exit 1 if any fails.

    CASES are JSON files of the schema in docs/qualification.md; if omitted, the cases shipped with the package are run:
    R's numbers beside R's code.
    """
    from duonen_stats.folder.output_place import require_folder
    from duonen_stats.folder.provenance import QUALIFICATION
    from duonen_stats.qualification.qualification_report import write_qualification
    from duonen_stats.qualification.run_cases import qualification_text
    from duonen_stats.qualification.run_cases import qualify as run_cases

    if options.out is not None:
        require_folder(options.out, QUALIFICATION, *options.cases)
    try:
        found = run_cases(options.cases)
    except DataError as fault:
        raise click.UsageError(visible(str(fault))) from fault
    if options.out is not None:
        write_qualification(found, options.out)
    if not options.quiet:
        click.echo(qualification_text(found))
        if options.out is not None:
            click.echo(f"Written to {options.out}: qualification.html, qualification.pdf, qualification.csv.")
    if not found.passed:
        sys.exit(1)
