"""The commands of ``duonen design`` about a trial under way: projection, re-estimation, what a rule does."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duonen_stats.cli import design_options as options
from duonen_stats.cli.design_frame import (
    assumptions_of,
    parameter_of,
    patients_of,
    progress_of,
    question,
    trials_told,
    wrong_usage,
)
from duonen_stats.cli.design_rules import (
    Numbers,
    Real,
    absent,
    agree,
    enough_trials,
    given,
    looks_in_events,
    needs,
    one_of,
    only,
    positive,
)
from duonen_stats.cli.plan_options import chosen_plan, plan_options

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from duonen_stats.design import (
        BlindedCut,
        Progress,
        ReestimationRule,
        RuleCalibration,
        SurvivalAssumptions,
    )
    from duonen_stats.design_report.answer import Answer
    from duonen_stats.raw import Cut

_COUNTED = ("entered", "events", "cut_month")
_DATA = click.argument("data", required=False, type=click.Path(exists=True, path_type=Path), default=None)
_MOST_CELLS = 50_000_000
_EXTENDED = 1.5
"""The default cap on events: half as many again as planned."""


@question(
    "project", "my_cut --targets 30,60",
    _DATA, plan_options, *options.SEEN,
    click.option(
        "--patients", type=click.IntRange(1, options.MOST_IN_A_CUT), metavar="N", help="Total number of patients.",
        **options.of_plan("patients"),
    ),
    click.option(
        "--hazard-ratio", type=options.RATIO, metavar="HR", **options.of_plan("hazard_ratio"),
        help="Experimental over control, as planned; below 1 if the experimental arm is better.",
    ),
    click.option(
        "--hazard-ratio-range", type=(options.RATIO, options.RATIO), metavar="LOW HIGH", default=None,
        help="95% of the prior of the hazard ratio lies between them; twice the same number: taken as known. Default: "
        "from no effect to twice the planned effect, 0.25 to 1 for 0.5.",
    ),
    options.ALLOCATION,
    click.option(
        "--targets", type=Numbers(click.IntRange(1, options.MOST_IN_A_CUT), increasing=True), metavar="N",
        default=(64,), show_default="64",
        help="Numbers of events, arms together; 64 are expected at the planned analysis.",
    ),
    click.option(
        "--accrual", type=options.Periods(), metavar="MONTH:RATE,…",
        help="Planned accrual: patients per month from that many months after the cut on, as 0:1.5,12:2; default: the "
        "rate of the cut goes on.",
    ),
    click.option(
        "--weibull-shape", type=Real(0.2, 5), metavar="SHAPE", default=1.0, show_default="1",
        help="Shape of Weibull times to the event in both arms: above 1 the hazard rises.",
    ),
    click.option(
        "--max-followup", type=options.SOME_MONTHS, metavar="MONTHS",
        help="Longest follow-up of a patient; default: none.",
    ),
    click.option(
        "--horizon", type=options.SOME_MONTHS, metavar="MONTHS",
        help="Months after the cut that the fan covers; default: until the targets are reached.",
    ),
    click.option(
        "--confidence", type=options.FRACTION, metavar="P", default=0.9, show_default=True,
        help="Level of the prediction (0–1).",
    ),
    click.option(
        "--simulations", type=click.IntRange(1, 100_000), metavar="N", default=2_000, show_default=True,
        help="Simulated courses of the rest of the trial.",
    ),
    click.option("--seed", type=click.IntRange(0), metavar="N", default=1, show_default=True, help="Seed."),
    click.option(
        "--figure", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        help="Also draw the fan, as FILE.svg, FILE.pdf or FILE.png.",
    ),
    rules=(
        *options.SEEN_RULES, needs("events", "entered", "cut_month"),
        agree("simulations", "patients",
              test=lambda values: values["simulations"] * (values["patients"] or 1) <= _MOST_CELLS,
              words="{simulations} and {patients} together would take too long: give fewer."),
        agree("figure", test=lambda values: values["figure"] is None
              or values["figure"].suffix.lower() in {".svg", ".pdf", ".png"},
              words="{figure} must end in .svg, .pdf or .png."),
    ),
)  # fmt: skip
def project(**given: Any) -> "Answer":
    """When numbers of events come, with a prediction interval, from a data cut without arms.

    DATA is a folder with a data cut; if omitted, the simulated cohort is used. No arm, activity or dose is read, and a
    cut without them is enough. Or give its numbers by --entered, --events and --cut-month: patients are then taken to
    have entered evenly, and those without an event to be followed to the cut.

    In a cut of completers, others have entered who are not in it: the table enrolment, or --entered-so-far, says how
    many.
    """
    from duonen_stats.design.reestimation.pooled_rates import prior_limits
    from duonen_stats.design_report.projection_answers import project_answer, write_fan

    stated = None if given["hazard_ratio"] is None else (given["hazard_ratio"],)
    assumptions = assumptions_of({"hazard_ratio": stated, "allocation": given["allocation"]})
    patients, ratio = patients_of({"patients": given["patients"]}), assumptions.constant_hazard_ratio
    limits = given["hazard_ratio_range"] or prior_limits(ratio)
    if given["targets"][-1] > patients:
        raise click.UsageError(
            f"--targets {given['targets'][-1]} is more than the {patients} patients (--patients)."
        )
    if not limits[0] <= ratio <= limits[1]:
        raise click.UsageError(
            f"--hazard-ratio-range must hold the planned hazard ratio, {ratio:g}, and increase."
        )
    blinded, cut = _cut(given)
    _refuse_for_cut(given, blinded, patients)
    answer = _marked(project_answer(
        blinded, targets=given["targets"], planned_patients=patients, hazard_ratio=ratio, hazard_ratio_limits=limits,
        allocation_ratio=assumptions.allocation_ratio, accrual_window=given["accrual_window"], accrual=given["accrual"],
        max_followup=given["max_followup"], shape=given["weibull_shape"], horizon=given["horizon"],
        confidence=given["confidence"], simulations=given["simulations"], seed=given["seed"],
    ), cut)  # fmt: skip
    if given["figure"] is not None:
        write_fan(given["figure"], answer)
    return answer


def _refuse_for_cut(given: dict[str, Any], cut: "BlindedCut", patients: int) -> None:
    """Refuse what only the cut shows to be impossible, or without effect."""
    _refuse_too_few(cut, patients)
    if patients == cut.n_entered:
        for name in ("accrual", "accrual_window"):
            if given[name] is not None:
                typed = f"--{name.replace('_', '-')}"
                raise click.UsageError(
                    f"{typed} has no effect: all {patients} planned patients have entered."
                )
    elif None not in (given["accrual"], given["accrual_window"]) and not cut.unknown_entry_months:
        raise click.UsageError("--accrual-window has no effect where the accrual is planned by --accrual.")


def _refuse_too_few(cut: "BlindedCut", patients: int) -> None:
    if patients < cut.n_entered:
        raise click.UsageError(f"--patients {patients}: {cut.n_entered} have entered already.")


def _refuse_too_early(cut: "BlindedCut", month: float | None) -> None:
    if month is not None and month < cut.cut_months:
        raise click.UsageError(
            f"--total {month:g}: the analysis must not come before the cut at month {cut.cut_months:.1f}."
        )


_RULE: tuple[options.Option, ...] = (
    click.option(
        "--planned-events", type=options.EVENTS, metavar="N",
        help="Unblinded: events of the plan; default: those of --looks in events, or those expected at the planned "
        "analysis.",
    ),
    click.option(
        "--max-events", type=options.EVENTS, metavar="N",
        help="Unblinded: cap on the events; default: half as many again as planned.",
    ),
    options.LOOKS, options.EFFICACY_RULE, options.EFFICACY_PARAMETER,
    click.option(
        "--zone", type=(options.SHARE, options.SHARE), metavar="LOW HIGH", default=(0.3, 0.9), show_default=True,
        help="Unblinded: promising zone, conditional power with the planned events (0–1).",
    ),
    click.option(
        "--test", type=click.Choice(["weighted", "unweighted"]), default="weighted", show_default=True,
        help="Unblinded: final test with the weights of the plan, or the usual one, for which events are raised only "
        "where it stays valid.",
    ),
    click.option(
        "--effect", type=click.Choice(["seen", "planned"]), default="seen", show_default=True,
        help="Unblinded: effect with which conditional power is computed.",
    ),
)  # fmt: skip
_UNBLINDED_NAMES = (
    "planned_events", "max_events", "looks", "efficacy", "efficacy_parameter", "zone", "test", "effect", "final_z",
    "final_events", "control_hazard", "accrual",
)  # fmt: skip
_RULE_RULES = (
    *(rule for rule in options.PLAN_RULES if rule is not options.MAX_EVENTS_RULE),
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
    test=lambda values: values["max_patients"] is None or values["max_patients"] >= options.patients_of(values),
)  # fmt: skip
_PLANNED_HAZARD = tuple(
    option for option in options.ASSUMPTIONS if option in (options.CONTROL_HAZARD, options.ACCRUAL)
)


@question(
    "reestimate", "my_cut --max-patients 168",
    _DATA, plan_options, *options.SEEN, options.PATIENTS, options.HAZARD_RATIO, options.ALLOCATION,
    options.TOTAL, options.FOLLOWUP,
    *options.level_options(), options.power_option(),
    options.method_option((*options.METHODS, "simulation", "simulation_calibrated"), "simulation"),
    click.option(
        "--target-events", type=options.EVENTS, metavar="N", help="Blinded: aim at that many events, not at a power."
    ),
    click.option("--max-patients", type=click.IntRange(1, options.MOST_PATIENTS), metavar="N",
                 help="Blinded: cap on patients. With --z: most patients when events are raised, behind the level and "
                      "the calibrated values; default: none are added."),
    click.option(
        "--calibration-trials", type=click.IntRange(100, 100_000_000), metavar="N", default=100_000, show_default=True,
        help="Blinded: trials without effect behind each calibrated critical value.",
    ),
    click.option(
        "--z", type=options.Z, help="Unblinded: log-rank Z at the interim look; positive favours the experimental arm."
    ),
    *_RULE,
    click.option("--final-z", type=options.Z, help="Unblinded, at the end: log-rank Z of all data."),
    click.option("--final-events", type=options.EVENTS, metavar="N", help="Unblinded, at the end: total events."),
    *_PLANNED_HAZARD,
    *options.simulation_options(40_000, least=0),
    rules=(
        # First, for else a rule about the seen numbers would ask to leave out what --z needs.
        only("data", "lag", "entered_so_far", "mapping", "cut", "plan_file", "settings", "accrual_window", "followup",
             "method", "target_events", "calibration_trials", when=absent("z")),
        *options.SEEN_RULES, options.ONE_RATIO, one_of("total", "followup"), *options.SIMULATION_RULES,
        only(*_UNBLINDED_NAMES, when=given("z")),
        only("max_patients", when=absent("z") | positive("trials")),
        _CAP_RULE,
        needs("events", "entered", "cut_month", when=absent("z")),
        only("control_hazard", "accrual", when=absent("entered")),
        one_of("power", "target_events"), one_of("method", "target_events"),
        only("alpha", "sides", when=given("z") | positive("trials") | absent("target_events")),
        needs("final_z", "final_events"), needs("final_events", "final_z"),
        only("seed", "workers", "scheduler", "resume", "calibration_trials", when=positive("trials")),
        agree("method", "trials", test=lambda values: values["trials"] > 0
              or not str(values["method"]).startswith("simulation") or values["z"] is not None
              or values["target_events"] is not None,
              words="{method} simulation needs {trials} above 0."),
        *_RULE_RULES,
    ),
)  # fmt: skip
def reestimate(*, quiet: bool, **given: Any) -> "Answer":
    """Re-estimate patients (blinded, from the pooled cut) or events (unblinded, with --z).

    Blinded: the hazards, dropout and accrual are re-estimated with the arms together; no arm is read. DATA is a
    folder with a data cut; if omitted, the simulated cohort is used. Or give its numbers by --entered, --events and
    --cut-month: patients are then taken to have entered evenly.

    Unblinded: the promising zone, tested one-sided at --alpha divided by --sides. --events are those seen at the look;
    with --entered and --cut-month too, the pooled data say when the decided events come, else the plan does. --power is
    the conditional power aimed at. The level is simulated in --trials trials, and critical values that hold it.
    """
    from duonen_stats.design_report.question_inputs import workers

    assumptions, patients = _planned(given), patients_of(given)
    with (
        workers(given.pop("workers"), given.pop("scheduler")) as executor,
        progress_of(quiet) as step,
    ):
        told = trials_told(step)
        if given["z"] is not None:
            return _unblinded(given, assumptions, patients, executor, told)
        return _blinded(given, assumptions, patients, executor, told)


def _planned(given: dict[str, Any]) -> "SurvivalAssumptions":
    from duonen_stats.design_report.question_inputs import assumptions_from

    names = ("control_hazard", "accrual", "hazard_ratio", "allocation", "total", "followup")
    with wrong_usage():
        return assumptions_from(**{name: given[name] for name in names})


def _blinded(
    given: dict[str, Any],
    assumptions: "SurvivalAssumptions",
    patients: int,
    executor: "Executor | None",
    told: "Progress",
) -> "Answer":
    from duonen_stats.design_report.reestimation_answers import reestimate_blinded_answer

    method = "lakatos" if given["target_events"] is not None else given["method"]
    blinded, cut = _cut(given)
    _refuse_too_few(blinded, patients)
    _refuse_too_early(blinded, assumptions.total_months)
    with enough_trials("--calibration-trials"):
        answer = reestimate_blinded_answer(
            blinded, hazard_ratio=assumptions.constant_hazard_ratio, planned_patients=patients,
            allocation_ratio=assumptions.allocation_ratio, end_months=assumptions.total_months,
            followup_months=given["followup"], alpha=given["alpha"], sides=int(given["sides"]), power=given["power"],
            method=method, target_events=given["target_events"], max_patients=given["max_patients"],
            accrual_window_months=given["accrual_window"], n_trials=given["trials"],
            calibration_trials=given["calibration_trials"], seed=given["seed"], executor=executor,
            folder=given["resume"], progress=told,
        )  # fmt: skip
    return _marked(answer, cut)


def _unblinded(
    given: dict[str, Any],
    assumptions: "SurvivalAssumptions",
    patients: int,
    executor: "Executor | None",
    told: "Progress",
) -> "Answer":
    from duonen_stats.design_report.reestimation_answers import reestimate_unblinded_answer

    rule = _rule(given, assumptions, patients, seen=given["events"])
    cut = _cut(given)[0] if given["entered"] is not None else None
    if cut is not None:
        _refuse_too_few(cut, patients)
        _refuse_too_early(cut, assumptions.analysis_months)
    calibration = (
        _calibration(rule, assumptions, patients, given, executor, told) if given["trials"] else None
    )
    return reestimate_unblinded_answer(
        rule, z=given["z"], assumptions=assumptions, patients=patients, cut=cut, final_z=given["final_z"],
        final_events=given["final_events"], calibration=calibration,
        opened=None if given["opened"] is None else given["opened"].date(),
    )  # fmt: skip


def _calibration(
    rule: "ReestimationRule",
    assumptions: "SurvivalAssumptions",
    patients: int,
    given: dict[str, Any],
    executor: "Executor | None",
    told: "Progress",
) -> "RuleCalibration":
    """Simulate the level of a rule, with the patients that `characteristics` has: one rule, one set of values."""
    from duonen_stats.design import calibrate_reestimation

    with enough_trials("--trials"):
        return calibrate_reestimation(
            rule, assumptions, n_patients=patients, max_patients=given["max_patients"],
            n_trials=given["trials"], seed=given["seed"], executor=executor, folder=given["resume"], progress=told,
        )  # fmt: skip


def _rule(
    given: dict[str, Any], assumptions: "SurvivalAssumptions", patients: int, *, seen: int | None = None
) -> "ReestimationRule":
    from duonen_stats.design import ReestimationRule, expected_events, group_sequential_design

    looks, futility = given["looks"], given.get("futility")
    planned = given["planned_events"]
    if planned is None:
        planned = (
            int(looks[-1]) if looks_in_events(looks) else int(expected_events(assumptions, patients).total)
        )
    if planned < 1:
        raise click.UsageError(
            "No event is expected at the planned analysis: state the events of the plan by --planned-events."
        )
    if seen is not None and seen >= planned:
        raise click.UsageError(
            f"--events {seen}: those seen at the look are fewer than the {planned} planned (--planned-events)."
        )
    if given["max_events"] is not None and given["max_events"] < planned:
        raise click.UsageError(
            f"--max-events {given['max_events']} lies below the {planned} planned (--planned-events)."
        )
    with wrong_usage():
        if seen is not None and given["test"] == "unweighted":
            # The usual test has the critical values of the looks that were really taken.
            looks = (float(seen), float(planned))
        plan = group_sequential_design(
            looks, alpha=given["alpha"] / int(given["sides"]), power=given["power"], efficacy=given["efficacy"],
            efficacy_parameter=parameter_of(given["efficacy_parameter"]), futility=futility,
            futility_parameter=parameter_of(given.get("futility_parameter"), many=futility == "stated_values"),
            binding=given.get("binding", False),
        )  # fmt: skip
        most = given["max_events"] if given["max_events"] is not None else int(_EXTENDED * planned)
        return ReestimationRule(
            design=plan, planned_events=planned, max_events=most, seen_events=seen, test=given["test"],
            allocation_ratio=assumptions.allocation_ratio, target_power=given["power"], zone=given["zone"],
            hazard_ratio=assumptions.constant_hazard_ratio if given["effect"] == "planned" else None,
        )  # fmt: skip


@question(
    "characteristics", "--planned-events 64 --max-events 96 --max-patients 140 --trials 100000 --workers 2",
    *options.ASSUMPTIONS, options.PATIENTS,
    click.option("--max-patients", type=click.IntRange(1, options.MOST_IN_A_CUT), metavar="N",
                 help="Most patients when events are raised; default: none are added."),
    *_RULE,
    *options.FUTILITY_OPTIONS,
    *options.level_options(), options.power_option(),
    click.option(
        "--calibration-trials", type=click.IntRange(100, 100_000_000), metavar="N", default=400_000, show_default=True,
        help="Trials without an effect behind the calibrated critical values. Their level has a Monte-Carlo standard "
        "error of its own: 0.025 points with 400,000.",
    ),
    *options.simulation_options(20_000),
    rules=(*options.ASSUMPTION_RULES, *options.SIMULATION_RULES, options.ONE_RATIO, *_RULE_RULES, _CAP_RULE),
)  # fmt: skip
def characteristics(*, quiet: bool, **given: Any) -> "Answer":
    """Level, power, events, patients and duration of trials that follow a re-estimation rule, by simulation.

    Both with the critical values of the plan and with calibrated ones, which hold the level where unequal arms make the
    log-rank statistic skewed. Events are re-estimated one-sided at --alpha divided by --sides.
    """
    from duonen_stats.design import reestimation_characteristics
    from duonen_stats.design_report.question_inputs import workers
    from duonen_stats.design_report.simulation_answers import characteristics_answer

    assumptions, patients = assumptions_of(given), patients_of(given)
    rule = _rule(given, assumptions, patients)
    with (
        workers(given.pop("workers"), given.pop("scheduler")) as executor,
        progress_of(quiet) as step,
        enough_trials("--calibration-trials"),
    ):
        found = reestimation_characteristics(
            rule, assumptions, n_patients=patients, max_patients=given["max_patients"], n_trials=given["trials"],
            calibration_trials=given["calibration_trials"], seed=given["seed"], executor=executor,
            folder=given["resume"], progress=trials_told(step),
        )  # fmt: skip
    return characteristics_answer(rule, assumptions, found)


def _cut(given: dict[str, Any]) -> "tuple[BlindedCut, Cut | None]":
    """Take the cut from its folder, or make it of the numbers given."""
    opened = None if given["opened"] is None else given["opened"].date()
    if given["entered"] is None:
        from duonen_stats.design_report.cut_data import CutOptions, read_blinded

        return read_blinded(
            given["data"],
            CutOptions(
                lag_months=given["lag"], opened=opened, entered_so_far=given["entered_so_far"],
                mapping=given["mapping"], cut_date=None if given["cut"] is None else given["cut"].date(),
            ),
            rules=chosen_plan(given["plan_file"], given["settings"]),
        )  # fmt: skip
    from duonen_stats.design_report.question_inputs import summary_cut

    with wrong_usage():
        numbers = summary_cut(
            entered=given["entered"], events=given["events"], cut_month=given["cut_month"],
            exposure=given["exposure"], dropouts=given["dropouts"], opened=opened,
        )  # fmt: skip
    return numbers, None


def _marked(answer: "Answer", cut: "Cut | None") -> "Answer":
    if cut is None:
        return answer
    from duonen_stats.design_report.cut_data import marked

    return marked(answer, cut)
