"""``duonen design reestimate`` and ``characteristics``: what a look at a trial changes, and what that does."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from duonen_stats.cli import design_agreement as agreement
from duonen_stats.cli import design_options as options
from duonen_stats.cli.design_cut import (
    data_cut,
    marked_answer,
    refuse_numbers,
    refuse_too_early,
    refuse_too_few,
)
from duonen_stats.cli.design_frame import FigureOptions, question
from duonen_stats.cli.design_rules import (
    Typed,
    When,
    absent,
    agree,
    chosen,
    enough_trials,
    given,
    looks_in_events,
    needs,
    one_of,
    only,
    wrong_usage,
)
from duonen_stats.cli.options import option
from duonen_stats.errors import DuonenError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from duonen_stats.design import (
        GroupSequentialDesign,
        Progress,
        ReestimationRule,
        RuleCalibration,
        SurvivalAssumptions,
    )
    from duonen_stats.design_report.answer import Answer

_EXTENDED = 1.5
"""The default cap on events: half as many again as planned."""
_BLINDED_CALIBRATION, _UNBLINDED_CALIBRATION = 100_000, 400_000


@dataclass(frozen=True, kw_only=True)
class RuleOptions(options.MonitoringOptions, options.LevelOptions):
    """A re-estimation rule of the events, and its plan of looks."""

    planned_events: int | None = option(
        "--planned-events", type=options.EVENTS, metavar="N", default=None,
        help="Unblinded: events of the plan; default: those of --looks in events, or those expected at the planned "
        "analysis.",
    )  # fmt: skip
    max_events: int | None = options.max_events_option(
        "Unblinded: cap on the events; default: half as many again as planned."
    )
    zone: tuple[float, float] = option(
        "--zone", type=(options.SHARE, options.SHARE), metavar="LOW HIGH", default=(0.3, 0.9), show_default=True,
        help="Unblinded: promising zone, conditional power with the planned events (0–1).",
    )  # fmt: skip
    conditional_power: float = option(
        "--conditional-power", type=options.FRACTION, metavar="P", default=0.9, show_default=True,
        help="Unblinded: conditional power that the decided events are to have (0–1).",
    )  # fmt: skip
    test: Any = option(
        "--test", type=click.Choice(["weighted", "unweighted"]), default="weighted", show_default=True,
        help="Unblinded: final test with the weights of the plan, or the usual one, for which events are raised only "
        "where it stays valid.",
    )  # fmt: skip
    effect: str = option(
        "--effect", type=click.Choice(["seen", "planned"]), default="seen", show_default=True,
        help="Unblinded: effect with which conditional power is computed.",
    )  # fmt: skip
    power: float = options.power_option(
        "Blinded: power to reach. Unblinded: power of the plan, for --futility by a spending function (0–1)."
    )

    def rule(
        self, assumptions: "SurvivalAssumptions", patients: int, *, seen: int | None = None
    ) -> "ReestimationRule":
        """Make the rule.

        Parameters
        ----------
        assumptions, patients
            The plan.
        seen
            Events seen at the look; None: those planned for it, a whole number of them.
        """
        from duonen_stats.design import ReestimationRule, expected_events

        planned = self.planned_events
        if planned is None:
            planned = int(
                self.looks[-1]
                if looks_in_events(self.looks)
                else expected_events(assumptions, patients).total
            )
        if planned < 1:
            raise click.UsageError(
                "No event is expected at the planned analysis: state the events of the plan by --planned-events."
            )
        if seen is not None and seen >= planned:
            raise click.UsageError(
                f"--events {seen}: those seen at the look are fewer than the {planned} planned (--planned-events)."
            )
        if self.max_events is not None and self.max_events < planned:
            raise click.UsageError(
                f"--max-events {self.max_events} lies below the {planned} planned (--planned-events)."
            )
        plan = self.monitoring(self.alpha / self.n_sides, 1, self.power)
        taken = _look_events(plan, planned) if seen is None else seen
        if taken >= planned:
            raise click.UsageError(f"--planned-events {planned} leave no event after the look of --looks.")
        if self.test == "unweighted":
            plan = self._at_the_look(plan, taken, planned)
        planned_effect = self.effect == "planned"
        with wrong_usage(
            *(["--effect", "--hazard-ratio"] if planned_effect else ["--planned-events", "--looks"])
        ):
            return ReestimationRule(
                design=plan, planned_events=planned, seen_events=taken, test=self.test, zone=self.zone,
                max_events=int(_EXTENDED * planned) if self.max_events is None else self.max_events,
                allocation_ratio=assumptions.allocation_ratio, target_power=self.conditional_power,
                hazard_ratio=assumptions.constant_hazard_ratio if planned_effect else None,
            )  # fmt: skip

    def _at_the_look(
        self, plan: "GroupSequentialDesign", taken: int, planned: int
    ) -> "GroupSequentialDesign":
        """Give the usual test the critical values of the looks that are really taken."""
        from duonen_stats.design import respent_design
        from duonen_stats.design.monitoring.boundaries import SHAPED_RULES

        off = abs(taken - plan.information[-2] * planned)
        # A planned look is rounded to a whole number of events, which a plan without a spending function may keep.
        if off < 1e-9 or (off < 1 and self.efficacy in SHAPED_RULES):  # noqa: PLR2004
            return plan
        try:
            return respent_design(plan, [taken, planned], planned=planned)
        except DuonenError as fault:
            raise click.UsageError(
                f"--efficacy {self.efficacy} with --test unweighted and a look at {taken} events: {fault}"
            ) from fault


def _look_events(plan: "GroupSequentialDesign", planned: int) -> int:
    """Events of the planned look, a whole number: those that the look waits for."""
    from duonen_stats.design.trial.rounding import round_up

    return round_up(planned * plan.information[-2])


_SPENT = chosen("futility", *options.SPENDING, "stated_spending")
_SIMULATED = When(
    lambda typed: typed.values.get("trials") != 0, lambda typed: f"with {typed.option('trials')} above 0"
)
_RULE_RULES = (
    *(
        rule
        for rule in agreement.PLAN_RULES
        if rule not in (agreement.MAX_EVENTS_RULE, agreement.FUTILITY_RULE)
    ),
    agree("planned_events", "looks", test=lambda values: values["planned_events"] is None
          or values["looks"][-1] in (1, values["planned_events"]),
          words="{looks} in events ends at the events planned: leave out {planned_events}."),
    agree("zone", test=lambda values: values["zone"][0] < values["zone"][1],
          words="The limits of {zone} must increase."),
    agree("looks", test=lambda values: len(values["looks"]) == 2,  # noqa: PLR2004
          words="Events are re-estimated in a plan with two looks: {looks} must have two."),
)  # fmt: skip
_CAP_RULE = agree(
    "max_patients", "patients", words="{max_patients} must be no less than {patients}.",
    test=lambda values: values["max_patients"] is None or values["max_patients"] >= agreement.patients_of(values),
)  # fmt: skip
_UNBLINDED_NAMES = (
    "planned_events", "max_events", "looks", "efficacy", "efficacy_parameter", "futility", "futility_parameter",
    "binding", "zone", "conditional_power", "test", "effect", "final_z", "final_events", "control_hazard", "accrual",
)  # fmt: skip


def _one_number_of_trials(typed: Typed) -> str | None:
    both = typed.both(("trials", "calibration_trials"))
    if len(both) < 2 or typed.values["z"] is None:  # noqa: PLR2004
        return None
    first, second = (typed.option(name) for name in both)
    return f"{first} and {second} state the same thing with {typed.option('z')}: give one of them."


@dataclass(frozen=True, kw_only=True)
class ReestimateOptions(options.SeenOptions, RuleOptions, options.ComputeOptions, FigureOptions):
    """What re-estimation takes."""

    patients: int | None = options.patients_option()
    hazard_ratio: tuple[float, ...] | None = options.hazard_ratio_option()
    allocation: float | None = options.allocation_option()
    total: float | None = options.total_option()
    followup: float | None = options.followup_option()
    method: Any = options.method_option(
        (*options.METHODS, "simulation", "simulation_calibrated"), "simulation"
    )
    target_events: int | None = option(
        "--target-events", type=options.EVENTS, metavar="N", default=None,
        help="Blinded: aim at that many events, not at a power.",
    )  # fmt: skip
    max_patients: int | None = option(
        "--max-patients", type=click.IntRange(1, options.MOST_PATIENTS), metavar="N", default=None,
        help="Blinded: cap on patients. With --z: most patients when events are raised, behind the level and the "
        "calibrated values; default: none are added.",
    )  # fmt: skip
    trials: int | None = option(
        "--trials", type=click.IntRange(0, options.MOST_TRIALS), metavar="N", default=None, show_default="40000",
        help="Blinded: simulated trials behind each power. With --z: the same as --calibration-trials. 0: no "
        "simulation.",
    )  # fmt: skip
    calibration_trials: int | None = option(
        "--calibration-trials", type=click.IntRange(100, options.MOST_TRIALS), metavar="N", default=None,
        show_default="100000, with --z 400000",
        help="Trials without an effect behind each calibrated critical value, and with --z behind the level.",
    )  # fmt: skip
    z: float | None = option(
        "--z", type=options.Z, default=None,
        help="Unblinded: log-rank Z at the interim look; positive favours the experimental arm.",
    )  # fmt: skip
    final_z: float | None = option(
        "--final-z", type=options.Z, default=None, help="Unblinded, at the end: log-rank Z of all data."
    )
    final_events: int | None = option(
        "--final-events", type=options.EVENTS, metavar="N", default=None,
        help="Unblinded, at the end: total events.",
    )  # fmt: skip
    control_hazard: tuple[float, ...] | None = options.control_hazard_option()
    accrual: float | None = options.accrual_option()

    def assumptions(self) -> "SurvivalAssumptions":
        """Make the planning assumptions."""
        from duonen_stats.design_report.question_inputs import assumptions_from

        with wrong_usage():
            return assumptions_from(
                control_hazard=self.control_hazard, accrual=self.accrual, hazard_ratio=self.hazard_ratio,
                allocation=self.allocation, total=self.total, followup=self.followup,
            )  # fmt: skip

    @property
    def power_trials(self) -> int:
        """Blinded: trials behind each power."""
        return 40_000 if self.trials is None else self.trials

    @property
    def null_trials(self) -> int:
        """Unblinded: trials without an effect behind level and critical values; 0: none."""
        stated = self.trials if self.calibration_trials is None else self.calibration_trials
        return _UNBLINDED_CALIBRATION if stated is None else stated


@question(
    "reestimate", "my_cut --max-patients 168", ReestimateOptions,
    rules=(
        # First, for else a rule about the seen numbers would ask to leave out what --z needs.
        only("data", "lag", "entered_so_far", "mapping", "cut_date", "plan_file", "settings", "accrual_window",
             "followup", "method", "target_events", when=absent("z")),
        *agreement.SEEN_RULES, agreement.ONE_RATIO, agreement.ONE_HAZARD, one_of("total", "followup"),
        *agreement.SIMULATION_RULES,
        only(*_UNBLINDED_NAMES, when=given("z")),
        only("power", when=absent("z") | _SPENT),
        only("max_patients", when=absent("z") | _SIMULATED),
        _CAP_RULE,
        needs("events", "entered", "cut_month", when=absent("z")),
        only("control_hazard", "accrual", when=absent("entered")),
        one_of("power", "target_events"), one_of("method", "target_events"),
        only("alpha", "sides", when=given("z") | _SIMULATED | absent("target_events")),
        needs("final_z", "final_events"), needs("final_events", "final_z"),
        # The seed also draws the rates behind the limits of a blinded answer.
        only("seed", when=absent("z") | _SIMULATED),
        only("workers", "scheduler", "resume", "calibration_trials", when=_SIMULATED),
        _one_number_of_trials,
        agree("method", "trials", test=lambda values: values["trials"] != 0
              or not str(values["method"]).startswith("simulation") or values["z"] is not None
              or values["target_events"] is not None,
              words="{method} simulation needs {trials} above 0."),
        *_RULE_RULES,
    ),
)  # fmt: skip
def reestimate(taken: ReestimateOptions) -> "Answer":
    """Re-estimate patients (blinded, from the pooled cut) or events (unblinded, with --z).

    Blinded: the hazards, dropout and accrual are re-estimated with the arms together; no arm is read. DATA is a
    folder with a data cut; if omitted, the simulated cohort is used. Or give its numbers by --entered, --events and
    --cut-month: patients are then taken to have entered evenly.

    Unblinded: the promising zone, tested one-sided at --alpha divided by --sides. --events are those seen at the look;
    with --entered and --cut-month too, the pooled data say when the decided events come, else the plan does. The level
    is simulated, and critical values that hold it; --trials 0 leaves that out.
    """
    assumptions, patients = taken.assumptions(), options.planned_patients(taken.patients)
    refuse_numbers(taken, patients)
    return (
        _blinded(taken, assumptions, patients)
        if taken.z is None
        else _unblinded(taken, assumptions, patients)
    )


def _blinded(taken: ReestimateOptions, assumptions: "SurvivalAssumptions", patients: int) -> "Answer":
    from duonen_stats.design_report.reestimation_answers import reestimate_blinded_answer

    method = "lakatos" if taken.target_events is not None else taken.method
    blinded, cut = data_cut(taken, patients)
    refuse_too_few(blinded, patients)
    refuse_too_early(blinded, assumptions.total_months)
    calibration = _BLINDED_CALIBRATION if taken.calibration_trials is None else taken.calibration_trials
    with taken.computing() as (executor, progress), enough_trials("--calibration-trials"):
        answer = reestimate_blinded_answer(
            blinded, hazard_ratio=assumptions.constant_hazard_ratio, planned_patients=patients,
            allocation_ratio=assumptions.allocation_ratio, end_months=assumptions.total_months,
            followup_months=taken.followup, alpha=taken.alpha, sides=taken.n_sides, power=taken.power, method=method,
            target_events=taken.target_events, max_patients=taken.max_patients,
            accrual_window_months=taken.accrual_window, n_trials=taken.power_trials, calibration_trials=calibration,
            seed=taken.seed, executor=executor, folder=taken.resume, progress=progress,
        )  # fmt: skip
    return marked_answer(answer, cut)


def _unblinded(taken: ReestimateOptions, assumptions: "SurvivalAssumptions", patients: int) -> "Answer":
    from duonen_stats.design_report.reestimation_answers import reestimate_unblinded_answer

    z = float(taken.z or 0.0)
    rule = taken.rule(assumptions, patients, seen=taken.events)
    _refuse_after_the_end(taken, rule, z)
    cut = data_cut(taken, patients)[0] if taken.entered is not None else None
    if cut is not None:
        refuse_too_early(cut, assumptions.analysis_months)
    calibration = None
    if taken.null_trials:
        require_room(rule, assumptions, patients, taken.max_patients)
        named = "--trials" if taken.calibration_trials is None else "--calibration-trials"
        with taken.computing() as (executor, progress), enough_trials(named):
            calibration = _calibration(rule, assumptions, patients, taken, executor, progress)
    if taken.final_z is not None and (calibration is None or z >= calibration.critical_z[0]):
        _refuse_a_last_stage(rule, z)
    return reestimate_unblinded_answer(
        rule, z=z, assumptions=assumptions, patients=patients, cut=cut, final_z=taken.final_z,
        final_events=taken.final_events, calibration=calibration, opened=taken.opening,
        seen_stated=taken.events is not None,
    )  # fmt: skip


def _refuse_after_the_end(taken: ReestimateOptions, rule: "ReestimationRule", z: float) -> None:
    """Refuse what has no place in a trial that ends at the look, and a final test that is none, before simulating."""
    from duonen_stats.design import reestimate_events
    from duonen_stats.design.reestimation.decided_events import require_valid_end

    if reestimate_events(rule, z).events_decided is None:
        for typed, value in (("--opened", taken.opened), ("--entered", taken.entered)):
            if value is not None:
                raise click.UsageError(f"{typed} has no effect: the trial stops at the look, with Z = {z:g}.")
    if taken.final_z is None or taken.final_events is None:
        return
    if not taken.null_trials:
        _refuse_a_last_stage(rule, z)
    looked = rule.interim_events
    if taken.final_events <= looked:
        raise click.UsageError(
            f"--final-events {taken.final_events} must be more than the {looked:g} events of the look (--events)."
        )
    try:
        require_valid_end(rule, [z, taken.final_z], [looked, float(taken.final_events)])
    except DuonenError as fault:
        raise click.UsageError(
            f"--final-events {taken.final_events} with --test {rule.test}: {fault}"
        ) from fault


def _refuse_a_last_stage(rule: "ReestimationRule", z: float) -> None:
    if z >= rule.design.efficacy_z[0]:
        raise click.UsageError(
            f"--final-z has no place: Z = {z:g} at the look already crosses its boundary of "
            f"{rule.design.efficacy_z[0]:.3f}, so that the trial ends there, without a last stage."
        )


def require_room(
    rule: "ReestimationRule", assumptions: "SurvivalAssumptions", patients: int, most: int | None
) -> None:
    """Refuse a plan whose patients cannot have the events of the look, before anything is simulated."""
    from duonen_stats.design.reestimation.reestimation_simulation import rule_scenario

    try:
        rule_scenario(rule, assumptions, patients, most)
    except DuonenError as fault:
        raise click.UsageError(f"--patients {patients}: {fault}") from fault


def _calibration(
    rule: "ReestimationRule",
    assumptions: "SurvivalAssumptions",
    patients: int,
    taken: ReestimateOptions,
    executor: "Executor | None",
    progress: "Progress",
) -> "RuleCalibration":
    """Simulate the level of a rule, with the patients that `characteristics` has: one rule, one set of values."""
    from duonen_stats.design import calibrate_reestimation

    return calibrate_reestimation(
        rule, assumptions, n_patients=patients, max_patients=taken.max_patients, n_trials=taken.null_trials,
        seed=taken.seed, executor=executor, folder=taken.resume, progress=progress,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CharacteristicsOptions(
    options.AssumptionOptions, options.PatientOptions, RuleOptions, options.ComputeOptions, FigureOptions
):  # fmt: skip
    """What the operating characteristics of a rule take."""

    max_patients: int | None = option(
        "--max-patients", type=click.IntRange(1, options.MOST_IN_A_CUT), metavar="N", default=None,
        help="Most patients when events are raised; default: none are added.",
    )  # fmt: skip
    calibration_trials: int = options.calibration_option(_UNBLINDED_CALIBRATION, least=100)
    trials: int = options.trials_option(
        20_000,
        "Simulated trials for the level, and as many for the power, other than those of the calibration.",
    )


@question(
    "characteristics", "--planned-events 64 --max-events 96 --max-patients 140 --trials 100000 --workers 2",
    CharacteristicsOptions,
    rules=(*agreement.ASSUMPTION_RULES, *agreement.SIMULATION_RULES, agreement.NO_ARM_EMPTY, agreement.ONE_RATIO,
           only("power", when=_SPENT),
           *_RULE_RULES, _CAP_RULE),
)  # fmt: skip
def characteristics(taken: CharacteristicsOptions) -> "Answer":
    """Level, power, events, patients and duration of trials that follow a re-estimation rule, by simulation.

    Both with the critical values of the plan and with calibrated ones, which hold the level where unequal arms make the
    log-rank statistic skewed. Events are re-estimated one-sided at --alpha divided by --sides.
    """
    from duonen_stats.design import reestimation_characteristics
    from duonen_stats.design_report.simulation_answers import characteristics_answer

    assumptions, patients = taken.assumptions(), taken.n_patients
    rule = taken.rule(assumptions, patients)
    require_room(rule, assumptions, patients, taken.max_patients)
    with taken.computing() as (executor, progress), enough_trials("--calibration-trials"):
        found = reestimation_characteristics(
            rule, assumptions, n_patients=patients, max_patients=taken.max_patients, n_trials=taken.trials,
            calibration_trials=taken.calibration_trials, seed=taken.seed, executor=executor, folder=taken.resume,
            progress=progress,
        )  # fmt: skip
    return characteristics_answer(rule, assumptions, found)
