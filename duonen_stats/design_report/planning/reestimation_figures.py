"""Figures of re-estimation: what a rule does over Z, how trials that follow it end, what numbers of patients give.

As in :mod:`duonen_stats.design_report.planning.fixed_figures`, points come from the functions that gave the numbers.
"""

from collections.abc import Sequence
from math import isfinite

from duonen_stats.design import (
    BlindedCut,
    BlindedReestimation,
    ReestimationRule,
    RuleCharacteristics,
    UnblindedReestimation,
    reestimate_events,
)
from duonen_stats.design.reestimation.blinded_reestimation import size_outcomes
from duonen_stats.design.trial.rounding import allocation_block, round_up
from duonen_stats.design_report.answer import Answer, AnswerFigure, at_path, number, share, stated
from duonen_stats.design_report.planning.fixed_figures import (
    PATIENTS_LABEL,
    POWER_LABEL,
    method_name,
    several,
    shown_numbers,
    spread,
)
from duonen_stats.displays.drawings.design_figures import Curve, CurvePanel
from duonen_stats.displays.model.content import FigureContent

_Z_STEPS = 121
_SIZES = 25
_MARGIN = 0.5
_QUANTILES = {"p5": 5.0, "p25": 25.0, "median": 50.0, "p75": 75.0, "p95": 95.0}


def blinded_figure(
    answer: Answer, cut: BlindedCut, *, end_months: float | None, followup_months: float | None
) -> AnswerFigure:
    """Draw power and events over the number of patients under the rates of the cut, with the sizes of the answer.

    Parameters
    ----------
    answer
        That of ``reestimate_blinded_answer``.
    cut, end_months, followup_months
        The data of the answer, and the end of the trial, as ``reestimate_blinded`` took them.
    """
    found: BlindedReestimation = at_path(answer.data, "blinded")
    shown = [one for one in found.outcomes if one.attainable]
    sizes = [one.n_patients for one in found.outcomes]
    marked = ", ".join(f"{one.n_patients} ({', '.join(one.roles)})" for one in found.outcomes)
    method = found.method if found.power is not None else "lakatos"
    formula = "Lakatos" if method.startswith("simulation") else method_name(method)

    def panels() -> list[CurvePanel]:
        block = sum(allocation_block(found.allocation_ratio)) or 1
        least = block * round_up(max(found.n_entered, 1.0) / block)
        low, high = min(least, *sizes), max(int(1.25 * max(sizes)), least + block)
        if found.most_patients is not None:
            high = max(min(high, found.most_patients), *sizes)
        places = sorted({block * round_up(one / block) for one in spread(low, high, _SIZES)} | {*sizes})
        each = size_outcomes(
            cut, found, [one for one in places if one <= high],
            end_months=end_months, followup_months=followup_months,
        )  # fmt: skip
        at = [one.n_patients for one in each]
        events = [one.events.estimate or 0.0 for one in each]
        powers = [Curve(label=formula, x=at, y=[100 * one.power for one in each])]
        for label, name in (("Simulated", "nominal"), ("Simulated, calibrated", "calibrated")):
            rates = [
                (one.n_patients, getattr(one.simulated, name)) for one in shown if one.simulated is not None
            ]
            if rates:
                powers.append(
                    Curve(
                        label=label, x=[size for size, _ in rates], y=[100 * rate.value for _, rate in rates],
                        error=[200 * rate.mc_error for _, rate in rates], line=False,
                    )
                )  # fmt: skip
        asked = [
            Curve(
                label=f"Sizes of the answer: {marked}", x=sizes, y=y, line=False, asked=True,
            ) for y in ([100 * one.power for one in found.outcomes],
                        [one.events.estimate or 0.0 for one in found.outcomes])
        ]  # fmt: skip
        return [
            CurvePanel(
                curves=[*powers, asked[0]], x_label=PATIENTS_LABEL, y_label=POWER_LABEL,
                levels=[] if found.power is None else [100 * found.power],
            ),
            CurvePanel(
                curves=[Curve(label="Expected by the analysis", x=at, y=events), asked[1]], x_label=PATIENTS_LABEL,
                y_label="Events", levels=[found.required_events],
            ),
        ]  # fmt: skip

    gives = "; ".join(
        f"{one.n_patients} patients ({', '.join(one.roles)}): power {share(one.power)}, "
        f"{number(one.events.estimate, 1)} events"
        for one in found.outcomes
    )
    return AnswerFigure(
        "reestimate_figure",
        "Power and events over the number of patients",
        FigureContent(
            draw=lambda: several(panels()),
            alt=f"Two panels over the number of patients, under the rates of the cut: power (%) by {formula} and "
            f"events expected by the analysis, with {found.required_events} events needed marked. {gives}.",
            numbers=shown_numbers(
                answer,
                *(f"blinded.outcomes.{k}.{name}" for k in range(len(sizes)) for name in (
                    "power", "simulated.nominal.value", "simulated.calibrated.value", "events.estimate")),
            ),
        ),
    )  # fmt: skip


