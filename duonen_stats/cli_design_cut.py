"""The commands of ``duonen design`` that start from a data cut: projection and re-estimation, without arms."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duonen_stats import cli_design_options as options
from duonen_stats.cli_design_frame import allocation_of, assumptions_of, patients_of, question

if TYPE_CHECKING:
    from duonen_stats.design import BlindedCut, ReestimationRule
    from duonen_stats.raw import Cut
    from duonen_stats.report.design_answer import Answer

_COUNTED = ("entered", "events", "cut_month")
_DATA = click.argument("data", required=False, type=click.Path(exists=True, path_type=Path), default=None)
_FOLLOWUP = (
    click.option(
        "--total", type=float, metavar="MONTHS", **options.of_plan("total"),
        help="Calendar months from the opening of the trial to the analysis.",
    ),
    click.option("--followup", type=float, metavar="MONTHS", help="Instead of --total: months after the last entry."),
)  # fmt: skip


@question(
    "project", "my_cut --targets 30,60",
    _DATA, *options.SEEN, options.PATIENTS, options.HAZARD_RATIO, options.ALLOCATION,
    click.option(
        "--targets", type=options.Numbers(int), metavar="N", default=(64,), show_default="64",
        help="Numbers of events, arms together; 64 are expected at the planned analysis.",
    ),
    click.option("--max-followup", type=float, metavar="MONTHS", help="Longest follow-up of a patient; default: none."),
    click.option(
        "--confidence", type=float, metavar="P", default=0.9, show_default=True, help="Level of the prediction (0–1)."
    ),
    click.option(
        "--simulations", type=click.IntRange(1), metavar="N", default=2_000, show_default=True,
        help="Simulated courses of the rest of the trial.",
    ),
    click.option("--seed", type=click.IntRange(0), metavar="N", default=1, show_default=True, help="Seed."),
)  # fmt: skip
def project(**given: Any) -> "Answer":
    """When numbers of events come, with a prediction interval, from a data cut without arms.

    DATA is a folder with a data cut, of which the arm is not read; left out, it is the simulated cohort. Or tell its
    numbers by --entered, --events and --cut-month: patients are then taken to have entered evenly, and those without
    an event to be followed to the cut.
    """
    from duonen_stats.report.design_monitoring_answers import project_answer  # noqa: PLC0415

    assumptions = assumptions_of(given)
    blinded, cut = _cut(given)
    answer = project_answer(
        blinded, targets=given["targets"], planned_patients=patients_of(given),
        hazard_ratio=assumptions.constant_hazard_ratio, allocation_ratio=assumptions.allocation_ratio,
        accrual_window=given["accrual_window"], max_followup=assumptions.max_followup_months,
        confidence=given["confidence"], simulations=given["simulations"], seed=given["seed"],
    )  # fmt: skip
    return _marked(answer, cut)


@question(
    "reestimate", "my_cut --max-patients 167",
    _DATA, *options.SEEN, options.PATIENTS, options.HAZARD_RATIO, options.ALLOCATION, *_FOLLOWUP,
    *options.level_options(), options.power_option(),
    click.option("--max-patients", type=click.IntRange(1), metavar="N", help="Blinded: cap on patients."),
    click.option(
        "--z", type=float, help="Unblinded: log-rank Z at the interim look; positive favours the experimental arm."
    ),
    click.option(
        "--planned-events", type=float, metavar="N", default=117.0, show_default="117",
        help="Unblinded: events of the plan.",
    ),
    click.option(
        "--max-events", type=float, metavar="N", help="Unblinded: cap on the events; default: half as many again."
    ),
    click.option(
        "--looks", type=options.Numbers(), metavar="INFORMATION", default=(0.5, 1.0), show_default="0.5,1",
        help="Unblinded: information at each look, increasing.",
    ),
    click.option(
        "--efficacy", type=click.Choice(options.EFFICACY[:3]), default=options.EFFICACY[0], show_default=True,
        help="Unblinded: rule for stopping to reject.",
    ),
    click.option(
        "--zone", type=(float, float), metavar="LOW HIGH", default=(0.3, 0.9), show_default=True,
        help="Unblinded: promising zone, conditional power with the planned events (0–1).",
    ),
)  # fmt: skip
def reestimate(**given: Any) -> "Answer":
    """Re-estimate patients (blinded, from the pooled cut) or events (unblinded, with --z).

    Blinded: the hazards, dropout and accrual are re-estimated with the arms together; no arm is read. DATA is a
    folder with a data cut; left out, it is the simulated cohort. Or tell its numbers by --entered, --events and
    --cut-month: patients are then taken to have entered evenly.

    Unblinded: the
    promising zone, by the inverse-normal combination with the weights of the plan, tested one-sided at --alpha
    divided by --sides; the effect assumed is the one seen.
    """
    from duonen_stats.report.design_monitoring_answers import (  # noqa: PLC0415
        reestimate_blinded_answer,
        reestimate_unblinded_answer,
    )

    if given["z"] is not None:
        if given["data"] is not None:
            raise click.UsageError("--z is about an unblinded interim result; it goes without DATA.")
        return reestimate_unblinded_answer(_rule(given), z=given["z"])
    followup = given["followup"]
    assumptions = assumptions_of(given)
    blinded, cut = _cut(given)
    answer = reestimate_blinded_answer(
        blinded, hazard_ratio=assumptions.constant_hazard_ratio, planned_patients=patients_of(given),
        allocation_ratio=assumptions.allocation_ratio, end=assumptions.total_months, followup=followup,
        alpha=given["alpha"], sides=int(given["sides"]), target_power=given["power"],
        max_patients=given["max_patients"], accrual_window=given["accrual_window"],
    )  # fmt: skip
    return _marked(answer, cut)


def _rule(given: dict[str, Any]) -> "ReestimationRule":
    from duonen_stats.design import ReestimationRule, group_sequential_design  # noqa: PLC0415

    plan = group_sequential_design(
        given["looks"],
        alpha=given["alpha"] / int(given["sides"]),
        power=given["power"],
        efficacy=given["efficacy"],
    )
    planned = given["planned_events"]
    return ReestimationRule(
        design=plan, planned_events=planned, max_events=given["max_events"] or 1.5 * planned,
        allocation_ratio=allocation_of(given["allocation"]), target_power=given["power"], zone=given["zone"],
    )  # fmt: skip


def _cut(given: dict[str, Any]) -> "tuple[BlindedCut, Cut | None]":
    """Take the cut from its folder, or make it of the numbers given."""
    options.refuse_together(given, "DATA" if given["data"] is not None else None)
    missing = [name for name in _COUNTED if given[name] is None]
    opened = None if given["opened"] is None else given["opened"].date()
    if len(missing) == len(_COUNTED):
        from duonen_stats.report.design_data import CutOptions, read_blinded  # noqa: PLC0415

        return read_blinded(
            given["data"],
            CutOptions(
                lag_months=given["lag"], opened=opened, entered_so_far=given["entered_so_far"],
                mapping=given["mapping"], cut_date=None if given["cut"] is None else given["cut"].date(),
            ),
        )  # fmt: skip
    if missing:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise click.UsageError(f"The numbers of a data cut also need {names}.")
    from duonen_stats.report.design_inputs import summary_cut  # noqa: PLC0415

    numbers = summary_cut(
        entered=given["entered"], events=given["events"], cut_month=given["cut_month"], exposure=given["exposure"],
        dropouts=given["dropouts"] or 0, opened=opened,
    )  # fmt: skip
    return numbers, None


def _marked(answer: "Answer", cut: "Cut | None") -> "Answer":
    if cut is None:
        return answer
    from duonen_stats.report.design_data import marked  # noqa: PLC0415

    return marked(answer, cut)
