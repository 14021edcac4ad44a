"""Figures of fixed designs: power, patients needed, events over time, precision of a rate.

A figure draws what the functions of ``duonen_stats.design`` return that gave the numbers of the answer, over a range
of hazard ratios, patients or months. Its points are computed when it is drawn: an answer that is only printed does not
wait for them.
"""

from collections.abc import Callable, Iterable, Sequence
from math import ceil, isfinite

from matplotlib.figure import Figure

from duonen_stats.design import (
    METHOD_LABELS,
    DetectableHazardRatio,
    ExpectedEvents,
    SurvivalAssumptions,
    expected_events,
    power,
    proportion_precision,
    sample_size,
)
from duonen_stats.design.fixed.fixed_methods import Direction
from duonen_stats.design.fixed.power import PowerResult
from duonen_stats.design.fixed.precision import ProportionPrecision
from duonen_stats.design.fixed.sizing import SampleSize
from duonen_stats.design_report.answer import Answer, AnswerFigure, Parts, at_path, number, share, stated
from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.design_figures import Curve, CurvePanel, draw_curve_panels
from duonen_stats.displays.model.content import FigureContent, Number
from duonen_stats.displays.model.format import significant
from duonen_stats.errors import PlanError

RATIO_LABEL, POWER_LABEL, PATIENTS_LABEL = (
    "Hazard ratio, experimental over control",
    "Power (%)",
    "Patients",
)
MONTH_LABEL = "Months since the trial opened"

_FINE, _COARSE = 66, 22
"""Points of a curve, and those of one whose every point takes long."""
_OTHER_SIZES = (0.75, 1.5)


def method_name(method: str) -> str:
    """Name of a method in a key or a sentence: the part before the comma."""
    labels = {str(name): label for name, label in METHOD_LABELS.items()}
    return labels.get(method, method).split(",")[0].split(" (")[0]


def steps_of(assumptions: SurvivalAssumptions) -> int:
    """How many points a curve has: fewer with Weibull times, whose hazard is followed in 600 pieces."""
    return _FINE if assumptions.weibull_shape == 1 else _COARSE


def spread(low: float, high: float, points: int) -> list[float]:
    """Lay out numbers evenly, both ends among them."""
    return [low + (high - low) * step / (points - 1) for step in range(points)]


def curve_of(
    label: str, places: Iterable[float], value: Callable[[float], float], *, signs: bool = False
) -> Curve:
    """Compute a curve point by point; a place at which the design is impossible has none."""
    x, y = [], []
    for place in places:
        try:
            found = value(place)
        except PlanError:
            continue
        if isfinite(found):
            x.append(place)
            y.append(found)
    return Curve(label=label, x=x, y=y, signs=signs)


def single(panel: CurvePanel) -> Figure:
    """Draw a panel that is a figure of its own."""
    return draw_curve_panels([panel], columns=1, width_mm=style.MIDDLE_WIDTH, height_mm=66.0)


def several(panels: Sequence[CurvePanel]) -> Figure:
    """Draw panels two in a row; one alone is a figure of its own."""
    return draw_curve_panels(panels) if len(panels) > 1 else single(panels[0])


def asked_for(words: str, x: float, y: float) -> Curve:
    """Mark the point that was asked for."""
    return Curve(label=words, x=[x], y=[y], line=False, asked=True)


def constant_ratio(assumptions: SurvivalAssumptions) -> float | None:
    """Give the hazard ratio, or None if it is not the same throughout."""
    try:
        return assumptions.constant_hazard_ratio
    except PlanError:
        return None


def ratio_range(null: float, direction: Direction | None, *shown: float | None) -> tuple[float, float]:
    """Choose the hazard ratios of an axis, from the null hypothesis to beyond those that are shown.

    The null hypothesis itself is left out: there power has no direction, and is the level.
    """
    others = [one for one in shown if one is not None]
    if direction == "higher":
        return null * (1 + 1e-6), max(2.5 * null, *(1.15 * one for one in others))
    return min(0.3 * null, *(0.85 * one for one in others)), null * (1 - 1e-6)


def numbers_of(answer: Answer, *parts: Parts) -> tuple[Number, ...]:
    """Look up the numbers behind a figure, as the text of the answer shows them."""
    return tuple(piece for one in parts for piece in answer.line(one) if isinstance(piece, Number))


