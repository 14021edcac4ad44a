"""Are hazards proportional: the test, and the residuals to look at."""

from duonen_stats import methods
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import SchoenfeldResult
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.about import About
from duonen_stats.results.rows.survival_curve import MONTHS
from duonen_stats.results.rows.table import ResultRow
from duonen_stats.results.rows.times import TwoGroups

_COEFFICIENT = "Log hazard ratio"


def check_hazards(groups: TwoGroups, about: About, plan: Plan) -> list[ResultRow]:
    """Test whether the hazard ratio changes with time, and give the scaled Schoenfeld residuals.

    Rows ``statistic``, ``df``, ``p``; ``residuals`` (how many) and ``residual.<day>.time`` and ``.value``;
    ``smooths`` and, for each point of a grid from the first event to the last, ``smooth.<i>.time``, ``.value``,
    ``.ci_low``, ``.ci_high``: a spline through the residuals.
    Both estimate the log hazard ratio at a time.

    Source: Grambsch & Therneau (1994) Biometrika 81:515-526.
    """
    method = f"Grambsch–Therneau score test, time as {plan.words('hazards_transform')}"
    times, x = groups.times, groups.experimental.astype(float)
    try:
        groups.require(plan)
        tested = methods.proportional_hazards_test(
            times.time, times.event, x, names=(groups.name,), transform=plan.hazards_transform
        )
        residuals = methods.scaled_schoenfeld(
            times.time,
            times.event,
            x,
            names=(groups.name,),
            transform=plan.hazards_transform,
            confidence=plan.confidence,
        )[0]
    except NotEstimable as verdict:
        return [
            *about.refused(verdict, "statistic", "df", "p", method=method),
            *about.refused(verdict, "residuals", "smooths"),
        ]
    term = tested.terms[0]
    values = {"statistic": term.statistic, "df": term.df, "p": term.p_value}
    rows = [about.row(name, value, n=tested.n, method=method) for name, value in values.items()]
    return rows + _residuals(residuals, about, plan) + _smooth(residuals, about)


def _residuals(found: SchoenfeldResult, about: About, plan: Plan) -> list[ResultRow]:
    rows = [about.row("residuals", found.time.size, label="Number of residuals")]
    points = sorted(zip(found.time.tolist(), found.value.tolist(), strict=True))
    days = ids.days((time for time, _ in points), plan.days_per_month)
    for day, (time, value) in zip(days, points, strict=True):
        block = about.of(ids.residual(about.id, day))
        rows += [
            block.row("time", time, label="Time of the event", unit=MONTHS),
            block.row("value", value, label=_COEFFICIENT),
        ]
    return rows


def _smooth(found: SchoenfeldResult, about: About) -> list[ResultRow]:
    smooth = found.smooth
    if smooth is None:
        return [about.row("smooths", None, note=found.note)]
    method = "natural cubic spline, 4 degrees of freedom"
    rows = [about.row("smooths", smooth.time.size, label="Number of points of the smooth", method=method)]
    for number, values in enumerate(zip(smooth.time, smooth.value, smooth.lower, smooth.upper, strict=True)):
        block = about.of(ids.smooth(about.id, str(number)))
        time, value, low, high = map(float, values)
        rows += [
            block.row("time", time, label="Time", unit=MONTHS),
            block.row("value", value, label=_COEFFICIENT),
            block.row("ci_low", low, label="Lower limit"),
            block.row("ci_high", high, label="Upper limit"),
        ]
    return rows
