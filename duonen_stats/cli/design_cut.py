"""``duonen design project``, and how commands about a trial under way take their data cut."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from duonen_stats.cli import design_agreement as agreement
from duonen_stats.cli import design_options as options
from duonen_stats.cli.design_frame import FigureOptions, question
from duonen_stats.cli.design_rules import Numbers, Periods, agree, needs, wrong_usage
from duonen_stats.cli.options import option

if TYPE_CHECKING:
    from duonen_stats.design import BlindedCut
    from duonen_stats.design_report.answer import Answer
    from duonen_stats.raw import Cut

_MOST_CELLS = 50_000_000


@dataclass(frozen=True, kw_only=True)
class ProjectOptions(options.SeenOptions, FigureOptions):
    """What a projection takes."""

    patients: int | None = options.patients_option(options.MOST_IN_A_CUT)
    hazard_ratio: float | None = option(
        "--hazard-ratio", type=options.RATIO, metavar="HR", **options.of_plan("hazard_ratio"),
        help="Experimental over control, as planned; below 1 if the experimental arm is better.",
    )  # fmt: skip
    hazard_ratio_range: tuple[float, float] | None = option(
        "--hazard-ratio-range", type=(options.RATIO, options.RATIO), metavar="LOW HIGH", default=None,
        help="95% of the prior of the hazard ratio lies between them; twice the same number: taken as known. Default: "
        "from no effect to twice the planned effect, 0.25 to 1 for 0.5.",
    )  # fmt: skip
    allocation: float | None = options.allocation_option()
    targets: tuple[int, ...] = option(
        "--targets", type=Numbers(click.IntRange(1, options.MOST_IN_A_CUT), increasing=True), metavar="N,…",
        default=(64,), show_default="64",
        help="Numbers of events, arms together, as 40,64; 64 are expected at the planned analysis.",
    )  # fmt: skip
    accrual: Any = option(
        "--accrual", type=Periods(), metavar="MONTH:RATE,…", default=None,
        help="Planned accrual: patients per month from that many months after the cut on, as 0:1.5,12:2; default: the "
        "rate of the cut goes on.",
    )  # fmt: skip
    weibull_shape: float = option(
        "--weibull-shape", type=options.SHAPE, metavar="SHAPE", default=1.0, show_default="1",
        help="Shape of Weibull times to the event in both arms: above 1 the hazard rises.",
    )  # fmt: skip
    max_followup: float | None = option(
        "--max-followup", type=options.SOME_MONTHS, metavar="MONTHS", default=None,
        help="Longest follow-up of a patient; default: none.",
    )  # fmt: skip
    horizon: float | None = option(
        "--horizon", type=options.SOME_MONTHS, metavar="MONTHS", default=None,
        help="Months after the cut that the fan covers; default: until the targets are reached.",
    )  # fmt: skip
    confidence: float = option(
        "--confidence", type=options.FRACTION, metavar="P", default=0.9, show_default=True,
        help="Level of the prediction, and of the limits of the rates (0–1).",
    )  # fmt: skip
    simulations: int = option(
        "--simulations", type=click.IntRange(1, 100_000), metavar="N", default=2_000, show_default=True,
        help="Simulated courses of the rest of the trial.",
    )  # fmt: skip
    seed: int = option(
        "--seed", type=click.IntRange(0), metavar="N", default=1, show_default=True, help="Seed."
    )


@question(
    "project", "my_cut --targets 30,60", ProjectOptions,
    rules=(
        *agreement.SEEN_RULES, needs("events", "entered", "cut_month"),
        agree("simulations", "patients",
              test=lambda values: values["simulations"] * (values["patients"] or 1) <= _MOST_CELLS,
              words="{simulations} and {patients} together would take too long: give fewer."),
    ),
)  # fmt: skip
def project(taken: ProjectOptions) -> "Answer":
    """When numbers of events come, with a prediction interval, from a data cut without arms.

    DATA is a folder with a data cut; if omitted, the simulated cohort is used. No arm, activity or dose is read, and a
    cut without them is enough. Or give its numbers by --entered, --events and --cut-month: patients are then taken to
    have entered evenly, and those without an event to be followed to the cut.

    In a cut of completers, others have entered who are not in it: the table enrolment, or --entered-so-far, says how
    many.
    """
    from duonen_stats.design.reestimation.pooled_rates import prior_limits
    from duonen_stats.design_report.projection_answers import project_answer
    from duonen_stats.design_report.question_inputs import assumptions_from

    stated = None if taken.hazard_ratio is None else (taken.hazard_ratio,)
    with wrong_usage():
        assumptions = assumptions_from(hazard_ratio=stated, allocation=taken.allocation)
    patients, ratio = options.planned_patients(taken.patients), assumptions.constant_hazard_ratio
    limits = taken.hazard_ratio_range or prior_limits(ratio)
    if taken.targets[-1] > patients:
        raise click.UsageError(
            f"--targets {taken.targets[-1]} is more than the {patients} patients (--patients)."
        )
    if not limits[0] <= ratio <= limits[1]:
        raise click.UsageError(
            f"--hazard-ratio-range must hold the planned hazard ratio, {ratio:g}, and increase."
        )
    refuse_numbers(taken, patients)
    blinded, cut = data_cut(taken, patients)
    _refuse_for_cut(taken, blinded, patients)
    return marked_answer(project_answer(
        blinded, targets=taken.targets, planned_patients=patients, hazard_ratio=ratio, hazard_ratio_limits=limits,
        allocation_ratio=assumptions.allocation_ratio, accrual_window=taken.accrual_window, accrual=taken.accrual,
        max_followup=taken.max_followup, shape=taken.weibull_shape, horizon=taken.horizon,
        confidence=taken.confidence, simulations=taken.simulations, seed=taken.seed,
    ), cut)  # fmt: skip


def _refuse_for_cut(taken: ProjectOptions, cut: "BlindedCut", patients: int) -> None:
    """Refuse what only the cut shows to be impossible, or without effect."""
    refuse_too_few(cut, patients)
    if patients == cut.n_entered:
        for typed, value in (("--accrual", taken.accrual), ("--accrual-window", taken.accrual_window)):
            if value is not None:
                raise click.UsageError(
                    f"{typed} has no effect: all {patients} planned patients have entered."
                )
    elif None not in (taken.accrual, taken.accrual_window) and not cut.unknown_entry_months:
        raise click.UsageError("--accrual-window has no effect where the accrual is planned by --accrual.")


def refuse_numbers(taken: options.SeenOptions, patients: int) -> None:
    """Refuse numbers of a cut that the plan has no room for, before anything is read."""
    for typed, number in (("--entered", taken.entered), ("--entered-so-far", taken.entered_so_far)):
        if number is not None and number > patients:
            raise click.UsageError(f"--patients {patients}: {number} have entered already ({typed}).")


def refuse_too_few(cut: "BlindedCut", patients: int) -> None:
    """Refuse fewer planned patients than have entered."""
    if patients < cut.n_entered:
        raise click.UsageError(f"--patients {patients}: {cut.n_entered} have entered already.")


def refuse_too_early(cut: "BlindedCut", month: float | None) -> None:
    """Refuse an analysis before the cut."""
    if month is not None and month < cut.cut_months:
        raise click.UsageError(
            f"--total {month:g}: the analysis must not come before the cut at month {cut.cut_months:.1f}."
        )


def data_cut(taken: options.SeenOptions, patients: int) -> "tuple[BlindedCut, Cut | None]":
    """Take the cut from its folder, or make it of the numbers given.

    Parameters
    ----------
    taken
        What is known of the trial.
    patients
        Patients planned in all.
    """
    if taken.entered is None or taken.events is None or taken.cut_month is None:
        from duonen_stats.design_report.cut_data import CutOptions, read_blinded

        return read_blinded(
            taken.data,
            CutOptions(
                lag_months=taken.lag, opened=taken.opening, entered_so_far=taken.entered_so_far,
                planned_patients=patients, mapping=taken.mapping, cut_date=taken.cut_date,
            ),
            rules=taken.plan(),
        )  # fmt: skip
    from duonen_stats.design_report.question_inputs import summary_cut

    with wrong_usage():
        numbers = summary_cut(
            entered=taken.entered, events=taken.events, cut_month=taken.cut_month, exposure=taken.exposure,
            dropouts=taken.dropouts, opened=taken.opening,
        )  # fmt: skip
    return numbers, None


def marked_answer(answer: "Answer", cut: "Cut | None") -> "Answer":
    """Say which cut an answer comes from, if it comes from one."""
    if cut is None:
        return answer
    from duonen_stats.design_report.cut_data import marked

    return marked(answer, cut)