def shown_numbers(answer: Answer, *paths: str) -> tuple[Number, ...]:
    """Of the numbers that the facts and tables of an answer show, those at the paths, as they are shown there."""
    cells = [parts for _, parts in answer.facts]
    cells += [cell for table in answer.tables for row in table.rows for cell in row]
    wanted = [answer.number_id(path) for path in paths]
    found = {one.id: one for one in numbers_of(answer, *cells)}
    return tuple(found[one] for one in wanted if one in found)


def power_figure(answer: Answer, *, events: int | None = None) -> AnswerFigure:
    """Draw power over the hazard ratio and over the number of patients, or of events if the analysis is at one.

    Parameters
    ----------
    answer
        That of ``power_answer``.
    events
        The analysis is at this event.
    """
    assumptions: SurvivalAssumptions = at_path(answer.data, "assumptions")
    patients: int = at_path(answer.data, "patients")
    target: float = at_path(answer.data, "target_power")
    found: PowerResult = at_path(answer.data, "result")
    least: DetectableHazardRatio | None = at_path(answer.data, "detectable")
    ratio = constant_ratio(assumptions)

    def power_at(assumed: SurvivalAssumptions, size: float, at_event: float | None) -> float:
        return 100 * power(
            assumed, size, n_events=at_event, alpha=found.alpha, sides=found.sides, method=at_path(found, "method"),
            far_tail=found.far_tail, null_hazard_ratio=found.null_hazard_ratio, rho=found.rho, gamma=found.gamma,
        ).power  # fmt: skip

    said = f"{share(found.power)} with {_of(patients, events)}"
    effect = "" if ratio is None else f" at hazard ratio {significant(ratio, 4)}"

    def panels() -> list[CurvePanel]:
        points = steps_of(assumptions)
        size = float(patients if events is None else events)
        sizes = spread(max(size / 4, 2.0), 2.5 * size, points)
        by_size = curve_of(
            f"{method_name(found.method)}{effect}", sizes,
            lambda one: power_at(assumptions, *((one, None) if events is None else (patients, one))),
        )  # fmt: skip
        made = [
            CurvePanel(
                curves=[by_size, asked_for(f"Asked for: {said}", size, 100 * found.power)],
                x_label=PATIENTS_LABEL if events is None else "Events at the analysis", y_label=POWER_LABEL,
                levels=[100 * target], from_zero_x=True,
            )
        ]  # fmt: skip
        if ratio is None:
            return made
        low, high = ratio_range(
            found.null_hazard_ratio, found.direction, ratio, None if least is None else least.hazard_ratio
        )
        # Other numbers of patients show what more of them would bring; the events stay what they are.
        others = (
            [] if events is not None or points < _FINE else [ceil(patients * part) for part in _OTHER_SIZES]
        )
        curves = [
            curve_of(
                _of(one, events), spread(low, high, points),
                lambda r, n=one: power_at(assumptions.with_hazard_ratio(r), n, events),  # type: ignore[misc]
            )
            for one in [patients, *(other for other in others if other != patients)]
        ]  # fmt: skip
        marks = [asked_for(f"Asked for: {share(found.power)}{effect}", ratio, 100 * found.power)]
        if least is not None:
            words = f"Detectable with {stated(target)}: {significant(least.hazard_ratio, 3)}"
            marks.append(Curve(label=words, x=[least.hazard_ratio], y=[100 * least.power], line=False))
        by_ratio = CurvePanel(
            curves=[*curves, *marks], x_label=RATIO_LABEL, y_label=POWER_LABEL, levels=[100 * target]
        )
        return [by_ratio, *made]

    over = "patients" if events is None else "events"
    axes = over if ratio is None else f"the hazard ratio, and over {over}"
    alt = (
        f"Power (%) by the method of {method_name(found.method)} over {axes}. Marked: {said}{effect}; the line at "
        f"{stated(target)} is the power wanted."
    )
    if least is not None and ratio is not None:
        alt += f" That power is reached at hazard ratio {significant(least.hazard_ratio, 3)}."
    title = "Power over the number of patients" if events is None else "Power over the number of events"
    return AnswerFigure(
        "power_figure",
        title if ratio is None else f"{title.replace('over the', 'over the hazard ratio and the')}",
        FigureContent(
            draw=lambda: several(panels()), alt=alt,
            numbers=shown_numbers(answer, "result.power", "result.n_events", "detectable.hazard_ratio"),
        ),
    )  # fmt: skip


