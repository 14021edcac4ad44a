"""The commands ``duonen design …``; options you omit take the values of DUONEN's published plan."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duonen_stats.cli import design_cut
from duonen_stats.cli import design_options as options
from duonen_stats.cli.design_frame import (
    allocation_of,
    assumptions_of,
    common_options,
    design,
    example,
    guarded,
    max_events_of,
    patients_of,
    plan_of,
    progress_of,
    question,
    test_of,
    trials_told,
    wrong_usage,
)
from duonen_stats.cli.design_rules import (
    Numbers,
    Real,
    RuledCommand,
    When,
    absent,
    agree,
    enough_trials,
    given,
    looks_in_events,
    needs,
    only,
    positive,
)

if TYPE_CHECKING:
    from duonen_stats.design_report.answer import Answer

__all__ = ["design", "design_cut"]

_AT_EVENT = click.option(
    "--events", type=options.EVENTS, metavar="N", help="Analyse at this event, not at --total."
)
_AT_EVENT_RULES = (
    only("total", "followup", when=absent("events")),
    agree("events", "patients", test=lambda values: (values["events"] or 0) <= options.patients_of(values),
          words="{events} must be no more than {patients}."),
)  # fmt: skip
_FIXED_RULES = (*options.ASSUMPTION_RULES, *options.TEST_RULES, *options.WEIGHT_RULES)
# The methods that need one hazard ratio cannot be asked about several.
_CONSTANT = agree(
    "hazard_ratio", "method",
    test=lambda values: values["method"] == "lakatos" or len(set(values["hazard_ratio"] or (1,))) == 1,
    words="{hazard_ratio} in intervals needs {method} lakatos.",
)  # fmt: skip


@question(
    "power", "--patients 92 --hazard-ratio 0.5 --method lakatos",
    *options.ASSUMPTIONS, options.PATIENTS, _AT_EVENT,
    options.method_option(), *options.WEIGHTS, *options.level_options(), options.FAR_TAIL, options.NULL_RATIO,
    options.TARGET,
    rules=(*_FIXED_RULES, *_AT_EVENT_RULES, _CONSTANT),
)  # fmt: skip
def power(**given: Any) -> "Answer":
    """Power at a number of patients, and the hazard ratio detectable with --target-power."""
    from duonen_stats.design_report.fixed_answers import power_answer

    return power_answer(assumptions_of(given), patients=patients_of(given), **test_of(given))


@question(
    "sample-size", "--hazard-ratio 0.5 --power 0.9",
    *options.ASSUMPTIONS, options.power_option(), options.method_option(), *options.WEIGHTS,
    *options.level_options(), options.FAR_TAIL, options.NULL_RATIO,
    rules=(*_FIXED_RULES, _CONSTANT),
)  # fmt: skip
def sample_size(**given: Any) -> "Answer":
    """Patients needed for a power at the planned time of analysis."""
    from duonen_stats.design_report.fixed_answers import sample_size_answer

    return sample_size_answer(assumptions_of(given), target_power=given.pop("power"), **test_of(given))


@question(
    "events", "--patients 167 --target 117",
    *options.ASSUMPTIONS, options.PATIENTS, options.power_option(),
    click.option("--target", type=options.EVENTS, metavar="N",
                 help="When are that many events expected? Default: those needed."),
    click.option("--at", type=Numbers(Real(0, 1200)), metavar="MONTHS", default=(), help="Calendar months: 60,120."),
    options.method_option(options.METHODS[:3]), *options.WEIGHTS, *options.level_options(), options.NULL_RATIO,
    rules=(*options.ASSUMPTION_RULES, *options.TEST_RULES),
)  # fmt: skip
def events(**given: Any) -> "Answer":
    """Events needed for a power; events and log-rank score expected over time; when a number is reached."""
    from duonen_stats.design_report.fixed_answers import events_answer

    patients, target_power = patients_of(given), given.pop("power")
    return events_answer(
        assumptions_of(given), patients=patients, target_power=target_power, **test_of(given)
    )


@question(
    "methods", "--hazard-ratios 0.667,0.5,0.43 --trials 40000 --workers 2",
    *options.ASSUMPTIONS, options.PATIENTS,
    click.option(
        "--hazard-ratios", type=Numbers(options.RATIO), metavar="HR", default=(0.667, 0.5, 0.43),
        show_default="0.667,0.5,0.43", help="Hazard ratios at which power is compared.",
    ),
    click.option("--events", type=options.EVENTS, metavar="N", help="Also compare power at this event."),
    options.power_option(), *options.level_options(), *options.simulation_options(40_000, least=0),
    rules=(
        *options.ASSUMPTION_RULES, *options.TEST_RULES, *options.SIMULATION_RULES, _AT_EVENT_RULES[1],
        only("seed", "workers", "scheduler", "resume", when=positive("trials")),
        agree("hazard_ratio", test=lambda values: len(set(values["hazard_ratio"] or (1,))) == 1,
              words="The methods are compared at one {hazard_ratio} throughout; see duonen design power."),
        agree("hazard_ratios", test=lambda values: len(set(values["hazard_ratios"])) == len(values["hazard_ratios"]),
              words="{hazard_ratios} has each ratio once."),
    ),
)  # fmt: skip
def methods(*, quiet: bool, **given: Any) -> "Answer":
    """All methods side by side with simulation, and what of the published numbers they reproduce."""
    from duonen_stats.design_report.question_inputs import workers
    from duonen_stats.design_report.simulation_answers import methods_answer

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
    *options.ASSUMPTIONS, options.PATIENTS, _AT_EVENT,
    *options.level_options(),
    click.option(
        "--entry", type=click.Choice(["random", "even", "poisson"]), default="random", show_default=True,
        help="How patients enter over the accrual.",
    ),
    click.option(
        "--assessments", type=options.SOME_MONTHS, metavar="MONTHS",
        help="Months between visits at which events are detected.",
    ),
    *options.WEIGHTS,
    click.option(
        "--permutations", type=click.IntRange(0, 1_000_000), metavar="N", default=0, show_default=True,
        help="Also test each trial by that many permutations of the arms; 999 is usual.",
    ),
    click.option(
        "--calibration-trials", type=click.IntRange(1, 100_000_000), metavar="N", default=400_000, show_default=True,
        help="Trials without effect that the calibrated critical value is taken from.",
    ),
    *options.simulation_options(100_000),
    rules=(*options.ASSUMPTION_RULES, *options.SIMULATION_RULES, *_AT_EVENT_RULES),
)  # fmt: skip
def simulate(*, quiet: bool, **given: Any) -> "Answer":
    """Power and size of the log-rank test by simulation, and the critical value at which the level is held."""
    from duonen_stats.design import SimulationScenario
    from duonen_stats.design_report.question_inputs import workers
    from duonen_stats.design_report.simulation_answers import simulation_answer

    with wrong_usage():
        scenario = SimulationScenario(
            assumptions=assumptions_of(given), n_patients=patients_of(given), n_events=given.pop("events"),
            alpha=given.pop("alpha"), sides=int(given.pop("sides")), entry=given.pop("entry"), rho=given.pop("rho"),
            gamma=given.pop("gamma"), assessment_months=given.pop("assessments"),
            n_permutations=given.pop("permutations"),
        )  # fmt: skip
    with (
        workers(given.pop("workers"), given.pop("scheduler")) as executor,
        progress_of(quiet) as step,
        enough_trials("--calibration-trials"),
    ):
        return simulation_answer(
            scenario, executor=executor, folder=given.pop("resume"), progress=trials_told(step), **given
        )


@question(
    "boundaries", "--looks 0.5,0.75,1 --efficacy lan_demets_obrien_fleming",
    *options.PLAN, *(option for option in options.ASSUMPTIONS if option is not options.ALLOCATION),
    options.method_option(),
    click.option("--max-events", type=options.EVENTS, metavar="N",
                 help="Events at the last look; default: those of --looks in events, or those needed."),
    click.option("--patients", type=click.IntRange(1, options.MOST_PATIENTS), metavar="N",
                 help="Total number of patients; default: those needed."),
    rules=(*options.ASSUMPTION_RULES, *options.PLAN_RULES, _CONSTANT),
)  # fmt: skip
def boundaries(**given: Any) -> "Answer":
    """Group-sequential boundaries: Z, nominal p, hazard ratio, events, calendar months, expected events."""
    from duonen_stats.design_report.monitoring_answers import boundaries_answer

    return boundaries_answer(
        plan_of(given), assumptions_of(given), method=given["method"], max_events=max_events_of(given),
        patients=given["patients"],
    )  # fmt: skip


@question(
    "conditional-power", "--look 1 --z 1.2 --hazard-ratio 0.6 --max-events 117",
    *options.PLAN,
    click.option(
        "--look", type=click.IntRange(1, 20), default=1, show_default=True, help="Number of the interim look."
    ),
    click.option(
        "--z", type=options.Z, required=True, help="Log-rank Z at that look; positive favours the experimental arm."
    ),
    click.option("--hazard-ratio", type=options.RATIO, metavar="HR",
                 help="Also with this hazard ratio; needs --max-events, or --looks in events."),
    click.option("--max-events", type=options.EVENTS, metavar="N", help="Events planned for the last look."),
    rules=(
        *options.PLAN_RULES,
        only("max_events", "allocation", when=given("hazard_ratio")),
        needs("hazard_ratio", "max_events", when=When(lambda typed: not looks_in_events(typed.values["looks"]),
                                                      lambda _: "with looks in fractions")),
        agree("look", "looks", test=lambda values: values["look"] < len(values["looks"]),
              words="{look} is an interim look: it comes before the last of {looks}."),
    ),
)  # fmt: skip
def conditional_power(**given: Any) -> "Answer":
    """Probability of success given an interim result: trend, plan, no effect, predictive."""
    from duonen_stats.design_report.monitoring_answers import conditional_power_answer

    return conditional_power_answer(
        plan_of(given), look=given["look"], z=given["z"], max_events=max_events_of(given),
        hazard_ratio=given["hazard_ratio"], allocation_ratio=allocation_of(given["allocation"]),
    )  # fmt: skip


@question(
    "precision", "--patients 92,23 --rates 0.1 --half-width 0.05 --event-rate 0.01",
    click.option(
        "--patients", type=Numbers(click.IntRange(1, options.MOST_PATIENTS)), metavar="N", default=(92, 23),
        show_default="92,23", help="Numbers of patients: the trial, an arm.",
    ),
    click.option(
        "--rates", type=Numbers(options.SHARE), metavar="P", default=(0.05, 0.1, 0.2, 0.3),
        show_default="0.05,0.1,0.2,0.3", help="Rates expected (0–1).",
    ),
    click.option(
        "--method", type=click.Choice(options.INTERVALS), default="wilson", show_default=True, help="Interval."
    ),
    click.option(
        "--confidence", type=options.FRACTION, metavar="P", default=0.95, show_default=True, help="Level (0–1)."
    ),
    click.option("--half-width", type=Real(1e-4, 0.5, open_high=True), metavar="P",
                 help="Patients needed for this half-width (0–0.5)."),
    click.option("--event-rate", type=options.FRACTION, metavar="P",
                 help="Probability of seeing an event this rare (0–1)."),
    rules=(
        agree("half_width", "method", "rates", test=lambda values: values["half_width"] is None
              or values["method"] != "wald" or not {0.0, 1.0} & set(values["rates"]),
              words="{half_width} by {method} wald needs {rates} between 0 and 1: Wald’s interval has no width there."),
        agree("patients", test=lambda values: len(set(values["patients"])) == len(values["patients"]),
              words="{patients} has each number once."),
        agree("rates", test=lambda values: len(set(values["rates"])) == len(values["rates"]),
              words="{rates} has each rate once."),
    ),
)  # fmt: skip
def precision(**given: Any) -> "Answer":
    """How precisely a toxicity rate is known from a number of patients."""
    from duonen_stats.design_report.fixed_answers import precision_answer

    return precision_answer(**given)


@design.command(
    "report", cls=RuledCommand, epilog=example("duonen design report --out design"),
    rules=(
        *options.ASSUMPTION_RULES, *options.SIMULATION_RULES,
        agree("hazard_starts", test=lambda values: len(values["hazard_starts"]) == 1,
              words="The hazards of the design report do not change over time: leave out {hazard_starts}."),
        agree("weibull_shape", test=lambda values: values["weibull_shape"] == 1,
              words="The hazards of the design report do not change over time: leave out {weibull_shape}."),
    ),
)  # fmt: skip
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("design"), show_default=True,
    help="Folder to write; an earlier report there is replaced once the new one is whole.",
)  # fmt: skip
@click.option(
    "--calibration-trials", type=click.IntRange(1, 100_000_000), metavar="N", default=400_000, show_default=True,
    help="Trials without effect that the calibrated critical value is taken from.",
)  # fmt: skip
@options.together(*options.ASSUMPTIONS, options.PATIENTS, *options.simulation_options(40_000))
@common_options
@guarded
def report(*, out: Path, quiet: bool, **given: Any) -> None:
    """Write the design report, HTML and PDF: assumptions, methods, power, events, size, boundaries, precision."""
    from duonen_stats.design_report.planning_report import write_design_report
    from duonen_stats.design_report.question_inputs import workers

    assumptions, patients = assumptions_of(given), patients_of(given)
    with (
        workers(given.pop("workers"), given.pop("scheduler")) as executor,
        progress_of(quiet) as step,
        enough_trials("--calibration-trials"),
    ):
        written = write_design_report(
            out, assumptions=assumptions, patients=patients, trials=given["trials"],
            calibration_trials=given["calibration_trials"], seed=given["seed"], executor=executor,
            folder=given["resume"], progress=trials_told(step),
        )  # fmt: skip
    if not quiet:
        click.echo(written)
