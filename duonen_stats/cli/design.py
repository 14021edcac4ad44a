"""The commands ``duonen design …``; options you omit take the values of DUONEN's published plan."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duonen_stats.cli import design_agreement as agreement
from duonen_stats.cli import design_cut, design_reestimation
from duonen_stats.cli import design_options as options
from duonen_stats.cli.common import example
from duonen_stats.cli.design_frame import SUMMARIES, AnswerOptions, FigureOptions, design, question
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
    wrong_usage,
)
from duonen_stats.cli.options import LanguageOptions, option, out_folder, taking

if TYPE_CHECKING:
    from duonen_stats.design_report.answer import Answer

__all__ = ["design", "design_cut", "design_reestimation"]

_AT_EVENT_RULES = (
    only("total", "followup", when=absent("events")),
    agree("events", "patients", test=lambda values: (values["events"] or 0) <= agreement.patients_of(values),
          words="{events} must be no more than {patients}."),
)  # fmt: skip
_FIXED_RULES = (*agreement.ASSUMPTION_RULES, *agreement.TEST_RULES, *agreement.WEIGHT_RULES)
# The methods that need one hazard ratio cannot be asked about several.
_CONSTANT = agree(
    "hazard_ratio", "method",
    test=lambda values: values["method"] == "lakatos" or len(set(values["hazard_ratio"] or (1,))) == 1,
    words="{hazard_ratio} in intervals needs {method} lakatos.",
)  # fmt: skip
_ARM = click.IntRange(1, 500)
_PATIENTS_WORTH = Real(0, 1000, open_low=True)


def _at_event() -> Any:
    return option(
        "--events",
        type=options.EVENTS,
        metavar="N",
        default=None,
        help="Analyse at this number of events, not at --total.",
    )


@dataclass(frozen=True, kw_only=True)
class PowerOptions(
    options.AssumptionOptions, options.PatientOptions, options.WeightOptions, options.LevelOptions, FigureOptions
):  # fmt: skip
    """What the power takes."""

    events: int | None = _at_event()
    method: Any = options.method_option()
    far_tail: bool = options.far_tail_option()
    null_hazard_ratio: float = options.null_ratio_option()
    target_power: float = option(
        "--target-power", type=options.FRACTION, metavar="P", default=0.9, show_default=True,
        help="Power for which the detectable hazard ratio is given (0–1).",
    )  # fmt: skip


@question(
    "power", "--patients 92 --hazard-ratio 0.5 --method lakatos", PowerOptions,
    rules=(*_FIXED_RULES, *_AT_EVENT_RULES, _CONSTANT),
)  # fmt: skip
def power(taken: PowerOptions) -> "Answer":
    """Power at a number of patients, and the hazard ratio detectable with --target-power."""
    from duonen_stats.design_report.fixed_answers import power_answer

    return power_answer(
        taken.assumptions(), patients=taken.n_patients, events=taken.events, alpha=taken.alpha, sides=taken.n_sides,
        method=taken.method, far_tail=taken.far_tail, null_hazard_ratio=taken.null_hazard_ratio,
        target_power=taken.target_power, rho=taken.rho, gamma=taken.gamma,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SampleSizeOptions(
    options.AssumptionOptions, options.WeightOptions, options.LevelOptions, FigureOptions
):  # fmt: skip
    """What the sample size takes."""

    power: float = options.power_option()
    method: Any = options.method_option()
    far_tail: bool = options.far_tail_option()
    null_hazard_ratio: float = options.null_ratio_option()


@question(
    "sample-size", "--hazard-ratio 0.5 --power 0.9", SampleSizeOptions, rules=(*_FIXED_RULES, _CONSTANT)
)  # fmt: skip
def sample_size(taken: SampleSizeOptions) -> "Answer":
    """Patients needed for a power at the planned time of analysis."""
    from duonen_stats.design_report.fixed_answers import sample_size_answer

    return sample_size_answer(
        taken.assumptions(), target_power=taken.power, alpha=taken.alpha, sides=taken.n_sides, method=taken.method,
        far_tail=taken.far_tail, null_hazard_ratio=taken.null_hazard_ratio, rho=taken.rho, gamma=taken.gamma,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class EventsOptions(
    options.AssumptionOptions, options.PatientOptions, options.WeightOptions, options.LevelOptions, FigureOptions
):  # fmt: skip
    """What the numbers of events take."""

    target: int | None = option(
        "--target", type=options.EVENTS, metavar="N", default=None,
        help="When are that many events expected? Default: those needed.",
    )  # fmt: skip
    at: tuple[float, ...] = option(
        "--at", type=Numbers(Real(0, 1200)), metavar="MONTHS,…", default=(), help="Calendar months: 60,120."
    )
    power: float = options.power_option()
    method: Any = options.method_option(options.METHODS[:3])
    null_hazard_ratio: float = options.null_ratio_option()


@question(
    "events", "--patients 167 --target 117", EventsOptions,
    rules=(*agreement.ASSUMPTION_RULES, *agreement.TEST_RULES),
)  # fmt: skip
def events(taken: EventsOptions) -> "Answer":
    """Events needed for a power; events and log-rank score expected over time; when a number is reached."""
    from duonen_stats.design_report.fixed_answers import events_answer

    return events_answer(
        taken.assumptions(), patients=taken.n_patients, target=taken.target, at=taken.at, alpha=taken.alpha,
        sides=taken.n_sides, target_power=taken.power, method=taken.method, rho=taken.rho, gamma=taken.gamma,
        null_hazard_ratio=taken.null_hazard_ratio,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MethodsOptions(
    options.AssumptionOptions, options.PatientOptions, options.LevelOptions, options.ComputeOptions, FigureOptions
):  # fmt: skip
    """What the comparison of the methods takes."""

    hazard_ratios: tuple[float, ...] = option(
        "--hazard-ratios", type=Numbers(options.RATIO), metavar="HR,…", default=(0.667, 0.5, 0.43),
        show_default="0.667,0.5,0.43", help="Hazard ratios at which power is compared.",
    )  # fmt: skip
    events: int | None = option(
        "--events", type=options.EVENTS, metavar="N", default=None, help="Also compare power at this event."
    )
    power: float = options.power_option()
    trials: int = options.trials_option(
        40_000, "Simulated trials for each hazard ratio; 0: no simulation.", least=0
    )


@question(
    "methods", "--hazard-ratios 0.667,0.5,0.43 --trials 40000 --workers 2", MethodsOptions,
    rules=(
        *agreement.ASSUMPTION_RULES, *agreement.TEST_RULES, *agreement.SIMULATION_RULES, agreement.NO_ARM_EMPTY,
        _AT_EVENT_RULES[1],
        only("seed", "workers", "scheduler", "resume", when=positive("trials")),
        agree("hazard_ratio", test=lambda values: len(set(values["hazard_ratio"] or (1,))) == 1,
              words="The methods are compared at one {hazard_ratio} throughout; see duonen design power."),
        agree("hazard_ratios", test=lambda values: len(set(values["hazard_ratios"])) == len(values["hazard_ratios"]),
              words="{hazard_ratios} has each ratio once."),
    ),
)  # fmt: skip
def methods(taken: MethodsOptions) -> "Answer":
    """All methods side by side with simulation, and what of the published numbers they reproduce."""
    from duonen_stats.design_report.simulation_answers import methods_answer

    assumptions = taken.assumptions()
    with taken.computing() as (executor, progress):
        return methods_answer(
            assumptions, patients=taken.n_patients, hazard_ratios=taken.hazard_ratios, events=taken.events,
            alpha=taken.alpha, sides=taken.n_sides, target_power=taken.power, trials=taken.trials, seed=taken.seed,
            executor=executor, folder=taken.resume, progress=progress,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SimulatedTestOptions(
    options.AssumptionOptions, options.PatientOptions, options.LevelOptions, options.WeightOptions,
    options.ComputeOptions, FigureOptions,
):  # fmt: skip
    """What the simulation of the log-rank test takes."""

    events: int | None = _at_event()
    entry: Any = option(
        "--entry", type=click.Choice(["random", "even", "poisson"]), default="random", show_default=True,
        help="How patients enter over the accrual.",
    )  # fmt: skip
    assessments: float | None = option(
        "--assessments", type=options.SOME_MONTHS, metavar="MONTHS", default=None,
        help="Months between visits at which events are detected.",
    )  # fmt: skip
    permutations: int = option(
        "--permutations", type=click.IntRange(0, 1_000_000), metavar="N", default=0, show_default=True,
        help="Also test each trial by that many permutations of the arms; 999 is usual.",
    )  # fmt: skip
    trials: int = options.trials_option(100_000, "Simulated trials for the power, and as many for the size.")
    calibration_trials: int = options.calibration_option()


@question(
    "simulate", "--trials 100000 --workers 2 --resume parts", SimulatedTestOptions,
    rules=(*agreement.ASSUMPTION_RULES, *agreement.SIMULATION_RULES, agreement.NO_ARM_EMPTY, *_AT_EVENT_RULES),
)  # fmt: skip
def simulate(taken: SimulatedTestOptions) -> "Answer":
    """Power and size of the log-rank test by simulation, and the critical value at which the level is held."""
    from duonen_stats.design import SimulationScenario
    from duonen_stats.design_report.simulation_answers import simulation_answer

    with wrong_usage():
        scenario = SimulationScenario(
            assumptions=taken.assumptions(), n_patients=taken.n_patients, n_events=taken.events, alpha=taken.alpha,
            sides=taken.n_sides, entry=taken.entry, rho=taken.rho, gamma=taken.gamma,
            assessment_months=taken.assessments, n_permutations=taken.permutations,
        )  # fmt: skip
    with taken.computing() as (executor, progress), enough_trials("--calibration-trials"):
        return simulation_answer(
            scenario, trials=taken.trials, calibration_trials=taken.calibration_trials, seed=taken.seed,
            executor=executor, folder=taken.resume, progress=progress,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BoundariesOptions(options.GroupSequentialOptions, options.AssumptionOptions, FigureOptions):
    """What the boundaries take."""

    method: Any = options.method_option()
    max_events: int | None = options.max_events_option(
        "Events at the last look; default: those of --looks in events, or those needed."
    )
    patients: int | None = option(
        "--patients", type=click.IntRange(2, options.MOST_PATIENTS), metavar="N", default=None,
        help="Total number of patients; default: those needed.",
    )  # fmt: skip


@question(
    "boundaries", "--looks 0.5,0.75,1 --efficacy lan_demets_obrien_fleming", BoundariesOptions,
    rules=(*agreement.ASSUMPTION_RULES, *agreement.PLAN_RULES, _CONSTANT),
)  # fmt: skip
def boundaries(taken: BoundariesOptions) -> "Answer":
    """Group-sequential boundaries: Z, nominal p, hazard ratio, events, calendar months, expected events."""
    from duonen_stats.design_report.monitoring_answers import boundaries_answer

    return boundaries_answer(
        taken.plan_of_looks(), taken.assumptions(), method=taken.method, patients=taken.patients,
        max_events=taken.events_of_last_look(taken.max_events),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ConditionalPowerOptions(options.GroupSequentialOptions, FigureOptions):
    """What the conditional power takes."""

    look: int = option(
        "--look", type=click.IntRange(1, 20), default=1, show_default=True, help="Number of the interim look."
    )
    z: float = option(
        "--z",
        type=options.Z,
        required=True,
        help="Log-rank Z at that look; positive favours the experimental arm.",
    )
    hazard_ratio: float | None = option(
        "--hazard-ratio", type=options.RATIO, metavar="HR", default=None,
        help="Also with this hazard ratio; needs --max-events, or --looks in events.",
    )  # fmt: skip
    max_events: int | None = options.max_events_option("Events planned for the last look.")
    allocation: float | None = options.allocation_option()


@question(
    "conditional-power", "--look 1 --z 1.2 --hazard-ratio 0.6 --max-events 117", ConditionalPowerOptions,
    rules=(
        *agreement.PLAN_RULES,
        only("max_events", "allocation", when=given("hazard_ratio")),
        needs("hazard_ratio", "max_events", when=When(lambda typed: not looks_in_events(typed.values["looks"]),
                                                      lambda _: "with looks in fractions")),
        agree("look", "looks", test=lambda values: values["look"] < len(values["looks"]),
              words="{look} is an interim look: it comes before the last of {looks}."),
    ),
)  # fmt: skip
def conditional_power(taken: ConditionalPowerOptions) -> "Answer":
    """Probability of success given an interim result: trend, plan, no effect, predictive."""
    from duonen_stats.design_report.monitoring_answers import conditional_power_answer
    from duonen_stats.design_report.question_inputs import assumptions_from

    return conditional_power_answer(
        taken.plan_of_looks(), look=taken.look, z=taken.z, max_events=taken.events_of_last_look(taken.max_events),
        hazard_ratio=taken.hazard_ratio,
        allocation_ratio=assumptions_from(allocation=taken.allocation).allocation_ratio,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PrecisionOptions(FigureOptions):
    """What the precision of a rate takes."""

    patients: tuple[int, ...] = option(
        "--patients", type=Numbers(click.IntRange(1, options.MOST_PATIENTS)), metavar="N,…", default=(92, 23),
        show_default="92,23", help="Numbers of patients: the trial, an arm.",
    )  # fmt: skip
    rates: tuple[float, ...] = option(
        "--rates", type=Numbers(options.SHARE), metavar="P,…", default=(0.05, 0.1, 0.2, 0.3),
        show_default="0.05,0.1,0.2,0.3", help="Rates expected (0–1).",
    )  # fmt: skip
    method: Any = option(
        "--method",
        type=click.Choice(options.INTERVALS),
        default="wilson",
        show_default=True,
        help="Interval.",
    )
    confidence: float = option(
        "--confidence",
        type=options.FRACTION,
        metavar="P",
        default=0.95,
        show_default=True,
        help="Level (0–1).",
    )
    half_width: float | None = option(
        "--half-width", type=Real(1e-4, 0.5, open_high=True), metavar="P", default=None,
        help="Patients needed for this half-width (0–0.5).",
    )  # fmt: skip
    event_rate: float | None = option(
        "--event-rate", type=options.FRACTION, metavar="P", default=None,
        help="Probability of seeing an event this rare (0–1).",
    )  # fmt: skip


@question(
    "precision", "--patients 92,23 --rates 0.1 --half-width 0.05 --event-rate 0.01", PrecisionOptions,
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
def precision(taken: PrecisionOptions) -> "Answer":
    """How precisely a toxicity rate is known from a number of patients."""
    from duonen_stats.design_report.fixed_answers import precision_answer

    return precision_answer(
        patients=taken.patients, rates=taken.rates, method=taken.method, confidence=taken.confidence,
        half_width=taken.half_width, event_rate=taken.event_rate,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ToxicityOptions(options.ComputeOptions, AnswerOptions):
    """What the simulation of a rule on severe events takes; what is omitted is that of the shipped plans."""

    rates: tuple[float, ...] = option(
        "--rates", type=Numbers(options.SHARE, increasing=True), metavar="P,…", default=(0.1, 0.2, 0.3, 0.4, 0.5),
        show_default="0.1,0.2,0.3,0.4,0.5", help="True shares of patients with a severe event (0–1).",
    )  # fmt: skip
    bound: float = option(
        "--bound", type=options.FRACTION, metavar="P", default=0.3, show_default=True,
        help="Share that is not to be exceeded (0–1).",
    )  # fmt: skip
    threshold: float = option(
        "--threshold", type=options.FRACTION, metavar="P", default=0.9, show_default=True,
        help="Probability of exceeding it at which the rule signals (0–1).",
    )  # fmt: skip
    prior: tuple[float, float] = option(
        "--prior", type=(_PATIENTS_WORTH, _PATIENTS_WORTH), metavar="EVENTS OTHERS", default=(0.5, 0.5),
        show_default="0.5 0.5", help="Patients with and without an event that the beta prior is worth.",
    )  # fmt: skip
    first: int = option(
        "--first", type=_ARM, metavar="N", default=3, show_default=True, help="Patients from which on the rule looks."
    )  # fmt: skip
    every: int = option(
        "--every", type=_ARM, metavar="N", default=1, show_default=True,
        help="The rule looks after every N-th patient, just before the next enters, and when all are followed.",
    )  # fmt: skip
    patients: int = option(
        "--patients", type=_ARM, metavar="N", default=23, show_default=True, help="Patients of the arm."
    )
    per_month: float = option(
        "--per-month", type=Real(0.001, 1000), metavar="N", default=0.4, show_default=True,
        help="Patients that enter the arm in a month; the plan’s 92 in 60 months are 0.38 in each of four arms.",
    )  # fmt: skip
    window: float = option(
        "--window", type=options.MONTHS, metavar="MONTHS", default=6.0, show_default=True,
        help="Severe events come evenly over this time after entry; 0: known at entry.",
    )  # fmt: skip
    trials: int = options.trials_option(20_000, "Simulated trials for each rate.")


@question(
    "toxicity", "--window 6 --every 5 --trials 100000 --workers 2", ToxicityOptions,
    rules=(
        *agreement.SIMULATION_RULES,
        agree("first", "patients", test=lambda values: values["first"] <= values["patients"],
              words="{first} must be no more than {patients}: the rule would never look."),
        agree("every", "patients", test=lambda values: values["every"] <= values["patients"],
              words="{every} must be no more than {patients}."),
    ),
)  # fmt: skip
def toxicity(taken: ToxicityOptions) -> "Answer":
    """How often a rule on severe events signals in an arm, and how many patients are treated until then, by simulation.

    The rule is that of the report: it signals where the probability that the rate exceeds --bound, with a beta prior,
    is at least --threshold. A severe event is a treatment-emergent adverse event of grade 3 or higher. Patients enter
    at random (Poisson: exponential gaps). A look is just before the next patient enters, with the events known by then.
    Events come later than entry, so that the rule signals later than its exact characteristics, shown next to it, say.
    """
    from duonen_stats.design import ToxicityScenario, simulate_toxicity_rule
    from duonen_stats.design_report.monitoring_answers import toxicity_answer

    arms = [
        ToxicityScenario(
            rate=rate, n_patients=taken.patients, per_month=taken.per_month, window_months=taken.window,
            every=taken.every, bound=taken.bound, threshold=taken.threshold, prior_events=taken.prior[0],
            prior_others=taken.prior[1], first=taken.first,
        )
        for rate in taken.rates
    ]  # fmt: skip
    with taken.computing() as (executor, progress):
        found = simulate_toxicity_rule(
            arms,
            n_trials=taken.trials,
            seed=taken.seed,
            executor=executor,
            folder=taken.resume,
            progress=progress,
        )
    return toxicity_answer(found)


@dataclass(frozen=True, kw_only=True)
class DesignReportOptions(
    options.AssumptionOptions, options.PatientOptions, options.ComputeOptions, LanguageOptions
):
    """What the design report takes."""

    out: Path = out_folder(
        "Folder to write; an earlier report there is replaced once the new one is whole.", "design"
    )
    trials: int = options.trials_option(40_000)
    calibration_trials: int = options.calibration_option()


@design.command(
    "report", cls=RuledCommand, short_help=SUMMARIES["report"], epilog=example("duonen design report --out design"),
    rules=(
        *agreement.ASSUMPTION_RULES, *agreement.SIMULATION_RULES, agreement.NO_ARM_EMPTY,
        agree("hazard_starts", test=lambda values: len(values["hazard_starts"]) == 1,
              words="The hazards of the design report do not change over time: leave out {hazard_starts}."),
        agree("weibull_shape", test=lambda values: values["weibull_shape"] == 1,
              words="The hazards of the design report do not change over time: leave out {weibull_shape}."),
    ),
)  # fmt: skip
@taking(DesignReportOptions)
def report(taken: DesignReportOptions) -> None:
    """Write the design report, HTML and PDF: assumptions, methods, power, events, size, boundaries, precision."""
    from duonen_stats.design_report.planning_report import write_design_report

    assumptions = taken.assumptions()
    with taken.computing() as (executor, progress), enough_trials("--calibration-trials"):
        written = write_design_report(
            taken.out, assumptions=assumptions, patients=taken.n_patients, trials=taken.trials,
            calibration_trials=taken.calibration_trials, seed=taken.seed, executor=executor, folder=taken.resume,
            progress=progress, language=taken.language,
        )  # fmt: skip
    if not taken.quiet:
        click.echo(written)