def _of(patients: float, events: float | None) -> str:
    return f"{patients:g} patients" if events is None else f"{events:g} events"


def sample_size_figure(answer: Answer) -> AnswerFigure:
    """Draw the patients needed over the hazard ratio, and power over the number of patients.

    Parameters
    ----------
    answer
        That of ``sample_size_answer``.
    """
    assumptions: SurvivalAssumptions = at_path(answer.data, "assumptions")
    found: SampleSize = at_path(answer.data, "result")
    ratio = constant_ratio(assumptions)
    shared = {
        "alpha": found.alpha, "sides": found.sides, "method": at_path(found, "method"), "far_tail": found.far_tail,
        "null_hazard_ratio": found.null_hazard_ratio, "rho": found.rho, "gamma": found.gamma,
    }  # fmt: skip
    needed = significant(found.n_patients, 4)
    effect = "" if ratio is None else f" at hazard ratio {significant(ratio, 4)}"

    def patients_for(hazard_ratio: float, wanted: float) -> float:
        return sample_size(assumptions.with_hazard_ratio(hazard_ratio), power=wanted, **shared).n_patients

    def panels() -> list[CurvePanel]:
        points = steps_of(assumptions)
        by_size = curve_of(
            f"{method_name(found.method)}{effect}",
            spread(max(found.n_patients / 5, 2.0), 2 * found.n_patients, points),
            lambda one: 100 * power(assumptions, one, **shared).power,
        )
        mark = asked_for(
            f"Asked for: {stated(found.power)}, {needed} patients", found.n_patients, 100 * found.power
        )
        made = [
            CurvePanel(
                curves=[by_size, mark], x_label=PATIENTS_LABEL, y_label=POWER_LABEL, levels=[100 * found.power],
                from_zero_x=True,
            )
        ]  # fmt: skip
        if ratio is None:
            return made
        curves = [
            _below(
                curve_of(
                    f"{stated(wanted)} power", _near(ratio, found.null_hazard_ratio, points),
                    lambda r, p=wanted: patients_for(r, p),  # type: ignore[misc]
                ),
                5 * found.n_patients,
            )
            for wanted in _powers(found.power, found.alpha)
        ]  # fmt: skip
        mark = asked_for(f"Asked for: {needed} patients{effect}", ratio, found.n_patients)
        by_ratio = CurvePanel(curves=[*curves, mark], x_label=RATIO_LABEL, y_label="Patients needed")
        return [by_ratio, *made]

    alt = (
        f"{'' if ratio is None else 'Patients needed over the hazard ratio, and '}power (%) over the number of "
        f"patients, by the method of {method_name(found.method)}. Marked: {needed} patients for "
        f"{stated(found.power)} power{effect}."
    )
    return AnswerFigure(
        "sample_size_figure",
        "Power over the number of patients" if ratio is None else "Patients needed over the hazard ratio, and power",
        FigureContent(
            draw=lambda: several(panels()),
            alt=alt[0].upper() + alt[1:],
            numbers=shown_numbers(answer, "result.n_patients", "result.n_events", "result.power"),
        ),
    )  # fmt: skip


def _powers(asked: float, alpha: float) -> list[float]:
    """Choose the power asked for, and one next to it that is often asked for too."""
    other = 0.8 if asked >= 0.85 else 0.9  # noqa: PLR2004
    return [asked, *([other] if alpha < other else [])]


def _near(ratio: float, null: float, points: int) -> list[float]:
    """Hazard ratios about one, on its side of the null hypothesis."""
    if ratio < null:
        return spread(0.5 * ratio, ratio + 0.7 * (null - ratio), points)
    return spread(null + 0.3 * (ratio - null), 1.7 * ratio, points)


def _below(curve: Curve, most: float) -> Curve:
    """Keep the part of a curve that is not above a value: near the null hypothesis it goes up without end."""
    kept = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y <= most]
    return Curve(label=curve.label, x=[x for x, _ in kept], y=[y for _, y in kept])


def events_over_time(
    assumptions: SurvivalAssumptions, patients: float, last_month: float
) -> list[ExpectedEvents]:
    """Expect events and patients at months up to the last, those among them at which the accrual bends."""
    bends = [
        one for one in (*assumptions.entry.starts_months, *assumptions.entry.ends_months) if one < last_month
    ]
    months = sorted({*spread(0.0, last_month, steps_of(assumptions)), *bends})
    return [expected_events(assumptions, patients, month) for month in months]


