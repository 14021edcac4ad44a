"""Figures of monitoring and simulation: boundaries, conditional power, methods side by side, the simulated statistic.

As in :mod:`duonen_stats.design_report.planning.fixed_figures`, points come from the functions that gave the numbers.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import isfinite

import numpy as np

from duonen_stats.design import (
    ConditionalPower,
    GroupSequentialCalendar,
    GroupSequentialDesign,
    GroupSequentialEvents,
    MethodsComparison,
    PowerAndSize,
    PredictivePower,
    SimulatedTest,
    SimulationScenario,
    SurvivalAssumptions,
    conditional_power,
    planned_direction,
    power,
    predictive_power,
)
from duonen_stats.design.fixed.fixed_methods import FixedMethod
from duonen_stats.design_report.answer import Answer, AnswerFigure, at_path, number, share, stated
from duonen_stats.design_report.planning.fixed_figures import (
    MONTH_LABEL,
    POWER_LABEL,
    RATIO_LABEL,
    constant_ratio,
    curve_of,
    events_over_time,
    method_name,
    ratio_range,
    several,
    shown_numbers,
    single,
    spread,
    steps_of,
)
from duonen_stats.displays.drawings.design_figures import Curve, CurvePanel
from duonen_stats.displays.model.content import FigureContent
from duonen_stats.displays.model.format import significant

_EVENTS_LABEL = "Events at the look"
_METHODS: tuple[FixedMethod, ...] = (
    "schoenfeld", "freedman", "hsieh_freedman", "wald", "lachin_foulkes", "lakatos",
)  # fmt: skip
_Z_STEPS = 41
_BINS_A_UNIT = 4


def boundaries_figure(answer: Answer) -> AnswerFigure:
    """Draw the boundaries as Z and as hazard ratio, the probabilities of stopping, and when the looks come.

    Parameters
    ----------
    answer
        That of ``boundaries_answer``.
    """
    assumptions: SurvivalAssumptions = at_path(answer.data, "assumptions")
    plan: GroupSequentialDesign = at_path(answer.data, "plan")
    events: GroupSequentialEvents = at_path(answer.data, "events")
    calendar: GroupSequentialCalendar = at_path(answer.data, "calendar")
    direction = planned_direction(assumptions) or "lower"

    def at_looks(label: str, values: Sequence[float], *, asked: bool = False) -> Curve:
        kept = [(x, y) for x, y in zip(events.n_events, values, strict=False) if isfinite(y)]
        return Curve(
            label=label,
            x=[x for x, _ in kept],
            y=[y for _, y in kept],
            signs=True,
            line=not asked,
            asked=asked,
        )

    def panels() -> list[CurvePanel]:
        z = [at_looks("Reject if Z is above", plan.efficacy_z)]
        # Where there is no stopping for efficacy, the hazard ratio at the boundary is 0, and is none.
        reject, futile = ("below", "above") if direction == "lower" else ("above", "below")
        ratios = [
            at_looks(f"Reject if {reject}", [one or float("inf") for one in events.hazard_ratio_boundary])
        ]
        stops = [
            at_looks(
                "Rejected by then, as planned", [100 * one for one in accumulate(events.reject_probability)]
            ),
            at_looks("Rejected by then, no effect", [100 * one for one in plan.alpha_spent]),
        ]
        if plan.futility is not None:
            z.append(at_looks("Futility if Z is below", plan.futility_z))
            ratios.append(at_looks(f"Futility if {futile}", events.futility_hazard_ratio))
            stopped = [100 * one for one in accumulate(events.futility_probability)]
            stops.append(at_looks("Futility by then, as planned", stopped))
        last = calendar.look_months[-1]
        grid = events_over_time(assumptions, calendar.max_patients, 1.05 * last)
        months = [one.at_months for one in grid]
        calendar_panel = CurvePanel(
            curves=[
                Curve(label="Events", x=months, y=[one.total for one in grid]),
                Curve(label="Patients entered", x=months, y=[one.entered for one in grid]),
                Curve(label="Looks", x=calendar.look_months, y=events.n_events, line=False, asked=True),
            ],
            x_label=MONTH_LABEL, y_label="Patients or events", from_zero_x=True,
        )  # fmt: skip
        return [
            CurvePanel(curves=z, x_label=_EVENTS_LABEL, y_label="Z, log-rank test", from_zero_x=True),
            CurvePanel(
                curves=ratios, x_label=_EVENTS_LABEL, y_label="Estimated hazard ratio",
                levels=[events.null_hazard_ratio], from_zero_x=True,
            ),
            CurvePanel(curves=stops, x_label=_EVENTS_LABEL, y_label="Probability (%)", from_zero_x=True),
            calendar_panel,
        ]  # fmt: skip

    looks = "; ".join(
        f"{'Look' if place == 1 else 'look'} {place}: "
        f"{number(d, 1)} events at month {number(month, 1)}, Z {number(z, 3)}"
        for place, (d, month, z) in enumerate(
            zip(events.n_events, calendar.look_months, plan.efficacy_z, strict=True), 1
        )
    )
    paths = [
        f"{name}.{k}"
        for name in ("plan.efficacy_z", "events.hazard_ratio_boundary")
        for k in range(plan.looks)
    ]
    return AnswerFigure(
        "boundaries_figure",
        "Boundaries, stopping probabilities and the time of the looks",
        FigureContent(
            draw=lambda: several(panels()),
            alt="Four panels: critical values of Z, hazard ratio at the boundary and probability of having stopped, "
            f"over the events at the look; events and patients over calendar time with the looks marked. {looks}.",
            numbers=shown_numbers(answer, *paths),
        ),
    )  # fmt: skip


def conditional_power_figure(answer: Answer) -> AnswerFigure:
    """Draw conditional and predictive power over Z at the look, with the Z that was seen.

    Parameters
    ----------
    answer
        That of ``conditional_power_answer``.
    """
    plan: GroupSequentialDesign = at_path(answer.data, "plan")
    found: ConditionalPower = at_path(answer.data, "conditional")
    predicted: PredictivePower = at_path(answer.data, "predictive")
    ratio: float | None = at_path(answer.data, "hazard_ratio")
    boundary = [plan.efficacy_z[found.look - 1], *plan.futility_z[found.look - 1 : found.look]]
    boundary = [one for one in boundary if isfinite(one)]

    def panel() -> CurvePanel:
        grid = spread(min(-1.0, found.z - 1), max(3.0, found.z + 1), _Z_STEPS)
        each = [conditional_power(plan, look=found.look, z=z, drift=found.drift) for z in grid]
        after = [predictive_power(plan, look=found.look, z=z) for z in grid]
        curves = [
            Curve(label="Trend goes on", x=grid, y=[100 * one.under_trend for one in each]),
            Curve(label="Effect as planned", x=grid, y=[100 * one.under_design for one in each]),
            Curve(label="No effect", x=grid, y=[100 * one.under_null for one in each]),
            Curve(label="Predictive, flat prior", x=grid, y=[100 * one.predictive_power for one in after]),
        ]
        seen = [found.under_trend, found.under_design, found.under_null, predicted.predictive_power]
        if ratio is not None:
            y = [100 * (one.at_drift or 0.0) for one in each]
            curves.append(Curve(label=f"Hazard ratio {significant(ratio, 4)}", x=grid, y=y))
            seen.append(found.at_drift or 0.0)
        points = Curve(
            label=f"Seen: Z = {number(found.z, 3)}", x=[found.z] * len(seen), y=[100 * one for one in seen], line=False,
            asked=True,
        )  # fmt: skip
        return CurvePanel(
            curves=[*curves, points], x_label=f"Z at look {found.look}", y_label="Probability of rejecting later (%)",
            places=boundary,
        )  # fmt: skip

    marks = (
        f" Vertical lines: boundaries of the look, {', '.join(number(one, 3) for one in boundary)}."
        if boundary
        else ""
    )
    return AnswerFigure(
        "conditional_power_figure",
        "Conditional and predictive power over the interim result",
        FigureContent(
            draw=lambda: single(panel()),
            alt=f"Probability of rejecting later over Z at look {found.look}. At the Z seen, {number(found.z, 3)}: "
            f"{share(found.under_trend)} if the trend goes on, {share(found.under_design)} if the effect is as "
            f"planned, {share(found.under_null)} without an effect, {share(predicted.predictive_power)} predictive."
            f"{marks}",
            numbers=shown_numbers(
                answer, "conditional.under_trend", "conditional.under_design", "conditional.under_null",
                "predictive.predictive_power", "conditional.at_drift",
            ),
        ),
    )  # fmt: skip


def methods_figure(answer: Answer) -> AnswerFigure:
    """Draw power over the hazard ratio by method, and the simulated power with its Monte-Carlo error.

    Parameters
    ----------
    answer
        That of ``methods_answer``.
    """
    found: MethodsComparison = at_path(answer.data, "comparison")
    simulated = found.rows[-1] if found.n_trials else None
    ratios = found.hazard_ratios

    def panel() -> CurvePanel:
        low, high = min(0.3, *(0.85 * one for one in ratios)), max(0.9, *(1.1 * one for one in ratios))
        curves = [
            curve_of(
                method_name(method), [one for one in spread(low, high, steps_of(found.assumptions)) if one != 1],
                lambda ratio, name=method: 100 * power(  # type: ignore[misc]
                    found.assumptions.with_hazard_ratio(ratio), found.n_patients, alpha=found.alpha, sides=found.sides,
                    method=name,
                ).power,
            )
            for method in _METHODS
        ]  # fmt: skip
        if simulated is not None:
            errors = [200 * one for one in simulated.mc_error or ()]
            curves.append(
                Curve(
                    label="Simulated",
                    x=ratios,
                    y=[100 * one for one in simulated.power],
                    error=errors,
                    line=False,
                )
            )
        return CurvePanel(
            curves=curves,
            x_label=RATIO_LABEL,
            y_label=POWER_LABEL,
            levels=[100 * found.target_power],
            places=ratios,
        )

    points = "" if simulated is None else (
        " Simulated, with bars of two Monte-Carlo standard errors: "
        + "; ".join(f"{share(one)} at {ratio:g}" for ratio, one in zip(ratios, simulated.power, strict=True)) + "."
    )  # fmt: skip
    return AnswerFigure(
        "methods_figure",
        "Power over the hazard ratio by method",
        FigureContent(
            draw=lambda: single(panel()),
            alt=f"Power (%) over the hazard ratio with {found.n_patients} patients by the methods of "
            f"{', '.join(method_name(one) for one in _METHODS)}; marked are the hazard ratios asked for and "
            f"{stated(found.target_power)} power.{points}",
            numbers=shown_numbers(
                answer, *(f"comparison.rows.{len(found.rows) - 1}.power.{k}" for k in range(len(ratios)))
            ),
        ),
    )  # fmt: skip


def simulation_figure(answer: Answer) -> AnswerFigure:
    """Draw the simulated power next to formulas, and the simulated statistic with both sets of critical values.

    Parameters
    ----------
    answer
        That of ``simulation_answer``.
    """
    scenario: SimulationScenario = at_path(answer.data, "scenario")
    found: PowerAndSize = at_path(answer.data, "result")
    assumptions, ratio = scenario.assumptions, constant_ratio(scenario.assumptions)
    nominal = [one for one in found.calibration.nominal_values if isfinite(one)]
    calibrated = [one for one in found.calibration.scenario.tails if isfinite(one)]

    def by_ratio(asked: float) -> CurvePanel:
        methods: tuple[FixedMethod, ...] = ("schoenfeld", "lakatos")
        # Formulas have the plain test only, but for Lakatos's.
        methods = methods[1:] if scenario.rho or scenario.gamma else methods
        low, high = ratio_range(1.0, scenario.looks_for, asked)
        curves = [
            curve_of(
                method_name(method), spread(low, high, steps_of(assumptions)),
                lambda one, name=method: 100 * power(  # type: ignore[misc]
                    assumptions.with_hazard_ratio(one), scenario.n_patients, n_events=scenario.n_events,
                    alpha=scenario.alpha, sides=scenario.sides, method=name, rho=scenario.rho, gamma=scenario.gamma,
                ).power,
            )
            for method in methods
        ]  # fmt: skip
        rates = [(name, one.power) for name, one in (
            ("Simulated", found.power), ("Simulated, calibrated", found.calibrated_power))]  # fmt: skip
        points = [
            Curve(
                label=f"{name}: {share(rate.value)}", x=[asked], y=[100 * rate.value], error=[200 * rate.mc_error],
                line=False, asked=not place,
            )
            for place, (name, rate) in enumerate(rates)
        ]  # fmt: skip
        return CurvePanel(curves=[*curves, *points], x_label=RATIO_LABEL, y_label=POWER_LABEL)

    def statistic() -> CurvePanel:
        effect = "Assumed effect" if ratio is None else f"Hazard ratio {significant(ratio, 4)}"
        null, alternative = _histogram("No effect", found.size), _histogram(effect, found.power)
        height = max(*null.y, *alternative.y)
        curves = [null, alternative, _sticks("Critical, normal", nominal, height),
                  _sticks("Critical, calibrated", calibrated, height)]  # fmt: skip
        return CurvePanel(
            curves=curves, x_label="Z, negative if the experimental arm does better",
            y_label=f"Trials (%) per {1 / _BINS_A_UNIT:g} of Z",
        )  # fmt: skip

    def panels() -> list[CurvePanel]:
        return [statistic()] if ratio is None else [by_ratio(ratio), statistic()]

    words = {name: " and ".join(number(one, 3) for one in values) for name, values in (
        ("nominal", nominal), ("calibrated", calibrated))}  # fmt: skip
    front = (
        ""
        if ratio is None
        else "Power (%) over the hazard ratio by formula with the simulated power, and the "
    )
    return AnswerFigure(
        "simulation_figure",
        "Simulated power and distribution of the log-rank statistic",
        FigureContent(
            draw=lambda: several(panels()),
            alt=f"{front or 'The '}distribution of Z over {found.power.n_trials} simulated trials with and as many "
            f"without an effect. Simulated power: {share(found.power.power.value)}, calibrated "
            f"{share(found.calibrated_power.power.value)}. Critical values: {words['nominal']} normal, "
            f"{words['calibrated']} calibrated.",
            numbers=shown_numbers(
                answer, *(f"result.{test}.{tail}.value" for test in ("power", "calibrated_power") for tail in (
                    "favourable", "unfavourable", "rejected")),
            ),
        ),
    )  # fmt: skip


def _histogram(label: str, found: SimulatedTest) -> Curve:
    """Draw the counts of the simulated statistic as steps, in bins of a quarter; the engine's bins are finer."""
    width = len(found.z_counts) // (16 * _BINS_A_UNIT)
    counts = np.add.reduceat(found.z_counts, np.arange(0, len(found.z_counts), width))
    filled = np.flatnonzero(counts)
    first, last = int(filled[0]), int(filled[-1])
    edges = [place / _BINS_A_UNIT - 8 for place in range(first, last + 2)]
    shares = [100 * float(one) / found.n_trials for one in counts[first : last + 1]]
    return Curve(
        label=label,
        x=[edge for edge in edges for _ in range(2)],
        y=[0.0, *(one for one in shares for _ in range(2)), 0.0],
    )


def _sticks(label: str, values: Sequence[float], height: float) -> Curve:
    """Draw upright lines at values as one line, which runs along the axis between them."""
    return Curve(
        label=label,
        x=[one for one in values for _ in range(3)],
        y=[y for _ in values for y in (0.0, height, 0.0)],
    )
