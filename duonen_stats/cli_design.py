"""The commands ``duonen design …``: planning, monitoring, re-estimation; what is left out is DUONEN's plan."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duonen_stats import cli_design_cut
from duonen_stats import cli_design_options as options
from duonen_stats.cli_design_frame import (
    allocation_of,
    assumptions_of,
    common_options,
    design,
    example,
    guarded,
    patients_of,
    plan_of,
    progress_of,
    question,
    test_of,
    trials_told,
)

if TYPE_CHECKING:
    from duonen_stats.report.design_answer import Answer

__all__ = ["cli_design_cut", "design"]


@question(
    "power", "--patients 92 --hazard-ratio 0.5 --method lakatos",
    *options.ASSUMPTIONS, options.PATIENTS,
    click.option("--events", type=click.IntRange(1), metavar="N", help="Analyse at this event, not at --total."),
    options.method_option(), *options.level_options(), options.FAR_TAIL, options.NULL_RATIO,
    options.power_option("--target-power"),
)  # fmt: skip
def power(**given: Any) -> "Answer":
    """Power at a number of patients, and the hazard ratio detectable with --target-power."""
    from duonen_stats.report.design_answers import power_answer  # noqa: PLC0415

    return power_answer(assumptions_of(given), patients=patients_of(given), **test_of(given))


@question(
    "sample-size", "--hazard-ratio 0.5 --power 0.9",
    *options.ASSUMPTIONS, options.power_option(), options.method_option(), *options.level_options(),
    options.FAR_TAIL, options.NULL_RATIO,
)  # fmt: skip
def sample_size(**given: Any) -> "Answer":
    """Patients needed for a power at the planned time of analysis."""
    from duonen_stats.report.design_answers import sample_size_answer  # noqa: PLC0415

    return sample_size_answer(assumptions_of(given), target_power=given.pop("power"), **test_of(given))


@question(
    "events", "--patients 167 --target 117",
    *options.ASSUMPTIONS, options.PATIENTS, options.power_option(),
    click.option("--target", type=float, metavar="N", help="When are so many events expected? Default: those needed."),
    click.option("--at", type=options.Numbers(), metavar="MONTHS", default=(), help="Calendar months: 60,120."),
    options.method_option(options.METHODS[:3]), *options.level_options(), options.NULL_RATIO,
)  # fmt: skip
def events(**given: Any) -> "Answer":
    """Events needed for a power, expected over calendar time, and when a number is reached."""
    from duonen_stats.report.design_answers import events_answer  # noqa: PLC0415

    patients, target_power = patients_of(given), given.pop("power")
    return events_answer(
        assumptions_of(given), patients=patients, target_power=target_power, **test_of(given)
    )


@question(
    "methods", "--hazard-ratios 0.667,0.5,0.43 --trials 40000 --workers 2",
    *options.ASSUMPTIONS, options.PATIENTS,
    click.option(
        "--hazard-ratios", type=options.Numbers(), metavar="HR", default=(0.667, 0.5, 0.43),
        show_default="0.667,0.5,0.43", help="Hazard ratios at which power is compared.",
    ),
    click.option("--events", type=click.IntRange(1), metavar="N", help="Also compare power at this event."),
    options.power_option(), *options.level_options(), *options.simulation_options(40_000, least=0),
)  # fmt: skip
def methods(*, quiet: bool, **given: Any) -> "Answer":
    """All methods side by side with simulation, and what of the published numbers they reproduce."""
    from duonen_stats.report.design_inputs import workers  # noqa: PLC0415
    from duonen_stats.report.design_simulation_answers import methods_answer  # noqa: PLC0415

    assumptions, patients, target_power = assumptions_of(given), patients_of(given), given.pop("power")
    with (
        workers(given.pop("workers"), given.pop("scheduler")) as executor,
        progress_of(quiet) as step,
    ):
        return methods_answer(
            assumptions, patients=patients, target_power=target_power, executor=executor,
            folder=given.pop("resume"), progress=trials_told(step), **test_of(given),
        )  # fmt: skip


@question(
    "simulate", "--trials 100000 --workers 2 --resume parts",
    *options.ASSUMPTIONS, options.PATIENTS,
    click.option("--events", type=click.IntRange(1), metavar="N", help="Analyse at this event, not at --total."),
    *options.level_options(),
    click.option(
        "--entry", type=click.Choice(["random", "even", "poisson"]), default="random", show_default=True,
        help="How patients enter over the accrual.",
    ),
    click.option("--assessments", type=float, metavar="MONTHS", help="Events are seen at visits so many months apart."),
    click.option("--rho", type=float, default=0.0, show_default=True, help="Fleming–Harrington weight ρ (early)."),
    click.option("--gamma", type=float, default=0.0, show_default=True, help="Fleming–Harrington weight γ (late)."),
    click.option(
        "--permutations", type=click.IntRange(0), metavar="N", default=0, show_default=True,
        help="Also test each trial by so many permutations of the arms; 999 is usual.",
    ),
    click.option(
        "--calibration-trials", type=click.IntRange(1), metavar="N", default=400_000, show_default=True,
        help="Trials without effect that the calibrated critical value is taken from.",
    ),
    *options.simulation_options(100_000),
)  # fmt: skip
def simulate(*, quiet: bool, **given: Any) -> "Answer":
    """Power and size of the log-rank test by simulation, and the critical value at which the level is held."""
    from duonen_stats.design import SimulationScenario  # noqa: PLC0415
    from duonen_stats.report.design_inputs import workers  # noqa: PLC0415
    from duonen_stats.report.design_simulation_answers import simulation_answer  # noqa: PLC0415

    scenario = SimulationScenario(
        assumptions=assumptions_of(given), n_patients=patients_of(given), n_events=given.pop("events"),
        alpha=given.pop("alpha"), sides=int(given.pop("sides")), entry=given.pop("entry"), rho=given.pop("rho"),
        gamma=given.pop("gamma"), assessment_months=given.pop("assessments"),
        n_permutations=given.pop("permutations"),
    )  # fmt: skip
    with (
        workers(given.pop("workers"), given.pop("scheduler")) as executor,
        progress_of(quiet) as step,
    ):
        return simulation_answer(
            scenario, executor=executor, folder=given.pop("resume"), progress=trials_told(step), **given
        )


@question(
    "boundaries", "--looks 0.5,0.75,1 --efficacy lan_demets_obrien_fleming",
    *options.PLAN, *(option for option in options.ASSUMPTIONS if option is not options.ALLOCATION),
    click.option("--max-events", type=float, metavar="N", help="Events at the last look; default: those needed."),
    click.option("--patients", type=click.IntRange(1), metavar="N", help="Patients in all; default: those needed."),
)  # fmt: skip
def boundaries(**given: Any) -> "Answer":
    """Group-sequential boundaries: Z, nominal p, hazard ratio, events, calendar months, expected events."""
    from duonen_stats.report.design_monitoring_answers import boundaries_answer  # noqa: PLC0415

    assumptions = assumptions_of(given)
    ratio = assumptions.constant_hazard_ratio
    return boundaries_answer(
        plan_of(given),
        assumptions,
        hazard_ratio=ratio,
        max_events=given["max_events"],
        patients=given["patients"],
    )


@question(
    "conditional-power", "--look 1 --z 1.2 --hazard-ratio 0.6 --max-events 117",
    *options.PLAN,
    click.option("--look", type=click.IntRange(1), default=1, show_default=True, help="Number of the interim look."),
    click.option(
        "--z", type=float, required=True, help="Log-rank Z at that look; positive favours the experimental arm."
    ),
    click.option("--hazard-ratio", type=float, metavar="HR", help="Also with this hazard ratio; needs --max-events."),
    click.option("--max-events", type=float, metavar="N", help="Events planned for the last look."),
)  # fmt: skip
def conditional_power(**given: Any) -> "Answer":
    """Probability of success given an interim result: trend, plan, no effect, predictive."""
    from duonen_stats.report.design_monitoring_answers import conditional_power_answer  # noqa: PLC0415

    return conditional_power_answer(
        plan_of(given), look=given["look"], z=given["z"], max_events=given["max_events"],
        hazard_ratio=given["hazard_ratio"], allocation_ratio=allocation_of(given["allocation"]),
    )  # fmt: skip


@question(
    "precision", "--patients 92,23 --rates 0.1 --half-width 0.05 --event-rate 0.01",
    click.option(
        "--patients", type=options.Numbers(int), metavar="N", default=(92, 23), show_default="92,23",
        help="Numbers of patients: the trial, an arm.",
    ),
    click.option(
        "--rates", type=options.Numbers(), metavar="P", default=(0.05, 0.1, 0.2, 0.3), show_default="0.05,0.1,0.2,0.3",
        help="Rates expected (0–1).",
    ),
    click.option("--method", type=click.Choice(options.INTERVALS), default="wald", show_default=True, help="Interval."),
    click.option("--confidence", type=float, metavar="P", default=0.95, show_default=True, help="Level (0–1)."),
    click.option("--half-width", type=float, metavar="P", help="Patients needed for this half-width (0–0.5)."),
    click.option("--event-rate", type=float, metavar="P", help="Probability of seeing an event this rare (0–1)."),
)  # fmt: skip
def precision(**given: Any) -> "Answer":
    """How precisely a toxicity rate is known from a number of patients."""
    from duonen_stats.report.design_answers import precision_answer  # noqa: PLC0415

    return precision_answer(**given)


@design.command("report", epilog=example("duonen design report --out design"))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("design"), show_default=True,
    help="Folder to write; an earlier report there is replaced once the new one is whole.",
)  # fmt: skip
@click.option(
    "--calibration-trials", type=click.IntRange(1), metavar="N", default=400_000, show_default=True,
    help="Trials without effect that the calibrated critical value is taken from.",
)  # fmt: skip
@options.together(*options.ASSUMPTIONS, options.PATIENTS, *options.simulation_options(40_000))
@common_options
@guarded
def report(*, out: Path, quiet: bool, **given: Any) -> None:
    """Write the design report, HTML and PDF: assumptions, methods, power, events, size, boundaries, precision."""
    from duonen_stats.report.design_files import write_design_report  # noqa: PLC0415
    from duonen_stats.report.design_inputs import workers  # noqa: PLC0415

    assumptions, patients = assumptions_of(given), patients_of(given)
    with (
        workers(given.pop("workers"), given.pop("scheduler")) as executor,
        progress_of(quiet) as step,
    ):
        written = write_design_report(
            out, assumptions=assumptions, patients=patients, trials=given["trials"],
            calibration_trials=given["calibration_trials"], seed=given["seed"], executor=executor,
            folder=given["resume"], progress=trials_told(step),
        )  # fmt: skip
    if not quiet:
        click.echo(written)