def events_figure(answer: Answer) -> AnswerFigure:
    """Draw events by arm and patients entered over calendar time, and the month of the events asked for.

    Parameters
    ----------
    answer
        That of ``events_answer``.
    """
    assumptions: SurvivalAssumptions = at_path(answer.data, "assumptions")
    patients: int = at_path(answer.data, "n_patients")
    wanted: int | None = at_path(answer.data, "target_events")
    month: float | None = at_path(answer.data, "months_to_target")
    shown = [one.at_months for one in at_path(answer.data, "expected")]
    last = max(*shown, month or 0.0, assumptions.analysis_months)

    def panel() -> CurvePanel:
        grid = events_over_time(assumptions, patients, last)
        months = [one.at_months for one in grid]
        curves = [
            Curve(label="Events", x=months, y=[one.total for one in grid]),
            Curve(label="Events, experimental arm", x=months, y=[one.experimental for one in grid]),
            Curve(label="Events, control arm", x=months, y=[one.control for one in grid]),
            Curve(label="Patients entered", x=months, y=[one.entered for one in grid]),
        ]
        if wanted is not None and month is not None:
            curves.append(asked_for(f"{wanted} events at month {number(month, 1)}", month, wanted))
        return CurvePanel(
            curves=curves, x_label=MONTH_LABEL, y_label="Patients or events", from_zero_x=True,
            levels=[float(wanted)] if wanted is not None and month is None else [],
        )  # fmt: skip

    reached = ""
    if wanted is not None:
        reached = f" {wanted} events are " + (
            "never reached." if month is None else f"expected at month {number(month, 1)}, which is marked."
        )
    return AnswerFigure(
        "events_figure",
        "Events and patients expected over calendar time",
        FigureContent(
            draw=lambda: single(panel()),
            alt=f"Events in all, by arm, and patients entered over the months since the trial opened, with {patients} "
            f"patients.{reached}",
            numbers=shown_numbers(answer, "months_to_target", "required.n_events_rounded"),
        ),
    )  # fmt: skip


def precision_figure(answer: Answer) -> AnswerFigure:
    """Draw the half-width of the interval of each rate over the number of patients.

    Parameters
    ----------
    answer
        That of ``precision_answer``.
    """
    found: Sequence[ProportionPrecision] = at_path(answer.data, "precision")
    sizes = sorted({one.n for one in found})
    rates = list(dict.fromkeys(one.proportion for one in found))

    def panel() -> CurvePanel:
        grid = _whole_numbers(max(sizes[0] // 4, 1), max(2 * sizes[-1], 20))
        first = found[0]

        def half_width(n: float, rate: float) -> float:
            return (
                100
                * proportion_precision(
                    int(n), rate, method=first.method, confidence=first.confidence
                ).half_width
            )

        curves = [
            curve_of(f"Rate {stated(rate)}", grid, lambda n, p=rate: half_width(n, p))  # type: ignore[misc]
            for rate in rates
        ]
        points = Curve(
            label="Asked for", x=[one.n for one in found], y=[100 * one.half_width for one in found], line=False,
        )  # fmt: skip
        return CurvePanel(
            curves=[*curves, points], x_label=PATIENTS_LABEL, y_label="Half-width of the interval (points)",
            places=[float(one) for one in sizes], from_zero_x=True,
        )  # fmt: skip

    at = ", ".join(f"{one:g}" for one in sizes)
    return AnswerFigure(
        "precision_figure",
        "Half-width of the interval over the number of patients",
        FigureContent(
            draw=lambda: single(panel()),
            alt=f"Half-width of the {stated(found[0].confidence)} interval in percentage points over the number of "
            f"patients, for rates of {', '.join(stated(rate) for rate in rates)}; marked at {at} patients.",
            numbers=shown_numbers(answer, *(f"precision.{place}.half_width" for place in range(len(found)))),
        ),
    )  # fmt: skip


def _whole_numbers(low: int, high: int) -> list[float]:
    """Lay out whole numbers, close together where they are small and the curve bends."""
    ratio = (high / low) ** (1 / (_FINE - 1))
    return sorted({float(ceil(low * ratio**step - 1e-9)) for step in range(_FINE)})
