"""``duonen check``, ``build``, ``convert``, ``simulate``, ``mapping``: a cut examined, derived, converted, invented."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duonen_stats.cli.common import (
    common_options,
    counted,
    example,
    print_findings,
    print_intake,
    progress,
    visible,
)
from duonen_stats.cli.design_options import CountedTrials, scheduler_option, workers_option
from duonen_stats.cli.options import (
    CommonOptions,
    DataOptions,
    PlanOptions,
    argument,
    data_path,
    option,
    out_file,
    out_folder,
    taking,
)
from duonen_stats.displays.model.format import percent, significant

if TYPE_CHECKING:
    from duonen_stats.simulated.model.recruitment import Stage
    from duonen_stats.simulated.model.trial import Assumptions
    from duonen_stats.trials.run_trials import SimulatedTrials

# ``duonen check``: everything wrong with a data cut.


def _findings_file(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in {".csv", ".xlsx"}:
        raise click.BadParameter(f"{path.name} must end in .csv, or in .xlsx for a query listing.")
    return path


@dataclass(frozen=True, kw_only=True)
class CheckOptions(DataOptions, PlanOptions):
    """What the data check takes."""

    out: Path | None = out_file(
        "Also write the findings: as CSV, or as query listing for the centres if FILE ends in .xlsx.",
        _findings_file,
    )


@click.command(epilog=example("duonen check my_cut --out findings.csv"))
@taking(CheckOptions)
def check(options: CheckOptions) -> None:
    """Check a data cut and list everything found; exit 1 if an error is among it.

    Of the plan, checks read which tumour assessment is the baseline.
    """
    from duonen_stats.commands.check_data import (
        check_summary,
        plan_summary,
        require_findings_file,
        require_no_source,
        write_findings,
    )
    from duonen_stats.raw.checks.check import check_data

    plan = options.plan()
    if options.out is not None:
        require_findings_file(options.out, options.data, options.mapping)
    cut, findings = check_data(options.data, mapping=options.mapping, cut_date=options.cut_date, plan=plan)
    if options.out is not None:
        require_no_source(options.out, options.data, cut)
        write_findings(findings, options.out, cut)
    if not options.quiet:
        print_intake(cut.files)
        print_findings(findings, err=False)
        if departs := plan_summary(plan):
            click.echo(f"\n{visible(departs)}")
        click.echo(f"\n{check_summary(cut, findings)}\n")
        counts = [counted(sum(f.severity == s for f in findings), s) for s in ("error", "warning", "note")]
        mark = " (SIMULATED)" if cut.simulated else ""
        click.echo(
            f"{cut.name}{mark}: {', '.join(counts)} in {counted(sum(file.rows for file in cut.files), 'record')} of "
            f"{counted(len({file.name for file in cut.files}), 'file')}."
        )
        if options.out is not None:
            click.echo(f"Written to {options.out}.")
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)


# ``duonen build``: the analysis datasets.


@dataclass(frozen=True, kw_only=True)
class BuildOptions(DataOptions, PlanOptions):
    """What the building of datasets takes."""

    out: Path = out_folder("Folder to write.", required=True)
    kind: str = option(
        "--format", type=click.Choice(["csv", "parquet", "xpt", "xpt8", "sav"]), default="csv", show_default=True,
        help="File format; xpt is SAS transport version 5, xpt8 version 8, sav is SPSS.",
    )  # fmt: skip


@click.command(epilog=example("duonen build my_cut --out datasets"))
@taking(BuildOptions)
def build(options: BuildOptions) -> None:
    """Build the analysis datasets ADSL, ADEX, ADDOS, ADLB, ADAE, ADRS and ADTTE, with their metadata (define.xml)."""
    from duonen_stats.commands.build_datasets import write_datasets

    rows = write_datasets(
        options.data,
        out=options.out,
        plan=options.plan(),
        kind=options.kind,
        mapping=options.mapping,
        cut_date=options.cut_date,
    )
    if not options.quiet:
        for name, number in rows.items():
            click.echo(f"{name:<8}{number:>6} rows")
        click.echo(f"Written to {options.out}.")


# ``duonen convert``: a data cut in another file format.


_ENDINGS = frozenset({".csv", ".xlsx", ".sav", ".xpt", ".parquet"})
_WORKBOOK = "workbook"


def _require_fit(out: Path, kind: str) -> None:
    """Refuse a name of a file where a folder is written, and the other way round, as wrong usage."""
    ending = out.suffix.lower()
    if kind == _WORKBOOK and (ending != ".xlsx" or out.is_dir()):
        raise click.UsageError(
            f"--format {_WORKBOOK} writes one file; let the name after --out end in .xlsx."
        )
    if kind != _WORKBOOK and (ending in _ENDINGS or out.is_file()):
        raise click.UsageError(
            f"--format {kind} writes a folder with one file per table, and {out.name} is the name of a file. Name a "
            f"folder; one file with a worksheet per table is --format {_WORKBOOK}."
        )


@dataclass(frozen=True, kw_only=True)
class ConvertOptions(DataOptions):
    """What the conversion of a data cut takes."""

    out: Path = option(
        "--out", type=click.Path(path_type=Path), required=True,
        help="Folder to write; for --format workbook the file, ending in .xlsx.",
    )  # fmt: skip
    kind: str = option(
        "--format", type=click.Choice(["csv", "xlsx", "workbook", "parquet", "xpt", "xpt8", "sav"]), required=True,
        help="A folder with one file per table in this format; workbook: one Excel file with a worksheet per table.",
    )  # fmt: skip


@click.command(epilog=example("duonen convert my_cut --out my_cut.xlsx --format workbook"))
@taking(ConvertOptions)
def convert(options: ConvertOptions) -> None:
    """Write the raw tables of a data cut in another format, with the dictionary's names and codes.

    A cut with a table or cell that cannot be read is refused: nothing is lost on the way.
    """
    from duonen_stats.commands.convert_cut import convert_cut

    _require_fit(options.out, options.kind)
    rows = convert_cut(
        options.data, options.out, kind=options.kind, mapping=options.mapping, cut_date=options.cut_date
    )
    if not options.quiet:
        for name, number in rows.items():
            click.echo(f"{name:<20}{number:>6} records")
        click.echo(f"Written to {options.out}.")


# ``duonen simulate``: one simulated data cut, or many simulated trials through the analyses of a report.


_MOST_PATIENTS = 10_000
_MOST_TRIALS = 10_000_000
_SHOWN = 12
_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class SimulateOptions(PlanOptions):
    """What a simulation takes; of many trials also what is analysed, and where."""

    out: Path = out_folder(
        "Folder to write; one that an earlier simulation wrote is replaced, and with --trials gone on with.",
        required=True,
    )
    seed: int = option(
        "--seed",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        metavar="N",
        help="The same seed gives the same bytes.",
    )
    patients: int | None = option(
        "--patients", type=click.IntRange(1, _MOST_PATIENTS), default=None, metavar="N",
        help="Number of patients.  [default: 56, final 92]",
    )  # fmt: skip
    stage: str | None = option(
        "--stage", type=click.Choice(["interim", "final"], case_sensitive=False), default=None,
        help="interim: the first patients, all off treatment; final: all, at the planned end.  "
        "[default: interim, with --trials final]",
    )  # fmt: skip
    hazard_ratios: tuple[str, ...] = option(
        "--hazard-ratio", multiple=True, metavar="[ARM=]HR",
        help="Hazard ratio of progression or death against the control arm: one for each arm that dosimetry adapts, or "
        "of an arm; may be given several times.  [default: that of the dictionary]",
    )  # fmt: skip
    assumed: tuple[str, ...] = option(
        "--assume", multiple=True, metavar="FIELD=VALUE",
        help="Depart from an assumption of the simulator, such as outcome.lost_per_month=0.01; may be given several "
        "times. README.md of a simulated cut lists them.",
    )  # fmt: skip
    noise: float = option(
        "--noise", type=click.FloatRange(0, 100), default=0.0, metavar="SLIPS",
        help="Slips of data entry in a thousand records, for duonen check to find.  [default: none]",
    )  # fmt: skip
    trials: int | None = option(
        "--trials", type=click.IntRange(1, _MOST_TRIALS), default=None, metavar="N",
        help="Simulate N trials, analyse each as a report does, and keep the results instead of the data.",
    )  # fmt: skip
    analyse: tuple[str, ...] = option(
        "--analyse", multiple=True, metavar="ID[,ID…]",
        help="With --trials: results to keep, by their ids in results.csv; also blocks, and patterns such as "
        "'os.primary.*'.  [default: pfs.primary.*]",
    )  # fmt: skip
    workers: int = workers_option("With --trials")
    scheduler: str | None = scheduler_option("With --trials")


_OF_TRIALS = ("analyse", "workers", "scheduler", "plan_file", "settings")


def _require_sense() -> None:
    """Refuse options that say nothing about what is asked for, as wrong usage."""
    context = click.get_current_context()
    typed = {
        item.name: item.opts[0]
        for item in context.command.params
        if item.name is not None
        and context.get_parameter_source(item.name) is click.core.ParameterSource.COMMANDLINE
    }
    if "trials" not in typed:
        for name in _OF_TRIALS:
            if name in typed:
                raise click.UsageError(f"{typed[name]} is about many trials; state how many by --trials.")
    elif "noise" in typed:
        raise click.UsageError("--noise is about a data cut that is written; leave it out with --trials.")
    if {"workers", "scheduler"} <= {*typed}:
        raise click.UsageError(
            "--workers and --scheduler both say where trials are computed; give one of them."
        )


@click.command(epilog=example("duonen simulate --out my_cut --seed 7"))
@taking(SimulateOptions)
def simulate(options: SimulateOptions) -> None:
    """Simulate a trial and write a data cut of it in the raw format, marked SIMULATED.

    README.md in the folder lists every assumption with its reason.

    With --trials, many trials are simulated and each is analysed by the code of the report. The folder then holds the
    results of every trial (Parquet) and characteristics.csv: how each result scatters over the trials, how often its
    p-value is below alpha, and how often its limits cover the true value. A run that was stopped goes on with the same
    command: duonen simulate --trials 1000 --analyse pfs.primary.log_rank.p --out trials
    """
    from duonen_stats.errors import PlanError
    from duonen_stats.simulated.model.assume import assume

    _require_sense()
    try:
        assumptions = assume(options.assumed, options.hazard_ratios)
    except PlanError as fault:
        raise click.UsageError(visible(str(fault))) from fault
    if options.trials is not None:
        return _many(options, assumptions)
    from duonen_stats.commands.simulate_cut import write_simulation
    from duonen_stats.simulated.cut.noise import Noise

    summary = write_simulation(
        options.out,
        seed=options.seed,
        patients=options.patients,
        stage=_stage(options.stage or "interim"),
        assumptions=assumptions,
        noise=Noise(per_thousand=options.noise) if options.noise else None,
    )
    if not options.quiet:
        click.echo(summary)
    return None


def _stage(name: str) -> "Stage":
    return "FINAL" if name == "final" else "INTERIM"


def _many(options: SimulateOptions, assumptions: "Assumptions") -> None:
    from duonen_stats.design_report.question_inputs import workers
    from duonen_stats.plan import FINAL, INTERIM
    from duonen_stats.trials.chosen import PRIMARY
    from duonen_stats.trials.run_trials import simulate_trials

    stage = _stage(options.stage or "final")
    plan = options.plan(FINAL if stage == "FINAL" else INTERIM)
    names = tuple(name for text in options.analyse for part in text.split(",") if (name := part.strip()))
    if options.analyse and not names:
        raise click.UsageError(f"--analyse names no result; leave it out for {PRIMARY}.")
    done = 0

    def count(trials: int, of: int, /) -> None:
        nonlocal done
        done = trials
        show(trials, of)

    try:
        with workers(options.workers, options.scheduler) as executor, progress(options.quiet) as step:
            show = CountedTrials(step, "through the analyses of the report")
            found = simulate_trials(
                options.out, trials=int(options.trials or 0), analyse=names or (PRIMARY,), seed=options.seed,
                stage=stage, patients=options.patients, plan=plan, assumptions=assumptions, executor=executor,
                progress=count,
            )  # fmt: skip
    except KeyboardInterrupt as stop:
        kept = f"{counted(done, 'trial')} kept in {options.out}; the same command goes on from there."
        raise KeyboardInterrupt(kept) from stop
    if not options.quiet:
        click.echo(_summary(found))


def _summary(found: "SimulatedTrials") -> str:
    """Say how often each test rejects and each limit covers, the first of them."""
    lines = []
    for one in found.characteristics:
        if one.rejected_share is not None:
            level = significant(float(one.alpha or 0), _DIGITS)
            lines.append(_line(one.analysis_id, f"p < {level} in", one, "rejected", "trials"))
        if one.covered_share is not None:
            true = significant(float(one.true_value or 0), _DIGITS)
            of = f"{counted(int(one.with_limits or 0), 'trial')} with limits"
            lines.append(_line(one.analysis_id, f"limits cover {true} in", one, "covered", of))
    more = [f"... and {len(lines) - _SHOWN} more in characteristics.csv."] if len(lines) > _SHOWN else []
    head = f"{counted(found.trials, 'SIMULATED trial')}, {counted(len(found.ids), 'result')} of each."
    return "\n".join([head, *lines[:_SHOWN], *more, f"Written to {found.folder}."])


def _line(name: str, words: str, one: Any, what: str, of: str) -> str:
    share, low, high = (percent(100 * getattr(one, f"{what}_{part}")) for part in ("share", "low", "high"))
    return f"{name:<36} {words} {share} of {of} (95 % limits {low} to {high})"


# ``duonen mapping``: help with the file that says how names and codes of sources become the dictionary's.


@click.group(epilog=example("duonen mapping suggest my_cut --out mapping.yaml"))
@common_options
def mapping(quiet: bool) -> None:
    """Propose the mapping file of a data cut."""


@dataclass(frozen=True, kw_only=True)
class SuggestOptions(CommonOptions):
    """What the proposal of a mapping file takes."""

    data: Path = argument(type=click.Path(exists=True, path_type=Path), callback=data_path)
    out: Path = out_file("File to write; one that is there already is not replaced.", required=True)


@mapping.command(epilog=example("duonen mapping suggest my_cut --out mapping.yaml"))
@taking(SuggestOptions)
def suggest(options: SuggestOptions) -> None:
    """Write a mapping file to correct, from what the files of DATA hold.

    Names and values are compared with those of the dictionary and with English and Polish words for them. Lines that
    are guesses are marked to be confirmed; what was not placed is listed. Then run duonen check with the corrected
    file.
    """
    from duonen_stats.commands.suggest_mapping import suggest_mapping
    from duonen_stats.raw.suggest.proposal import UNRECOGNISED

    text = suggest_mapping(options.data, options.out)
    if not options.quiet:
        entries = text.count("\n  - source:")
        guesses = sum("confirm" in line for line in text.splitlines() if not line.startswith("#"))
        unfound = [line[2:] for line in text.splitlines() if line.startswith(UNRECOGNISED)]
        by_hand = [f"{line} Write what is missing by hand, as docs/intake.md describes." for line in unfound]
        made = f"{counted(entries, 'source')}, {counted(guesses, 'line')} to confirm."
        click.echo(" ".join([made, *by_hand, f"Written to {options.out}."]))