def unblinded_figure(answer: Answer) -> AnswerFigure:
    """Draw the events decided on and the conditional power over Z at the look, with the Z that was seen.

    Parameters
    ----------
    answer
        That of ``reestimate_unblinded_answer``.
    """
    rule: ReestimationRule = at_path(answer.data, "rule")
    found: UnblindedReestimation = at_path(answer.data, "unblinded")
    said = (
        "the trial stops" if found.events_decided is None else f"{found.events_decided} events are decided on"
    )
    return AnswerFigure(
        "reestimate_figure",
        "What the rule decides over the interim result",
        FigureContent(
            draw=lambda: several(_rule_panels(rule, found)),
            alt="Two panels over Z at the look: events with which the trial goes on, from "
            f"{number(rule.planned_events, 0)} planned to at most {number(rule.max_events, 0)}, and conditional power "
            f"(%) with the planned events and with those decided on. At the Z seen, {number(found.z, 3)}, {said}. "
            f"Vertical lines: boundaries of the look, {_written(_boundaries(rule))}.",
            numbers=shown_numbers(
                answer, "unblinded.z", "unblinded.events_decided", "unblinded.planned_conditional_power",
                "unblinded.conditional_power",
            ),
        ),
    )  # fmt: skip


def characteristics_figure(answer: Answer) -> AnswerFigure:
    """Draw what the rule decides, and how events and months spread over the simulated trials.

    Parameters
    ----------
    answer
        That of ``characteristics_answer``.
    """
    rule: ReestimationRule = at_path(answer.data, "rule")
    found: RuleCharacteristics = at_path(answer.data, "characteristics")
    truth = f"Hazard ratio {found.hazard_ratio:g}"
    groups = (
        ("No effect, plan’s values", "null"), ("No effect, calibrated", "calibrated_null"),
        (f"{truth}, plan’s values", "alternative"), (f"{truth}, calibrated", "calibrated_alternative"),
    )  # fmt: skip

    def ends(name: str, label: str) -> CurvePanel:
        curves = []
        for words, group in groups:
            over = getattr(getattr(found, group), name)
            x = [float(getattr(over, place)) for place in _QUANTILES]
            curves.append(Curve(label=words, x=x, y=[*_QUANTILES.values()], signs=True))
        return CurvePanel(curves=curves, x_label=label, y_label="Trials that end by then (%)")

    def panels() -> list[CurvePanel]:
        return [*_rule_panels(rule), ends("events", "Events when the trial ends"),
                ends("months", "Months when the trial ends")]  # fmt: skip

    spreads = "; ".join(
        f"{words}: median {number(getattr(found, group).events.median, 0)} events, month "
        f"{number(getattr(found, group).months.median, 1)}, {share(getattr(found, group).power)} reject"
        for words, group in groups
    )
    paths = (f"characteristics.{group}.{name}.{place}" for _, group in groups for name in ("events", "months")
             for place in _QUANTILES)  # fmt: skip
    return AnswerFigure(
        "characteristics_figure",
        "What the rule decides, and how trials that follow it end",
        FigureContent(
            draw=lambda: several(panels()),
            alt="Four panels: events with which the trial goes on and conditional power (%), over Z at the look; 5, "
            f"25, 50, 75 and 95% of the trials over events and over months when they end. {spreads}.",
            numbers=shown_numbers(answer, *paths),
        ),
    )  # fmt: skip


def _boundaries(rule: ReestimationRule) -> list[float]:
    """Boundaries of the look at which the trial stops, the lower one first."""
    futility = rule.design.futility_z[rule.look - 1 : rule.look]
    return [one for one in (*futility, rule.design.efficacy_z[rule.look - 1]) if isfinite(one)]


def _written(values: Sequence[float]) -> str:
    return ", ".join(number(one, 3) for one in values) or "none"


def _rule_panels(rule: ReestimationRule, seen: UnblindedReestimation | None = None) -> list[CurvePanel]:
    """Draw the events decided on and the conditional power over Z, where the trial goes on."""
    places = _boundaries(rule)
    shown = [*places, *(() if seen is None else (seen.z,))]
    low, high = min(-_MARGIN, *shown) - _MARGIN, max(2.0, *shown) + _MARGIN
    each = [reestimate_events(rule, z) for z in spread(low, high, _Z_STEPS)]
    going = [one for one in each if one.events_decided is not None]
    z = [one.z for one in going]
    events = [Curve(label="Events decided", x=z, y=[float(one.events_decided or 0) for one in going])]
    powers = [
        Curve(label="Planned events", x=z, y=[100 * (one.planned_conditional_power or 0.0) for one in going]),
        Curve(label="Events decided", x=z, y=[100 * (one.conditional_power or 0.0) for one in going]),
    ]
    if seen is not None:
        said = f"Seen: Z = {number(seen.z, 3)}"
        if seen.events_decided is None:
            places = [*places, seen.z]
        else:
            events.append(
                Curve(label=said, x=[seen.z], y=[float(seen.events_decided)], line=False, asked=True)
            )
            chances = [100 * (one or 0.0) for one in (seen.planned_conditional_power, seen.conditional_power)]
            powers.append(Curve(label=said, x=[seen.z] * 2, y=chances, line=False, asked=True))
    label = f"Z at look {rule.look}"
    return [
        CurvePanel(
            curves=events, x_label=label, y_label="Events", levels=[rule.planned_events, rule.max_events],
            places=places, from_zero_y=False,
        ),
        CurvePanel(
            curves=powers, x_label=label, y_label=f"Conditional power (%), aim {stated(rule.target_power)}",
            levels=[100 * rule.target_power], places=places,
        ),
    ]  # fmt: skip
